"""What a rulebook holds in vain: conditions nobody can meet, rules without effect, rules that others stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import z3

from rules.conditions import Condition
from rules.prove.proof import TIMEOUT_MS, symbolic
from rules.rulebook import Classify, Derive, Recommend, Rule, Rulebook, RuleKind, Status, Suppress
from rules.solver.book import SymbolicBook
from rules.solver.logic import Formula
from rules.solver.smallest import Undecided, holds
from rules.solver.symbols import Symbols
from rules.vocabulary import FIELDS


class Why(StrEnum):
    """Why a rule is dead."""

    NEVER_FIRES = "never_fires"  # not with what the other rules derive and decide
    NOT_APPLICABLE = "not_applicable"  # it fires, but never where its action's `needs` are met
    HELD_BACK = "held_back"  # guardrails hold its action back whenever it fires


@dataclass(frozen=True)
class Dead:
    """A rule that never has an effect."""

    rule: str
    why: Why


@dataclass(frozen=True)
class Shadow:
    """A rule that only fires when `by` fires, which brings about the same or more."""

    rule: str
    by: str


_HASTE: Final = 1_000_000
"""Z3's own count of its work, some 0.2 s: the same question gives up at the same place on every machine."""


@dataclass(frozen=True)
class Vain:
    """Everything that a rulebook holds in vain. With a `reason` the solver gave no answer, and nobody knows."""

    contradictory: tuple[str, ...] = ()
    dead: tuple[Dead, ...] = ()
    shadowed: tuple[Shadow, ...] = ()
    reason: str | None = None


class Reach:
    """Asks one rulebook what can happen on live tickets, on which nothing derived is stated by hand.

    Only what guardrails hold back may not hang on that: a derivation of a pack out of sight may say otherwise.
    Raise Undecided when the solver gives no answer in `timeout_ms`.
    """

    def __init__(self, rulebook: Rulebook, book: SymbolicBook | None = None, timeout_ms: int = TIMEOUT_MS) -> None:
        self._rulebook = rulebook
        self._book = book if book is not None else symbolic(rulebook)
        self._timeout_ms = timeout_ms
        # the votes make every question slower that is asked of the same solver after them
        self._plain = self._solver()
        self._answers: dict[tuple[bool, bool, z3.BoolRef], bool] = {}
        self._live = self._book.nothing_derived_is_stated()
        self._rules = [rule for kind in RuleKind for rule in rulebook.rules_of(kind)]

    def vain(self) -> Vain:
        """Return everything at once; without an answer of the solver its reason, and nothing else."""
        try:
            return Vain(self.contradictory(), self.dead(), self.shadowed())
        except Undecided as reason:
            return Vain(reason=str(reason))

    def contradictory(self) -> tuple[str, ...]:
        """Return the rules whose `when` no facts at all can meet, whatever the other rules say."""
        doubtful = {rule.id: rule.when for rule in self._doubtful if not self._may_hold(rule)}
        return tuple(sorted(impossible(doubtful, self._timeout_ms)))

    def dead(self) -> tuple[Dead, ...]:
        """Return the rules that never fire in this rulebook, or whose action never comes through when they do."""
        return tuple(sorted(self._dead(), key=lambda found: found.rule))

    def shadowed(self) -> tuple[Shadow, ...]:
        """Return the rules that another one stands for; of two that always fire together, the later id."""
        found: dict[str, Shadow] = {}
        for rule in sorted(self._doubtful, key=lambda rule: rule.id):
            # what never fires is dead, not shadowed; what fires alone is no other's shadow
            if self._possible(self._book.fired[rule.id], rule) and not self._possible(
                self._alone(rule), rule, *self._covering[rule.id]
            ):
                # one with the same condition first: of that nothing need be asked
                for other in sorted(self._covering[rule.id], key=lambda other: not _fires_alike(rule, other)):
                    if other.id not in found and self._implies(rule, other) and not self._is_later_twin(rule, other):
                        found[rule.id] = Shadow(rule.id, other.id)
                        break
        return tuple(found.values())

    @cached_property
    def _covering(self) -> Mapping[str, tuple[Rule, ...]]:
        """For each rule those that, whenever they fire, bring about all that it does."""
        return {
            rule.id: tuple(
                other
                for other in self._rules
                if other.id != rule.id
                and other.kind is rule.kind
                and other.status is not Status.EXPERIMENTAL
                and _covers(other, rule, self._rulebook)
            )
            for rule in self._rules
        }

    @cached_property
    def _doubtful(self) -> tuple[Rule, ...]:
        """The rules of which one question did not show that they are fine.

        That is: they fire, alone among all that could stand for them, and what they recommend comes through.
        """
        return tuple(rule for rule in self._rules if not self._is_fine(rule))

    def _is_fine(self, rule: Rule) -> bool:
        if any(_fires_alike(rule, other) for other in self._covering[rule.id]):
            return False
        if rule.on_unknown_suppress and not self._may_hold(rule):
            return False  # it suppresses what is unknown, and that alone
        action = _recommended(rule)
        comes_through = True if action is None else self._book.suitable[action]
        return self._possible(self._book.both(self._alone(rule), comes_through), rule, *self._covering[rule.id])

    def _may_hold(self, rule: Rule) -> bool:
        """Tell whether some facts meet the rule's condition."""
        if not rule.on_unknown_suppress and self._possible(self._book.fired[rule.id], rule):
            return True  # it is asked later on in any case, and as a rule enough
        return self._possible(self._book.when(rule.id), rule)

    def _alone(self, rule: Rule) -> Formula:
        """Return that the rule fires, and none that could stand for it does."""
        others = self._book.none_of([self._book.fired[other.id] for other in self._covering[rule.id]])
        return self._book.both(self._book.fired[rule.id], others)

    def _dead(self) -> Iterator[Dead]:
        for rule in self._doubtful:
            fires = self._book.fired[rule.id]
            if not self._possible(fires, rule):
                yield Dead(rule.id, Why.NEVER_FIRES)
            elif (action := _recommended(rule)) is not None:
                if not self._possible(self._book.both(fires, self._book.applicable[action]), rule, live=False):
                    yield Dead(rule.id, Why.NOT_APPLICABLE)
                elif not self._possible(self._book.both(fires, self._book.suitable[action]), rule, live=False):
                    yield Dead(rule.id, Why.HELD_BACK)

    def _implies(self, rule: Rule, other: Rule) -> bool:
        if _fires_alike(rule, other):
            return True
        alone = self._book.both(self._book.fired[rule.id], self._book.none_of([self._book.fired[other.id]]))
        return not self._possible(alone, rule, other)

    def _is_later_twin(self, rule: Rule, other: Rule) -> bool:
        """Tell whether both always fire together and do the same, and `other` is the one to be told of."""
        return rule.id < other.id and _covers(rule, other, self._rulebook) and self._implies(other, rule)

    def _possible(self, formula: Formula, *about: Rule, live: bool = True) -> bool:
        """Tell whether some facts meet the formula; rules that are written alike come to one formula, asked once."""
        names = [rule.id for rule in about] + [rule.then.action for rule in about if isinstance(rule.then, Recommend)]
        asks = self._book.asks_whose_work(*names)
        asked = self._book.symbols.logic.expression(formula)
        key = (asks, live, asked)
        if key not in self._answers:
            assumed = (*([self._live] if live else []), asked)
            self._answers[key] = self._counted(*assumed) if asks else holds(self._plain, *assumed)
        return self._answers[key]

    def _counted(self, *assumed: z3.BoolRef) -> bool:
        """Answer a question about votes: by the first of two solvers that knows."""
        try:
            return holds(self._hasty, *assumed)
        except Undecided:
            return holds(self._steady, *assumed)

    # Votes are counted. Who guesses by what was met last is quick nearly always, and may count for a long time; who
    # keeps to one guess is quick at other times. So the first is asked for a while, then the second.

    @cached_property
    def _hasty(self) -> z3.Solver:
        return self._solver(phase="caching", rlimit=_HASTE)

    @cached_property
    def _steady(self) -> z3.Solver:
        return self._solver(phase="frozen")

    def _solver(self, **settings: str | int) -> z3.Solver:
        solver = self._book.symbols.logic.solver(self._timeout_ms)
        solver.add(self._book.well_formed())
        for name, value in settings.items():
            solver.set(name, value)
        return solver


