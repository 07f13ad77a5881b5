"""What each value of a field rules out, as masks: a set bit is a conjunction that this field does not rule out.

Here is the whole of the index's soundness: every mask has the bits of all conjunctions whose tests on the field hold
for the value, and of all that do not test it. More bits only cost time, and are owned up to: the masks come with the
`loose` conjunctions, which some mask may let through although a test of theirs does not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.engine.encode import Coded, Holds, Known, Number, Ranked, steps, text_of
from rules.engine.formula import Compare

MOST_INTERVALS: Final = 1_024
"""Distinct masks of one number field. Past it neighbouring intervals share one: memory shall not grow as a square."""

MOST_WANTS: Final = 4
"""Questions to one set that one conjunction may want answered with yes, and be indexed by."""

Tests = Mapping[int, Sequence[Compare]]
"""Bit of a conjunction -> its tests on one property."""


class OtherNumbers(NamedTuple):
    """How the rank of what is no `int` is found: of a float in `real`, of any number among `constants`."""

    real: list[Number]
    constants: tuple[Number, ...]
    absent: int


class NumberMasks(NamedTuple):
    """A number field: `masks` by rank. `whole` finds the rank of an `int`, see `rules.engine.encode.steps`."""

    field: str
    whole: list[Number]
    masks: list[int]


class TextMasks(dict[str | None, int]):
    """The mask of each text of a text or enum field, whatever the text is; of None, that of an unknown field."""

    def __init__(self, field: str, constants: Mapping[str, int], other: int, absent: int) -> None:
        super().__init__()
        self.update(constants)
        self[None] = absent
        self._field = field
        self._other = other

    def __missing__(self, text: str | None) -> int:
        """Return the mask of a text that no conjunction names. Raise FactsInvalid for what is no text."""
        text_of(self._field, text)
        return self._other


class KnownMasks(NamedTuple):
    """Whether a field is known."""

    field: str
    known: int
    unknown: int


class WantMasks(NamedTuple):
    """Questions to a set field that a yes is wanted to, at most one of each conjunction.

    The mask is `free`, with `wanted` of each member added.
    """

    field: str
    free: int
    wanted: Mapping[str, int]


class SetMasks(NamedTuple):
    """All questions to a set field: each of `wants` rules out some, and each member all but `allowed` of it."""

    wants: list[WantMasks]
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


def of_number(ranked: Ranked, tests: Tests, every: int) -> tuple[NumberMasks, OtherNumbers, int]:
    """Return the masks of a number field, what else it needs, and the loose conjunctions.

    A conjunction's tests leave one interval of ranks, with holes in it.
    """
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
    loose = united(tests) if width > 1 else 0
    whole, real = steps(ranked.constants)
    return NumberMasks(ranked.field, whole, masks), OtherNumbers(real, ranked.constants, absent), loose


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


def of_text(coded: Coded, tests: Tests, every: int) -> TextMasks:
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
        text: (any_other | equal[code]) & ~different[code] if code in equal or code in different else any_other
        for text, code in coded.codes.items()
    }
    return TextMasks(coded.field, constants, any_other, absent)


def of_flag(tests: Tests, every: int) -> Mapping[bool | None, int]:
    """Return the masks of a flag field by its value; of None, that of an unknown field."""
    absent = every & ~united(tests)
    return {True: absent | asking(tests, 1), False: absent | asking(tests, 0), None: absent}


def of_known(known: Known, tests: Tests, every: int) -> KnownMasks:
    """Return the masks of whether a field is known."""
    others = every & ~united(tests)
    return KnownMasks(known.field, others | asking(tests, 1), others | asking(tests, 0))


def of_set(
    field: str, questions: Mapping[str, Holds], readers: Mapping[str, Tests], every: int
) -> tuple[SetMasks, int]:
    """Return the masks of a set field from all `questions` to it, by property, and the loose conjunctions.

    What a conjunction wants the set to hold it wants in each of several masks, the sharpest want in the first.
    """
    absent = every & ~united(bit for prop in questions for bit in readers[prop])
    wants: dict[int, dict[frozenset[str], None]] = defaultdict(dict)
    unwanted: dict[str, int] = defaultdict(int)
    loose = 0
    for prop, asked in questions.items():
        needed = [frozenset({member}) for member in sorted(asked.members)] if asked.every else [asked.members]
        for bit, atoms in readers[prop].items():
            answers = {atom.value for atom in atoms}
            if 1 in answers:
                wants[bit] |= dict.fromkeys(needed)
            if 0 in answers and (not asked.every or len(asked.members) == 1):
                for member in asked.members:
                    unwanted[member] |= bit
            elif 0 in answers:
                loose |= bit
    loose |= united(bit for bit, members in wants.items() if len(members) > MOST_WANTS)
    sharpest = {bit: sorted(members, key=len) for bit, members in wants.items()}
    layers = []
    for place in range(MOST_WANTS):
        layer = {bit: members[place] for bit, members in sharpest.items() if place < len(members)}
        if layer or place == 0:
            layers.append(WantMasks(field, every & ~united(layer), _by_member(layer)))
    return SetMasks(layers, {member: every & ~mask for member, mask in unwanted.items()}, absent), loose


def _by_member(layer: Mapping[int, frozenset[str]]) -> dict[str, int]:
    """Return the conjunctions that each member is enough for."""
    wanted: dict[str, int] = defaultdict(int)
    for bit, members in layer.items():
        for member in members:
            wanted[member] |= bit
    return dict(wanted)
