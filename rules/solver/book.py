"""A whole rulebook over symbolic facts: derivations, votes, eligible, applicable, suppressed, suitable.

It states the strata once more, apart from `rules.decide`, and is held equal to them by the tests. What comes after
(contact limits, conflicts, rank, the laws of code) can only hold back more. One thing is shown without being proposed:
the fallback, a procedure of the function's own, which is no offer and passes the same bans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import combinations, permutations
from math import gcd
from typing import Any, Final, Generic, TypeVar

import z3

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test, fields_read
from rules.errors import SidecueError
from rules.model import Facts
from rules.rulebook import Classify, Derive, Function, Kind, Recommend, Rule, Rulebook, RuleKind, Status, Suppress
from rules.solver.cells import Cell, ChoiceCell, Numbering, SetCell
from rules.solver.logic import Formula
from rules.solver.symbols import Symbols, given_of
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field, Source

PRIMARY: Final = "decision.primary"
FUNCTIONS: Final = "decision.functions"

_STATED: Final = "as stated: "
"""Before a derived field's name: the value that the facts hold before any rule has derived one."""
_UNDECIDED: Final = "before the decision: "
"""Before a decision field's name: what derivations and classifications see of it, which is nothing."""

K = TypeVar("K")
V = TypeVar("V")


class Found(dict[K, V], Generic[K, V]):
    """A mapping whose values are worked out when they are first asked for. Unknown keys raise KeyError."""

    def __init__(self, keys: Iterable[K], work_out: Callable[[K], V]) -> None:
        super().__init__()
        self.names = tuple(keys)
        self._work_out = work_out

    def __missing__(self, key: K) -> V:
        if key not in self.names:
            raise KeyError(key)
        self[key] = self._work_out(key)
        return self[key]


