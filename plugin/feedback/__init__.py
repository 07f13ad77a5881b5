"""What agents say about recommendations, and what follows: an accepted one leaves a note on the ticket, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from plugin.outbox import orders
from plugin.outbox.note import note_text
from plugin.outbox.ways import Way, leaves_notes, way_of
from plugin.services import Services
from plugin.sidebar.panel import REASONS, asks
from plugin.store import decisions, deliveries, outbox, tickets
from plugin.store import feedback as kept
from plugin.store.decisions import StoredDecision, StoredRecommendation
from plugin.store.errors import NotFound
from plugin.store.feedback import Given
from plugin.store.tenants import Tenant
from rules.model import Function
from rules.text import Text, filled

__all__ = [
    "NOTE_AFTER",
    "REASONS",
    "UNDO_FOR",
    "VERDICTS",
    "Corrected",
    "Recorded",
    "Said",
    "Voice",
    "correct",
    "record",
]

VERDICTS: Final = (*kept.VERDICTS, "undone")

UNDO_FOR: Final = timedelta(seconds=5)
"""How long the panel offers to undo."""
NOTE_AFTER: Final = UNDO_FOR + timedelta(seconds=1)
"""When the note leaves: past the last moment an undo may be on its way, so that an undone one never gets there."""
_NO_TICKET: Final = Text("não há o chamado {ticket!r}", "there is no ticket {ticket!r}")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks about which ticket: `agent` is a person's name, or API where a program speaks for nobody."""

    tenant: Tenant
    ticket: str
    agent: str


@dataclass(frozen=True, slots=True)
class Said:
    """One thing an agent said. `to` goes with handed_over; `steps_done` holds indexes from 0, None leaves them."""

    verdict: str | None
    reason: str | None = None
    comment: str | None = None
    steps_done: Sequence[int] | None = None
    to: Function | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands now. A sidebar that had seen `revision_before` has seen everything up to `revision`."""

    recommendation_id: str
    state: str
    steps_done: tuple[int, ...]
    revision_before: int
    revision: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """The correction that stands now, or None."""

    decision_id: str
    primary: Function | None
    revision_before: int
    revision: int


def record(here: Services, voice: Voice, recommendation_id: str, said: Said) -> Recorded:
    """Keep what the agent said; said twice it is kept once, and leaves one note.

    Raise NotFound, StepUnknown, VerdictRefused or UndoTooLate, as the store does.
    """
    tenant, now = voice.tenant, here.now()
    queued = proves = False
    with here.store.write() as connection:
        before = _revision(connection, voice)
        given: Given | None = None
        if said.steps_done is not None:
            given = kept.tick(connection, tenant, recommendation_id, said.steps_done)
        if said.verdict == "undone":
            given = kept.undo(connection, tenant, recommendation_id, voice.agent, now)
        elif said.verdict is not None:
            reason = said.to.value if said.to is not None else said.reason
            given = kept.give(
                connection, tenant, recommendation_id, said.verdict, reason, said.comment, voice.agent, now
            )
            queued = given.changed and _order(here, connection, voice, given, said)
        stored = decisions.current(connection, tenant.id, voice.ticket)
        if given is not None and given.changed and stored is not None and _moves_a_clock(stored):
            deliveries.ask_again(connection, tenant.id, stored.ticket_id, now)
            proves = True
        row = _row(stored, given.recommendation_id if given is not None else recommendation_id)
        after = _revision(connection, voice)
    if queued:
        here.sender.wake()
    if proves:
        here.worker.wake()
    return Recorded(
        recommendation_id=given.recommendation_id if given is not None else recommendation_id,
        state=given.state if given is not None else "open",
        steps_done=row.steps_done if row is not None else (),
        revision_before=before,
        revision=after,
    )


def correct(here: Services, voice: Voice, decision_id: str, primary: Function | None) -> Corrected:
    """Keep whose work the agent says the ticket is; None takes that back. Raise NotFound."""
    with here.store.write() as connection:
        before = _revision(connection, voice)
        stored = decisions.current(connection, voice.tenant.id, voice.ticket)
        correction = kept.correct(
            connection,
            voice.tenant,
            decision_id,
            primary,
            voice.agent,
            here.now(),
            keeps_agreement=stored is not None and asks(stored.decision),
        )
        stored = decisions.current(connection, voice.tenant.id, voice.ticket)
        way = way_of(voice.tenant, here.connectors[voice.tenant.connector])
        if stored is not None and way is not None:
            now = here.now()
            orders.decided(connection, voice.tenant, way, stored, now=now, due_at=now + NOTE_AFTER)
        after = _revision(connection, voice)
    here.sender.wake()
    standing = Function(correction["primary"]) if correction is not None else None
    return Corrected(stored.id if stored is not None else decision_id, standing, before, after)


def _moves_a_clock(stored: StoredDecision) -> bool:
    """Tell whether a word of the agent may prove an obligation met: the SAC decree holds for the ticket."""
    return "ticket.sac_running" in stored.decision.facts.values


def _order(here: Services, connection: Connection, voice: Voice, given: Given, said: Said) -> bool:
    """Order at the helpdesk what follows from a verdict; tell whether anything does."""
    loaded, now = here.connectors[voice.tenant.connector], here.now()
    way = way_of(voice.tenant, loaded)
    if way is None:
        return False
    if given.state == "accepted" and leaves_notes(voice.tenant, loaded):
        return _leave_note(connection, voice, way, given, now)
    if given.state == "handed_over" and said.to is not None:
        return orders.handed_over(
            connection, voice.tenant, way, given.ticket, said.to, given.recommendation_id, now + NOTE_AFTER
        )
    return False


def _leave_note(connection: Connection, voice: Voice, way: Way, given: Given, now: datetime) -> bool:
    stored = decisions.current(connection, voice.tenant.id, given.ticket)
    row = _row(stored, given.recommendation_id)
    if stored is None or row is None:
        return False  # superseded meanwhile: the ticket's decision no longer says so, and neither will its notes
    ref = outbox.new_ref()
    outbox.enqueue(
        connection,
        ref=ref,
        tenant_id=voice.tenant.id,
        ticket=given.ticket,
        recommendation_id=row.id,
        kind="note",
        content={"text": note_text(stored, row, voice.agent, voice.tenant.locale, ref)},
        due_at=now + NOTE_AFTER,
        carried=way.carried,
    )
    return True


def _row(stored: StoredDecision | None, recommendation_id: str) -> StoredRecommendation | None:
    rows = stored.recommendations if stored is not None else ()
    return next((row for row in rows if row.id == recommendation_id), None)


def _revision(connection: Connection, voice: Voice) -> int:
    found = tickets.revision(connection, voice.tenant.id, voice.ticket)
    if found is None:
        raise NotFound(filled(_NO_TICKET, ticket=voice.ticket))
    return found
