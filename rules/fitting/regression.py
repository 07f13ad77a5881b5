"""Regularised multinomial regression over fired rules, in the very terms in which votes decide.

The score of a function is the sum of the votes of the rules that fired. A ticket without a function that reaches the
threshold is triaged by support: that is a fourth candidate, whose score lies between the threshold and the vote below
it, and which counts for support. With steepness t the model is

    P(function k) = exp(t · score_k) / Σ_j exp(t · score_j),   P(support) with the fourth candidate added,

and what is minimised over the votes, each from -5 to 5, is

    - Σ weight · log P(right function) + pull / 2 · Σ (vote - vote in force)²

so that a vote moves only as far as tickets move it. Because of the fourth candidate this is not convex: what is found
is the optimum next to the votes in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from rules.decide.classify import THRESHOLD
from rules.fitting.evidence import Pattern, Votes, balanced
from rules.rulebook import Function

Floats = NDArray[np.float64]

MOST: Final = 5
"""The largest vote for and against."""
_TRIAGE: Final = THRESHOLD - 0.5
_STEEPNESS: Final = (0.05, 5.0)
_FUNCTIONS: Final = tuple(Function)
_TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Problem:
    """Some tickets as arrays.

    `fired` (patterns x free rules) and `right` (patterns x functions) hold 0 or 1, `fixed` (patterns x functions) what
    the other rules give, `weights` what each pattern counts for, `start` (free rules x functions) the votes in force.
    `lows` are the lowest votes: a rule keeps at least one vote for the function that it stands for, as its title says.
    """

    rules: tuple[str, ...]
    fired: Floats
    fixed: Floats
    right: Floats
    weights: Floats
    start: Floats
    lows: Floats

    @classmethod
    def of(
        cls, patterns: Sequence[Pattern], counts: Mapping[Pattern, int], votes: Votes, free: Iterable[str]
    ) -> Problem:
        """Return the problem of some tickets; the votes of the rules that are not `free` stay."""
        rules = tuple(sorted(free))
        place = {name: index for index, name in enumerate(rules)}
        share = balanced(patterns, counts)
        fired = np.zeros((len(patterns), len(rules)))
        fixed = np.zeros((len(patterns), len(_FUNCTIONS)))
        right = np.zeros((len(patterns), len(_FUNCTIONS)))
        weights = np.zeros(len(patterns))
        for row, pattern in enumerate(patterns):
            for name in pattern.fired:
                if name in place:
                    fired[row, place[name]] = 1.0
                else:
                    fixed[row] += _row(votes.get(name, {}))
            right[row, _FUNCTIONS.index(pattern.expected)] = 1.0
            weights[row] = counts[pattern] * share[pattern.expected]
        start = np.array([_row(votes[name]) for name in rules]).reshape(len(rules), len(_FUNCTIONS))
        return cls(rules, fired, fixed, right, weights, start, _lows(start))

    def scores(self, votes: Floats) -> Floats:
        """Return patterns x functions: the sums of votes."""
        return self.fixed + self.fired @ votes

    def loss(self, scores: Floats, steepness: float) -> float:
        """Return the weighted negative log-likelihood."""
        logits = steepness * scores
        with_triage = np.column_stack([logits, np.full(len(logits), steepness * _TRIAGE)])
        top = with_triage.max(axis=1, keepdims=True)
        powers = np.exp(with_triage - top)
        given = (self.right * powers[:, :3]).sum(axis=1) + self.right[:, 0] * powers[:, 3]
        return float(-(self.weights * np.log(np.maximum(given / powers.sum(axis=1), _TINY))).sum())

    def slope(self, scores: Floats, steepness: float) -> Floats:
        """Return free rules x functions: how fast the loss grows with each vote."""
        logits = steepness * scores
        with_triage = np.column_stack([logits, np.full(len(logits), steepness * _TRIAGE)])
        powers = np.exp(with_triage - with_triage.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
        meant = np.column_stack([self.right, self.right[:, 0]]) * powers
        meant /= np.maximum(meant.sum(axis=1, keepdims=True), _TINY)
        slope: Floats = self.fired.T @ (steepness * self.weights[:, None] * (chances - meant)[:, :3])
        return slope


def steepness_of(problem: Problem) -> float:
    """Return the steepness under which the votes in force explain the tickets best."""
    scores = problem.scores(problem.start)
    found = minimize_scalar(lambda t: problem.loss(scores, float(t)), bounds=_STEEPNESS, method="bounded")
    return float(found.x)


def fitted(problem: Problem, pull: float, steepness: float) -> Floats:
    """Return the votes (free rules x functions, not yet whole numbers) that minimise what the module says."""
    shape = problem.start.shape
    if not problem.start.size:
        return problem.start

    def penalised(flat: Floats) -> tuple[float, Floats]:
        votes = flat.reshape(shape)
        scores = problem.scores(votes)
        moved = votes - problem.start
        value = problem.loss(scores, steepness) + pull / 2 * float((moved**2).sum())
        return value, (problem.slope(scores, steepness) + pull * moved).ravel()

    bounds = [(float(low), float(MOST)) for low in problem.lows.ravel()]
    found = minimize(penalised, problem.start.ravel(), jac=True, method="L-BFGS-B", bounds=bounds)
    votes: Floats = np.asarray(found.x).reshape(shape)
    return votes


def _row(votes: Mapping[Function, int]) -> list[float]:
    return [float(votes.get(function, 0)) for function in _FUNCTIONS]


def _lows(start: Floats) -> Floats:
    lows = np.full(start.shape, -float(MOST))
    if start.size:
        most = start.max(axis=1, keepdims=True)
        lows[(start == most) & (most > 0)] = 1.0
    return lows
