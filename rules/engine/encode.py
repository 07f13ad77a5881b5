"""Facts as the engine sees them: properties that are small whole numbers, and nothing else.

durable-rules compares doubles through text, clamps whole numbers beyond 2^63, reads past strings it compares with
numbers, and takes no exponent without a point. None of it can happen to a property that is a small whole number, so
the values themselves stay here:

number      its rank among the constants that rules compare the field with: of sorted constants c0 < c1 < …,
            c0 is 1, c1 is 3, …; a value below c0 is 0, between c0 and c1 is 2, and so on. Facts and constants are
            placed by Python's own comparison (exact between int and float of any size), and ranks keep the order:
            the engine compares as Python does on every value, with no grid in between
text, enum  the number of the constant or of the value of an enum that it is, from 1; 0 for any other text
flag        1 or 0
set         for each question (holds any of these, holds all of these) 1 when it does, 0 when it does not
known       1 or 0, always there
same_as     1 or 0, there only when both fields are known
join key    a number per distinct value of one evaluation: equal values have equal keys

A field that is unknown has no property, and the engine meets no test on a property that is not there.

Here is what each property means and how it is worked out; `rules.engine.index` seldom needs that.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rules.conditions import Scalar
from rules.errors import FactsInvalid
from rules.vocabulary.field import FLAG, NUMBER, SET, TEXT, unfit

Value = Scalar | frozenset[str] | None
Values = Mapping[str, Scalar | frozenset[str]]
Number = int | float
Taken = Callable[[str, Value], Scalar]
"""Takes a field's name and value: returns the value, or raises FactsInvalid when it is of another type."""
Answer = Callable[[Values], int | None]
"""Works out a property; None is unknown."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A number field; `constants` are sorted and distinct."""

    field: str
    prop: str
    constants: tuple[Number, ...]

    def answer(self, values: Values) -> int | None:
        """Return the value's rank, None when it is unknown. Raise FactsInvalid for a value that is no number."""
        found = values.get(self.field)
        return None if found is None else rank(self.constants, number_of(self.field, found))


@dataclass(frozen=True, slots=True)
class Coded:
    """A text or enum field and the number of each constant and of each value of an enum, from 1."""

    field: str
    prop: str
    codes: Mapping[str, int]

    def answer(self, values: Values) -> int | None:
        """Return the value's number, None when it is unknown. Raise FactsInvalid for a value that is no text."""
        found = values.get(self.field)
        return None if found is None else self.codes.get(text_of(self.field, found), 0)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag field."""

    field: str
    prop: str

    def answer(self, values: Values) -> int | None:
        """Return 1 or 0, None when the field is unknown. Raise FactsInvalid for a value that is no flag."""
        found = values.get(self.field)
        return None if found is None else int(flag_of(self.field, found))


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a field of any type is known."""

    field: str
    prop: str

    def answer(self, values: Values) -> int:
        """Return 1 or 0."""
        return int(values.get(self.field) is not None)


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a set field holds `members`: every one of them, or any."""

    field: str
    prop: str
    members: frozenset[str]
    every: bool

    def answer(self, values: Values) -> int | None:
        """Return 1 or 0, None when the field is unknown. Raise FactsInvalid for a value that is no set."""
        found = values.get(self.field)
        if found is None:
            return None
        held = members_of(self.field, found)
        return int(self.members <= held if self.every else not self.members.isdisjoint(held))


@dataclass(frozen=True, slots=True)
class Same:
    """Whether two fields of one fact are equal. `taken` takes the values of either."""

    field: str
    other: str
    prop: str
    taken: Taken

    def answer(self, values: Values) -> int | None:
        """Return 1 or 0, None when one of the fields is unknown. Raise FactsInvalid for a value of another type."""
        left, right = values.get(self.field), values.get(self.other)
        if left is None or right is None:
            return None
        return int(self.taken(self.field, left) == self.taken(self.other, right))


@dataclass(frozen=True, slots=True)
class Key:
    """A field whose value is compared with a field of another fact. `taken` takes the values of either."""

    field: str
    prop: str
    taken: Taken


@dataclass(frozen=True, slots=True)
class Encoding:
    """Every property of one kind of fact."""

    ranked: tuple[Ranked, ...] = ()
    coded: tuple[Coded, ...] = ()
    flagged: tuple[Flagged, ...] = ()
    known: tuple[Known, ...] = ()
    held: tuple[Holds, ...] = ()
    same: tuple[Same, ...] = ()
    keys: tuple[Key, ...] = ()

    def answers(self) -> dict[str, Answer]:
        """Return what works out each property of a fact but the join keys, which have no value of their own."""
        asked: tuple[Ranked | Coded | Flagged | Known | Holds | Same, ...]
        asked = (*self.ranked, *self.coded, *self.flagged, *self.known, *self.held, *self.same)
        return {one.prop: one.answer for one in asked}


def rank(constants: tuple[Number, ...], number: Number) -> int:
    """Return where `number` stands among sorted constants: odd on a constant, even between two."""
    index = bisect_left(constants, number)
    return 2 * index + (1 if index < len(constants) and constants[index] == number else 0)


def steps(constants: tuple[Number, ...]) -> tuple[list[Number], list[Number]]:
    """Return where the rank goes up by one: for whole numbers, and for finite floats.

    How many steps are at or below a number is its rank, found by one search among numbers of its own type.
    """
    whole: list[Number] = []
    real: list[Number] = []
    for constant in constants:
        endless = abs(constant) == math.inf
        whole += (constant, constant) if endless else (math.ceil(constant), math.floor(constant) + 1)
        at = _first_float(constant)
        real += (at, math.nextafter(at, math.inf) if at == constant else at)
    return whole, real


def _first_float(number: Number) -> float:
    """Return the smallest float that is not below `number`."""
    try:
        near = float(number)
    except OverflowError:
        return math.inf if number > 0 else -sys.float_info.max
    return near if near >= number else math.nextafter(near, math.inf)


def number_of(field: str, value: Value) -> Number:
    """Return `value`, the number that it is. Raise FactsInvalid otherwise; NaN is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN differs from itself
        raise FactsInvalid(unfit(field, value, NUMBER))
    return value


def text_of(field: str, value: Value) -> str:
    """Return `value`, the text that it is. Raise FactsInvalid otherwise."""
    if not isinstance(value, str):
        raise FactsInvalid(unfit(field, value, TEXT))
    return value


def flag_of(field: str, value: Value) -> bool:
    """Return `value`, the flag that it is. Raise FactsInvalid otherwise."""
    if not isinstance(value, bool):
        raise FactsInvalid(unfit(field, value, FLAG))
    return value


def members_of(field: str, value: Value) -> frozenset[str]:
    """Return `value`, the set that it is. Raise FactsInvalid otherwise."""
    if not isinstance(value, frozenset):
        raise FactsInvalid(unfit(field, value, SET))
    return value
