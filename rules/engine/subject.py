"""The properties of one kind of fact, and what a test on its fields becomes in terms of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from rules.conditions import Op, Test
from rules.engine.encode import (
    Coded,
    Encoding,
    Flagged,
    Holds,
    Key,
    Known,
    Number,
    Ranked,
    Same,
    Taken,
    number_of,
    rank,
    text_of,
)
from rules.engine.formula import And, Compare, Formula, Or
from rules.engine.names import Names
from rules.vocabulary import NUMBERS, TEXTS, Field, Type
from rules.vocabulary.questions import constants_of

# Op -> the engine's comparison when the test shall be true, and when it shall be false. A property that is missing
# meets neither: an unknown field makes no test true, negated or not.
_ORDER: Final[Mapping[Op, tuple[str, str]]] = {
    Op.EQUALS: ("$eq", "$neq"),
    Op.ABOVE: ("$gt", "$lte"),
    Op.AT_LEAST: ("$gte", "$lt"),
    Op.BELOW: ("$lt", "$gte"),
    Op.AT_MOST: ("$lte", "$gt"),
}


class _Question(NamedTuple):
    """Whether a set field holds every one of `members`, or any."""

    field: str
    members: frozenset[str]
    every: bool


class Subject:
    """One kind of fact: the ticket with its customer, or the items of one collection.

    Built with every test there is on it, since a number's rank depends on all constants of its field. Every test is one
    that may be asked of `fields`.
    """

    def __init__(self, fields: Mapping[str, Field], names: Names, prefix: str, tests: Iterable[Test]) -> None:
        self._fields = fields
        self._names = names
        self._prefix = prefix
        self._props: dict[tuple[str, ...], str] = {}
        numbers: dict[str, set[Number]] = {}
        texts: dict[str, dict[str, int]] = {}
        for test in tests:
            field = fields[test.field]
            for constant in () if test.op in {Op.KNOWN, Op.SAME_AS} else constants_of(test):
                if field.type in NUMBERS:
                    numbers.setdefault(field.name, set()).add(constant)  # type: ignore[arg-type]  # it fits its field
                elif field.type in TEXTS:
                    codes = texts.setdefault(field.name, {value: code for code, value in enumerate(field.values, 1)})
                    codes.setdefault(str(constant), len(codes) + 1)
        self._numbers = {name: tuple(sorted(found)) for name, found in numbers.items()}
        self._texts = texts
        self._flags: dict[str, None] = {}
        self._known: dict[str, None] = {}
        self._held: dict[_Question, None] = {}
        self._same: dict[tuple[str, str], None] = {}
        self._keys: dict[str, None] = {}

    def lower(self, test: Test, *, positive: bool) -> Formula:
        """Return the formula that holds when `test` is surely true, or surely false when not `positive`."""
        field = self._fields[test.field]
        if test.op is Op.KNOWN:
            return self._is_known(field.name, known=bool(test.value) is positive)
        if test.op is Op.SAME_AS:
            other = str(test.value)
            self._same[field.name, other] = None
            return Compare(self._prop(field.name, "same_as", other), "$eq", int(positive))
        values = constants_of(test)
        match field.type:
            case Type.FLAG:
                self._flags[field.name] = None
                return Compare(self._prop(field.name), "$eq", int(bool(values[0]) is positive))
            case Type.SET:
                return self._lower_set(field.name, test.op, tuple(map(str, values)), positive=positive)
            case Type.ENUM | Type.TEXT:
                within = positive is (test.op is not Op.NOT_IN)
                return self._lower_text(field.name, tuple(map(str, values)), within=within)
            case _:
                return self._lower_number(field.name, test.op, values, positive=positive)  # type: ignore[arg-type]  # they fit their field

    def _lower_number(self, name: str, op: Op, values: tuple[Number, ...], *, positive: bool) -> Formula:
        prop = self._prop(name)
        ranks = [rank(self._numbers[name], value) for value in values]
        if op is Op.BETWEEN:
            if positive:
                return And((Compare(prop, "$gte", ranks[0]), Compare(prop, "$lte", ranks[1])))
            return Or((Compare(prop, "$lt", ranks[0]), Compare(prop, "$gt", ranks[1])))
        return Compare(prop, _ORDER[op][0 if positive else 1], ranks[0])

    def _lower_text(self, name: str, values: tuple[str, ...], *, within: bool) -> Formula:
        prop = self._prop(name)
        codes = self._texts.setdefault(name, {})
        if within:
            return Or(tuple(Compare(prop, "$eq", codes[value]) for value in values))
        if not values:
            return self._is_known(name, known=True)
        return And(tuple(Compare(prop, "$neq", codes[value]) for value in values))

    def _lower_set(self, name: str, op: Op, values: tuple[str, ...], *, positive: bool) -> Formula:
        if op is Op.HAS_NONE:
            op, positive = Op.HAS_ANY, not positive
        question = _Question(name, frozenset(values), every=op is not Op.HAS_ANY or len(values) == 1)
        self._held[question] = None
        return Compare(self._asked(question), "$eq", int(positive))

    def _asked(self, question: _Question) -> str:
        return self._prop(question.field, "every" if question.every else "any", *sorted(question.members))

    def _is_known(self, name: str, *, known: bool) -> Formula:
        self._known[name] = None
        return Compare(self._prop(name, "known"), "$eq", int(known))

    def key(self, name: str) -> str:
        """Return the join key of a field."""
        self._keys[name] = None
        return self._prop(name, "key")

    def _prop(self, *path: str) -> str:
        prop = self._props.get(path)
        if prop is None:
            prop = self._props[path] = self._names.give("_".join((self._prefix, *path)))
        return prop

    def encoding(self) -> Encoding:
        """Return how facts are encoded for everything that was lowered so far."""
        asked = {path[0] for path in self._props if len(path) == 1}
        return Encoding(
            ranked=tuple(
                Ranked(name, self._prop(name), found) for name, found in self._numbers.items() if name in asked
            ),
            coded=tuple(Coded(name, self._prop(name), codes) for name, codes in self._texts.items() if name in asked),
            flagged=tuple(Flagged(name, self._prop(name)) for name in self._flags),
            known=tuple(Known(name, self._prop(name, "known")) for name in self._known),
            held=tuple(Holds(asked.field, self._asked(asked), asked.members, asked.every) for asked in self._held),
            same=tuple(
                Same(left, right, self._prop(left, "same_as", right), self._taken(left)) for left, right in self._same
            ),
            keys=tuple(Key(name, self._prop(name, "key"), self._taken(name)) for name in self._keys),
        )

    def _taken(self, name: str) -> Taken:
        """Return what takes the values of a field that is compared with another."""
        return number_of if self._fields[name].type in NUMBERS else text_of
