"""Why a condition is true, or is not: its leaves with the values that they saw."""

from __future__ import annotations

from collections.abc import Iterator

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test, leaves
from rules.engine.reference import looking_at, matching, test_truth, truth
from rules.model import Facts, LeafResult


def explain(condition: Condition, facts: Facts) -> tuple[LeafResult, ...]:
    """Return every leaf in the order it is written. `truth` is the leaf's own, before any `not` around it."""
    return tuple(_result(leaf, facts) for leaf in leaves(condition))


def deciding(condition: Condition, facts: Facts) -> tuple[LeafResult, ...]:
    """Return the leaves that made the condition true; or those that stand between it and true, when it is not.

    Of an `any` that is true, each true branch; of an `all` that is not true, each part that is false or unknown.
    """
    holds = truth(condition, facts) is True
    return tuple(_deciding(condition, facts, positive=True, holds=holds))


def _deciding(condition: Condition, facts: Facts, *, positive: bool, holds: bool) -> Iterator[LeafResult]:
    """Yield the leaves that are true in a condition (or its opposite) that holds; else those that are not true."""
    match condition:
        case Not(part):
            yield from _deciding(part, facts, positive=not positive, holds=holds)
        case All(parts) | AnyOf(parts):
            for part in parts:
                if (truth(part, facts) is positive) is holds:
                    yield from _deciding(part, facts, positive=positive, holds=holds)
        case leaf:
            yield _result(leaf, facts)


def _result(leaf: Test | Exists, facts: Facts) -> LeafResult:
    if isinstance(leaf, Exists):
        count = matching(leaf, facts)
        return LeafResult(leaf.collection, "exists", None, count, count > 0)
    look = looking_at(facts)
    actual = look(leaf.field)
    shown = tuple(sorted(actual & _interesting(leaf))) if isinstance(actual, frozenset) else actual
    return LeafResult(leaf.field, leaf.op.value, leaf.value, shown, test_truth(leaf, look, facts))


def _interesting(test: Test) -> frozenset[Scalar]:
    """Return the values of a set that the test asks for."""
    if test.op is Op.KNOWN:
        return frozenset()
    return frozenset(test.value if isinstance(test.value, tuple) else (test.value,))
