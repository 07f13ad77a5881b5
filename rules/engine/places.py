"""Where a property's value stands for one line: what the line's tests on it can tell apart, and no more.

A line that wants `seats` to be at least 5 sees two places, below and not below; one that wants `tier` to be neither
`key` nor `vip` sees three. The fewer places there are, the fewer questions can be put to the engine.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.engine.formula import Compare

_STARTS: Final = frozenset({"$eq", "$neq", "$gte", "$lt"})
"""Comparisons whose answer changes from below their constant to the constant."""
_ENDS: Final = frozenset({"$eq", "$neq", "$gt", "$lte"})
"""Comparisons whose answer changes from their constant to above it."""
_HOLDS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "$eq": operator.eq,
    "$neq": operator.ne,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


class Place(NamedTuple):
    """The places of one property: those `cuts` that are not above a value say which of `labels` it has.

    Every test of the line keeps its answer when the value and the test's constant are replaced by their labels.
    """

    cuts: tuple[int, ...]
    labels: tuple[int, ...]

    def of(self, value: int) -> int:
        """Return the label of a value."""
        return self.labels[bisect_right(self.cuts, value)]


def place_of(tests: Sequence[Compare]) -> Place:
    """Return the places that these tests on one property tell apart."""
    cuts = sorted(
        {test.value for test in tests if test.op in _STARTS} | {test.value + 1 for test in tests if test.op in _ENDS}
    )
    if any(test.op not in {"$eq", "$neq"} for test in tests):
        return Place(tuple(cuts), tuple(range(len(cuts) + 1)))
    labels = {value: label for label, value in enumerate(sorted({test.value for test in tests}), 1)}
    return Place(tuple(cuts), (0, *(labels.get(cut, 0) for cut in cuts)))


def sole_place(tests: Sequence[Compare], place: Place) -> int | None:
    """Return the label that every value which meets all `tests` has; None when there are several, or no such value."""
    values = (place.cuts[0] - 1, *place.cuts)
    met = {
        label
        for value, label in zip(values, place.labels, strict=True)
        if value >= 0 and all(_HOLDS[test.op](value, test.value) for test in tests)
    }
    return met.pop() if len(met) == 1 else None
