"""The evaluator that runs live: durable-rules behind pages, levels and one lock."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rules.conditions import Condition
from rules.engine.compile import ITEM_KIND, WIDE_KIND, CollectionPlan, Levels, PagePlan, StratumPlan, compile_stratum
from rules.engine.encode import Value, Values
from rules.engine.formula import ENVELOPE, Limits
from rules.engine.names import ITEM_BATCH, ITEM_IDS, ITEM_MARK, KIND, ONE, SESSION, WIDE_ID
from rules.engine.page import Page, fired_name
from rules.errors import EngineFailed
from rules.model import Facts

SIGNALS: Final = "signals"


class DurableEvaluator:
    """Evaluates strata of conditions with durable-rules.

    Immutable once built: a changed rulebook is a new evaluator, and the old one is closed after the swap. Safe to use
    from any thread; evaluations of one evaluator run one at a time, for the engine is not thread-safe.
    """

    def __init__(self, conditions: Mapping[str, Mapping[str, Condition]], *, limits: Limits = ENVELOPE) -> None:
        self._lock = threading.Lock()
        self._closed = False
        # Everything is compiled before the first page is made: what cannot be evaluated is refused without a trace.
        plans = {stratum: compile_stratum(named, limits) for stratum, named in conditions.items()}
        strata: dict[str, _Stratum] = {}
        try:
            for stratum, plan in plans.items():
                strata[stratum] = _Stratum()
                strata[stratum].open(plan)
        except BaseException:
            for opened in strata.values():
                opened.close()
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


class _LivePage:
    """A page with its plan."""

    def __init__(self, plan: PagePlan) -> None:
        self.plan = plan
        self.page = Page(plan.rules)
        one = f',"{ONE}":1' if plan.wide_reads else ""
        self._wide = f'{{"sid":"{SESSION}","id":"{WIDE_ID}","{KIND}":"{WIDE_KIND}"{one}'
        self._item = f',"{KIND}":"{ITEM_KIND}"{one}'
        # Names are of [a-z0-9_] and values are whole numbers: as text they are JSON already.
        self._reads = tuple((prop, f',"{prop}":') for prop in plan.reads)
        self._wide_reads = tuple((prop, f',"{prop}":') for prop in plan.wide_reads)

    def wide(self, props: Mapping[str, int]) -> str:
        """Return the wide fact for a page of the strata: what its rules read of `props`."""
        return self._wide + "".join([f"{key}{props[prop]}" for prop, key in self._reads if prop in props]) + "}"

    def item(self, index: int, props: Mapping[str, int]) -> str:
        """Return the fact of one item of a batch."""
        told = "".join([f"{key}{props[prop]}" for prop, key in self._reads if prop in props])
        return f'{{"sid":"{SESSION}","id":"{ITEM_IDS[index]}"{self._item}{told}}}'

    def trigger(self, props: Mapping[str, int]) -> str:
        """Return the wide fact that items are joined with."""
        return self._wide + "".join([f"{key}{props[prop]}" for prop, key in self._wide_reads if prop in props]) + "}"


class _Stratum:
    """One stratum's live pages."""

    def __init__(self) -> None:
        self._plan: StratumPlan | None = None
        self._collections: list[tuple[CollectionPlan, list[list[_LivePage]]]] = []
        self._levels: list[list[_LivePage]] = []
        self._pages: list[Page] = []

    def open(self, plan: StratumPlan) -> None:
        """Make the pages; those made before a failure are freed by `close`."""
        self._plan = plan
        self._collections = [(collection, self._live(collection.levels)) for collection in plan.collections]
        self._levels = self._live(plan.levels)

    def _live(self, levels: Levels) -> list[list[_LivePage]]:
        live: list[list[_LivePage]] = []
        for level in levels:
            live.append([])
            for plan in level:
                page = _LivePage(plan)
                self._pages.append(page.page)
                live[-1].append(page)
        return live

    def close(self) -> None:
        for page in self._pages:
            page.close()
        self._pages = []

    def fired(self, facts: Facts) -> frozenset[str]:
        if self._plan is None:
            raise EngineFailed("this stratum was never opened")
        values = {**facts.values, SIGNALS: facts.signals}
        props = self._plan.wide.encode(values)
        for collection, levels in self._collections:
            there = _met(collection, levels, facts.collections.get(collection.collection, ()), values)
            for outcome in collection.outcomes:
                props[outcome] = 1 if outcome in there else 0
        found: set[str] = set()
        for level in self._levels:
            parts: list[str] = []
            for live in level:
                owners = live.plan.owners
                for activation in live.page.run((live.wide(props),)):
                    owner, is_part = owners[fired_name(activation)]
                    if is_part:
                        parts.append(owner)
                    else:
                        found.add(owner)
            for part in parts:
                props[part] = 1
        return frozenset(found)


def _met(plan: CollectionPlan, levels: list[list[_LivePage]], items: Iterable[Values], wide: Values) -> set[str]:
    """Return the outcomes that an item meets. Items of a long collection are taken batch by batch."""
    codes: dict[Value, int] = {}
    joined = plan.wide.encode_keys(wide, codes)
    encoded = [plan.items.encode(item) | plan.items.encode_keys(item, codes) for item in items]
    met: set[str] = set()
    for start in range(0, len(encoded), ITEM_BATCH):
        batch = encoded[start : start + ITEM_BATCH]
        for level in levels:
            parts: list[tuple[int, str]] = []
            for live in level:
                facts = [live.item(index, item) for index, item in enumerate(batch)]
                if live.plan.wide_reads:
                    facts.append(live.trigger(joined))
                for activation in live.page.run(facts):
                    owner, is_part = live.plan.owners[fired_name(activation)]
                    if is_part:
                        parts.append((_item_index(activation), owner))
                    else:
                        met.add(owner)
            for index, part in parts:
                batch[index][part] = 1
    return met


def _item_index(activation: str) -> int:
    """Return which item of its batch an activation is about."""
    start = activation.index(ITEM_MARK) + len(ITEM_MARK)
    return int(activation[start : activation.index('"', start)])
