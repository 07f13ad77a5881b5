"""Archives as folders: one kept ready for each published version, and one for people and Git.

A folder is never trusted because it is there: what it holds is read back and held against its digest before use.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from plugin.publish import archive
from plugin.publish.archive import BASE, TENANT, Files, Layers
from plugin.publish.errors import ArchiveInvalid, FolderUnwritable
from rules.text import Text, filled

MARK: Final = "rulebook.json"
"""Says that a folder is an exported rulebook, whole: `base` and what is laid over it."""

_MARKED: Final = {
    "schema": archive.SCHEMA,
    "what": "A whole rulebook of Sidecue; `sidecue rules publish` of this folder puts it in force.",
}
_TRIES: Final = 5
_UNWRITABLE: Final = Text(
    "{folder}: não pode ser gravada ({why}); confira o espaço e as permissões",
    "{folder}: it cannot be written ({why}); see to its space and permissions",
)
_RESTLESS: Final = Text(
    "{folder}: algo a muda sem parar; descubra o quê e apague a pasta",
    "{folder}: something changes it again and again; find out what, and delete the folder",
)
_NOT_OURS: Final = Text(
    "{folder}: não está vazia nem é um conjunto de regras exportado; escolha outra pasta",
    "{folder}: it is neither empty nor an exported rulebook; name another folder",
)
_NO_FILE: Final = Text("{entry}: não é um arquivo comum", "{entry}: it is no ordinary file")


def ready(home: Path, digest: str, files: Files) -> Layers:
    """Return the folder under `home` that holds exactly these files, made or mended when needed.

    `digest` is theirs. Several processes may ask at once. Raise FolderUnwritable.
    """
    shelf = home / "rulebooks"
    folder = shelf / digest
    try:
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(_TRIES):
            if _holds(folder, digest):
                return layers_of(folder)
            _put(shelf, folder, digest, files)
    except OSError as error:
        raise FolderUnwritable(filled(_UNWRITABLE, folder=folder, why=error.strerror or error)) from None
    raise FolderUnwritable(filled(_RESTLESS, folder=folder))


def export(files: Files, folder: Path) -> None:
    """Write the files to a new or empty folder, as `publish` reads them back. Raise ArchiveInvalid or FolderUnwritable.

    An older export there is replaced (a Git repository round it stays); anything else is left alone.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            if not is_export(folder):
                raise ArchiveInvalid(filled(_NOT_OURS, folder=folder))
            for old in (folder / BASE, folder / TENANT, folder / MARK):
                _remove(old)
        _write(files, folder)
        (folder / MARK).write_text(json.dumps(_MARKED, indent=2, sort_keys=True) + "\n", "utf-8")
    except OSError as error:
        raise FolderUnwritable(filled(_UNWRITABLE, folder=folder, why=error.strerror or error)) from None


def _remove(old: Path) -> None:
    """Remove a folder, a file or a link; what a link leads to is left alone."""
    if old.is_dir() and not old.is_symlink():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)


def is_export(folder: Path) -> bool:
    """Tell whether this is the folder of a whole rulebook, and not of packs."""
    return (folder / MARK).is_file() and (folder / BASE).is_dir()


def layers_of(folder: Path) -> Layers:
    """Return the layers of a folder that holds a whole rulebook."""
    tenant = folder / TENANT
    return Layers(folder / BASE, (tenant,) if tenant.is_dir() else ())


def _holds(folder: Path, digest: str) -> bool:
    """Tell whether a folder holds the files of this digest, and nothing else."""
    try:
        return folder.is_dir() and archive.files_digest(dict(_read_back(folder))) == digest
    except (OSError, UnicodeDecodeError, ArchiveInvalid):
        return False


def _read_back(folder: Path) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.rglob("*")):
        mode = entry.lstat().st_mode
        if stat.S_ISREG(mode):
            yield entry.relative_to(folder).as_posix(), entry.read_bytes().decode("utf-8")
        elif not stat.S_ISDIR(mode):
            raise ArchiveInvalid(filled(_NO_FILE, entry=entry))


def _put(shelf: Path, folder: Path, digest: str, files: Files) -> None:
    """Have the folder appear whole, by renaming; only one that holds something else is moved out of the way."""
    made = Path(tempfile.mkdtemp(prefix=".", dir=shelf))
    away = shelf / f".{secrets.token_hex(8)}"
    try:
        _write(files, made)
        try:
            made.rename(folder)
        except OSError:  # something is there; another process may have been first, and may be reading it
            if not _holds(folder, digest):
                with contextlib.suppress(FileNotFoundError):
                    folder.rename(away)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        if away.is_dir():
            shutil.rmtree(away, ignore_errors=True)
        else:
            away.unlink(missing_ok=True)


def _write(files: Files, folder: Path) -> None:
    for place, text in sorted(files.items()):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
