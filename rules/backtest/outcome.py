"""What of a decision is compared: everything an agent would notice, and which rules were behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rules.model import Decision, NotShown, Stage
from rules.rulebook import Function, Kind

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
                due_hours(entry.due_at - decision.taken_at),
                entry.rules,
            )
            for entry in decision.recommendations
        ),
        held=held_back(decision.not_shown),
        fired=tuple(sorted(fired.rule for fired in decision.trace.fired)),
        shadow=tuple(sorted(fired.rule for fired in decision.trace.shadow)),
    )


def due_hours(until: timedelta) -> float:
    """Return a due time in hours, counted from the decision."""
    return round(until / timedelta(hours=1), HOUR_DIGITS)


def held_back(entries: Iterable[NotShown]) -> tuple[Held, ...]:
    """Return what was not shown, without its texts."""
    return tuple(Held(entry.action, entry.stage, entry.by, entry.rules) for entry in entries)
