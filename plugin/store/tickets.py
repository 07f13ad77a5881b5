"""Tickets and what happened to them. The events are the truth; the ticket's row is what others ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from plugin.store import event_json
from plugin.store.rows import insert_or_ignore, storable
from plugin.store.schema import ticket, ticket_event
from rules.model import Function, PastTicket, Ticket, TicketEvent


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as the store knows it. `digest` holds signals, severity, primary and reopen_count."""

    id: int
    external_id: str
    customer_id: int | None
    is_open: bool
    opened_at: datetime
    updated_at: datetime
    digest: Mapping[str, Any]
    decision_id: str | None
    revision: int


@dataclass(frozen=True, slots=True)
class Appended:
    """The ticket's row id, and how many of the events were new to it."""

    ticket_id: int
    new: int


def append_events(
    connection: Connection, tenant_id: int, external_id: str, events: Sequence[TicketEvent], now: datetime
) -> Appended:
    """Add what is not there yet to a ticket, made when it is new, as received `now`.

    Holds the ticket's row until the transaction ends.
    """
    kept_id = storable(external_id, 200)
    insert_or_ignore(
        connection,
        ticket,
        {
            "tenant_id": tenant_id,
            "external_id": kept_id,
            "is_open": True,
            "opened_at": min((event.occurred_at for event in events), default=now),
            "updated_at": now,
            "digest": {},
            "revision": 0,
        },
    )
    ticket_id = connection.execute(
        select(ticket.c.id).where(ticket.c.tenant_id == tenant_id, ticket.c.external_id == kept_id).with_for_update()
    ).scalar_one()
    new = sum(
        insert_or_ignore(
            connection,
            ticket_event,
            {
                "tenant_id": tenant_id,
                "ticket_id": ticket_id,
                "event_id": storable(event.id, 200),
                "kind": event.kind.value,
                "occurred_at": event.occurred_at,
                "received_at": now,
                "payload": event_json.encode(event),
            },
        )
        for event in events
    )
    return Appended(ticket_id, new)


def events_of(connection: Connection, tenant_id: int, ticket_id: int) -> tuple[TicketEvent, ...]:
    """Return everything that happened to a ticket, by when it happened."""
    rows = connection.execute(
        select(
            ticket_event.c.event_id,
            ticket.c.external_id,
            ticket_event.c.kind,
            ticket_event.c.occurred_at,
            ticket_event.c.payload,
        )
        .join(ticket, ticket.c.id == ticket_event.c.ticket_id)
        .where(ticket_event.c.tenant_id == tenant_id, ticket_event.c.ticket_id == ticket_id)
        .order_by(ticket_event.c.occurred_at, ticket_event.c.event_id)
    )
    return tuple(event_json.decode(*row) for row in rows)


