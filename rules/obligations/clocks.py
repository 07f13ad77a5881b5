"""From what happened to a ticket to the clocks of the decree: begun by what, due when, met by what.

Pure: the same events, signals, deeds, zone and instant give the same clocks, in whatever order the events came. Every
beginning and every end names its evidence, so that whoever doubts a clock can look at what it leans on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from rules.folding import TICKET_TEXT, in_order
from rules.model import Author, Channel, Message, SignalHit, Ticket, TicketEvent
from rules.obligations import calendar
from rules.obligations.terms import Begins, Ends, Obligation, Pace, Regime, regime_on


class State(StrEnum):
    """How a clock stands. What is overdue is still to be done."""

    NOT_APPLICABLE = "not_applicable"
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"


class Proof(StrEnum):
    """What kind of thing an evidence is."""

    EVENT = "event"  # of the helpdesk, by its id
    MESSAGE = "message"  # by its id
    FEEDBACK = "feedback"  # an agent marked an action as done
    TERM = "term"  # the time itself was over


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a clock leans on: `id` finds it again."""

    proof: Proof
    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """An action that an agent marked as done, under the id that the feedback has."""

    action: str
    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """One obligation of one ticket. `due_at` is the last second in time; None: nothing falls due.

    Of what is only to be kept, `due_at` says until when. `late`: it was met after its time.
    """

    obligation: Obligation
    state: State
    began: Evidence | None = None
    due_at: datetime | None = None
    met: Evidence | None = None
    late: bool = False

    @property
    def pending(self) -> bool:
        """Whether something is still to be done, or to be kept to."""
        return self.state in (State.RUNNING, State.OVERDUE)


@dataclass(frozen=True, slots=True)
class Attendance:
    """The clocks of a ticket, in the decree's order, the decree, and the zone of the days they run by."""

    regime: Regime
    registered_at: datetime
    clocks: tuple[Clock, ...]
    zone: tzinfo

    def clock(self, obligation: str) -> Clock | None:
        """Return the clock of an obligation, None when this decree has none."""
        return next((found for found in self.clocks if found.obligation.id == obligation), None)


@dataclass(frozen=True, slots=True)
class _Spell:
    """A time for which the ticket was over: from `closed`, until `reopened` if it was."""

    closed: Evidence
    reopened: Evidence | None


_PACES: Final = {
    Pace.CALENDAR_DAYS: calendar.calendar_days,
    Pace.BUSINESS_DAYS: calendar.business_days,
    Pace.KEEP_DAYS: calendar.kept_days,
    Pace.KEEP_YEARS: calendar.kept_years,
}
_KEEPS: Final = frozenset({Pace.KEEP_DAYS, Pace.KEEP_YEARS})


def attend(  # noqa: PLR0913, PLR0917 - one parameter per thing that clocks are made of
    ticket: Ticket,
    events: Iterable[TicketEvent],
    hits: Iterable[SignalHit],
    deeds: Iterable[Deed],
    zone: tzinfo,
    now: datetime,
) -> Attendance:
    """Return the clocks of a ticket as they stand at `now`.

    `ticket` is folded from `events`, `hits` are the signals that count, `deeds` what agents marked as done.
    Raise ValueError for no event.
    """
    return _Reading(ticket, in_order(events), tuple(hits), tuple(deeds), zone, now).attendance()


