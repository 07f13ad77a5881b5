"""The rulebook laid out in the order in which its rules are evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from rules.conditions import Condition, fields_read
from rules.decide.account import Account, asked, is_turned
from rules.errors import SidecueError
from rules.model import Facts, Fired
from rules.rulebook import Derive, Rule, Rulebook, RuleKind, Status

if TYPE_CHECKING:
    from rules.engine import Evaluator

CLASSIFICATION: Final = RuleKind.CLASSIFICATION.value
RECOMMENDATION: Final = RuleKind.RECOMMENDATION.value
GUARDRAIL: Final = RuleKind.GUARDRAIL.value


class Round(NamedTuple):
    """What one stratum gave, each in id order. `shadow` holds experimental rules: recorded, without any effect."""

    live: tuple[Rule, ...] = ()
    shadow: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Strata:
    """Every stratum's conditions, by the key the evaluator knows it by.

    Derivations come in layers: a rule that reads a derived field is in a later layer than every rule that derives it,
    so that nothing is negated before it is known.
    """

    layers: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Condition]]
    rules: Mapping[str, Rule]
    turned: frozenset[str]
    """Guardrails of which the evaluator is asked the opposite."""
    shadow: frozenset[str]
    accounts: Mapping[str, Account]
    """How each rule is told when it holds."""

    def fire(self, evaluator: Evaluator, stratum: str, facts: Facts) -> Round:
        """Return the rules of a stratum that hold for these facts."""
        conditions = self.conditions.get(stratum)
        if not conditions:
            return Round()
        fired = evaluator.fired(stratum, facts)
        names = fired ^ self.turned if stratum == GUARDRAIL else fired
        if not names:
            return Round()
        if names.isdisjoint(self.shadow):
            return Round(self._named(names))
        return Round(self._named(names - self.shadow), self._named(names & self.shadow))

    def record(self, rules: Iterable[Rule], facts: Facts) -> tuple[Fired, ...]:
        """Return the rules, which hold, as the trace keeps them: each with the leaves that made it hold."""
        accounts = self.accounts
        return tuple([accounts[rule.id].of(facts) for rule in rules])

    def _named(self, names: Iterable[str]) -> tuple[Rule, ...]:
        return tuple([self.rules[name] for name in sorted(names)])


def lay_out(rulebook: Rulebook) -> Strata:
    """Return the strata of a rulebook. Raise SidecueError for derivations that depend on themselves."""
    conditions: dict[str, Mapping[str, Condition]] = {}
    layers = []
    for depth, layer in enumerate(_layers(rulebook.rules_of(RuleKind.DERIVATION))):
        key = f"{RuleKind.DERIVATION.value}.{depth}"
        layers.append(key)
        conditions[key] = _conditions(layer)
    for kind in (RuleKind.CLASSIFICATION, RuleKind.RECOMMENDATION, RuleKind.GUARDRAIL):
        rules = rulebook.rules_of(kind)
        if rules:
            conditions[kind.value] = _conditions(rules)
    live = {rule.id: rule for kind in RuleKind for rule in rulebook.rules_of(kind)}
    turned = frozenset(name for name, rule in live.items() if is_turned(rule))
    shadow = frozenset(name for name, rule in live.items() if rule.status is Status.EXPERIMENTAL)
    accounts = {name: Account(rule) for name, rule in live.items()}
    return Strata(
        tuple(layers), MappingProxyType(conditions), MappingProxyType(live), turned, shadow, MappingProxyType(accounts)
    )


def _conditions(rules: Sequence[Rule]) -> Mapping[str, Condition]:
    return MappingProxyType({rule.id: asked(rule) for rule in rules})


def _layers(rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], ...]:
    makers: dict[str, list[Rule]] = {}
    for rule in rules:
        # an experimental derivation has no effect, so nothing waits for it
        if rule.status is not Status.EXPERIMENTAL and isinstance(rule.then, Derive):
            for name in rule.then.values:
                makers.setdefault(name, []).append(rule)
    waits_for = {
        rule.id: {maker.id for name in fields_read(rule.when) for maker in makers.get(name, ())} for rule in rules
    }
    layers: list[tuple[Rule, ...]] = []
    placed: set[str] = set()
    left = list(rules)
    while left:
        layer = tuple(rule for rule in left if waits_for[rule.id] <= placed)
        if not layer:
            names = ", ".join(rule.id for rule in left)
            raise SidecueError(
                f"these derivation rules wait for one another and none can be first: {names}; "
                "let at least one of them stop reading a field that the others derive"
            )
        layers.append(layer)
        placed |= {rule.id for rule in layer}
        left = [rule for rule in left if rule.id not in placed]
    return tuple(layers)
