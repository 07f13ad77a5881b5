"""Makes the archive that an admin uploads: the same input gives the same bytes, on every machine and every day."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from manifest.rules import APP, FOLDER, SHARED, app_files
from rules.errors import ToldError
from rules.text import Text

_ANY_DAY: Final = (1980, 1, 1, 0, 0, 0)
_TEXTS: Final = frozenset({".json", ".html", ".js", ".jsx", ".ts", ".tsx", ".css", ".yml", ".yaml", ".md", ".txt"})
_MOST_BYTES: Final = 20_000_000

TENANT: Final = "@TENANT@"
SIDEBAR_KEY: Final = "@SIDEBAR_KEY@"


class ArchiveInvalid(ToldError):
    """A file that is no archive of an app package; the text says why."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What is put into an app's files: our own address, whom it is for, who answers for it, and our version."""

    url: str
    tenant: str | None
    author_name: str
    author_email: str
    version: str
    sidebar_key: str | None = field(default=None, repr=False)
    """For the few apps that can hold the tenant's key nowhere but in their files."""

    def marks(self) -> dict[str, str]:
        """Return mark -> text; a mark stands in the files where the text goes.

        Host and path of our address also come apart, for vendors that take no whole address.
        """
        url = self.url.rstrip("/")
        told = {
            "@SIDECUE_URL@": url,
            "@SIDECUE_HOST@": urlsplit(url).netloc,
            "@SIDECUE_PATH@": urlsplit(url).path,
            "@AUTHOR_NAME@": self.author_name,
            "@AUTHOR_EMAIL@": self.author_email,
            "@VERSION@": self.version,
        }
        may_lack = {TENANT: self.tenant, SIDEBAR_KEY: self.sidebar_key}
        return told | {mark: text for mark, text in may_lack.items() if text is not None}


def filled(name: str, filling: Filling, folder: Path = FOLDER) -> dict[str, bytes]:
    """Return the app's files by their place in the archive, every mark that is known filled in.

    In JSON a mark stands within a text: what is filled in stays one, whatever quotes it holds.
    """
    marks = shared(folder) | filling.marks()
    found = {}
    for place, path in app_files(folder / name / APP).items():
        content = path.read_bytes()
        if path.suffix in _TEXTS:
            for mark, text in marks.items():
                told = json.dumps(text, ensure_ascii=False)[1:-1] if path.suffix == ".json" else text
                content = content.replace(mark.encode(), told.encode())
        found[place] = content
    return found


def shared(folder: Path = FOLDER) -> dict[str, str]:
    """Return mark -> text of what several apps hold alike: `shared/panel.js` stands where @SIDECUE_PANEL_JS@ does."""
    return {
        f"@SIDECUE_{path.stem.upper()}_{path.suffix[1:].upper()}@": path.read_text("utf-8").rstrip("\n")
        for path in sorted((folder / SHARED).glob("*.*"))
    }


def needs(mark: str, name: str, folder: Path = FOLDER) -> bool:
    """Tell whether a mark stands in the app's files: TENANT where it is made for one tenant, SIDEBAR_KEY likewise."""
    return any(
        mark.encode() in path.read_bytes() for path in app_files(folder / name / APP).values() if path.suffix in _TEXTS
    )


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return the files as a zip: sorted, one time, one mode, uncompressed (compressors differ between machines)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _ANY_DAY)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name])
    return made.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return an archive's files. Raise ArchiveInvalid for what is no zip, or too large to be an app."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise ArchiveInvalid(
                    Text(
                        f"o arquivo tem mais de {_MOST_BYTES} bytes", f"the archive holds more than {_MOST_BYTES} bytes"
                    )
                )
            return {entry.filename: packed.read(entry) for entry in entries}
    except zipfile.BadZipFile:
        raise ArchiveInvalid(Text("isto não é um arquivo zip", "this is no zip archive")) from None
