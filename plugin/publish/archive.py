"""The files of a rulebook as one string of bytes, and back: the same files give the same bytes everywhere.

An archive is canonical JSON, `{"schema": 1, "files": {path: text}}`, compressed. A path is `base/…` for the packs that
the tenant's files are laid over, or `tenant/…`; under it the pack, and in the pack what the loader reads there, with
the pack's `versions.lock`. Nothing else of a folder is taken: no hidden file, no note, no secret that lies beside.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from plugin.publish.errors import ArchiveInvalid
from rules.loader import SHIPPED
from rules.loader.digest import canonical_json
from rules.loader.sources import Layer, Sources, discover
from rules.text import Text, filled

SCHEMA: Final = 1
BASE: Final = "base"
TENANT: Final = "tenant"
LOCK: Final = "versions.lock"

MAX_FILES: Final = 20_000
MAX_BYTES: Final = 64 * 1_048_576
"""Most characters and most bytes that the files of one rulebook have together."""
MAX_PACKED: Final = 16 * 1_048_576
"""Most bytes of an archive."""

_PATH: Final = re.compile(rf"(?:{BASE}|{TENANT})(?:/[^/\\:\x00-\x1f]+){{1,3}}")

_TWICE: Final = Text(
    "{path}: outra pasta também tem um arquivo {place}; mude o nome de um deles",
    "{path}: another folder has a file {place} too; rename one",
)
_TOO_MUCH: Final = Text(
    "um conjunto de regras tem no máximo {files} arquivos e {characters} caracteres; tire o que não é regra",
    "a rulebook has at most {files} files and {characters} characters; take out what is no rule",
)
_PACKS_TOO_LARGE: Final = Text(
    "um conjunto de regras ocupa no máximo {most} bytes comprimido, estes arquivos ocupam {size}; tire o que não é "
    "regra",
    "a rulebook packs into at most {most} bytes, these files into {size}; take out what is no rule",
)
_TOO_LARGE: Final = Text("tem mais de {most} bytes", "it is larger than {most} bytes")
_NOT_PACKED: Final = Text("não pode ser descomprimido ({why})", "it cannot be unpacked ({why})")
_CUT_OFF: Final = Text("não contém regras, ou está cortado", "it holds no rule files, or is cut off")
_NOT_CANONICAL: Final = Text(
    "não está escrito do único modo em que se escrevem", "it is not written in the one way that archives are"
)
_PART: Final = Text(
    "{path}: é parte de um pacote; dê a pasta do pacote",
    "{path}: it is part of a pack; name the folder of the pack instead",
)
_NO_TEXT: Final = Text("{path}: não pode ser lido como texto ({why})", "{path}: it cannot be read as text ({why})")
_NO_PLACE: Final = Text("{path} não é lugar de um arquivo de regras", "{path} is no place of a rule file")
_HALF: Final = Text("{path} contém meio caractere", "{path} holds half a character")

Files = Mapping[str, str]
"""Path in the archive -> text."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Where rule files lie: the packs, and the tenant's folders laid over them."""

    base: Path
    overlays: tuple[Path, ...] = ()


def files_layers(tenant: Path | None) -> Layers:
    """Return the layers of the files on disk: the shipped packs, and the tenant's folder when there is one."""
    return Layers(SHIPPED, (tenant,) if tenant is not None else ())


def collect(layers: Layers) -> Files:
    """Return every file that the loader reads, by its place in an archive. Raise ArchiveInvalid."""
    files: dict[str, str] = {}
    size = 0
    for layer, sources in _sources(layers):
        for place, path in _places(layer, sources):
            text = _text(path)
            size += len(text)
            if files.setdefault(place, text) != text:
                raise ArchiveInvalid(filled(_TWICE, path=path, place=place.partition("/")[2]))
            if len(files) > MAX_FILES or size > MAX_BYTES:
                raise ArchiveInvalid(filled(_TOO_MUCH, files=MAX_FILES, characters=MAX_BYTES))
    _require_paths(files)
    return MappingProxyType(files)


def pack(files: Files) -> bytes:
    """Return the archive of these files. Raise ArchiveInvalid when it would be too large."""
    packed = zlib.compress(canonical(files), 9)
    if len(packed) > MAX_PACKED:
        raise ArchiveInvalid(filled(_PACKS_TOO_LARGE, most=MAX_PACKED, size=len(packed)))
    return packed


def unpack(archive: bytes) -> Files:
    """Return the files of an archive. Raise ArchiveInvalid for bytes that `pack` did not write."""
    if len(archive) > MAX_PACKED:
        raise ArchiveInvalid(filled(_TOO_LARGE, most=MAX_PACKED))
    reader = zlib.decompressobj()
    try:
        raw = reader.decompress(archive, 2 * MAX_BYTES)
        document = json.loads(raw) if reader.eof and not reader.unused_data else None
    except (zlib.error, ValueError, RecursionError) as error:
        raise ArchiveInvalid(filled(_NOT_PACKED, why=type(error).__name__)) from None
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise ArchiveInvalid(_CUT_OFF)
    _require_paths(files)
    _require_texts(files)
    if canonical(files) != raw:
        raise ArchiveInvalid(_NOT_CANONICAL)
    return MappingProxyType(files)


def canonical(files: Files) -> bytes:
    """Return the one way in which these files are written, before it is compressed."""
    return canonical_json({"schema": SCHEMA, "files": dict(files)})


def files_digest(files: Files) -> str:
    """Return the SHA-256, in hex, of paths and texts; it does not depend on how they are compressed."""
    return hashlib.sha256(canonical(files)).hexdigest()


def content_digest(archive: bytes) -> str:
    """Return the SHA-256, in hex, of an archive's bytes."""
    return hashlib.sha256(archive).hexdigest()


def _sources(layers: Layers) -> Iterator[tuple[str, Sources]]:
    yield BASE, discover([layers.base], Layer.BASE)
    for overlay in layers.overlays:
        yield TENANT, discover([overlay], Layer.TENANT)


def _places(layer: str, sources: Sources) -> Iterator[tuple[str, Path]]:
    folders = [(Path(folder.shown), folder.id) for folder in sources.folders]
    for source in sources.files:
        owner = next((owner for owner in folders if source.path.is_relative_to(owner[0])), None)
        if owner is not None:
            folder, pack_id = owner
            yield "/".join((layer, pack_id, *source.path.relative_to(folder).parts)), source.path
        elif source.pack is None:
            yield f"{layer}/{source.path.name}", source.path
        else:
            raise ArchiveInvalid(filled(_PART, path=source.path))
    for folder, pack_id in folders:
        if (folder / LOCK).is_file():
            yield f"{layer}/{pack_id}/{LOCK}", folder / LOCK


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ArchiveInvalid(filled(_NO_TEXT, path=path, why=type(error).__name__)) from None


def _require_paths(files: Mapping[str, str]) -> None:
    """Raise ArchiveInvalid for a path that is none of a rule file's, or leads out of its folder."""
    for path in files:
        parts = path.split("/")
        rule_file = path.endswith(".yml") or parts[-1] == LOCK
        if not _PATH.fullmatch(path) or not rule_file or any(part.startswith(".") for part in parts):
            raise ArchiveInvalid(filled(_NO_PLACE, path=repr(path)))


def _require_texts(files: Mapping[str, str]) -> None:
    """Raise ArchiveInvalid for a text that no file can hold."""
    for path, text in files.items():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise ArchiveInvalid(filled(_HALF, path=path)) from None
