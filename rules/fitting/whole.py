"""From fitted votes to whole ones: a walk from the votes in force that goes on as long as it helps, and then back.

Rounding alone can undo what a fit found, and it knows nothing of what must stay. So each step changes one vote by one,
or to where the fit wants it, when that lowers what is minimised and everything that is to stay still stands. Likelihood
also rewards votes that only make a right decision surer, which is the calibration's business: what can be taken back
without deciding worse is taken back, so that a person reads only changes that do something.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rules.decide.classify import THRESHOLD
from rules.fitting.regression import MOST, Floats, Problem
from rules.rulebook import Function

Stays = Callable[[Floats, int], bool]
"""Tells, of votes (free rules x functions) and the index of the rule that changed, whether what must stay stands."""

_ROUNDS = 20
_GAIN = 1e-6


def walked(problem: Problem, target: Floats, pull: float, steepness: float, stays: Stays) -> Floats:
    """Return whole votes that no single step improves (or those after 20 rounds)."""
    votes = problem.start.copy()
    value = _value(problem, votes, pull, steepness)
    wanted = np.rint(target)
    # the votes that the fit moves farthest first
    order = sorted(np.ndindex(votes.shape), key=lambda place: (-abs(target[place] - problem.start[place]), place))
    for _ in range(_ROUNDS):
        before = value
        for place in order:
            held = votes[place]
            for candidate in sorted({wanted[place], held - 1, held + 1, problem.start[place]} - {held}):
                if not problem.lows[place] <= candidate <= MOST:
                    continue
                kept, votes[place] = votes[place], candidate
                found = _value(problem, votes, pull, steepness)
                if found < value - _GAIN and stays(votes, place[0]):
                    value = found
                else:
                    votes[place] = kept
        if value >= before - _GAIN:
            break
    return votes


def taken_back(problem: Problem, votes: Floats, precedence: Sequence[Function], stays: Stays) -> Floats:
    """Return the votes without the changes that no decision needs: single ones, and all of a rule together."""
    votes = votes.copy()
    value = _right(problem, votes, precedence)
    is_done = False
    while not is_done:
        is_done = True
        moved = np.abs(votes - problem.start)
        singles = [(place[0], place[1]) for place in np.argwhere(moved)]
        singles.sort(key=lambda place: (moved[place], place))  # the smallest changes first
        rows = [(int(row), slice(None)) for row in np.flatnonzero(moved.sum(axis=1) > moved.max(axis=1))]
        for place in (*singles, *rows):
            kept = votes[place].copy()
            votes[place] = problem.start[place]
            found = _right(problem, votes, precedence)
            if found >= value - _GAIN and stays(votes, int(place[0])):
                value = found
                is_done = is_done and bool((kept == votes[place]).all())
            else:
                votes[place] = kept
    return votes


def _value(problem: Problem, votes: Floats, pull: float, steepness: float) -> float:
    moved = float(((votes - problem.start) ** 2).sum())
    return problem.loss(problem.scores(votes), steepness) + pull / 2 * moved


def _right(problem: Problem, votes: Floats, precedence: Sequence[Function]) -> float:
    """Return the weight of the tickets that are decided rightly; the first of `precedence` wins a tie."""
    columns = [list(Function).index(function) for function in precedence]
    scores = problem.scores(votes)[:, columns]
    decided = np.where(
        scores.max(axis=1) < THRESHOLD, list(Function).index(Function.SUPPORT), np.array(columns)[scores.argmax(axis=1)]
    )
    return float((problem.weights * problem.right[np.arange(len(decided)), decided]).sum())
