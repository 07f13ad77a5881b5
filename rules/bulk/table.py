"""Records of one kind as columns, without loss: the tickets with their customers, or the items of one collection.

A field is one column under its own name; a field that no record knows has none; null is unknown.

integer     Int64
number      Float64
flag        Boolean
enum, text  Enum of the distinct texts, sorted
set         List of such an Enum, each list sorted
exact       `@exact.<field>`, String, only where some number is not of its column's own kind (a float in an integer
            field, an int in a number field, an int past 64 bits): that number, and null in its column

Texts are written as `rules.bulk.texts` says. What begins with `@` is no field.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from rules.bulk import texts
from rules.bulk.numbers import WHOLE_MAX, WHOLE_MIN, Number
from rules.conditions import Scalar
from rules.errors import FactsInvalid
from rules.text import Text, filled, placed
from rules.vocabulary import Field, Type, nearest
from rules.vocabulary.field import FLAG, NUMBER, SET, TEXT, no_field, unfit

Value = Scalar | frozenset[str]
Record = Mapping[str, Value]

_OTHER: Final = Text("{why}; foi gravado com outro vocabulário?", "{why}; was it written with another vocabulary?")
_COLUMN: Final = Text(
    "{place}: a coluna {column!r} não serve como {type}: {why}", "{place}: column {column!r} does not fit {type}: {why}"
)
EXACT: Final = "@exact."
_ABSENT: Final = type(None)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of records in order. `frame` may hold further columns that begin with `@`."""

    frame: pl.DataFrame
    fields: Mapping[str, Field]

    def records(self, start: int, count: int) -> list[dict[str, Value]]:
        """Return the records as they were given, from `start` on."""
        rows = self.frame.slice(start, count).iter_rows(named=True)
        return [self._record(row) for row in rows]

    def with_columns(self, series: Iterable[pl.Series]) -> Table:
        """Return the same records with these columns in place of theirs; a column of nulls only is left out."""
        put = list(series)
        kept = self.without(one.name for one in put).frame
        return Table(kept.with_columns([one for one in put if one.null_count() < len(one)]), self.fields)

    def without(self, names: Iterable[str]) -> Table:
        """Return the same records with these fields unknown."""
        columns = [column for name in names for column in (name, EXACT + name)]
        return Table(self.frame.drop(columns, strict=False), self.fields)

    def _record(self, row: Mapping[str, Any]) -> dict[str, Value]:
        record: dict[str, Value] = {}
        for column, cell in row.items():
            if cell is None:
                continue
            if column.startswith(EXACT):
                record[column.removeprefix(EXACT)] = number_of(cell)
            elif column in self.fields:
                record[column] = _value(cell)
        return record


def columns_of(records: Sequence[Record], fields: Mapping[str, Field], beside: str = "") -> list[pl.Series]:
    """Return the columns of `records`, but for the field `beside`, which is not looked at.

    Raise FactsInvalid for a name there is not, or a value of another type.
    """
    names = set(itertools.chain.from_iterable(records)) - {beside}
    for name in sorted(names - set(fields)):
        near = nearest(name, fields)
        raise FactsInvalid(no_field(name, near))
    return [
        column
        for name, field in fields.items()
        if name in names
        for column in field_columns(field, [record.get(name) for record in records])
    ]


def field_columns(field: Field, values: list[Any]) -> list[pl.Series]:
    """Return the column of one field, the exact one with it where there is need; none when nothing is known.

    Raise FactsInvalid for a value of another type.
    """
    types = set(map(type, values)) - {_ABSENT}
    if not types:
        return []
    match field.type:
        case Type.INTEGER | Type.NUMBER:
            return _numbers(field, values, types)
        case Type.FLAG:
            _only(field, values, bool, FLAG)
            return [pl.Series(field.name, values, dtype=pl.Boolean)]
        case Type.SET:
            return [_sets(field, values)]
        case _:
            if types != {str}:
                _only(field, values, str, TEXT)
                values = [value if value is None else str.__str__(value) for value in values]
            return [_texts(field.name, values)]


def number_of(exact: str) -> Number:
    """Return the number that an exact column holds."""
    return int(exact, 16) if "x" in exact else float(exact)


# --- writing ------------------------------------------------------------------------------------


def _numbers(field: Field, values: list[Any], types: set[type]) -> list[pl.Series]:
    own, dtype = (int, pl.Int64()) if field.type is Type.INTEGER else (float, pl.Float64())
    columns: list[pl.Series] | None = None
    if types == {own}:
        try:
            columns = [pl.Series(field.name, values, dtype=dtype)]
        except TypeError:  # an int past 64 bits
            columns = None
    if columns is None:
        columns = _odd_numbers(field, values, own, dtype)
    if field.type is Type.NUMBER and columns[0].is_nan().any():
        raise FactsInvalid(unfit(field.name, math.nan, NUMBER))
    return columns


def _odd_numbers(field: Field, values: list[Any], own: type[Number], dtype: pl.DataType) -> list[pl.Series]:
    """Return the numbers that the column cannot hold in a column of their own."""
    common: list[Number | None] = []
    exact: list[str | None] = []
    for value in values:
        if value is not None and not _is_number(value):
            raise FactsInvalid(unfit(field.name, value, NUMBER))
        fits = isinstance(value, own) and (own is float or WHOLE_MIN <= value <= WHOLE_MAX)
        common.append(value if fits else None)
        exact.append(_exact(value) if value is not None and not fits else None)
    columns = [pl.Series(field.name, common, dtype=dtype), pl.Series(EXACT + field.name, exact, dtype=pl.String)]
    return [columns[0], *(column for column in columns[1:] if column.null_count() < len(column))]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - NaN differs from itself


