"""Plots as plain numbers for SVG: how long a bar is, where a column stands. A page of them needs no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 100.0
"""Length of the longest bar, in units of its own viewBox."""
HEIGHT: Final = 30.0
"""Height of the highest column."""
MOST_COLUMNS: Final = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """The lengths of two bars, before and after, on a scale that all rows of a table share."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Column:
    """One stretch of days: all its tickets and those that change. Places and heights are in units of the viewBox."""

    first: date
    last: date
    tickets: int
    changed: int
    left: float
    width: float
    height: float
    changed_height: float


def pairs(counts: Sequence[tuple[int, int]]) -> tuple[Pair, ...]:
    """Return the bars of some rows; the longest is as long as there is room."""
    most = max((count for pair in counts for count in pair), default=0)
    return tuple(Pair(_length(before, most), _length(after, most)) for before, after in counts)


def single(counts: Sequence[int]) -> tuple[float, ...]:
    """Return the lengths of single bars, the longest as long as there is room."""
    most = max(counts, default=0)
    return tuple(_length(count, most) for count in counts)


def columns(tickets: Mapping[date, int], changed: Mapping[date, int]) -> tuple[Column, ...]:
    """Return the days from first to last as columns, some days together when there are many; empty without tickets."""
    if not tickets:
        return ()
    first, last = min(tickets), max(tickets)
    days = (last - first).days + 1
    span = -(-days // MOST_COLUMNS)
    every: Counter[int] = Counter()
    other: Counter[int] = Counter()
    for sums, counted in ((every, tickets), (other, changed)):
        for day, count in counted.items():
            sums[(day - first).days // span] += count
    most = max(every.values())
    number = -(-days // span)
    room = WIDTH / number
    return tuple(
        Column(
            first + timedelta(days=index * span),
            min(first + timedelta(days=(index + 1) * span - 1), last),
            every[index],
            other[index],
            round(index * room + room * 0.1, 3),
            round(room * 0.8, 3),
            round(HEIGHT * every[index] / most, 3),
            round(HEIGHT * other[index] / most, 3),
        )
        for index in range(number)
    )


def _length(count: int, most: int) -> float:
    return round(WIDTH * count / most, 2) if most else 0.0
