"""From rules that are known to fire to the outcome, without asking the engine again and without a trace.

Every stage is the decider's own; what depends on the fired rules alone is worked out once for each set of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from rules.backtest.outcome import Outcome, Shown, due_hours, held_back
from rules.decide import Decider, classify, derive, recommend
from rules.decide.classify import Classification
from rules.decide.laws import Ban
from rules.decide.rank import Candidate, Ranked
from rules.model import Facts
from rules.rulebook import Rule, RuleKind, Status, Suppress
from rules.vocabulary import FIELDS, Source

_REMEMBERED: Final = 16_384
"""Sets of rules that are remembered; another one is worked out again."""
_DERIVED: Final = tuple(sorted(field.name for field in FIELDS.values() if field.source is Source.DERIVED))
_DECISION: Final = frozenset(name for name in FIELDS if name.startswith("decision."))

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fired:
    """What follows from a set of fired rules, whatever the facts."""

    derivations: tuple[Rule, ...]
    classification: Classification
    candidates: tuple[Candidate, ...]
    bans: tuple[Ban, ...]
    live: Names
    shadow: Names


class Settler:
    """Settles cases with one decider's rulebook."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._rules = decider.strata.rules
        self._depth = {
            name: depth
            for depth, layer in enumerate(decider.strata.layers)
            for name in decider.strata.conditions[layer]
        }
        # a history holds many sets of rules, and few different ones of each kind
        self._fired = lru_cache(maxsize=_REMEMBERED)(self._follow)
        self._classified = lru_cache(maxsize=_REMEMBERED)(self._classify)
        self._eligible = lru_cache(maxsize=_REMEMBERED)(self._propose)
        self._banned = lru_cache(maxsize=_REMEMBERED)(self._ban)

    def settle(self, facts: Facts, fired: frozenset[str], acceptance: Mapping[str, tuple[int, int]]) -> Outcome:
        """Return the outcome of the decider's decision; `fired` holds what the evaluator finds, shadow rules too."""
        known = self._fired(fired)
        if not _DECISION.isdisjoint(facts.values):
            facts = classify.without_decision(facts)
        derived = derive.derive(facts, known.derivations)
        seen = classify.with_decision(derived, known.classification)
        forbidden = (*recommend.bans((), (), seen), *known.bans)
        choice = self._decider.choose(known.candidates, forbidden, known.classification, seen, acceptance)
        return Outcome(
            primary=known.classification.primary,
            collaborators=known.classification.collaborators,
            confidence=known.classification.confidence,
            needs_triage=known.classification.needs_triage,
            is_fallback=choice.is_fallback,
            derived=tuple((name, str(derived.values[name])) for name in _DERIVED if name in derived.values),
            shown=tuple(_shown(ranked) for ranked in choice.shown),
            held=held_back(choice.not_shown),
            fired=known.live,
            shadow=known.shadow,
        )

    def _follow(self, fired: frozenset[str]) -> _Fired:
        live: list[str] = []
        shadow: list[str] = []
        by_kind: dict[RuleKind, list[str]] = {kind: [] for kind in RuleKind}
        for name in sorted(fired):
            rule = self._rules[name]
            if rule.status is Status.EXPERIMENTAL:
                shadow.append(name)
            else:
                live.append(name)
                by_kind[rule.kind].append(name)
        derivations = sorted(by_kind[RuleKind.DERIVATION], key=self._depth.__getitem__)  # in each layer by id
        return _Fired(
            derivations=tuple(self._rules[name] for name in derivations),
            classification=self._classified(tuple(by_kind[RuleKind.CLASSIFICATION])),
            candidates=self._eligible(tuple(by_kind[RuleKind.RECOMMENDATION])),
            bans=self._banned(tuple(by_kind[RuleKind.GUARDRAIL])),
            live=tuple(live),
            shadow=tuple(shadow),
        )

    def _classify(self, names: Names) -> Classification:
        decider = self._decider
        return classify.classify(self._named(names), decider.precedence, decider.rulebook.calibration)

    def _propose(self, names: Names) -> tuple[Candidate, ...]:
        return recommend.eligible(self._named(names), self._decider.rulebook.actions)

    def _ban(self, names: Names) -> tuple[Ban, ...]:
        return tuple(
            Ban(rule.then.kinds, rule.then.actions, rule.id, rule.then.reason)
            for rule in self._named(names)
            if isinstance(rule.then, Suppress)
        )

    def _named(self, names: Names) -> list[Rule]:
        return [self._rules[name] for name in names]


def _shown(ranked: Ranked) -> Shown:
    action = ranked.candidate.action
    return Shown(
        action.id,
        action.kind,
        action.function,
        action.involve,
        due_hours(timedelta(hours=action.due_in_hours)),
        tuple(rule.id for rule in ranked.candidate.rules),
    )
