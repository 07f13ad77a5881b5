"""`sidecue rules prove`, and what `rules check` asks the solver."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from plugin.cli import main
from rules.loader import SHIPPED, load
from rules.prove import PROPERTIES, certificate_fits

pytestmark = pytest.mark.slow
DETRACTOR = "guardrails/no_selling_detractor.yml"


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIDECUE_PACKS", raising=False)
    monkeypatch.setenv("SIDECUE_LANG", "en")


@pytest.fixture
def packs(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "packs")


def run(*arguments):
    result = CliRunner().invoke(main, ["rules", *map(str, arguments)])

    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception

    return result


def changed(packs, file, right, wrong):
    path = packs / file
    content = path.read_text("utf-8")

    assert right in content

    path.write_text(content.replace(right, wrong, 1), "utf-8")


@pytest.fixture
def holed(packs):
    changed(packs, DETRACTOR, "at_most: 90", "at_most: 9")
    return packs


def test_the_shipped_packs_are_proved_and_certified(tmp_path):
    path = tmp_path / "certificate.json"
    result = run("prove", "--certificate", path)

    assert result.exit_code == 0
    assert all(f"proved        {found.id}: {found.statement.en}" in result.output for found in PROPERTIES)
    assert f"certificate: {path}" in result.output
    assert f"{len(PROPERTIES)} of {len(PROPERTIES)} properties proved" in result.output
    assert certificate_fits(json.loads(path.read_text("utf-8")), load())


def test_a_broken_property_is_told_with_its_facts_aloud_in_both_languages(holed):
    english = run("prove", holed, "--property", "no_selling_detractor")
    portuguese = run("prove", holed, "--property", "no_selling_detractor", "--lang", "pt-BR")

    assert english.exit_code == portuguese.exit_code == 1
    assert "BROKEN        no_selling_detractor: No selling" in english.output
    assert "the NPS survey was answered exactly 10 days ago" in english.output
    assert "broken by: expansion.upgrade_offer" in english.output
    assert "0 of 1 properties proved" in english.output
    assert "QUEBRADO      no_selling_detractor: Nenhuma venda" in portuguese.output
    assert "o NPS foi respondido há exatamente 10 dias" in portuguese.output


def test_json_says_the_same(holed):
    found = json.loads(run("prove", holed, "--format", "json").output)

    assert found["ok"] is False
    assert {entry["property"]: entry["verdict"] for entry in found["verdicts"]} == {
        known.id: "broken" if known.id == "no_selling_detractor" else "proved" for known in PROPERTIES
    }

    (broken,) = (entry for entry in found["verdicts"] if entry["verdict"] == "broken")

    assert broken["given"] == {"signals": ["premium_need"], "customer": {"nps": 0, "days_since_nps": 10}}
    assert broken["example"] is None
    assert (found["contradictory"], found["dead"], found["shadowed"]) == ([], [], [])


def test_the_counter_example_is_written_and_fails_under_rules_test(holed):
    result = run("prove", holed, "--write-examples", holed)
    path = holed / "guardrails" / "examples" / "no_selling_detractor.yml"

    assert f"written: {path}" in result.output
    assert "hides: [expansion.upgrade_offer]" in path.read_text("utf-8")
    assert run("test", path).exit_code == 1

    tested = run("test", holed)

    assert tested.exit_code == 1
    assert "no_selling_detractor: expansion.upgrade_offer" in tested.output

    changed(holed, DETRACTOR, "at_most: 9", "at_most: 90")

    assert run("test", holed).exit_code == 0
    assert run("prove", holed).exit_code == 0


def test_no_certificate_is_written_of_what_is_not_proved(holed, tmp_path):
    path = tmp_path / "certificate.json"
    result = run("prove", holed, "--certificate", path)

    assert result.exit_code == 1
    assert "not everything is proved" in result.output
    assert not path.exists()


def test_no_answer_in_time_is_a_failure_with_a_way_out():
    result = run("prove", "--property", "one_primary", "--timeout", "0.001")

    assert result.exit_code == 1
    assert "NO ANSWER     one_primary" in result.output
    assert "give more time with --timeout" in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--property", "no_such"), "there is no property 'no_such'; there are no_selling_severe_incident"),
        (("--property", "one_primary", "--certificate", "x.json"), "--certificate is for all properties"),
        (("--timeout", "0"), "0"),
    ],
)
def test_wrong_calls_end_with_two(arguments, problem):
    result = run("prove", *arguments)

    assert result.exit_code == 2
    assert problem in result.output


def test_rules_in_vain_are_told_and_fail_nothing(packs):
    changed(packs, "support/advise_how_to.yml", "id: support.advise_how_to\n", "id: support.advise_how_to\n# kept\n")
    content = (packs / "support/advise_how_to.yml").read_text("utf-8")
    twin = content.replace("id: support.advise_how_to\n", "id: support.advise_twin\n")
    (packs / "support/advise_twin.yml").write_text(twin, "utf-8")
    result = run("prove", packs, "--property", "one_primary")

    assert result.exit_code == 0
    assert "support.advise_twin: only fires when support.advise_how_to fires" in result.output


# --- rules check --------------------------------------------------------------------------------


def findings(packs, *more):
    result = run("check", packs, "--format", "json", *more)
    return {
        (entry["code"], entry["path"].removeprefix(f"{packs}/"), entry["line"]): entry
        for entry in json.loads(result.output)["findings"]
        if entry["code"].startswith("proof.")
    }


def line(packs, file, text):
    return (packs / file).read_text("utf-8").split(text)[0].count("\n") + 1


def test_check_tells_a_hole_at_the_guardrail_with_the_facts(holed):
    found = findings(holed)
    place = ("proof.hole", DETRACTOR, line(holed, DETRACTOR, "when:"))

    assert list(found) == [place]
    assert '"days_since_nps": 10' in found[place]["why"]
    assert findings(holed, "--no-solver") == {}


RULE = """\
schema: 1
id: support.{name}
version: 1
kind: recommendation
status: stable
title: {{pt-BR: Teste, en: Test}}
rationale: {{pt-BR: Teste., en: Test.}}
owner: support
practice: []
when:
  {when}
