"""Which conjunctions may hold of a fact, found without looking at them one by one.

Every conjunction is one bit. A field's value, or the interval that a number lies in, has one mask: the bits of the
conjunctions whose tests on this field do not rule it out. The masks of all fields, AND-ed, are the candidates. The cost
grows with the fields and hardly with the conjunctions: the processor takes them by the word.

The masks are made of *necessary* conditions, so a conjunction that holds is always a candidate. The other way round is
no promise: of several questions to one set only the sharpest is indexed, of `same_as` and joins only that the fields
are known, of very many constants only the neighbourhood. durable-rules decides which candidates hold. One thing is
exact: a candidate never reads a field that is unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from rules.engine import masks
from rules.engine.encode import Encoding, Holds, Values, flag_of, members_of, number_of, rank, text_of
from rules.engine.formula import Compare, Conjunction, Join

Slots = list[int | None]
Answer = Callable[[Values], int | None]


class Index:
    """The masks of one kind of fact. Immutable: any number of threads may read.

    Conjunction `n` of `conjunctions` is the bit `1 << n`. Every property has a slot: the place of its value in what
    `read` returns. `told` are properties that stand in no field: somebody else puts them there. They are 0 until then,
    and no mask is made of them.
    """

    def __init__(self, encoding: Encoding, conjunctions: Sequence[Conjunction], told: Iterable[str] = ()) -> None:
        self.every = (1 << len(conjunctions)) - 1
        readers, joined = _readers(conjunctions)
        told = tuple(told)
        keys = (key.prop for key in encoding.keys)
        self.slots: Mapping[str, int] = {
            prop: slot for slot, prop in enumerate(dict.fromkeys((*readers, *told, *keys)))
        }
        self.lazy: Mapping[str, Answer] = {
            **{asked.prop: asked.answer for asked in encoding.held},
            **{asked.prop: asked.answer for asked in encoding.same},
        }
        """What works out the properties that `read` leaves open: only few of them are read by a candidate."""
        self.told: Mapping[str, tuple[int, int]] = {
            prop: (masks.asking(readers.get(prop, {}), 0), masks.asking(readers.get(prop, {}), 1)) for prop in told
        }
        """Told property -> the conjunctions that want it to be 0, and those that want it to be 1."""
        self._blank: Slots = [None] * len(self.slots)
        for prop in told:
            self._blank[self.slots[prop]] = 0
        slot_of, every = self.slots, self.every
        self._numbers = [
            masks.of_number(one, slot_of[one.prop], readers[one.prop], every)
            for one in encoding.ranked
            if one.prop in readers
        ]
        self._texts = [
            masks.of_text(one, slot_of[one.prop], readers[one.prop], every)
            for one in encoding.coded
            if one.prop in readers
        ]
        self._flags = [
            masks.of_flag(one, slot_of[one.prop], readers[one.prop], every)
            for one in encoding.flagged
            if one.prop in readers
        ]
        self._known = [
            masks.of_known(one, slot_of[one.prop], readers[one.prop], every)
            for one in encoding.known
            if one.prop in readers
        ]
        held: dict[str, dict[str, Holds]] = defaultdict(dict)
        for asked in encoding.held:
            if asked.prop in readers:
                held[asked.field][asked.prop] = asked
        self._sets = [masks.of_set(field, questions, readers, every) for field, questions in held.items()]
        compared: dict[str, int] = defaultdict(int)
        for same in encoding.same:
            for field in (same.field, same.other):
                compared[field] |= masks.united(readers.get(same.prop, ()))
        for key in encoding.keys:
            compared[key.field] |= joined.get(key.prop, 0)
        self._compared = [(field, every & ~mask) for field, mask in compared.items() if mask]

    def read(self, values: Values) -> tuple[int, Slots]:  # noqa: C901, PLR0912 - one loop per kind of field; a call per field would double its cost
        """Return the candidates and every property's value: None for what is unknown, lazy or a join key.

        Raise FactsInvalid for a value of another type than its field's.
        """
        get = values.get
        slots = self._blank.copy()
        candidates = self.every
        for field, slot, whole, real, constants, by_rank, absent in self._numbers:
            number = get(field)
            if number is None:
                candidates &= absent
                continue
            kind = number.__class__
            if kind is int:
                place = bisect_right(whole, number)
            elif kind is float and number - number == 0.0:  # type: ignore[operator]  # a float; not so of NaN and infinity
                place = bisect_right(real, number)
            else:
                place = rank(constants, number_of(field, number))
            slots[slot] = place
            candidates &= by_rank[place]
        for field, slot, by_text, other, absent in self._texts:
            text = get(field)
            if text is None:
                candidates &= absent
                continue
            mask, slots[slot] = by_text.get(text if text.__class__ is str else text_of(field, text), other)
            candidates &= mask
        for field, slot, yes, no, absent in self._flags:
            flag = get(field)
            if flag is None:
                candidates &= absent
            elif flag is True or (flag is not False and flag_of(field, flag)):
                slots[slot] = 1
                candidates &= yes
            else:
                slots[slot] = 0
                candidates &= no
        for field, slot, known, unknown in self._known:
            is_known = get(field) is not None
            slots[slot] = int(is_known)
            candidates &= known if is_known else unknown
        for field, absent in self._compared:
            if get(field) is None:
                candidates &= absent
        for field, free, wanted, allowed, absent in self._sets:
            members = get(field)
            if members is None:
                candidates &= absent
                continue
            mask = free
            for member in members_of(field, members):
                if member in wanted:
                    mask |= wanted[member]
                if member in allowed:
                    candidates &= allowed[member]
            candidates &= mask
        return candidates, slots


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
