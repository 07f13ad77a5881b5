"""Numbers of any size against the numbers a column can hold, exactly as Python compares them.

A bound from a rule is moved to the next number the column can hold; from there on the column's own comparison of two
64-bit numbers is exact, and no rule compares an integer with a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Number = int | float

WHOLE_MIN: Final = -(2**63)
WHOLE_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Grid:
    """The numbers of one kind of column. Both functions return None when no number of the column is so large."""

    at_least: Callable[[Number], Number | None]
    """The least number of the column that is not below."""
    above: Callable[[Number], Number | None]
    """The least number of the column that is above."""


def _whole_at_least(number: Number) -> int | None:
    if isinstance(number, float) and math.isinf(number):
        return None if number > 0 else WHOLE_MIN
    return _whole(math.ceil(number))


def _whole_above(number: Number) -> int | None:
    if isinstance(number, float) and math.isinf(number):
        return None if number > 0 else WHOLE_MIN
    return _whole(math.floor(number) + 1)


def _whole(number: int) -> int | None:
    return max(number, WHOLE_MIN) if number <= WHOLE_MAX else None


def _real_at_least(number: Number) -> float:
    try:
        nearest = float(number)
    except OverflowError:
        # the least float that is not below a number past all of them
        return math.inf if number > 0 else math.nextafter(-math.inf, 0.0)
    return nearest if nearest >= number else math.nextafter(nearest, math.inf)


def _real_above(number: Number) -> float | None:
    least = _real_at_least(number)
    if least > number:
        return least
    return None if math.isinf(least) and least > 0 else math.nextafter(least, math.inf)


WHOLE: Final = Grid(_whole_at_least, _whole_above)
"""64-bit integers."""
REAL: Final = Grid(_real_at_least, _real_above)
"""64-bit floats; NaN is in no column."""
