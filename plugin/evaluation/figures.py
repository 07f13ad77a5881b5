"""An evaluation's figures as a person reads them, and its rows in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from babel.numbers import format_decimal, format_percent

from plugin.evaluation.running import Refused
from rules.evaluation import Confusion, Floor, RuleCount, Tally
from rules.evaluation.confusion import Pair
from rules.evaluation.measures import EVERYTHING
from rules.rulebook import Function, Rulebook, RuleKind
from rules.text import Locale

NOTHING: Final = "—"


class Held(NamedTuple):
    """A floor, and the macro-F1 that was found; None where there is no ticket."""

    floor: Floor
    found: float | None

    @property
    def is_kept(self) -> bool:
        """Whether there is a figure and it is not below."""
        return self.found is not None and self.found >= self.floor.least


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A labelled file, what it adds up to, and what was supposed and asked."""

    file: str
    rulebook: Rulebook
    now: datetime
    tally: Tally
    refused: tuple[Refused, ...]
    prior: Mapping[Function, float]
    floors: tuple[Floor, ...] = ()

    @property
    def costs(self) -> Mapping[Pair, float]:
        """What an error costs, by (expected, decided)."""
        return self.tally.costs

    def held(self) -> tuple[Held, ...]:
        """Return every floor with what was found."""
        return tuple(Held(floor, self._rows_of(floor).macro_f1) for floor in self.floors)

    def slices(self) -> list[tuple[tuple[str, str], Confusion]]:
        """Return the groups in the order of their names; one that holds every ticket says nothing new."""
        found = sorted(self.tally.slices.items())
        return [(key, confusion) for key, confusion in found if confusion.total < self.tally.whole.total]

    def rules(self) -> list[tuple[str, RuleCount, bool]]:
        """Return (rule, count, in shadow) of every rule that fired: those that misled most first."""
        counts = [(name, count, False) for name, count in self.tally.rules.items()]
        counts += [(name, count, True) for name, count in self.tally.shadow.items()]
        return sorted(
            counts, key=lambda found: (found[2], -found[1].misled, _least_first(found[1].precision), found[0])
        )

    def silent(self) -> list[str]:
        """Return the classification rules that never fired, by id."""
        fired = self.tally.rules.keys() | self.tally.shadow.keys()
        return [rule.id for rule in self.rulebook.rules_of(RuleKind.CLASSIFICATION) if rule.id not in fired]

    def _rows_of(self, floor: Floor) -> Confusion:
        if floor.language == EVERYTHING:
            return self.tally.whole
        return self.tally.slices.get(("language", floor.language), Confusion())


def _least_first(precision: float | None) -> float:
    """Return what puts the least precise first, and those that do not vote last."""
    return 2.0 if precision is None else precision


def share(value: float | None, locale: Locale) -> str:
    """Return a share of one in per cent with one decimal; a dash for none."""
    return NOTHING if value is None else format_percent(value, format="#,##0.0%", locale=_babel(locale))


def percent(value: float, locale: Locale) -> str:
    """Return a share of one in whole per cent."""
    return format_percent(value, format="#,##0%", locale=_babel(locale))


def score(value: float | None, locale: Locale) -> str:
    """Return a figure from 0 to 1 with three decimals; a dash for none."""
    return NOTHING if value is None else format_decimal(value, format="0.000", locale=_babel(locale))


def number(value: float | None, locale: Locale) -> str:
    """Return a number with at most two decimals; a dash for none."""
    return NOTHING if value is None else format_decimal(value, format="#,##0.##", locale=_babel(locale))


def shares(prior: Mapping[Function, float], names: Mapping[Function, str], locale: Locale) -> str:
    """Return a prior in words."""
    return ", ".join(f"{names[function]} {share(prior[function], locale)}" for function in Function)


def cost_entries(costs: Mapping[Pair, float]) -> Iterator[tuple[Pair, float]]:
    """Yield what each error costs, the dearest first."""
    yield from sorted(costs.items(), key=lambda entry: -entry[1])


def _babel(locale: Locale) -> str:
    return locale.replace("-", "_")
