"""The rulebook in force: what reads a text, and what decides. Swapped as one, while requests go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.decide import Decider
    from rules.rulebook import Rulebook
    from rules.signals import SignalReader


@dataclass(frozen=True, slots=True)
class Judges:
    """A decider and the reader of its own rulebook's signals. Immutable; thread-safe."""

    decider: Decider
    reader: SignalReader

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook both were made of."""
        return self.decider.rulebook


def judges_of(overlay: Path | None) -> Judges:
    """Make judges of the shipped packs and a tenant's folder over them. Raise RuleFilesInvalid."""
    # Late: engine, lexicons and YAML are slow to import, and most commands need none of them.
    from rules.decide import Decider  # noqa: PLC0415 - see above
    from rules.loader import load  # noqa: PLC0415 - see above
    from rules.signals import SignalReader  # noqa: PLC0415 - see above

    rulebook = load(overlays=(overlay,) if overlay is not None else ())
    return Judges(Decider(rulebook), SignalReader(rulebook.signals.values()))


class DeciderHolder:
    """Holds the judges in force: made when first asked for, replaced by `reload`."""

    def __init__(self, make: Callable[[], Judges]) -> None:
        self._make = make
        self._judges: Judges | None = None
        self._lock = threading.Lock()

    def judges(self) -> Judges:
        """Return decider and reader of the same rulebook. Use one answer for one decision."""
        held = self._judges
        if held is not None:
            return held
        with self._lock:
            if self._judges is None:
                self._judges = self._make()
            return self._judges

    def current(self) -> Decider:
        """Return the decider in force."""
        return self.judges().decider

    def reload(self) -> str:
        """Put a new rulebook in force and return its digest. When it is invalid the old one stays (RuleFilesInvalid).

        The old decider is not closed: decisions under way may still hold it, and it is freed with the last of them.
        """
        made = self._make()
        with self._lock:
            self._judges = made
        return made.rulebook.digest

    def close(self) -> None:
        """Free the engine's memory; `judges` would make new ones."""
        with self._lock:
            held, self._judges = self._judges, None
        if held is not None:
            held.decider.close()
