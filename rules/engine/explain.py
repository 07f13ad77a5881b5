"""Why a condition is true, or is not: its leaves with the values that they saw."""

from __future__ import annotations

from collections.abc import Iterator

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test, Truth, leaves
from rules.engine.reference import looking_at, matching, test_truth
from rules.model import Facts, LeafResult


def explain(condition: Condition, facts: Facts) -> tuple[LeafResult, ...]:
    """Return every leaf in the order it is written. `truth` is the leaf's own, before any `not` around it."""
    return tuple(_result(leaf, facts) for leaf in leaves(condition))


def deciding(condition: Condition, facts: Facts) -> tuple[LeafResult, ...]:
    """Return the leaves that made the condition true; or those that stand between it and true, when it is not.

    Of an `any` that is true, each true branch; of an `all` that is not true, each part that is false or unknown.
    """
    whole, found = _decided(condition, facts, positive=True)
    return tuple(found if whole is True else _blocking(condition, facts, positive=True))


def _decided(condition: Condition, facts: Facts, *, positive: bool) -> tuple[Truth, list[LeafResult]]:
    """Return the truth of the condition (or of its opposite), and the leaves of what is true in it."""
    match condition:
        case Not(part):
            return _decided(part, facts, positive=not positive)
        case All(parts) | AnyOf(parts):
            decided = [_decided(part, facts, positive=positive) for part in parts]
            truths = [whole for whole, _ in decided]
            if isinstance(condition, All) is positive:
                whole: Truth = False if False in truths else None if None in truths else True
            else:
                whole = True if True in truths else None if None in truths else False
            return whole, [leaf for part, found in decided if part is True for leaf in found]
        case leaf:
            result = _result(leaf, facts)
            truth = result.truth if positive or result.truth is None else not result.truth
            return truth, [result]


def _blocking(condition: Condition, facts: Facts, *, positive: bool) -> Iterator[LeafResult]:
    """Yield the leaves that are not true in a condition (or its opposite) that is not true."""
    match condition:
        case Not(part):
            yield from _blocking(part, facts, positive=not positive)
        case All(parts) | AnyOf(parts):
            for part in parts:
                if _decided(part, facts, positive=positive)[0] is not True:
                    yield from _blocking(part, facts, positive=positive)
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
