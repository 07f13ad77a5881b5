"""`sidecue rules explain RULE`, and how it tells a rule from a ticket."""

import json

import pytest
from click.testing import CliRunner

from plugin.cli import main
from rules.loader import SHIPPED, load, parse_condition
from rules.sentences import parse

pytestmark = pytest.mark.slow


@pytest.fixture
def explain(tmp_path):
    """Run `rules explain` in an empty home; return what it prints."""

    def call(*arguments, expect=0, stdin=None):
        home = {"SIDECUE_HOME": str(tmp_path), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "explain", *map(str, arguments)], input=stdin, env=home)

        assert result.exit_code == expect, result.output
        return result.output

    return call


def test_a_rule_is_read_aloud_in_the_language_asked_for(explain):
    english = explain("guardrails.no_win_back_before_confirmation")
    portuguese = explain("guardrails.no_win_back_before_confirmation", "--lang", "pt-BR")

    assert "When the cancellation is not confirmed,\nthen hold back" in english
    assert "While it is not known whether this is so, it holds back all the same." in english
    assert "Quando o cancelamento não está confirmado,\nentão retenha" in portuguese


def test_a_rule_as_json_holds_the_condition_and_both_languages(explain):
    said = json.loads(explain("accounts.advise_renewal", "--format", "json"))
    book = load([SHIPPED])

    assert (said["rule"], said["kind"], said["status"]) == ("accounts.advise_renewal", "recommendation", "stable")
    assert parse_condition(said["when"]) == book.rules["accounts.advise_renewal"].when
    for locale in ("pt-BR", "en"):
        assert parse(said["sentence"][locale], locale, book.signals) == parse_condition(said["when"])
        assert book.rules["accounts.advise_renewal"].title.read(locale) in said["aloud"][locale]


def test_an_unknown_name_is_told_with_the_nearest_rule(explain):
    english = explain("retentio.cancel", expect=2)
    portuguese = explain("retentio.cancel", "--lang", "pt-BR", expect=2)

    assert "there is no file and no rule 'retentio.cancel'; did you mean 'retention.cancel'?" in english
    assert "não há arquivo nem regra 'retentio.cancel'; você quis dizer 'retention.cancel'?" in portuguese


def test_what_is_like_no_rule_is_pointed_to_the_list(explain):
    assert "`sidecue rules list` shows those there are" in explain("tickets/77.json", expect=2)


def test_a_file_is_a_ticket_whatever_it_is_called(explain, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "retention.cancel").write_text(json.dumps({"id": "7", "text": "I want to cancel the account"}), "utf-8")

    assert explain("retention.cancel").startswith("Ticket 7: ")
    assert explain("-", stdin='{"id": "8", "text": "How do I export?"}').startswith("Ticket 8: ")


def test_a_folder_is_no_ticket(explain, tmp_path):
    assert f"{tmp_path}: Is a directory; name a file" in explain(tmp_path, expect=2)


def test_the_option_rule_goes_with_a_ticket(explain):
    assert "--rule goes with a ticket" in explain("retention.cancel", "--rule", "retention.cancel", expect=2)
