"""One field of one record as symbols: whether it is known, and what can be asked of it.

A cell whose symbols are Python bools is a stated value; one whose symbols are formulas is a definition; all alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Self

from rules.conditions import Op, Scalar
from rules.solver.lines import Line
from rules.solver.logic import Formula, Logic

Value = Scalar | frozenset[str]
Read = Callable[[Formula], bool]
Numbering = Callable[[str], int]
"""Text that no condition names -> a number of its own among such texts."""


class Cell(ABC):
    """What may be asked of a field. `known` says whether anything is known at all."""

    logic: Logic
    known: Formula

    @abstractmethod
    def holds(self, op: Op, asked: Any) -> Formula:
        """Return whether a known value answers the question with yes. `known` and `same_as` are asked elsewhere."""

    @abstractmethod
    def axioms(self) -> Iterator[Formula]:
        """Yield what is true of every value that the field may hold."""

    @abstractmethod
    def stated(self, value: Value | None, numbering: Numbering) -> Self:
        """Return the cell that holds this value (None: unknown), with bools for symbols."""

    @abstractmethod
    def symbols(self) -> tuple[Formula, ...]:
        """Return all symbols of the cell; cells of one field have as many, in the same order."""

    @abstractmethod
    def value(self, read: Read) -> Value | None:
        """Return the value that a model gives, None when it is unknown there."""

    @abstractmethod
    def costs(self) -> Iterator[Formula]:
        """Yield what each counts as one thing that somebody knows."""

    @abstractmethod
    def choices(self) -> tuple[Formula, ...]:
        """Return the values that it may have once it is known, the plainest first."""


@dataclass(frozen=True)
class FlagCell(Cell):
    """True or false."""

    logic: Logic
    known: Formula
    yes: Formula

    def holds(self, op: Op, asked: Any) -> Formula:  # noqa: ARG002 - `is` is all one can ask
        """Answer as `Cell.holds` says."""
        return self.yes if asked else self.logic.opposite(self.yes)

    def axioms(self) -> Iterator[Formula]:
        """Yield as `Cell.axioms` says."""
        yield from ()

    def stated(self, value: Value | None, numbering: Numbering) -> FlagCell:  # noqa: ARG002 - for texts only
        """Return as `Cell.stated` says."""
        return FlagCell(self.logic, value is not None, bool(value))

    def symbols(self) -> tuple[Formula, ...]:
        """Return as `Cell.symbols` says."""
        return (self.known, self.yes)

    def value(self, read: Read) -> bool | None:
        """Return as `Cell.value` says."""
        return read(self.yes) if read(self.known) else None

    def costs(self) -> Iterator[Formula]:
        """Yield as `Cell.costs` says."""
        yield self.known

    def choices(self) -> tuple[Formula, ...]:
        """Return as `Cell.choices` says."""
        return (self.logic.opposite(self.yes), self.yes)


@dataclass(frozen=True)
class ChoiceCell(Cell):
    """One of the named values, or one that no condition names.

    `code` tells the unnamed ones apart (binary, most significant first) where two fields are compared.
    `values`: all that an enumeration may hold, else empty.
    """

    logic: Logic
    named: Mapping[str, Formula]
    other: Formula
    code: tuple[Formula, ...]
    values: tuple[str, ...] = ()

    @property
    def known(self) -> Formula:
        """Whether anything is known: one of the values is."""
        return self.logic.any_of((*self.named.values(), self.other))

    def holds(self, op: Op, asked: Any) -> Formula:
        """Answer as `Cell.holds` says."""
        match op:
            case Op.IS:
                return self._among((asked,))
            case Op.IN:
                return self._among(asked)
            case _:  # not_in
                return self.logic.opposite(self._among(asked))

    def _among(self, asked: tuple[str, ...]) -> Formula:
        return self.logic.any_of(self.named[value] for value in dict.fromkeys(asked))

    def equals(self, cell: ChoiceCell) -> Formula:
        """Return whether both hold the same text."""
        logic = self.logic
        shared = [logic.all_of((held, cell.named.get(value, False))) for value, held in self.named.items()]
        unnamed = logic.all_of(
            (self.other, cell.other, *(logic.same(one, two) for one, two in zip(self.code, cell.code, strict=True)))
        )
        return logic.any_of((*shared, unnamed))

    def axioms(self) -> Iterator[Formula]:
        """Yield as `Cell.axioms` says."""
        for one, two in combinations((*self.named.values(), self.other), 2):
            yield self.logic.opposite(self.logic.all_of((one, two)))
        if self.values:
            for name, held in self.named.items():
                if name not in self.values:
                    yield self.logic.opposite(held)
            if self._spare is None:
                yield self.logic.opposite(self.other)

    def stated(self, value: Value | None, numbering: Numbering) -> ChoiceCell:
        """Return as `Cell.stated` says."""
        other = value is not None and value not in self.named
        number = numbering(str(value)) if other and self.code else 0
        width = len(self.code)
        bits = tuple(bool(number >> (width - 1 - place) & 1) for place in range(width))
        return ChoiceCell(self.logic, {name: name == value for name in self.named}, other, bits, self.values)

    def symbols(self) -> tuple[Formula, ...]:
        """Return as `Cell.symbols` says."""
        return (*self.named.values(), self.other, *self.code)

    def value(self, read: Read) -> str | None:
        """Return as `Cell.value` says."""
        for name, held in self.named.items():
            if read(held):
                return name
        if not read(self.other):
            return None
        if self._spare is not None:
            return self._spare
        number = sum(read(bit) << place for place, bit in enumerate(reversed(self.code)))
        text = "other" if number == 0 else f"other {number + 1}"
        while text in self.named:
            text += "'"
        return text

    def costs(self) -> Iterator[Formula]:
        """Yield as `Cell.costs` says."""
        yield self.known

    def choices(self) -> tuple[Formula, ...]:
        """Return as `Cell.choices` says."""
        codes = [
            self.logic.all_of(
                (
                    self.other,
                    *(self.logic.same(bit, bool(n >> place & 1)) for place, bit in enumerate(reversed(self.code))),
                )
            )
            for n in range(2 ** len(self.code))
        ]
        ordered = [name for name in self.values if name in self.named] or list(self.named)
        return (*(self.named[name] for name in ordered), *codes)

    @property
    def _spare(self) -> str | None:
        """An enumeration's value that stands for all that nobody names, when there is one."""
        return next((name for name in self.values if name not in self.named), None)


