"""Files already read, kept for the next reading, so that it reads only what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rules.loader.build import Draft
from rules.loader.findings import Finding
from rules.loader.sources import SourceFile, real

Drafted = tuple[Draft | None, list[Finding]]


class _Stamp(NamedTuple):
    """What is another when a file was written or replaced."""

    changed_ns: int
    size: int
    inode: int


class Memory:
    """What files held when they were read. Of a file that did not change, the very same draft comes back."""

    def __init__(self) -> None:
        self._kept: dict[SourceFile, tuple[_Stamp, Drafted]] = {}

    def get(self, source: SourceFile, make: Callable[[SourceFile], Drafted]) -> Drafted:
        """Return what `make` says of the file, or said when it was as it is now."""
        try:
            found = source.path.stat()
        except OSError:
            return make(source)  # says itself what is wrong
        # taken before the file is read: what is written meanwhile has another stamp next time
        stamp = _Stamp(found.st_mtime_ns, found.st_size, found.st_ino)
        held = self._kept.get(source)
        if held is None or held[0] != stamp:
            held = self._kept[source] = stamp, make(source)
        return held[1]

    def forget(self, paths: set[Path]) -> None:
        """Read these files anew next time, whatever their stamps say: two writes can fall in one tick of the clock."""
        gone = {real(path) for path in paths}
        self._kept = {source: held for source, held in self._kept.items() if real(source.path) not in gone}
