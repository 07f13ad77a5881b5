"""Facts stored as columns: what many rules are tried on at once, and the export format of backtests.

Nothing is lost: `Columns.of(facts).facts(row)` gives back the facts of that row, int and float told apart, whatever
the texts. Only the zone of `taken_at` becomes UTC, the instant stays; and of `signals` among the values, which nobody
reads beside `Facts.signals`, there is no trace.

On disk a folder of Parquet files that any tool reads:

    facts.parquet           a row per ticket in order: `@taken_at` (UTC, microseconds), a column per field that some
                            ticket knows (types: `rules.bulk.table`), `signals`, and for each collection that some
                            ticket has `@items.<collection>`: how many items, null where the collection is not given
    <collection>.parquet    a row per item, in order of the tickets: `@row`, the ticket's place in facts.parquet from
                            0, and a column per field that some item knows

Each file says `sidecue_facts: 1` in its metadata.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from rules.bulk.table import Record, Table, checked, columns_of, field_columns
from rules.errors import FactsInvalid
from rules.facts import clock_of
from rules.model import Facts
from rules.text import Text, placed
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field

SIGNALS: Final = "signals"
TAKEN_AT: Final = "@taken_at"
ITEMS: Final = "@items."
ROW: Final = "@row"
FACTS_FILE: Final = "facts.parquet"
SCHEMA: Final = {"sidecue_facts": "1"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Many facts as columns; row n is the nth of the facts it was made of. Immutable.

    `wide` holds what is known of each ticket and customer; `items` the items of each collection that some row has.
    """

    wide: Table
    items: Mapping[str, Table]

    @classmethod
    def of(
        cls,
        facts: Iterable[Facts],
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> Columns:
        """Return the columns of `facts`.

        Raise FactsInvalid for a field or collection there is not, a value of another type than its field's, and a
        clock without a time zone.
        """
        rows = list(facts)
        columns = [pl.Series(TAKEN_AT, [clock_of(row) for row in rows], dtype=pl.Datetime("us", "UTC"))]
        columns += columns_of([row.values for row in rows], fields, beside=SIGNALS)
        if SIGNALS in fields:
            columns += field_columns(fields[SIGNALS], [row.signals for row in rows])
        elif any(row.signals for row in rows):
            raise FactsInvalid(
                Text(
                    f"não há o campo {SIGNALS!r}, e alguns fatos têm sinais",
                    f"there is no field {SIGNALS!r}, and some facts have signals",
                )
            )
        items: dict[str, Table] = {}
        for name in sorted({name for row in rows for name in row.collections}):
            if name not in collections:
                raise FactsInvalid(
                    Text(
                        f"não há a coleção {name!r}; há {', '.join(collections)}",
                        f"there is no collection {name!r}; there are {', '.join(collections)}",
                    )
                )
            counts, items[name] = _items_of([row.collections.get(name) for row in rows], collections[name])
            columns.append(counts)
        return cls(Table(pl.DataFrame(columns), fields), items)

    def __len__(self) -> int:
        return self.wide.frame.height

    def facts(self, row: int) -> Facts:
        """Return the facts of one row, counted from 0. Raise IndexError when there is no such row."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        return next(self._facts(row, 1))

    def __iter__(self) -> Iterator[Facts]:
        """Yield the facts of every row in order: much faster than row by row."""
        return self._facts(0, len(self))

    def _facts(self, start: int, count: int) -> Iterator[Facts]:
        wide = self.wide.records(start, count)
        clocks = self.wide.frame[TAKEN_AT].slice(start, count).to_list()
        collections: list[dict[str, tuple[Record, ...]]] = [{} for _ in wide]
        for name, table in self.items.items():
            counts = self.wide.frame[ITEMS + name]
            here = counts.slice(start, count)
            items = iter(table.records(int(counts.head(start).sum()), int(here.sum())))
            for found, many in zip(collections, here.to_list(), strict=True):
                if many is not None:
                    found[name] = tuple(itertools.islice(items, many))
        for values, found, clock in zip(wide, collections, clocks, strict=True):
            signals = values.pop(SIGNALS, frozenset())
            yield Facts(values, frozenset(signals), found, clock)  # type: ignore[arg-type]  # a set, by the field's type

    def without_fields(self, names: Iterable[str]) -> Columns:
        """Return the same facts with these fields of the ticket and customer unknown."""
        return Columns(self.wide.without(names), self.items)

    def with_fields(self, series: Iterable[pl.Series]) -> Columns:
        """Return the same facts with these fields, each a column of the type its field has here."""
        return Columns(self.wide.with_columns(series), self.items)

    def write_parquet(self, folder: Path) -> None:
        """Write the files into `folder`, which is made when it is not there; facts.parquet comes last."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in self.items.items():
            _write(table.frame, folder / f"{name}.parquet")
        _write(self.wide.frame, folder / FACTS_FILE)

    @classmethod
    def read_parquet(
        cls,
        folder: Path,
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> Columns:
        """Return what `write_parquet` wrote. Raise FactsInvalid, naming the file, for anything else."""
        wide = _read(folder / FACTS_FILE, fields, TAKEN_AT, pl.Datetime("us", "UTC"))
        items: dict[str, Table] = {}
        for column in wide.columns:
            if column.startswith(ITEMS):
                name = column.removeprefix(ITEMS)
                if name not in collections:
                    raise FactsInvalid(
                        Text(
                            f"{folder / FACTS_FILE}: não há a coleção {name!r}",
                            f"{folder / FACTS_FILE}: there is no collection {name!r}",
                        )
                    )
                path = folder / f"{name}.parquet"
                frame = _read(path, collections[name].fields, ROW, pl.UInt32())
                if not frame[ROW].equals(_rows_of(wide[column])):
                    raise FactsInvalid(
                        Text(
                            f"{path}: os itens não são os que {FACTS_FILE} conta; grave a pasta inteira de novo",
                            f"{path}: its items are not those that {FACTS_FILE} counts; write the whole folder again",
                        )
                    )
                items[name] = Table(frame, collections[name].fields)
        if SIGNALS in fields and (SIGNALS not in wide.columns or wide[SIGNALS].null_count()) and wide.height:
            raise FactsInvalid(
                Text(
                    f"{folder / FACTS_FILE}: alguns chamados não têm {SIGNALS}, que sempre se conhecem",
                    f"{folder / FACTS_FILE}: some tickets have no {SIGNALS}: they are always known",
                )
            )
        return cls(Table(wide, fields), items)


def _items_of(
    given: Sequence[Sequence[Mapping[str, object]] | None], collection: Collection
) -> tuple[pl.Series, Table]:
    """Return how many items each row has, and the items of all rows."""
    counts = pl.Series(
        ITEMS + collection.name, [None if items is None else len(items) for items in given], dtype=pl.UInt32
    )
    flat = [item for items in given if items is not None for item in items]
    try:
        columns = columns_of(flat, collection.fields)  # type: ignore[arg-type]  # values are checked there
    except FactsInvalid as error:
        raise FactsInvalid(placed(collection.name, error.text)) from error
    return counts, Table(pl.DataFrame([_rows_of(counts), *columns]), collection.fields)


def _rows_of(counts: pl.Series) -> pl.Series:
    """Return the row that each item belongs to, from how many items the rows have."""
    rows = pl.int_range(len(counts), dtype=pl.UInt32, eager=True)
    return pl.DataFrame([rows.alias(ROW), counts.alias("count").fill_null(0)]).select(
        pl.col(ROW).repeat_by("count").explode(empty_as_null=False)
    )[ROW]


def _write(frame: pl.DataFrame, path: Path) -> None:
    """Write a file that is there whole or not at all."""
    unfinished = path.with_name(f"{path.name}.part")
    frame.write_parquet(unfinished, metadata=SCHEMA)
    unfinished.replace(path)


def _read(path: Path, fields: Mapping[str, Field], key: str, dtype: pl.DataType) -> pl.DataFrame:
    try:
        metadata = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FactsInvalid(
            Text(f"{path}: não pode ser lido como Parquet: {error}", f"{path}: it cannot be read as Parquet: {error}")
        ) from error
    if {name: metadata.get(name) for name in SCHEMA} != SCHEMA:
        raise FactsInvalid(
            Text(
                f"{path}: estes não são fatos do esquema {SCHEMA['sidecue_facts']} como o Sidecue os grava",
                f"{path}: these are not facts of schema {SCHEMA['sidecue_facts']} as Sidecue writes them",
            )
        )
    if frame.schema.get(key) != dtype or frame[key].null_count():
        raise FactsInvalid(
            Text(
                f"{path}: precisa de uma coluna {key!r} de {dtype} sem nulos",
                f"{path}: it needs a column {key!r} of {dtype} without nulls",
            )
        )
    return checked(frame, fields, str(path))
