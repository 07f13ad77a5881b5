"""Versions held to `versions.lock`: no rule and no pack changes under a version that somebody already has."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from rules.loader import Reading
from rules.loader.build import Draft
from rules.loader.findings import Finding, finding
from rules.loader.shapes import shown
from rules.loader.sources import FileKind, Layer, PackFolder, Ways, real
from rules.loader.versions import (
    FILE_NAME,
    Change,
    Level,
    LockBroken,
    Locked,
    LockedRule,
    PackLock,
    changes,
    in_words,
    is_below,
    lock_of,
    parse,
    written,
)
from rules.rulebook import Action, Pack, Rule, Signal
from rules.text import Text

_PARTS: Final = frozenset({FileKind.SIGNAL, FileKind.ACTION, FileKind.EXAMPLE})
"""What lies in a folder of its own inside the pack's."""

ENDED_BY_WRITING: Final = frozenset({"version.not_locked", "pack.not_locked", "pack.lock_behind"})
"""Codes of what is right again once the locks are written."""


def check(reading: Reading) -> Iterator[Finding]:
    """Yield the findings about the versions of every rule and pack that was asked for.

    A file that is read without its pack is held to its own line; a whole pack to every line.
    """
    whole = {real(Path(folder.shown)): folder for folder in reading.folders}
    for place, drafts in _by_folder(reading).items():
        held = _read(place, _shown(whole.get(place), drafts))
        if isinstance(held, Finding):
            yield held
        elif held is not None:
            now = _now(place.name, drafts)
            yield from _rules(drafts, held, now)
            if place in whole and reading.rulebook is not None:
                yield from _pack(whole[place], drafts, held, now)
        elif place in whole:
            yield from _not_locked(drafts)


@dataclass(frozen=True, slots=True)
class Written:
    """One pack's lock. `is_new` tells whether writing changed the file."""

    path: str
    is_new: bool


def write(reading: Reading) -> tuple[Written, ...]:
    """Write the lock of every whole pack that was asked for, as it is now. The files must have passed the check."""
    found = []
    drafts = _by_folder(reading)
    for folder in reading.folders:
        place = real(Path(folder.shown))
        content = written(_now(folder.id, drafts.get(place, [])))
        path = place / FILE_NAME
        shown_path = str(Path(folder.shown) / FILE_NAME)
        is_new = not path.is_file() or path.read_text("utf-8") != content
        if is_new:
            _put(path, content)
        found.append(Written(shown_path, is_new))
    return tuple(found)


def _put(path: Path, content: str) -> None:
    """Write the file whole or not at all."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=path.parent, delete=False) as file:
        try:
            file.write(content)
            file.close()
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _by_folder(reading: Reading) -> Mapping[Path, list[Draft]]:
    """Return what was asked for by the folder of its pack. Overlays are the tenant's and have no version."""
    found: dict[Path, list[Draft]] = {real(Path(folder.shown)): [] for folder in reading.folders}
    ways = Ways()
    for draft in reading.own.values():
        if draft.layer is not Layer.CONTEXT and draft.source.pack is not None:
            folder = ways.real(draft.source.path).parent
            found.setdefault(folder.parent if draft.kind in _PARTS else folder, []).append(draft)
    return found


def _shown(folder: PackFolder | None, drafts: list[Draft]) -> str:
    """Return the lock's path as the user would write it."""
    if folder is not None:
        return str(Path(folder.shown) / FILE_NAME)
    path = drafts[0].source.path.parent
    return os.path.normpath((path.parent if drafts[0].kind in _PARTS else path) / FILE_NAME)


def _read(place: Path, shown_path: str) -> PackLock | Finding | None:
    try:
        content = (place / FILE_NAME).read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        return finding("file.unreadable", shown_path, 1, 1, problem=getattr(problem, "strerror", None) or str(problem))
    try:
        return parse(place.name, content)
    except LockBroken as broken:
        return finding("pack.lock_broken", shown_path, broken.line, 1, content=shown(broken.content))


