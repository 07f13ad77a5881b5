"""The two rulebooks of a backtest: files, or versions that were published."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from plugin.publish import PUBLISHED, VersionUnknown, folder_of
from plugin.publish.reading import may_be_digest
from plugin.store import rulebooks
from rules.errors import ToldError
from rules.rulebook import Rulebook
from rules.text import Text, filled

if TYPE_CHECKING:
    from plugin.config import Settings
    from plugin.store import Store

_VERSION: Final = re.compile(r"@([1-9][0-9]{0,8})")

FILES: Final = Text("arquivos de trabalho", "working files")

_UNKNOWN: Final = Text(
    "{name}: não é pasta nem versão publicada; indique uma pasta de pacotes, {published}, uma versão como @3, ou os 6 "
    "primeiros dígitos ou mais do resumo de um conjunto de regras",
    "{name}: it is no folder and no published version; name a folder of packs, {published}, a version like @3, or the "
    "first 6 digits or more of a rulebook's digest",
)


class BookUnknown(ToldError):
    """What is neither a folder nor a published version."""


@dataclass(frozen=True, slots=True)
class NamedBook:
    """A rulebook and what people call it."""

    name: Text
    rulebook: Rulebook


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where rulebooks are found: `files` reads a folder, or the working files when it is given none.

    `opened` opens settings and store; it is asked only for what is published.
    """

    files: Callable[[Path | None], Rulebook]
    opened: Callable[[], tuple[Settings, Store]]

    def book(self, name: str | None) -> NamedBook:
        """Return the rulebook called `name`: published, @3, the start of a digest, or a folder; None: working files.

        Raise BookUnknown, or VersionBroken for a version whose bytes are not what was published.
        """
        if name is None:
            return NamedBook(FILES, self.files(None))
        numbered = _VERSION.fullmatch(name)
        if numbered is not None or name == PUBLISHED:
            return self._published(int(numbered[1]) if numbered is not None else PUBLISHED)
        folder = Path(name)
        if folder.is_dir():
            return NamedBook(Text(name, name), self.files(folder))
        if may_be_digest(name):
            return self._published(name)
        raise BookUnknown(filled(_UNKNOWN, name=name, published=PUBLISHED))

    def in_force(self) -> NamedBook:
        """Return the published rulebook; the working files where nothing was published yet."""
        _settings, store = self.opened()
        with store.read() as connection:
            if rulebooks.newest(connection) is None:
                return NamedBook(FILES, self.files(None))
        return self._published(PUBLISHED)

    def _published(self, which: int | str) -> NamedBook:
        from rules.loader import load  # noqa: PLC0415 - only where something is published

        settings, store = self.opened()
        try:
            found = folder_of(store, settings.home, which)
        except VersionUnknown as error:
            raise BookUnknown(error.text) from error
        said = f"@{found.version.number}"
        name = Text(f"versão publicada {said}", f"published version {said}")
        return NamedBook(name, load([found.base], overlays=found.overlays))
