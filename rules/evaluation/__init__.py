"""Decisions held against labels: how often they are right, what the errors cost, and how honest the confidence is.

Knows no file and no terminal: `Tally` takes labelled decisions one by one and adds up; the figures are worked out of
its counts.
"""

from __future__ import annotations

from rules.evaluation.confusion import Confusion
from rules.evaluation.measures import (
    DEFAULT_COSTS,
    DEFAULT_PRIOR,
    Floor,
    MeasureInvalid,
    parse_costs,
    parse_floors,
    parse_prior,
)
from rules.evaluation.reliability import Bin, Reliability
from rules.evaluation.tally import Error, Judged, RuleCount, Tally, stands_for

__all__ = [
    "DEFAULT_COSTS",
    "DEFAULT_PRIOR",
    "Bin",
    "Confusion",
    "Error",
    "Floor",
    "Judged",
    "MeasureInvalid",
    "Reliability",
    "RuleCount",
    "Tally",
    "parse_costs",
    "parse_floors",
    "parse_prior",
    "stands_for",
]
