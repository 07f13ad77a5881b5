"""In which respects two decisions about the same ticket differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from rules.backtest.causes import Cause
from rules.backtest.outcome import Outcome, Shown
from rules.model import Decision
from rules.text import Text


class Aspect(StrEnum):
    """One respect in which a decision may change."""

    PRIMARY = "primary"
    COLLABORATORS = "collaborators"
    TRIAGE = "triage"
    CONFIDENCE = "confidence"
    DERIVED = "derived"
    ADDED = "added"
    REMOVED = "removed"
    RERANKED = "reranked"
    TASK = "task"  # the same action, with another kind, owner, helper or due time
    HELD = "held"  # something else is held back, at another stage, or by another
    WORDING = "wording"  # the same decision in other words
    TRACE = "trace"  # other rules fire, and it makes no difference


SILENT: Final = frozenset({Aspect.WORDING, Aspect.TRACE})
"""Aspects that change no decision: they are counted, and do not make a ticket count as changed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One ticket that is decided otherwise. `added` and `reranked` are in the order of the new decision."""

    ticket: str
    taken_at: datetime
    aspects: tuple[Aspect, ...]
    before: Outcome
    after: Outcome
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reranked: tuple[str, ...]
    causes: tuple[Cause, ...]

    @property
    def is_silent(self) -> bool:
        """Whether nothing that was decided or shown is another."""
        return SILENT.issuperset(self.aspects)


def aspects_of(before: Outcome, after: Outcome) -> tuple[Aspect, ...]:
    """Return every aspect in which the outcomes differ but the wording, in the order of `Aspect`."""
    found = {
        Aspect.PRIMARY: before.primary is not after.primary,
        Aspect.COLLABORATORS: set(before.collaborators) != set(after.collaborators),
        Aspect.TRIAGE: before.needs_triage is not after.needs_triage,
        Aspect.CONFIDENCE: before.confidence != after.confidence,
        Aspect.DERIVED: before.derived != after.derived,
        Aspect.ADDED: bool(added(before, after)),
        Aspect.REMOVED: bool(added(after, before)),
        Aspect.RERANKED: bool(reranked(before, after)),
        Aspect.TASK: _tasks(before, after) != _tasks(after, before),
        Aspect.HELD: _held(before) != _held(after),
        Aspect.TRACE: before.fired != after.fired or before.shadow != after.shadow,
    }
    return tuple(aspect for aspect, differs in found.items() if differs)


def added(before: Outcome, after: Outcome) -> tuple[str, ...]:
    """Return the actions shown after and not before, best first."""
    known = {shown.action for shown in before.shown}
    return tuple(shown.action for shown in after.shown if shown.action not in known)


def reranked(before: Outcome, after: Outcome) -> tuple[str, ...]:
    """Return the actions of both that stand in another place among those of both, in their new order.

    What merely moves up because another one is gone keeps its place among the rest.
    """
    first = [shown.action for shown in before.shown]
    second = [shown.action for shown in after.shown]
    old = [action for action in first if action in second]
    new = [action for action in second if action in first]
    return tuple(action for was, action in zip(old, new, strict=True) if was != action)


def reworded(before: Decision, after: Decision) -> bool:
    """Tell whether something that both show or hold back reads otherwise."""
    old, new = _words(before), _words(after)
    return any(old[key] != new[key] for key in old.keys() & new.keys())


def _tasks(one: Outcome, other: Outcome) -> frozenset[Shown | tuple[object, ...]]:
    """Return what one says of the actions that both show."""
    common = {shown.action for shown in other.shown}
    return frozenset(
        (shown.action, shown.kind, shown.function, frozenset(shown.involve), shown.due_hours)
        for shown in one.shown
        if shown.action in common
    )


def _held(outcome: Outcome) -> frozenset[tuple[object, ...]]:
    return frozenset((held.action, held.stage, held.by) for held in outcome.held)


def _words(decision: Decision) -> dict[tuple[str, str], tuple[Text | None, ...]]:
    words: dict[tuple[str, str], tuple[Text | None, ...]] = {
        ("shown", entry.action): (entry.title, *entry.steps, entry.reply, entry.benefit, entry.reason)
        for entry in decision.recommendations
    }
    return words | {("held", f"{held.action} {held.stage} {held.by}"): (held.reason,) for held in decision.not_shown}