class _Reading:
    """One ticket being read; holds nothing beyond it."""

    def __init__(  # noqa: PLR0913, PLR0917 - as attend
        self,
        ticket: Ticket,
        events: Sequence[TicketEvent],
        hits: Sequence[SignalHit],
        deeds: Sequence[Deed],
        zone: tzinfo,
        now: datetime,
    ) -> None:
        if not events:
            raise ValueError("a ticket without an event has no clock")
        self._ticket, self._zone, self._now = ticket, zone, now
        self._deeds = sorted(deeds, key=lambda deed: (deed.at, deed.id))
        self._opened = _opened(ticket, events)
        self._spells = tuple(_spells(events))
        self._told = [message for message in ticket.messages if message.public and message.author is Author.AGENT]
        self._hits = hits
        self._messages = {message.id: message for message in ticket.messages}

    def attendance(self) -> Attendance:
        regime = regime_on(calendar.local_day(self._opened.at, self._zone))
        found: dict[str, Clock] = {}
        # what leans on other clocks is worked out after them
        for obligation in sorted(regime.obligations.values(), key=_leans):
            found[obligation.id] = self._clock(obligation, found)
        clocks = tuple(found[name] for name in regime.obligations)
        return Attendance(regime, self._opened.at, clocks, self._zone)

    def _clock(self, obligation: Obligation, others: Mapping[str, Clock]) -> Clock:
        match obligation.begins:
            case Begins.REGISTRATION if obligation.ends is Ends.ANSWER:
                return self._demand(obligation)
            case Begins.REGISTRATION:
                began = others["answer"].began
            case Begins.SAID:
                return self._request(obligation)
            case Begins.RESOLUTION:
                began = others["answer"].met
            case Begins.CALL:
                began = self._opened if self._ticket.channel is Channel.PHONE else None
        if began is None:
            return Clock(obligation, State.NOT_APPLICABLE)
        if obligation.ends is Ends.NUMBER:
            return self._stands(obligation, self._opened, self._number_told(obligation))
        if obligation.ends is Ends.SETTLED:
            return self._stands(obligation, began, _settled(others.values()))
        return self._stands(obligation, began, None)

    # --- beginnings -----------------------------------------------------------------------------

    def _demand(self, obligation: Obligation) -> Clock:
        """Return the clock of the ticket itself: a reopening within the term is the same demand, after it a new one."""
        began = self._opened
        while True:
            clock = self._stands(obligation, began, self._answered(obligation, began))
            again = self._reopened_after(clock)
            if again is None:
                return clock
            began = again

    def _request(self, obligation: Obligation) -> Clock:
        """Return the clock of what was asked for last, or not at all."""
        clock = Clock(obligation, State.NOT_APPLICABLE)
        for asked in self._asked(obligation):
            if clock.began is None or (clock.met is not None and asked.at > clock.met.at):
                clock = self._stands(obligation, asked, self._answered(obligation, asked))
        return clock

    def _asked(self, obligation: Obligation) -> list[Evidence]:
        asked = set()
        for hit in self._hits:
            if hit.signal not in obligation.signals:
                continue
            message = self._messages.get(hit.message_id)
            if message is not None:
                asked.add(Evidence(Proof.MESSAGE, message.id, message.sent_at))
            elif hit.message_id == TICKET_TEXT:
                asked.add(self._opened)
        return sorted(asked, key=lambda found: (found.at, found.id))

    def _reopened_after(self, clock: Clock) -> Evidence | None:
        if clock.met is None:
            return None
        later = (spell.reopened for spell in self._spells if spell.reopened is not None)
        return next((again for again in later if again.at > clock.met.at and _over(again.at, clock.due_at)), None)

    # --- ends -----------------------------------------------------------------------------------

    def _answered(self, obligation: Obligation, began: Evidence) -> Evidence | None:
        """Return what first met the demand: an agent's word that it is done, or the solved ticket with an answer."""
        due_at = self._due(obligation, began)
        found = [
            Evidence(Proof.FEEDBACK, deed.id, deed.at)
            for deed in self._deeds
            if deed.action in obligation.done_by and deed.at >= began.at
        ]
        for spell in self._spells:
            again = spell.reopened
            if again is not None and (again.at <= began.at or not _over(again.at, due_at)):
                continue
            told = self._first_told(began.at)
            if told is None or (again is not None and told.sent_at >= again.at):
                continue
            message = Evidence(Proof.MESSAGE, told.id, told.sent_at)
            found.append(max(spell.closed, message, key=lambda one: one.at))
        return min(found, key=lambda one: (one.at, one.id), default=None)

    def _first_told(self, after: datetime) -> Message | None:
        return next((message for message in self._told if message.sent_at > after), None)

    def _number_told(self, obligation: Obligation) -> Evidence | None:
        number = re.compile(rf"(?<!\w){re.escape(self._ticket.id)}(?!\w)", re.IGNORECASE)
        told = (message for message in self._told if number.search(message.body))
        found = [Evidence(Proof.MESSAGE, message.id, message.sent_at) for message in told]
        found += [
            Evidence(Proof.FEEDBACK, deed.id, deed.at) for deed in self._deeds if deed.action in obligation.done_by
        ]
        return min(found, key=lambda one: (one.at, one.id), default=None)

    # --- the clock itself -----------------------------------------------------------------------

    def _due(self, obligation: Obligation, began: Evidence) -> datetime | None:
        if obligation.pace is Pace.STANDING:
            return None
        if obligation.pace is Pace.AT_ONCE:
            return began.at
        return _PACES[obligation.pace](began.at, obligation.count, self._zone)

    def _stands(self, obligation: Obligation, began: Evidence, met: Evidence | None) -> Clock:
        due_at = self._due(obligation, began)
        if obligation.pace in _KEEPS and due_at is not None and _over(self._now, due_at):
            return Clock(obligation, State.MET, began, due_at, Evidence(Proof.TERM, obligation.id, due_at))
        if met is not None:
            return Clock(obligation, State.MET, began, due_at, met, late=_over(met.at, due_at))
        overdue = obligation.pace not in _KEEPS and _over(self._now, due_at)
        return Clock(obligation, State.OVERDUE if overdue else State.RUNNING, began, due_at)


def _over(at: datetime, due_at: datetime | None) -> bool:
    """Tell whether an instant is too late: the second that falls due still counts, to its end."""
    return due_at is not None and at >= due_at + calendar.SECOND


def _leans(obligation: Obligation) -> int:
    """Return how late an obligation is worked out: the answer, then what was asked for, then what leans on these."""
    if obligation.ends is Ends.ANSWER:
        return 0 if obligation.begins is Begins.REGISTRATION else 1
    return 2


def _settled(clocks: Iterable[Clock]) -> Evidence | None:
    """Return what met the last of the demands, None while one of them is pending."""
    demands = [clock for clock in clocks if clock.obligation.ends is Ends.ANSWER and clock.began is not None]
    met = [clock.met for clock in demands if clock.met is not None]
    return max(met, key=lambda one: (one.at, one.id)) if len(met) == len(demands) else None


def _opened(ticket: Ticket, events: Sequence[TicketEvent]) -> Evidence:
    """Return the registration: the event that tells of it, at the instant that it tells."""
    at = ticket.opened_at if ticket.opened_at is not None else events[0].occurred_at
    telling = (event for event in events if at in (event.changes.opened_at, event.occurred_at))
    return Evidence(Proof.EVENT, next(telling, events[0]).id, at)


def _spells(events: Sequence[TicketEvent]) -> Iterator[_Spell]:
    closed: Evidence | None = None
    for event in events:
        status = event.changes.status
        if status is None:
            continue
        here = Evidence(Proof.EVENT, event.id, event.occurred_at)
        if not status.is_open and closed is None:
            closed = here
        elif status.is_open and closed is not None:
            yield _Spell(closed, here)
            closed = None
    if closed is not None:
        yield _Spell(closed, None)
