"""The evaluator that runs live: durable-rules behind an index, pages, levels and one lock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.conditions import Condition
from rules.engine.compile import SIGNALS, WIDE_KIND, StratumPlan, Words, compile_stratum
from rules.engine.encode import Values
from rules.engine.formula import ENVELOPE, Limits
from rules.engine.index import Slots
from rules.engine.items import LiveCollection
from rules.engine.live import Asking
from rules.engine.names import KIND, SESSION, WIDE_ID
from rules.engine.page import Page
from rules.errors import EngineFailed
from rules.model import Facts
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field

_HEAD: Final = f'{{"sid":"{SESSION}","id":"{WIDE_ID}","{KIND}":{WIDE_KIND}'


class DurableEvaluator:
    """Evaluates strata of conditions with durable-rules.

    `fields` and `collections` are the vocabulary that the conditions are written in. Immutable once built: a changed
    rulebook is a new evaluator, and the old one is closed after the swap. Safe to use from any thread; evaluations of
    one evaluator run one at a time, for the engine is not thread-safe.
    """

    def __init__(
        self,
        conditions: Mapping[str, Mapping[str, Condition]],
        *,
        limits: Limits = ENVELOPE,
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> None:
        self._lock = threading.Lock()
        self._closed = False
        # Everything is compiled before the first page is made: what cannot be evaluated is refused without a trace.
        words = Words(fields, collections)
        plans = {stratum: compile_stratum(named, limits, words) for stratum, named in conditions.items()}
        strata: dict[str, _Stratum] = {}
        try:
            for stratum, plan in plans.items():
                strata[stratum] = _Stratum()
                strata[stratum].open(plan)
        except BaseException:
            for made in strata.values():
                made.close()
            raise
        self._strata: Mapping[str, _Stratum] = MappingProxyType(strata)

    def fired(self, stratum: str, facts: Facts) -> frozenset[str]:
        """Return the names of the stratum's conditions that are surely true of `facts`.

        Raise KeyError for a stratum that was not given, FactsInvalid for a value of another type than its field's,
        EngineFailed when the engine gave no result or the evaluator is closed.
        """
        with self._lock:
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
    """One stratum's live pages."""

    def __init__(self) -> None:
        self._pages: list[Page] = []

    def open(self, plan: StratumPlan) -> None:
        """Make the pages; those made before a failure are freed by `close`."""
        outcomes = [outcome for collection in plan.collections for outcome in collection.outcomes]
        self._asking = Asking(plan.levels, plan.wide, outcomes, self._pages)
        self._collections = [LiveCollection(one, self._asking, self._pages) for one in plan.collections]
        self._on_collections = 0
        for collection in self._collections:
            self._on_collections |= collection.readers
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
        candidates, slots = self._asking.index.read(values)
        if candidates & self._on_collections:
            for collection in self._collections:
                candidates = collection.settle(candidates, slots, facts, values)
        return frozenset(self._ask(candidates, slots, values)) if candidates else frozenset()

    def _ask(self, candidates: int, slots: Slots, values: Values) -> set[str]:
        """Return the owners of those candidates that hold, by what the engine says."""
        lines = self._asking.lines
        found: set[str] = set()
        settled = 0
        for floor, free in self._asking.levels:
            number = candidates.bit_length() - 1
            while number >= floor:
                live = lines[number].page
                bottom = live.floor
                fact = _HEAD
                while number >= bottom:
                    _, text, pick, lazy = lines[number]
                    for slot, answer in lazy:
                        slots[slot] = answer(values)
                    fact += text % pick(slots)
                    candidates ^= 1 << number
                    number = candidates.bit_length() - 1
                for name in live.ask(fact + "}"):
                    if name in live.owners:
                        found.add(live.owners[name])
                    else:
                        slot, readers = self._asking.parts[live.parts[name]]
                        slots[slot] = 1
                        settled |= readers
            candidates &= free | settled
        return found