then:
  recommend: {{action: {action}}}
examples:
  - name: never
    given: {{signals: [invoice_copy]}}
    expect: no_match
"""


@pytest.mark.parametrize(
    ("code", "when", "action", "at"),
    [
        ("contradictory", "all: [severity: low, severity: high]", "support.fix_fault", "when:"),
        (
            "unreachable_branch",
            "all: [severity: low, any: [signals: {has: urgency}, severity: high]]",
            "support.fix_fault",
            "all:",
        ),
        ("never_fires", "touchpoint: moon", "support.fix_fault", "when:"),
        ("not_applicable", "customer.lifecycle: churned", "expansion.expand_seats", "when:"),
        ("held_back", "all: [signals: {has_all: [outage, praise]}, customer.lifecycle: active]",
         "expansion.suggest_second_product", "when:"),
        ("shadowed", "signals: {has_all: [premium_need, urgency]}", "expansion.upgrade_offer", "when:"),
    ],
)  # fmt: skip
def test_check_tells_what_is_in_vain(packs, code, when, action, at):
    (packs / "support/new.yml").write_text(RULE.format(name="new", when=when, action=action), "utf-8")
    found = findings(packs)

    assert [(found_code, path, at_line) for found_code, path, at_line in found] == [
        (f"proof.{code}", "support/new.yml", line(packs, "support/new.yml", at))
    ]
    assert found[f"proof.{code}", "support/new.yml", line(packs, "support/new.yml", at)]["mend"]


def test_a_pack_checked_by_itself_is_not_blamed_for_guardrails_out_of_sight(packs):
    alone = packs.parent / "alone"
    shutil.copytree(packs / "accounts", alone / "accounts")

    assert findings(alone) == {}


@pytest.mark.parametrize("arguments", [("--help",), ("rules", "check", "--no-solver"), ("rules", "--help")])
def test_who_does_without_the_solver_does_not_load_it(arguments):
    program = (
        "import sys; from plugin.cli import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        "print('z3' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines()[-1] == "False"
