from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, reject
from hypothesis import strategies as st
from plugin_cases import KEY, START, lay_database
from sqlalchemy import text

from plugin.store import HEAD, Store, migrating, tenants
from plugin.store.errors import StoreUnavailable, TenantExists, TenantInvalid, VaultSealed
from plugin.store.rows import instant_text
from plugin.store.schema import metadata
from plugin.vault import Vault


@pytest.fixture
def store(tmp_path):
    lay_database(tmp_path / "a.db")
    made = Store(f"sqlite:///{tmp_path / 'a.db'}", busy_seconds=0.2)
    yield made
    made.close()


def add(store, name="acme", vault=None, **more):
    values = {"connector": "zendesk", "secrets": ("s" * 20,), "api_key": "k" * 20, "now": START} | more
    with store.write() as connection:
        return tenants.add(connection, vault or Vault(KEY), name=name, **values)


def test_migrations_make_exactly_the_tables_of_the_schema(store):
    with store.write() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert differences == []


def test_head_is_the_newest_migration():
    assert migrating.head() == HEAD


def test_upgrade_runs_once_and_says_so(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    before = store.is_current()
    told = (store.upgrade(), store.upgrade())

    assert (before, told, store.is_current()) == (False, (True, False), True)


def test_database_is_readable_by_its_owner_only(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'c.db'}")
    store.upgrade()

    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("c.db*")} == {0o600}


def test_sqlite_is_set_up_for_durability(store):
    with store.read() as connection:
        told = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_write_keeps_nothing_of_a_block_that_raises(store):
    with suppress(ZeroDivisionError), store.write() as connection:
        tenants.add(connection, Vault(KEY), name="a", connector="c", secrets=("s",), api_key="k", now=START)
        _ = 1 / 0
    with store.read() as connection:
        kept = tenants.all(connection, Vault(KEY), START)

    assert kept == ()


def test_write_says_unavailable_when_another_process_holds_the_lock(store):
    other = Store(store.url)
    with other.write(), pytest.raises(StoreUnavailable), store.write():
        pass
    other.close()


def test_read_goes_on_while_another_process_writes(store):
    add(store)
    other = Store(store.url)
    with other.write(), store.read() as connection:
        found = tenants.by_name(connection, Vault(KEY), "acme", START)
    other.close()

    assert found is not None


@pytest.mark.parametrize("name", ["", "-a", "_a", "a b", "a/b", "á", "a" * 64, "a\n", "../x"])
def test_add_refuses_a_name_that_no_address_can_hold(store, name):
    with pytest.raises(TenantInvalid, match="letters without accents"):
        add(store, name)


def test_add_refuses_an_empty_secret(store):
    with pytest.raises(TenantInvalid, match="let anybody in"):
        add(store, secrets=("",))


def test_add_refuses_the_same_name_twice(store):
    add(store)
    with pytest.raises(TenantExists, match="choose another name"):
        add(store)


def test_tenant_comes_back_as_it_was_stored(store):
    added = add(store, locale="en", regulated=True, api_url="https://x.example", api_token="t0ken", mapping={"a": "b"})
    with store.read() as connection:
        found = tenants.by_id(connection, Vault(KEY), added.id, START)

    assert (found, found.regulated, found.mapping) == (added, True, {"a": "b"})


def test_tenant_shows_no_secret_in_its_repr_nor_in_the_database_file(store, tmp_path):
    added = add(store, secrets=("very-secret-indeed",), api_token="token-of-the-helpdesk")
    with store.write():
        pass
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert "secret-indeed" not in repr(added)
    assert "token-of-the" not in repr(added.installation)
    assert b"very-secret-indeed" not in on_disk
    assert b"token-of-the-helpdesk" not in on_disk


def test_credentials_stay_sealed_for_another_key(store):
    add(store)
    with pytest.raises(VaultSealed, match="SIDECUE_SECRET_KEY"), store.read() as connection:
        tenants.all(connection, Vault("another key entirely, but as long"), START)


def test_a_naive_time_never_reaches_the_store(store):
    with pytest.raises(Exception, match="naive"):
        add(store, now=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))


def test_an_hour_that_comes_twice_is_two_instants_for_the_columns():
    first = datetime(2025, 11, 2, 1, 30, tzinfo=ZoneInfo("America/New_York"))

    assert instant_text(first) == "2025-11-02 05:30:00.000000"
    assert instant_text(first.replace(fold=1)) == "2025-11-02 06:30:00.000000"


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_written_as_the_columns_hold_it(instant):
    try:
        utc = instant.astimezone(UTC)
    except OverflowError:  # beyond the calendar
        reject()

    assert datetime.fromisoformat(instant_text(instant)).replace(tzinfo=UTC) == utc
    assert len(instant_text(instant)) == len("2026-03-10 12:00:00.000000")
