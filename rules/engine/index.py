"""Which conjunctions may hold of a fact, found without looking at them one by one.

Every conjunction is one bit. A field's value, or the interval that a number lies in, has one mask: the bits of the
conjunctions whose tests on this field do not rule it out. The masks of all fields, AND-ed, are the candidates. The cost
grows with the fields that a fact gives and hardly with the conjunctions: the processor takes them by the word.

The masks are made of *necessary* conditions, so a conjunction that holds is always a candidate. The other way round the
index knows what it may promise: of a candidate that it vouches for, every test on a field holds. It vouches for most;
not for `same_as` and joins, of which only that the fields are known is indexed, for "not every one of several" asked of
a set, and for a field with very many constants, where only the neighbourhood is. And a candidate never reads a field
that is unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rules.engine import masks
from rules.engine.encode import Encoding, Holds, Values, flag_of, members_of, number_of, rank, text_of
from rules.engine.formula import Compare, Conjunction, Join

MOST_LOOKS: Final = 512
"""Rows of fields, as facts give them, of which it is kept what to look at; some kilobytes each."""


class Index:
    """The masks of one kind of fact. They never change: any number of threads may read.

    Conjunction `n` of `conjunctions` is the bit `1 << n`. `told` are properties of 0 and 1 that stand in no field:
    somebody else settles them, and takes away what they rule out.
    """

    def __init__(self, encoding: Encoding, conjunctions: Sequence[Conjunction], told: Iterable[str] = ()) -> None:
        self.every = every = (1 << len(conjunctions)) - 1
        readers, joined = _readers(conjunctions)
        self.told: Mapping[str, tuple[int, int]] = {
            prop: (masks.asking(readers.get(prop, {}), 0), masks.asking(readers.get(prop, {}), 1)) for prop in told
        }
        """Told property -> the conjunctions that want it to be 0, and those that want it to be 1."""
        loose = masks.united(joined.values())
        for prop, (unwanted, wanted) in self.told.items():
            loose |= masks.united(readers.get(prop, ())) & ~(unwanted | wanted)
        self._numbers: list[masks.NumberMasks] = []
        self._other_numbers: dict[str, masks.OtherNumbers] = {}
        for ranked in encoding.ranked:
            if ranked.prop in readers:
                number, self._other_numbers[ranked.field], inexact = masks.of_number(
                    ranked, readers[ranked.prop], every
                )
                self._numbers.append(number)
                loose |= inexact
        self._texts = [
            (one.field, masks.of_text(one, readers[one.prop], every)) for one in encoding.coded if one.prop in readers
        ]
        self._flags = [
            (one.field, masks.of_flag(readers[one.prop], every)) for one in encoding.flagged if one.prop in readers
        ]
        self._known = [masks.of_known(one, readers[one.prop], every) for one in encoding.known if one.prop in readers]
        self._wants: list[masks.WantMasks] = []
        self._allowed: list[tuple[str, Mapping[str, int]]] = []
        self._without_set: dict[str, int] = {}
        for field, questions in _by_field(one for one in encoding.held if one.prop in readers).items():
            (wants, allowed, self._without_set[field]), inexact = masks.of_set(field, questions, readers, every)
            self._wants += wants
            if allowed:
                self._allowed.append((field, allowed))
            loose |= inexact
        compared: dict[str, int] = defaultdict(int)
        for same in encoding.same:
            for field in (same.field, same.other):
                compared[field] |= masks.united(readers.get(same.prop, ()))
            loose |= masks.united(readers.get(same.prop, ()))
        for key in encoding.keys:
            compared[key.field] |= joined.get(key.prop, 0)
        self._known += [masks.KnownMasks(field, every, every & ~mask) for field, mask in compared.items() if mask]
        self.vouched = every & ~loose
        """The conjunctions that hold when they are candidates and what is told of them is as they want it."""
        self._absent = [
            *((one.field, self._other_numbers[one.field].absent) for one in self._numbers),
            *((field, by_text[None]) for field, by_text in self._texts),
            *((field, by_flag[None]) for field, by_flag in self._flags),
            *self._without_set.items(),
            *((one.field, one.unknown) for one in self._known),
        ]
        self._everywhere = self._look(lambda _field: True)
        self._looks: dict[tuple[str, ...], _Looks] = {}

    def candidates(self, values: Values) -> int:  # noqa: C901, PLR0912 - one loop per kind of field; a call per field would double its cost
        """Return the conjunctions that the fields do not rule out.

        Raise FactsInvalid for a value of another type than its field's.
        """
        get = values.get
        given = tuple(values)
        found, numbers, texts, flags, wants, allowed_by, known = self._looks.get(given) or self._looks_of(given)
        others = self._other_numbers
        for field, whole, by_rank in numbers:
            number = get(field)
            if number.__class__ is int:
                found &= by_rank[bisect_right(whole, number)]
            else:
                real, constants, absent = others[field]
                if number is None:
                    found &= absent
                elif number.__class__ is float and number - number == 0.0:  # a float; not so of NaN and infinity
                    found &= by_rank[bisect_right(real, number)]
                else:
                    found &= by_rank[rank(constants, number_of(field, number))]
        try:
            for field, by_text in texts:
                found &= by_text[get(field)]  # type: ignore[index]  # what is no text is refused there
        except TypeError:  # it has no hash
            text_of(field, get(field))
            raise
        for field, by_flag in flags:
            flag = get(field)
            found &= by_flag[
                flag if flag.__class__ is bool or flag is None else flag_of(field, flag)
            ]  # it is one of the three
        for field, mask, wanted in wants:
            members = get(field)
            if members is None:
                found &= self._without_set[field]
                continue
            for member in members if members.__class__ is frozenset else members_of(field, members):
                if member in wanted:
                    mask |= wanted[member]  # noqa: PLW2901 - it begins as what needs no member
            found &= mask
        for field, allowed in allowed_by:
            for member in get(field) or ():  # type: ignore[union-attr]  # a set or None: see above
                if member in allowed:
                    found &= allowed[member]
        for field, if_known, if_unknown in known:
            found &= if_unknown if get(field) is None else if_known
        return found

    def _looks_of(self, given: tuple[str, ...]) -> _Looks:
        """Return what there is to look at where these fields are given: most facts give few of them, and the same.

        Where there is no end of what is given, everything is looked at.
        """
        if len(self._looks) >= MOST_LOOKS:
            return self._everywhere
        return self._looks.setdefault(given, self._look(frozenset(given).__contains__))

    def _look(self, is_given: Callable[[str], bool]) -> _Looks:
        found = self.every
        for field, absent in self._absent:
            if not is_given(field):
                found &= absent
        return _Looks(
            found,
            tuple([one for one in self._numbers if is_given(one.field)]),
            tuple([one for one in self._texts if is_given(one[0])]),
            tuple([one for one in self._flags if is_given(one[0])]),
            tuple([one for one in self._wants if is_given(one.field)]),
            tuple([one for one in self._allowed if is_given(one[0])]),
            tuple([one for one in self._known if is_given(one.field)]),
        )


class _Looks(NamedTuple):
    """The masks of the fields that are given, and in `found` what the others leave."""

    found: int
    numbers: tuple[masks.NumberMasks, ...]
    texts: tuple[tuple[str, masks.TextMasks], ...]
    flags: tuple[tuple[str, Mapping[bool | None, int]], ...]
    wants: tuple[masks.WantMasks, ...]
    allowed: tuple[tuple[str, Mapping[str, int]], ...]
    known: tuple[masks.KnownMasks, ...]


def _readers(conjunctions: Sequence[Conjunction]) -> tuple[Mapping[str, masks.Tests], Mapping[str, int]]:
    """Return property -> bit -> tests on it, and the item's join property -> mask."""
    readers: dict[str, dict[int, list[Compare]]] = {}
    joined: dict[str, int] = defaultdict(int)
    for number, atoms in enumerate(conjunctions):
        bit = 1 << number
        for atom in atoms:
            if isinstance(atom, Join):
                joined[atom.prop] |= bit
            else:
                readers.setdefault(atom.prop, {}).setdefault(bit, []).append(atom)
    return readers, joined


def _by_field(questions: Iterable[Holds]) -> Mapping[str, Mapping[str, Holds]]:
    """Return field -> property -> question."""
    found: dict[str, dict[str, Holds]] = {}
    for asked in questions:
        found.setdefault(asked.field, {})[asked.prop] = asked
    return found