def _items(drafts: list[Draft]) -> Iterator[Locked]:
    for draft in drafts:
        if isinstance(draft.item, Rule | Action | Signal):
            yield draft.item


def _now(pack: str, drafts: list[Draft]) -> PackLock:
    version = next((draft.item.version for draft in drafts if isinstance(draft.item, Pack)), None)
    return lock_of(pack, version, _items(drafts))


def _not_locked(drafts: list[Draft]) -> Iterator[Finding]:
    """Yield a warning for a pack that raises versions and keeps no lock. One that is all in its first has none yet."""
    raised = any(
        (isinstance(draft.item, Rule) and draft.item.version > 1)
        or (isinstance(draft.item, Pack) and is_below(_FIRST, draft.item.version))
        for draft in drafts
    )
    for draft in drafts:
        if raised and draft.kind is FileKind.PACK:
            yield draft.finding("pack.not_locked", ("version",), pack=draft.id)


_FIRST: Final = "1.0.0"


def _rules(drafts: list[Draft], held: PackLock, now: PackLock) -> Iterator[Finding]:
    for draft in drafts:
        if draft.kind is not FileKind.RULE:
            continue
        before = held.rules.get(draft.id)
        if before is None:
            yield draft.finding("version.not_locked", ("version",), id=draft.id)
        else:
            yield from _rule(draft, before, now.rules[draft.id])


def _rule(draft: Draft, before: LockedRule, now: LockedRule) -> Iterator[Finding]:
    changed = before.changed(now)
    least = before.version + 1 if changed else before.version
    if now.version < before.version:
        numbers: dict[str, Any] = {"locked": before.version, "version": now.version, "next": least}
        yield draft.finding("version.went_down", ("version",), id=draft.id, **numbers)
    elif now.version < least:
        said = in_words(changed)
        yield draft.finding(
            "version.unchanged", ("version",), id=draft.id, changed=said, version=now.version, next=least
        )


def _pack(folder: PackFolder, drafts: list[Draft], held: PackLock, now: PackLock) -> Iterator[Finding]:
    found = changes(held, now)
    pack = next((draft for draft in drafts if draft.kind is FileKind.PACK), None)
    if pack is not None and now.version is not None and held.version is not None:
        low = _version(pack, now.version, held.version, found)
        if low is not None:
            yield low
            return
    known = {id_: rule for id_, rule in now.rules.items() if id_ in held.rules}  # new ones have their own finding
    if replace(now, rules=known) != held:
        path = str(Path(folder.shown) / FILE_NAME)
        yield finding("pack.lock_behind", path, 1, 1, pack=now.pack)


def _version(pack: Draft, version: str, locked: str, found: tuple[Change, ...]) -> Finding | None:
    """Return the finding for a pack's version that does not tell of its changes."""
    if is_below(version, locked):
        return pack.finding("pack.version_down", ("version",), pack=pack.id, locked=locked, version=version)
    level = max((change.level for change in found), default=None)
    if level is None or not is_below(version, least := level.least_after(locked)):
        return None
    said = _gravest(found, level)
    numbers: dict[str, Any] = {"locked": locked, "version": version, "least": least}
    return pack.finding("pack.version_low", ("version",), pack=pack.id, changed=said, **numbers)


_SHOWN: Final = 3


def _gravest(found: tuple[Change, ...], level: Level) -> Text:
    """Return the changes that ask for the level, the first few by name."""
    grave = [change for change in found if change.level is level]
    more = len(grave) - _SHOWN
    pt_br = "; ".join(f"{change.id} {change.what.pt_br}" for change in grave[:_SHOWN])
    en = "; ".join(f"{change.id} {change.what.en}" for change in grave[:_SHOWN])
    if more > 0:
        pt_br, en = f"{pt_br}; e mais {more}", f"{en}; and {more} more"
    return Text(f"mudou ({pt_br})", f"changed ({en})")
