"""Confidence fitted to how often decisions with such scores are right: a logistic function of margin and strength.

What is minimised over the three numbers of the calibration, margin and strength at least 0 (more votes never make a
decision less sure), is

    - Σ weight · log P(what came out) + 1 / 2 · (margin² + strength²) + 0.01 / 2 · intercept²,
    P(right) = 1 / (1 + exp(-(intercept + margin · (top - second) + strength · top))).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import minimize

from rules.decide import classify
from rules.errors import SidecueError
from rules.evaluation import Reliability
from rules.fitting.evidence import Evidence, Pattern
from rules.fitting.regression import Floats
from rules.rulebook import Calibration, Function, Rulebook

RIDGE: Final = np.array([0.01, 1.0, 1.0])
"""On intercept, margin and strength. The first is nearly free; held a little, it stays finite where all is right."""
_DIGITS: Final = 3
"""Decimals of the numbers as they are written."""
_WIDEST: Final = 100.0
"""The largest number that a calibration may hold."""
_TINY: Final = 1e-12


class OneSided(SidecueError):
    """Tickets that were all decided rightly, or all wrongly: they say nothing of confidence."""

    def __init__(self, *, all_right: bool) -> None:
        self.all_right = all_right
        super().__init__(f"all decisions came out {'right' if all_right else 'wrong'}")


class Scored(NamedTuple):
    """Tickets whose decision had these scores: whether it was right, and how many they count for."""

    scores: tuple[int, ...]
    is_right: bool
    weight: float

    @property
    def margin(self) -> int:
        """The highest score less the second."""
        top, second, *_ = sorted(self.scores, reverse=True)
        return top - second

    @property
    def strength(self) -> int:
        """The highest score."""
        return max(self.scores)


@dataclass(frozen=True, slots=True)
class Honesty:
    """How honest confidences are: by stretch, by mean log loss, and by the mean squared error (Brier score)."""

    reliability: Reliability
    log_loss: float
    brier: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and how honest it is on tickets that it was not fitted to, beside the one in force.

    `folds` is how many sources, or parts of the rows, were left out in turn.
    """

    calibration: Calibration
    before: Honesty
    after: Honesty
    tickets: int
    right: int
    folds: int
    by_source: bool

    @property
    def helps(self) -> bool:
        """Whether what came out was likelier under it: the log loss, which only an honest confidence makes least."""
        return self.after.log_loss < self.before.log_loss


def calibrate(
    evidence: Evidence,
    rulebook: Rulebook,
    prior: Mapping[Function, float] | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Calibrated:
    """Return the calibration that labelled tickets ask for; `prior` weighs functions as a live helpdesk has them.

    Raise OneSided when all tickets were decided rightly, or all wrongly.
    """
    right = sum(_right(evidence.patterns, evidence.counts, rulebook))
    if right in {0, evidence.total}:
        raise OneSided(all_right=right > 0)
    weights = _weights(evidence, prior)
    outer = evidence.folds()
    told: list[tuple[float, float, bool, float]] = []  # before, after, what came out, weight
    for fold in outer if len(outer) > 1 else ():
        found = fitted(_scored(fold.rest, evidence.counts, weights, rulebook))
        for one in _scored(fold.held_out, evidence.counts, weights, rulebook):
            before, after = (classify.confidence(one.scores, c) for c in (rulebook.calibration, found))
            told.append((before, after, one.is_right, one.weight))
        advance()
    everything = _scored(evidence.patterns, evidence.counts, weights, rulebook)
    made = fitted(everything)
    advance()
    return Calibrated(
        calibration=made,
        before=honesty([(before, right, weight) for before, _, right, weight in told]),
        after=honesty([(after, right, weight) for _, after, right, weight in told]),
        tickets=evidence.total,
        right=right,
        folds=len(outer),
        by_source=evidence.by_source,
    )


def fitted(scored: Sequence[Scored]) -> Calibration:
    """Return the calibration that minimises what the module says, to three decimals, without a word on its origin."""
    features = np.array([[1.0, one.margin, one.strength] for one in scored]).reshape(len(scored), 3)
    right = np.array([one.is_right for one in scored], dtype=float)
    weights = np.array([one.weight for one in scored])

    def penalised(numbers: Floats) -> tuple[float, Floats]:
        logits = features @ numbers
        # log(1 + e^x) without overflow
        value = float((weights * (np.logaddexp(0.0, logits) - right * logits)).sum())
        slope = features.T @ (weights * (1 / (1 + np.exp(-logits)) - right))
        return value + float((RIDGE * numbers**2).sum()) / 2, slope + RIDGE * numbers

    bounds = [(-_WIDEST, _WIDEST), (0.0, _WIDEST), (0.0, _WIDEST)]
    found = minimize(penalised, np.zeros(3), jac=True, method="L-BFGS-B", bounds=bounds)
    intercept, margin, strength = (round(float(number), _DIGITS) for number in found.x)
    return Calibration(intercept, margin, strength, "")


def honesty(told: Sequence[tuple[float, bool, float]]) -> Honesty:
    """Return how honest (confidence, what came out, weight) are; of nothing all figures are nan."""
    total = sum(weight for _, _, weight in told)
    if not total:
        return Honesty(Reliability(), math.nan, math.nan)
    log_loss = -sum(w * math.log(max(_TINY, p if right else 1 - p)) for p, right, w in told) / total
    brier = sum(w * (p - right) ** 2 for p, right, w in told) / total
    return Honesty(Reliability.of(told), log_loss, brier)


def _scored(
    patterns: Sequence[Pattern],
    counts: Mapping[Pattern, int],
    weights: Mapping[Function, float],
    rulebook: Rulebook,
) -> list[Scored]:
    """Return the patterns by what the calibration looks at; those that look alike to it are one."""
    sums: dict[tuple[tuple[int, ...], bool], float] = defaultdict(float)
    for pattern in patterns:
        found = _classified(pattern, rulebook)
        key = (tuple(sorted(found.scores.values(), reverse=True)), found.primary is pattern.expected)
        sums[key] += counts[pattern] * weights[pattern.expected]
    return [Scored(scores, is_right, weight) for (scores, is_right), weight in sorted(sums.items())]


def _right(patterns: Sequence[Pattern], counts: Mapping[Pattern, int], rulebook: Rulebook) -> list[int]:
    return [counts[one] for one in patterns if _classified(one, rulebook).primary is one.expected]


def _classified(pattern: Pattern, rulebook: Rulebook) -> classify.Classification:
    rules = [rulebook.rules[name] for name in sorted(pattern.fired)]
    return classify.classify(rules, tuple(Function), rulebook.calibration)


def _weights(evidence: Evidence, prior: Mapping[Function, float] | None) -> Mapping[Function, float]:
    """Return what a ticket of each function counts for: one, or as many as make up its share of the prior."""
    totals: Counter[Function] = Counter()
    for pattern, count in evidence.counts.items():
        totals[pattern.expected] += count
    if prior is None:
        return dict.fromkeys(totals, 1.0)
    known = sum(prior[function] for function in totals)
    return {function: prior[function] / known * totals.total() / count for function, count in totals.items()}
