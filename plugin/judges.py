"""The rulebook in force: what reads a text, and what decides. Swapped as one, while requests go on."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.decide import Decider
    from rules.rulebook import Rulebook
    from rules.signals import SignalReader


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Judges:
    """A decider and the reader of its own rulebook's signals. Immutable; thread-safe.

    `version` is the number under which the rulebook was published, None when it comes from files.
    """

    decider: Decider
    reader: SignalReader
    version: int | None = None

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook both were made of."""
        return self.decider.rulebook


def judges_of(rulebook: Rulebook, version: int | None = None) -> Judges:
    """Make judges of a rulebook. Raise EngineFailed when the engine does not take a condition, PhraseInvalid."""
    # Late: engine and lexicons are slow to import, and most commands need none of them.
    from rules.decide import Decider  # noqa: PLC0415 - see above
    from rules.signals import SignalReader  # noqa: PLC0415 - see above

    reader = SignalReader(rulebook.signals.values())  # first: it may raise, and a decider would have to be closed
    return Judges(Decider(rulebook), reader, version)


def judges_of_files(overlay: Path | None) -> Judges:
    """Make judges of the shipped packs and a tenant's folder over them. Raise RuleFilesInvalid."""
    from rules.loader import load  # noqa: PLC0415 - as above

    return judges_of(load(overlays=(overlay,) if overlay is not None else ()))


class DeciderHolder:
    """Holds the judges in force: made when first asked for, replaced by `put`."""

    def __init__(self, make: Callable[[], Judges]) -> None:
        self._make = make
        self._judges: Judges | None = None
        self._lock = threading.Lock()

    @property
    def held(self) -> Judges | None:
        """The judges in force, None before somebody asked for them."""
        return self._judges

    def judges(self) -> Judges:
        """Return decider and reader of the same rulebook. Use one answer for one decision, and hold it until then."""
        held = self._judges
        if held is not None:
            return held
        with self._lock:
            if self._judges is None:
                self._keep(self._make())
            assert self._judges is not None  # noqa: S101 - kept just now
            return self._judges

    def put(self, judges: Judges) -> None:
        """Put other judges in force. Whoever holds the ones before finishes with them."""
        with self._lock:
            self._keep(judges)

    def _keep(self, judges: Judges) -> None:
        # The engine's memory is not Python's: it is freed when the last one who decides with them lets go.
        weakref.finalize(judges, judges.decider.close).atexit = False
        self._judges = judges
