"""`sidecue rules check`: its locks, its SARIF, and what it does not import."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rule_files import PACK, RULE, write_pack

from plugin.cli import main
from plugin.cli.rules.remembered import place
from rules.loader.versions import FILE_NAME

REPOSITORY = Path(__file__).parents[3]
RAISED = {"pack": PACK.replace("1.0.0", "1.1.0"), "renewal_call": RULE.replace("version: 1", "version: 2")}


@pytest.fixture
def run(tmp_path):
    """Run `rules check` in an empty home; return its output."""

    def call(*arguments, expect=0):
        home = {"SIDECUE_HOME": str(tmp_path / "home"), "SIDECUE_PACKS": "", "SIDECUE_LANG": "", "LANG": "C"}
        result = CliRunner().invoke(main, ["rules", "check", *map(str, arguments)], env=home)

        assert result.exit_code == expect, result.output
        return result.stdout

    return call


@pytest.mark.slow
def test_lock_writes_the_locks_and_says_so(run, tmp_path):
    folder = write_pack(tmp_path, **RAISED)
    before = run(folder)
    first = run(folder, "--lock")
    again = run(folder, "--lock", "--lang", "pt-BR")

    assert "pack.not_locked" in before
    assert f"{folder / FILE_NAME}: written" in first
    assert "0 errors, 0 warnings" in first
    assert f"{folder / FILE_NAME}: já estava em dia" in again
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o644
    assert [path.name for path in folder.iterdir() if "lock" in path.name or "tmp" in path.name] == [FILE_NAME]


@pytest.mark.slow
def test_lock_as_json_names_the_files(run, tmp_path):
    folder = write_pack(tmp_path, **RAISED)
    said = json.loads(run(folder, "--lock", "--format", "json"))

    assert said["locks"] == [{"path": str(folder / FILE_NAME), "is_new": True}]
    assert said["findings"] == []


@pytest.mark.slow
def test_lock_refuses_while_a_rule_is_changed_without_a_new_version(run, tmp_path):
    folder = write_pack(tmp_path)
    run(folder, "--lock")
    before = (folder / FILE_NAME).read_bytes()
    write_pack(tmp_path, renewal_call=RULE.replace("5000", "5001"), pack=PACK.replace("1.0.0", "1.1.0"))
    refused = run(folder, "--lock", expect=1)

    assert f"{folder / 'renewal_call.yml'}:3:10: error version.unchanged" in refused
    assert "No versions.lock was written" in refused
    assert (folder / FILE_NAME).read_bytes() == before

    write_pack(tmp_path, **RAISED | {"renewal_call": RAISED["renewal_call"].replace("5000", "5001")})
    run(folder, "--lock")
    assert (folder / FILE_NAME).read_bytes() != before


@pytest.mark.slow
def test_lock_is_for_whole_packs(run, tmp_path):
    run(write_pack(tmp_path) / "vote.yml", "--lock", expect=2)


@pytest.mark.slow
def test_sarif_is_one_json_document(run, tmp_path):
    folder = write_pack(tmp_path, renewal_call=RULE.replace("owner:", "ownr:"))
    log = json.loads(run(folder, "--format", "sarif", "--lang", "pt-BR", expect=1))

    result = log["runs"][0]["results"][-1]
    assert result["ruleId"] == "shape.unknown_near"
    assert result["message"]["text"].startswith("ownr não é um campo daqui.")
    assert log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "shape.unknown_near"


@pytest.mark.slow
def test_list_shows_where_a_rule_was_written_what_changes_it_and_what_stands_in_its_place(tmp_path):
    why = "deprecated: {since: 2026-01-01, reason: {pt-BR: velha, en: old}, replaced_by: [shop.offer_more]}\nwhen:"
    retired = RULE.replace("status: stable", "status: deprecated").replace("when:", why, 1)
    shop = write_pack(tmp_path, renewal_call=retired)
    change = tmp_path / "accounts" / "changed.yml"
    change.parent.mkdir()
    change.write_text("schema: 1\noverlay: accounts.advise_renewal\nstatus: test\n", "utf-8")

    def listed(*arguments):
        result = CliRunner().invoke(
            main, ["rules", "list", *arguments], env={"SIDECUE_PACKS": str(tmp_path), "LANG": "C"}
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    rows = {rule["id"]: rule for rule in json.loads(listed("--format", "json"))["rules"]}
    assert rows["shop.renewal_call"]["deprecated"] == {
        "since": "2026-01-01",
        "reason": "old",
        "replaced_by": ["shop.offer_more"],
    }
    assert rows["shop.renewal_call"]["path"] == str(shop / "renewal_call.yml")
    assert rows["shop.offer_more"]["deprecated"] is None
    assert (rows["accounts.advise_renewal"]["overlay"], rows["accounts.advise_renewal"]["status"]) == (
        str(change),
        "test",
    )
    lines = {line.split()[0]: line for line in listed("--lang", "pt-BR").splitlines()}
    assert lines["shop.renewal_call"].endswith("(no lugar: shop.offer_more)")
    assert lines["accounts.advise_renewal"].endswith(f" + {change}")


def test_help_says_what_the_parts_of_a_version_mean(run):
    assert "major when something is gone or a guardrail changed" in " ".join(run("--help").split())


def test_what_check_does_not_need_is_not_imported():
    heavy = "polars", "z3", "flask", "sqlalchemy", "babel", "cryptography", "marshmallow", "structlog"
    heavy += "snowballstemmer", "Stemmer", "durable_rules_engine"
    code = f"import sys, plugin.cli.rules.checking; print([name for name in {heavy!r} if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.fixture
def settled(tmp_path):
    """Copy the code, as old as an installation's: what is being edited is not remembered."""
    folder = tmp_path / "installed"
    for name in ("rules", "plugin"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.rglob("*.py"):
        os.utime(path, (0, 0))
    return folder


def check_with(code, home, packs):
    """Run `rules check` by a copy of the code. Return the codes of what it finds, and whether it read any example."""
    run = (
        "import atexit, sys; from plugin.cli import main\n"
        "late = {'rules.signals', 'rules.engine.durable'}\n"
        "atexit.register(lambda: print(sorted(late & set(sys.modules)), file=sys.stderr))\n"
        f"sys.argv = ['sidecue', 'rules', 'check', '--no-solver', '--format', 'json', {str(packs)!r}]; main()"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDECUE_")}
    environ = kept | {"SIDECUE_HOME": str(home), "PYTHONPATH": str(code), "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", run], env=environ, cwd=home, capture_output=True, text=True, check=False
    )
    return [found["code"] for found in json.loads(done.stdout)["findings"]], done.stderr != "[]\n"


@pytest.mark.slow
def test_second_check_reads_no_example_again_until_the_code_is_another(settled, tmp_path):
    home, packs = tmp_path / "home", write_pack(tmp_path)
    home.mkdir()

    assert check_with(settled, home, packs) == ([], True)
    assert check_with(settled, home, packs) == ([], False)
    assert [path.name for path in home.rglob("*")] == ["cache", "faultless.txt"]

    reader = settled / "rules" / "signals" / "reader.py"
    text = reader.read_text("utf-8")
    assert text.count("if blocks or ") == 1
    changed = text.replace("if blocks or ", "if not blocks or ")
    reader.write_text(changed, "utf-8")
    os.utime(reader, (0, 0))
    found, _ = check_with(settled, home, packs)
    assert set(found) == {"signal.not_found"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"SIDECUE_HOME": "{home}", "XDG_CACHE_HOME": "/xdg"}, "{home}/cache/faultless.txt"),
        ({"SIDECUE_HOME": "{home}/none", "XDG_CACHE_HOME": "/xdg"}, "/xdg/sidecue/faultless.txt"),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/sidecue/faultless.txt"),
        ({"XDG_CACHE_HOME": "relative"}, "{user}/.cache/sidecue/faultless.txt"),
        ({}, "{user}/.cache/sidecue/faultless.txt"),
    ],
)
def test_what_is_remembered_lies_at_home_or_in_the_users_cache(tmp_path, monkeypatch, environ, expected):
    named = {"home": str(tmp_path), "user": str(tmp_path / "user")}
    monkeypatch.setenv("HOME", named["user"])

    assert str(place({name: value.format(**named) for name, value in environ.items()})) == expected.format(**named)