def contradictory(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the rules whose `when` no facts at all can meet."""
    return Reach(rulebook).contradictory()


def dead(rulebook: Rulebook) -> tuple[Dead, ...]:
    """Return the rules that never have an effect in this rulebook."""
    return Reach(rulebook).dead()


def shadowed(rulebook: Rulebook) -> tuple[Shadow, ...]:
    """Return the rules that another one stands for."""
    return Reach(rulebook).shadowed()


def impossible(conditions: Mapping[str, Condition], timeout_ms: int = TIMEOUT_MS) -> tuple[str, ...]:
    """Return the names of the conditions that no facts make surely true. Raise Undecided without an answer."""
    if not conditions:
        return ()
    symbols = Symbols(conditions.values())
    solver = symbols.logic.solver(timeout_ms)
    solver.add(symbols.well_formed())
    return tuple(name for name, condition in conditions.items() if not holds(solver, symbols.surely(condition)))


def _fires_alike(rule: Rule, other: Rule) -> bool:
    """Tell whether two rules of one kind plainly fire together: they are written alike."""
    return rule.when == other.when and rule.on_unknown_suppress == other.on_unknown_suppress


def _recommended(rule: Rule) -> str | None:
    """Return the action that the rule recommends with effect."""
    live = isinstance(rule.then, Recommend) and rule.status is not Status.EXPERIMENTAL
    return rule.then.action if live and isinstance(rule.then, Recommend) else None


def _covers(other: Rule, rule: Rule, rulebook: Rulebook) -> bool:
    """Tell whether `other`, whenever it fires, brings about all that `rule` does."""
    match other.then, rule.then:
        case Derive(values), Derive(mine):
            return all(name in values and _as_strong(name, values[name], value) for name, value in mine.items())
        case Classify(_, collaborate), Classify(votes, mine):
            # votes add up: only a rule without any can be stood for
            return not any(votes.values()) and bool(mine) and set(collaborate) >= set(mine)
        case Recommend(action, lever), Recommend(mine, own):
            return action == mine and lever >= own
        case Suppress(kinds, actions), Suppress(mine, own):
            held = {name for name, found in rulebook.actions.items() if found.kind in kinds} | set(actions)
            return set(kinds) >= set(mine) and held >= set(own)
    return False


def _as_strong(name: str, held: str, value: str) -> bool:
    order = FIELDS[name].values
    return order.index(held) >= order.index(value) if order else held == value
