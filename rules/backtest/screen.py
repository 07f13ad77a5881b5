"""Which cases two rulebooks can decide differently at all, found for all of them at once.

Why that is sound. A decision is made of its facts, its counts of acceptance, and the set of rules that fire: what is
derived, the votes, the candidates and the bans are the consequences of fired rules; what is left of the candidates
depends on the facts, the counts, and what the candidates' actions say. Two rulebooks therefore decide a case the same,
apart from the trace, when

- the same rules fire under both, each with the same effect: the same status, consequence and rationale, and, where it
  recommends, an action that says the same;
- both turn scores into confidence alike; and
- nothing falls back on a standard procedure that does not say the same in both.

Derived values are weighed by strength, so that the order of rules does not matter, except for texts, where the first
one holds: rules that derive one count as changed when the rulebooks try them in different orders.

What is left is suspect. Settled with the rules that fire under each (`rules.backtest.settling`), most of it still comes
to the same: a guardrail that fires no more had nothing to hold back. Only where it does not, or where something is said
in other words, is a case decided twice.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import polars as pl

from rules.backtest.causes import action_says, calibration_says
from rules.bulk.columns import Columns
from rules.bulk.strata import BulkStrata, Voting
from rules.decide import Decider
from rules.decide.classify import SHARE, THRESHOLD
from rules.decide.fallback import PROCEDURES, TRIAGE
from rules.rulebook import Derive, Recommend, Rule, Rulebook, Status, Suppress
from rules.vocabulary import FIELDS, Type

_BITS: Final = 62
"""Rules told by one whole number of a row."""


@dataclass(frozen=True, slots=True)
class Screened:
    """Row by row. `reworded`: whether it may be decided differently in words alone.

    `old` and `new`: the rules that fire under either rulebook; `new` is None where both surely decide the same.
    """

    reworded: list[bool]
    old: list[frozenset[str]]
    new: list[frozenset[str] | None]


class Screen:
    """Compares the rules that fire under two rulebooks. Raise EngineFailed for rules that cannot run in bulk."""

    def __init__(self, before: Decider, after: Decider) -> None:
        old, new = before.rulebook, after.rulebook
        self._old, self._new = _in_bulk(before), _in_bulk(after)
        self._reworded = _differing(before, after, _words)
        self._changed = _differing(before, after, _effect) | _moved(before, after) | self._reworded
        self._all = calibration_says(old) != calibration_says(new)
        self.falls_back_differently: Final = any(
            action_says(old, name) != action_says(new, name) for name in (TRIAGE, *PROCEDURES.values())
        )
        """Whether a case that falls back on a standard procedure is another one for that alone."""

    def screen(self, columns: Columns) -> Screened:
        """Return what fires, and which rows may be decided differently. Raise FactsInvalid for odd stated values."""
        old = self._old.fired_rules(columns).fired
        new = self._new.fired_rules(columns).fired
        rows = len(columns)
        suspect = _full(rows, value=True) if self._all else self._suspects(old, new, rows)
        reworded = _any(rows, (frame[name] for name in self._reworded for frame in (old, new)))
        later = iter(_sets(new.filter(suspect), int(suspect.sum())))
        return Screened(
            reworded.to_list(),
            _sets(old, rows),
            [next(later) if odd else None for odd in suspect.to_list()],
        )

    def _suspects(self, old: pl.DataFrame, new: pl.DataFrame, rows: int) -> pl.Series:
        def differs(name: str) -> pl.Series:
            if name not in old.columns:
                return new[name]
            if name not in new.columns:
                return old[name]
            return old[name] | new[name] if name in self._changed else old[name] != new[name]

        return _any(rows, (differs(name) for name in sorted({*old.columns, *new.columns})))


def _full(rows: int, *, value: bool) -> pl.Series:
    return pl.Series([value], dtype=pl.Boolean).new_from_index(0, rows)


def _any(rows: int, columns: Iterable[pl.Series]) -> pl.Series:
    """Return where one of the columns is true."""
    return functools.reduce(operator.or_, columns, _full(rows, value=False))


def _in_bulk(decider: Decider) -> BulkStrata:
    return BulkStrata(decider.strata, Voting(decider.precedence, THRESHOLD, SHARE))


def _differing(before: Decider, after: Decider, aspect: Callable[[Rulebook, Rule], object]) -> frozenset[str]:
    """Return the rules of both that differ in an aspect."""
    old, new = before.strata.rules, after.strata.rules
    return frozenset(
        name
        for name in old.keys() & new.keys()
        if aspect(before.rulebook, old[name]) != aspect(after.rulebook, new[name])
    )


def _effect(rulebook: Rulebook, rule: Rule) -> tuple[object, ...]:
    """Return everything that a rule's firing does to a decision, its trace apart."""
    says = action_says(rulebook, rule.then.action) if isinstance(rule.then, Recommend) else None
    return (rule.kind, rule.status is Status.EXPERIMENTAL, rule.then, says)


def _words(rulebook: Rulebook, rule: Rule) -> tuple[object, ...]:
    """Return everything of a rule that may come into the words of a decision: which rule leads gives the reason."""
    match rule.then:
        case Recommend(name):
            return (rule.then, rule.rationale, action_says(rulebook, name))
        case Suppress(_, _, reason):
            return (reason,)
        case _:
            return ()


def _moved(before: Decider, after: Decider) -> frozenset[str]:
    """Return the rules of both that derive a text, when they are tried in different orders."""
    both = before.strata.rules.keys() & after.strata.rules.keys()
    first, second = (_text_makers(decider, both) for decider in (before, after))
    return frozenset(first if first != second else ())


def _text_makers(decider: Decider, both: AbstractSet[str]) -> list[str]:
    """Return those of some rules that derive a text, in the order in which they are tried."""
    return [
        name
        for layer in decider.strata.layers
        for name in sorted(decider.strata.conditions[layer])
        if name in both and _derives_text(decider.strata.rules[name])
    ]


def _derives_text(rule: Rule) -> bool:
    return isinstance(rule.then, Derive) and any(FIELDS[name].type is not Type.ENUM for name in rule.then.values)


def _sets(fired: pl.DataFrame, rows: int) -> list[frozenset[str]]:
    """Return the names that are true in each row; rows with the same ones share one set."""
    names = fired.columns
    if not names:
        return [frozenset()] * rows
    groups = [names[start : start + _BITS] for start in range(0, len(names), _BITS)]
    packed = fired.select(
        pl.sum_horizontal(pl.col(name).cast(pl.Int64) * (1 << bit) for bit, name in enumerate(group)).alias(str(number))
        for number, group in enumerate(groups)
    )
    known: dict[tuple[int, ...], frozenset[str]] = {}
    sets = []
    for row in packed.iter_rows():
        found = known.get(row)
        if found is None:
            found = known[row] = _unpacked(row, groups)
        sets.append(found)
    return sets


def _unpacked(row: tuple[int, ...], groups: Sequence[Sequence[str]]) -> frozenset[str]:
    return frozenset(
        name for number, group in zip(row, groups, strict=True) for bit, name in enumerate(group) if number >> bit & 1
    )
