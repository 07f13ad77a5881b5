"""Files become a version: checked, held against what was published before, proved, and kept; or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plugin.publish import archive, certificates, folders
from plugin.publish.archive import Layers
from plugin.publish.errors import (
    ArchiveInvalid,
    ChecksFailed,
    ExamplesFailed,
    MeaningChanged,
    PublishRefused,
    VersionBroken,
)
from plugin.publish.reading import files_of, find, rulebook_of, this_sidecue
from plugin.store import Store, rulebooks
from plugin.store.rows import storable
from plugin.store.rulebooks import Entry, Version
from rules.text import Text, filled

if TYPE_CHECKING:
    from rules.loader import Reading
    from rules.rulebook import Rulebook

MAX_AUTHOR: Final = 320
MAX_MESSAGE: Final = 4_000
_WRITTEN_MEANWHILE: Final = Text(
    "os arquivos mudaram enquanto eram lidos; tente de novo quando ninguém os estiver gravando",
    "the files changed while they were read; try again when nobody writes to them",
)
_SPOILT: Final = Text(
    "o banco já guarda estes mesmos arquivos, e alguém os mudou lá: restaure o banco de um backup, ou mude um "
    "comentário num dos arquivos, e eles são guardados de novo",
    "the store holds these very files already, and somebody changed them there: restore the database from a backup, "
    "or change a comment in one of the files, and they are kept anew",
)
_SAID_WRONG: Final = Text(
    "{name}: escreva de 1 a {most} caracteres comuns; ficam guardados para sempre",
    "{name}: write 1 to {most} plain characters; they are kept for good",
)

Step = Callable[[str], None]
"""Told what is being done: checking, testing, proving, keeping."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """What became of it. `is_new` is False when the same files were in force already: nothing was added."""

    version: Version
    is_new: bool


def publish(  # noqa: PLR0913 - who publishes what, why, when, and from where
    store: Store,
    home: Path,
    layers: Layers,
    *,
    author: str,
    message: str,
    now: datetime,
    step: Step = lambda _: None,
) -> PublishedVersion:
    """Check, test and prove the files, and put them in force in every process; nothing half is ever kept.

    Raise PublishRefused (its kinds say why), ArchiveInvalid, FolderUnwritable, or HistoryMoved when somebody published
    meanwhile.
    """
    author, message = _said(author, message)
    with store.read() as connection:
        before = rulebooks.newest(connection)
        meant_before = rulebooks.locks(connection)
    step("checking")
    _check(layers)
    reading, book = _read(layers)
    files = archive.collect(layers)
    same = before is not None and (before.files, before.digest) == (archive.files_digest(files), book.digest)
    if before is not None and same and _is_whole(store, before):
        return PublishedVersion(before, is_new=False)
    step("testing")
    _test(reading, book)
    meant = meanings(reading)
    _require_versions(meant, meant_before)
    _, kept = _read(folders.ready(home, archive.files_digest(files), files))
    if kept.digest != book.digest:
        raise PublishRefused(_WRITTEN_MEANWHILE)
    step("proving")
    certificate = certificates.proved(book)
    step("keeping")
    packed = archive.pack(files)
    entry = Entry(
        digest=book.digest,
        files=archive.files_digest(files),
        content=archive.content_digest(packed),
        author=author,
        message=message,
        created_at=now.astimezone(UTC).isoformat(),
        certificate=certificate,
        kind="publish",
        restores=None,
        sidecue=this_sidecue(),
    )
    with store.write() as connection:
        if rulebooks.archive(connection, entry.content) not in {None, packed}:
            raise PublishRefused(_SPOILT)
        version = rulebooks.append(connection, entry, packed, before.head if before is not None else None)
        rulebooks.lock(connection, meant)
    return PublishedVersion(version, is_new=True)


def rollback(  # noqa: PLR0913 - who restores what, why, when, and where
    store: Store,
    home: Path,
    number: int,
    *,
    author: str,
    message: str,
    now: datetime,
    step: Step = lambda _: None,
) -> PublishedVersion:
    """Put an older version in force again, by a newer one with the same files.

    It is read back whole. A certificate that says all that is proved today is taken over with the digest; else the
    version is proved again, as this Sidecue reads it. Raise NotProved, VersionUnknown, VersionBroken, FolderUnwritable,
    HistoryMoved.
    """
    author, message = _said(author, message)
    before, restored = find(store), find(store, number)
    if before.content == restored.content and _is_whole(store, before):
        return PublishedVersion(before, is_new=False)
    book = rulebook_of(home, restored, files_of(store, restored))
    certificate, sidecue = restored.certificate, restored.sidecue
    if not certificates.fits(certificate, book):
        step("proving")
        certificate, sidecue = certificates.proved(book), this_sidecue()
    entry = Entry(
        digest=book.digest,
        files=restored.files,
        content=restored.content,
        author=author,
        message=message,
        created_at=now.astimezone(UTC).isoformat(),
        certificate=certificate,
        kind="rollback",
        restores=restored.number,
        sidecue=sidecue,
    )
    with store.write() as connection:
        return PublishedVersion(rulebooks.append(connection, entry, None, before.head), is_new=True)


def _is_whole(store: Store, version: Version) -> bool:
    """Tell whether a version can be used; one that cannot is no reason to publish nothing."""
    try:
        files_of(store, version)
    except VersionBroken:
        return False
    return True


def differs(version: Version, layers: Layers) -> bool:
    """Tell whether the files on disk are others than a version's; unreadable ones are."""
    try:
        return archive.files_digest(archive.collect(layers)) != version.files
    except ArchiveInvalid:
        return True


