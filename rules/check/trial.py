"""Rules tried one by one, by the live engine and by the reference at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from rules.decide.strata import asked, is_turned
from rules.engine import DurableEvaluator, Evaluator, ReferenceEvaluator
from rules.model import Facts
from rules.rulebook import Rule

CHECKED_AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""The clock of every example: a fixed one, so that a check gives the same result on every day."""

_STRATUM: Final = "examples"


@dataclass(frozen=True, slots=True)
class Trial:
    """Two evaluators over the same rules. Close it: the engine holds memory outside Python."""

    engine: Evaluator
    reference: Evaluator

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Trial:
        """Return a trial of the rules. Raise EngineFailed when the engine takes one for none of its own."""
        conditions = {rule.id: asked(rule) for rule in rules}
        # the engine's pages cost the same for one rule as for all; the reference's loop does not
        alone = {name: {name: condition} for name, condition in conditions.items()}
        return cls(DurableEvaluator({_STRATUM: conditions}), ReferenceEvaluator(alone))

    def matches(self, rule: Rule, facts: Facts) -> tuple[bool, bool]:
        """Return whether the rule holds by the engine, and by the reference."""
        turned = is_turned(rule)
        by_engine = (rule.id in self.engine.fired(_STRATUM, facts)) is not turned
        return by_engine, (rule.id in self.reference.fired(rule.id, facts)) is not turned

    def close(self) -> None:
        """Free the engine's memory."""
        self.engine.close()
        self.reference.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
