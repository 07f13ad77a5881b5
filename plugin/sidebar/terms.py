"""The terms of the SAC decree as the panel shows them: what is still owed, until when, and how it stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from plugin.i18n import Words
from plugin.i18n.moments import Moment, moment_by
from plugin.sac.dossier import TITLES, state_said
from rules.obligations import Attendance, Clock, Pace, State

_SHOWN: Final = frozenset({Pace.CALENDAR_DAYS, Pace.BUSINESS_DAYS, Pace.AT_ONCE})
"""What falls due. Of what merely stands, only the protocol number asks for something to be done."""


@dataclass(frozen=True, slots=True)
class Term:
    """One obligation: `due` is None where nothing falls due; `asks` is the tooltip."""

    title: str
    asks: str
    state: str
    said: str
    due: Moment | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is owed, the most urgent first, and how much of what falls due is met."""

    owed: tuple[Term, ...]
    met: int


def of(attendance: Attendance, words: Words, now: datetime, reader: tzinfo) -> Terms:
    """Return the terms of a ticket as they stand at `now`, by the days they run by, for a reader in that zone."""
    shown = [
        clock for clock in attendance.clocks if clock.obligation.pace in _SHOWN or clock.obligation.id == "protocol"
    ]
    owed = sorted((clock for clock in shown if clock.pending), key=_urgency)
    return Terms(
        tuple(_term(clock, words, now, attendance.zone, reader) for clock in owed),
        sum(clock.state is State.MET for clock in shown),
    )


def _urgency(clock: Clock) -> tuple[bool, float]:
    return clock.state is not State.OVERDUE, clock.due_at.timestamp() if clock.due_at is not None else float("inf")


def _term(clock: Clock, words: Words, now: datetime, zone: tzinfo, reader: tzinfo) -> Term:
    title = TITLES[clock.obligation.id].read(words.locale)
    return Term(
        title=title[:1].upper() + title[1:],
        asks=clock.obligation.asks.read(words.locale),
        state=clock.state.value,
        said=state_said(clock, words),
        due=moment_by(words, clock.due_at, now, zone, reader) if clock.due_at is not None else None,
    )
