"""Which files make a rulebook, and what each of them is by its place.

A path may be a folder of packs, one pack, or one file. Three layers, each laid over the ones before:
context (what the checked files may refer to), base (what is read), tenant (what adds to it or overlays it).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Final

from rules.loader.findings import Finding, finding

_FOLDERS: Final = ("signals", "actions", "examples")


class FileKind(StrEnum):
    """What a file holds."""

    PACK = "pack"
    RULE = "rule"
    SIGNAL = "signal"
    ACTION = "action"
    CALIBRATION = "calibration"
    EXAMPLE = "example"


_PARTS: Final = dict(zip(_FOLDERS, (FileKind.SIGNAL, FileKind.ACTION, FileKind.EXAMPLE), strict=True))


class Layer(IntEnum):
    """Whose file it is."""

    CONTEXT = 0
    BASE = 1
    TENANT = 2


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file. `shown` is its path as the user gave it; `pack` the id of its folder, None for a file on its own."""

    path: Path
    shown: str
    layer: Layer
    kind: FileKind | None
    """None: to be told by its content."""
    pack: str | None


@dataclass(frozen=True, slots=True)
class PackFolder:
    """A folder of rules; without a pack.yml it is only right when another layer has that pack."""

    id: str
    shown: str
    layer: Layer
    has_pack_file: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything found beneath some paths."""

    files: tuple[SourceFile, ...]
    folders: tuple[PackFolder, ...]
    findings: tuple[Finding, ...]


class Ways:
    """Where paths lead, as long as one reading takes: each folder is followed once, whatever lies in it."""

    def __init__(self) -> None:
        self._known: dict[Path, Path] = {}

    def real(self, path: Path) -> Path:
        """Return what `real` does."""
        found = self._known.get(path)
        if found is None:
            plain = path.name not in {"", ".."} and not path.is_symlink()
            found = self._known[path] = self._folder(path.parent) / path.name if plain else real(path)
        return found

    def _folder(self, path: Path) -> Path:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = real(path)
        return found


def discover(paths: Sequence[Path], layer: Layer, ways: Ways | None = None) -> Sources:
    """Return the files beneath `paths` in a stable order; a file given twice is there once."""
    followed = ways or Ways()
    files: dict[Path, SourceFile] = {}
    folders: dict[Path, PackFolder] = {}
    findings: list[Finding] = []
    for path in paths:
        for found in _walk(path, layer):
            match found:
                case Finding():
                    findings.append(found)
                case SourceFile():
                    files.setdefault(followed.real(found.path), found)
                case PackFolder():
                    folders.setdefault(real(Path(found.shown)), found)
    return Sources(tuple(files.values()), tuple(folders.values()), tuple(findings))


def real(path: Path) -> Path:
    """Return where a path leads; a link that leads to itself stays as it is, for reading it to fail with its name."""
    return Path(os.path.realpath(path))


def surroundings(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folders of packs that the paths lie in: what a single file or pack may refer to."""
    around: list[Path] = []
    for path in paths:
        pack = next((parent for parent in (path, *real(path).parents[:2]) if (parent / "pack.yml").is_file()), None)
        if pack is not None:
            around.append(real(pack).parent)
    return tuple(dict.fromkeys(around))


def _walk(path: Path, layer: Layer) -> Iterator[SourceFile | PackFolder | Finding]:
    try:
        if path.is_file():
            yield _lone(path, layer)
        elif not path.is_dir():
            yield finding("file.missing", str(path), 1, 1)
        else:
            yield from _folder(path, layer)
    except OSError as problem:
        yield finding("file.unreadable", str(path), 1, 1, problem=problem.strerror or "?")


def _folder(path: Path, layer: Layer) -> Iterator[SourceFile | PackFolder | Finding]:
    inner = [entry for entry in _entries(path) if entry.is_dir() and _is_pack(entry)]
    direct = [entry for entry in _entries(path) if _is_rule_file(entry) and entry.name != "calibration.yml"]
    if real(path).name in _FOLDERS and direct:
        yield from (_lone(entry, layer) for entry in direct)
    elif (path / "pack.yml").is_file() or (direct and not inner) or _has_parts(path):
        yield from _pack(path, layer)
    elif inner or (path / "calibration.yml").is_file():
        for entry in _entries(path):
            if entry in inner:
                yield from _pack(entry, layer)
            elif entry.name == "calibration.yml":
                yield SourceFile(entry, str(entry), layer, FileKind.CALIBRATION, None)
            elif _is_yaml(entry):
                yield finding("file.unexpected", str(entry), 1, 1)
    else:
        yield finding("file.no_packs", str(path), 1, 1)


def _pack(path: Path, layer: Layer) -> Iterator[SourceFile | PackFolder | Finding]:
    pack = real(path).name
    yield PackFolder(pack, str(path), layer, (path / "pack.yml").is_file())
    for entry in _entries(path):
        if _is_rule_file(entry):
            kind = FileKind.PACK if entry.name == "pack.yml" else FileKind.RULE
            yield SourceFile(entry, str(entry), layer, kind, pack)
        elif _is_yaml(entry):
            yield finding("file.unexpected", str(entry), 1, 1)
        elif entry.is_dir() and not (entry.name == "examples" and layer is Layer.CONTEXT):  # its examples are not run
            yield from _part(entry, layer, pack)


def _part(path: Path, layer: Layer, pack: str) -> Iterator[SourceFile | Finding]:
    kind = _PARTS.get(path.name)
    for entry in _entries(path):
        if kind is not None and _is_rule_file(entry):
            yield SourceFile(entry, str(entry), layer, kind, pack)
        elif _is_yaml(entry):
            yield finding("file.unexpected", str(entry), 1, 1)


def _lone(path: Path, layer: Layer) -> SourceFile:
    resolved = real(path)
    folder = resolved.parent
    if folder.name in _FOLDERS and (folder.parent / "pack.yml").is_file():
        return SourceFile(path, str(path), layer, _PARTS[folder.name], folder.parent.name)
    named = {"pack.yml": FileKind.PACK, "calibration.yml": FileKind.CALIBRATION}.get(resolved.name)
    if named is FileKind.PACK or (folder / "pack.yml").is_file():
        return SourceFile(path, str(path), layer, named or FileKind.RULE, folder.name)
    return SourceFile(path, str(path), layer, named, None)


def _entries(path: Path) -> list[Path]:
    return sorted(entry for entry in path.iterdir() if not entry.name.startswith((".", "_")))


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in {".yml", ".yaml"}


def _is_rule_file(path: Path) -> bool:
    return path.suffix == ".yml" and not path.is_dir()


def _has_parts(path: Path) -> bool:
    return any((path / name).is_dir() and not (path / name / "pack.yml").exists() for name in _FOLDERS)


def _is_pack(path: Path) -> bool:
    return (path / "pack.yml").exists() or any(_is_yaml(entry) for entry in path.iterdir()) or _has_parts(path)