@dataclass(frozen=True)
class LineCell(Cell):
    """A number: for each constant of the line, whether it is below it (`under`), and at most it (`upto`)."""

    logic: Logic
    known: Formula
    line: Line
    under: tuple[Formula, ...]
    upto: tuple[Formula, ...]

    def holds(self, op: Op, asked: Any) -> Formula:
        """Answer as `Cell.holds` says."""
        opposite, at = self.logic.opposite, self.line.index
        match op:
            case Op.EQUALS:
                return self._within(asked, asked)
            case Op.ABOVE:
                return opposite(self.upto[at(asked)])
            case Op.AT_LEAST:
                return opposite(self.under[at(asked)])
            case Op.BELOW:
                return self.under[at(asked)]
            case Op.AT_MOST:
                return self.upto[at(asked)]
            case _:  # between
                return self._within(*asked)

    def axioms(self) -> Iterator[Formula]:
        """Yield as `Cell.axioms` says."""
        logic = self.logic
        steps = [step for pair in zip(self.under, self.upto, strict=True) for step in pair]
        for low, high in pairwise(steps):
            yield logic.implies(low, high)
        bounds = (False, *steps, True)  # place p: not yet at bounds[p], but at bounds[p + 1]
        for place, value in enumerate(self.line.values):
            if value is None:
                yield logic.implies(bounds[place + 1], bounds[place])

    def stated(self, value: Value | None, numbering: Numbering) -> LineCell:  # noqa: ARG002 - for texts only
        """Return as `Cell.stated` says."""
        numbers = self.line.constants
        # of an unknown number the symbols mean nothing, but they must lie where a number could
        held: Any = value if value is not None else next(place for place in self.line.values if place is not None)
        under, upto = tuple(held < number for number in numbers), tuple(held <= number for number in numbers)
        return LineCell(self.logic, value is not None, self.line, under, upto)

    def symbols(self) -> tuple[Formula, ...]:
        """Return as `Cell.symbols` says."""
        return (self.known, *self.under, *self.upto)

    def value(self, read: Read) -> Scalar | None:
        """Return as `Cell.value` says."""
        if not read(self.known):
            return None
        steps = [step for pair in zip(self.under, self.upto, strict=True) for step in pair]
        place = next((place for place, step in enumerate(steps) if read(step)), len(steps))
        return self.line.values[place]

    def costs(self) -> Iterator[Formula]:
        """Yield as `Cell.costs` says."""
        yield self.known

    def choices(self) -> tuple[Formula, ...]:
        """Return as `Cell.choices` says."""
        places = [(value, place) for place, value in enumerate(self.line.values) if value is not None]
        places.sort(key=lambda found: (abs(found[0]), found[0] < 0))
        return tuple(self._at(place) for _, place in places)

    def _within(self, low: Any, high: Any) -> Formula:
        at = self.line.index
        return self.logic.all_of((self.logic.opposite(self.under[at(low)]), self.upto[at(high)]))

    def _at(self, place: int) -> Formula:
        steps = (False, *[step for pair in zip(self.under, self.upto, strict=True) for step in pair], True)
        return self.logic.all_of((self.logic.opposite(steps[place]), steps[place + 1]))


@dataclass(frozen=True)
class SetCell(Cell):
    """A set of texts: one symbol for each member that a condition names."""

    logic: Logic
    known: Formula
    members: Mapping[str, Formula]

    def holds(self, op: Op, asked: Any) -> Formula:
        """Answer as `Cell.holds` says."""
        names = (asked,) if op is Op.HAS else tuple(dict.fromkeys(asked))
        held = [self.members[name] for name in names]
        match op:
            case Op.HAS | Op.HAS_ALL:
                return self.logic.all_of(held)
            case Op.HAS_ANY:
                return self.logic.any_of(held)
            case _:  # has_none
                return self.logic.opposite(self.logic.any_of(held))

    def axioms(self) -> Iterator[Formula]:
        """Yield as `Cell.axioms` says."""
        for member in self.members.values():  # of an unknown set no member is known
            yield self.logic.implies(member, self.known)

    def stated(self, value: Value | None, numbering: Numbering) -> SetCell:  # noqa: ARG002 - for texts only
        """Return as `Cell.stated` says."""
        held = value if isinstance(value, frozenset) else frozenset()
        return SetCell(self.logic, value is not None, {name: name in held for name in self.members})

    def symbols(self) -> tuple[Formula, ...]:
        """Return as `Cell.symbols` says."""
        return (self.known, *self.members.values())

    def value(self, read: Read) -> frozenset[str] | None:
        """Return as `Cell.value` says."""
        if not read(self.known):
            return None
        return frozenset(name for name, held in self.members.items() if read(held))

    def costs(self) -> Iterator[Formula]:
        """Yield as `Cell.costs` says."""
        if self.known is not True:
            yield self.known
        yield from self.members.values()

    def choices(self) -> tuple[Formula, ...]:
        """Return as `Cell.choices` says."""
        return ()  # its members are things of their own
