"""Which conjunctions may hold of a fact, found without looking at them one by one.

Every conjunction is one bit. A field's value, or the interval that a number lies in, has one mask: the bits of the
conjunctions whose tests on this field do not rule it out. The masks of all fields, AND-ed, are the candidates. The cost
grows with the fields and hardly with the conjunctions: the processor takes them by the word.

The masks are made of *necessary* conditions, so a conjunction that holds is always a candidate. The other way round the
index knows what it may promise: of a candidate that it vouches for, every test on a field holds. It vouches for most;
not for `same_as` and joins, of which only that the fields are known is indexed, for "not every one of several" asked of
a set, and for a field with very many constants, where only the neighbourhood is. And a candidate never reads a field
that is unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rules.engine import masks
from rules.engine.encode import Encoding, Holds, Values, flag_of, members_of, number_of, rank, text_of
from rules.engine.formula import Compare, Conjunction, Join


class Index:
    """The masks of one kind of fact. Immutable: any number of threads may read.

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
        self._numbers = []
        for ranked in encoding.ranked:
            if ranked.prop in readers:
                number, inexact = masks.of_number(ranked, readers[ranked.prop], every)
                self._numbers.append(number)
                loose |= inexact
        self._texts = [
            (one.field, masks.of_text(one, readers[one.prop], every)) for one in encoding.coded if one.prop in readers
        ]
        self._flags = [masks.of_flag(one, readers[one.prop], every) for one in encoding.flagged if one.prop in readers]
        self._known = [masks.of_known(one, readers[one.prop], every) for one in encoding.known if one.prop in readers]
        held: dict[str, dict[str, Holds]] = defaultdict(dict)
        for asked in encoding.held:
            if asked.prop in readers:
                held[asked.field][asked.prop] = asked
        self._sets: list[masks.SetMasks] = []
        for field, questions in held.items():
            layers, inexact = masks.of_set(field, questions, readers, every)
            self._sets += layers
            loose |= inexact
        compared: dict[str, int] = defaultdict(int)
        for same in encoding.same:
            for field in (same.field, same.other):
                compared[field] |= masks.united(readers.get(same.prop, ()))
            loose |= masks.united(readers.get(same.prop, ()))
        for key in encoding.keys:
            compared[key.field] |= joined.get(key.prop, 0)
        self._compared = [(field, every & ~mask) for field, mask in compared.items() if mask]
        self.vouched = every & ~loose
        """The conjunctions that hold when they are candidates and what is told of them is as they want it."""

    def candidates(self, values: Values) -> int:  # noqa: C901, PLR0912 - one loop per kind of field; a call per field would double its cost
        """Return the conjunctions that the fields do not rule out.

        Raise FactsInvalid for a value of another type than its field's.
        """
        get = values.get
        found = self.every
        for field, whole, by_rank, others in self._numbers:
            number = get(field)
            kind = number.__class__
            if kind is int:
                found &= by_rank[bisect_right(whole, number)]  # type: ignore[type-var]  # it is an int
            elif number is None:
                found &= others.absent
            elif kind is float and number - number == 0.0:  # type: ignore[operator]  # a float; not so of NaN and infinity
                found &= by_rank[bisect_right(others.real, number)]
            else:
                found &= by_rank[rank(others.constants, number_of(field, number))]
        try:
            for field, by_text in self._texts:
                found &= by_text[get(field)]  # type: ignore[index]  # what is no text is refused there
        except TypeError:  # it has no hash
            text_of(field, get(field))
            raise
        for field, yes, no, absent in self._flags:
            flag = get(field)
            if flag is False:
                found &= no
            elif flag is None:
                found &= absent
            elif flag is True or flag_of(field, flag):
                found &= yes
        for field, free, wanted, allowed, absent in self._sets:
            members = get(field)
            if members is None:
                found &= absent
                continue
            mask = free
            for member in members if members.__class__ is frozenset else members_of(field, members):
                if member in wanted:
                    mask |= wanted[member]
            found &= mask
            if allowed:
                for member in members:  # type: ignore[union-attr]  # a set: see above
                    if member in allowed:
                        found &= allowed[member]
        for field, known, unknown in self._known:
            found &= unknown if get(field) is None else known
        for field, absent in self._compared:
            if get(field) is None:
                found &= absent
        return found


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
