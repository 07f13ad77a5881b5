"""Facts as a condition that they, and nothing less, meet: so that the sentences can say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.conditions import All, Condition, Exists, Op, Test
from rules.facts import facts_from_given
from rules.prove.proof import TAKEN_AT
from rules.vocabulary import FIELDS

_SIGNALS = "signals"


def as_condition(given: Mapping[str, object]) -> Condition:
    """Return what the facts of a `given` state, each thing as a test. Raise FactsInvalid for facts that do not fit."""
    facts = facts_from_given(given, TAKEN_AT)
    tests: list[Condition] = list(_of(_SIGNALS, facts.signals)) if facts.signals else []
    for name in FIELDS:
        if name in facts.values and _stated(name, given):
            tests += _of(name, facts.values[name])
    for collection, items in facts.collections.items():
        for item in items:
            inside = tuple(test for name, value in item.items() for test in _of(name, value))
            tests.append(Exists(collection, inside[0] if len(inside) == 1 else All(inside)))
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _of(name: str, value: object) -> Iterator[Test]:
    if isinstance(value, frozenset):
        if len(value) == 1:
            yield Test(name, Op.HAS, *value)
        elif value:
            yield Test(name, Op.HAS_ALL, tuple(sorted(value)))
        else:
            yield Test(name, Op.KNOWN, value=True)
    elif isinstance(value, bool | str):
        yield Test(name, Op.IS, value)
    elif isinstance(value, int | float):
        yield Test(name, Op.EQUALS, value)


def _stated(name: str, given: Mapping[str, object]) -> bool:
    """Tell whether the given states the field itself: what follows from the rest is not said twice."""
    group, _, rest = name.partition(".")
    held = given.get(group)
    return rest in held if rest and isinstance(held, Mapping) else not rest and group in given
