"""Why a ticket is decided otherwise: which rule fires now or no more, and the conditions with the values they saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rules.decide.account import asked
from rules.decide.explain import final_facts
from rules.engine import deciding
from rules.model import Decision, Fired, LeafResult
from rules.rulebook import Kind, Rule, Rulebook, RuleKind, Status, Suppress


class Because(StrEnum):
    """What happened to the subject of a cause."""

    SIGNAL_READ = "signal_read"
    SIGNAL_NOT_READ = "signal_not_read"
    RULE_ADDED = "rule_added"
    RULE_REMOVED = "rule_removed"
    FIRES_NOW = "fires_now"
    FIRES_NO_MORE = "fires_no_more"
    GOES_LIVE = "goes_live"  # it fired in shadow
    GOES_QUIET = "goes_quiet"  # it fires in shadow only
    THEN_CHANGED = "then_changed"  # it fires as before, and says something else
    ACTION_CHANGED = "action_changed"
    CALIBRATION_CHANGED = "calibration_changed"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason. `before` and `after` are the conditions that decided in the old and in the new rulebook."""

    because: Because
    subject: str
    before: tuple[LeafResult, ...] = ()
    after: tuple[LeafResult, ...] = ()


_STRATA: Final = tuple(RuleKind)


def causes(old: Rulebook, new: Rulebook, before: Decision, after: Decision) -> tuple[Cause, ...]:
    """Return why two decisions about the same ticket differ: signals first, then rules in the order of their strata.

    A guardrail that forbids nothing that either of them came upon is no reason, and is left out.
    """
    return (
        *_of_signals(before, after),
        *_of_rules(old, new, before, after),
        *_of_actions(old, new, before, after),
        *_of_calibration(old, new, before, after),
    )


def _of_signals(before: Decision, after: Decision) -> Iterator[Cause]:
    for signal in sorted(after.facts.signals - before.facts.signals):
        yield Cause(Because.SIGNAL_READ, signal)
    for signal in sorted(before.facts.signals - after.facts.signals):
        yield Cause(Because.SIGNAL_NOT_READ, signal)


def _of_rules(old: Rulebook, new: Rulebook, before: Decision, after: Decision) -> Iterator[Cause]:
    was, shadowed = _by_rule(before.trace.fired), _by_rule(before.trace.shadow)
    now, quiet = _by_rule(after.trace.fired), _by_rule(after.trace.shadow)
    for name in sorted(was.keys() | now.keys(), key=lambda rule: (_stratum(rule, old, new), rule)):
        if not any(_matters(book.rules.get(name), before, after) for book in (old, new)):
            continue
        if name in was and name in now:
            if old.rules[name].then != new.rules[name].then:
                yield Cause(Because.THEN_CHANGED, name, was[name], now[name])
        elif name in now:
            if name in shadowed:
                yield Cause(Because.GOES_LIVE, name, shadowed[name], now[name])
            elif (rule := _live(old, name)) is None:
                yield Cause(Because.RULE_ADDED, name, after=now[name])
            else:
                yield Cause(Because.FIRES_NOW, name, deciding(asked(rule), final_facts(before)), now[name])
        elif name in quiet:
            yield Cause(Because.GOES_QUIET, name, was[name], quiet[name])
        elif (rule := _live(new, name)) is None:
            yield Cause(Because.RULE_REMOVED, name, before=was[name])
        else:
            yield Cause(Because.FIRES_NO_MORE, name, was[name], deciding(asked(rule), final_facts(after)))


def _of_actions(old: Rulebook, new: Rulebook, before: Decision, after: Decision) -> Iterator[Cause]:
    for action in sorted(_concerned(before) & _concerned(after)):
        if action_says(old, action) != action_says(new, action):
            yield Cause(Because.ACTION_CHANGED, action)


def _of_calibration(old: Rulebook, new: Rulebook, before: Decision, after: Decision) -> Iterator[Cause]:
    if before.confidence != after.confidence and calibration_says(old) != calibration_says(new):
        yield Cause(Because.CALIBRATION_CHANGED, "calibration")


def action_says(rulebook: Rulebook, name: str) -> tuple[object, ...] | None:
    """Return everything of an action that a decision takes from it; None when there is no such action."""
    action = rulebook.actions.get(name)
    if action is None:
        return None
    return (
        action.kind,
        action.function,
        action.title,
        action.steps,
        action.reply,
        action.involve,
        action.due_in_hours,
        action.worth,
        action.benefit,
        action.cooldown_days,
        action.needs,
        frozenset(action.conflicts_with),
    )


def calibration_says(rulebook: Rulebook) -> tuple[float, float, float]:
    """Return the figures of which the confidence is made."""
    found = rulebook.calibration
    return (found.intercept, found.margin, found.strength)


def _concerned(decision: Decision) -> frozenset[str]:
    """Return every action that the decision shows or says why not."""
    return frozenset(action for action, _ in _met(decision))


def _met(decision: Decision) -> Iterator[tuple[str, Kind]]:
    """Yield every action that the decision shows or says why not, with its kind."""
    for shown in decision.recommendations:
        yield shown.action, shown.kind
    for held in decision.not_shown:
        yield held.action, held.kind


def _matters(rule: Rule | None, before: Decision, after: Decision) -> bool:
    """Tell whether a rule has an effect here: a guardrail has one on what it forbids."""
    if rule is None or not isinstance(rule.then, Suppress):
        return rule is not None
    kinds, actions = rule.then.kinds, rule.then.actions
    return any(kind in kinds or action in actions for found in (before, after) for action, kind in _met(found))


def _by_rule(fired: Iterable[Fired]) -> dict[str, tuple[LeafResult, ...]]:
    return {entry.rule: entry.leaves for entry in fired}


def _live(rulebook: Rulebook, name: str) -> Rule | None:
    """Return the rule when it is evaluated at all."""
    rule = rulebook.rules.get(name)
    return rule if rule is not None and rule.status is not Status.DEPRECATED else None


def _stratum(name: str, old: Rulebook, new: Rulebook) -> int:
    rule = new.rules.get(name) or old.rules[name]
    return _STRATA.index(rule.kind)
