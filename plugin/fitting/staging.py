"""A change to rule packs tried on a copy first: checked there, locked, shown as a diff, and only then written."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from plugin.fitting.rewriting import with_version, with_votes
from rules import check as checker
from rules.check import locks
from rules.fitting.evidence import Votes
from rules.loader import Finding, Reading
from rules.loader.build import Draft
from rules.loader.sources import Layer, real
from rules.loader.versions import FILE_NAME, Level, PackLock, is_below, parse
from rules.rulebook import Pack, Rule


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file as it is (None: there is none) and as it would be. `shown` is its path as somebody here writes it."""

    path: Path
    shown: str
    before: str | None
    after: str

    def diff(self) -> Iterator[str]:
        """Yield the lines of a unified diff, each with its end; `git apply` and `patch -p1` take it."""
        before = (self.before or "").splitlines(keepends=True)
        absolute = Path(self.shown).is_absolute()
        old, new = (self.shown, self.shown) if absolute else (f"a/{self.shown}", f"b/{self.shown}")
        name = "/dev/null" if self.before is None else old
        for line in difflib.unified_diff(before, self.after.splitlines(keepends=True), name, new):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is changed: packs and folders of packs, and overlays; and what they may refer to."""

    paths: tuple[Path, ...]
    overlays: tuple[Path, ...] = ()
    context: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Staged:
    """The files that a change touches, and what `rules check` finds wrong with the packs as they would be."""

    files: tuple[FileChange, ...]
    findings: tuple[Finding, ...] = field(default=())

    def diff(self) -> str:
        """Return all of it as one unified diff."""
        return "".join(line for change in self.files for line in change.diff())

    def write(self) -> None:
        """Put every file in its place, each whole or not at all. Raise OSError."""
        for change in self.files:
            put(change.path, change.after)


def staged_votes(reading: Reading, meant: Scope, votes: Votes) -> Staged:
    """Return what the packs would be with these votes (rule -> votes), for the rules that are named.

    A changed rule gets a new version, its pack one that tells of it, and the pack's lock follows. The paths are
    folders. Raise NotRewritten.
    """
    locked = _locks(reading)
    edits: dict[Path, Callable[[str], str]] = {}
    for draft in _own(reading):
        lock = locked.get(_pack_of(draft))
        if isinstance(draft.item, Rule) and draft.item.id in votes:
            edits[real(draft.source.path)] = _rule_edit(draft.item, votes, draft.source.shown, lock)
    changed_packs = {_pack_of(draft) for draft in _own(reading) if real(draft.source.path) in edits}
    for draft in _own(reading):
        lock = locked.get(_pack_of(draft))
        if isinstance(draft.item, Pack) and _pack_of(draft) in changed_packs and lock is not None and lock.version:
            least = Level.MINOR.least_after(lock.version)
            if is_below(draft.item.version, least):
                edits[real(draft.source.path)] = _pack_edit(draft.source.shown, least)
    return _staged(meant, edits, changed_packs)


def put(path: Path, content: str) -> None:
    """Write a file whole or not at all, with the mode it had. Raise OSError."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, delete=False) as file:
        made = Path(file.name)
        try:
            file.write(content)
            file.close()
            made.chmod(mode)
            made.replace(path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


def _staged(meant: Scope, edits: Mapping[Path, Callable[[str], str]], packs: set[Path]) -> Staged:
    with _copied(meant) as (copy, originals):
        for path, edit in edits.items():
            there = _there(path, originals)
            there.write_text(edit(_read(path)), "utf-8", newline="")
        report = checker.check(copy.paths, copy.overlays, copy.context)
        errors = tuple(found for found in report.findings if found.code not in locks.ENDED_BY_WRITING)
        if report.rulebook is not None and not any(found.is_error for found in errors):
            locks.write(report.reading)
        kept = (pack / FILE_NAME for pack in packs if (pack / FILE_NAME).is_file())
        changes = [_change(path, _there(path, originals)) for path in sorted({*edits, *kept})]
    return Staged(tuple(one for one in changes if one.before != one.after), errors)


@contextmanager
def _copied(meant: Scope) -> Iterator[tuple[Scope, Mapping[Path, Path]]]:
    """Yield the scope with everything that may change copied, and which folder each copy is of (both resolved)."""
    with tempfile.TemporaryDirectory(prefix="sidecue-") as folder:
        originals: dict[Path, Path] = {}
        copies: list[list[Path]] = []
        for number, paths in enumerate((meant.paths, meant.overlays)):
            copies.append([])
            for place, path in enumerate(paths):
                copy = Path(os.path.realpath(folder)) / f"{number}-{place}" / real(path).name
                shutil.copytree(path, copy)
                originals[real(path)] = copy
                copies[-1].append(copy)
        yield Scope(tuple(copies[0]), tuple(copies[1]), meant.context), originals


def _there(path: Path, originals: Mapping[Path, Path]) -> Path:
    """Return where the copy of a file or folder is."""
    return next(copy / path.relative_to(held) for held, copy in originals.items() if path.is_relative_to(held))


def _change(path: Path, there: Path) -> FileChange:
    before = _read(path) if path.exists() else None
    return FileChange(path, shown(path), before, _read(there))


def shown(path: Path) -> str:
    """Return a path as somebody in the current folder would write it."""
    here = Path(os.path.realpath(Path.cwd()))
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _own(reading: Reading) -> Iterator[Draft]:
    """Yield what was asked for, by path."""
    own = (draft for draft in reading.own.values() if draft.layer is not Layer.CONTEXT and draft.source.pack)
    yield from sorted(own, key=lambda draft: str(draft.source.path))


def _pack_of(draft: Draft) -> Path:
    """Return the folder of the pack that a rule or pack file lies in."""
    return real(draft.source.path).parent


def _locks(reading: Reading) -> Mapping[Path, PackLock]:
    found: dict[Path, PackLock] = {}
    for folder in reading.folders:
        path = real(Path(folder.shown))
        if (path / FILE_NAME).is_file():
            found[path] = parse(folder.id, _read(path / FILE_NAME))
    return found


def _rule_edit(rule: Rule, votes: Votes, path: str, lock: PackLock | None) -> Callable[[str], str]:
    held = lock.rules.get(rule.id) if lock is not None else None
    # a version that was raised and not yet locked already tells of a change
    version = rule.version + 1 if held is None else max(rule.version, held.version + 1)
    return lambda text: with_votes(path, text, votes[rule.id], version)


def _pack_edit(path: str, version: str) -> Callable[[str], str]:
    return lambda text: with_version(path, text, version)
