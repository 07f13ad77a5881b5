"""The two guides of a helpdesk are one guide in two languages: whoever reads one misses nothing of the other."""

from __future__ import annotations

import re

import pytest
from contract_signing import CONNECTORS

from plugin.cli.tenants import tenants

ENGLISH, PORTUGUESE = "doc.md", "doc.pt-BR.md"
HEADINGS = ["Configuração", "Eventos", "Permissões", "Limites", "Remoção"]
STAYS = {
    ENGLISH: "The tenant stays listed, and nothing reaches it any more. There is no command that deletes a tenant.",
    PORTUGUESE: "O tenant continua na lista, e nada mais chega a ele. Não há comando que apague um tenant.",
}
LINKS = {ENGLISH: f"[em português]({PORTUGUESE})", PORTUGUESE: f"[in English]({ENGLISH})"}


def guide(name: str, language: str) -> str:
    """Return a folder's guide; a failure names the file that has to be written."""
    path = CONNECTORS[name].folder / language
    assert path.exists(), f"{name} lacks {language}: write it beside the other"
    return path.read_text("utf-8")


def prose_and_code(text: str) -> tuple[list[str], list[str]]:
    """Return the lines that a person reads, and those of code as they stand there: fenced, or set in by four spaces."""
    prose: list[str] = []
    code: list[str] = []
    fenced = False
    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        (code if fenced or fence or line.startswith("    ") else prose).append(line)
        fenced ^= fence
    return prose, code


def outline(prose: list[str]) -> list[str]:
    """Return what leads the lines: `##` of a heading, `2.` of a step, `-` of a point, `|` of a row with its event."""
    return [found[1] for line in prose if (found := re.match(r" *(#+|\d+\.|-|\|(?: `[^`]+`)?)(?= )", line))]


def spans(prose: list[str]) -> set[str]:
    """Return what stands in backticks: names of events, settings, options, paths, values."""
    return set(re.findall(r"`([^`]+)`", "\n".join(prose)))


@pytest.mark.parametrize("name", CONNECTORS)
def test_portuguese_guide_leads_from_setup_to_removal(name):
    headings = re.findall(r"^## (.+)$", guide(name, PORTUGUESE), re.MULTILINE)

    assert headings == HEADINGS


@pytest.mark.parametrize("name", CONNECTORS)
def test_guides_have_the_same_steps_rows_and_points_and_the_same_code(name):
    (english, its_code), (portuguese, code) = (prose_and_code(guide(name, each)) for each in (ENGLISH, PORTUGUESE))

    assert its_code
    assert code == its_code
    assert outline(portuguese) == outline(english)
    assert spans(portuguese) == spans(english)


@pytest.mark.parametrize("name", CONNECTORS)
def test_each_guide_links_to_the_other_under_its_title(name):
    for language, link in LINKS.items():
        title, blank, linked, after, *_ = guide(name, language).splitlines()

        assert (title.startswith("# "), blank, linked, after) == (True, "", link, "")


@pytest.mark.parametrize("name", CONNECTORS)
def test_portuguese_guide_leads_to_no_english_guide_but_its_own(name):
    linked = re.findall(r"\]\(([^)#]*doc\.md)[^)]*\)", guide(name, PORTUGUESE))

    assert linked == [ENGLISH]


@pytest.mark.parametrize("name", CONNECTORS)
def test_guides_say_in_one_way_what_becomes_of_the_tenant(name):
    for language, sentence in STAYS.items():
        assert guide(name, language).count(sentence) == 1


def test_no_command_deletes_a_tenant():
    """The guides say so: the day there is one, they tell how to use it."""
    assert set(tenants.commands) == {"add", "list", "rotate-secret", "set"}
