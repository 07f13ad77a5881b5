from dataclasses import replace

import pytest
from plugin_cases import lay_database
from publish_cases import entry_of, put_in, write_desk
from sqlalchemy import text

from plugin.store import Store, StoreError, rulebooks
from plugin.store.errors import HistoryMoved


@pytest.fixture
def store(tmp_path):
    lay_database(tmp_path / "a.db")
    made = Store(f"sqlite:///{tmp_path / 'a.db'}", busy_seconds=0.5)
    yield made
    made.close()


def histories(store):
    with store.read() as connection:
        return rulebooks.all(connection)


def test_a_version_comes_back_as_it_was_published(store, tmp_path):
    put = put_in(store, write_desk(tmp_path / "a"))
    with store.read() as connection:
        found = (
            rulebooks.newest(connection),
            rulebooks.by_number(connection, 1),
            rulebooks.by_digest(connection, put.digest[:8]),
            rulebooks.head(connection),
        )

    assert found == (put, put, (put,), put.head)
    assert put.parent == rulebooks.GENESIS


def test_each_version_names_the_one_before(store, tmp_path):
    first = put_in(store, write_desk(tmp_path / "a"))
    second = put_in(store, write_desk(tmp_path / "b", "success", 2))

    assert (second.number, second.parent) == (2, first.hash)


def test_whoever_comes_second_is_told_that_the_history_moved(store, tmp_path):
    entry, packed = entry_of(write_desk(tmp_path / "a"))
    put_in(store, write_desk(tmp_path / "b", "success"))
    with pytest.raises(HistoryMoved, match="version 1 was published meanwhile"), store.write() as connection:
        rulebooks.append(connection, entry, packed, None)

    assert len(histories(store)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rulebook_version SET message = 'x'",
        "DELETE FROM rulebook_version",
        "UPDATE rulebook_content SET archive = x'00'",
        "DELETE FROM rulebook_content",
        "INSERT OR REPLACE INTO rulebook_content SELECT digest, x'00' FROM rulebook_content",
        "UPDATE rulebook_rule SET digest = 'x'",
        "DELETE FROM rulebook_rule",
        "INSERT OR REPLACE INTO rulebook_rule SELECT rule, version, 'x' FROM rulebook_rule",
        "INSERT OR REPLACE INTO rulebook_version SELECT * FROM rulebook_version",
    ],
)
def test_the_database_refuses_to_change_what_was_published(store, tmp_path, statement):
    put_in(store, write_desk(tmp_path / "a"))
    before = histories(store)
    with pytest.raises(StoreError, match=r"never changed|follows the newest"), store.write() as connection:
        connection.execute(text(statement))

    assert histories(store) == before


@pytest.mark.parametrize("change", [{"number": 3}, {"number": 1}, {"parent": "0" * 64}])
def test_the_database_refuses_a_row_that_does_not_follow_the_newest(store, tmp_path, change):
    put = put_in(store, write_desk(tmp_path / "a"))
    row = rulebooks._fields(replace(put, number=2, parent=put.hash, hash="f" * 64)) | change
    with pytest.raises(StoreError, match="follows the newest"), store.write() as connection:
        connection.execute(rulebooks.rulebook_version.insert().values(**row))


def test_a_meaning_is_kept_once(store):
    with store.write() as connection:
        rulebooks.lock(connection, [("a.b", 1, "x")])
        rulebooks.lock(connection, [("a.b", 1, "y"), ("a.b", 2, "z")])
        kept = rulebooks.locks(connection)

    assert kept == {("a.b", 1): "x", ("a.b", 2): "z"}
