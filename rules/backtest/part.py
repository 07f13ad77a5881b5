"""What came of some of the cases. Parts add up, so that it does not matter how many there are or who works them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Self

from rules.backtest.difference import Aspect, Difference
from rules.backtest.outcome import Outcome
from rules.backtest.totals import Totals
from rules.model import Stage
from rules.rulebook import Function


@dataclass(slots=True)
class Part:
    """Counts over some cases, and every difference among them in the order of the cases.

    `decided`: cases that were decided by both rulebooks; what the others come to is proved to be the same.
    `read_again`: cases whose texts were read by both rulebooks' own signals; `unread`: cases that should have been, but
    whose texts are not at hand. `guessed`: cases ranked without all of the counts of acceptance as of then.
    `days`: cases by the UTC day of their decision. `moved`: tickets by old and new primary function.
    `added`, `removed`, `reranked`: recommendations by action. `released` (by guardrail): held back by it before, shown
    after; `caught`: shown before, held back by it after.
    """

    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)
    decided: int = 0
    read_again: int = 0
    unread: int = 0
    guessed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    days: Counter[date] = field(default_factory=Counter)
    changed: int = 0
    aspects: Counter[Aspect] = field(default_factory=Counter)
    moved: Counter[tuple[Function, Function]] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    reranked: Counter[str] = field(default_factory=Counter)
    released: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many cases were worked."""
        return self.before.tickets

    def saw(self, taken_at: datetime) -> None:
        """Take note of when a decision was taken."""
        self.days[taken_at.astimezone(UTC).date()] += 1
        self._reach(taken_at)

    def _reach(self, taken_at: datetime) -> None:
        self.first = taken_at if self.first is None else min(self.first, taken_at)
        self.last = taken_at if self.last is None else max(self.last, taken_at)

    def count(self, before: Outcome, after: Outcome) -> None:
        """Count one case for both rulebooks."""
        self.before.count(before)
        self.after.count(after)

    def note(self, difference: Difference) -> None:
        """Take down a difference; one that changes no decision is only counted."""
        self.aspects.update(difference.aspects)
        if difference.is_silent:
            return
        self.changed += 1
        self.differences.append(difference)
        if difference.before.primary is not difference.after.primary:
            self.moved[difference.before.primary, difference.after.primary] += 1
        self.added.update(difference.added)
        self.removed.update(difference.removed)
        self.reranked.update(difference.reranked)
        self.released.update(_stopped(difference.before, difference.added))
        self.caught.update(_stopped(difference.after, difference.removed))

    def add(self, other: Self) -> None:
        """Add a part that comes after this one."""
        self.before.add(other.before)
        self.after.add(other.after)
        for name in ("decided", "read_again", "unread", "guessed", "changed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for instant in (other.first, other.last):
            if instant is not None:
                self._reach(instant)
        for name in ("days", "aspects", "moved", "added", "removed", "reranked", "released", "caught"):
            getattr(self, name).update(getattr(other, name))
        self.differences.extend(other.differences)


def _stopped(outcome: Outcome, actions: tuple[str, ...]) -> list[str]:
    """Return which guardrails hold back some of the actions in an outcome, once for each."""
    return [held.by for held in outcome.held if held.stage is Stage.SUPPRESSED and held.action in actions]
