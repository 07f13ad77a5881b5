"""Decisions of the past, for replaying them: each ticket's last one of a period, with what was written by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from plugin.store import event_json
from plugin.store.schema import decision, tenant, ticket, ticket_event
from rules.model import TicketEvent


@dataclass(frozen=True, slots=True)
class Period:
    """Which decisions are meant: of one tenant (None: of all), taken from `since` on and before `until`."""

    tenant_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A stored decision; `document` is canonical JSON. `ticket` is the helpdesk's id, `tenant` the tenant's name."""

    tenant: str
    tenant_id: int
    ticket: str
    ticket_id: int
    taken_at: datetime
    document: str


def count(connection: Connection, period: Period) -> int:
    """Return how many tickets were decided in a period."""
    return connection.execute(select(func.count()).select_from(_last(period).subquery())).scalar_one()


def decisions(connection: Connection, period: Period, *, batch: int = 500) -> Iterator[PastDecision]:
    """Yield each ticket's last decision of a period, by tenant and ticket; `batch` of them are held at a time."""
    last = _last(period).subquery()
    found = (
        select(
            tenant.c.name.label("tenant"),
            ticket.c.tenant_id,
            ticket.c.external_id,
            ticket.c.id.label("ticket_id"),
            decision.c.taken_at,
            decision.c.document,
        )
        .join(last, last.c.id == decision.c.id)
        .join(ticket, ticket.c.id == decision.c.ticket_id)
        .join(tenant, tenant.c.id == ticket.c.tenant_id)
        .order_by(tenant.c.name, ticket.c.id)
        .execution_options(yield_per=batch)
    )
    for row in connection.execute(found):
        yield PastDecision(row.tenant, row.tenant_id, row.external_id, row.ticket_id, row.taken_at, row.document)


def events_by(connection: Connection, past: PastDecision) -> tuple[TicketEvent, ...]:
    """Return what was known of a ticket by the time it was decided, by when it happened.

    What came in later is left out, whenever it happened. Of old rows nobody knows when they came in: as they happened.
    """
    known_at = func.coalesce(ticket_event.c.received_at, ticket_event.c.occurred_at)
    rows = connection.execute(
        select(ticket_event.c.event_id, ticket_event.c.kind, ticket_event.c.occurred_at, ticket_event.c.payload)
        .where(
            ticket_event.c.tenant_id == past.tenant_id,
            ticket_event.c.ticket_id == past.ticket_id,
            known_at <= past.taken_at,
        )
        .order_by(ticket_event.c.occurred_at, ticket_event.c.event_id)
    )
    return tuple(event_json.decode(row.event_id, past.ticket, row.kind, row.occurred_at, row.payload) for row in rows)


def _last(period: Period) -> Select[Any]:
    """Select the id of each ticket's last decision of a period."""
    place = func.row_number().over(
        partition_by=decision.c.ticket_id, order_by=(decision.c.taken_at.desc(), decision.c.id.desc())
    )
    taken = select(decision.c.id, place.label("place"))
    if period.tenant_id is not None:
        taken = taken.where(decision.c.tenant_id == period.tenant_id)
    if period.since is not None:
        taken = taken.where(decision.c.taken_at >= period.since)
    if period.until is not None:
        taken = taken.where(decision.c.taken_at < period.until)
    ranked = taken.subquery()
    return select(ranked.c.id).where(ranked.c.place == 1)
