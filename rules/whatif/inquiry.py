"""What would change one decision: asked as often as there are recommendations, on formulas that are made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

import z3

from rules.conditions import Condition, Not, Op, Test
from rules.decide import Decider, limits
from rules.decide.classify import SHARE, THRESHOLD
from rules.engine import truth
from rules.errors import SidecueError
from rules.model import Decision, Facts
from rules.solver.book import SymbolicBook
from rules.solver.cells import SetCell
from rules.solver.logic import Formula
from rules.solver.smallest import Undecided, holds
from rules.vocabulary import FIELDS, Type
from rules.whatif.change import Answer, Change, Changed, Verdict
from rules.whatif.edits import SOURCES, Spot, edited
from rules.whatif.room import Room
from rules.whatif.screen import CONFIRMED, Ranks, Screen, Suitable
from rules.whatif.search import Picked, Search, edits_of

MOST_FIELDS: Final = 4
MOST_TRIES: Final = 30
_SIGNALS: Final = "signals"
_NUMBERS: Final = frozenset({Type.INTEGER, Type.NUMBER})


class WhatIf:
    """Asks one rulebook what would change its decisions. `decider` confirms; it stays the caller's to close.

    One thread at a time may ask. `timeout_ms` is for each question to the solver.
    """

    def __init__(self, decider: Decider, timeout_ms: int | None = None) -> None:
        self._decider = decider
        self._timeout_ms = timeout_ms
        rulebook = decider.rulebook
        worths = {action.worth.field for action in rulebook.actions.values() if action.worth.field is not None}
        also = (CONFIRMED, *(Test(name, Op.KNOWN, value=True) for name in sorted(worths)))
        self._book = SymbolicBook(rulebook, decider.precedence, threshold=THRESHOLD, share=SHARE, also=also)
        self._suitable = Suitable(self._book)

    def about(self, decision: Decision) -> Inquiry:
        """Return what answers for one decision. Raise SidecueError when another rulebook took it."""
        if decision.rulebook != self._decider.rulebook.digest:
            raise SidecueError(
                f"the decision was taken with rulebook {decision.rulebook}, not with "
                f"{self._decider.rulebook.digest}: ask with the one it was taken with"
            )
        return Inquiry(self._decider, self._book, self._suitable, decision, self._timeout_ms)


class Inquiry:
    """What would change one decision."""

    def __init__(
        self, decider: Decider, book: SymbolicBook, suitable: Suitable, decision: Decision, timeout_ms: int | None
    ) -> None:
        self._decider = decider
        self._book = book
        self._suitable = suitable
        self._decision = decision
        self._logic = book.symbols.logic
        self._timeout_ms = timeout_ms

    def change(self, action: str, *, fields: int = MOST_FIELDS, tries: int = MOST_TRIES) -> Answer:
        """Return the smallest change of up to `fields` facts after which the action is shown, or no longer is.

        A change is decided again before it is given out; after `tries` that did not hold the search gives up.
        Raise SidecueError for an action that the rulebook does not have.
        """
        if action not in self._book.rulebook.actions:
            raise SidecueError(f"there is no action {action!r} in this rulebook")
        shows = action not in _shown(self._decision)
        tried = 0
        try:
            goal = self._screen.shows(action)
            search = Search(
                self._solver,
                self._logic,
                tuple(self._room.movables.values()),
                goal if shows else self._logic.opposite(goal),
            )
            for picked in search.within(fields):
                found = self._confirmed(picked, action)
                tried += 1
                if found is not None:
                    return Answer(action, shows, Verdict.FOUND, found, fields, tried)
                if tried == tries:
                    return Answer(action, shows, Verdict.GAVE_UP, None, fields, tried)
            if tried or search.any():
                return Answer(action, shows, Verdict.NOT_WITHIN, None, fields, tried)
            return Answer(action, shows, Verdict.NOTHING, None, fields, 0, self._obstacles(action, shows=shows))
        except Undecided:
            return Answer(action, shows, Verdict.GAVE_UP, None, fields, tried)

    # --- formulas, made when they are first needed ----------------------------------------------

    @cached_property
    def _room(self) -> Room:
        return Room(self._book, self._decision.facts, self._worths)

    @cached_property
    def _worths(self) -> Mapping[str, frozenset[float]]:
        """Return the numbers at which ranks change: found in a first room, in which they are not tried yet."""
        fields = {action.worth.field for action in self._book.rulebook.actions.values()} - {None}
        first = Room(self._book, self._decision.facts, {str(name): () for name in fields})
        ranks = Ranks(self._book, first, self._decision.trace.acceptance)
        found = ranks.crossings(self._reachable(first))
        return MappingProxyType({str(name): frozenset(found.get(str(name), ())) for name in fields})

    @cached_property
    def _screen(self) -> Screen:
        return Screen(
            self._book,
            self._suitable,
            self._room,
            self._reachable(self._room),
            self._decision.trace.acceptance,
            self._decider.offer_cap,
        )

    @cached_property
    def _solver(self) -> z3.Solver:
        solver = self._logic.solver(self._timeout_ms)
        solver.add(*(self._logic.expression(part) for part in (*self._room.formulas, *self._screen.formulas)))
        return solver

    def _reachable(self, room: Room) -> tuple[str, ...]:
        """Return the actions that some change lets through to the ranking."""
        solver = self._logic.solver(self._timeout_ms)
        solver.add(*(self._logic.expression(part) for part in room.formulas))
        return tuple(
            name
            for name, action in sorted(self._book.rulebook.actions.items())
            if limits.resting(action, room.facts) is None
            and holds(solver, self._logic.expression(self._suitable.passes(name)))
        )

    # --- deciding again -------------------------------------------------------------------------

    def _confirmed(self, picked: Picked, action: str) -> Change | None:
        before = self._decision
        edits = edits_of(picked)
        facts = edited(before.facts, edits)
        after = self._decider.decide(
            facts, before.trace.signals, before.trace.language, before.trace.text_truncated, before.trace.acceptance
        )
        if (action in _shown(after)) is (action in _shown(before)):
            return None
        changed = tuple(
            Changed(movable.spot, movable.now, edits[movable.spot], options[0].any_other) for movable, options in picked
        )
        follows = tuple(
            Changed(Spot(name), before.facts.values.get(name), facts.values.get(name))
            for name in SOURCES
            if Spot(name) not in edits and before.facts.values.get(name) != facts.values.get(name)
        )
        return Change(changed, follows, after)

    # --- when nothing helps ---------------------------------------------------------------------

    def _obstacles(self, action: str, *, shows: bool) -> tuple[Condition, ...]:
        """Return the fewest facts beyond anybody's reach that would have to be otherwise for the rules to decide so."""
        passes = self._suitable.passes(action)
        held = [(condition, self._logic.symbol("otherwise"), pin) for condition, pin in self._fixed()]
        solver = self._logic.solver(self._timeout_ms)
        goal = passes if shows else self._logic.opposite(passes)
        for part in (*self._room.choices, *self._unsaid(), *self._book.symbols.axioms, goal):
            solver.add(self._logic.expression(part))
        for _, otherwise, pin in held:
            solver.add(self._logic.expression(self._logic.any_of((otherwise, pin))))
        if not holds(solver):
            return ()
        weights = [(otherwise, 1) for _, otherwise, _ in held]
        count = 0
        while not holds(solver, few := self._logic.expression(self._logic.at_most(weights, count))):
            count += 1
        solver.add(few)
        found: list[Condition] = []
        for condition, otherwise, _ in held:
            if len(found) == count:
                break
            # of as few, those that come first
            if holds(solver, otherwise):
                solver.add(otherwise)
                found.append(condition)
            else:
                solver.add(self._logic.opposite(otherwise))
        return tuple(found)

    def _fixed(self) -> Iterator[tuple[Condition, Formula]]:
        """Yield every fact that nobody can change: as a condition that is true of it, and as its pin."""
        symbols, facts = self._book.symbols, self._decision.facts
        for name in FIELDS:
            if name == _SIGNALS and isinstance(cell := symbols.cells.get(name), SetCell):
                for signal, has in cell.members.items():
                    held = signal in facts.signals
                    yield (
                        Test(name, Op.HAS if held else Op.HAS_NONE, signal if held else (signal,)),
                        self._logic.same(has, held),
                    )
            elif name in self._room.pins and not self._room.moves(name):
                yield _said(name, facts), self._room.pins[name]
        for collection, slots in symbols.slots.items():
            for slot, (witness, met) in zip(slots, self._room.witnesses(collection), strict=True):
                held = truth(slot.witness, facts) is True
                yield slot.witness if held else Not(slot.witness), self._logic.same(witness, met)

    def _unsaid(self) -> Iterator[Formula]:
        """Yield the pins of what nobody states: derived fields, before any rule has derived them."""
        for name, pin in self._room.pins.items():
            if name not in FIELDS and name not in self._book.symbols.slots:
                yield pin


def _shown(decision: Decision) -> frozenset[str]:
    return frozenset(shown.action for shown in decision.recommendations)


def _said(name: str, facts: Facts) -> Condition:
    """Return the condition that says what a field holds."""
    value = facts.values.get(name)
    if value is None:
        return Test(name, Op.KNOWN, value=False)
    if isinstance(value, frozenset):
        return Test(name, Op.HAS_ALL, tuple(sorted(value)))
    return Test(name, Op.EQUALS if FIELDS[name].type in _NUMBERS else Op.IS, value)
