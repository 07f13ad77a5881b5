"""Rules tried one by one, by the live engine and by the reference at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from rules.conditions import Condition
from rules.decide.account import asked, is_turned
from rules.engine import Evaluator, ReferenceEvaluator
from rules.model import Facts
from rules.rulebook import Rule

CHECKED_AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""The clock of every example: a fixed one, so that a check gives the same result on every day."""

_BATCH: Final = 50
"""Rules to a stratum: about one page of the engine, so that an example costs one page and not one per 50 rules.

Rules of one stratum do not see each other, so that it does not matter which ones are tried together.
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """Two evaluators over the same rules. Close it: the engine holds memory outside Python."""

    engine: Evaluator
    reference: Evaluator
    batches: Mapping[str, str]
    """Rule id -> the stratum it is tried in."""

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Trial:
        """Return a trial of the rules. Raise EngineFailed when the engine takes one for none of its own."""
        from rules.engine import DurableEvaluator  # noqa: PLC0415 - often no rule is new, and none is tried

        conditions = {rule.id: asked(rule) for rule in rules}
        batches = {name: f"examples.{index // _BATCH}" for index, name in enumerate(conditions)}
        together: dict[str, dict[str, Condition]] = {}
        for name, condition in conditions.items():
            together.setdefault(batches[name], {})[name] = condition
        # the reference goes through every condition of its stratum
        alone = {name: {name: condition} for name, condition in conditions.items()}
        return cls(DurableEvaluator(together), ReferenceEvaluator(alone), batches)

    def matches(self, rule: Rule, facts: Facts) -> tuple[bool, bool]:
        """Return whether the rule holds by the engine, and by the reference."""
        turned = is_turned(rule)
        by_engine = (rule.id in self.engine.fired(self.batches[rule.id], facts)) is not turned
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