def _exact(value: Number) -> str:
    # hexadecimal, for Python refuses to write very long decimals
    return hex(value) if isinstance(value, int) else repr(float(value))


def _texts(name: str, values: list[str | None]) -> pl.Series:
    distinct = {value: texts.written(value) for value in dict.fromkeys(values) if value is not None}
    dtype = pl.Enum(sorted(distinct.values()))
    if any(value != as_written for value, as_written in distinct.items()):
        values = [value if value is None else distinct[value] for value in values]
    return pl.Series(name, values, dtype=dtype)


def _sets(field: Field, values: list[Any]) -> pl.Series:
    """Return the column of a set field: each distinct set is built once, then looked up."""
    _only(field, values, frozenset, SET)
    numbers: dict[frozenset[str], int] = {}
    picked = pl.Series(
        [None if value is None else numbers.setdefault(value, len(numbers)) for value in values], dtype=pl.UInt32
    )
    members = dict.fromkeys(itertools.chain.from_iterable(numbers))
    if not all(isinstance(member, str) for member in members):
        odd = next(member for member in members if not isinstance(member, str))
        raise FactsInvalid(unfit(field.name, odd, SET))
    written = {member: texts.written(member) for member in members}
    lists = [sorted([written[member] for member in found]) for found in numbers]
    return sets_column(field.name, lists, picked, pl.Enum(sorted(written.values())))


def sets_column(name: str, lists: Sequence[Sequence[str]], picked: pl.Series, dtype: pl.Enum) -> pl.Series:
    """Return a column of sets: `lists[picked[row]]` for each row, null where null is picked (UInt32).

    `lists` are distinct, sorted, and written.
    """
    # a List of Enum from Python lists takes seconds; a flat column that is grouped takes milliseconds
    flat = pl.Series("member", list(itertools.chain.from_iterable(lists)), dtype=dtype)
    owners = [index for index, members in enumerate(lists) for _ in members]
    grouped = pl.DataFrame([pl.Series("owner", owners, dtype=pl.UInt32), flat])
    members_of = grouped.group_by("owner", maintain_order=True).agg("member")
    empty = [index for index, members in enumerate(lists) if not members]
    place = {owner: index for index, owner in enumerate([*members_of["owner"].to_list(), *empty])}
    held = members_of["member"].extend(pl.Series([[] for _ in empty], dtype=pl.List(dtype)))
    places = pl.Series([place[index] for index in range(len(lists))], dtype=pl.UInt32)
    return held.gather(places.gather(picked)).alias(name)


def _only(field: Field, values: Iterable[Any], wanted: type, needs: Text) -> None:
    for value in values:
        if value is not None and not isinstance(value, wanted):
            raise FactsInvalid(unfit(field.name, value, needs))


# --- reading ------------------------------------------------------------------------------------


def _value(cell: Any) -> Value:
    if isinstance(cell, str):
        return texts.read(cell)
    if isinstance(cell, list):
        return frozenset(map(texts.read, cell))
    return cell  # type: ignore[no-any-return]  # a number or a flag, by the column's type


def checked(frame: pl.DataFrame, fields: Mapping[str, Field], place: str) -> pl.DataFrame:
    """Return a frame that was read from a file with the types of this module.

    Raise FactsInvalid, with `place`, for a column that is no field or holds something else.
    """
    columns = []
    for column in frame.iter_columns():
        name = column.name.removeprefix(EXACT)
        if column.name.startswith("@") and name == column.name:
            columns.append(column)
            continue
        field = fields.get(name)
        if field is None:
            near = nearest(name, fields)
            why = no_field(name, near)
            raise FactsInvalid(placed(place, why if near else filled(_OTHER, why=why)))
        fits = _EXACT_FITS if name != column.name else _FITS[field.type]
        try:
            columns.append(fits(column))
        except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
            raise FactsInvalid(
                filled(_COLUMN, place=place, column=column.name, type=field.type.value, why=error)
            ) from error
    return pl.DataFrame(columns)


def _plain(dtype: pl.DataType) -> Callable[[pl.Series], pl.Series]:
    def fits(column: pl.Series) -> pl.Series:
        if column.dtype != dtype:
            raise TypeError(f"it holds {column.dtype}, not {dtype}")
        if column.dtype.is_float() and column.is_nan().any():
            raise ValueError("it holds nan, which is no number")
        return column

    return fits


def _exactly(column: pl.Series) -> pl.Series:
    for cell in _plain(pl.String())(column).drop_nulls().unique():
        if not _is_number(number_of(cell)):
            raise ValueError(f"it holds {cell}, which is no number")
    return column


def _as_texts(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Enum):
        return column
    return _plain(pl.String())(column).cast(_enum(column))


def _as_sets(column: pl.Series) -> pl.Series:
    inner = column.dtype.inner if isinstance(column.dtype, pl.List) else None
    if not isinstance(inner, pl.Enum):
        if inner != pl.String():
            raise TypeError(f"it holds {column.dtype}, not lists of texts")
        column = column.cast(pl.List(_enum(column.explode())))
    if not (column.list.n_unique() == column.list.len()).all():
        raise ValueError("a set of it holds a text twice")
    return column


def _enum(column: pl.Series) -> pl.Enum:
    return pl.Enum(column.drop_nulls().unique().sort())


_EXACT_FITS: Final = _exactly
_FITS: Final[Mapping[Type, Callable[[pl.Series], pl.Series]]] = {
    Type.INTEGER: _plain(pl.Int64()),
    Type.NUMBER: _plain(pl.Float64()),
    Type.FLAG: _plain(pl.Boolean()),
    Type.ENUM: _as_texts,
    Type.TEXT: _as_texts,
    Type.SET: _as_sets,
}