def meanings(reading: Reading) -> list[tuple[str, int, str]]:
    """Return (rule, version, digest of when and then) of every rule, as its own file says it.

    What a tenant's overlay changes of a shipped rule is no new version of it: the version is not the tenant's to raise.
    """
    from rules.loader.versions import locked  # noqa: PLC0415 - only who publishes or verifies needs it
    from rules.rulebook import Rule  # noqa: PLC0415 - the same

    rules = [draft.item for draft in reading.own.values() if isinstance(draft.item, Rule)]
    return [(rule.id, *locked(rule)) for rule in rules]


def _said(author: str, message: str) -> tuple[str, str]:
    author, message = author.strip(), message.strip()
    for name, said, most in (("author", author, MAX_AUTHOR), ("message", message, MAX_MESSAGE)):
        if not said or len(said) > most or storable(said, most) != said:
            raise PublishRefused(filled(_SAID_WRONG, name=name, most=most))
    return author, message


def _check(layers: Layers) -> None:
    from rules import check as checker  # noqa: PLC0415 - as above

    report = checker.check([layers.base], layers.overlays)
    if not report.ok:
        raise ChecksFailed(report)


def _read(layers: Layers) -> tuple[Reading, Rulebook]:
    from rules.loader import read  # noqa: PLC0415 - as above

    reading = read([layers.base], layers.overlays)
    if reading.rulebook is None:
        raise PublishRefused(_WRITTEN_MEANWHILE)
    return reading, reading.rulebook


def _test(reading: Reading, book: Rulebook) -> None:
    from rules import check as checker  # noqa: PLC0415 - as above
    from rules.loader.example_files import BookExample  # noqa: PLC0415 - as above

    files = [draft.item for draft in reading.drafts.values() if isinstance(draft.item, BookExample)]
    report = checker.test(book, files=files)
    if not report.ok:
        raise ExamplesFailed(report)


def _require_versions(meant: Iterable[tuple[str, int, str]], before: Mapping[tuple[str, int], str]) -> None:
    """Raise MeaningChanged for rules that mean something else under a version that was ever published."""
    changed = tuple(rule for rule, version, digest in meant if before.get((rule, version), digest) != digest)
    if changed:
        raise MeaningChanged(changed)
