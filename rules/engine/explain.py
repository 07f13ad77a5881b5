"""Why a condition is true, or is not: its leaves with the values that they saw."""

from __future__ import annotations

from typing import NamedTuple

from rules.conditions import AnyOf, Condition, Exists, Not, Op, Scalar, Test, Truth, leaves
from rules.engine.reference import Look, looking_at, matching, test_truth
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
    shown = tuple(sorted(actual & _interesting(leaf))) if isinstance(actual, frozenset) else actual
    return LeafResult(leaf.field, leaf.op.value, leaf.value, shown, truth)


def _interesting(test: Test) -> frozenset[Scalar]:
    """Return the values of a set that the test asks for."""
    if test.op is Op.KNOWN:
        return frozenset()
    return frozenset(test.value if isinstance(test.value, tuple) else (test.value,))
