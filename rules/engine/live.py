"""Pages that are live, and their lines in the order of an index's bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from rules.engine.compile import Levels, Line, PagePlan
from rules.engine.encode import Encoding
from rules.engine.index import Answer, Index, Slots
from rules.engine.page import Page


class LivePage:
    """A page with its plan. `floor` is the lowest of its bits; they reach up to the floor of the page before.

    `owners` and `parts`: engine rule -> the condition, or the property of the part, that it settles.
    """

    def __init__(self, plan: PagePlan, floor: int) -> None:
        page = Page(plan.rules)
        self.page = page
        self.ask = page.ask
        self.owners = {name: line.owner for name, line in plan.lines.items() if not line.is_part}
        self.parts = {name: line.owner for name, line in plan.lines.items() if line.is_part}
        self.floor = floor
        self.mask = ((1 << len(plan.lines)) - 1) << floor


class LiveLine(NamedTuple):
    """A line, ready to be asked: `text % pick(slots)` once `lazy` has filled its slots."""

    page: LivePage
    text: str
    pick: Callable[[Slots], Any]
    lazy: tuple[tuple[int, Answer], ...]


class LiveLevel(NamedTuple):
    """A level: `floor` is the lowest of its bits; `free`, the conjunctions that wait for none of the parts it settles."""

    floor: int
    free: int


class Asking:
    """Everything that is asked of one kind of fact: its index, its lines by bit, its levels.

    Bits are given out from the last line to the first, so that the highest candidate is the next one to ask.
    """

    def __init__(self, levels: Levels, encoding: Encoding, told: Iterable[str], opened: list[Page]) -> None:
        """Make the pages, and put each into `opened` at once: who made this closes them, whatever happens."""
        ordered = [line for level in levels for page in level for line in page.lines.values()]
        parts = [line.owner for line in ordered if line.is_part]
        self.index = Index(encoding, [line.atoms for line in reversed(ordered)], dict.fromkeys((*told, *parts)))
        self.plans: Sequence[Line] = ordered[::-1]
        self.lines: list[LiveLine] = []
        floors = []
        floor = len(ordered)
        for level in levels:
            for plan in level:
                floor -= len(plan.lines)
                page = LivePage(plan, floor)
                opened.append(page.page)
                self.lines += [self._line(line, page) for line in plan.lines.values()]
            floors.append(floor)
        self.lines.reverse()
        self.parts = {part: (self.index.slots[part], self.index.told[part][1]) for part in dict.fromkeys(parts)}
        """Part -> its slot and the conjunctions that read it."""
        settled_on = {
            line.owner: on
            for on, level in enumerate(levels)
            for page in level
            for line in page.lines.values()
            if line.is_part
        }
        self.levels = [
            LiveLevel(floor, self._free(part for part in self.parts if settled_on[part] == on))
            for on, floor in enumerate(floors)
        ]

    def _line(self, line: Line, page: LivePage) -> LiveLine:
        slots = self.index.slots
        lazy = tuple((slots[prop], self.index.lazy[prop]) for prop in line.reads if prop in self.index.lazy)
        return LiveLine(page, line.text, picking([slots[prop] for prop in line.reads]), lazy)

    def _free(self, parts: Iterable[str]) -> int:
        free = self.index.every
        for part in parts:
            free &= ~self.parts[part][1]
        return free


def picking(slots: Sequence[int]) -> Callable[[Sequence[Any]], Any]:
    """Return what takes the values of some slots, as `%` wants them."""
    return itemgetter(*slots) if slots else lambda _: ()
