"""One test of a condition as a Polars expression: true, false, or null where nobody knows."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from rules.bulk import texts
from rules.bulk.numbers import REAL, WHOLE, Number
from rules.bulk.table import EXACT, Table, number_of
from rules.conditions import Op, Test
from rules.vocabulary import Type
from rules.vocabulary.questions import constants_of

OTHER: Final = "@other."
"""In front of the columns of the ticket and customer that stand beside items, for `same_as`."""
MASK: Final = "@mask."
WORD: Final = 64
"""Members of a set that one mask tells apart."""

_COMPARED: Final[Mapping[Op, Callable[[Number, Any], bool]]] = {
    Op.EQUALS: operator.eq,
    Op.ABOVE: operator.gt,
    Op.AT_LEAST: operator.ge,
    Op.BELOW: operator.lt,
    Op.AT_MOST: operator.le,
    Op.BETWEEN: lambda number, bounds: bounds[0] <= number <= bounds[1],
}


@dataclass(frozen=True, slots=True)
class _Held:
    """The members of one set field that some test asks for, each with a bit of its own in one of the masks."""

    masks: tuple[str, ...]
    bits: Mapping[str, tuple[int, int]]


class Asked:
    """The records of a table, ready to answer a known list of tests.

    `others`: the ticket and customer of each record, when the records are items; their columns that a `same_as` of
    `tests` looks at are laid beside the items.
    """

    def __init__(self, table: Table, tests: Iterable[Test], others: Table | None = None, rows: str = "") -> None:
        self._fields = table.fields
        frame = table.frame
        wanted: dict[str, dict[str, None]] = {}
        beside: dict[str, None] = {}
        for test in tests:
            if test.op is Op.SAME_AS:
                beside[str(test.value)] = None
            elif self._fields[test.field].type is Type.SET and test.op is not Op.KNOWN:
                members = wanted.setdefault(test.field, {})
                members.update(dict.fromkeys(texts.written(str(value)) for value in constants_of(test)))
        self._beside = ""
        if others is not None:
            self._beside = OTHER
            frame = frame.with_columns(
                others.frame[column].gather(frame[rows]).alias(OTHER + column)
                for name in beside
                for column in (name, EXACT + name)
                if column in others.frame.columns
            )
        self._held: dict[str, _Held] = {}
        for name, asked in wanted.items():
            if name in frame.columns:
                self._held[name], masks = _masks(frame[name], asked)
                frame = frame.with_columns(masks)
        self.frame = frame
        self._columns = frozenset(frame.columns)

    def truth(self, test: Test) -> pl.Expr:
        """Return the truth of one of the tests."""
        name = test.field
        if test.op is Op.KNOWN:
            return self._known(name) if test.value else ~self._known(name)
        if test.op is Op.SAME_AS:
            return self._same(name, self._beside + str(test.value), self._beside)
        match self._fields[name].type:
            case Type.INTEGER | Type.NUMBER:
                return self._number(name, test.op, test.value)
            case _ if name not in self._columns:
                return _UNKNOWN
            case Type.FLAG:
                return pl.col(name) if test.value else ~pl.col(name)
            case Type.SET:
                return self._set(name, test)
            case _:
                truth = self._within(name, map(str, constants_of(test)))
                return ~truth if test.op is Op.NOT_IN else truth

    def _known(self, name: str) -> pl.Expr:
        known = [pl.col(column).is_not_null() for column in (name, EXACT + name) if column in self._columns]
        return pl.any_horizontal(known) if known else pl.lit(False)

    def _always(self, name: str, truth: bool) -> pl.Expr:  # noqa: FBT001 - a truth value
        """Return `truth` where the column is known."""
        return pl.when(pl.col(name).is_not_null()).then(pl.lit(truth))

    def _within(self, name: str, values: Iterable[str]) -> pl.Expr:
        dtype = self.frame.schema[name]
        there = _categories(dtype)
        written = (texts.written(value) for value in dict.fromkeys(values))
        met = [pl.col(name) == pl.lit(value, dtype=dtype) for value in written if value in there]
        return any_of(met or [self._always(name, False)])

    def _set(self, name: str, test: Test) -> pl.Expr:
        held = self._held[name]
        members = [texts.written(str(value)) for value in constants_of(test)]
        wanted: dict[int, int] = {}
        for member in members:
            if member in held.bits:
                word, bit = held.bits[member]
                wanted[word] = wanted.get(word, 0) | bit
        if test.op is Op.HAS_ALL or test.op is Op.HAS:
            if any(member not in held.bits for member in members):
                return self._always(name, False)
            met = [self._bits(held, word, bits) == _bits(bits) for word, bits in wanted.items()]
            return every(met or [self._always(name, True)])
        met = [self._bits(held, word, bits) != _bits(0) for word, bits in wanted.items()]
        truth = any_of(met or [self._always(name, False)])
        return ~truth if test.op is Op.HAS_NONE else truth

    def _bits(self, held: _Held, word: int, bits: int) -> pl.Expr:
        return pl.col(held.masks[word]) & _bits(bits)

    def _number(self, name: str, op: Op, value: Any) -> pl.Expr:
        exact = EXACT + name
        truth = self._on_grid(name, op, value) if name in self._columns else _UNKNOWN
        if exact not in self._columns:
            return truth
        odd = self.frame[exact].drop_nulls().unique().to_list()
        answers = [_COMPARED[op](number_of(number), value) for number in odd]
        asked = pl.col(exact).replace_strict(odd, answers, default=None, return_dtype=pl.Boolean)
        return pl.when(pl.col(exact).is_not_null()).then(asked).otherwise(truth)

    def _on_grid(self, name: str, op: Op, value: Any) -> pl.Expr:
        dtype = self.frame.schema[name]
        grid = REAL if dtype.is_float() else WHOLE

        def not_below(bound: Number | None) -> pl.Expr:
            return self._always(name, False) if bound is None else pl.col(name) >= pl.lit(bound, dtype=dtype)

        match op:
            case Op.AT_LEAST:
                return not_below(grid.at_least(value))
            case Op.ABOVE:
                return not_below(grid.above(value))
            case Op.BELOW:
                return ~not_below(grid.at_least(value))
            case Op.AT_MOST:
                return ~not_below(grid.above(value))
            case Op.BETWEEN:
                return not_below(grid.at_least(value[0])) & ~not_below(grid.above(value[1]))
            case _:
                member = grid.at_least(value)
                if member != value:
                    return self._always(name, False)
                return pl.col(name) == pl.lit(member, dtype=dtype)

    def _same(self, name: str, other: str, beside: str) -> pl.Expr:
        exact = {name: EXACT + name, other: beside + EXACT + other.removeprefix(beside)}
        if self._columns.intersection(exact.values()):
            return self._same_exactly(name, exact[name], other, exact[other])
        if name not in self._columns or other not in self._columns:
            return _UNKNOWN
        left, right = self.frame.schema[name], self.frame.schema[other]
        if left == right:
            return pl.col(name) == pl.col(other)
        if isinstance(left, pl.Enum):
            return pl.col(name).cast(pl.String) == pl.col(other).cast(pl.String)
        real, whole = (name, other) if left.is_float() else (other, name)
        # a float that is no 64-bit integer becomes null; one that is cut to another number is caught by the second part
        cut = pl.col(real).cast(pl.Int64, strict=False)
        same = (cut == pl.col(whole)) & (cut.cast(pl.Float64) == pl.col(real))
        return pl.when(pl.col(real).is_not_null() & pl.col(whole).is_not_null()).then(same.fill_null(False))

    def _same_exactly(self, name: str, exact: str, other: str, other_exact: str) -> pl.Expr:
        """Compare one by one, as Python does: only where a number is not of its column's own kind."""
        pairs = zip(self._numbers(name, exact), self._numbers(other, other_exact), strict=True)
        same = [None if left is None or right is None else left == right for left, right in pairs]
        return pl.lit(pl.Series(same, dtype=pl.Boolean))

    def _numbers(self, column: str, exact: str) -> list[Number | None]:
        numbers: list[Number | None] = [None] * self.frame.height
        if column in self._columns:
            numbers = self.frame[column].to_list()
        if exact in self._columns:
            odd = self.frame[exact].to_list()
            numbers = [number if cell is None else number_of(cell) for number, cell in zip(numbers, odd, strict=True)]
        return numbers


