"""Cases decided by two rulebooks. One comparator for each process; it holds two engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Final, Self

from rules.backtest.case import Case, read_again
from rules.backtest.causes import causes
from rules.backtest.comparison import Comparison
from rules.backtest.difference import Aspect, Difference, added, aspects_of, reranked, reworded
from rules.backtest.outcome import outcome_of
from rules.backtest.part import Part
from rules.decide import Decider
from rules.model import Decision
from rules.rulebook import Rulebook
from rules.signals import SignalReader

CHUNK: Final = 2_000
"""Cases worked at once: enough for the columns to pay, few enough to be forgotten about."""


class Comparator:
    """Replays cases through two rulebooks. Deterministic; holds nothing of a case.

    Where the rulebooks read texts differently, each of them reads the texts of its cases itself.
    """

    def __init__(self, before: Rulebook, after: Rulebook) -> None:
        self.before, self.after = before, after
        self._old, self._new = Decider(before), Decider(after)
        differs = reads(before) != reads(after)
        self._readers = (
            (SignalReader(before.signals.values()), SignalReader(after.signals.values())) if differs else None
        )

    def compare(self, cases: Sequence[Case]) -> Part:
        """Return what came of these cases."""
        part = Part()
        for case in cases:
            part.saw(case.facts.taken_at)
            part.guessed += not case.is_whole
            old, new = self._sides(case, part)
            self._decide(old, new, part)
        return part

    def _sides(self, case: Case, part: Part) -> tuple[Case, Case]:
        """Return the case as each rulebook reads it."""
        if self._readers is None:
            return case, case
        if case.conversation is None:
            part.unread += 1
            return case, case
        part.read_again += 1
        old, new = self._readers
        return read_again(case, old), read_again(case, new)

    def _decide(self, old: Case, new: Case, part: Part) -> None:
        before, after = decided(self._old, old), decided(self._new, new)
        part.decided += 1
        was, now = outcome_of(before), outcome_of(after)
        part.count(was, now)
        aspects = aspects_of(was, now)
        if reworded(before, after):
            aspects = (*aspects, Aspect.WORDING)
        if aspects:
            part.note(
                Difference(
                    ticket=old.ticket,
                    taken_at=before.taken_at,
                    aspects=aspects,
                    before=was,
                    after=now,
                    added=added(was, now),
                    removed=added(now, was),
                    reranked=reranked(was, now),
                    causes=causes(self.before, self.after, before, after),
                )
            )

    def close(self) -> None:
        """Free both engines."""
        self._old.close()
        self._new.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def compare(before: Rulebook, after: Rulebook, history: Iterable[Case]) -> Comparison:
    """Return how the decisions of a history differ between two rulebooks, worked in this process.

    Memory grows with the differences, not with the history.
    """
    whole = Part()
    with Comparator(before, after) as comparator:
        for chunk in chunked(history):
            whole.add(comparator.compare(chunk))
    return Comparison(before, after, whole)


def chunked(history: Iterable[Case], size: int = CHUNK) -> Iterator[Sequence[Case]]:
    """Yield the cases in lists of `size`, the last one shorter."""
    cases = iter(history)
    while chunk := tuple(islice(cases, size)):
        yield chunk


def decided(decider: Decider, case: Case) -> Decision:
    """Return the decision of a case, as `decider` would have taken it then."""
    return decider.decide(case.facts, case.hits, case.language, case.text_truncated, case.acceptance)


def reads(rulebook: Rulebook) -> dict[str, object]:
    """Return everything that makes a rulebook read a text as it does; equal for two that read alike."""
    return {
        name: (
            {locale: frozenset(phrases) for locale, phrases in signal.phrases.items()},
            {locale: frozenset(phrases) for locale, phrases in signal.not_when.items()},
            signal.negatable,
            frozenset(signal.clears),
        )
        for name, signal in rulebook.signals.items()
    }
