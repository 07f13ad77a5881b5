"""Facts as symbols: every fact that the vocabulary allows is a model, and every model is such a fact.

Truth is Kleene's, kept as two questions: is a condition surely true, is it surely false. A collection is a closed
world: an `exists` is one symbol, which holds when one of the collection's slots holds an item that surely meets it. As
many slots as there are different `exists` on a collection are enough, for each of them needs one witness at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

import z3

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test
from rules.errors import SidecueError
from rules.facts import complete, nps_class
from rules.model import Facts
from rules.solver.cells import Cell, ChoiceCell, FlagCell, LineCell, Numbering, Read, SetCell, Value
from rules.solver.lines import Line
from rules.solver.logic import Formula, Logic
from rules.solver.mentions import Key, Mentions
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field, Type

Item = Mapping[str, Value]
Look = Callable[[str], Cell]

SIGNALS: Final = "signals"
_NPS: Final = "customer.nps"
_NPS_CLASS: Final = "customer.nps_class"
_LIFECYCLE: Final = "customer.lifecycle"
_PROSPECT: Final = "customer.is_prospect"
_SEATS: Final = "customer.seats"
_SEATS_USED: Final = "customer.seats_used"
_UTILISATION: Final = "customer.seat_utilisation"
_FOLLOWS: Final = (_NPS_CLASS, _PROSPECT, _UTILISATION)
"""Fields that `rules.facts.complete` works out when nobody states them."""


@dataclass(frozen=True)
class Slot:
    """Room for one item of a collection. `used` says whether there is one; `witness` is the `exists` it is for."""

    collection: str
    used: Formula
    cells: Mapping[str, Cell]
    witness: Exists


@dataclass(frozen=True)
class Thing:
    """Something that a fact may hold, for counting: `cell` has the values it may have once it is there."""

    there: Formula
    cell: Cell | None


class Symbols:
    """The symbols of everything that `conditions` ask for; only these, and parts of them, can be asked about.

    Raise SidecueError for a condition that asks for something else.
    """

    def __init__(
        self,
        conditions: Iterable[Condition],
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> None:
        self.logic = Logic()
        self._fields = fields
        self._collections = collections
        self._mentions = Mentions.of(conditions)
        self._bits = self._code_width()
        self.cells: dict[str, Cell] = {
            name: self._cell(("", name), fields[name], name) for inside, name in self._mentions.constants if not inside
        }
        self._witnessed: dict[Exists, Formula] = {}
        self.slots: dict[str, tuple[Slot, ...]] = {}
        for collection, found in self._mentions.exists.items():
            self.slots[collection] = tuple(self._slot(collection, place, node) for place, node in enumerate(found))
            for place, node in enumerate(found):
                self._witnessed[node] = self.logic.symbol(f"exists {collection} {place}")
        self._defined: set[str] = set()
        self._definitions: dict[str, Callable[[Cell], Cell]] = {}
        self._sure: dict[tuple[int, bool], Formula] = {}
        self._kept: list[Condition] = []

    # --- what is asked --------------------------------------------------------------------------

    def surely(self, condition: Condition) -> z3.BoolRef:
        """Return that the condition is surely true."""
        return self.logic.expression(self.sure(condition))

    def surely_not(self, condition: Condition) -> z3.BoolRef:
        """Return that the condition is surely false."""
        return self.logic.expression(self.sure(condition, truth=False))

    def sure(self, condition: Condition, *, truth: bool = True) -> Formula:
        """Return that the condition surely has this truth; a bool when that holds, or fails, of every fact."""
        key = (id(condition), truth)
        if key not in self._sure:
            self._kept.append(condition)  # as long as it is kept, its id is its own
            self._sure[key] = self._ask(condition, self._wide, truth)
        return self._sure[key]

    def define(self, name: str, define: Callable[[Cell], Cell]) -> None:
        """Let a field be what `define` makes of its cell: it is no free fact any more. To be called before asking.

        The definition is worked out when the first condition asks for the field.
        """
        self._definitions[name] = define
        self._defined.add(name)

    # --- what may be ----------------------------------------------------------------------------

    def well_formed(self) -> z3.BoolRef:
        """Return that the symbols describe facts: values that the vocabulary accepts, completed as live facts are."""
        return self.logic.expression(self.logic.all_of(self.axioms))

    @cached_property
    def axioms(self) -> tuple[Formula, ...]:
        """What `well_formed` joins."""
        found = [axiom for name, cell in self.cells.items() if name not in self._defined for axiom in cell.axioms()]
        found += self._completions()
        for collection in self.slots:
            found += self._closed_world(collection)
        return tuple(axiom for axiom in found if axiom is not True)

    def pinned(self, facts: Facts) -> z3.BoolRef:
        """Return that the symbols say of every condition what these facts say.

        Facts beyond what the vocabulary accepts can be pinned too, but then they contradict `well_formed`.
        """
        return self.logic.expression(self.logic.all_of(self.pins(facts).values()))

    def pins(self, facts: Facts, numbering: Numbering | None = None) -> dict[str, Formula]:
        """Return for each field and collection that what the facts say of it holds.

        Who states more about the same facts gives `numbering`, so that one text is one number throughout.
        """
        texts: dict[str, int] = {}
        if numbering is None:

            def numbering(text: str) -> int:
                return texts.setdefault(text, len(texts))

        logic = self.logic
        pins: dict[str, Formula] = {}
        for name, cell in self.cells.items():
            if name not in self._defined:
                value = facts.signals if name == SIGNALS else facts.values.get(name)
                held = cell.stated(value, numbering)
                pins[name] = logic.all_of(
                    logic.same(symbol, bool_) for symbol, bool_ in zip(cell.symbols(), held.symbols(), strict=True)
                )
        for collection, slots in self.slots.items():
            shape = slots[0].cells
            looks = [
                {name: cell.stated(item.get(name), numbering) for name, cell in shape.items()}
                for item in facts.collections.get(collection, ())
            ]
            pins[collection] = logic.all_of(
                logic.same(self._witnessed[slot.witness], self.met(slot.witness, looks)) for slot in slots
            )
        return pins

    def item(self, collection: str, label: str) -> Mapping[str, Cell]:
        """Return new free cells of one item of a collection: of each field that some `exists` asks for."""
        fields = self._collections[collection].fields
        return {
            name: self._cell((collection, name), fields[name], f"{label}.{name}")
            for name in sorted(self._mentions.of_collection(collection), key=list(fields).index)
        }

    def met(self, witness: Exists, items: Iterable[Mapping[str, Cell]]) -> Formula:
        """Return that one of the items surely meets what the `exists` asks for."""
        return self.logic.any_of(self._ask(witness.where, item.__getitem__, truth=True) for item in items)

    # --- what a model says ----------------------------------------------------------------------

    def facts(self, model: z3.ModelRef, taken_at: datetime) -> Facts:
        """Return the facts of a model of `well_formed`: the values that the engine takes, in the vocabulary's order."""

        def read(part: Formula) -> bool:
            return part if isinstance(part, bool) else z3.is_true(model.eval(part, model_completion=True))

        held = {
            name: value
            for name, cell in self.cells.items()
            if name not in self._defined and (value := cell.value(read)) is not None
        }
        signals = held.pop(SIGNALS, frozenset())
        values = {name: held[name] for name in self._fields if name in held}
        complete(values)
        collections = {name: self._items(name, read) for name in self._collections}
        return Facts(values, signals if isinstance(signals, frozenset) else frozenset(), collections, taken_at)

    def given(self, model: z3.ModelRef) -> dict[str, object]:
        """Return the facts of a model in the words of an example's `given`; what follows from the rest is left out."""
        return given_of(self.facts(model, datetime.min.replace(tzinfo=UTC)))

    def things(self) -> tuple[Thing, ...]:
        """Return everything that facts may hold, first what a small counter-example should rather do without."""
        found: list[Thing] = []
        for slots in self.slots.values():
            for slot in slots:
                found.append(Thing(slot.used, None))
                for cell in slot.cells.values():
                    found += [Thing(self.logic.all_of((slot.used, there)), cell) for there in cell.costs()]
        free = [(name, cell) for name, cell in self.cells.items() if name not in self._defined]
        for name, cell in sorted(free, key=lambda entry: self._rank(entry[0]), reverse=True):
            follows = self._follows(name)
            for there in cell.costs():
                found.append(Thing(self.logic.all_of((there, self.logic.opposite(follows))), cell))
        return tuple(found)

    # --- building -------------------------------------------------------------------------------

    def _cell(self, key: Key, field: Field, label: str) -> Cell:
        logic = self.logic
        asked = self._mentions.constants[key]
        match field.type:
            case Type.FLAG:
                return FlagCell(logic, logic.symbol(f"{label}?"), logic.symbol(label))
            case Type.INTEGER | Type.NUMBER:
                numbers = [value for value in asked if isinstance(value, int | float)]
                line = Line.of(field, [*numbers, *_AMONG_FACTS.get(field.name, ())])
                under = tuple(logic.symbol(f"{label} < {number}") for number in line.constants)
                upto = tuple(logic.symbol(f"{label} <= {number}") for number in line.constants)
                return LineCell(logic, logic.symbol(f"{label}?"), line, under, upto)
            case Type.SET:
                known = True if key == ("", SIGNALS) else logic.symbol(f"{label}?")
                members = {str(name): logic.symbol(f"{label} has {name}") for name in asked}
                return SetCell(logic, known, members)
            case Type.ENUM | Type.TEXT:
                return self._choice(key, field, label)

    def _choice(self, key: Key, field: Field, label: str) -> ChoiceCell:
        logic = self.logic
        alike = self._mentions.compared(key)
        names: dict[str, None] = {}
        for other in alike:
            names |= dict.fromkeys(str(value) for value in self._mentions.constants[other])
            if len(alike) > 1:
                names |= dict.fromkeys(self._field(other).values)
        names |= dict.fromkeys(_NAMED_BY_FACTS.get(field.name, ()))
        code = tuple(logic.symbol(f"{label} #{place}") for place in range(self._bits if len(alike) > 1 else 0))
        named = {name: logic.symbol(f"{label} is {name}") for name in names}
        return ChoiceCell(logic, named, logic.symbol(f"{label} is another"), code, field.values)

    def _slot(self, collection: str, place: int, witness: Exists) -> Slot:
        label = f"{collection}[{place}]"
        cells = self.item(collection, label)
        return Slot(collection, self.logic.symbol(label), cells, witness)

    def _field(self, key: Key) -> Field:
        collection, name = key
        return self._collections[collection].fields[name] if collection else self._fields[name]

    def _code_width(self) -> int:
        """Return how many bits tell apart as many unnamed texts as a fact can hold at once."""
        texts = sum(
            len(self._mentions.exists.get(collection, ())) if collection else 1
            for collection, name in self._mentions.constants
            if self._field((collection, name)).type in {Type.TEXT, Type.ENUM}
        )
        return max(texts - 1, 0).bit_length()

    # --- asking ---------------------------------------------------------------------------------

    def _wide(self, name: str) -> Cell:
        cell = self.cells.get(name)
        if cell is None:
            raise SidecueError(
                f"the symbols were built of conditions that do not ask for {name}: build them of this one too"
            )
        if name in self._definitions:
            cell = self.cells[name] = self._definitions.pop(name)(cell)
        return cell

    def _ask(self, condition: Condition, look: Look, truth: bool) -> Formula:  # noqa: FBT001 - which of two questions
        logic = self.logic
        match condition:
            case Test():
                return self._ask_test(condition, look, truth)
            case Exists():
                found = self._witnessed.get(condition)
                if found is None:
                    raise SidecueError(
                        f"the symbols were built of conditions without this look into {condition.collection}: "
                        "build them of this one too"
                    )
                return found if truth else logic.opposite(found)
            case Not(part):
                return self._ask(part, look, not truth)
            case All(parts):
                joined = logic.all_of if truth else logic.any_of
            case AnyOf(parts):
                joined = logic.any_of if truth else logic.all_of
        return joined([self._ask(part, look, truth) for part in parts])

    def _ask_test(self, test: Test, look: Look, truth: bool) -> Formula:  # noqa: FBT001 - which of two questions
        logic = self.logic
        cell = look(test.field)
        if test.op is Op.KNOWN:
            return cell.known if bool(test.value) is truth else logic.opposite(cell.known)
        if test.op is Op.SAME_AS:
            other = self._wide(str(test.value))
            if not isinstance(cell, ChoiceCell) or not isinstance(other, ChoiceCell):
                raise SidecueError(f"{test.field} same_as {test.value}: only texts can be the same")
            known = logic.all_of((cell.known, other.known))
            answer = cell.equals(other)
        else:
            known = cell.known
            try:
                answer = cell.holds(test.op, test.value)
            except (KeyError, IndexError) as error:
                raise SidecueError(
                    f"the symbols were built of conditions that do not ask {test.field} for {test.value!r}: "
                    "build them of this one too"
                ) from error
        return logic.all_of((known, answer if truth else logic.opposite(answer)))

    # --- what facts are -------------------------------------------------------------------------

    def _closed_world(self, collection: str) -> Iterator[Formula]:
        """Yield that each `exists` on the collection holds exactly when an item meets it.

        A slot is used for its own witness only: that leaves nothing out, and no two ways to say one fact.
        """
        logic = self.logic
        slots = self.slots[collection]
        met = [
            [
                logic.all_of((slot.used, self._ask(other.witness.where, slot.cells.__getitem__, truth=True)))
                for other in slots
            ]
            for slot in slots
        ]
        for slot in slots:
            for cell in slot.cells.values():
                yield from cell.axioms()
        for place, slot in enumerate(slots):
            yield logic.implies(slot.used, met[place][place])
            found = logic.any_of([by_slot[place] for by_slot in met])
            yield logic.same(self._witnessed[slot.witness], found)

    def _completions(self) -> Iterator[Formula]:
        """Yield what live facts never leave unknown, because it follows from what is known."""
        cells, implies = self.cells, self.logic.implies
        if _NPS in cells and _NPS_CLASS in cells:
            yield implies(cells[_NPS].known, cells[_NPS_CLASS].known)
        if _LIFECYCLE in cells and _PROSPECT in cells:
            yield implies(cells[_LIFECYCLE].known, cells[_PROSPECT].known)
        if _SEATS in cells and _SEATS_USED in cells and _UTILISATION in cells:
            some = self.logic.all_of((cells[_SEATS].known, cells[_SEATS].holds(Op.ABOVE, 0), cells[_SEATS_USED].known))
            yield implies(some, cells[_UTILISATION].known)

    def _follows(self, name: str) -> Formula:
        """Return that the field's value is what would be worked out of the others anyway."""
        cells, logic = self.cells, self.logic
        if name == _NPS_CLASS and _NPS in cells:
            own, score = cells[_NPS_CLASS], cells[_NPS]
            alike = (
                logic.implies(score.holds(Op.BETWEEN, bounds), own.holds(Op.IS, name))
                for name, bounds in _NPS_CLASSES.items()
            )
            return logic.all_of((score.known, *alike))
        if name == _PROSPECT and _LIFECYCLE in cells:
            own, phase = cells[_PROSPECT], cells[_LIFECYCLE]
            return logic.all_of((phase.known, logic.same(own.holds(Op.IS, True), phase.holds(Op.IS, "prospect"))))
        return False

    def _items(self, collection: str, read: Read) -> tuple[Item, ...]:
        return tuple(
            {name: value for name, cell in slot.cells.items() if (value := cell.value(read)) is not None}
            for slot in self.slots.get(collection, ())
            if read(slot.used)
        )

    def _rank(self, name: str) -> int:
        return list(self._fields).index(name)


