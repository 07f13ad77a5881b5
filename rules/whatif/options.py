"""Which other values a fact may take: one for each difference that a rule could see, the nearest of its kind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rules.conditions import Scalar
from rules.errors import FactsInvalid
from rules.solver.lines import Line
from rules.vocabulary import Field, Type
from rules.whatif.edits import Value

Number = int | float

_MOST_DECIMALS: Final = 7
"""Finer than that no value is looked for that reads well: then any value of the right size will do."""


@dataclass(frozen=True, slots=True)
class Option:
    """Another value. `steps` says how far it is: by how many options it lies away from the present value.

    Of an unknown fact, and of a text, every value is one step away. `any_other` marks a text that stands for all that
    no rule names.
    """

    value: Value
    steps: int
    any_other: bool = False


def of_numbers(field: Field, line: Line | None, now: Number | None, also: Iterable[Number] = ()) -> tuple[Option, ...]:
    """Return a number for every place between the constants of the line, and those named besides; the nearest first."""
    found = {value for given in also if (value := _taken(field, given)) is not None}
    here = line.place(now) if line is not None and now is not None else None
    for place, plain in enumerate(line.values if line is not None else ()):
        if plain is not None and place != here and line is not None:
            found.add(plain if now is None else _nearest(line, place, now, plain))
    found.discard(now)
    if now is None:
        return tuple(Option(value, 1) for value in sorted(found, key=lambda value: (abs(value), value < 0)))
    above = sorted(value for value in found if value > now)
    below = sorted((value for value in found if value < now), reverse=True)
    ranked = [(steps, abs(value - now), value) for side in (above, below) for steps, value in enumerate(side, start=1)]
    return tuple(Option(value, steps) for steps, _, value in sorted(ranked))


def of_values(field: Field, now: Value | None) -> tuple[Option, ...]:
    """Return every other value of an enumeration or flag, the nearest in their order first."""
    values: Sequence[Scalar] = (False, True) if field.type is Type.FLAG else field.values
    if now is None:
        return tuple(Option(value, 1) for value in values)
    present = values.index(now) if now in values else 0
    options = [Option(value, abs(place - present) or 1) for place, value in enumerate(values) if value != now]
    return tuple(sorted(options, key=lambda option: option.steps))


def of_texts(named: Iterable[str], now: Value | None, *, needs_other: bool) -> tuple[Option, ...]:
    """Return every text that a rule names or compares with; with `needs_other` one besides, which nobody names."""
    names = tuple(dict.fromkeys(named))
    options = [Option(name, 1) for name in names if name != now]
    if needs_other:
        other = "another"
        while other in names or other == now:
            other += "'"
        options.append(Option(other, 1, any_other=True))
    return tuple(options)


def shares(wanted: Iterable[Number], *, whole: Number | None = None, part: Number | None = None) -> set[Number]:
    """Return the numbers at which part / whole passes one of the shares: one of the two is given, the other asked."""
    found: set[Number] = set()
    for share in wanted:
        if whole is not None:
            edge = math.floor(share * whole)
        elif part is not None and share > 0:
            edge = math.floor(part / share)
        else:
            continue
        found |= {edge - 1, edge, edge + 1, edge + 2}
    return found


def _taken(field: Field, value: Number) -> Number | None:
    """Return the number as the field holds it, None when it cannot."""
    try:
        taken = field.accept(value)
    except FactsInvalid:
        return None
    return taken if isinstance(taken, int | float) else None


def _nearest(line: Line, place: int, now: Number, plain: Number) -> Number:
    """Return the number of a place that is nearest to `now` and still reads well; `plain` when there is none."""
    index, on = divmod(place, 2)
    if on:
        return plain
    below = line.constants[index - 1] if index else None
    above = line.constants[index] if index < len(line.constants) else None
    for decimals in range(1 if line.field.type is Type.INTEGER else _MOST_DECIMALS):
        scale = 10**decimals
        if below is not None and now <= below:
            candidate = (math.floor(below * scale) + 1) / scale
        elif above is not None:
            candidate = (math.ceil(above * scale) - 1) / scale
        else:
            return plain
        value = _taken(line.field, candidate)
        if value is not None and line.place(value) == place:
            return value
    return plain
