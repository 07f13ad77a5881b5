"""Why a condition is true, or is not: its leaves with the values that they saw."""

from __future__ import annotations

from typing import NamedTuple

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test, Truth, leaves
from rules.engine.reference import Look, looking_at, matching, test_truth, truth
from rules.model import Facts, LeafResult


class _Judged(NamedTuple):
    """A condition with its truth and its parts: everything is looked at once."""

    condition: Condition
    truth: Truth
    parts: tuple[_Judged, ...]


def explain(condition: Condition, facts: Facts) -> tuple[LeafResult, ...]:
    """Return every leaf in the order it is written. `truth` is the leaf's own, before any `not` around it."""
    look = looking_at(facts)
    return tuple(_result(leaf, _truth_of(leaf, look, facts), look, facts) for leaf in leaves(condition))


def deciding(condition: Condition, facts: Facts) -> tuple[LeafResult, ...]:
    """Return the leaves that made the condition true; or those that stand between it and true, when it is not.

    Of an `any` that is true, each true branch; of an `all` that is not true, each part that is false or unknown.
    """
    look = looking_at(facts)
    judged = _judged(condition, look, facts)
    found: list[LeafResult] = []
    _collect(judged, look, facts, found, positive=True, holds=judged.truth is True)
    return tuple(found)


def _judged(condition: Condition, look: Look, facts: Facts) -> _Judged:
    if isinstance(condition, Test | Exists):
        return _Judged(condition, _truth_of(condition, look, facts), ())
    if isinstance(condition, Not):
        inner = _judged(condition.part, look, facts)
        return _Judged(condition, None if inner.truth is None else not inner.truth, (inner,))
    judged = tuple([_judged(part, look, facts) for part in condition.parts])
    truths = [part.truth for part in judged]
    settles = isinstance(condition, AnyOf)  # one true part settles an `any`, one false part an `all`
    truth = settles if settles in truths else None if None in truths else not settles
    return _Judged(condition, truth, judged)


def _truth_of(leaf: Test | Exists, look: Look, facts: Facts) -> Truth:
    return test_truth(leaf, look, facts) if isinstance(leaf, Test) else matching(leaf, facts) > 0


def _collect(  # noqa: PLR0913 - one walk down one tree
    judged: _Judged, look: Look, facts: Facts, found: list[LeafResult], *, positive: bool, holds: bool
) -> None:
    """Add the leaves that are true in a condition (or its opposite) that holds; else those that are not true."""
    condition = judged.condition
    if isinstance(condition, Test | Exists):
        found.append(_result(condition, judged.truth, look, facts))
    elif isinstance(condition, Not):
        _collect(judged.parts[0], look, facts, found, positive=not positive, holds=holds)
    else:
        for part in judged.parts:
            if (part.truth is positive) is holds:
                _collect(part, look, facts, found, positive=positive, holds=holds)


def _result(leaf: Test | Exists, truth: Truth, look: Look, facts: Facts) -> LeafResult:
    if isinstance(leaf, Exists):
        return LeafResult(leaf.collection, "exists", None, matching(leaf, facts), truth)
    actual = look(leaf.field)
    shown = tuple(sorted(actual & interesting(leaf))) if isinstance(actual, frozenset) else actual
    return LeafResult(leaf.field, leaf.op.value, leaf.value, shown, truth)


class Reasons:
    """Why one condition holds, laid out once for a condition that is explained again and again.

    Of a condition that holds most leaves must be as they are; only of alternatives it is asked which ones hold.
    Immutable: any number of threads may ask.
    """

    def __init__(self, condition: Condition) -> None:
        self._steps = _steps(condition, positive=True)

    def of(self, facts: Facts) -> tuple[LeafResult, ...]:
        """Return what `deciding` returns of the condition, which is surely true of `facts`."""
        found: list[LeafResult] = []
        _follow(self._steps, looking_at(facts), facts, found)
        return tuple(found)


class _Leaf(NamedTuple):
    """A test that is surely so, and what it asks a set for: how it is told."""

    test: Test
    asked_for: frozenset[Scalar]
    positive: bool

    def result(self, facts: Facts) -> LeafResult:
        test = self.test
        actual = facts.signals if test.field == "signals" else facts.values.get(test.field)
        shown = tuple(sorted(map(str, actual & self.asked_for))) if isinstance(actual, frozenset) else actual
        return LeafResult(test.field, test.op.value, test.value, shown, self.positive)


class _Choice(NamedTuple):
    """Alternatives, each with what it is then told by: those count that are surely `positive`."""

    positive: bool
    branches: tuple[tuple[Condition, _Steps], ...]


_Steps = tuple[_Leaf | _Choice | Exists, ...]


def _steps(condition: Condition, *, positive: bool) -> _Steps:
    match condition:
        case Test():
            return (_Leaf(condition, interesting(condition), positive),)
        case Exists():
            return (condition,)
        case Not(part):
            return _steps(part, positive=not positive)
        case All(parts) | AnyOf(parts):
            branches = tuple((part, _steps(part, positive=positive)) for part in parts)
            if isinstance(condition, All) is positive:
                return tuple(step for _, steps in branches for step in steps)
            return (_Choice(positive, branches),)


def _truth_here(condition: Condition, look: Look, facts: Facts) -> Truth:
    return test_truth(condition, look, facts) if isinstance(condition, Test) else truth(condition, facts)


def _follow(steps: _Steps, look: Look, facts: Facts, found: list[LeafResult]) -> None:
    for step in steps:
        if isinstance(step, _Leaf):
            found.append(step.result(facts))
        elif isinstance(step, _Choice):
            for condition, inner in step.branches:
                if _truth_here(condition, look, facts) is step.positive:
                    _follow(inner, look, facts, found)
        else:
            count = matching(step, facts)
            found.append(LeafResult(step.collection, "exists", None, count, count > 0))


def interesting(test: Test) -> frozenset[Scalar]:
    """Return the values of a set that the test asks for."""
    if test.op is Op.KNOWN:
        return frozenset()
    return frozenset(test.value if isinstance(test.value, tuple) else (test.value,))
