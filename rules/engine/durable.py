"""The evaluator that runs live: durable-rules behind an index, pages, levels and one lock."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rules.conditions import Condition
from rules.engine.compile import SIGNALS, Read, StratumPlan, Words, compile_stratum
from rules.engine.encode import Values
from rules.engine.formula import ENVELOPE, Limits
from rules.engine.items import LiveCollection
from rules.engine.live import Asking, LiveLine, LivePage, Told
from rules.engine.names import SESSION, WIDE_ID
from rules.engine.page import Page
from rules.errors import EngineFailed
from rules.model import Facts
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field

_HEAD: Final = f'{{"sid":"{SESSION}","id":"{WIDE_ID}"'


class DurableEvaluator:
    """Evaluates strata of conditions with durable-rules.

    `fields` and `collections` are the vocabulary that the conditions are written in. With `remembers`, what the engine
    said of a rule is kept for the next ticket that puts the very same question to it; without, it is asked every time,
    and about what this ticket reads.
    Immutable once built: a changed rulebook is a new evaluator, and the old one is closed after the swap. Safe to use
    from any thread; the engine of one evaluator is asked by one at a time, for it is not thread-safe.
    """

    def __init__(
        self,
        conditions: Mapping[str, Mapping[str, Condition]],
        *,
        limits: Limits = ENVELOPE,
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
        remembers: bool = True,
    ) -> None:
        self._lock = threading.Lock()
        self._closed = False
        # Everything is compiled before the first page is made: what cannot be evaluated is refused without a trace.
        words = Words(fields, collections)
        plans = {stratum: compile_stratum(named, limits, words) for stratum, named in conditions.items()}
        strata: dict[str, _Stratum] = {}
        try:
            for stratum, plan in plans.items():
                strata[stratum] = _Stratum(self._lock, remembers=remembers)
                strata[stratum].open(plan)
        except BaseException:
            for made in strata.values():
                made.close()
            raise
        self._strata = strata

    def fired(self, stratum: str, facts: Facts) -> frozenset[str]:
        """Return the names of the stratum's conditions that are surely true of `facts`.

        Raise KeyError for a stratum that was not given, FactsInvalid for a value of another type than its field's,
        EngineFailed when the engine gave no result or the evaluator is closed.
        """
        if self._closed:
            raise EngineFailed("this evaluator is closed: ask the one that took its place")
        return self._strata[stratum].fired(facts)

    def close(self) -> None:
        """Wait for the evaluation that runs, then free the engine's memory. Closing twice does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                for stratum in self._strata.values():
                    stratum.close()


class _Stratum:
    """One stratum's live pages. `lock` is held while they are asked."""

    def __init__(self, lock: threading.Lock, *, remembers: bool) -> None:
        self._lock = lock
        self._remembers = remembers
        self._pages: list[Page] = []

    def open(self, plan: StratumPlan) -> None:
        """Make the pages; those made before a failure are freed by `close`."""
        outcomes = [outcome for collection in plan.collections for outcome in collection.outcomes]
        self._asking = Asking(plan.levels, plan.wide, outcomes, self._pages, _HEAD, remembers=self._remembers)
        self._collections = [
            LiveCollection(one, self._asking, self._pages, remembers=self._remembers) for one in plan.collections
        ]
        self._on_collections = 0
        for collection in self._collections:
            self._on_collections |= collection.readers
        self._to_ask = self._on_collections | self._asking.unsettled
        self._candidates = self._asking.index.candidates
        # Signals stand beside the other values: the two are put together only where a rule reads them.
        self._reads_signals = plan.reads_signals

    def close(self) -> None:
        """Free the pages."""
        for page in self._pages:
            page.close()
        self._pages = []

    def fired(self, facts: Facts) -> frozenset[str]:
        """Return the names of the conditions that are surely true of `facts`."""
        values: Values = {**facts.values, SIGNALS: facts.signals} if self._reads_signals else facts.values
        candidates = self._candidates(values)
        if candidates & self._to_ask:
            return self._settled(candidates, facts, values)
        return frozenset(self._asking.owners(candidates))

    def _settled(self, candidates: int, facts: Facts, values: Values) -> frozenset[str]:
        """Return the owners of those candidates that hold: some look into collections, or are to be asked."""
        told: Told = {}
        with self._lock:
            if candidates & self._on_collections:
                for collection in self._collections:
                    candidates = collection.settle(candidates, told, facts, values)
            unsettled = candidates & self._asking.unsettled
            held = self._ask(unsettled, told, values) if unsettled else ()
        return frozenset((*self._asking.owners(candidates ^ unsettled), *held))

    def _ask(self, candidates: int, told: Told, values: Values) -> set[str]:
        """Return the owners of those candidates that hold, by what the engine says."""
        lines = self._asking.lines
        found: set[str] = set()
        settled = 0
        for floor, free in self._asking.levels:
            held: list[LiveLine] = []
            asked: list[tuple[LiveLine, Read]] = []
            number = candidates.bit_length() - 1
            while number >= floor:
                line = lines[number]
                seen = line.read(values, told)
                said = line.answers.get(seen)
                if said is None:
                    asked.append((line, seen))
                elif said:
                    held.append(line)
                candidates ^= 1 << number
                number = candidates.bit_length() - 1
            if asked:
                held += self._put(asked)
            for line in held:
                if line.part is None:
                    found.add(line.owner)
                else:
                    told[line.part[0]] = 1
                    settled |= line.part[1]
            candidates &= free | settled
        return found

    def _put(self, asked: Sequence[tuple[LiveLine, Read]]) -> Iterator[LiveLine]:
        """Put lines to the engine, page by page; yield those that it fires."""
        for live, together in itertools.groupby(asked, key=_page_of):
            fact = _HEAD
            opened = ""
            questions = list(together)
            for line, seen in questions:
                if line.gate != opened:
                    opened = line.gate
                    fact += opened
                fact += line.text % seen
            names = live.page.ask(fact + "}", keep=not self._remembers)
            for line, seen in questions:
                fires = line.name in names
                if self._remembers:
                    line.remember(seen, fires)
                if fires:
                    yield line


def _page_of(question: tuple[LiveLine, Read]) -> LivePage:
    return question[0].page
