"""The rulebook laid out in the order in which its rules are evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rules.conditions import Condition, Not, fields_read
from rules.engine import deciding, truth
from rules.errors import SidecueError
from rules.model import Facts, Fired
from rules.rulebook import Derive, Rule, Rulebook, RuleKind, Status

if TYPE_CHECKING:
    from rules.engine import Evaluator

CLASSIFICATION: Final = RuleKind.CLASSIFICATION.value
RECOMMENDATION: Final = RuleKind.RECOMMENDATION.value
GUARDRAIL: Final = RuleKind.GUARDRAIL.value


@dataclass(frozen=True, slots=True)
class Round:
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

    def fire(self, evaluator: Evaluator, stratum: str, facts: Facts) -> Round:
        """Return the rules of a stratum that hold for these facts."""
        conditions = self.conditions.get(stratum)
        if not conditions:
            return Round()
        fired = evaluator.fired(stratum, facts)
        names = fired ^ self.turned if stratum == GUARDRAIL else fired
        held = [self.rules[name] for name in sorted(names)]
        return Round(
            tuple(rule for rule in held if rule.status is not Status.EXPERIMENTAL),
            tuple(rule for rule in held if rule.status is Status.EXPERIMENTAL),
        )


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
    return Strata(tuple(layers), MappingProxyType(conditions), MappingProxyType(live), turned)


def record(rules: Iterable[Rule], facts: Facts) -> tuple[Fired, ...]:
    """Return the rules as the trace keeps them, each with the leaves that made it hold."""
    fired = []
    for rule in rules:
        leaves = deciding(rule.when, facts)
        if is_turned(rule) and truth(rule.when, facts) is None:
            # it holds because somebody does not know: of what keeps it from being lifted, show that
            leaves = tuple(leaf for leaf in deciding(asked(rule), facts) if leaf.truth is None)
        fired.append(Fired(rule.id, rule.version, rule.kind, leaves))
    return tuple(fired)


def is_turned(rule: Rule) -> bool:
    """Tell whether the rule holds unless its `when` is surely false."""
    return rule.kind is RuleKind.GUARDRAIL and rule.on_unknown_suppress


def asked(rule: Rule) -> Condition:
    """Return what an evaluator is asked of the rule.

    It tells only what is surely true. "Unless surely false" is therefore asked the other way round: the guardrail is
    lifted by its opposite being surely true, and by nothing else.
    """
    return Not(rule.when) if is_turned(rule) else rule.when


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
