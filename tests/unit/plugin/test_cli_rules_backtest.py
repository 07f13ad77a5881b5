"""`sidecue rules backtest` as people and scripts use it."""

import json
import shutil

import pytest
from click.testing import CliRunner
from publish_cases import put_in, write_desk

from plugin.cli import main
from plugin.cli.rules.backtesting import _instant
from plugin.store import Store
from rules.loader import SHIPPED

pytestmark = pytest.mark.slow

WANTS_PREMIUM = "I need the advanced reports feature, is it in another plan?"
ROWS = [
    {"id": "small", "text": WANTS_PREMIUM, "customer": {"mrr": 300.0}},
    {"id": "large", "text": WANTS_PREMIUM, "customer": {"mrr": 9000.0}},
    {"id": "fault", "text": "The system stopped working today"},
]


@pytest.fixture
def run(tmp_path):
    """Run `rules backtest` in an empty home; return the result."""

    def call(*arguments, expect=0, **environ):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "backtest", *map(str, arguments)], env=home | environ)

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path


@pytest.fixture
def dearer(tmp_path):
    """The shipped packs, with the plan with the feature shown to large customers only."""
    folder = tmp_path / "dearer"
    shutil.copytree(SHIPPED, folder)
    rule = folder / "expansion" / "advise_upgrade.yml"
    one = "    - signals: {has: premium_need}\n"
    text = rule.read_text("utf-8")
    assert one in text
    both = "    - all:\n        - signals: {has: premium_need}\n        - customer.mrr: {at_least: 5000}\n"
    rule.write_text(text.replace(one, both), "utf-8")
    return folder


def test_json_names_exactly_what_changes_and_why(run, history, dearer):
    said = json.loads(
        run("--from", SHIPPED, "--to", dearer, "--history", history, "--workers", 1, "--format", "json").stdout
    )
    found = said["changed"][0]
    cause = found["because"][0]

    assert [entry["ticket"] for entry in said["changed"]] == ["small"]
    assert found["removed"] == ["expansion.upgrade_offer"]
    assert (cause["what"], cause["subject"]) == ("fires_no_more", "expansion.advise_upgrade")
    assert {"field": "customer.mrr", "op": "at_least", "expected": 5000, "actual": 300.0, "truth": False} in cause[
        "after"
    ]
    assert said["measures"]["changed"] == said["measures"]["removed"] == 1
    assert said["history"]["tickets"] == 3
    assert said["ok"] is True


def test_without_from_and_to_the_files_are_compared_with_themselves(run, history):
    said = run("--history", history, "--workers", 1).stdout

    assert "working files → working files" in said
    assert "Decisions that change: 0 of 3 tickets (0%)" in said
    assert "for the other 3 it is proved that nothing changes" in said


def test_the_files_of_the_tenant_are_the_rules_of_after(run, history, tmp_path, dearer):
    packs = tmp_path / "tenant"
    (packs / "expansion").mkdir(parents=True)
    overlay = "schema: 1\noverlay: expansion.advise_upgrade\nstatus: deprecated\n"
    (packs / "expansion" / "advise_upgrade.yml").write_text(overlay, "utf-8")
    result = run("--from", dearer, "--history", history, "--workers", 1, "--format", "json", SIDECUE_PACKS=str(packs))

    assert [entry["ticket"] for entry in json.loads(result.stdout)["changed"]] == ["large"]


@pytest.fixture
def published(tmp_path):
    """Two published versions of a small rulebook: a fault is support's work, then success'."""
    store = Store(f"sqlite:///{tmp_path / 'home' / 'sidecue.db'}")
    (tmp_path / "home").mkdir()
    store.upgrade()
    versions = [
        put_in(store, write_desk(tmp_path / function, function, number))
        for number, function in enumerate(("support", "success"), start=1)
    ]
    store.close()
    return versions


@pytest.mark.parametrize("names", [("@1", "@2"), ("@1", "published"), ("digest", "@2"), ("@1", "success")])
def test_published_versions_are_compared(run, history, published, tmp_path, names):
    old, new = (published[0].digest[:12] if name == "digest" else name for name in names)
    new = tmp_path / new if new == "success" else new
    said = json.loads(run("--from", old, "--to", new, "--history", history, "--workers", 1, "--format", "json").stdout)

    assert said["moved"] == [{"from": "support", "to": "success", "tickets": 1}]
    assert [entry["ticket"] for entry in said["changed"]] == ["fault"]
    assert said["from"]["digest"] == published[0].digest


