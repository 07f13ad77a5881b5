"""How much may change before somebody has to look: `changed=2%`, `primary=0`, `removed=10`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from rules.backtest.comparison import Comparison
from rules.backtest.difference import Aspect
from rules.errors import ToldError
from rules.text import Text
from rules.vocabulary import nearest

TICKETS: Final = "tickets"
RECOMMENDATIONS: Final = "recommendations"

MEASURES: Final[Mapping[str, str]] = {
    "changed": TICKETS,
    **{aspect.value: TICKETS for aspect in Aspect},
    "added": RECOMMENDATIONS,
    "removed": RECOMMENDATIONS,
    "reranked": RECOMMENDATIONS,
    "guardrail.released": RECOMMENDATIONS,
    "guardrail.caught": RECOMMENDATIONS,
}
"""What may be limited -> what it counts. A percentage is one of all tickets, or of all recommendations shown before."""

_LIMIT: Final = re.compile(r"(?P<number>[0-9]{1,12}(?:\.[0-9]{1,6})?)(?P<percent>%?)", re.ASCII)


class BudgetInvalid(ToldError):
    """A budget that cannot be read."""


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `limit` of `measure`: a count, or with `is_share` a share of one."""

    measure: str
    limit: Fraction
    is_share: bool
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much of a budget is used: `used` of at most `allowed`, out of `whole`."""

    budget: Budget
    used: int
    allowed: Fraction
    whole: int

    @property
    def is_kept(self) -> bool:
        """Whether no more changed than was allowed; exactly as much is allowed."""
        return self.used <= self.allowed


def parse(text: str) -> Budget:
    """Return the budget that `text` states. Raise BudgetInvalid saying what is wrong and how to mend it."""
    name, equals, limit = (part.strip() for part in text.partition("="))
    if not equals:
        raise BudgetInvalid(
            Text(
                f"{text!r} não é um limite; escreva MEDIDA=NÚMERO, como changed=2% ou primary=0",
                f"{text!r} is no budget; write MEASURE=NUMBER, like changed=2% or primary=0",
            )
        )
    if name not in MEASURES:
        near = nearest(name, MEASURES)
        names = ", ".join(sorted(MEASURES))
        raise BudgetInvalid(
            Text(
                f"{name!r} não pode ser limitado; " + (f"seria {near!r}?" if near else f"as medidas são {names}"),
                f"{name!r} cannot be limited; " + (f"did you mean {near!r}?" if near else f"the measures are {names}"),
            )
        )
    found = _LIMIT.fullmatch(limit)
    number = Fraction(found["number"]) if found is not None else None
    is_share = found is not None and bool(found["percent"])
    if number is None or (is_share and number > 100) or (not is_share and number.denominator != 1):
        raise BudgetInvalid(
            Text(
                f"{limit!r} não é um limite para {name}; escreva um número inteiro, como 10, ou até 100%, como 2.5%",
                f"{limit!r} is no limit for {name}; write a whole number, like 10, or at most 100%, like 2.5%",
            )
        )
    return Budget(name, number / 100 if is_share else number, is_share, f"{name}={limit}")


def judge(comparison: Comparison, budget: Budget) -> Verdict:
    """Return how much of a budget a comparison uses."""
    counts_tickets = MEASURES[budget.measure] == TICKETS
    whole = comparison.cases if counts_tickets else comparison.part.before.recommendations
    allowed = budget.limit * whole if budget.is_share else budget.limit
    return Verdict(budget, comparison.measures()[budget.measure], allowed, whole)
