"""The two templates that an admin copies into Gorgias fit what the connector reads and what it answers."""

import json
from dataclasses import replace
from pathlib import Path

from connectors.base import SidebarRequest
from connectors.gorgias import render
from connectors.hosted import HostedCard, View

FOLDER = Path(__file__).parents[3] / "connectors" / "gorgias"
CARD = HostedCard(
    "r1", 1, "Ligar", "retain", "success", "em 3 horas", (), "Olá", "Porque sim", "Menos saídas", (), "open", ""
)
VIEW = View(
    state="decided",
    locale="pt-BR",
    title="Sidecue",
    whose="Sucesso",
    with_whom="com Suporte",
    certainty="",
    customer="Ana",
    facts=(),
    message="Nada específico",
    cards=tuple(replace(CARD, id=f"r{rank}", rank=rank) for rank in (1, 2, 3)),
    held_back=(),
    reasons=(),
    words={},
    link="https://sidecue.example.org/x",
)


def test_the_widget_has_a_place_for_every_text_that_can_be_answered_and_for_no_other():
    told = json.loads(render(VIEW, SidebarRequest("7")).body)
    (card,) = json.loads((FOLDER / "widget_template.json").read_text("utf-8"))["widgets"]

    assert list(told) == [card["path"]]
    assert {widget["path"] for widget in card["widgets"]} == set(told[card["path"]])


def test_the_body_is_the_whole_context_as_the_document_shows_it():
    body = (FOLDER / "body_template.json").read_text("utf-8").strip()

    assert json.loads(body) == "{{context}}"
    assert f"\n         {body}\n" in (FOLDER / "doc.md").read_text("utf-8")
