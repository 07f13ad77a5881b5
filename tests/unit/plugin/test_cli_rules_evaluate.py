"""`sidecue rules evaluate` as people and scripts use it."""

import json
import re

import pytest
from click.testing import CliRunner
from labelled_cases import ROWS, write_rows

from plugin.cli import main

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    """Run `rules evaluate` in an empty home; return the result."""

    def call(*arguments, expect=0, **environ):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "evaluate", *map(str, arguments)], env=home | environ)

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def rows(tmp_path):
    return write_rows(tmp_path / "rows.jsonl", ROWS)


def test_json_holds_the_figures_of_the_rows(run, rows):
    said = json.loads(run(rows, "--format", "json").stdout)
    support = said["functions"][0]

    assert (said["ok"], said["tickets"], said["accuracy"]) == (True, 5, 0.8)
    assert said["confusion"]["success"] == {"support": 1, "success": 2, "account_management": 0}
    assert said["macro_f1"] == pytest.approx((2 / 3 + 4 / 5 + 1) / 3)
    # a third of success's tickets goes to support: 0.8 of 0.8 + 0.1 / 3 are right
    assert support["precision_at_prior"] == pytest.approx(0.8 / (0.8 + 0.1 / 3))
    assert said["coverage"] == 0.8
    assert {(one["by"], one["value"]): one["tickets"] for one in said["slices"]} == {
        ("language", "en"): 3,
        ("language", "pt-BR"): 2,
        ("source", "mail"): 2,
        ("source", "chat"): 3,
    }


def test_an_error_is_told_with_its_cost_and_its_trace(run, rows):
    said = json.loads(run(rows, "--format", "json", "--costs", "success:support=7").stdout)
    (error,) = said["errors"]

    assert (error["line"], error["id"], error["expected"], error["decided"]) == (5, "e", "success", "support")
    assert error["cost"] == 7
    assert said["mean_cost"] == 7 / 5
    assert "product_failure" in error["signals"]
    assert any(leaf["truth"] for fired in error["fired"] for leaf in fired["leaves"])
    assert "text" not in error
    assert said["rules"][0]["misled"] == 1


def test_what_the_customer_wrote_is_told_only_when_asked_for(run, rows):
    assert ROWS[4]["text"] not in run(rows).stdout
    assert ROWS[4]["text"] in run(rows, "--texts").stdout


@pytest.mark.parametrize(("lang", "says"), [("en", "went to Support"), ("pt-BR", "foi a Atendimento")])
def test_text_says_the_same_in_both_languages(run, rows, lang, says):
    told = run(rows, "--lang", lang).stdout

    assert says in told
    assert "80" in told
    assert not re.search(r"\{[a-z_]+\}", told)


def test_another_label_column_and_other_groups(run, tmp_path):
    rows = [{**row, "gold": row["primary"], "primary": "?", "kind": row["id"] > "b"} for row in ROWS]
    for row in rows:
        row["kind"] = "late" if row["kind"] else "early"
    path = write_rows(tmp_path / "gold.jsonl", rows)
    said = json.loads(run(path, "--label", "gold", "--by", "kind", "--format", "json").stdout)

    assert said["accuracy"] == 0.8
    assert {(one["by"], one["value"]) for one in said["slices"]} >= {("kind", "early"), ("kind", "late")}


def test_expected_collaborators_and_recommendations_are_held_too(run, tmp_path):
    rows = [
        {**ROWS[0], "collaborators": [], "recommendations": ["support.fix_fault"]},
        {**ROWS[1], "collaborators": ["support"], "recommendations": ["support.fix_fault"]},
    ]
    said = json.loads(run(write_rows(tmp_path / "more.jsonl", rows), "--format", "json").stdout)

    assert said["asides"]["collaborators"] == {"rows": 2, "right": 1}
    assert said["asides"]["recommendations"] == {"rows": 2, "first_right": 1, "all_shown": 1}


BAD = [
    ("{", "this is not JSON"),
    ('{"id": "1", "text": "x"}', "the right function, is missing; give one of support, success, account_management"),
    ('{"id": "1", "text": "x", "primary": "suport"}', "did you mean 'support'?"),
    ('{"id": "1", "text": "x", "primary": 3}', "which is no function; give one of"),
    ('{"id": "1", "primary": "support"}', "'text' is missing"),
    ('{"id": "1", "text": "x", "primary": "support", "customer": {"teir": "key"}}', "did you mean customer.tier?"),
    ('{"id": "1", "text": "x", "primary": "support", "collaborators": "success"}', "must be a list of names"),
    ('{"id": "1", "text": "x", "primary": "support", "collaborators": ["sucess"]}', "did you mean 'success'?"),
]


def test_rows_that_cannot_be_used_are_named_and_the_rest_goes_on(run, rows):
    rows.write_text(rows.read_text("utf-8") + "\n" + "".join(f"{line}\n" for line, _ in BAD), "utf-8")
    result = run(rows, "--format", "json", expect=1)
    said = json.loads(result.stdout)

    assert said["tickets"] == 5
    assert said["ok"] is False
    assert [one["line"] for one in said["refused"]] == list(range(7, 7 + len(BAD)))
    for (_, says), one in zip(BAD, said["refused"], strict=True):
        assert says in one["error"]
        assert f"rows.jsonl:{one['line']}: {one['error']}" in result.stderr


def test_labels_that_cannot_be_used_are_told_in_portuguese_too(run, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1", "text": "x", "primary": "suport"}\n', "utf-8")

    assert "você quis dizer 'support'?" in run(path, "--lang", "pt-BR", expect=1).stderr


@pytest.mark.parametrize(
    ("floors", "code"), [("en=0.2", 0), ("en=0.9", 1), ("pt-BR=1", 0), ("all=0.9", 1), ("es=0.1", 1)]
)
def test_a_floor_that_is_not_reached_ends_with_one(run, rows, floors, code):
    said = run(rows, "--min-macro-f1", floors, expect=code).stdout

    assert ("not reached" in said) == bool(code)


def test_several_processes_come_to_the_same(run, tmp_path):
    rows = [{**row, "id": f"{row['id']}{number}"} for number in range(90) for row in ROWS]
    path = write_rows(tmp_path / "many.jsonl", rows)
    alone, together = (run(path, "--now", "2026-03-10T12:00:00Z", "--workers", n, "--format", "json") for n in (1, 2))

    assert json.loads(alone.stdout)["tickets"] == 450
    assert alone.stdout == together.stdout


def test_options_that_cannot_be_read_say_so(run, rows):
    assert "did you mean 'support'?" in run(rows, "--prior", "suport=0.8", expect=2).stderr
    assert "você quis dizer 'support'?" in run(rows, "--prior", "suport=0.8", "--lang", "pt-BR", expect=2).stderr
    assert "no time zone" in run(rows, "--now", "2026-03-10", expect=2).stderr
    assert "from 1900 to 8999" in run(rows, "--now", "9999-12-31T23:59:59Z", expect=2).stderr


def test_a_report_is_written_where_it_is_asked_for(run, rows, tmp_path):
    told = run(rows, "--report", tmp_path / "report.html", "--lang", "pt-BR").stdout

    assert f"Relatório: {tmp_path / 'report.html'}" in told
    assert '<html lang="pt-BR">' in (tmp_path / "report.html").read_text("utf-8")
    assert "is no folder" in run(rows, "--report", tmp_path / "nowhere" / "report.html", expect=2).stderr
