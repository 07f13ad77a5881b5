"""Collections: each distinct `exists` is settled over the items first, and then read as a property of the ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rules.engine.compile import ITEM_KIND, WIDE_KIND, CollectionPlan
from rules.engine.encode import Key, Value, Values
from rules.engine.live import Asking, LiveLevel, LivePage, Told
from rules.engine.names import ITEM_BATCH, ITEM_IDS, ITEM_MARK, KIND, ONE, SESSION, WIDE_ID
from rules.engine.page import Page, fired_name
from rules.model import Facts

_WIDE = f'{{"sid":"{SESSION}","id":"{WIDE_ID}","{KIND}":{WIDE_KIND},"{ONE}":1'
_HEADS = tuple(f'{{"sid":"{SESSION}","id":"{name}","{KIND}":{ITEM_KIND},"{ONE}":1' for name in ITEM_IDS)


class _Outcome(NamedTuple):
    """One `exists`: who is left on the ticket once it is settled, and the mask of its own lines."""

    if_met: int
    if_not: int
    mask: int


class _Item:
    """An item under evaluation: the candidates still to be asked, and who reads the parts that are settled already."""

    __slots__ = ("candidates", "settled", "told", "values")

    def __init__(self, candidates: int, told: Told, values: Values) -> None:
        self.candidates = candidates
        self.settled = 0
        self.told = told
        self.values = values


class LiveCollection:
    """One collection's live pages. `readers`: the ticket's conjunctions that read an outcome of it."""

    def __init__(self, plan: CollectionPlan, ticket: Asking, opened: list[Page], *, remembers: bool) -> None:
        self._name = plan.collection
        self._asking = Asking(plan.levels, plan.items, (), opened, _HEADS[0], remembers=remembers)
        self._keys = plan.items.keys
        self._wide_keys = plan.wide.keys
        self._parts = 0
        owned = dict.fromkeys(plan.outcomes, 0)
        self._joining = {key.prop: 0 for key in plan.wide.keys}
        for number, line in enumerate(self._asking.plans):
            if line.is_part:
                self._parts |= 1 << number
            else:
                owned[line.owner] |= 1 << number
            for prop in line.wide_reads:
                self._joining[prop] |= 1 << number
        every = ticket.index.every
        self.readers = 0
        self._if_empty = every
        self._outcomes: dict[str, _Outcome] = {}
        for outcome, mask in owned.items():
            unwanted, wanted = ticket.index.told.get(outcome, (0, 0))
            self.readers |= unwanted | wanted
            self._if_empty &= ~wanted
            self._outcomes[outcome] = _Outcome(every & ~unwanted, every & ~wanted, mask)
        self._read_by = {
            number: names
            for number, line in enumerate(ticket.plans)
            if (names := tuple(prop for prop in line.reads if prop in self._outcomes))
        }

    def settle(self, candidates: int, told: Told, facts: Facts, values: Values) -> int:
        """Put into `told` what the candidates read of this collection; return the candidates that are left."""
        asked = candidates & self.readers
        if not asked:
            return candidates
        items = facts.collections.get(self._name, ())
        if not items:
            return candidates & self._if_empty
        needed: dict[str, _Outcome] = {}
        while asked:
            top = asked.bit_length() - 1
            asked ^= 1 << top
            for name in self._read_by[top]:
                needed[name] = self._outcomes[name]
        wanted = self._parts
        for outcome in needed.values():
            wanted |= outcome.mask
        met = self._met(items, wanted, values)
        for name, outcome in needed.items():
            told[name] = int(name in met)
            candidates &= outcome.if_met if name in met else outcome.if_not
        return candidates

    def _met(self, items: Sequence[Values], wanted: int, values: Values) -> set[str]:
        """Return which outcomes among the wanted lines an item meets. A long collection is taken batch by batch."""
        codes: dict[Value, int] = {}
        joined = _coded(self._wide_keys, values, codes)
        for prop, joining in self._joining.items():
            if prop not in joined:
                wanted &= ~joining
        met: set[str] = set()
        for start in range(0, len(items), ITEM_BATCH):
            batch = [self._item(item, wanted, codes, met) for item in items[start : start + ITEM_BATCH]]
            for level in self._asking.levels:
                self._ask_level(level, batch, joined, met)
        return met

    def _item(self, values: Values, wanted: int, codes: dict[Value, int], met: set[str]) -> _Item:
        """Add to `met` what is settled already; return the item with what is still to be asked."""
        asking = self._asking
        candidates = asking.index.candidates(values) & wanted
        unsettled = candidates & asking.unsettled
        met.update(asking.owners(candidates ^ unsettled))
        return _Item(unsettled, _coded(self._keys, values, codes), values)

    def _ask_level(self, level: LiveLevel, batch: Sequence[_Item], joined: Mapping[str, int], met: set[str]) -> None:
        """Ask the candidates of one level, page by page; tell the items which parts of it they meet."""
        asked = 0
        for item in batch:
            asked |= item.candidates
        while (number := asked.bit_length() - 1) >= level.floor:
            live = self._asking.lines[number].page
            for activation in live.page.run(self._facts(live, batch, asked, joined)):
                line = live.lines[fired_name(activation)]
                if line.part is None:
                    met.add(line.owner)
                else:
                    item = batch[_item_index(activation)]
                    item.told[line.part[0]] = 1
                    item.settled |= line.part[1]
            asked &= ~live.mask
        below = (1 << level.floor) - 1
        for item in batch:
            item.candidates &= below & (level.free | item.settled)

    def _facts(self, live: LivePage, batch: Sequence[_Item], asked: int, joined: Mapping[str, int]) -> Iterable[str]:
        """Yield what a page is asked: the items that have candidates on it, and last what they are joined with."""
        for head, item in zip(_HEADS, batch, strict=False):
            candidates = item.candidates & live.mask
            if candidates:
                texts = [head]
                for number in _bits(candidates):
                    line = self._asking.lines[number]
                    texts.append(line.text % line.read(item.values, item.told))
                yield "".join(texts) + "}"
        joins = [self._asking.plans[number] for number in _bits(asked & live.mask)]
        wide = "".join(line.wide_text % tuple(joined[prop] for prop in line.wide_reads) for line in joins)
        if wide:
            yield f"{_WIDE}{wide}}}"


def _bits(mask: int) -> Iterable[int]:
    while mask:
        top = mask.bit_length() - 1
        mask ^= 1 << top
        yield top


def _coded(keys: Iterable[Key], values: Values, codes: dict[Value, int]) -> dict[str, int]:
    """Return the join keys of `values`: equal values have equal keys in one evaluation, of which `codes` is.

    Raise FactsInvalid for a value of another type than its field's.
    """
    found = {}
    for key in keys:
        value = values.get(key.field)
        if value is not None:
            found[key.prop] = codes.setdefault(key.taken(key.field, value), len(codes))
    return found


def _item_index(activation: str) -> int:
    """Return which item of its batch an activation is about."""
    start = activation.index(ITEM_MARK) + len(ITEM_MARK)
    return int(activation[start : activation.index('"', start)])
