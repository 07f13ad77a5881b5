"""How a rule that holds is told in a trace, and what an evaluator is asked of it."""

from __future__ import annotations

from typing import Final

from rules.conditions import Condition, Exists, Not, Op, Scalar, Test, leaves
from rules.engine import Reasons, deciding, interesting, truth
from rules.model import Facts, Fired, LeafResult
from rules.rulebook import Rule, RuleKind

_MOST_TOLD: Final = 64
"""Different values of what a rule reads for which its telling is kept."""


def is_turned(rule: Rule) -> bool:
    """Tell whether the rule holds unless its `when` is surely false."""
    return rule.kind is RuleKind.GUARDRAIL and rule.on_unknown_suppress


def asked(rule: Rule) -> Condition:
    """Return what an evaluator is asked of the rule.

    It tells only what is surely true. "Unless surely false" is therefore asked the other way round: the guardrail is
    lifted by its opposite being surely true, and by nothing else.
    """
    return Not(rule.when) if is_turned(rule) else rule.when


class Account:
    """Tells why one rule holds. What it says of some values of the fields that it reads is said once.

    Equal values then get the very same object, too. Immutable but for what it has told; any number of threads may ask.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._turned = is_turned(rule)
        self._reasons = Reasons(rule.when)
        found = tuple(leaves(rule.when))
        tests = [leaf for leaf in found if isinstance(leaf, Test)]
        # two fields of any value, compared: there is no end of what it may say
        self._returns = all(test.op is not Op.SAME_AS for test in tests)
        self._collections = tuple({leaf.collection for leaf in found if isinstance(leaf, Exists)})
        asked_for: dict[str, frozenset[Scalar]] = {}
        for test in tests:
            asked_for[test.field] = asked_for.get(test.field, frozenset()) | interesting(test)
        self._signals = asked_for.pop("signals", frozenset())
        self._fields = tuple(asked_for.items())
        self._told: dict[object, Fired] = {}

    def of(self, facts: Facts) -> Fired:
        """Return the rule, which holds, with the leaves that made it hold."""
        seen = self._seen(facts)
        if seen is None:
            return self._tell(facts)
        told = self._told.get(seen)
        if told is None:
            told = self._tell(facts)
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            self._told[seen] = told
        return told

    def _seen(self, facts: Facts) -> object:
        """Return all that the rule can see of these facts; None where that hardly comes again."""
        if not self._returns or (self._collections and any(map(facts.collections.get, self._collections))):
            return None
        signals = facts.signals & self._signals
        if not self._fields:
            return signals
        get = facts.values.get
        seen: list[object] = [signals]
        for name, asked_for in self._fields:
            value = get(name)
            if value.__class__ is str or value is None:
                seen.append(value)
            elif isinstance(value, frozenset):
                seen.append(value & asked_for)
            else:  # 1, 1.0 and True are equal, and told differently
                seen.append((value.__class__, repr(value)))
        return tuple(seen)

    def _tell(self, facts: Facts) -> Fired:
        rule = self._rule
        return Fired(rule.id, rule.version, rule.kind, self._leaves(facts))

    def _leaves(self, facts: Facts) -> tuple[LeafResult, ...]:
        when = self._rule.when
        if self._turned and truth(when, facts) is None:
            # it holds because somebody does not know: of what keeps it from being lifted, show that
            return tuple([leaf for leaf in deciding(asked(self._rule), facts) if leaf.truth is None])
        return self._reasons.of(facts)
