"""All that could be changed about one ticket's facts, as formulas: each keeps its value or takes one of its options.

Everything that nobody can change is pinned. What follows from a change is stated with it, by the values that
`rules.whatif.edits` works out, so that the solver and a re-run look at the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from rules.model import Facts
from rules.solver.book import SymbolicBook
from rules.solver.cells import Cell, ChoiceCell, LineCell, SetCell
from rules.solver.logic import Formula
from rules.vocabulary import COLLECTIONS, FIELDS, Changeable, Field, Type
from rules.whatif.edits import OPEN_TICKETS, SOURCES, Spot, Value, edited
from rules.whatif.options import Number, Option, of_numbers, of_texts, of_values, shares

_SEATS: Final = Spot("customer.seats")
_SEATS_USED: Final = Spot("customer.seats_used")
_UTILISATION: Final = "customer.seat_utilisation"
_SOME: Final = 6
"""So many numbers of seats are tried with each other; and so many seats where nothing is known of them."""


@dataclass(frozen=True, slots=True)
class Movable:
    """A fact that can be changed. `literals[i]` says that it takes `options[i]`, `changed` that it takes any.

    Of a set a literal says that this member changes sides.
    """

    spot: Spot
    now: Value | None
    options: tuple[Option, ...]
    literals: tuple[Formula, ...]
    changed: Formula

    @property
    def is_set(self) -> bool:
        """Whether the options are members, of which several may change sides at once."""
        return self.spot.described.type is Type.SET


class Numbers:
    """Numbers texts as they come. Beyond `most` all texts share the last: items' texts, of which no fact names one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._numbers: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Return the text's number."""
        return min(self._numbers.setdefault(text, len(self._numbers)), self._most - 1)


class Room:
    """The facts and all that may become of them. `formulas` say it; `worths` are numbers to try besides, by field."""

    def __init__(self, book: SymbolicBook, facts: Facts, worths: Mapping[str, Iterable[Number]]) -> None:
        self.facts = facts
        self._book = book
        self._logic = book.symbols.logic
        self._worths = worths
        self._cells = {name: cell for name, cell in book.symbols.cells.items() if name in FIELDS}
        codes = [len(cell.code) for cell in self._every_cell() if isinstance(cell, ChoiceCell)]
        self._numbering = Numbers(2 ** max(codes, default=0))
        self.pins = book.pins(facts, self._numbering)
        self.items = self._free_items()
        self.movables: dict[Spot, Movable] = {}
        for spot, cell in self._spots():
            self._add(spot, cell)

    # --- what may be ----------------------------------------------------------------------------

    @property
    def formulas(self) -> Iterator[Formula]:
        """What holds of every change."""
        yield from self.choices
        for name, pin in self.pins.items():
            if not self.moves(name):
                yield pin
        for collection in self.items:
            for witness, met in self.witnesses(collection):
                yield self._logic.same(witness, met)

    @property
    def choices(self) -> Iterator[Formula]:
        """What holds of whatever can be changed, whatever the rest is."""
        for movable in self.movables.values():
            if not movable.is_set:
                yield self._logic.at_most([(literal, 1) for literal in movable.literals], 1)
            if movable.spot.collection:
                cell = self.items[movable.spot.collection][movable.spot.item][movable.spot.field]
                yield from self._takes(cell, self._own_states(movable))
        for name, cell in self._cells.items():
            if self.moves(name):
                found = self.movables.get(Spot(name))
                if isinstance(cell, SetCell) and found is not None:
                    yield self._toggles(cell, found)
                else:
                    yield from self._takes(cell, self.states(name))
        yield from self._apart()

    def moves(self, name: str) -> bool:
        """Tell whether the value of a field may become another, by itself or by what it follows from."""
        return name in self.items or Spot(name) in self.movables or bool(self._sources(name))

    def states(self, name: str) -> list[tuple[Formula, Value | None]]:
        """Return every value that a field may have, each with what says so; they exclude each other."""
        movable = self.movables.get(Spot(name))
        sources = self._sources(name)
        if not sources:
            return self._own_states(movable) if movable is not None else [(True, self.facts.values.get(name))]
        own = self._own_states(movable)[1:] if movable is not None else []
        kept = self._logic.opposite(movable.changed) if movable is not None else True
        found: list[tuple[Formula, Value | None]] = list(own)
        for states in product(*(self._own_states(source) for source in sources)):
            edits = {
                source.spot: value
                for source, (_, value) in zip(sources, states, strict=True)
                if value is not None and value != source.now
            }
            value = edited(self.facts, edits).values.get(name)
            found.append((self._logic.all_of((kept, *(literal for literal, _ in states))), value))
        return found

    def witnesses(self, collection: str) -> Iterator[tuple[Formula, Formula]]:
        """Yield of each look into a collection its symbol, and that one of the items, as they may become, meets it."""
        symbols = self._book.symbols
        for slot in symbols.slots[collection]:
            yield symbols.sure(slot.witness), symbols.met(slot.witness, self._as_they_become(collection))

    def _as_they_become(self, collection: str) -> Sequence[Mapping[str, Cell]]:
        if collection in self.items:
            return self.items[collection]
        shape = self._book.symbols.slots[collection][0].cells
        return [
            {name: cell.stated(item.get(name), self._numbering) for name, cell in shape.items()}
            for item in self.facts.collections.get(collection, ())
        ]

    # --- building -------------------------------------------------------------------------------

    def _every_cell(self) -> Iterator[Cell]:
        yield from self._cells.values()
        for slots in self._book.symbols.slots.values():
            yield from slots[0].cells.values()

    def _free_items(self) -> dict[str, list[Mapping[str, Cell]]]:
        """Return the cells of the items that can be changed: free where they can, else stated."""
        found: dict[str, list[Mapping[str, Cell]]] = {}
        for collection in self._book.symbols.slots:
            fields = COLLECTIONS[collection].fields
            items = self.facts.collections.get(collection, ())
            if not any(_can_change(fields[name], item.get(name)) for item in items for name in self._asked(collection)):
                continue
            found[collection] = [
                {
                    name: cell
                    if _can_change(fields[name], item.get(name))
                    else cell.stated(item.get(name), self._numbering)
                    for name, cell in self._book.symbols.item(collection, f"{collection} {place}").items()
                }
                for place, item in enumerate(items)
            ]
        return found

    def _asked(self, collection: str) -> tuple[str, ...]:
        return tuple(self._book.symbols.slots[collection][0].cells)

    def _spots(self) -> Iterator[tuple[Spot, Cell | None]]:
        for field in FIELDS.values():
            if _can_change(field, self.facts.values.get(field.name)) and self._matters(field.name):
                yield Spot(field.name), self._cells.get(field.name)
        for collection, items in self.items.items():
            for place, cells in enumerate(items):
                for name, cell in cells.items():
                    spot = Spot(name, collection, place)
                    if _can_change(spot.described, spot.of(self.facts)):
                        yield spot, cell

    def _matters(self, name: str) -> bool:
        """Tell whether anything looks at the field: a condition, a rank, or what is worked out of it."""
        if name in self._cells or name in self._worths:
            return True
        made_of_it = [made for made, sources in SOURCES.items() if name in sources]
        return any(made in self._cells or made in self._worths for made in made_of_it)

    def _add(self, spot: Spot, cell: Cell | None) -> None:
        if spot.field == _UTILISATION and self._is_share_of_nothing():
            return
        now = spot.of(self.facts)
        options = self._options(spot, cell, now)
        if options:
            literals = tuple(self._logic.symbol(f"{spot.name} {spot.item} := {option.value}") for option in options)
            self.movables[spot] = Movable(spot, now, options, literals, self._logic.any_of(literals))

    def _is_share_of_nothing(self) -> bool:
        """Tell whether both numbers of a share are known, and yet it is not: there is nothing to look up."""
        return _SEATS.of(self.facts) is not None and _SEATS_USED.of(self.facts) is not None

    def _options(self, spot: Spot, cell: Cell | None, now: Value | None) -> tuple[Option, ...]:
        field = spot.described
        match field.type:
            case Type.ENUM | Type.FLAG:
                return of_values(field, now)
            case Type.INTEGER | Type.NUMBER:
                line = cell.line if isinstance(cell, LineCell) else None
                number = now if isinstance(now, int | float) else None
                also = [*self._worths.get(spot.name, ()), *self._seats_between(spot)]
                return of_numbers(field, line, number, also)
            case Type.TEXT if isinstance(cell, ChoiceCell):
                compared = self._compared_texts() if cell.code else ()
                unnamed_now = now is not None and now not in cell.named
                return of_texts((*cell.named, *compared), now, needs_other=bool(cell.code) or not unnamed_now)
            case Type.SET if isinstance(cell, SetCell):
                known = () if now is not None else (Option(frozenset(), 1),)
                return (*known, *(Option(member, 1) for member in cell.members))
        return ()

    def _compared_texts(self) -> tuple[str, ...]:
        """Return the texts in fields that are compared with others."""
        said = [self.facts.values.get(name) for name, cell in self._cells.items() if _is_compared(cell)]
        for collection, slots in self._book.symbols.slots.items():
            names = [name for name, cell in slots[0].cells.items() if _is_compared(cell)]
            said += [item.get(name) for item in self.facts.collections.get(collection, ()) for name in names]
        return tuple(dict.fromkeys(text for text in said if isinstance(text, str)))

    def _seats_between(self, spot: Spot) -> set[Number]:
        """Return the numbers of seats at which their utilisation passes what some rule compares it with."""
        cell = self._cells.get(_UTILISATION)
        if spot not in {_SEATS, _SEATS_USED} or not isinstance(cell, LineCell):
            return set()
        found: set[Number] = set()
        for number in self._some_numbers(_SEATS_USED if spot == _SEATS else _SEATS):
            if spot == _SEATS:
                found |= shares(cell.line.constants, part=number)
            else:
                found |= shares(cell.line.constants, whole=number)
        return found

    def _some_numbers(self, spot: Spot) -> Iterable[Number]:
        """Return the present number and the nearest others that a rule can tell from it; of an unknown one, some."""
        cell, now = self._cells.get(spot.field), spot.of(self.facts)
        line = cell.line if isinstance(cell, LineCell) else None
        number = now if isinstance(now, int | float) else None
        others = [option.value for option in of_numbers(spot.described, line, number)[:_SOME]]
        numbers = [value for value in (number, *others) if isinstance(value, int | float)]
        return numbers or (_SOME,)

    # --- formulas -------------------------------------------------------------------------------

    def _sources(self, name: str) -> tuple[Movable, ...]:
        """Return what the field's value follows from and can be changed."""
        if name == OPEN_TICKETS and name not in self.facts.values:
            return ()
        spots = (Spot(source) for source in SOURCES.get(name, ()))
        return tuple(self.movables[spot] for spot in spots if spot in self.movables)

    def _own_states(self, movable: Movable) -> list[tuple[Formula, Value | None]]:
        """Return that it keeps its value, then each option."""
        kept = self._logic.opposite(movable.changed)
        options = zip(movable.literals, movable.options, strict=True)
        return [(kept, movable.now), *((literal, option.value) for literal, option in options)]

    def _takes(self, cell: Cell, states: Iterable[tuple[Formula, Value | None]]) -> Iterator[Formula]:
        for said, value in states:
            held = cell.stated(value, self._numbering)
            same = [self._logic.same(*pair) for pair in zip(cell.symbols(), held.symbols(), strict=True)]
            yield self._logic.implies(said, self._logic.all_of(same))

    def _toggles(self, cell: SetCell, movable: Movable) -> Formula:
        logic = self._logic
        now = movable.now if isinstance(movable.now, frozenset) else frozenset()
        turned = {option.value: literal for option, literal in zip(movable.options, movable.literals, strict=True)}
        said = [logic.same(cell.known, True if movable.now is not None else movable.changed)]
        for member, held in cell.members.items():
            said.append(logic.same(held, logic.opposite(turned[member]) if member in now else turned[member]))
        if frozenset() in turned:  # an unknown set becomes a known one first
            said += [logic.implies(literal, turned[frozenset()]) for literal in movable.literals]
        return logic.all_of(said)

    def _apart(self) -> Iterator[Formula]:
        """Yield that what can be worked out is not filled in besides: the two could contradict each other."""
        for name in SOURCES:
            if Spot(name) in self.movables:
                filled = self.movables[Spot(name)].changed
                for source in self._sources(name):
                    yield self._logic.opposite(self._logic.all_of((filled, source.changed)))


def _can_change(field: Field, now: Value | None) -> bool:
    return field.changeable is Changeable.YES or (field.changeable is Changeable.WHEN_UNKNOWN and now is None)


def _is_compared(cell: Cell) -> bool:
    return isinstance(cell, ChoiceCell) and bool(cell.code)
