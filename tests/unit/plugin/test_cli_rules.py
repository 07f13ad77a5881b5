"""`sidecue rules` as people and scripts use it."""

import json

import pytest
from click.testing import CliRunner
from rule_files import DERIVATION, RULE, write_pack

from plugin.cli import main
from plugin.cli.options import language
from plugin.cli.rules.scope import scope
from rules.loader import SHIPPED, load

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    """Run a `rules` command in an empty home; return the result."""

    def call(*arguments, expect=0, stdin=None, **environ):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", *map(str, arguments)], input=stdin, env=home | environ)

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def ticket(tmp_path):
    path = tmp_path / "ticket.json"
    row = {"id": "7", "text": "The system stopped working today", "customer": {"tier": "key"}}
    path.write_text(json.dumps(row), "utf-8")
    return path


def test_check_of_a_right_pack_is_ok(run, tmp_path):
    said = json.loads(run("check", write_pack(tmp_path), "--format", "json").stdout)

    assert said["ok"] is True
    assert said["files"] == 9
    assert said["rules"] >= 5
    assert said["findings"] == []


def test_check_names_file_line_what_why_and_mend(run, tmp_path):
    folder = write_pack(tmp_path, renewal_call=RULE.replace("owner:", "ownr:"))
    result = run("check", folder, expect=1)

    path = folder / "renewal_call.yml"
    assert f"{path}:8:1: error shape.unknown_near: ownr is not a field of this place." in result.stdout
    assert "how to mend: Did you mean owner?" in result.stdout
    assert "2 errors, 0 warnings" in result.stdout.splitlines()[-1]


def test_check_as_json_holds_every_key_of_a_finding(run, tmp_path):
    folder = write_pack(tmp_path, severe="schema: 1\nschema: 1\n")
    said = json.loads(run("check", folder, "--format", "json", "--lang", "pt-BR", expect=1).stdout)

    assert said["ok"] is False
    assert said["findings"][0] == {
        "code": "yaml.duplicate_key",
        "severity": "error",
        "path": str(folder / "severe.yml"),
        "line": 2,
        "column": 1,
        "what": "A chave schema aparece duas vezes.",
        "why": "Só uma delas valeria, e não se veria qual (a primeira está na linha 1).",
        "mend": "Apague uma delas.",
    }


def test_check_takes_one_file_with_the_packs_beside_it_as_context(run, tmp_path):
    folder = write_pack(tmp_path)
    said = json.loads(run("check", folder / "renewal_call.yml", "--format", "json").stdout)

    assert (said["ok"], said["files"]) == (True, 1)


def test_check_of_a_file_on_its_own_may_refer_to_the_shipped_packs(run, tmp_path):
    lone = tmp_path / "mine.yml"
    lone.write_text(
        DERIVATION.replace("shop.severe", "own.mine").replace("broken_thing", "cancel_request"), encoding="utf-8"
    )
    said = json.loads(run("check", lone, "--format", "json").stdout)

    assert (said["ok"], said["findings"]) == (True, [])


def test_check_of_a_missing_path_is_a_usage_error(run, tmp_path):
    result = run("check", tmp_path / "nowhere", expect=2)

    assert "nowhere" in result.stderr


def test_check_of_a_folder_without_packs_is_a_finding(run, tmp_path):
    (tmp_path / "void").mkdir()
    result = run("check", tmp_path / "void", expect=1)

    assert "file.no_packs" in result.stdout
    assert "Point at a pack" in result.stdout


def test_check_lays_the_tenants_folder_over_the_shipped_packs(run, tmp_path):
    overlay = tmp_path / "home" / "packs" / "support" / "x.yml"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("schema: 1\noverlay: support.nowhere\nstatus: test\n", "utf-8")

    assert f"{overlay}:2:10: error overlay.unknown" in run("check", expect=1).stdout
    assert f"{overlay}:2:10: error overlay.unknown" in run("check", overlay.parent.parent, expect=1).stdout


def test_language_is_told_by_flag_then_environment(run, tmp_path):
    (tmp_path / "void").mkdir()

    assert "como corrigir" in run("check", tmp_path / "void", expect=1, LANG="pt_BR.UTF-8").stdout
    assert "como corrigir" in run("check", tmp_path / "void", expect=1, SIDECUE_LANG="pt-BR").stdout
    assert "how to mend" in run("check", tmp_path / "void", "--lang", "en", expect=1, SIDECUE_LANG="pt-BR").stdout
    assert language(None, {"LANG": "C.UTF-8"}) == "en"


