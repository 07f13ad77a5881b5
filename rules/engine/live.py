"""Pages that are live, and their lines in the order of an index's bits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.engine.compile import Levels, Line, PagePlan, Read
from rules.engine.encode import Encoding, Values
from rules.engine.index import Index
from rules.engine.page import Page, fired_name

MOST_ANSWERS: Final = 32
"""Answers that are remembered of one line."""

Told = dict[str, int]
"""What is settled of one fact beside its fields: outcomes and parts, 0 where they do not stand, and join keys."""


class LivePage:
    """A page with its lines by engine rule. `floor` is the lowest of its bits."""

    def __init__(self, plan: PagePlan, floor: int) -> None:
        self.page = Page(plan.rules)
        self.floor = floor
        self.mask = ((1 << len(plan.lines)) - 1) << floor
        self.lines: dict[str, LiveLine] = {}


class LiveLine(NamedTuple):
    """A line, ready to be asked: `text % read(values, told)` behind its gate.

    A part has a `part`: its property, and the lines that read it. `answers`: what the engine said to what was read, for
    a line's answer depends on nothing else. `sole`: what it reads whenever its tests hold, see `compile.Line`.
    """

    page: LivePage
    bit: int
    name: str
    owner: str
    part: tuple[str, int] | None
    gate: str
    text: str
    read: Callable[[Values, Told], Read]
    sole: Read | None
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

    Most lines can read one thing only when the index vouches for them. With `remembers` the engine is asked that one
    question at once, and a line that it fires is settled: it holds whenever it is a candidate. `unsettled` are the
    others, which are asked about what each fact reads. `head` begins a fact.
    """

    def __init__(  # noqa: PLR0913 - what is asked, of what, and how
        self,
        levels: Levels,
        encoding: Encoding,
        told: Iterable[str],
        opened: list[Page],
        head: str,
        *,
        remembers: bool,
    ) -> None:
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
        answers = encoding.answers()
        floor = len(ordered)
        for on, level in enumerate(levels):
            for plan in level:
                floor -= len(plan.lines)
                page = LivePage(plan, floor)
                opened.append(page.page)
                for name, line in plan.lines.items():
                    part = (line.owner, self.index.told[line.owner][1]) if line.is_part else None
                    bit = 1 << (len(ordered) - 1 - len(self.lines))
                    reading = _reading(line, answers)
                    page.lines[name] = LiveLine(
                        page, bit, name, line.owner, part, line.gate, line.text, reading, line.sole, {}
                    )
                    self.lines.append(page.lines[name])
            free = self.index.every
            for part_of, last in settled_on.items():
                if last == on:
                    free &= ~self.index.told[part_of][1]
            self.levels.append(LiveLevel(floor, free))
        self.lines.reverse()
        self._owners = [line.owner for line in self.lines]
        self.unsettled = self.index.every
        if remembers:
            self._settle(head, settled_on)

    def _settle(self, head: str, parts: Container[str]) -> None:
        """Ask the engine, once for each page, about every line on it that can read one thing only."""
        asked: dict[LivePage, list[LiveLine]] = {}
        for line, live in zip(self.plans, self.lines, strict=True):
            waits = line.is_part or any(prop in parts for prop in line.reads)
            if live.sole is not None and live.bit & self.index.vouched and not waits:
                asked.setdefault(live.page, []).append(live)
        for page, lines in asked.items():
            gates = dict.fromkeys(line.gate for line in lines)
            texts = [line.text % line.sole for line in lines]
            for activation in page.page.run([f"{head}{''.join((*gates, *texts))}}}"]):
                self.unsettled &= ~page.lines[fired_name(activation)].bit

    def owners(self, lines: int) -> list[str]:
        """Return the owner of each line."""
        owners = self._owners
        found = []
        while lines:
            number = lines.bit_length() - 1
            found.append(owners[number])
            lines ^= 1 << number
        return found


def _reading(line: Line, answers: Mapping[str, Callable[[Values], int | None]]) -> Callable[[Values, Told], Read]:
    """Return what reads a line's properties: the place of what is on the fact or told, and the join keys."""
    reads = tuple((answers.get(prop), prop, place.cuts, place.labels) for prop, place in line.reads.items())
    keys = line.keys

    def read(values: Values, told: Told) -> Read:
        # a candidate reads nothing unknown; what is not told does not stand
        places = [
            labels[bisect_right(cuts, told.get(prop, 0) if answer is None else answer(values))]  # type: ignore[type-var]  # as above
            for answer, prop, cuts, labels in reads
        ]
        return (*places, *[told[key] for key in keys])

    return read
