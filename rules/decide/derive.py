"""Derived fields: of several values that rules give to one field, the strongest holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rules.conditions import Scalar
from rules.model import Facts
from rules.rulebook import Derive, Rule
from rules.vocabulary import FIELDS, Source, Type

Value = Scalar | frozenset[str]

_DERIVED: Final = tuple(sorted(name for name, field in FIELDS.items() if field.source is Source.DERIVED))


def derive(facts: Facts, fired: Iterable[Rule]) -> Facts:
    """Return the facts with what the fired derivations say; `fired` in id order.

    A value the facts hold already takes part like any other. A field without an order (text) keeps the first one said.
    """
    said = [rule for rule in fired if isinstance(rule.then, Derive)]
    if not said:
        return facts
    values: dict[str, Value] = dict(facts.values)
    for rule in said:
        if isinstance(rule.then, Derive):
            for name, value in sorted(rule.then.values.items()):
                values[name] = stronger(name, values.get(name), value)
    return with_values(facts, values)


def stronger(name: str, held: Value | None, value: Value) -> Value:
    """Return the stronger of two values in the vocabulary's order of the field."""
    if held is None:
        return value
    field = FIELDS[name]
    if field.type is not Type.ENUM:
        return held
    return max(held, value, key=lambda candidate: field.values.index(str(candidate)))


def derived_of(facts: Facts) -> Mapping[str, str]:
    """Return the derived fields that are known."""
    return {name: str(facts.values[name]) for name in _DERIVED if name in facts.values}


def with_values(facts: Facts, values: Mapping[str, Value]) -> Facts:
    """Return the same facts with other values."""
    return Facts(values, facts.signals, facts.collections, facts.taken_at)