def test_test_runs_the_examples(run, tmp_path):
    folder = write_pack(tmp_path)

    assert "13 examples of 5 rules; 0 failed" in run("test", folder).stdout
    assert json.loads(run("test", folder / "vote.yml", "--format", "json").stdout) == {
        "ok": True,
        "rules": 1,
        "examples": 2,
        "failed": 0,
        "failures": [],
        "files": 0,
        "files_failed": 0,
        "file_failures": [],
    }


def test_test_shows_the_failing_example_and_what_decided(run, tmp_path):
    folder = write_pack(tmp_path, renewal_call=RULE.replace("mrr: 10}", "mrr: 5000}"))
    result = run("test", folder, expect=1)
    path = folder / "renewal_call.yml"

    assert f"{path}:25: shop.renewal_call: example “small account” expects no_match, came out match" in result.stdout
    assert "decided by: customer.mrr at_least 5000 [5000]" in result.stdout
    said = json.loads(run("test", folder, "--format", "json", expect=1).stdout)
    assert said["failures"][0]["leaves"][1] == {
        "field": "customer.mrr",
        "op": "at_least",
        "expected": 5000.0,
        "actual": 5000.0,
        "truth": True,
    }


def test_test_of_unreadable_files_shows_the_findings(run, tmp_path):
    folder = write_pack(tmp_path, vote="a: [")

    assert "yaml.syntax" in run("test", folder, expect=1).stdout
    assert json.loads(run("test", folder, "--format", "json", expect=1).stdout)["ok"] is False


def test_list_filters_by_kind_and_pack(run):
    said = json.loads(run("list", "--kind", "guardrail", "--pack", "guardrails", "--format", "json").stdout)

    assert said["digest"] == load().digest
    assert {(rule["kind"], rule["pack"]) for rule in said["rules"]} == {("guardrail", "guardrails")}
    first = said["rules"][0]
    assert first["path"].endswith(f"{first['id'].replace('.', '/')}.yml")
    assert first["id"] in run("list").stdout
    assert "packs are" in run("list", "--pack", "nowhere", expect=2).stderr


def test_explain_says_what_is_decided_and_why_not_the_rest(run, tmp_path):
    row = json.dumps({"id": "9", "text": "I want to cancel our contract", "lang": "en", "customer": {"tier": "key"}})
    text = run("explain", "-", stdin=row).stdout
    said = json.loads(run("explain", "-", "--format", "json", stdin=row).stdout)

    assert text.startswith("Ticket 9: customer success")
    assert "Signals: cancel_request" in text
    assert "Why not:" in text
    assert said["decision"]["primary"] == "success"
    assert {entry["subject"] for entry in said["why"]} == {
        shown["action"] for shown in said["decision"]["recommendations"]
    }
    assert all(entry["stage"] for entry in said["why_not"])


def test_explain_of_one_rule_shows_the_failed_condition_with_its_value(run):
    row = json.dumps({"id": "9", "text": "I want to cancel our contract", "lang": "en"})
    name = "expansion.upgrade_offer"
    said = json.loads(run("explain", "-", "--rule", name, "--format", "json", stdin=row).stdout)

    assert said["explanation"]["subject"] == name
    assert said["explanation"]["stage"] == "not_fired"
    assert said["explanation"]["leaves"]
    assert "a regra não disparou" in run("explain", "-", "--rule", name, "--lang", "pt-BR", stdin=row).stdout
    assert "did you mean" in run("explain", "-", "--rule", "accounts.upgrade_ofer", stdin=row, expect=2).stderr


def test_explain_reads_a_file(run, ticket):
    assert run("explain", ticket).stdout.startswith("Ticket 7:")


@pytest.mark.parametrize(
    ("row", "mend"),
    [
        ("{", "this is not JSON"),
        ("[]", "a row is an object"),
        ('{"id": "1"}', "'text' is missing"),
        ('{"id": "1", "text": 3}', "needs a text"),
        ('{"id": [], "text": "a"}', "whole number"),
        ('{"id": "1", "txt": "a"}', "did you mean 'text'"),
        ('{"id": "1", "text": "a", "customer": {"teir": "key"}}', "did you mean customer.tier"),
        ('{"id": "1", "text": "a", "ticket": []}', "ticket"),
    ],
)
def test_explain_of_a_row_that_cannot_be_read_is_a_usage_error(run, row, mend):
    assert mend in run("explain", "-", stdin=row, expect=2).stderr


def test_scope_without_paths_is_shipped_packs_and_tenant_folder(tmp_path):
    packs = tmp_path / "packs"

    assert scope((), {"SIDECUE_HOME": str(tmp_path)}).overlays == ()
    packs.mkdir()
    meant = scope((), {"SIDECUE_HOME": str(tmp_path)})
    assert (meant.paths[0].resolve(), meant.overlays) == (SHIPPED, (packs,))
    assert scope((), {"SIDECUE_PACKS": str(packs)}).overlays == (packs,)
