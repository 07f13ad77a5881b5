"""What every repository needs: inserting what may be there already, and text that a database can hold."""

from __future__ import annotations

import functools
import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Insert, Select, Table, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert

from rules.text import LOCALES, Text

Value = TypeVar("Value")

_MAX_REASON: Final = 1_000
"""Characters of a reason, in each language."""
_FEW: Final = 500
"""Most values of one IN: far below what a database takes."""


def insert_or_ignore(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert one row unless a unique key of it is taken; return whether it was inserted."""
    return connection.execute(_insert_or_ignore(table), values).rowcount == 1


@functools.cache
def _insert_or_ignore(table: Table) -> Insert:
    """Return the statement, built once: building it costs more than running it."""
    return insert(table).on_conflict_do_nothing()


class Prepared:
    """A statement for very many rows, which the driver runs itself: SQLAlchemy takes longer for a row than SQLite.

    Values are as the driver keeps them: `instant_text` of an instant, JSON as text, no default filled in.
    """

    def __init__(self, statement: Insert | Update | Select[Any], names: Sequence[str] | None = None) -> None:
        """`names`: the columns of an insert."""
        self._statement = statement
        self._names = names

    @functools.cached_property
    def _compiled(self) -> tuple[str, tuple[str, ...]]:
        """The text, and the names of its values in their order."""
        compiled = self._statement.compile(dialect=sqlite.dialect(), column_keys=self._names)
        return str(compiled), tuple(compiled.positiontup or ())

    def many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it for each row, whose values are by name."""
        sql, order = self._compiled
        driver(connection).executemany(sql, [tuple([row[name] for name in order]) for row in rows])

    def found(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return what a query finds, each value as the driver keeps it: see `instant_of` and `json.loads`."""
        sql, order = self._compiled
        return driver(connection).execute(sql, tuple([values[name] for name in order])).fetchall()

    def one(self, connection: Connection, row: Mapping[str, Any]) -> int:
        """Insert one row; return its id."""
        sql, order = self._compiled
        added = driver(connection).execute(sql, tuple([row[name] for name in order]))
        assert added.lastrowid is not None  # noqa: S101 - an insert has one
        return added.lastrowid


def parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Yield the values in pieces that one IN takes."""
    for start in range(0, len(values), _FEW):
        yield values[start : start + _FEW]


def driver(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection, in the same transaction."""
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)  # noqa: S101 - the only database of this version
    return found


def instant_text(instant: datetime) -> str:
    """Return an instant as the `Instant` columns hold it in SQLite. It must have a time zone."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime reached the store")
    # in UTC before it is remembered: elsewhere an hour comes twice a year, and Python calls the two equal
    return _written(instant if instant.tzinfo is UTC else instant.astimezone(UTC))


@functools.lru_cache(maxsize=1_024)  # the rows of one event have few instants
def _written(instant: datetime) -> str:
    # not strftime, which writes the year 1 as "1"
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def instant_of(text: str) -> datetime:
    """Return the instant that `instant_text` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def storable(value: str, limit: int) -> str:
    """Return `value` without lone surrogates and NUL, which databases refuse, and no longer than `limit`."""
    clean = value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    clean = clean.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def reason_text(reason: Text) -> str:
    """Return why something went wrong as the `Reason` columns hold it: JSON, Portuguese before English."""
    return json.dumps([storable(reason.read(locale), _MAX_REASON) for locale in LOCALES], ensure_ascii=False)


def storable_or_none(value: str | None, limit: int) -> str | None:
    """Return `storable(value)`, or None for None and for nothing but white space."""
    return storable(value, limit) if value is not None and value.strip() else None


def new_id(prefix: str, now: datetime) -> str:
    """Return an id that sorts by time (so that inserts stay at the end of the index) and cannot be guessed."""
    return f"{prefix}_{int(now.timestamp() * 1000):012x}{secrets.token_hex(6)}"
