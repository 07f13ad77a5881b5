"""How honest confidence is, as a plot: one point for each stretch, and the diagonal on which it would be honest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rules.evaluation import Bin, Reliability

SIDE: Final = 100.0
"""Width and height of the plot, in units of its viewBox; confidence goes right, accuracy goes up."""
_LARGEST: Final = 5.0
_SMALLEST: Final = 1.2


@dataclass(frozen=True, slots=True)
class Point:
    """Where a stretch of confidence stands, and how large it is drawn: its area is its share of the decisions."""

    stretch: Bin
    x: float
    y: float
    radius: float


def points(found: Reliability) -> Sequence[Point]:
    """Return the points of a plot, from unsure to sure; the fullest stretch is drawn largest."""
    bins = found.bins
    most = max((one.decisions for one in bins), default=0.0)
    return tuple(
        Point(
            one,
            round(SIDE * one.confidence, 2),
            round(SIDE * (1 - one.accuracy), 2),
            round(max(_SMALLEST, _LARGEST * math.sqrt(one.decisions / most)), 2),
        )
        for one in bins
    )