class SymbolicBook:
    """The way from facts to suitable recommendations, as formulas.

    `fired`: live rules (experimental ones too: they fire, without effect). `votes`, `primary`, `works` by function
    (`works`: primary or collaborator). `eligible`, `applicable`, `suppressed`, `suitable` by action. All over facts
    that meet `well_formed`. `threshold` and `share` are those of `rules.decide.classify`; `also` are conditions that
    will be asked for besides the rulebook's own, in the scope of recommendations and guardrails.
    Raise SidecueError for derivations that wait for one another.
    """

    def __init__(  # noqa: PLR0913 - what a decision is made with
        self,
        rulebook: Rulebook,
        precedence: Sequence[Function] = tuple(Function),
        *,
        threshold: int,
        share: tuple[int, int],
        also: Iterable[Condition] = (),
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> None:
        self.rulebook = rulebook
        self._precedence = tuple(precedence)
        self._threshold = threshold
        common = gcd(*share)  # 3 of 5 for 60 of 100: the solver counts the weights one by one
        self._share = (share[0] // common, share[1] // common)
        self._live = {rule.id: rule for kind in RuleKind for rule in rulebook.rules_of(kind)}
        self._when = {
            rule.id: _before_decision(rule.when, fields) if rule.kind in _EARLY else rule.when
            for rule in self._live.values()
        }
        self._sums: dict[tuple[tuple[tuple[str, int], ...], int], Formula] = {}
        self._makers = self._by_derived_field()
        self._put_in_order()
        needs = [action.needs for _, action in sorted(rulebook.actions.items()) if action.needs is not None]
        conditions = [*(self._when[name] for name in sorted(self._when)), *needs, *also]
        derived = sorted({name for condition in conditions for name in fields_read(condition)} | set(self._makers))
        derived = [name for name in derived if name in fields and fields[name].source is Source.DERIVED]
        conditions += [Test(name, Op.KNOWN, value=True) for name in (PRIMARY, FUNCTIONS)]
        conditions += [self._both_sides(name, fields[name]) for name in derived]
        extended = {**fields, **{_STATED + name: replace(fields[name], name=_STATED + name) for name in derived}}
        for name in (PRIMARY, FUNCTIONS):
            extended[_UNDECIDED + name] = replace(fields[name], name=_UNDECIDED + name)
        self.symbols = Symbols(conditions, extended, collections)
        self._define_undecided()
        self.fired: Found[str, z3.BoolRef] = Found(sorted(self._live), lambda name: self._expression(self._fires(name)))
        self._define_derived(derived, fields)
        self._define_decision()
        said = self._expression
        self.votes: Found[Function, z3.ArithRef] = Found(self._precedence, self._votes)
        self.primary: Found[Function, z3.BoolRef] = Found(self._precedence, lambda one: said(self._is_primary(one)))
        self.works: Found[Function, z3.BoolRef] = Found(self._precedence, lambda one: said(self._works_along(one)))
        actions = sorted(rulebook.actions)
        self.eligible: Found[str, z3.BoolRef] = Found(actions, lambda name: said(self._is_eligible(name)))
        self.applicable: Found[str, z3.BoolRef] = Found(actions, lambda name: said(self._is_applicable(name)))
        self.suppressed: Found[str, z3.BoolRef] = Found(actions, lambda name: said(self._is_suppressed(name)))
        self.suitable: Found[str, z3.BoolRef] = Found(actions, lambda name: said(self._is_suitable(name)))

    # --- asking ---------------------------------------------------------------------------------

    def surely(self, condition: Condition) -> z3.BoolRef:
        """Return that a condition is surely true once the ticket is classified."""
        return self.symbols.surely(condition)

    def surely_not(self, condition: Condition) -> z3.BoolRef:
        """Return that a condition is surely false once the ticket is classified."""
        return self.symbols.surely_not(condition)

    def well_formed(self) -> z3.BoolRef:
        """Return that the symbols describe facts."""
        return self.symbols.well_formed()

    def when(self, rule: str) -> z3.BoolRef:
        """Return that a live rule's condition is surely true, as its stratum sees the facts."""
        return self.symbols.surely(self._when[rule])

    def both(self, one: Formula, other: Formula) -> Formula:
        """Return that both hold."""
        return self.symbols.logic.all_of((one, other))

    def none_of(self, formulas: Iterable[Formula]) -> Formula:
        """Return that none holds."""
        return self.symbols.logic.opposite(self.symbols.logic.any_of(formulas))

    def exactly_one(self, formulas: Iterable[Formula]) -> Formula:
        """Return that one holds, and no other."""
        weights = [(formula, 1) for formula in formulas]
        return self.both(self.symbols.logic.at_least(weights, 1), self.symbols.logic.at_most(weights, 1))

    def asks_whose_work(self, *names: str) -> bool:
        """Tell whether what the rules and actions of these names come to depends on the votes."""
        for name in names:
            action = self.rulebook.actions.get(name)
            found = [self._live[name].when] if name in self._live else []
            if action is not None:
                found += [rule.when for rule in (*self.proposing(name), *self.covering(name))]
                found += [action.needs] if action.needs is not None else []
            if any({PRIMARY, FUNCTIONS} & fields_read(condition) for condition in found):
                return True
        return False

    def nothing_derived_is_stated(self) -> z3.BoolRef:
        """Return that the facts hold no derived field of their own: those of live tickets never do."""
        cells = [cell for name, cell in self.symbols.cells.items() if name.startswith(_STATED)]
        return self._expression(self.none_of([cell.known for cell in cells]))

    def covering(self, action: str) -> tuple[Rule, ...]:
        """Return the guardrails with effect that hold the action back when they fire."""
        found = self.rulebook.actions[action]
        return tuple(
            rule
            for rule in self._of(RuleKind.GUARDRAIL)
            if isinstance(rule.then, Suppress) and (found.kind in rule.then.kinds or action in rule.then.actions)
        )

    def banning(self, kind: Kind) -> tuple[Rule, ...]:
        """Return the guardrails with effect that hold the whole kind back when they fire."""
        guardrails = self._of(RuleKind.GUARDRAIL)
        return tuple(rule for rule in guardrails if isinstance(rule.then, Suppress) and kind in rule.then.kinds)

    def proposing(self, action: str) -> tuple[Rule, ...]:
        """Return the rules with effect that recommend the action when they fire."""
        return tuple(
            rule
            for rule in self._of(RuleKind.RECOMMENDATION)
            if isinstance(rule.then, Recommend) and rule.then.action == action
        )

    def pinned(self, facts: Facts) -> z3.BoolRef:
        """Return that the symbols say what these facts say, before anything is derived or decided."""
        return self._expression(self.symbols.logic.all_of(self.pins(facts).values()))

    def pins(self, facts: Facts, numbering: Numbering | None = None) -> dict[str, Formula]:
        """Return for each field and collection that what the facts say of it holds; see `Symbols.pins`."""
        values = {
            _STATED + name if _STATED + name in self.symbols.cells else name: value
            for name, value in facts.values.items()
            if name not in {PRIMARY, FUNCTIONS}
        }
        return self.symbols.pins(Facts(values, facts.signals, facts.collections, facts.taken_at), numbering)

    def facts(self, model: z3.ModelRef, taken_at: datetime) -> Facts:
        """Return the facts of a model, before anything is derived or decided."""
        found = self.symbols.facts(model, taken_at)
        values = {name.removeprefix(_STATED): value for name, value in found.values.items()}
        return Facts(values, found.signals, found.collections, taken_at)

    def given(self, model: z3.ModelRef, taken_at: datetime) -> dict[str, object]:
        """Return the facts of a model in the words of an example's `given`."""
        return given_of(self.facts(model, taken_at))

    # --- definitions ----------------------------------------------------------------------------

    def _fires(self, name: str) -> Formula:
        rule = self._live[name]
        if rule.kind is RuleKind.GUARDRAIL and rule.on_unknown_suppress:
            return self.symbols.logic.opposite(self.symbols.sure(self._when[name], truth=False))
        return self.symbols.sure(self._when[name])

    def _define_undecided(self) -> None:
        for name in (PRIMARY, FUNCTIONS):
            if _UNDECIDED + name in self.symbols.cells:
                self.symbols.define(_UNDECIDED + name, lambda cell: cell.stated(None, lambda _: 0))

    def _define_derived(self, names: Iterable[str], fields: Mapping[str, Field]) -> None:
        """Define the derived fields. A rule that derives one asks for those that it reads: so they come first."""
        for name in names:
            self.symbols.define(name, partial(self._derived, name, fields[name]))

    def _derived(self, name: str, field: Field, _: Cell) -> Cell:
        stated = self.symbols.cells[_STATED + name]
        if not isinstance(stated, ChoiceCell):
            raise SidecueError(f"{name}: a derived field must hold a text; {field.type.value} is none")
        rules = self._makers.get(name, ())
        strength = {value: place for place, value in enumerate(field.values)}
        return self._strongest(stated, rules, name, strength) if strength else self._first(stated, rules, name)

    def _strongest(self, stated: ChoiceCell, rules: Sequence[Rule], name: str, strength: Mapping[str, int]) -> Cell:
        logic = self.symbols.logic
        said = {value: [stated.named[value]] for value in strength}
        for rule in rules:
            said[_derives(rule, name)].append(self._fires(rule.id))
        named: dict[str, Formula] = {}
        stronger: list[Formula] = []
        for value in sorted(strength, key=lambda value: -strength[value]):
            here = logic.any_of(said[value])
            named[value] = logic.all_of((here, logic.opposite(logic.any_of(stronger))))
            stronger.append(here)
        held = {value: named.get(value, False) for value in stated.named}
        return ChoiceCell(logic, held, False, stated.code, stated.values)

    def _first(self, stated: ChoiceCell, rules: Sequence[Rule], name: str) -> Cell:
        logic = self.symbols.logic
        said: dict[str, list[Formula]] = {value: [held] for value, held in stated.named.items()}
        before = [stated.known]
        for rule in rules:
            fires = self._fires(rule.id)
            said[_derives(rule, name)].append(logic.all_of((fires, logic.opposite(logic.any_of(before)))))
            before.append(fires)
        named = {value: logic.any_of(ways) for value, ways in said.items()}
        return ChoiceCell(logic, named, stated.other, stated.code, stated.values)

    def _define_decision(self) -> None:
        """Define what recommendations and guardrails see of the classification."""
        self.symbols.define(PRIMARY, self._decided_primary)
        self.symbols.define(FUNCTIONS, self._decided_functions)

    def _decided_primary(self, cell: Cell) -> Cell:
        logic = self.symbols.logic
        names = dict.fromkeys(cell.named if isinstance(cell, ChoiceCell) else ())
        named = {name: self._is_primary(Function(name)) if name in set(Function) else False for name in names}
        other = logic.opposite(logic.any_of(named.values()))
        code, values = (cell.code, cell.values) if isinstance(cell, ChoiceCell) else ((), ())
        return ChoiceCell(logic, named, other, code, values)

    def _decided_functions(self, cell: Cell) -> Cell:
        members = cell.members if isinstance(cell, SetCell) else {}
        works = {name: self._works_along(Function(name)) if name in set(Function) else False for name in members}
        return SetCell(self.symbols.logic, True, works)

    # --- classification -------------------------------------------------------------------------

    def _weights(self, function: Function) -> dict[str, int]:
        return {
            rule.id: rule.then.votes.get(function, 0)
            for rule in self._of(RuleKind.CLASSIFICATION)
            if isinstance(rule.then, Classify)
        }

    def _votes(self, function: Function) -> z3.ArithRef:
        weights = self._weights(function)
        return self.symbols.logic.total([(self.fired[name], weight) for name, weight in weights.items() if weight])

    def scores_are_numbers(self) -> Formula:
        """Return what holds of any three sums, so that no proof has to find it out by adding votes.

        Of two one is at least the other, and what is at least as high as the second is so as the third below it.
        """
        logic, leads = self.symbols.logic, self._leads
        total = [logic.any_of((leads(one, two), leads(two, one))) for one, two in combinations(self._precedence, 2)]
        chains = [
            logic.implies(logic.all_of((leads(one, two), leads(two, three))), leads(one, three))
            for one, two, three in permutations(self._precedence, 3)
        ]
        return logic.all_of((*total, *chains))

    def _leads(self, one: Function, other: Function, times: tuple[int, int] = (1, 1)) -> Formula:
        """Return that times[0] x the score of `one` is at least times[1] x the score of `other`."""
        ours, theirs = self._weights(one), self._weights(other)
        return self._reach({name: times[0] * ours[name] - times[1] * theirs[name] for name in ours}, 0)

    def _scores(self, function: Function, bound: int) -> Formula:
        return self._reach(self._weights(function), bound)

    def _reach(self, weights: Mapping[str, int], bound: int) -> Formula:
        """Return that the weights of the rules that fire add up to at least `bound`; asked often, built once."""
        key = (tuple(weights.items()), bound)
        if key not in self._sums:
            fired = [(self._fires(name), weight) for name, weight in weights.items()]
            self._sums[key] = self.symbols.logic.at_least(fired, bound)
        return self._sums[key]

    def _is_primary(self, function: Function) -> Formula:
        logic = self.symbols.logic
        triaged = logic.opposite(logic.any_of([self._scores(one, self._threshold) for one in self._precedence]))
        place = self._precedence.index(function)
        first = logic.all_of(
            logic.opposite(self._leads(other, function)) if index < place else self._leads(function, other)
            for index, other in enumerate(self._precedence)
            if other is not function
        )
        highest = logic.all_of((logic.opposite(triaged), first))
        return logic.any_of((highest, triaged)) if function is Function.SUPPORT else highest

    def _works_along(self, function: Function) -> Formula:
        logic = self.symbols.logic
        named = [
            self._fires(rule.id)
            for rule in self._of(RuleKind.CLASSIFICATION)
            if isinstance(rule.then, Classify) and function in rule.then.collaborate
        ]
        numerator, denominator = self._share
        near = [self._scores(function, 1)]
        near += [self._leads(function, other, (denominator, numerator)) for other in self._precedence]
        return logic.any_of((self._is_primary(function), *named, logic.all_of(near)))

    # --- recommendation and guardrails ----------------------------------------------------------

    def _is_eligible(self, action: str) -> Formula:
        return self.symbols.logic.any_of([self._fires(rule.id) for rule in self.proposing(action)])

    def _is_applicable(self, action: str) -> Formula:
        needs = self.rulebook.actions[action].needs
        met = True if needs is None else self.symbols.sure(needs)
        return self.symbols.logic.all_of((self._is_eligible(action), met))

    def _is_suppressed(self, action: str) -> Formula:
        return self.symbols.logic.any_of([self._fires(rule.id) for rule in self.covering(action)])

    def _is_suitable(self, action: str) -> Formula:
        logic = self.symbols.logic
        return logic.all_of((self._is_applicable(action), logic.opposite(self._is_suppressed(action))))

    # --- order ----------------------------------------------------------------------------------

    def _of(self, kind: RuleKind) -> Iterator[Rule]:
        for rule in self._live.values():
            if rule.kind is kind and rule.status is not Status.EXPERIMENTAL:
                yield rule

    def _by_derived_field(self) -> dict[str, tuple[Rule, ...]]:
        makers: dict[str, list[Rule]] = {}
        for rule in self._of(RuleKind.DERIVATION):
            if isinstance(rule.then, Derive):
                for name in rule.then.values:
                    makers.setdefault(name, []).append(rule)
        return {name: tuple(rules) for name, rules in makers.items()}

    def _put_in_order(self) -> None:
        """Put the makers of each field in the order in which they speak: by layer, then by id."""
        depth: dict[str, int] = {}

        def below(rule: Rule, path: tuple[str, ...]) -> int:
            if rule.id in path:
                raise SidecueError(
                    f"these derivation rules wait for one another and none can be first: {', '.join(path)}; "
                    "let at least one of them stop reading a field that the others derive"
                )
            if rule.id not in depth:
                waits = [maker for name in fields_read(rule.when) for maker in self._makers.get(name, ())]
                depth[rule.id] = 1 + max((below(maker, (*path, rule.id)) for maker in waits), default=-1)
            return depth[rule.id]

        for rule in self._live.values():
            if rule.kind is RuleKind.DERIVATION:
                below(rule, ())
        self._makers = {
            name: tuple(sorted(rules, key=lambda rule: (depth[rule.id], rule.id)))
            for name, rules in self._makers.items()
        }

    def _both_sides(self, name: str, field: Field) -> Condition:
        """Return a condition that gives a derived field, stated and derived, the same symbols: one for every value."""
        said = dict.fromkeys((*field.values, *(_derives(rule, name) for rule in self._makers.get(name, ()))))
        return All((Test(name, Op.IN, tuple(said)), Test(_STATED + name, Op.SAME_AS, name)))

    def _expression(self, formula: Any) -> z3.BoolRef:
        return self.symbols.logic.expression(formula)


_EARLY: Final = frozenset({RuleKind.DERIVATION, RuleKind.CLASSIFICATION})


def _derives(rule: Rule, name: str) -> str:
    return rule.then.values[name] if isinstance(rule.then, Derive) else ""


def _before_decision(condition: Condition, fields: Mapping[str, Field]) -> Condition:
    """Return the condition as it reads before the decision's fields are known."""
    if not any(name in fields and fields[name].source is Source.DECISION for name in fields_read(condition)):
        return condition
    match condition:
        case Test(field, op, value):
            name = _UNDECIDED + field if field in {PRIMARY, FUNCTIONS} else field
            joins = op is Op.SAME_AS and value in {PRIMARY, FUNCTIONS}
            return Test(name, op, f"{_UNDECIDED}{value}" if joins else value)
        case All(parts):
            return All(tuple(_before_decision(part, fields) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_before_decision(part, fields) for part in parts))
        case Not(part):
            return Not(_before_decision(part, fields))
        case Exists(collection, where):
            return Exists(collection, _before_decision(where, fields))
