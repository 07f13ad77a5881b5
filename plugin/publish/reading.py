"""A published version read back from the store: every byte of it is checked before it is used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Final

import structlog

from plugin.publish import archive, folders
from plugin.publish.archive import Files, Layers
from plugin.publish.errors import ArchiveInvalid, VersionBroken, VersionUnknown
from plugin.store import Store, rulebooks
from plugin.store.rulebooks import Version
from rules.errors import RuleFilesInvalid
from rules.rulebook import Rulebook
from rules.text import Text, filled

PUBLISHED: Final = "published"
"""What stands for the version in force."""

_SHORTEST: Final = 6
"""Digits from which on a name is the start of a digest rather than a number."""
_START_OF_DIGEST: Final = re.compile(rf"[0-9a-f]{{{_SHORTEST},64}}")

_NONE_YET: Final = Text(
    "nada foi publicado ainda: sidecue rules publish -m MENSAGEM",
    "no rulebook was published yet: sidecue rules publish -m MESSAGE",
)
_NO_SUCH: Final = Text(
    "não há a versão {name}: a mais nova é a {newest} (sidecue rules history)",
    "there is no version {name}: the newest is {newest} (sidecue rules history)",
)
_NO_NAME: Final = Text(
    "{name}: não é o número de uma versão, nem o começo (6 dígitos ou mais) do resumo de regras publicadas; veja "
    "sidecue rules history",
    "{name}: it is no version's number, nor the start (6 digits or more) of a published rulebook's digest; see "
    "sidecue rules history",
)
_SEVERAL: Final = Text(
    "{name}: as versões {numbers} começam assim; dê mais dígitos do resumo",
    "{name}: the versions {numbers} start with it; give more of the digest",
)
_ROW_CHANGED: Final = Text("a linha foi mudada depois de publicada", "the row was changed after it was published")
_NO_ARCHIVE: Final = Text("o arquivo dela falta", "its archive is missing")
_ARCHIVE_CHANGED: Final = Text(
    "o arquivo dela foi mudado depois de publicado", "its archive was changed after it was published"
)
_OTHER_FILES: Final = Text(
    "o arquivo guarda outros textos que os publicados", "the archive holds other files than were published"
)
_OTHER_BOOK: Final = Text(
    "os textos dela formam as regras {digest}, não as declaradas",
    "its files make the rulebook {digest}, not as stated",
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PublishedFolder:
    """A published version as files: `rules.loader.load([base], overlays=overlays)` gives its rulebook."""

    version: Version
    base: Path
    overlays: tuple[Path, ...]


def folder_of(store: Store, home: Path, which: int | str = PUBLISHED) -> PublishedFolder:
    """Return the files of a version: its number, the start of its rulebook digest, or "published" for the one in force.

    They are written under `home`/rulebooks when they are not there yet, and verified. Raise VersionUnknown,
    VersionBroken or FolderUnwritable.
    """
    found = find(store, which)
    layers = layers_of(home, found, files_of(store, found))
    return PublishedFolder(found, layers.base, layers.overlays)


def find(store: Store, which: int | str = PUBLISHED) -> Version:
    """Return a version by its number, the start of its rulebook digest, or "published". Raise VersionUnknown.

    Of several versions of one rulebook (a rollback has the digest of what it restores) the newest is meant.
    """
    with store.read() as connection:
        newest = rulebooks.newest(connection)
        if newest is None:
            raise VersionUnknown(_NONE_YET)
        if which == PUBLISHED:
            return newest
        name = str(which)
        if name.isascii() and name.isdigit() and len(name) < _SHORTEST:
            by_number = rulebooks.by_number(connection, int(name))
            if by_number is not None:
                return by_number
            raise VersionUnknown(filled(_NO_SUCH, name=name, newest=newest.number))
        found = rulebooks.by_digest(connection, name) if may_be_digest(name) else ()
    if not found:
        raise VersionUnknown(filled(_NO_NAME, name=name))
    if len({one.digest for one in found}) > 1:
        numbers = ", ".join(str(one.number) for one in found)
        raise VersionUnknown(filled(_SEVERAL, name=name, numbers=numbers))
    return found[-1]


def may_be_digest(name: str) -> bool:
    """Tell whether a name may be (the start of) a rulebook's digest."""
    return _START_OF_DIGEST.fullmatch(name) is not None


def files_of(store: Store, version: Version) -> Files:
    """Return a version's files out of the store. Raise VersionBroken when row or archive is not what was published."""
    with store.read() as connection:
        packed = rulebooks.archive(connection, version.content)
    require_link(version)
    return unpacked(version, packed)


def require_link(version: Version) -> None:
    """Raise VersionBroken when the row does not say what its hash covers."""
    if rulebooks.link(version.number, version.parent, version) != version.hash:
        raise VersionBroken(version.number, "hash", _ROW_CHANGED)


def unpacked(version: Version, packed: bytes | None) -> Files:
    """Return the files in a version's archive. Raise VersionBroken when it is not the one that was published."""
    if packed is None:
        raise VersionBroken(version.number, "content", _NO_ARCHIVE)
    if archive.content_digest(packed) != version.content:
        raise VersionBroken(version.number, "content", _ARCHIVE_CHANGED)
    try:
        files = archive.unpack(packed)
    except ArchiveInvalid as error:
        raise VersionBroken(version.number, "content", error.text) from None
    if archive.files_digest(files) != version.files:
        raise VersionBroken(version.number, "files", _OTHER_FILES)
    return files


def rulebook_of(home: Path, version: Version, files: Files) -> Rulebook:
    """Return the rulebook that a version's files make. Raise VersionBroken when they make none, or another one.

    Another version of Sidecue may give the same rules another digest; that is logged, and the rules are used. Raise
    FolderUnwritable when the disk does not take the files.
    """
    # Late: YAML and the schemas are slow to import, and looking versions up needs none of them.
    from rules.loader import load  # noqa: PLC0415 - see above

    layers = layers_of(home, version, files)
    try:
        book = load([layers.base], overlays=layers.overlays)
    except RuleFilesInvalid as error:
        raise VersionBroken(version.number, "rulebook", Text(str(error), str(error))) from None
    if book.digest != version.digest:
        if version.sidecue == this_sidecue():
            raise VersionBroken(version.number, "digest", filled(_OTHER_BOOK, digest=book.digest))
        log.warning(
            "published rulebook has another digest in this version of Sidecue; publish it again",
            version=version.number,
            stated=version.digest,
            digest=book.digest,
            published_with=version.sidecue,
        )
    return book


@cache
def this_sidecue() -> str:
    """Return the version of the program that runs."""
    try:
        return version_of("sidecue")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


def layers_of(home: Path, version: Version, files: Files) -> Layers:
    """Return the folders that hold a version's files, ready to be loaded. Raise FolderUnwritable."""
    return folders.ready(home, version.files, files)
