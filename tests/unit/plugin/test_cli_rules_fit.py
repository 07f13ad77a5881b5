"""`sidecue rules fit` and `rules calibrate` as people and scripts use them."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner
from labelled_cases import write_rows

from plugin.cli import main
from plugin.fitting.words import WORDS
from rules.loader import SHIPPED, load
from rules.rulebook import Function

pytestmark = pytest.mark.slow

SAYS = {
    "support": ("The app crashes when I open it", "O aplicativo trava quando abro"),
    "success": ("Please cancel my subscription", "Quero cancelar minha assinatura"),
    "account_management": ("How much does the enterprise plan cost?", "Quanto custa o plano empresarial?"),
}
ROWS = [
    {"id": f"{source}{function}{number}", "text": text, "primary": function, "source": source}
    for source in ("mail", "chat", "phone")
    for function, texts in SAYS.items()
    for number, text in enumerate(texts * 6)
]
WITHOUT_SOURCE = [{key: value for key, value in row.items() if key != "source"} for row in ROWS]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty home, in the folder of the test; return the result."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments, expect=0):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", *map(str, arguments)], env=home)

        assert result.exit_code == expect, result.output
        return result

    return call


@pytest.fixture
def rows(tmp_path):
    return write_rows(tmp_path / "rows.jsonl", ROWS)


@pytest.fixture(scope="module")
def locked_once(tmp_path_factory):
    """The shipped packs, with a fault sent to success; checked and locked as if somebody had meant it."""
    folder = tmp_path_factory.mktemp("locked") / "packs"
    shutil.copytree(SHIPPED, folder)
    rule = folder / "support" / "fault.yml"
    text, times = re.subn(
        r"classify: \{support: \d\}", "classify: {support: 1, success: 4}  # a guess", rule.read_text("utf-8")
    )
    assert times == 1
    rule.write_text(re.sub(r"^version: \d+", "version: 7", text, flags=re.MULTILINE), "utf-8")
    pack = folder / "support" / "pack.yml"
    pack.write_text(
        re.sub(r'^version: "?[\d.]+"?', 'version: "9.0.0"', pack.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
    )
    for path in folder.rglob("examples/*.yml"):
        path.unlink()  # some expect what the guess breaks
    home = {"SIDECUE_HOME": str(folder.parent / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
    result = CliRunner().invoke(main, ["rules", "check", str(folder), "--lock", "--no-solver"], env=home)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def locked(locked_once, tmp_path):
    """A copy of these packs, to be written into."""
    return shutil.copytree(locked_once, tmp_path / "packs")


def test_fit_proposes_what_helps_and_writes_nothing(run, rows, locked):
    before = {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()}
    said = json.loads(run("fit", rows, locked, "--format", "json").stdout)

    assert said["proposed"] is True
    assert said["left_out"] == "source"
    assert {one["name"] for one in said["held_out"]} == {"mail", "chat", "phone"}
    assert said["before"]["accuracy"] == pytest.approx(2 / 3)
    assert said["after"]["accuracy"] == 1
    assert (said["mended"], said["broken"]) == (36, 0)
    assert {vote["rule"] for vote in said["votes"]} == {"support.fault"}
    assert said["written"] == []
    assert {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()} == before


def test_the_diff_applied_is_the_proposal_and_the_check_stays_clean(run, rows, locked, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(locked, other / "packs")
    text = run("fit", rows, locked).stdout
    said = json.loads(run("fit", rows, locked, "--write", "--format", "json").stdout)
    (other / "votes.patch").write_text(text, "utf-8")
    subprocess.run(["patch", "-p1", "-i", "votes.patch"], cwd=other, check=True, capture_output=True)
    rule = load([locked]).rules["support.fault"]
    proposed = {vote["function"]: vote["after"] for vote in said["votes"]}

    for path in locked.rglob("*.*"):
        assert path.read_bytes() == (other / "packs" / path.relative_to(locked)).read_bytes(), path
    assert {f.value: rule.then.votes.get(f, 0) for f in Function}.items() >= proposed.items()
    assert rule.version == 8
    assert "# a guess" in (locked / "support" / "fault.yml").read_text("utf-8")
    assert sorted(said["written"]) == [
        "packs/support/fault.yml",
        "packs/support/pack.yml",
        "packs/support/versions.lock",
    ]
    assert json.loads(run("check", locked, "--format", "json").stdout)["findings"] == []
    assert json.loads(run("evaluate", rows, "--packs", "nowhere", expect=2).stdout or "{}") == {}


def test_fit_has_nothing_to_propose_for_votes_that_are_right(run, rows, tmp_path):
    write_rows(tmp_path / "parts.jsonl", WITHOUT_SOURCE)
    said = run("fit", "parts.jsonl", SHIPPED, "--lang", "pt-BR").stdout

    assert "nada a propor" in said
    assert "As linhas não dizem de onde vêm" in said
    assert "---" not in said


def test_a_proposal_that_leaves_the_packs_wrong_is_not_made(run, rows, locked):
    other = locked / "support" / "question.yml"
    other.write_text(other.read_text("utf-8").replace("expect: no_match", "expect: match", 1), "utf-8")
    said = run("fit", rows, locked, "--write").stdout

    assert "`rules check` would find errors: nothing is proposed" in said
    assert "question.yml" in said
    assert "success: 4" in (locked / "support" / "fault.yml").read_text("utf-8")


def test_rows_that_cannot_be_used_are_named(run, rows, locked):
    rows.write_text(rows.read_text("utf-8") + '{"id": "x", "text": "y"}\n', "utf-8")
    result = run("fit", rows, locked, "--format", "json", expect=1)

    assert json.loads(result.stdout)["tickets"] == len(ROWS)
    assert f"rows.jsonl:{len(ROWS) + 1}: 'primary'" in result.stderr


@pytest.mark.parametrize("command", ["fit", "calibrate"])
def test_too_few_tickets_are_refused(run, tmp_path, command):
    write_rows(tmp_path / "few.jsonl", ROWS[:3])

    assert "too few tickets: 3" in run(command, "few.jsonl", expect=2).stderr
    assert "não há chamados bastantes: são 3" in run(command, "few.jsonl", "--lang", "pt-BR", expect=2).stderr


def test_packs_of_the_installed_program_are_not_written(run, rows):
    assert "belongs to the installed program" in run("fit", rows, "--write", expect=2).stderr


def test_a_file_is_no_pack(run, rows, locked):
    assert "is a file" in run("fit", rows, locked / "support" / "fault.yml", expect=2).stderr


UNSURE = [
    *ROWS,
    *(
        {**row, "id": f"{row['id']}x", "primary": "success"}
        for row in ROWS
        if row["primary"] == "support" and row["id"][-1] in "01"
    ),
]


@pytest.fixture
def unsure(tmp_path):
    """Labelled tickets of which some are decided wrongly."""
    return write_rows(tmp_path / "unsure.jsonl", UNSURE)


def test_calibrate_shows_the_change_and_writes_the_tenants_own_file(run, unsure, tmp_path):
    shown = json.loads(run("calibrate", unsure, "--format", "json").stdout)

    assert shown["proposed"] is True
    assert (shown["tickets"], shown["right"]) == (len(UNSURE), len(ROWS))
    assert shown["after"]["log_loss"] < shown["before"]["log_loss"]
    assert sum(one["decisions"] for one in shown["after"]["bins"]) == len(UNSURE)
    assert not (tmp_path / "home").exists()

    run("calibrate", unsure, "--write")
    own = tmp_path / "home" / "packs" / "calibration.yml"
    held = load(overlays=[own.parent]).calibration

    assert (held.intercept, held.margin, held.strength) == tuple(
        shown["calibration"][name] for name in ("intercept", "margin", "strength")
    )
    assert held.fitted_on == shown["calibration"]["fitted_on"]
    assert f"{len(UNSURE)} labelled tickets of unsure.jsonl" in held.fitted_on
    run("check", own.parent)


def test_calibrate_keeps_the_layout_of_packs_of_ones_own(run, unsure, locked):
    path = locked / "calibration.yml"
    path.write_text(
        "# ours\nschema: 1\nintercept: -2.5   # low\nmargin: 0.1\nstrength: 0.1\nfitted_on: nothing\n", "utf-8"
    )
    said = run("calibrate", unsure, locked, "--write").stdout

    assert "--- a/packs/calibration.yml" in said
    assert path.read_text("utf-8").startswith("# ours\nschema: 1\nintercept: ")
    assert "   # low\n" in path.read_text("utf-8")
    assert load([locked]).calibration.intercept != -2.5


def test_calibrate_reports_in_both_languages(run, unsure, tmp_path):
    told = {
        lang: run("calibrate", unsure, "--report", f"{lang}.html", "--lang", lang).stdout for lang in ("en", "pt-BR")
    }
    pages = {lang: (tmp_path / f"{lang}.html").read_text("utf-8") for lang in told}

    assert "Report: en.html" in told["en"]
    assert "Erro de calibração" in told["pt-BR"]
    for lang, page in pages.items():
        assert f'<html lang="{lang}">' in page
        assert page.count('<svg class="reliability"') == 2
        assert page.count("<table") == 4
        assert not re.search(r"\{[a-z_]+\}", page.split("</style>")[1])
    assert "With a" not in pages["pt-BR"]


def test_calibrate_needs_right_and_wrong_decisions(run, rows):
    assert "all decisions came out right" in run("calibrate", rows, expect=2).stderr
    assert "todas as decisões saíram certas" in run("calibrate", rows, "--lang", "pt-BR", expect=2).stderr


def test_without_the_libraries_they_are_named_and_nothing_else_needs_them(rows):
    code = (
        "import sys; sys.modules.update(numpy=None, scipy=None)\n"
        "from plugin.cli import main\n"
        "main(['rules', *sys.argv[1:]])"
    )

    def without(*arguments):
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False
        )

    for command in ("fit", "calibrate"):
        done = without(command, rows, "--lang", "en")
        assert (done.returncode, "pip install 'sidecue[fit]'" in done.stderr) == (2, True), done.stderr
        assert without(command, "--help").returncode == 0
    assert without("evaluate", rows).returncode == 0


def test_every_word_is_used():
    from plugin import fitting, reports  # noqa: PLC0415 - only their folders are wanted

    folders = [*fitting.__path__, *reports.__path__]
    source = "".join(path.read_text("utf-8") for folder in folders for path in _files(folder))
    source += "".join(path.read_text("utf-8") for path in _files(f"{folders[0]}/../cli/rules"))
    for key in WORDS:
        source = source.replace(f'"{key}": Text', "")
    unused = [key for key in WORDS if not re.search(rf"[\"']{re.escape(key)}[\"']", source)]

    assert [key for key in unused if not key.startswith("left_out.")] == []


def _files(folder):
    from pathlib import Path  # noqa: PLC0415 - only here

    return [*Path(folder).glob("*.py"), *Path(folder).glob("templates/*.html")]
