"""Two rulebooks over the same history: what a person or a budget asks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.backtest.difference import Aspect, Difference
from rules.backtest.part import Part
from rules.backtest.totals import Totals
from rules.model import Stage
from rules.rulebook import Function, Recommend, Rule, Rulebook, Status


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule on this history: tickets on which it fired (in shadow: apart) and on which it was shown.

    A rule that one of the rulebooks does not have counts 0 there. `version` is None where it does not exist.
    """

    rule: str
    version_before: int | None
    version_after: int | None
    fired_before: int
    fired_after: int
    shadow_before: int
    shadow_after: int
    shown_before: int
    shown_after: int

    @property
    def differs(self) -> bool:
        """Whether any of its counts is another."""
        return (self.fired_before, self.shadow_before, self.shown_before) != (
            self.fired_after,
            self.shadow_after,
            self.shown_after,
        )


@dataclass(frozen=True, slots=True)
class Blocked:
    """A rule of the new rulebook that fires and is never shown, and what mostly held it back."""

    rule: str
    fired: int
    stage: Stage
    by: str
    times: int


@dataclass(frozen=True, slots=True)
class Work:
    """What one function has to do: tickets, recommendations, and how soon these are due (hours, on average)."""

    function: Function
    tickets: int
    along: int
    recommendations: int
    due_in_a_day: int
    mean_due_hours: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two rulebooks and what came of all the cases."""

    before: Rulebook
    after: Rulebook
    part: Part

    @property
    def cases(self) -> int:
        """How many decisions were replayed."""
        return self.part.cases

    @property
    def changed(self) -> int:
        """How many of them come out otherwise."""
        return self.part.changed

    @property
    def differences(self) -> Sequence[Difference]:
        """Each of these, in the order of the history."""
        return self.part.differences

    def rule_counts(self) -> tuple[RuleCount, ...]:
        """Return the counts of every rule that either rulebook evaluates, by id."""
        names = sorted({rule.id for book in (self.before, self.after) for rule in live(book)})
        return tuple(self._rule_count(name) for name in names)

    def never_fired(self) -> tuple[str, ...]:
        """Return the rules of the new rulebook that fire on no case of this history, in shadow neither."""
        after = self.part.after
        return tuple(rule.id for rule in live(self.after) if not after.fired[rule.id] and not after.shadow[rule.id])

    def blocked(self) -> tuple[Blocked, ...]:
        """Return the recommending rules that fire and are never shown, with what held each of them back most."""
        after = self.part.after
        found = []
        for rule in live(self.after):
            if isinstance(rule.then, Recommend) and after.fired[rule.id] and not after.shown[rule.id]:
                reasons = [(count, stage, by) for (name, stage, by), count in after.stopped.items() if name == rule.id]
                times, stage, by = max(reasons, key=lambda reason: (reason[0], reason[1], reason[2]))
                found.append(Blocked(rule.id, after.fired[rule.id], stage, by, times))
        return tuple(found)

    def guardrail_counts(self) -> Mapping[str, tuple[int, int]]:
        """Return by guardrail or law how many recommendations it held back before and after."""
        before, after = self.part.before.guardrails(), self.part.after.guardrails()
        return {name: (before.get(name, 0), after.get(name, 0)) for name in sorted(before.keys() | after.keys())}

    def action_counts(self) -> Mapping[str, tuple[int, int]]:
        """Return by action on how many cases it was shown before and after."""
        before, after = self.part.before.actions, self.part.after.actions
        return {name: (before[name], after[name]) for name in sorted(before.keys() | after.keys())}

    def workload(self) -> tuple[tuple[Work, Work], ...]:
        """Return each function's work before and after."""
        return tuple((work(self.part.before, one), work(self.part.after, one)) for one in Function)

    def measures(self) -> Mapping[str, int]:
        """Return everything a budget may limit: how many tickets by aspect, how many recommendations by what became.

        The names are those of `rules.backtest.budget.MEASURES`.
        """
        part = self.part
        return {
            **{aspect.value: part.aspects[aspect] for aspect in Aspect},
            "changed": part.changed,
            "added": part.added.total(),
            "removed": part.removed.total(),
            "reranked": part.reranked.total(),
            "guardrail.released": part.released.total(),
            "guardrail.caught": part.caught.total(),
        }

    def _rule_count(self, name: str) -> RuleCount:
        before, after = self.part.before, self.part.after
        return RuleCount(
            name,
            _version(self.before, name),
            _version(self.after, name),
            before.fired[name],
            after.fired[name],
            before.shadow[name],
            after.shadow[name],
            before.shown[name],
            after.shown[name],
        )


def live(rulebook: Rulebook) -> tuple[Rule, ...]:
    """Return the rules that are evaluated, by id."""
    return tuple(rule for _, rule in sorted(rulebook.rules.items()) if rule.status is not Status.DEPRECATED)


def work(totals: Totals, function: Function) -> Work:
    """Return what one function has to do."""
    return Work(
        function,
        totals.primary[function],
        totals.along[function],
        totals.work_of(function),
        totals.due_within(function, 24.0),
        totals.hours_of(function),
    )


def _version(rulebook: Rulebook, name: str) -> int | None:
    rule = rulebook.rules.get(name)
    return rule.version if rule is not None and rule.status is not Status.DEPRECATED else None
