"""What the agent's screen shows, as formulas: suitable, rested, ranked, without conflict, three; else the fallback.

`SymbolicBook` ends with what is suitable. Here the rest of the way is stated once more, apart from `rules.decide`, over
what a `Room` leaves open; a re-run of every change keeps the two equal.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from rules.conditions import Op, Test
from rules.decide import laws, limits, rank
from rules.decide.classify import THRESHOLD
from rules.decide.fallback import PROCEDURES, TRIAGE
from rules.decide.rank import Candidate
from rules.decide.recommend import MOST_SHOWN
from rules.model import Facts
from rules.rulebook import Action, Classify, Function, Kind, Recommend, RuleKind, Status
from rules.solver.book import SymbolicBook
from rules.solver.logic import Formula
from rules.whatif.edits import Spot
from rules.whatif.options import Number
from rules.whatif.room import Room

CONFIRMED: Final = Test("customer.cancellation", Op.IS, "confirmed")
"""What the law of win-back asks for: the book must know of it."""

_FAR: Final = 1e6
"""A worth so large that the rounding of a priority does not blur what one more unit adds."""


class Suitable:
    """Which actions the rules and the laws of code let through, before any limit and rank."""

    def __init__(self, book: SymbolicBook) -> None:
        self._book = book
        self._logic = book.symbols.logic
        self._actions = book.rulebook.actions
        comply = [name for name, action in sorted(self._actions.items()) if action.kind is Kind.COMPLY]
        self._comply_waits = self._logic.any_of(
            self._logic.all_of((book.applicable[name], book.suppressed[name])) for name in comply
        )

    def forbidden(self, action: str) -> Formula:
        """Return that a guardrail or a law keeps the action back."""
        bans: list[Formula] = [self._book.suppressed[action]]
        match self._actions[action].kind:
            case Kind.WIN_BACK:
                bans.append(self._logic.opposite(self._book.symbols.sure(CONFIRMED)))
            case Kind.RETAIN:
                bans.append(self._comply_waits)
        return self._logic.any_of(bans)

    def passes(self, action: str) -> Formula:
        """Return that the action is recommended, applicable and not forbidden."""
        return self._logic.all_of((self._book.applicable[action], self._logic.opposite(self.forbidden(action))))


class Screen:
    """What is shown. `formulas` define the symbols of `shows`; `reachable` are the actions that may pass at all."""

    def __init__(  # noqa: PLR0913, PLR0917 - what the last stages of a decision look at
        self,
        book: SymbolicBook,
        suitable: Suitable,
        room: Room,
        reachable: Sequence[str],
        acceptance: Mapping[str, tuple[int, int]],
        offer_cap: int,
    ) -> None:
        self._book = book
        self._suitable = suitable
        self._room = room
        self._logic = book.symbols.logic
        self._actions = book.rulebook.actions
        self._rank = Ranks(book, room, acceptance)
        self._reachable = tuple(reachable)
        self._offers_left = offer_cap - limits.offers_made(room.facts)
        self._shown = {name: self._logic.symbol(f"shows {name}") for name in self._reachable}

    @property
    def formulas(self) -> Iterator[Formula]:
        """What defines the symbols. Down the ranks each depends on those above alone, so they have one meaning."""
        for name in self._reachable:
            yield self._logic.same(self._shown[name], self._is_shown(self._actions[name]))

    def shows(self, action: str) -> Formula:
        """Return that the agent sees the action."""
        ranked = self._shown.get(action, False)
        return self._logic.any_of((ranked, self._stands_in(action)))

    def _is_shown(self, action: Action) -> Formula:
        logic = self._logic
        above = [
            (other, logic.all_of((self._shown[other.id], self._rank.above(other, action))))
            for other in map(self._actions.__getitem__, self._reachable)
            if other is not action
        ]
        rivals = [
            held for other, held in above if other.id in action.conflicts_with or action.id in other.conflicts_with
        ]
        limits_kept: list[Formula] = []
        if action.kind in limits.OFFERS:
            offers = [(held, 1) for other, held in above if other.kind in limits.OFFERS]
            limits_kept.append(logic.at_most(offers, self._offers_left - 1))
        return logic.all_of(
            (
                self._suitable.passes(action.id),
                *limits_kept,
                logic.opposite(logic.any_of(rivals)),
                logic.at_most([(held, 1) for _, held in above], MOST_SHOWN - 1),
            )
        )

    # --- when nothing is left -------------------------------------------------------------------

    def _stands_in(self, action: str) -> Formula:
        """Return that the action is shown because nothing else is."""
        logic = self._logic
        ways: list[Formula] = []
        triaged = logic.opposite(logic.any_of(self._scores(function) for function in Function))
        for function, procedure in PROCEDURES.items():
            for is_triaged in (False, True):
                first, second = (TRIAGE, procedure) if is_triaged else (procedure, TRIAGE)
                if action not in {first, second}:
                    continue
                case = (self._book.primary[function], triaged if is_triaged else logic.opposite(triaged))
                passed_over = logic.opposite(self._is_usable(first)) if action == second else True
                ways.append(logic.all_of((*case, passed_over)))
        if not ways:
            return False
        empty = logic.opposite(logic.any_of(self._shown.values()))
        return logic.all_of((empty, self._is_usable(action), logic.any_of(ways)))

    def _is_usable(self, name: str) -> Formula:
        action = self._actions.get(name)
        if action is None or action.kind in limits.OFFERS:
            return False
        needs = True if action.needs is None else self._book.symbols.sure(action.needs)
        # with nothing shown, what is recommended was held back, and what was held back stands in for nothing
        out = self._logic.any_of((self._book.eligible[name], self._suitable.forbidden(name)))
        return self._logic.all_of((needs, self._logic.opposite(out)))

    def _scores(self, function: Function) -> Formula:
        """Return that a function has votes enough not to leave the ticket to triage."""
        rules = self._book.rulebook.rules_of(RuleKind.CLASSIFICATION)
        weights = [
            (self._book.fired[rule.id], rule.then.votes.get(function, 0))
            for rule in rules
            if isinstance(rule.then, Classify) and rule.status is not Status.EXPERIMENTAL
        ]
        return self._logic.at_least(weights, THRESHOLD)


@dataclass(frozen=True, slots=True)
class _Ascending:
    """The priorities that an action may have; `among_first[n]`: it has one of the n lowest."""

    priorities: tuple[float, ...]
    among_first: tuple[Formula, ...]


class Ranks:
    """Which of two actions comes first, by the facts and the rules that recommend them."""

    def __init__(self, book: SymbolicBook, room: Room, acceptance: Mapping[str, tuple[int, int]]) -> None:
        self._book = book
        self._room = room
        self._logic = book.symbols.logic
        self._acceptance = acceptance
        self._known: dict[str, list[tuple[Formula, float]]] = {}
        self._ascending: dict[str, _Ascending] = {}

    def above(self, one: Action, other: Action) -> Formula:
        """Return that `one` comes before `other`, of both that are recommended."""
        first, second = laws.goes_first(one.kind), laws.goes_first(other.kind)
        if first is not second:
            return first
        lower = self._lower(other)
        beats_equals = one.id < other.id
        ways, certain = [], True
        for here, ours in self._priorities(one):
            count = (bisect_right if beats_equals else bisect_left)(lower.priorities, ours)
            certain = certain and count == len(lower.priorities)
            ways.append(self._logic.all_of((here, lower.among_first[count])))
        return True if certain else self._logic.any_of(ways)

    def _lower(self, action: Action) -> _Ascending:
        """Return the action's priorities from the lowest up, and that it has one of the first so many of them."""
        if action.id not in self._ascending:
            merged: dict[float, list[Formula]] = {}
            for held, priority in self._priorities(action):
                merged.setdefault(priority, []).append(held)
            ordered = sorted(merged)
            among_first: list[Formula] = [False]
            for priority in ordered:
                among_first.append(self._logic.any_of((among_first[-1], *merged[priority])))
            self._ascending[action.id] = _Ascending(tuple(ordered), tuple(among_first))
        return self._ascending[action.id]

    def _priorities(self, action: Action) -> list[tuple[Formula, float]]:
        """Return every priority that the action may have, each with what says so."""
        if action.id not in self._known:
            field = action.worth.field
            worths = [(True, None)] if field is None else self._room.states(field)
            self._known[action.id] = [
                (self._logic.all_of((leads, held)), self._priority(action, lever, worth))
                for leads, lever in self._levers(action)
                for held, worth in worths
            ]
        return self._known[action.id]

    def crossings(self, actions: Iterable[str]) -> dict[str, set[Number]]:
        """Return for each field that says what an action is worth, and that may change, where two change places.

        Numbers just below, at and just above: whole ones, and such with two decimals.
        """
        known = [self._book.rulebook.actions[name] for name in actions]
        found: dict[str, set[Number]] = {}
        for one in known:
            field = one.worth.field
            if field is None or Spot(field) not in self._room.movables:
                continue
            beside = found.setdefault(field, set())
            slopes = {self._priority(one, lever, _FAR) / _FAR for _, lever in self._levers(one)}
            rivals = [other for other in known if other.worth.field != field]
            held = {priority for other in rivals for _, priority in self._priorities(other)}
            for slope, priority in product(sorted(slopes), sorted(held)):
                if slope > 0:
                    beside |= {number for scale in (1, 100) for number in _around(priority / slope, scale)}
        return found

    def _priority(self, action: Action, lever: float, worth: object) -> float:
        """Return the priority with a lever and a value of the field that says what the action is worth."""
        values = {} if action.worth.field is None or worth is None else {action.worth.field: worth}
        facts = Facts(values, frozenset(), {}, self._room.facts.taken_at)  # type: ignore[arg-type]  # a value of a fact
        return rank.weigh(Candidate(action, (), None, lever), facts, self._acceptance).priority

    def _levers(self, action: Action) -> list[tuple[Formula, float]]:
        """Return the levers that may hold, the highest of the fired rules each."""
        rules = self._book.proposing(action.id)
        levers = sorted({rule.then.lever for rule in rules if isinstance(rule.then, Recommend)}, reverse=True)
        found: list[tuple[Formula, float]] = []
        stronger: list[Formula] = []
        for lever in levers:
            fires = self._logic.any_of(
                self._book.fired[rule.id]
                for rule in rules
                if isinstance(rule.then, Recommend) and rule.then.lever == lever
            )
            found.append((self._logic.all_of((fires, self._logic.opposite(self._logic.any_of(stronger)))), lever))
            stronger.append(fires)
        # of two that are recommended the only lever needs no saying
        return [(True, levers[0])] if len(levers) == 1 else found


def _around(value: float, scale: int) -> Iterator[float]:
    base = math.floor(value * scale)
    yield from ((base + step) / scale for step in (-1, 0, 1, 2))
