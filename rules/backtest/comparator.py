"""Cases decided by two rulebooks. One comparator for each process; it holds two engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from rules.backtest.case import Case, read_again
from rules.backtest.causes import causes
from rules.backtest.comparison import Comparison
from rules.backtest.difference import SILENT, Aspect, Difference, added, aspects_of, reranked, reworded
from rules.backtest.outcome import outcome_of
from rules.backtest.part import Part
from rules.backtest.settling import Settler
from rules.decide import Decider
from rules.errors import FactsInvalid
from rules.model import Decision
from rules.rulebook import Rulebook
from rules.signals import SignalReader
from rules.text import Text, filled

if TYPE_CHECKING:
    from rules.backtest.screen import Screen, Screened
    from rules.bulk.columns import Columns

_TICKET: Final = Text("chamado {ticket}: {why}", "ticket {ticket}: {why}")
CHUNK: Final = 2_000
"""Cases worked at once: enough for the columns to pay, few enough to be forgotten about."""


class Comparator:
    """Replays cases through two rulebooks. Deterministic; holds nothing of a case.

    Where the rulebooks read texts differently, each of them reads the texts of its cases itself. `screened`: only cases
    that both are not proved to decide alike (`rules.backtest.screen`) are decided twice; else every case is. What comes
    of it is the same.
    """

    def __init__(self, before: Rulebook, after: Rulebook, *, screened: bool = True) -> None:
        self.before, self.after = before, after
        differs = reads(before) != reads(after)
        self._readers = (
            (SignalReader(before.signals.values()), SignalReader(after.signals.values())) if differs else None
        )
        self._screen: Screen | None = None
        with ExitStack() as made:
            self._old, self._new = made.enter_context(Decider(before)), made.enter_context(Decider(after))
            self._settlers = (Settler(self._old), Settler(self._new))
            if screened:
                from rules.backtest.screen import Screen  # noqa: PLC0415 - Polars is slow to import

                self._screen = Screen(self._old, self._new)
            self._engines = made.pop_all()

    def compare(self, cases: Sequence[Case], columns: Columns | None = None) -> Part:
        """Return what came of these cases; `columns` are their facts, where they are kept so."""
        part = Part()
        sides = [self._sides(case, part) for case in cases]
        screened = self._screened(sides, columns)
        for row, (old, new) in enumerate(sides):
            part.saw(old.facts.taken_at)
            part.guessed += not old.is_whole
            if screened is None or old is not new or not self._settle(old, screened, row, part):
                self._decide(old, new, part)
        return part

    def _settle(self, case: Case, screened: Screened, row: int, part: Part) -> bool:
        """Count a case that both rulebooks decide the same; return False, and count nothing, for one they may not."""
        if screened.reworded[row]:
            return False
        was = now = self._settlers[0].settle(case.facts, screened.old[row], case.acceptance)
        if was.is_fallback and self._screen is not None and self._screen.falls_back_differently:
            return False
        fired = screened.new[row]
        if fired is not None:
            now = self._settlers[1].settle(case.facts, fired, case.acceptance)
            aspects = aspects_of(was, now)
            if not SILENT.issuperset(aspects) or (was.shown, was.held) != (now.shown, now.held):
                return False  # where other rules recommend the same, at least the reason is another
            part.aspects.update(aspects)
        part.count(was, now)
        return True

    def _screened(self, sides: Sequence[tuple[Case, Case]], columns: Columns | None) -> Screened | None:
        """Return which cases can differ; None when every one has to be decided."""
        if self._screen is None:
            return None
        from rules.bulk.columns import Columns  # noqa: PLC0415 - as above

        try:
            if columns is None or self._readers is not None:
                columns = Columns.of(old.facts for old, _ in sides)
            return self._screen.screen(columns)
        except FactsInvalid:  # an old decision with a field or value that the vocabulary has no more
            return None

    def _sides(self, case: Case, part: Part) -> tuple[Case, Case]:
        """Return the case as each rulebook reads it."""
        if self._readers is None:
            return case, case
        if case.conversation is None:
            part.unread += 1
            return case, case
        part.read_again += 1
        old, new = (read_again(case, reader) for reader in self._readers)
        return old, old if old.facts == new.facts else new

    def _decide(self, old: Case, new: Case, part: Part) -> None:
        try:
            before, after = decided(self._old, old), decided(self._new, new)
        except FactsInvalid as error:
            raise FactsInvalid(filled(_TICKET, ticket=old.ticket, why=error.text)) from error
        part.decided += 1
        was, now = outcome_of(before), outcome_of(after)
        part.count(was, now)
        found = {*aspects_of(was, now), *((Aspect.WORDING,) if reworded(before, after) else ())}
        aspects = tuple(aspect for aspect in Aspect if aspect in found)
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
        self._engines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def compare(before: Rulebook, after: Rulebook, history: Iterable[Case], *, screened: bool = True) -> Comparison:
    """Return how the decisions of a history differ between two rulebooks, worked in this process.

    Memory grows with the differences, not with the history. `screened`: see `Comparator`.
    """
    whole = Part()
    with Comparator(before, after, screened=screened) as comparator:
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
            frozenset(signal.implies),
        )
        for name, signal in rulebook.signals.items()
    }
