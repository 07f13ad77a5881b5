"""What was found faultless before, kept from run to run, so that only what changed is looked at again.

Kept is a plain file of SHA-256 lines, each of a content and of the code that looked at it; a fault is never kept, so
every finding is worked out anew. A file that is damaged, too large or not ours alone is passed over and written anew;
where nothing can be written, nothing is remembered. So the worst that can happen is that work is done twice.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from rules.loader.findings import Finding

MOST: Final = 10_000
"""Contents that are remembered; the ones that were not asked for the longest are forgotten first."""

_LINES: Final = re.compile(rb"(?:[0-9a-f]{64}\n)*")
_LINE_BYTES: Final = 65

CODE: Final = Path(__file__).resolve().parents[1]
_LIBRARIES: Final = ("Stemmer", "durable_rules_engine", "yaml", "yaml._yaml")
"""Whatever else than our own code decides how a content comes out."""
_BEGUN: Final = time.time_ns()
_CLOCK_TICK: Final = 2_000_000_000
"""Nanoseconds by which a file's time may lag behind the clock's."""


class Faultless:
    """The contents that were found faultless by the very same `code`, a folder. `path` is where they are kept."""

    def __init__(self, path: Path, code: Path = CODE) -> None:
        self._path = path
        self._folder = code
        self._code = _code(code)
        self._known = _read(path)
        self._used: dict[str, None] = {}
        self._is_new = False

    def key(self, kind: str, content: bytes) -> str:
        """Return what a content is remembered by; `kind` says what it was looked at for."""
        return sha256(b"\0".join((self._code.digest, kind.encode(), content))).hexdigest()

    def __contains__(self, key: str) -> bool:
        """Tell whether nothing was found wrong with the content."""
        if key not in self._known:
            return False
        self._used[key] = None
        return True

    def add(self, key: str) -> None:
        """Remember that nothing was found wrong with the content."""
        self._used[key] = None
        self._is_new = True

    def keep(self) -> None:
        """Write down what is new. Does nothing where that cannot be done, or when the code may have changed."""
        # code that was changed while it ran may have been another one when it looked
        if not self._is_new or self._code.changed_ns > _BEGUN - _CLOCK_TICK or _code(self._folder) != self._code:
            return
        others = [key for key in _read(self._path) if key not in self._used]  # another process may have written
        kept = [*others, *self._used][-MOST:]
        try:
            _write(self._path, "".join(f"{key}\n" for key in kept).encode())
        except OSError:
            return


def unless_known(
    faultless: Faultless | None, kind: str, content: bytes, look: Callable[[], Iterable[Finding]]
) -> list[Finding]:
    """Return what `look` finds wrong with the content; do not look when nothing was found wrong with it before."""
    if faultless is None:
        return list(look())
    key = faultless.key(kind, content)
    if key in faultless:
        return []
    found = list(look())
    if not found:
        faultless.add(key)
    return found


def _read(path: Path) -> dict[str, None]:
    """Return the keys of the file, the last used ones last; of a file that is not as we write it, none."""
    try:
        with open(path, "rb", opener=_opened) as file:
            found = os.fstat(file.fileno())
            ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
            content = file.read(MOST * _LINE_BYTES + 1) if ours else b""
    except OSError:
        return {}
    is_whole = len(content) <= MOST * _LINE_BYTES and _LINES.fullmatch(content)
    return dict.fromkeys(content.decode().split()) if is_whole else {}


def _opened(path: str, flags: int) -> int:
    """Open what lies there itself, without waiting for anybody."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _write(path: Path, content: bytes) -> None:
    """Put the file in its place whole, readable by its owner only. Raise OSError when that cannot be done."""
    import tempfile  # noqa: PLC0415 - only needed when something is new

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, made = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(made).replace(path)
    except OSError:
        Path(made).unlink(missing_ok=True)
        raise


class _Code(NamedTuple):
    """The code that looks: what it is, and when it was changed last."""

    digest: bytes
    changed_ns: int


def _code(folder: Path) -> _Code:
    """Return the state of our code, its word lists, the libraries it asks and Python, from the files themselves."""
    found = sha256(sys.version.encode())
    sources = sorted(folder.rglob("*.py"))
    times = [] if sources else [sys.maxsize]  # without sources there is no telling
    for path in (*sources, *sorted(folder.rglob("*.txt"))):
        content = path.read_bytes()
        found.update(f"\0{path.relative_to(folder)}\0{len(content)}\0".encode())
        found.update(content)
        times.append(path.stat().st_mtime_ns)
    for name in _LIBRARIES:
        spec = find_spec(name)
        library = Path(spec.origin).stat() if spec is not None and spec.origin is not None else None
        stamp = (library.st_size, library.st_mtime_ns) if library is not None else ()
        found.update(f"\0{name}\0{stamp}".encode())
    return _Code(found.digest(), max(times))
