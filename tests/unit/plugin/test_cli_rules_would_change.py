"""`sidecue rules explain TICKET.json`: what would change it."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from plugin.cli import main

ROW = {
    "id": "t1",
    "text": "We want to add users: how much would it cost?",
    "lang": "en",
    "customer": {
        "open_dispute": True,
        "seats": 20,
        "seats_used": 19,
        "health": "good",
        "lifecycle": "active",
        "nps": 9,
    },
    "invoices": [{"status": "paid"}, {"status": "disputed"}],
}
SEATS = "expansion.expand_seats"


@pytest.fixture
def explain(tmp_path):
    """Run `rules explain` in an empty home on a ticket; return what it prints."""

    def call(*arguments, row=ROW, expect=0):
        home = {"SIDECUE_HOME": str(tmp_path), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "explain", "-", *arguments], input=json.dumps(row), env=home)

        assert result.exit_code == expect, result.output
        return result.output

    return call


@pytest.mark.slow
def test_explain_says_what_would_change_it_in_both_languages(explain):
    english, portuguese = explain(), explain("--lang", "pt-BR")

    assert "\nWhat would change it:\n" in english
    assert (
        "If the open dispute were “no” (now: “yes”) and the status of invoice 2 were “overdue” (now: “disputed”), "
        "“Propose more seats before they run out” would be shown."
    ) not in english  # overdue holds it back as well
    assert (
        "If the open dispute were “no” (now: “yes”) and the status of invoice 2 were “paid” (now: “disputed”), "
        "“Propose more seats before they run out” would be shown."
    ) in english
    assert "\nO que mudaria:\n" in portuguese
    assert "Se a contestação em aberto fosse “não” (hoje: “sim”) e a situação da fatura 2 fosse “paga”" in portuguese


@pytest.mark.slow
def test_explain_as_json_holds_the_change_and_what_is_shown_then(explain):
    told = {entry["action"]: entry for entry in json.loads(explain("--format", "json"))["would_change"]}
    entry = told[SEATS]

    assert (entry["verdict"], entry["would_be_shown"], entry["tries"]) == ("found", True, 1)
    assert entry["changed"] == [
        {"field": "customer.open_dispute", "before": True, "after": False, "any_other": False},
        {"field": "invoices.status", "item": 1, "before": "disputed", "after": "paid", "any_other": False},
    ]
    assert SEATS in entry["shown_then"]
    assert entry["obstacles"] == []
    assert any(other["verdict"] == "nothing" and other["obstacles"] for other in told.values())


@pytest.mark.slow
def test_a_ticket_with_the_change_is_decided_as_was_said(explain):
    row = {**ROW, "customer": {**ROW["customer"], "open_dispute": False}, "invoices": [{"status": "paid"}] * 2}
    before, after = (json.loads(explain("--format", "json", row=one))["decision"] for one in (ROW, row))

    shown = [{entry["action"] for entry in decision["recommendations"]} for decision in (before, after)]
    assert SEATS not in shown[0]
    assert SEATS in shown[1]


@pytest.mark.slow
def test_explain_asks_about_what_is_shown_first_and_about_all_when_told(explain):
    said = json.loads(explain("--format", "json"))
    few = [entry["action"] for entry in said["would_change"]]
    every = [entry["action"] for entry in json.loads(explain("--all", "--format", "json"))["would_change"]]
    shown = [entry["action"] for entry in said["decision"]["recommendations"]]

    assert few[: len(shown)] == shown
    assert set(few) < set(every)
    assert set(every) == {*shown, *(entry["subject"] for entry in said["why_not"])}


@pytest.mark.slow
@pytest.mark.parametrize("name", [SEATS, "expansion.advise_seats"])
def test_explain_of_one_says_what_would_change_that_one(explain, name):
    text = explain("--rule", name)
    said = json.loads(explain("--rule", name, "--format", "json"))

    assert "“Propose more seats before they run out” would be shown." in text
    assert said["would_change"]["action"] == SEATS


@pytest.mark.slow
def test_explain_of_a_guardrail_has_no_recommendation_to_change(explain):
    said = json.loads(explain("--rule", "guardrails.no_selling_dispute", "--format", "json"))

    assert said["would_change"] is None
    assert "What would change it" not in explain("--rule", "guardrails.no_selling_dispute")


def test_options_that_exclude_each_other_are_refused(explain, tmp_path):
    assert "give one of them" in explain("--all", "--rule", SEATS, expect=2)
    result = CliRunner().invoke(
        main, ["rules", "explain", "retention.cancel", "--all"], env={"SIDECUE_HOME": str(tmp_path)}
    )

    assert result.exit_code == 2
    assert "--all goes with a ticket" in result.output


@pytest.mark.slow
def test_reading_a_rule_aloud_imports_no_solver(tmp_path):
    code = (
        "import sys\nfrom plugin.cli.rules import rules\n"
        "rules(['explain', 'retention.cancel'], standalone_mode=False)\nassert 'z3' not in sys.modules"
    )
    home = {"SIDECUE_HOME": str(tmp_path), "PATH": "", "LANG": "C.UTF-8"}
    done = subprocess.run([sys.executable, "-c", code], env=home, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
