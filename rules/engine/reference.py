"""The meaning of a condition in plain Python: what every other backend is held equal to.

It shares no code with the compiler and the encoder, and takes no short cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test, Truth, fields_read
from rules.errors import EngineFailed
from rules.model import Facts
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field

Known = Scalar | frozenset[str]
Look = Callable[[str], Known | None]

_ANSWERS: Final[Mapping[Op, Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        Op.EQUALS: lambda actual, expected: actual == expected,
        Op.ABOVE: lambda actual, expected: actual > expected,
        Op.AT_LEAST: lambda actual, expected: actual >= expected,
        Op.BELOW: lambda actual, expected: actual < expected,
        Op.AT_MOST: lambda actual, expected: actual <= expected,
        Op.BETWEEN: lambda actual, expected: expected[0] <= actual <= expected[1],
        Op.IS: lambda actual, expected: actual == expected,
        Op.IN: lambda actual, expected: actual in expected,
        Op.NOT_IN: lambda actual, expected: actual not in expected,
        Op.HAS: lambda actual, expected: expected in actual,
        Op.HAS_ANY: lambda actual, expected: any(value in actual for value in expected),
        Op.HAS_ALL: lambda actual, expected: all(value in actual for value in expected),
        Op.HAS_NONE: lambda actual, expected: not any(value in actual for value in expected),
    }
)


class ReferenceEvaluator:
    """Evaluates strata of conditions as they are defined: slow, short, and right."""

    def __init__(
        self,
        conditions: Mapping[str, Mapping[str, Condition]],
        *,
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> None:
        """Raise EngineFailed for a condition that reads what the vocabulary of `fields` and `collections` has not."""
        self._conditions = {stratum: dict(named) for stratum, named in conditions.items()}
        known = {*fields, *collections}
        known |= {f"{name}.{field}" for name, found in collections.items() for field in found.fields}
        for named in self._conditions.values():
            for name, condition in named.items():
                if unknown := sorted(fields_read(condition) - known):
                    raise EngineFailed(f"condition {name!r}: the vocabulary has no {', '.join(unknown)}")

    def fired(self, stratum: str, facts: Facts) -> frozenset[str]:
        """Return the names of the stratum's conditions that are surely true of `facts`."""
        return frozenset(name for name, condition in self._conditions[stratum].items() if truth(condition, facts))

    def close(self) -> None:
        """Do nothing: there is nothing to free."""


def truth(condition: Condition, facts: Facts) -> Truth:
    """Return Kleene's truth of `condition`: None when nobody knows."""
    return _truth(condition, looking_at(facts), facts)


def looking_at(facts: Facts) -> Look:
    """Return how a wide field's value is looked up; None is unknown."""

    def look(name: str) -> Known | None:
        return facts.signals if name == "signals" else facts.values.get(name)

    return look


def matching(exists: Exists, facts: Facts) -> int:
    """Return how many items of the collection surely meet `where`."""
    items = facts.collections.get(exists.collection, ())
    return sum(_truth(exists.where, item.get, facts) is True for item in items)


def test_truth(test: Test, look: Look, facts: Facts) -> Truth:
    """Return the truth of one test on the fields that `look` finds; `same_as` looks at the ticket and customer."""
    actual = look(test.field)
    if test.op is Op.KNOWN:
        return (actual is not None) is test.value
    if actual is None:
        return None
    if test.op is Op.SAME_AS:
        other = looking_at(facts)(str(test.value))
        return None if other is None else actual == other
    return _ANSWERS[test.op](actual, test.value)


def _truth(condition: Condition, look: Look, facts: Facts) -> Truth:
    match condition:
        case Test():
            return test_truth(condition, look, facts)
        case Exists():
            return matching(condition, facts) > 0
        case Not(part):
            inner = _truth(part, look, facts)
            return None if inner is None else not inner
        case All(parts):
            truths = [_truth(part, look, facts) for part in parts]
            return False if False in truths else None if None in truths else True
        case AnyOf(parts):
            truths = [_truth(part, look, facts) for part in parts]
            return True if True in truths else None if None in truths else False
