"""One way of writing for conditions that plainly mean the same, so that a mutant that changes nothing is known as one.

Plainly: `not` pushed to the leaves, groups flattened, sorted and without repetition, tests of one meaning written as
one test (`above: 4` of a whole number as `at_least: 5`, `in` of every closed value as `known: true`), limits of a field
that always hold dropped. What needs reasoning over several fields is not found; `rules prove` reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.vocabulary import COLLECTIONS, FIELDS, NUMERIC, Field, Type

ALWAYS: Final = All(())
NEVER: Final = AnyOf(())

_OPPOSITE: Final[Mapping[Op, Op]] = {
    Op.IN: Op.NOT_IN,
    Op.NOT_IN: Op.IN,
    Op.HAS_ANY: Op.HAS_NONE,
    Op.HAS_NONE: Op.HAS_ANY,
}


def normal(condition: Condition, fields: Mapping[str, Field] = FIELDS) -> Condition:
    """Return the normal form. Equal ones are surely true of the same facts; different ones may still be.

    Only that: false and unknown are not told apart. What a guardrail suppresses "unless surely false" is therefore
    compared by the opposite, as it is asked of the engine (`rules.decide.account.asked`).
    """
    return _normal(condition, fields, positive=True)


def _normal(condition: Condition, fields: Mapping[str, Field], *, positive: bool) -> Condition:
    match condition:
        case Not(part):
            return _normal(part, fields, positive=not positive)
        case All(parts) | AnyOf(parts):
            both = isinstance(condition, All) is positive
            return _group([_normal(part, fields, positive=positive) for part in parts], both=both)
        case Exists(collection, where):
            found = Exists(collection, _normal(where, COLLECTIONS[collection].fields, positive=True))
            if found.where == NEVER:
                return NEVER if positive else ALWAYS
            return found if positive else Not(found)
        case Test():
            return _test(condition, fields[condition.field], positive=positive)


def _group(parts: list[Condition], *, both: bool) -> Condition:
    group, neutral, final = (All, ALWAYS, NEVER) if both else (AnyOf, NEVER, ALWAYS)
    flat: dict[str, Condition] = {}
    for part in parts:
        if part == final:
            return final
        for inner in part.parts if isinstance(part, group) else (part,):
            if inner != neutral:
                flat[repr(inner)] = inner
    if len(flat) == 1:
        return next(iter(flat.values()))
    return group(tuple(flat[key] for key in sorted(flat)))


def _test(test: Test, field: Field, *, positive: bool) -> Condition:
    name, op, value = test.field, test.op, test.value
    if op is Op.KNOWN:
        return _known(name, known=bool(value) is positive)
    if op in NUMERIC:
        return _number(test, field, positive=positive)
    if op is Op.IS and isinstance(value, bool):
        return Test(name, Op.IS, value is positive)
    if op in {Op.IS, Op.HAS} and not isinstance(value, tuple):
        op, value = (Op.IN if op is Op.IS else Op.HAS_ANY), (value,)
    elif op is Op.HAS_ALL and isinstance(value, tuple) and len(value) == 1:
        op = Op.HAS_ANY
    if not positive:
        if op not in _OPPOSITE:
            return Not(_ordered(Test(name, op, value)))
        op = _OPPOSITE[op]
    return _closed(_ordered(Test(name, op, value)), field)


def _known(name: str, *, known: bool) -> Condition:
    if name == "signals":  # what the text says is always known
        return ALWAYS if known else NEVER
    return Test(name, Op.KNOWN, known)


def _ordered(test: Test) -> Test:
    if isinstance(test.value, tuple):
        return Test(test.field, test.op, tuple(sorted(set(test.value), key=repr)))
    return test


def _number(test: Test, field: Field, *, positive: bool) -> Condition:
    """Write a question to a number by the two ends that it lets in, as narrow as the field's own limits allow."""
    low, high = _ends(test)
    if field.type is Type.INTEGER:
        low, high = (_whole(low, 1), _whole(high, -1))
    if (low is not None and field.maximum is not None and not _lets_in(field.maximum, low, None)) or (
        high is not None and field.minimum is not None and not _lets_in(field.minimum, None, high)
    ):
        return NEVER if positive else _known(test.field, known=True)
    if low is not None and field.minimum is not None and _lets_in(field.minimum, low, None):
        low = None
    if high is not None and field.maximum is not None and _lets_in(field.maximum, None, high):
        high = None
    if low is None and high is None:
        return _known(test.field, known=True) if positive else NEVER
    if not positive and low is not None and high is not None:
        return Not(_between(test.field, low, high))
    if not positive:
        low, high = (_beyond(high), _beyond(low))
        if field.type is Type.INTEGER:
            low, high = (_whole(low, 1), _whole(high, -1))
    return _between(test.field, low, high)


_End = tuple[float, bool]
"""A limit, and whether it belongs to what is let in."""


def _ends(test: Test) -> tuple[_End | None, _End | None]:
    if isinstance(test.value, tuple):
        low, high = (float(end) for end in test.value)
        return (low, True), (high, True)
    end = float(test.value)
    if test.op is Op.EQUALS:
        return (end, True), (end, True)
    found = (end, test.op in {Op.AT_LEAST, Op.AT_MOST})
    return (found, None) if test.op in {Op.AT_LEAST, Op.ABOVE} else (None, found)


def _whole(end: _End | None, step: int) -> _End | None:
    return (end[0] + step, True) if end is not None and not end[1] else end


def _beyond(end: _End | None) -> _End | None:
    return (end[0], not end[1]) if end is not None else None


def _lets_in(number: float, low: _End | None, high: _End | None) -> bool:
    return (low is None or number > low[0] or (number == low[0] and low[1])) and (
        high is None or number < high[0] or (number == high[0] and high[1])
    )


def _between(name: str, low: _End | None, high: _End | None) -> Condition:
    if low is not None and high is not None:
        return Test(name, Op.BETWEEN, (low[0], high[0]))
    if low is not None:
        return Test(name, Op.AT_LEAST if low[1] else Op.ABOVE, low[0])
    end = high if high is not None else (0.0, True)
    return Test(name, Op.AT_MOST if end[1] else Op.BELOW, end[0])


def _closed(test: Test, field: Field) -> Condition:
    """Write `not_in` of closed values as `in` of the others."""
    if test.op not in {Op.IN, Op.NOT_IN} or not field.values or not isinstance(test.value, tuple):
        return test
    within = {value for value in field.values if (value in test.value) is (test.op is Op.IN)}
    if len(within) == len(field.values):
        return _known(test.field, known=True)
    return Test(test.field, Op.IN, tuple(sorted(within))) if within else NEVER
