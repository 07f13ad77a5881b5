"""`rules publish`, `rollback` and `history` as people type them."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from plugin_cases import lay_database
from publish_cases import VOTE, put_in, write_desk

from plugin.cli import main
from plugin.publish import archive, folders
from plugin.store import Store


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIDECUE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SIDECUE_PACKS", raising=False)
    monkeypatch.setenv("SIDECUE_LANG", "en")
    return tmp_path / "home"


@pytest.fixture
def store(home):
    home.mkdir()
    lay_database(home / "sidecue.db")
    made = Store(f"sqlite:///{home / 'sidecue.db'}")
    yield made
    made.close()


def run(*arguments, code=0):
    done = CliRunner().invoke(main, ["rules", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def history():
    return json.loads(run("history", "--format", "json"))


@pytest.mark.usefixtures("home")
def test_history_of_nothing_says_how_to_begin():
    assert "rules publish -m" in run("history")
    assert history() == {"ok": True, "in_force": None, "files_differ": False, "versions": []}
    assert "no rulebook was published yet" in run("history", "--export", "x", code=1)
    assert "byte by byte" in run("history", "--verify")


def test_history_lists_the_newest_first_and_says_that_the_files_differ(store, tmp_path):
    put_in(store, write_desk(tmp_path / "a"), message="first\nwith more lines")
    put_in(store, write_desk(tmp_path / "b", "success", 2), author="Bia")
    run("rollback", 1, "-m", "it was better", "--author", "Caio")
    lines = run("history").splitlines()

    assert [line.split()[0] for line in lines[:3]] == ["3", "2", "1"]
    assert "(in force)" in lines[0]
    assert "Caio [restores 1]  it was better" in lines[0]
    assert lines[2].endswith("Ana  first")
    assert "not the published ones" in lines[3]
    assert "em vigor" in run("history", "--lang", "pt-BR")


def test_history_shows_one_version_whole(store, tmp_path):
    put = put_in(store, write_desk(tmp_path / "a"))
    shown = json.loads(run("history", "--show", put.digest[:12], "--format", "json"))

    assert (shown["version"], shown["rulebook"], shown["parent"]) == (1, put.digest, put.parent)
    assert shown["certificate"] == json.loads(put.certificate)
    assert put.hash in run("history", "--show", 1)


def test_export_gives_back_what_was_published_and_publishing_it_changes_nothing(store, tmp_path):
    layers = write_desk(tmp_path / "a")
    put_in(store, layers)
    told = run("history", "--export", tmp_path / "git", "--show", 1)
    again = json.loads(run("publish", tmp_path / "git", "-m", "from Git", "--author", "Ana", "--format", "json"))

    assert "3 files" in told
    assert archive.collect(folders.layers_of(tmp_path / "git")) == archive.collect(layers)
    assert (again["ok"], again["published"], again["version"]) == (True, False, 1)
    assert history()["in_force"] == 1


def test_a_broken_history_is_said_with_its_place(store, tmp_path):
    put_in(store, write_desk(tmp_path / "a"))
    with store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER rulebook_version_no_update")
        connection.exec_driver_sql("UPDATE rulebook_version SET author = 'Eve'")
    told = run("history", "--verify", code=1)
    found = json.loads(run("history", "--verify", "--format", "json", code=1))

    assert "broken at version 1 (hash)" in told
    assert found["broken"]["version"] == 1
    assert "version 1: hash" in run("history", "--export", tmp_path / "x", code=1)


def test_files_with_errors_are_not_published(store, tmp_path):
    write_desk(tmp_path / "a", note="nonsense: 1\n")
    told = run("publish", tmp_path / "a", "-m", "x", code=1)
    found = json.loads(run("publish", tmp_path / "a", "-m", "x", "--format", "json", code=1))

    assert "vote.yml" in told
    assert "nothing was published" in told
    assert (found["reason"], found["findings"][0]["path"]) == ("checks", str(tmp_path / "a/base/desk/vote.yml"))
    assert history()["versions"] == []
    assert store.is_current()


def test_an_example_file_that_fails_is_not_published(store, tmp_path):
    layers = write_desk(tmp_path / "a")
    examples = layers.base / "desk" / "examples"
    examples.mkdir()
    (examples / "wrong.yml").write_text(
        "schema: 1\nname: a fault is success' work\ngiven: {signals: [broken_thing]}\nexpect: {primary: success}\n"
    )
    told = run("publish", tmp_path / "a", "-m", "x", code=1)

    assert "a fault is success' work" in told
    assert "nothing was published" in told
    assert store.is_current()


def test_another_meaning_under_a_published_version_is_refused_whatever_is_in_force_now(store, tmp_path):
    put_in(store, write_desk(tmp_path / "a"))
    put_in(store, write_desk(tmp_path / "b", "success", 2))
    run("rollback", 1, "-m", "back")
    write_desk(tmp_path / "c", "account_management", 2)
    told = run("publish", tmp_path / "c", "-m", "x", code=1)
    found = json.loads(run("publish", tmp_path / "c", "-m", "x", "--format", "json", code=1))

    assert "desk.vote" in told
    assert "raise `version`" in told
    assert found == {"ok": False, "reason": "meaning", "rules": ["desk.vote"]}
    assert history()["in_force"] == 3


@pytest.mark.usefixtures("home")
def test_what_cannot_be_a_rulebook_is_told(tmp_path):
    write_desk(tmp_path / "a")
    (tmp_path / "rule.yml").write_text(VOTE)

    assert "published whole" in run("publish", tmp_path / "rule.yml", "-m", "x", code=2)
    assert "publish it alone" in run("publish", tmp_path / "a", tmp_path / "a" / "base", "-m", "x", code=2)
    assert "1 to 4000 plain characters" in run("publish", tmp_path / "a", "-m", "  ", code=1)
    assert "leave --show" in run("history", "--verify", "--show", 1, code=2)
    assert "no rulebook was published yet" in run("rollback", 1, "-m", "x", code=1)


def test_rollback_to_a_version_that_is_not_there_is_told(store, tmp_path):
    put_in(store, write_desk(tmp_path / "a"))

    assert "the newest is 1" in run("rollback", 7, "-m", "x", code=1)
    assert "Nothing changed" in run("rollback", 1, "-m", "x")


@pytest.mark.slow
def test_a_server_needs_no_solver_to_take_a_published_rulebook():
    code = "import sys, plugin.services, plugin.publish; print([m for m in ('z3', 'polars') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "[]"
