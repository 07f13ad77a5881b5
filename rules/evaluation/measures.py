"""What an evaluation is asked to suppose and to hold: priors, costs and floors, as they are written."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from types import MappingProxyType
from typing import Final

from rules.errors import ToldError
from rules.evaluation.confusion import Pair
from rules.rulebook import Function
from rules.text import Text
from rules.vocabulary import nearest

DEFAULT_PRIOR: Final[Mapping[Function, float]] = MappingProxyType(
    {Function.SUPPORT: 0.8, Function.SUCCESS: 0.1, Function.ACCOUNT_MANAGEMENT: 0.1}
)
"""Shares of a live helpdesk's tickets: most are support."""

DEFAULT_COSTS: Final[Mapping[Pair, float]] = MappingProxyType(
    {
        (Function.SUCCESS, Function.SUPPORT): 5.0,  # a customer who leaves waits in a queue of faults
        (Function.SUCCESS, Function.ACCOUNT_MANAGEMENT): 4.0,  # and here somebody may even try to sell to them
        (Function.ACCOUNT_MANAGEMENT, Function.SUPPORT): 3.0,  # a purchase or renewal waits
        (Function.ACCOUNT_MANAGEMENT, Function.SUCCESS): 2.0,  # it waits, with people who know the customer
        (Function.SUPPORT, Function.ACCOUNT_MANAGEMENT): 2.0,  # a fault waits where nobody can mend it
        (Function.SUPPORT, Function.SUCCESS): 1.0,  # the same, and it is soon handed on
    }
)
"""(expected, decided) -> what such an error costs, in units of the cheapest one. A judgement, not a measurement."""

EVERYTHING: Final = "all"
"""The name under which a floor means all rows."""


class MeasureInvalid(ToldError):
    """A prior, cost or floor that cannot be read."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least macro-F1 of the rows of one language, or of all."""

    language: str
    least: float


def parse_prior(text: str) -> Mapping[Function, float]:
    """Return the prior that `support=0.8,success=0.15` states; what is left is shared evenly by the unnamed functions.

    Raise MeasureInvalid.
    """
    stated: dict[Function, float] = {}
    for name, number in _entries(text, "support=0.8,success=0.15"):
        function = _function(name)
        stated[function] = _number(name, number, most=1.0)
    left = 1.0 - math.fsum(stated.values())
    others = [function for function in Function if function not in stated]
    if left < -_TOLERANCE or (not others and left > _TOLERANCE):
        total = f"{1.0 - left:g}"
        raise MeasureInvalid(
            Text(
                f"as partes somam {total}, e precisam somar 1; escreva como support=0.8 e deixe o resto às "
                "outras áreas",
                f"the shares add up to {total}, and must add up to 1; write like support=0.8 and leave the rest to the "
                "other functions",
            )
        )
    return MappingProxyType(stated | {function: max(0.0, left) / len(others) for function in others})


def parse_costs(text: str) -> Mapping[Pair, float]:
    """Return the default costs with those that `success:support=8,support:success=1` states (expected:decided).

    Raise MeasureInvalid.
    """
    costs = dict(DEFAULT_COSTS)
    names = [f"{expected}:{decided}" for expected, decided in permutations(Function, 2)]
    for name, number in _entries(text, "success:support=8,support:success=1"):
        if name not in names:
            raise _unknown(name, names)
        expected, _, decided = name.partition(":")
        costs[Function(expected), Function(decided)] = _number(name, number, most=1e6)
    return MappingProxyType(costs)


def parse_floors(text: str) -> tuple[Floor, ...]:
    """Return the floors that `en=0.88,pt-BR=0.92` or `all=0.9` states. Raise MeasureInvalid."""
    return tuple(Floor(name, _number(name, number, most=1.0)) for name, number in _entries(text, "en=0.88,pt-BR=0.92"))


_TOLERANCE: Final = 1e-9


def _entries(text: str, example: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for entry in text.split(","):
        name, equals, number = (part.strip() for part in entry.partition("="))
        if not (name and equals and number):
            raise MeasureInvalid(
                Text(
                    f"{entry!r} não é NOME=NÚMERO; escreva como {example}",
                    f"{entry!r} is not NAME=NUMBER; write like {example}",
                )
            )
        if name in seen:
            raise MeasureInvalid(
                Text(f"{name!r} aparece duas vezes; deixe só uma", f"{name!r} is given twice; keep one of them")
            )
        seen.add(name)
        yield name, number


def _number(name: str, text: str, *, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= most:  # nan is not, either
        raise MeasureInvalid(
            Text(
                f"{name}: {text!r} não serve; dê um número de 0 a {most:g}",
                f"{name}: {text!r} does not fit; give a number from 0 to {most:g}",
            )
        )
    return number


def _function(name: str) -> Function:
    known = [function.value for function in Function]
    if name not in known:
        raise _unknown(name, known)
    return Function(name)


def _unknown(name: str, known: Collection[str]) -> MeasureInvalid:
    near, names = nearest(name, known), ", ".join(known)
    if near:
        return MeasureInvalid(
            Text(f"{name!r} não existe; você quis dizer {near!r}?", f"there is no {name!r}; did you mean {near!r}?")
        )
    return MeasureInvalid(Text(f"{name!r} não existe; há {names}", f"there is no {name!r}; there are {names}"))
