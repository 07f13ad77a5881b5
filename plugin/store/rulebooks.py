"""Published rulebooks: versions that are only ever added. The newest is in force; a rollback is a newer one.

Each version names the one before by its hash, and its own hash covers everything that is said of it, so that a change
anywhere breaks the chain (`plugin.publish.verify` says where).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, LargeBinary, Row, cast, func, insert, select

from plugin.store.errors import HistoryMoved
from plugin.store.schema import decision, rulebook_content, rulebook_rule, rulebook_version
from rules.text import Text, filled

GENESIS: Final = "0" * 64
"""The parent of the first version."""

Kind = Literal["publish", "rollback"]

_MOVED: Final = Text(
    "a versão {number} foi publicada enquanto isso; leia-a com `sidecue rules history` e tente de novo",
    "version {number} was published meanwhile; read it with `sidecue rules history`, and try again",
)
_EMPTIED: Final = Text(
    "o histórico está vazio agora; outro banco pode ter tomado o lugar do que havia",
    "the history is empty now; another database may have taken its place",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a new version says; its number, parent and hash are the store's to give.

    `digest` names the rulebook, `files` the files that make it, `content` the archive that holds them. `certificate`
    is canonical JSON, `created_at` an ISO instant in UTC. `restores` is the number that a rollback brings back.
    `sidecue` is the program's version.
    """

    digest: str
    files: str
    content: str
    author: str
    message: str
    created_at: str
    certificate: str
    kind: Kind
    restores: int | None
    sidecue: str


@dataclass(frozen=True, slots=True)
class Version(Entry):
    """A published version. `parent` is the hash of the version before, `hash` that of this row."""

    number: int
    parent: str
    hash: str

    @property
    def head(self) -> Head:
        """What tells this newest version from any other."""
        return Head(self.number, self.hash)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version, as little of it as tells it from any other."""

    number: int
    hash: str


def link(number: int, parent: str, entry: Entry) -> str:
    """Return the hash of a version: SHA-256 over canonical JSON of everything but itself."""
    said = {name: value for name, value in asdict(entry).items() if name not in {"number", "parent", "hash"}}
    said["certificate"] = hashlib.sha256(str(entry.certificate).encode()).hexdigest()
    # repr: what somebody put there need not be text
    row = json.dumps(said | {"number": number, "parent": parent}, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(row.encode("ascii")).hexdigest()


def append(connection: Connection, entry: Entry, archive: bytes | None, after: Head | None) -> Version:
    """Add a version to the end of the history and return it; it is in force once the transaction is committed.

    `archive` holds the content when it is new. Raise HistoryMoved when `after` is not the newest version any more.
    """
    newest = head(connection)
    if newest != after:
        raise HistoryMoved(filled(_MOVED, number=newest.number) if newest is not None else _EMPTIED)
    number, parent = (after.number + 1, after.hash) if after is not None else (1, GENESIS)
    known = select(rulebook_content.c.digest).where(rulebook_content.c.digest == entry.content)
    if archive is not None and connection.execute(known).first() is None:
        connection.execute(insert(rulebook_content).values(digest=entry.content, archive=archive))
    version = Version(**_fields(entry), number=number, parent=parent, hash=link(number, parent, entry))
    connection.execute(insert(rulebook_version).values(**_fields(version)))
    return version


def head(connection: Connection) -> Head | None:
    """Return what tells the newest version, or None: one look at the end of an index."""
    row = connection.execute(
        select(rulebook_version.c.number, rulebook_version.c.hash).order_by(rulebook_version.c.number.desc()).limit(1)
    ).one_or_none()
    return Head(row.number, row.hash) if row is not None else None


def newest(connection: Connection) -> Version | None:
    """Return the version in force, or None when nothing was published yet."""
    row = connection.execute(select(rulebook_version).order_by(rulebook_version.c.number.desc()).limit(1)).one_or_none()
    return _version(row) if row is not None else None


def by_number(connection: Connection, number: int) -> Version | None:
    """Return the version of this number, or None."""
    row = connection.execute(select(rulebook_version).where(rulebook_version.c.number == number)).one_or_none()
    return _version(row) if row is not None else None


def by_digest(connection: Connection, prefix: str) -> tuple[Version, ...]:
    """Return the versions whose rulebook digest starts with `prefix` (hexadecimal), oldest first."""
    rows = connection.execute(
        select(rulebook_version)
        .where(rulebook_version.c.digest.startswith(prefix, autoescape=True))
        .order_by(rulebook_version.c.number)
    )
    return tuple(_version(row) for row in rows)


def all(connection: Connection) -> tuple[Version, ...]:  # noqa: A001 - read as `rulebooks.all`
    """Return every version, oldest first."""
    return tuple(
        _version(row) for row in connection.execute(select(rulebook_version).order_by(rulebook_version.c.number))
    )


def archive(connection: Connection, content: str) -> bytes | None:
    """Return the archive of this digest as it is stored, unverified, or None."""
    # The cast: SQLite would hand out as text what somebody stored as text.
    stored = select(cast(rulebook_content.c.archive, LargeBinary)).where(rulebook_content.c.digest == content)
    return connection.execute(stored).scalar_one_or_none()


def locks(connection: Connection) -> Mapping[tuple[str, int], str]:
    """Return (rule, version) -> digest of what that version of the rule meant when it was first published."""
    return {(row.rule, row.version): row.digest for row in connection.execute(select(rulebook_rule))}


def lock(connection: Connection, meant: Iterable[tuple[str, int, str]]) -> None:
    """Keep what versions of rules mean: (rule, version, digest). One that is kept already stays as it is."""
    known = locks(connection)
    fresh = [
        {"rule": rule, "version": version, "digest": digest}
        for rule, version, digest in meant
        if (rule, version) not in known
    ]
    if fresh:
        connection.execute(insert(rulebook_rule), fresh)


def last_used(connection: Connection) -> int:
    """Return the highest version that a decision names, 0 when none does. Reads every decision's row."""
    return connection.execute(select(func.max(decision.c.rulebook_version))).scalar_one() or 0


def _version(row: Row[Any]) -> Version:
    return Version(**dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name for it


def _fields(entry: Entry) -> dict[str, Any]:
    return asdict(entry)