_SCORES: Final = range(11)
_NPS_CLASSES: Final[Mapping[str, tuple[int, int]]] = {
    name: (min(scores), max(scores))
    for name in sorted({nps_class(score) for score in _SCORES})
    if (scores := [score for score in _SCORES if nps_class(score) == name])
}
"""The classes of an NPS answer, each with its lowest and highest score."""
_AMONG_FACTS: Final[Mapping[str, tuple[int, ...]]] = {
    _NPS: tuple(score for bounds in _NPS_CLASSES.values() for score in bounds),
    _SEATS: (0,),
}
"""Constants that working out a field compares with, whether a condition names them or not."""
_NAMED_BY_FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    _NPS_CLASS: tuple(_NPS_CLASSES),
    _LIFECYCLE: ("prospect",),
}


def given_of(facts: Facts) -> dict[str, object]:
    """Return facts in the words of an example's `given`, without what `rules.facts.complete` adds again."""
    values: dict[str, Value] = dict(facts.values)
    for name in _FOLLOWS:
        if name in values:
            without = {other: value for other, value in values.items() if other != name}
            complete(without)
            if without.get(name) == values[name]:
                del values[name]
    given: dict[str, object] = {}
    if facts.signals:
        given[SIGNALS] = sorted(facts.signals)
    for name, value in values.items():
        group, dot, rest = name.partition(".")
        said = _plain(value)
        if dot:
            inside = given.setdefault(group, {})
            if isinstance(inside, dict):
                inside[rest] = said
        else:
            given[name] = said
    for collection, items in facts.collections.items():
        if items:
            given[collection] = [{name: _plain(value) for name, value in item.items()} for item in items]
    return given


def _plain(value: Value) -> Scalar | list[str]:
    return sorted(value) if isinstance(value, frozenset) else value
