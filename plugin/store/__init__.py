"""The store: one database, transactions, and modules of functions that take a connection first.

`tenants`, `deliveries`, `tickets`, `customers`, `decisions`, `feedback`, `outbox` and `rulebooks` hold the SQL; nothing
else does.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from plugin.store.errors import StoreError, StoreUnavailable
from rules.text import Text, filled

__all__ = ["BUSY_SECONDS", "HEAD", "Store", "StoreError", "StoreUnavailable"]

HEAD: Final = "0008"
"""The newest migration: what `Store.upgrade` brings a database to."""

BUSY_SECONDS: Final = 5.0
"""How long a transaction waits for another one before the store counts as unavailable."""

_POOL: Final = 24
_BUSY: Final = Text(
    "o banco de dados ficou ocupado por {seconds} s; tente de novo daqui a pouco",
    "the database was busy for {seconds} s; try again shortly",
)
_IN_USE: Final = Text(
    "todas as conexões com o banco de dados estão em uso; tente de novo daqui a pouco",
    "every connection to the database is in use; try again shortly",
)
_NOT_NOW: Final = Text("o banco de dados não pode receber isto agora: {why}", "the database cannot take it now: {why}")
_REFUSED: Final = Text(
    "o banco de dados recusou um comando: {kind}: {why}", "the database refused a statement: {kind}: {why}"
)


class Store:
    """One database. Thread-safe; connections are made when first needed.

    On SQLite: write-ahead log, foreign keys on, every commit on disk before it returns. Writers of this process
    queue on a lock, because SQLite's own waiting sleeps and is unfair; writers of other processes wait in SQLite.
    """

    def __init__(self, database_url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = database_url
        self._busy_seconds = busy_seconds
        self.engine: Engine = create_engine(
            database_url,
            connect_args={"timeout": busy_seconds},
            pool_size=_POOL,
            max_overflow=_POOL,
            pool_timeout=busy_seconds,
        )
        self._writes: Engine = self.engine.execution_options(sidecue_writes=True)
        self._turn = threading.Lock()
        event.listen(self.engine, "connect", _open_sqlite)
        event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that holds the write lock; committed unless the block raises.

        Raise StoreUnavailable when the database cannot take it now: nothing of the block was kept then.
        """
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise StoreUnavailable(filled(_BUSY, seconds=f"{self._busy_seconds:g}"))
        try:
            with _named(), self._writes.begin() as connection:
                yield connection
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment of the database. Raise StoreUnavailable as `write` does."""
        with _named(), self.engine.begin() as connection:
            yield connection

    def empty_log(self) -> None:
        """Bring the write-ahead log into the database and empty it, waiting for readers at most as `write` waits.

        SQLite does so by itself, but not while there always is a reader: then the log grows with all that is written.
        """
        with _named(), contextlib.closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def upgrade(self) -> bool:
        """Bring the database to the newest schema, in one transaction; return whether there was anything to do."""
        _make_private(self.engine.url.database)
        with self.write() as connection:
            if _version(connection) == HEAD:
                return False
            from plugin.store import migrating  # noqa: PLC0415 - alembic costs a quarter of a second to import

            migrating.upgrade(connection)
            return True

    def is_current(self) -> bool:
        """Tell whether the database has the newest schema."""
        with self.read() as connection:
            return _version(connection) == HEAD

    def close(self) -> None:
        """Give every idle connection back."""
        self.engine.dispose()


def _make_private(path: str | None) -> None:
    """Make a new database file readable by nobody else; SQLite gives its log files the same mode."""
    if path is not None and not Path(path).exists():
        with contextlib.suppress(OSError):  # what is wrong with the folder is told by opening the file
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say: the driver would begin too late, and not IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sidecue_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable(_IN_USE) from error
    except OperationalError as error:
        raise StoreUnavailable(filled(_NOT_NOW, why=error.orig)) from error
    except sqlite3.OperationalError as error:
        raise StoreUnavailable(filled(_NOT_NOW, why=error)) from error
    except sqlite3.Error as error:
        raise StoreError(filled(_REFUSED, kind=type(error).__name__, why=error)) from None
    except DBAPIError as error:
        # Without the statement's values: they hold what customers wrote.
        raise StoreError(filled(_REFUSED, kind=type(error.orig).__name__, why=error.orig)) from None
