"""Whose work a ticket is: votes, the one primary function, collaborators, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.decide import laws
from rules.decide.derive import with_values
from rules.model import Facts
from rules.rulebook import Calibration, Classify, Function, Rule
from rules.vocabulary import FIELDS, Source

THRESHOLD: Final = 2
"""Below this top score nobody has said enough: support triages."""
SHARE: Final = (60, 100)
"""A function works along from this share of the top score on; whole numbers, so that 3 of 5 is no rounding matter."""
CONFIDENCE_DIGITS: Final = 4
_DECIDED: Final = tuple(name for name, field in FIELDS.items() if field.source is Source.DECISION)


class Classification(NamedTuple):
    """One primary function, never among the collaborators; these in the tenant's order of precedence."""

    primary: Function
    collaborators: tuple[Function, ...]
    scores: Mapping[Function, int]
    confidence: float
    needs_triage: bool


def classify(fired: Iterable[Rule], precedence: Sequence[Function], calibration: Calibration) -> Classification:
    """Sum the votes of the fired classification rules and say whose work it is.

    `precedence` holds every function once and breaks ties.
    """
    scores = dict.fromkeys(precedence, 0)
    named: set[Function] = set()
    for rule in fired:
        if isinstance(rule.then, Classify):
            named.update(rule.then.collaborate)
            for function, votes in rule.then.votes.items():
                scores[function] += votes
    top = max(scores.values())
    needs_triage = top < THRESHOLD
    primary = laws.one_primary(scores, precedence, needs_triage=needs_triage)
    numerator, denominator = SHARE
    named.update(function for function, score in scores.items() if score > 0 and score * denominator >= top * numerator)
    collaborators = tuple(function for function in precedence if function in named and function is not primary)
    return Classification(primary, collaborators, scores, confidence(scores.values(), calibration), needs_triage)


def confidence(scores: Iterable[int], calibration: Calibration) -> float:
    """Return how often decisions with such scores are right, as the calibration was fitted to say; 4 decimals."""
    top, second, *_ = *sorted(scores, reverse=True), 0
    score = calibration.intercept + calibration.margin * (top - second) + calibration.strength * top
    if math.isnan(score):  # only from a calibration beyond the range of floats
        return 0.5
    # both branches raise e to a power that is not positive: nothing overflows, however large the score
    rate = 1 / (1 + math.exp(-score)) if score >= 0 else math.exp(score) / (1 + math.exp(score))
    return round(rate, CONFIDENCE_DIGITS)


def with_decision(facts: Facts, classification: Classification) -> Facts:
    """Return the facts with the fields that only recommendations and guardrails may read."""
    functions = (classification.primary, *classification.collaborators)
    return with_values(
        facts,
        {
            **facts.values,
            "decision.primary": classification.primary.value,
            "decision.functions": frozenset(function.value for function in functions),
        },
    )


def without_decision(facts: Facts) -> Facts:
    """Return the facts as they are before anything is decided."""
    if not any(name in facts.values for name in _DECIDED):
        return facts
    return with_values(facts, {name: value for name, value in facts.values.items() if name not in _DECIDED})