def test_what_is_published_is_the_rules_of_before(run, history, published, tmp_path):
    said = run("--to", tmp_path / "support", "--history", history, "--workers", 1).stdout

    assert "published version @2" in said
    assert "Whose work it is: 1" in said


def test_a_broken_budget_is_told_and_exits_with_1(run, history, dearer):
    books = ("--from", SHIPPED, "--to", dearer, "--history", history, "--workers", 1)
    kept = run(*books, "--budget", "changed=34%", "--budget", "primary=0").stdout
    broken = run(*books, "--budget", "changed=33%", "--budget", "primary=0", "--lang", "pt-BR", expect=1).stdout

    assert "changed=34%: 1 — kept" in kept
    assert "changed=33%: 1 — limite ultrapassado" in broken
    assert "primary=0: 0 — dentro do limite" in broken


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--budget", "chnged=1"], "did you mean 'changed'?"),
        (["--budget", "chnged=1", "--lang", "pt-BR"], "seria 'changed'?"),
        (["--from", "nowhere"], "it is no folder and no published version"),
        (["--to", "@1"], "no rulebook was published yet"),
        (["--tenant", "nobody"], "there is no tenant 'nobody'"),
        (["--since", "yesterday"], "a day like 2026-03-01 will do as well"),
        (["--until", "2026-03-01T10:00"], "has no time zone"),
        (["--until", "9999-12-31"], "write an instant from 1900 to 8999"),
        (["--workers", "0"], "--workers"),
        (["--report", "no/such/folder/report.html"], "is no folder"),
    ],
)
def test_wrong_usage_says_what_is_wrong(run, arguments, problem):
    assert problem in run(*arguments, expect=2).output


@pytest.mark.parametrize(
    ("text", "ends", "expected"),
    [
        ("2026-03-01", False, "2026-03-01T00:00:00+00:00"),
        ("2026-03-01", True, "2026-03-02T00:00:00+00:00"),  # the day counts
        ("2026-03-01T10:00-03:00", True, "2026-03-01T13:00:00+00:00"),
    ],
)
def test_a_day_is_taken_whole_and_an_instant_as_it_is(text, ends, expected):
    assert _instant(text, "--until", ends=ends).isoformat() == expected


def test_a_file_and_a_choice_of_the_store_do_not_go_together(run, history):
    assert "choose decisions of the store" in run("--history", history, "--since", "2026-01-01", expect=2).output


def test_a_line_that_cannot_be_read_ends_the_command(run, history, tmp_path):
    history.write_text('{"id": "1"}\n', "utf-8")

    assert "rows.jsonl:1: 'text' is missing" in run("--history", history, "--workers", 1, expect=1).output
    assert not (tmp_path / "kept").exists()


def test_an_empty_store_says_so(run):
    assert "There are no decisions in this history" in run("--workers", 1).stdout


def test_a_saved_history_is_replayed_like_the_file(run, history, dearer, tmp_path):
    books = ("--from", SHIPPED, "--to", dearer, "--workers", 1, "--format", "json")
    direct = run(*books, "--history", history, "--save-history", tmp_path / "kept").stdout
    again = run(*books, "--history", tmp_path / "kept").stdout

    assert direct == again


def test_a_failed_run_leaves_no_half_of_a_history(run, history, tmp_path):
    history.write_text(json.dumps(ROWS[0]) + '\n{"id": "1"}\n', "utf-8")
    run("--history", history, "--workers", 1, "--save-history", tmp_path / "kept", expect=1)

    assert sorted(path.name for path in tmp_path.iterdir() if "kept" in path.name) == []


def test_broken_rules_end_the_command_with_their_findings(run, history, dearer):
    (dearer / "expansion" / "advise_upgrade.yml").write_text("schema: 1\n", "utf-8")
    result = run("--to", dearer, "--history", history, expect=1)

    assert "advise_upgrade.yml:1:1: error" in result.stdout


@pytest.mark.parametrize(("lang", "words"), [("pt-BR", "Decisões que mudam"), ("en", "Decisions that change")])
def test_a_report_is_one_file_that_needs_nothing_else(run, history, dearer, tmp_path, lang, words):
    path = tmp_path / "report.html"
    books = ("--from", SHIPPED, "--to", dearer, "--history", history, "--workers", 1)
    said = run(*books, "--report", path, "--lang", lang, "--budget", "changed=0", expect=1).stdout
    page = path.read_text("utf-8")

    assert str(path) in said
    assert f'<html lang="{lang}">' in page
    assert words in page
    assert "default-src 'none'" in page
    assert not [address for address in ("http:", "https:", "src=", "url(", "<script") if address in page]
    assert "small" in page
    assert "9000" not in page  # only the values that decided about tickets that change
