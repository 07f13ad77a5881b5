"""What of a decision is compared: everything an agent would notice, and which rules were behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rules.decide import Decider, classify, derive, recommend
from rules.decide.strata import CLASSIFICATION, GUARDRAIL, RECOMMENDATION
from rules.model import Decision, Facts, NotShown, Stage
from rules.rulebook import Function, Kind, Rule, Status

HOUR_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A recommendation, its texts apart. `due_hours` counts from the decision."""

    action: str
    kind: Kind
    function: Function
    involve: tuple[Function, ...]
    due_hours: float
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What was not shown though its rule fired: where it fell, and by whom."""

    action: str
    stage: Stage
    by: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision without its clock, texts and figures. `fired` and `shadow` are in id order, best `shown` first."""

    primary: Function
    collaborators: tuple[Function, ...]
    confidence: float
    needs_triage: bool
    is_fallback: bool
    derived: tuple[tuple[str, str], ...]
    shown: tuple[Shown, ...]
    held: tuple[Held, ...]
    fired: tuple[str, ...]
    shadow: tuple[str, ...]


def outcome_of(decision: Decision) -> Outcome:
    """Return what of a decision is compared."""
    return Outcome(
        primary=decision.primary,
        collaborators=decision.collaborators,
        confidence=decision.confidence,
        needs_triage=decision.needs_triage,
        is_fallback=decision.is_fallback,
        derived=tuple(sorted(decision.trace.derived.items())),
        shown=tuple(
            Shown(
                entry.action,
                entry.kind,
                entry.function,
                entry.involve,
                round((entry.due_at - decision.taken_at) / timedelta(hours=1), HOUR_DIGITS),
                entry.rules,
            )
            for entry in decision.recommendations
        ),
        held=_held(decision.not_shown),
        fired=tuple(sorted(fired.rule for fired in decision.trace.fired)),
        shadow=tuple(sorted(fired.rule for fired in decision.trace.shadow)),
    )


def settled(
    decider: Decider, facts: Facts, fired: frozenset[str], acceptance: Mapping[str, tuple[int, int]]
) -> Outcome:
    """Return the outcome of `decider.decide` when it is known already which rules hold, shadow rules among them.

    The stages after the evaluator are the decider's own; only the trace is left out, which costs more than they do.
    """
    strata = decider.strata
    held = [rule for name, rule in strata.rules.items() if name in fired]
    live = [rule for rule in held if rule.status is not Status.EXPERIMENTAL]
    facts = classify.without_decision(facts)
    for layer in strata.layers:
        facts = derive.derive(facts, _of(strata.conditions[layer], live))
    known = derive.derived_of(facts)
    votes = _of(strata.conditions.get(CLASSIFICATION, ()), live)
    classification = classify.classify(votes, decider.precedence, decider.rulebook.calibration)
    facts = classify.with_decision(facts, classification)
    candidates = recommend.eligible(_of(strata.conditions.get(RECOMMENDATION, ()), live), decider.rulebook.actions)
    forbidden = recommend.bans(_of(strata.conditions.get(GUARDRAIL, ()), live), (), facts)
    choice = decider.choose(candidates, forbidden, classification, facts, acceptance)
    return Outcome(
        primary=classification.primary,
        collaborators=classification.collaborators,
        confidence=classification.confidence,
        needs_triage=classification.needs_triage,
        is_fallback=choice.is_fallback,
        derived=tuple(known.items()),
        shown=tuple(
            Shown(
                ranked.candidate.action.id,
                ranked.candidate.action.kind,
                ranked.candidate.action.function,
                ranked.candidate.action.involve,
                round(timedelta(hours=ranked.candidate.action.due_in_hours) / timedelta(hours=1), HOUR_DIGITS),
                tuple(rule.id for rule in ranked.candidate.rules),
            )
            for ranked in choice.shown
        ),
        held=_held(choice.not_shown),
        fired=tuple(sorted(rule.id for rule in live)),
        shadow=tuple(sorted(rule.id for rule in held if rule.status is Status.EXPERIMENTAL)),
    )


def _of(names: Iterable[str], live: Sequence[Rule]) -> list[Rule]:
    """Return the live rules of one stratum in id order."""
    wanted = frozenset(names)
    return sorted((rule for rule in live if rule.id in wanted), key=lambda rule: rule.id)


def _held(entries: Iterable[NotShown]) -> tuple[Held, ...]:
    return tuple(Held(entry.action, entry.stage, entry.by, entry.rules) for entry in entries)