_UNKNOWN: Final = pl.lit(None, dtype=pl.Boolean)


def every(parts: list[pl.Expr]) -> pl.Expr:
    """Return Kleene's conjunction; true when there is no part."""
    return pl.all_horizontal(parts) if len(parts) > 1 else parts[0] if parts else pl.lit(True)


def any_of(parts: list[pl.Expr]) -> pl.Expr:
    """Return Kleene's disjunction; false when there is no part."""
    return pl.any_horizontal(parts) if len(parts) > 1 else parts[0] if parts else pl.lit(False)


def _bits(bits: int) -> pl.Expr:
    return pl.lit(bits, dtype=pl.UInt64)


def _categories(dtype: pl.DataType) -> frozenset[str]:
    return frozenset(dtype.categories) if isinstance(dtype, pl.Enum) else frozenset()


def _masks(column: pl.Series, asked: Iterable[str]) -> tuple[_Held, list[pl.Series]]:
    """Return, for a column of sets, masks with a bit per asked member that some set may hold."""
    inner = column.dtype.inner if isinstance(column.dtype, pl.List) else None
    there = _categories(inner) if isinstance(inner, pl.Enum) else frozenset()
    members = [member for member in asked if member in there]
    masks: list[pl.Series] = []
    bits: dict[str, tuple[int, int]] = {}
    for word, start in enumerate(range(0, len(members), WORD)):
        part = members[start : start + WORD]
        powers = [1 << index for index in range(len(part))]
        bits |= {member: (word, power) for member, power in zip(part, powers, strict=True)}
        to_bit = pl.element().replace_strict(part, powers, default=0, return_dtype=pl.UInt64)
        # members of a set are distinct, so their bits add up to the mask
        found = column.to_frame("set").select(pl.col("set").list.eval(to_bit).list.sum())
        masks.append(found.to_series().alias(f"{MASK}{word}.{column.name}"))
    return _Held(tuple(mask.name for mask in masks), bits), masks
