"""What a rulebook did over a whole history, in counts that add up: chunks may be counted apart and in any number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from rules.backtest.outcome import Outcome
from rules.model import Stage
from rules.rulebook import Function


@dataclass(slots=True)
class Totals:
    """One rulebook's side of a comparison. Counts are tickets unless said otherwise.

    `fired`, `shadow`, `shown` (at least one recommendation of the rule was shown): by rule. `stopped`: by rule and by
    what held its recommendation back. `primary`, `along`: by function. `actions`: recommendations by action.
    `work`: recommendations by the function whose work they are and the hours they are due in.
    `held`: recommendations by where they fell and by what.
    """

    tickets: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    shadow: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    stopped: Counter[tuple[str, Stage, str]] = field(default_factory=Counter)
    primary: Counter[Function] = field(default_factory=Counter)
    along: Counter[Function] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    work: Counter[tuple[Function, float]] = field(default_factory=Counter)
    held: Counter[tuple[Stage, str]] = field(default_factory=Counter)
    triage: int = 0
    fallbacks: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count one ticket."""
        self.tickets += 1
        self.fired.update(outcome.fired)
        self.shadow.update(outcome.shadow)
        self.primary[outcome.primary] += 1
        self.along.update(outcome.collaborators)
        self.triage += outcome.needs_triage
        self.fallbacks += outcome.is_fallback
        for shown in outcome.shown:
            self.actions[shown.action] += 1
            self.work[shown.function, shown.due_hours] += 1
            self.shown.update(shown.rules)
        for held in outcome.held:
            self.held[held.stage, held.by] += 1
            for rule in held.rules:
                self.stopped[rule, held.stage, held.by] += 1

    def add(self, other: Self) -> None:
        """Add what was counted elsewhere."""
        self.tickets += other.tickets
        self.triage += other.triage
        self.fallbacks += other.fallbacks
        for name in ("fired", "shadow", "shown", "stopped", "primary", "along", "actions", "work", "held"):
            getattr(self, name).update(getattr(other, name))

    @property
    def recommendations(self) -> int:
        """How many recommendations were shown."""
        return self.actions.total()

    def work_of(self, function: Function) -> int:
        """Return how many recommendations are the work of one function."""
        return sum(count for (whose, _), count in self.work.items() if whose is function)

    def hours_of(self, function: Function) -> float | None:
        """Return after how many hours a function's recommendations are due on average; None when it has none."""
        due = [(hours, count) for (whose, hours), count in self.work.items() if whose is function]
        recommended = sum(count for _, count in due)
        return sum(hours * count for hours, count in sorted(due)) / recommended if recommended else None

    def due_within(self, function: Function, hours: float) -> int:
        """Return how many of a function's recommendations are due within so many hours."""
        return sum(count for (whose, due), count in self.work.items() if whose is function and due <= hours)

    def guardrails(self) -> dict[str, int]:
        """Return by guardrail or law how many recommendations it held back."""
        return {by: count for (stage, by), count in sorted(self.held.items()) if stage is Stage.SUPPRESSED}
