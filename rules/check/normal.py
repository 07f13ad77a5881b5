"""One way of writing for conditions that plainly mean the same, so that a mutant that changes nothing is known as one.

Plainly: `not` pushed to the leaves, groups flattened, sorted and without repetition, tests of one meaning written as
one test (`above: 4` of a whole number as `at_least: 5`, `in` of every closed value as `known: true`), limits of a field
that always hold dropped. What needs reasoning over several fields is not found; `rules prove` reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test
from rules.vocabulary import COLLECTIONS, FIELDS, Field, Type

ALWAYS: Final = All(())
NEVER: Final = AnyOf(())

_OPPOSITE: Final[Mapping[Op, Op]] = {
    Op.ABOVE: Op.AT_MOST,
    Op.AT_MOST: Op.ABOVE,
    Op.AT_LEAST: Op.BELOW,
    Op.BELOW: Op.AT_LEAST,
    Op.IN: Op.NOT_IN,
    Op.NOT_IN: Op.IN,
    Op.HAS_ANY: Op.HAS_NONE,
    Op.HAS_NONE: Op.HAS_ANY,
}


def normal(condition: Condition, fields: Mapping[str, Field] = FIELDS) -> Condition:
    """Return the normal form. Equal ones are surely true of the same facts; different ones may still be.

    Only that: false and unknown are not told apart. What a guardrail suppresses "unless surely false" is therefore
    compared by the opposite, as it is asked of the engine (`rules.decide.strata.asked`).
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
    if op is Op.IS and isinstance(value, bool):
        return Test(name, Op.IS, value is positive)
    if op in {Op.IS, Op.HAS} and not isinstance(value, tuple):
        op, value = (Op.IN if op is Op.IS else Op.HAS_ANY), (value,)
    elif op is Op.HAS_ALL and isinstance(value, tuple) and len(value) == 1:
        op = Op.HAS_ANY
    elif op is Op.BETWEEN and isinstance(value, tuple) and value[0] == value[1]:
        op, value = Op.EQUALS, value[0]
    if not positive:
        if op not in _OPPOSITE:
            return Not(_ordered(Test(name, op, value)))
        op = _OPPOSITE[op]
    found = _ordered(Test(name, op, value))
    if field.type in {Type.INTEGER, Type.NUMBER} and isinstance(value, int | float):
        return _number(found, field)
    return _closed(found, field)


def _known(name: str, *, known: bool) -> Condition:
    if name == "signals":  # what the text says is always known
        return ALWAYS if known else NEVER
    return Test(name, Op.KNOWN, known)


def _ordered(test: Test) -> Test:
    if isinstance(test.value, tuple) and test.op is not Op.BETWEEN:
        return Test(test.field, test.op, tuple(sorted(set(test.value), key=repr)))
    return test


def _number(test: Test, field: Field) -> Condition:
    bound: Scalar | tuple[Scalar, ...] = test.value
    op = test.op
    if field.type is Type.INTEGER and isinstance(bound, int):
        if op is Op.ABOVE:
            op, bound = Op.AT_LEAST, bound + 1
        elif op is Op.BELOW:
            op, bound = Op.AT_MOST, bound - 1
    low, high = field.minimum, field.maximum
    if isinstance(bound, int | float):
        if (op is Op.AT_LEAST and low is not None and bound <= low) or (
            op is Op.AT_MOST and high is not None and bound >= high
        ):
            return _known(test.field, known=True)
        beyond = {
            Op.AT_LEAST: high is not None and bound > high,
            Op.ABOVE: high is not None and bound >= high,
            Op.AT_MOST: low is not None and bound < low,
            Op.BELOW: low is not None and bound <= low,
        }
        if beyond.get(op, False):
            return NEVER
    return Test(test.field, op, bound)


def _closed(test: Test, field: Field) -> Condition:
    """Write `not_in` of closed values as `in` of the others."""
    if test.op not in {Op.IN, Op.NOT_IN} or not field.values or not isinstance(test.value, tuple):
        return test
    within = {value for value in field.values if (value in test.value) is (test.op is Op.IN)}
    if len(within) == len(field.values):
        return _known(test.field, known=True)
    return Test(test.field, Op.IN, tuple(sorted(within))) if within else NEVER
