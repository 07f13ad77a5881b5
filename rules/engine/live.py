"""Pages that are live, and their lines in the order of an index's bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.engine.compile import Levels, Line, PagePlan
from rules.engine.encode import Encoding, rank
from rules.engine.index import Answer, Index, Slots
from rules.engine.page import Page

Read = tuple[int, ...]
MOST_ANSWERS: Final = 32
"""Answers that are remembered of one line; a line of three tests on three fields has at most 27."""


class LivePage:
    """A page with its lines by engine rule. `floor` is the lowest of its bits."""

    def __init__(self, plan: PagePlan, floor: int) -> None:
        self.page = Page(plan.rules)
        self.floor = floor
        self.mask = ((1 << len(plan.lines)) - 1) << floor
        self.lines: dict[str, LiveLine] = {}


class LiveLine(NamedTuple):
    """A line, ready to be asked: `text % read(slots)` behind its gate, once `lazy` has filled its slots.

    A part has a `part`: its slot, and the lines that read it. `answers`: what the engine said to what was read, for a
    line's answer depends on nothing else.
    """

    page: LivePage
    name: str
    owner: str
    part: tuple[int, int] | None
    gate: str
    text: str
    read: Callable[[Slots], Read]
    lazy: tuple[tuple[int, Answer], ...]
    answers: dict[Read, bool]

    def remember(self, seen: Read, answer: bool) -> None:  # noqa: FBT001 - called by position, in the inner loop
        """Keep what the engine said."""
        if len(self.answers) >= MOST_ANSWERS:
            self.answers.clear()
        self.answers[seen] = answer


class LiveLevel(NamedTuple):
    """A level: `floor` is the lowest of its bits; `free`, the lines that wait for none of the parts it settles."""

    floor: int
    free: int


class Asking:
    """Everything that is asked of one kind of fact: its index, its lines by bit, its levels.

    Bits are given out from the last line to the first, so that the highest candidate is the next one to ask.
    """

    def __init__(self, levels: Levels, encoding: Encoding, told: Iterable[str], opened: list[Page]) -> None:
        """Make the pages, and put each into `opened` at once: who made this closes them, whatever happens."""
        ordered = [line for level in levels for page in level for line in page.lines.values()]
        settled_on = {
            line.owner: on
            for on, level in enumerate(levels)
            for page in level
            for line in page.lines.values()
            if line.is_part
        }
        self.index = Index(encoding, [line.atoms for line in reversed(ordered)], (*told, *settled_on))
        self.plans: Sequence[Line] = ordered[::-1]
        self.lines: list[LiveLine] = []
        self.levels: list[LiveLevel] = []
        floor = len(ordered)
        for on, level in enumerate(levels):
            for plan in level:
                floor -= len(plan.lines)
                page = LivePage(plan, floor)
                opened.append(page.page)
                page.lines = {name: self._line(name, line, page) for name, line in plan.lines.items()}
                self.lines += page.lines.values()
            free = self.index.every
            for part, last in settled_on.items():
                if last == on:
                    free &= ~self.index.told[part][1]
            self.levels.append(LiveLevel(floor, free))
        self.lines.reverse()

    def _line(self, name: str, line: Line, page: LivePage) -> LiveLine:
        slots = self.index.slots
        lazy = tuple((slots[prop], self.index.lazy[prop]) for prop in line.reads if prop in self.index.lazy)
        part = (slots[line.owner], self.index.told[line.owner][1]) if line.is_part else None
        reading = _reading({slots[prop]: constants for prop, constants in line.reads.items()})
        return LiveLine(page, name, line.owner, part, line.gate, line.text, reading, lazy, {})


def _reading(constants: Mapping[int, tuple[int, ...]]) -> Callable[[Slots], Read]:
    """Return what reads some slots: each as its rank among the constants, as it is where there are none."""
    if all(len(found) == 1 for found in constants.values()):
        single = tuple((slot, found[0]) for slot, found in constants.items())

        def read(slots: Slots) -> Read:
            return tuple([(slots[slot] > one) + (slots[slot] >= one) for slot, one in single])  # type: ignore[operator]  # a candidate reads nothing unknown

        return read
    several = tuple(constants.items())

    def read_several(slots: Slots) -> Read:
        return tuple([rank(found, slots[slot]) if found else slots[slot] for slot, found in several])  # type: ignore[arg-type, misc]  # as above

    return read_several