def save_ticket(  # noqa: PLR0913 - a row's columns, by keyword
    connection: Connection,
    tenant_id: int,
    ticket_id: int,
    folded: Ticket,
    *,
    customer_id: int | None,
    digest: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep what the folded ticket now says, and count one visible change."""
    connection.execute(
        update(ticket)
        .where(ticket.c.tenant_id == tenant_id, ticket.c.id == ticket_id)
        .values(
            customer_id=customer_id,
            is_open=folded.status.is_open,
            opened_at=folded.opened_at or now,
            updated_at=folded.updated_at or now,
            digest=dict(digest),
            revision=ticket.c.revision + 1,
        )
    )


def wake(connection: Connection, ticket_id: int, at: datetime | None) -> None:
    """Keep when a ticket is to be decided again though nothing happens; None: never."""
    connection.execute(
        update(ticket).where(ticket.c.id == ticket_id, ticket.c.wake_at.is_distinct_from(at)).values(wake_at=at)
    )


def any_woken(connection: Connection, now: datetime) -> bool:
    """Tell whether some ticket's time has come. One cheap query."""
    return connection.execute(select(ticket.c.id).where(ticket.c.wake_at <= now).limit(1)).first() is not None


def take_woken(connection: Connection, now: datetime, limit: int = 500) -> tuple[tuple[int, int], ...]:
    """Return (tenant, ticket) of tickets whose time has come, the longest due first, and let each come once."""
    due = select(ticket.c.tenant_id, ticket.c.id).where(ticket.c.wake_at <= now).order_by(ticket.c.wake_at).limit(limit)
    woken = tuple((row.tenant_id, row.id) for row in connection.execute(due))
    if woken:
        ids = [ticket_id for _, ticket_id in woken]
        connection.execute(update(ticket).where(ticket.c.id.in_(ids)).values(wake_at=None))
    return woken


def touch(connection: Connection, ticket_id: int) -> None:
    """Count one visible change, so that every open sidebar notices."""
    connection.execute(update(ticket).where(ticket.c.id == ticket_id).values(revision=ticket.c.revision + 1))


def by_external_id(connection: Connection, tenant_id: int, external_id: str) -> TicketRow | None:
    """Return a ticket by the helpdesk's own id of it, or None."""
    found = select(ticket).where(ticket.c.tenant_id == tenant_id, ticket.c.external_id == storable(external_id, 200))
    row = connection.execute(found).one_or_none()
    return _row(row) if row is not None else None


def by_id(connection: Connection, tenant_id: int, ticket_id: int) -> TicketRow | None:
    """Return a ticket of this tenant by its row id, or None."""
    row = connection.execute(
        select(ticket).where(ticket.c.tenant_id == tenant_id, ticket.c.id == ticket_id)
    ).one_or_none()
    return _row(row) if row is not None else None


def revision(connection: Connection, tenant_id: int, external_id: str) -> int | None:
    """Return how many visible changes a ticket has seen, or None when it never arrived. One cheap query.

    A ticket of an imported past has not arrived until the helpdesk tells of it.
    """
    arrived = ticket.c.is_open | (ticket.c.revision > 0)
    return connection.execute(
        select(ticket.c.revision).where(
            ticket.c.tenant_id == tenant_id, ticket.c.external_id == storable(external_id, 200), arrived
        )
    ).scalar_one_or_none()


def others_of_customer(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
    connection: Connection, tenant_id: int, customer_id: int, but: int, since: datetime, limit: int = 500
) -> tuple[PastTicket, ...]:
    """Return the customer's other tickets that are open or were opened after `since`, newest first."""
    rows = connection.execute(
        select(ticket)
        .where(
            ticket.c.tenant_id == tenant_id,
            ticket.c.customer_id == customer_id,
            ticket.c.id != but,
            ticket.c.is_open | (ticket.c.opened_at >= since),
        )
        .order_by(ticket.c.opened_at.desc(), ticket.c.id.desc())
        .limit(limit)
    )
    return tuple(_past(row) for row in rows)


def of_customers(
    connection: Connection, tenant_id: int, customers: Sequence[int], since: datetime
) -> dict[int, tuple[PastTicket, ...]]:
    """Return the tickets of some customers that are open or were opened after `since`, by customer."""
    rows = connection.execute(
        select(ticket)
        .where(
            ticket.c.tenant_id == tenant_id,
            ticket.c.customer_id.in_(list(customers)),
            ticket.c.is_open | (ticket.c.opened_at >= since),
        )
        .order_by(ticket.c.opened_at.desc(), ticket.c.id.desc())
    )
    by_customer: dict[int, tuple[PastTicket, ...]] = {}
    for row in rows:
        by_customer[row.customer_id] = (*by_customer.get(row.customer_id, ()), _past(row))
    return by_customer


def open_of_customer(
    connection: Connection, tenant_id: int, customer_id: int, *, but: int | None = None, limit: int = 20
) -> tuple[int, ...]:
    """Return the row ids of the customer's open tickets, the ones that changed last first."""
    found = (
        select(ticket.c.id)
        .where(ticket.c.tenant_id == tenant_id, ticket.c.customer_id == customer_id, ticket.c.is_open)
        .order_by(ticket.c.updated_at.desc(), ticket.c.id.desc())
        .limit(limit)
    )
    if but is not None:
        found = found.where(ticket.c.id != but)
    return tuple(connection.execute(found).scalars())


def listing(connection: Connection, tenant_id: int, limit: int = 100) -> tuple[TicketRow, ...]:
    """Return the tenant's tickets, the ones that changed last first."""
    rows = connection.execute(
        select(ticket)
        .where(ticket.c.tenant_id == tenant_id)
        .order_by(ticket.c.updated_at.desc(), ticket.c.id.desc())
        .limit(limit)
    )
    return tuple(_row(row) for row in rows)


def _row(row: Row[Any]) -> TicketRow:
    return TicketRow(
        row.id,
        row.external_id,
        row.customer_id,
        row.is_open,
        row.opened_at,
        row.updated_at,
        row.digest,
        row.decision_id,
        row.revision,
    )


def _past(row: Row[Any]) -> PastTicket:
    primary = row.digest.get("primary")
    return PastTicket(
        id=row.external_id,
        opened_at=row.opened_at,
        is_open=row.is_open,
        signals=frozenset(row.digest.get("signals", ())),
        severity=row.digest.get("severity"),
        primary=Function(primary) if primary is not None else None,
        reopen_count=row.digest.get("reopen_count", 0),
    )
