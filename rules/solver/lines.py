"""Where a number lies between the constants that it is compared with.

Of n constants there are 2n+1 places: below the first, on it, between it and the second, and so on. No condition can
tell two numbers of one place apart. A place that holds no number of the field's kind and range is empty.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rules.vocabulary import MAX_NUMBER, Field, Type

Number = int | float

_MOST_DECIMALS = 17


@dataclass(frozen=True)
class Line:
    """The constants of one field, each once and ascending."""

    field: Field
    constants: tuple[Number, ...]

    @classmethod
    def of(cls, field: Field, constants: Iterable[Number]) -> Line:
        """Return the line of a field's constants in any order."""
        return cls(field, tuple(sorted(set(constants))))

    @cached_property
    def values(self) -> tuple[Number | None, ...]:
        """For each place the number nearest to zero and shortest to write that lies there; None where it is empty."""
        return tuple(self._value(place) for place in range(2 * len(self.constants) + 1))

    def place(self, value: Number) -> int:
        """Return where a number lies."""
        index = bisect_left(self.constants, value)
        return 2 * index + (index < len(self.constants) and self.constants[index] == value)

    def index(self, constant: Number) -> int:
        """Return the index of a constant of the line."""
        return bisect_left(self.constants, constant)

    def knows(self, constant: Number) -> bool:
        """Tell whether the number is one of the constants."""
        return self.place(constant) % 2 == 1

    def _value(self, place: int) -> Number | None:
        index, on = divmod(place, 2)
        if on:
            return self._exact(self.constants[index])
        below = self.constants[index - 1] if index else None
        above = self.constants[index] if index < len(self.constants) else None
        return self._between(below, above)

    def _exact(self, constant: Number) -> Number | None:
        if not self._in_range(constant):
            return None
        if self.field.type is Type.INTEGER:
            return int(constant) if constant == int(constant) else None
        return float(constant) if float(constant) == constant else None

    def _between(self, below: Number | None, above: Number | None) -> Number | None:
        """Return a number strictly between two constants (None: no limit on that side)."""
        low, high = self._range
        low, high = low if below is None else max(low, below), high if above is None else min(high, above)
        if low > high:
            return None
        for candidate in self._candidates(low, high):
            inside = (below is None or candidate > below) and (above is None or candidate < above)
            if inside and self._in_range(candidate):
                return candidate
        return None

    def _candidates(self, low: Number, high: Number) -> Iterable[Number]:
        """Yield numbers of the field's kind from the one that reads best to the one that always fits."""
        whole = [0, math.ceil(low), math.floor(low) + 1, math.floor(high), math.ceil(high) - 1]
        whole = sorted(whole, key=lambda number: (abs(number), number < 0))
        if self.field.type is Type.INTEGER:
            yield from whole
            return
        yield from map(float, whole)
        for decimals in range(1, _MOST_DECIMALS):
            step = 10.0**decimals
            for near in (math.floor(low * step) + 1, math.ceil(high * step) - 1):
                yield near / step
        yield math.nextafter(low, math.inf)
        yield math.nextafter(high, -math.inf)

    @property
    def _range(self) -> tuple[Number, Number]:
        low, high = self.field.minimum, self.field.maximum
        return -MAX_NUMBER if low is None else low, MAX_NUMBER if high is None else high

    def _in_range(self, value: Number) -> bool:
        low, high = self._range
        return low <= value <= high
