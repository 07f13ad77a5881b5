"""Where a property's value stands for one line: what the line's tests on it can tell apart, and no more.

A line that wants `seats` to be at least 5 sees two places, below and not below; one that wants `tier` to be neither
`key` nor `vip` sees three. The fewer places there are, the fewer questions can be put to the engine.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rules.engine.formula import Compare

MOST_PLACES: Final = 4_096
"""Ways of testing a property whose places are kept: most rules test as another one does."""
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


def place_of(tests: Sequence[Compare]) -> tuple[Place, int | None]:
    """Return the places that these tests on one property tell apart, and the sole one in which all of them hold.

    None instead of the latter when there are several, or no value meets them all.
    """
    return _place_of(tuple([(test.op, test.value) for test in tests]))


@lru_cache(MOST_PLACES)
def _place_of(tests: tuple[tuple[str, int], ...]) -> tuple[Place, int | None]:
    cuts = sorted({value for op, value in tests if op in _STARTS} | {value + 1 for op, value in tests if op in _ENDS})
    if any(op not in {"$eq", "$neq"} for op, _ in tests):
        labels = tuple(range(len(cuts) + 1))
    else:
        numbered = {value: label for label, value in enumerate(sorted({value for _, value in tests}), 1)}
        labels = (0, *(numbered.get(cut, 0) for cut in cuts))
    met = {
        label
        for value, label in zip((cuts[0] - 1, *cuts), labels, strict=True)
        if value >= 0 and all(_HOLDS[op](value, constant) for op, constant in tests)
    }
    return Place(tuple(cuts), labels), met.pop() if len(met) == 1 else None
