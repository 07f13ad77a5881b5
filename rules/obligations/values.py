"""What rules read of the clocks: which are pending, overdue and met, and how many hours are left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from rules.conditions import Scalar
from rules.obligations.calendar import SECOND
from rules.obligations.clocks import Attendance, State
from rules.obligations.terms import Pace

_HOURS: Final = {"answer": "ticket.sac_answer_hours_left", "history": "ticket.sac_history_hours_left"}
_WARNINGS: Final = (timedelta(hours=48), timedelta(hours=24), timedelta(0))
"""How long before a term is over the ticket is decided again: a rule may warn then. Zero is the end itself."""


def values_of(attendance: Attendance, now: datetime) -> Mapping[str, Scalar | frozenset[str]]:
    """Return the facts of a ticket's clocks at `now`. Hours left are below zero once the term is over."""
    clocks = attendance.clocks
    values: dict[str, Scalar | frozenset[str]] = {
        "ticket.sac_running": frozenset(clock.obligation.id for clock in clocks if clock.pending),
        "ticket.sac_overdue": frozenset(clock.obligation.id for clock in clocks if clock.state is State.OVERDUE),
        "ticket.sac_met": frozenset(clock.obligation.id for clock in clocks if clock.state is State.MET),
    }
    for obligation, name in _HOURS.items():
        clock = attendance.clock(obligation)
        if clock is not None and clock.pending and clock.due_at is not None:
            values[name] = round((clock.due_at + SECOND - now) / timedelta(hours=1), 6)
    return values


def wake_at(attendance: Attendance, now: datetime) -> datetime | None:
    """Return the next instant at which a rule may see a difference though nothing happens, or None."""
    instants = [
        clock.due_at + SECOND - before
        for clock in attendance.clocks
        if clock.state is State.RUNNING and clock.due_at is not None
        for before in (
            _WARNINGS if clock.obligation.pace in (Pace.CALENDAR_DAYS, Pace.BUSINESS_DAYS) else _WARNINGS[-1:]
        )
    ]
    return min((at for at in instants if at > now), default=None)
