"""Facts as the engine sees them: properties that are small whole numbers, and nothing else.

durable-rules compares doubles through text, clamps whole numbers beyond 2^63, reads past strings it compares with
numbers, and takes no exponent without a point. None of it can happen to a property that is a small whole number, so
the values themselves stay here:

number      its rank among the constants that rules compare the field with: of sorted constants c0 < c1 < …,
            c0 is 1, c1 is 3, …; a value below c0 is 0, between c0 and c1 is 2, and so on. Facts and constants are
            placed by Python's own comparison (exact between int and float of any size), and ranks keep the order:
            the engine compares as Python does on every value, with no grid in between
text, enum  the number of the constant that it is, from 1; 0 for any other text
flag        1 or 0
set         for each question (holds any of these, holds all of these) 1 when it does, there only when a rule wants
            it to; 0 when it does not, there only when a rule wants it not to
known       1 or 0, always there
same_as     1 or 0, there only when both fields are known
join key    a number per distinct value of one evaluation: equal values have equal keys

A field that is unknown has no property, and the engine meets no test on a property that is not there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from rules.conditions import Scalar
from rules.errors import FactsInvalid

Value = Scalar | frozenset[str] | None
Values = Mapping[str, Scalar | frozenset[str]]
Number = int | float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A number field; `constants` are sorted and distinct."""

    field: str
    prop: str
    constants: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """A text or enum field and the number of each constant, from 1."""

    field: str
    prop: str
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag field."""

    field: str
    prop: str


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a field of any type is known."""

    field: str
    prop: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a set holds `members`: every one of them, or any.

    `wanted`: some rule wants it to; `unwanted`: some rule wants it not to.
    """

    prop: str
    members: frozenset[str]
    every: bool
    wanted: bool
    unwanted: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A set field and every question that rules ask of it."""

    field: str
    questions: tuple[Holds, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """Whether two fields of one fact are equal."""

    field: str
    other: str
    prop: str


@dataclass(frozen=True, slots=True)
class Key:
    """A field whose value is compared with a field of another fact."""

    field: str
    prop: str


@dataclass(frozen=True, slots=True)
class Encoding:
    """Every property of one kind of fact."""

    ranked: tuple[Ranked, ...] = ()
    coded: tuple[Coded, ...] = ()
    flagged: tuple[Flagged, ...] = ()
    known: tuple[Known, ...] = ()
    held: tuple[Held, ...] = ()
    same: tuple[Same, ...] = ()
    keys: tuple[Key, ...] = ()

    def encode(self, values: Values) -> dict[str, int]:
        """Return the properties of `values`, join keys left out. Raise FactsInvalid for a value of another type."""
        out: dict[str, int] = {}
        self._encode_values(values, out)
        for known in self.known:
            out[known.prop] = 0 if values.get(known.field) is None else 1
        for same in self.same:
            left, right = values.get(same.field), values.get(same.other)
            if left is not None and right is not None:
                out[same.prop] = 1 if left == right else 0
        return out

    def _encode_values(self, values: Values, out: dict[str, int]) -> None:
        for ranked in self.ranked:
            number = values.get(ranked.field)
            if number is not None:
                out[ranked.prop] = rank(ranked.constants, _number(ranked.field, number))
        for coded in self.coded:
            text = values.get(coded.field)
            if text is not None:
                out[coded.prop] = coded.codes.get(_text(coded.field, text), 0)
        for flagged in self.flagged:
            flag = values.get(flagged.field)
            if flag is not None:
                out[flagged.prop] = _flag(flagged.field, flag)
        for held in self.held:
            members = values.get(held.field)
            if members is not None:
                _hold(held.questions, _members(held.field, members), out)

    def encode_keys(self, values: Values, codes: dict[Value, int]) -> dict[str, int]:
        """Return the join keys of `values`; `codes` is shared by all facts of one evaluation and grows."""
        out: dict[str, int] = {}
        for key in self.keys:
            value = values.get(key.field)
            if value is not None:
                out[key.prop] = codes.setdefault(value, len(codes))
        return out


def rank(constants: tuple[Number, ...], number: Number) -> int:
    """Return where `number` stands among sorted constants: odd on a constant, even between two."""
    index = bisect_left(constants, number)
    return 2 * index + (1 if index < len(constants) and constants[index] == number else 0)


def _hold(questions: tuple[Holds, ...], members: frozenset[str], out: dict[str, int]) -> None:
    for asked in questions:
        if asked.members <= members if asked.every else not asked.members.isdisjoint(members):
            if asked.wanted:
                out[asked.prop] = 1
        elif asked.unwanted:
            out[asked.prop] = 0


def _number(field: str, value: Value) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN differs from itself
        raise FactsInvalid(f"{field}: {value!r} does not fit: it needs a number")
    return value


def _text(field: str, value: Value) -> str:
    if not isinstance(value, str):
        raise FactsInvalid(f"{field}: {value!r} does not fit: it needs a text")
    return value


def _flag(field: str, value: Value) -> int:
    if not isinstance(value, bool):
        raise FactsInvalid(f"{field}: {value!r} does not fit: it needs true or false")
    return int(value)


def _members(field: str, value: Value) -> frozenset[str]:
    if not isinstance(value, frozenset):
        raise FactsInvalid(f"{field}: {value!r} does not fit: it needs a set of texts")
    return value
