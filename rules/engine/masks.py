"""What each value of a field rules out, as masks: a set bit is a conjunction that this field does not rule out.

Here is the whole of the index's soundness: every mask has the bits of all conjunctions whose tests on the field hold
for the value, and of all that do not test it. More bits only cost time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.engine.encode import Coded, Flagged, Holds, Known, Number, Ranked, steps
from rules.engine.formula import Compare

MOST_INTERVALS: Final = 1_024
"""Distinct masks of one number field. Past it neighbouring intervals share one: memory shall not grow as a square."""

Tests = Mapping[int, Sequence[Compare]]
"""Bit of a conjunction -> its tests on one property."""


class NumberMasks(NamedTuple):
    """A number field: `masks` by rank. `whole` and `real` find the rank, see `rules.engine.encode.steps`."""

    field: str
    slot: int
    whole: list[Number]
    real: list[Number]
    constants: tuple[Number, ...]
    masks: list[int]
    absent: int


class TextMasks(NamedTuple):
    """A text or enum field: each constant's mask and code, and those of any other text."""

    field: str
    slot: int
    constants: Mapping[str, tuple[int, int]]
    other: tuple[int, int]
    absent: int


class FlagMasks(NamedTuple):
    """A flag field."""

    field: str
    slot: int
    yes: int
    no: int
    absent: int


class KnownMasks(NamedTuple):
    """Whether a field is known."""

    field: str
    slot: int
    known: int
    unknown: int


class SetMasks(NamedTuple):
    """A set field: the mask is `free`, with `wanted` of each member added and all but `allowed` of it taken away."""

    field: str
    free: int
    wanted: Mapping[str, int]
    allowed: Mapping[str, int]
    absent: int


def united(bits: Iterable[int]) -> int:
    """Return the mask of all `bits`."""
    mask = 0
    for bit in bits:
        mask |= bit
    return mask


def asking(tests: Tests, value: int) -> int:
    """Return the conjunctions that want a property of 0 and 1 to be `value`, and nothing else of it."""
    return united(bit for bit, atoms in tests.items() if all(atom.value == value for atom in atoms))


def of_number(ranked: Ranked, slot: int, tests: Tests, every: int) -> NumberMasks:
    """Return the masks of a number field. A conjunction's tests leave one interval of ranks, with holes in it."""
    absent = every & ~united(tests)
    last = 2 * len(ranked.constants)
    turned: dict[int, int] = defaultdict(int)  # rank -> the bits that change there
    for bit, atoms in tests.items():
        low, high, holes = _interval(atoms, last)
        if low <= high:
            for place in (low, high + 1, *holes, *(hole + 1 for hole in holes)):
                turned[place] ^= bit
    width = last // MOST_INTERVALS + 1
    masks: list[int] = []
    current = absent
    for start in range(0, last + 1, width):
        places = range(start, min(start + width, last + 1))
        union = 0
        for place in places:
            current ^= turned.get(place, 0)
            union |= current
        if masks and union == masks[-1]:
            union = masks[-1]  # equal masks are kept once
        masks += [union] * len(places)
    return NumberMasks(ranked.field, slot, *steps(ranked.constants), ranked.constants, masks, absent)


def _interval(atoms: Sequence[Compare], last: int) -> tuple[int, int, set[int]]:
    """Return the lowest and the highest rank that meets every test, and the ranks between them that do not."""
    low, high = 0, last
    holes = set()
    for atom in atoms:
        match atom.op:
            case "$eq":
                low, high = max(low, atom.value), min(high, atom.value)
            case "$neq":
                holes.add(atom.value)
            case "$gt":
                low = max(low, atom.value + 1)
            case "$gte":
                low = max(low, atom.value)
            case "$lt":
                high = min(high, atom.value - 1)
            case _:
                high = min(high, atom.value)
    return low, high, {hole for hole in holes if low <= hole <= high}


def of_text(coded: Coded, slot: int, tests: Tests, every: int) -> TextMasks:
    """Return the masks of a text or enum field."""
    absent = every & ~united(tests)
    equal: dict[int, int] = defaultdict(int)
    different: dict[int, int] = defaultdict(int)
    any_other = absent
    for bit, atoms in tests.items():
        same = {atom.value for atom in atoms if atom.op == "$eq"}
        for code in {atom.value for atom in atoms if atom.op != "$eq"}:
            different[code] |= bit
        if not same:
            any_other |= bit
        elif len(same) == 1:
            equal[same.pop()] |= bit
    constants = {
        text: ((any_other | equal[code]) & ~different[code] if code in equal or code in different else any_other, code)
        for text, code in coded.codes.items()
    }
    return TextMasks(coded.field, slot, constants, (any_other, 0), absent)


def of_flag(flagged: Flagged, slot: int, tests: Tests, every: int) -> FlagMasks:
    """Return the masks of a flag field."""
    absent = every & ~united(tests)
    return FlagMasks(flagged.field, slot, absent | asking(tests, 1), absent | asking(tests, 0), absent)


def of_known(known: Known, slot: int, tests: Tests, every: int) -> KnownMasks:
    """Return the masks of whether a field is known."""
    others = every & ~united(tests)
    return KnownMasks(known.field, slot, others | asking(tests, 1), others | asking(tests, 0))


def of_set(field: str, questions: Mapping[str, Holds], readers: Mapping[str, Tests], every: int) -> SetMasks:
    """Return the masks of a set field from all `questions` to it, by property.

    Of what a conjunction wants the set to hold, one question counts: the one with the fewest members to find.
    """
    absent = every & ~united(bit for prop in questions for bit in readers[prop])
    sharpest: dict[int, frozenset[str]] = {}
    unwanted: dict[str, int] = defaultdict(int)
    for prop, asked in questions.items():
        needed = frozenset(sorted(asked.members)[:1]) if asked.every else asked.members
        for bit, atoms in readers[prop].items():
            wants = {atom.value for atom in atoms}
            if 1 in wants and not (asked.every and not needed):  # a set always holds every one of no members
                sharpest[bit] = min(sharpest.get(bit, needed), needed, key=len)
            if 0 in wants and (not asked.every or len(asked.members) == 1):
                for member in asked.members:
                    unwanted[member] |= bit
    wanted: dict[str, int] = defaultdict(int)
    for bit, members in sharpest.items():
        for member in members:
            wanted[member] |= bit
    allowed = {member: every & ~mask for member, mask in unwanted.items()}
    return SetMasks(field, every & ~united(sharpest), dict(wanted), allowed, absent)
