"""In which order recommendations are shown: propensity x value x urgency x lever, every factor kept.

`because` says in the vocabulary's words where a factor comes from (`accepted=3 shown=10`), so that it needs no
translation to be stored; `say` turns it into a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from rules.decide import laws
from rules.model import Factor, Facts
from rules.rulebook import Action, Rule, Worth
from rules.text import Locale, Text, number_text
from rules.vocabulary import FIELDS

DIGITS: Final = 6
MOST_FACTORS: Final = 1_024
"""Factors of a kind that are kept: each follows from a few numbers that come again on every ticket."""
URGENCY_HOURS: Final = 24.0
"""A due time this far away has half of the urgency that there is to have."""


class Candidate(NamedTuple):
    """An action that a live rule recommends. `rules` in id order; the `leading` one has the highest lever."""

    action: Action
    rules: tuple[Rule, ...]
    leading: Rule | None
    lever: float


class Ranked(NamedTuple):
    """A candidate with its place in the order: `priority` is the product of the factors."""

    candidate: Candidate
    factors: tuple[Factor, ...]
    priority: float


def order(
    candidates: Iterable[Candidate], facts: Facts, acceptance: Mapping[str, tuple[int, int]]
) -> tuple[Ranked, ...]:
    """Return the candidates best first: comply before all, then by priority, ties by action id."""
    return tuple(
        sorted(
            (weigh(candidate, facts, acceptance) for candidate in candidates),
            key=lambda ranked: (
                not laws.goes_first(ranked.candidate.action.kind),
                -ranked.priority,
                ranked.candidate.action.id,
            ),
        )
    )


def weigh(candidate: Candidate, facts: Facts, acceptance: Mapping[str, tuple[int, int]]) -> Ranked:
    """Return the candidate with its four factors and their product."""
    action = candidate.action
    factors = (
        propensity(acceptance.get(action.id, (0, 0))),
        value(action, facts),
        urgency(action.due_in_hours),
        lever(candidate.leading.id if candidate.leading else None, candidate.lever),
    )
    return Ranked(candidate, factors, round(math.prod(factor.value for factor in factors), DIGITS))


@lru_cache(MOST_FACTORS)
def propensity(seen: tuple[int, int]) -> Factor:
    """Return how often the action is accepted, (accepted, shown), with a Beta(1, 1) prior: unseen is one half."""
    accepted = max(seen[0], 0)
    shown = max(seen[1], accepted)  # a verdict may be counted before the showing that it answers
    return Factor("propensity", round((accepted + 1) / (shown + 2), DIGITS), f"accepted={accepted} shown={shown}")


def value(action: Action, facts: Facts) -> Factor:
    """Return what the action is worth: its field times its multiplier, or what it states for an unknown field."""
    worth = action.worth
    return _value(worth, facts.values.get(worth.field) if worth.field is not None else None)


@lru_cache(MOST_FACTORS, typed=True)
def _value(worth: Worth, known: object) -> Factor:
    if worth.field is not None:
        if isinstance(known, int | float) and not isinstance(known, bool):
            amount = round(known * worth.multiplier, DIGITS)
            return Factor(
                "value", amount, f"{worth.field}={number_text(known)} multiplier={number_text(worth.multiplier)}"
            )
        return Factor(
            "value", round(worth.otherwise, DIGITS), f"{worth.field}=unknown otherwise={number_text(worth.otherwise)}"
        )
    return Factor("value", round(worth.otherwise, DIGITS), f"stated={number_text(worth.otherwise)}")


@lru_cache(MOST_FACTORS, typed=True)
def urgency(due_in_hours: float) -> Factor:
    """Return 1 for what is never due up to 2 for what is due now: 1 + 24 / (24 + hours)."""
    amount = round(1 + URGENCY_HOURS / (URGENCY_HOURS + due_in_hours), DIGITS)
    return Factor("urgency", amount, f"due_in_hours={number_text(due_in_hours)}")


@lru_cache(MOST_FACTORS, typed=True)
def lever(leading: str | None, weight: float) -> Factor:
    """Return the weight of the leading rule; of no rule, that of the standard suggestion."""
    because = f"rule={leading} lever={number_text(weight)}" if leading is not None else "rule=none"
    return Factor("lever", round(weight, DIGITS), because)


_SENTENCES: Final[Mapping[str, Text]] = {
    "accepted": Text("aceita {accepted} de {shown} vezes", "accepted {accepted} of {shown} times"),
    "due_in_hours": Text("prazo de {due_in_hours} horas", "due in {due_in_hours} hours"),
    "stated": Text("valor definido na ação: {stated}", "value stated by the action: {stated}"),
    "rule": Text("peso {lever} da regra {rule}", "weight {lever} of rule {rule}"),
}
_KNOWN_FIELD: Final = Text("{title} {known}, vezes {multiplier}", "{title} {known}, times {multiplier}")
_UNKNOWN_FIELD: Final = Text("{title} não informado: vale {otherwise}", "{title} unknown: worth {otherwise}")


def say(factor: Factor, locale: Locale) -> str:
    """Return in the reader's language where a factor comes from."""
    parts = dict(part.partition("=")[::2] for part in factor.because.split(" "))
    if parts == {"rule": "none"}:
        return Text("sem regra: sugestão padrão", "no rule: the standard suggestion").read(locale)
    first = next(iter(parts))
    if first in _SENTENCES:
        return _SENTENCES[first].read(locale).format_map(parts)
    sentence = _UNKNOWN_FIELD if "otherwise" in parts else _KNOWN_FIELD
    title = FIELDS[first].title.read(locale)
    return sentence.read(locale).format_map({**parts, "title": title, "known": parts[first]})
