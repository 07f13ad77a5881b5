"""What would change a recommendation, asked from a ticket: off the hot path, one question at a time, each kept.

The solver is imported with the first question: a server that nobody asks never loads it.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plugin.judges import DeciderHolder, Judges
from plugin.store.decisions import StoredDecision
from rules.errors import ToldError
from rules.text import LOCALES, Locale, Text

if TYPE_CHECKING:
    from rules.whatif import Inquiry, WhatIf

TIMEOUT_MS: Final = 500
"""For each question to the solver; the shipped rules need some ten milliseconds."""
WAIT_SECONDS: Final = 3.0
"""So long one question waits for another to be answered."""
MOST_KEPT: Final = 512
"""Answers kept: a handful for each of the tickets that agents look at just now."""


_CHANGED: Final = Text(
    "o chamado foi decidido com regras que não valem mais",
    "the ticket was decided with rules that are no longer in force",
)
_BUSY: Final = Text("outra pergunta está sendo respondida", "another question is being answered")


class RulesChanged(ToldError):
    """The decision was taken with other rules than those in force: nobody can decide again with them."""


class Busy(ToldError):
    """Another question takes long; ask again."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as the agent hears it: `sentences` by language."""

    action: str
    would_be_shown: bool
    verdict: str
    sentences: Mapping[Locale, str]


class WhatIfDesk:
    """Answers what would change a recommendation, with the rulebook in force. May be asked by several threads."""

    def __init__(self, holder: DeciderHolder, wait_seconds: float = WAIT_SECONDS) -> None:
        self._holder = holder
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._asked: tuple[weakref.ref[Judges], WhatIf] | None = None
        self._last: tuple[str, Inquiry] | None = None
        self._kept: OrderedDict[tuple[str, str], Told] = OrderedDict()

    def answer(self, stored: StoredDecision, action: str) -> Told:
        """Return what would change one of the decision's recommendations. Raise RulesChanged, Busy."""
        kept = self._kept.get((stored.id, action))
        if kept is not None:
            return kept
        judges = self._holder.judges()  # held until the end: the engine is freed with the last who holds it
        if judges.rulebook.digest != stored.decision.rulebook:
            raise RulesChanged(_CHANGED)
        if not self._lock.acquire(timeout=self._wait_seconds):
            raise Busy(_BUSY)
        try:
            told = self._ask(judges, stored, action)
            self._kept[stored.id, action] = told
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return told
        finally:
            self._lock.release()

    def _ask(self, judges: Judges, stored: StoredDecision, action: str) -> Told:
        from rules.whatif import WhatIf, say  # noqa: PLC0415 - the solver is slow to import, and rarely needed

        if self._asked is None or self._asked[0]() is not judges:
            self._asked = (weakref.ref(judges), WhatIf(judges.decider, TIMEOUT_MS))
            self._last = None
        if self._last is None or self._last[0] != stored.id:
            self._last = (stored.id, self._asked[1].about(stored.decision))
        answer = self._last[1].change(action)
        book = judges.rulebook
        sentences = {locale: say(answer, book.actions[action], locale, book.signals) for locale in LOCALES}
        return Told(action, answer.shows, answer.verdict.value, sentences)
