"""What labelled tickets say about the votes, summed up: tickets with the same rules fired are told apart no more."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rules.evaluation import Judged
from rules.rulebook import Classify, Function, Rulebook, RuleKind

Votes = Mapping[str, Mapping[Function, int]]
"""Rule -> its votes; a function that is not named has none."""

PARTS: Final = 10
"""Into so many parts rows are divided where they name no source."""


class Pattern(NamedTuple):
    """Classification rules that fired together, the right function, where the tickets come from, and their part."""

    fired: frozenset[str]
    expected: Function
    source: str | None
    part: int


class Fold(NamedTuple):
    """What is left out together: a source, or a part of the rows. `name` is None for the rows without a source."""

    name: str | None
    held_out: Sequence[Pattern]
    rest: Sequence[Pattern]


@dataclass(slots=True)
class Evidence:
    """How many tickets there are of each pattern."""

    counts: Counter[Pattern] = field(default_factory=Counter)

    def take(self, judged: Judged, rulebook: Rulebook) -> None:
        """Count one ticket."""
        fired = frozenset(
            entry.rule
            for entry in judged.decision.trace.fired
            if entry.kind is RuleKind.CLASSIFICATION and isinstance(rulebook.rules[entry.rule].then, Classify)
        )
        # by its id, so that neither the order of the rows nor how they travel decides who is with whom
        part = zlib.crc32(judged.id.encode("utf-8", "replace")) % PARTS
        self.counts[Pattern(fired, judged.expected, judged.source, part)] += 1

    def add(self, other: Evidence) -> None:
        """Count what another counted."""
        self.counts.update(other.counts)

    def fresh(self) -> Evidence:
        """Return one that has counted nothing."""
        return Evidence()

    @property
    def total(self) -> int:
        """How many tickets there are."""
        return self.counts.total()

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every pattern, in an order of its own that is always the same."""
        return tuple(sorted(self.counts, key=_order))

    @property
    def by_source(self) -> bool:
        """Whether the tickets come from at least two sources, so that one can be left out."""
        return len({pattern.source for pattern in self.counts}) > 1

    def folds(self) -> tuple[Fold, ...]:
        """Return what is left out in turn: each source, or without at least two of them each part."""
        return folds(self.patterns, by_source=self.by_source)


def folds(patterns: Sequence[Pattern], *, by_source: bool, most: int | None = None) -> tuple[Fold, ...]:
    """Return the patterns as folds, by source or by part; at most `most`, some put together."""
    names = sorted({_name(pattern, by_source=by_source) for pattern in patterns}, key=lambda name: (name is None, name))
    count = min(most or len(names), len(names))
    groups: list[list[str | None]] = [[] for _ in range(count)]
    for number, name in enumerate(names):
        groups[number % count].append(name)
    return tuple(
        Fold(
            group[0],
            [pattern for pattern in patterns if _name(pattern, by_source=by_source) in group],
            [pattern for pattern in patterns if _name(pattern, by_source=by_source) not in group],
        )
        for group in groups
    )


def balanced(patterns: Sequence[Pattern], counts: Mapping[Pattern, int]) -> Mapping[Function, float]:
    """Return what a ticket of each function weighs, so that each function weighs the same: n / (functions · n_k)."""
    totals: Counter[Function] = Counter()
    for pattern in patterns:
        totals[pattern.expected] += counts[pattern]
    whole = totals.total()
    return {function: whole / (len(totals) * total) for function, total in totals.items()}


def _name(pattern: Pattern, *, by_source: bool) -> str | None:
    return pattern.source if by_source else str(pattern.part)


def _order(pattern: Pattern) -> tuple[str, str, int, list[str]]:
    return (pattern.source or "", pattern.expected.value, pattern.part, sorted(pattern.fired))
