"""The history told from its bytes: whatever is changed in it, `verify` names where."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from publish_cases import NOW, put_in, write_desk

from plugin.publish import VersionUnknown, archive, find, folder_of, rollback, verify
from plugin.publish.errors import VersionBroken
from plugin.publish.publishing import PublishRefused
from plugin.store import Store, rulebooks
from rules.loader import load


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A history of four, as a file: support, success, support again, and success with a comment."""
    folder = tmp_path_factory.mktemp("history")
    made = Store(f"sqlite:///{folder / 'a.db'}")
    made.upgrade()
    put_in(made, write_desk(folder / "a"))
    put_in(made, write_desk(folder / "b", "success", 2))
    rollback(made, folder, 1, author="Bia", message="it was better", now=NOW)
    put_in(made, write_desk(folder / "c", "success", 2, "# a comment\n"), message="comment", author="Caio")
    made.close()
    with closing(sqlite3.connect(folder / "a.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "a.db"


@pytest.fixture
def store(history, tmp_path):
    shutil.copy(history, tmp_path / "a.db")
    made = Store(f"sqlite:///{tmp_path / 'a.db'}")
    yield made
    made.close()


def tamper(tmp_path, *statements, parameters=()):
    """Change the database as somebody would who can write its file."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement, parameters)
        connection.commit()


def test_a_history_nobody_touched_is_whole(store, tmp_path):
    found = verify(store, tmp_path)

    assert (found.ok, found.versions, found.reread) == (True, 4, ())


COLUMNS = ("parent", "hash", "digest", "files", "content", "author", "message", "created_at", "certificate", "sidecue")


@pytest.mark.parametrize("number", [1, 3, 4])
@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_under_the_chain(store, tmp_path, column, number):
    elsewhere = find(store, 2 if number != 4 else 1)  # of a right form, and wrong here
    value = {"hash": "f" * 64, "author": "Eve", "created_at": "yesterday", "sidecue": "0.0.1"}.get(
        column, getattr(elsewhere, column)
    )
    statement = f"UPDATE rulebook_version SET {column} = ? WHERE number = {number}"  # noqa: S608 - our own names
    tamper(tmp_path, statement, parameters=(value,))
    found = verify(store, tmp_path)

    assert not found.ok
    assert found.broken.number == number


@pytest.mark.parametrize("value", [None, b"\xff\x00", 7, ""])
def test_a_value_of_another_kind_is_a_broken_link_too(store, tmp_path, value):
    statement = "UPDATE rulebook_version SET message = coalesce(?, 3.5), certificate = x'ff' WHERE number = 3"
    tamper(tmp_path, statement, parameters=(value,))
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (3, "hash")


@pytest.mark.parametrize(
    ("statement", "number", "part"),
    [
        ("UPDATE rulebook_version SET number = 9 WHERE number = 4", 4, "number"),
        ("UPDATE rulebook_version SET kind = 'publish' WHERE number = 3", 3, "hash"),
        ("UPDATE rulebook_version SET restores = 2 WHERE number = 3", 3, "hash"),
        ("DELETE FROM rulebook_version WHERE number = 2", 2, "number"),
        ("DELETE FROM rulebook_version WHERE number = 1", 1, "number"),
        ("DELETE FROM rulebook_rule WHERE version = 2", 2, "rules"),
        ("UPDATE rulebook_rule SET digest = 'x' WHERE version = 1", 1, "rules"),
        ("UPDATE rulebook_rule SET version = 7 WHERE version = 2", 2, "rules"),
        ("UPDATE rulebook_rule SET rule = 'desk.other' WHERE version = 2", 2, "rules"),
        ("INSERT INTO rulebook_rule VALUES ('desk.vote', 9, 'x')", 4, "rules"),
    ],
)
def test_every_row_is_under_the_chain(store, tmp_path, statement, number, part):
    tamper(tmp_path, statement)
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (number, part)


@pytest.mark.parametrize(
    "change", ["archive || x'00'", "x''", "substr(archive, 1, 40)", "x'789c' || substr(archive, 3)"]
)
def test_every_byte_of_the_content_is_under_the_chain(store, tmp_path, change):
    content = find(store, 2).content
    tamper(
        tmp_path,
        f"UPDATE rulebook_content SET archive = {change} WHERE digest = '{content}'",  # noqa: S608 - our own values
    )
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (2, "content")


def test_another_book_under_the_same_name_is_noticed_by_its_digest(store, tmp_path):
    files = archive.collect(write_desk(tmp_path / "evil", "account_management"))
    packed = archive.pack(files)
    content = archive.content_digest(packed)
    tamper(tmp_path, "INSERT INTO rulebook_content VALUES (?, ?)", parameters=(content, packed))
    forge(store, tmp_path, 4, content=content, files=archive.files_digest(files))
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (4, "digest")


def test_a_certificate_of_another_rulebook_is_noticed(store, tmp_path):
    forge(store, tmp_path, 4, certificate=find(store, 1).certificate)
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (4, "certificate")


def test_a_rollback_that_restores_something_else_is_noticed(store, tmp_path):
    forge(store, tmp_path, 3, restores=2)
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (3, "restores")


def forge(store, tmp_path, number, **changed):
    """Change a row and its hash with it, as somebody would who knows how the chain is made."""
    with store.read() as connection:
        version = rulebooks.by_number(connection, number)
    said = rulebooks._fields(version) | changed
    entry = {name: value for name, value in said.items() if name not in {"number", "parent", "hash"}}
    said["hash"] = rulebooks.link(number, version.parent, rulebooks.Entry(**entry))
    columns = [*changed, "hash"]
    assignments = ", ".join(f"{name} = ?" for name in columns)
    tamper(
        tmp_path,
        f"UPDATE rulebook_version SET {assignments} WHERE number = {number}",  # noqa: S608 - our own names
        parameters=tuple(said[name] for name in columns),
    )


def test_a_history_without_its_end_is_noticed_by_what_was_decided_with_it(store, tmp_path):
    tamper(
        tmp_path,
        "INSERT INTO decision (id, tenant_id, ticket_id, taken_at, rulebook, primary_function, confidence, document, "
        "rulebook_version) VALUES ('d', 1, 1, '2026-03-10 12:00:00.000000', 'x', 'support', 1, '{}', 4)",
        "DELETE FROM rulebook_version WHERE number = 4",
    )
    broken = verify(store, tmp_path).broken

    assert (broken.number, broken.part) == (4, "number")
    assert "decisions were taken with version 4" in broken.problem.en


def test_a_version_of_another_sidecue_that_reads_otherwise_is_said_and_not_blamed(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    store.upgrade()
    certificate = json.dumps({"rulebook": "0" * 64}, separators=(",", ":"))
    put_in(store, write_desk(tmp_path / "a"), sidecue="0.0.1", digest="0" * 64, certificate=certificate)
    found = verify(store, tmp_path)
    store.close()

    assert (found.ok, found.reread) == (True, (1,))


def test_rollback_restores_the_exact_digest_and_files(store, tmp_path):
    first, restored = find(store, 1), find(store, 3)
    kept = folder_of(store, tmp_path, 3)

    assert (restored.digest, restored.content, restored.certificate) == (first.digest, first.content, first.certificate)
    assert (restored.kind, restored.restores, restored.author) == ("rollback", 1, "Bia")
    assert load([kept.base], overlays=kept.overlays).digest == first.digest


def test_rollback_to_what_is_in_force_adds_nothing(store, tmp_path):
    done = rollback(store, tmp_path, 4, author="Ana", message="again", now=NOW)

    assert (done.is_new, done.version.number, find(store).number) == (False, 4, 4)


def test_rollback_refuses_a_version_that_is_not_whole(store, tmp_path):
    tamper(tmp_path, "UPDATE rulebook_version SET message = 'x' WHERE number = 1")
    with pytest.raises(VersionBroken, match="version 1: hash"):
        rollback(store, tmp_path, 1, author="Ana", message="back", now=NOW)

    assert find(store).number == 4


def test_rollback_wants_a_message(store, tmp_path):
    with pytest.raises(PublishRefused, match="message"):
        rollback(store, tmp_path, 1, author="Ana", message=" ", now=NOW)


def test_a_version_is_found_by_number_by_digest_and_as_published(store, tmp_path):
    first = find(store, 1)
    found = [folder_of(store, tmp_path, which).version.number for which in (1, "1", "published", first.digest[:10])]

    assert found == [1, 1, 4, 3]  # of one digest the newest: the rollback


@pytest.mark.parametrize("which", [0, 5, "5", "ffffffffff", "no", "../x", "%"])
def test_an_unknown_version_is_named_as_such(store, which):
    with pytest.raises(VersionUnknown):
        find(store, which)


def test_nothing_published_is_said(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.upgrade()
    with pytest.raises(VersionUnknown, match="no rulebook was published yet"):
        find(store)
    store.close()
