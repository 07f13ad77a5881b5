"""What a look at a ticket asks of the store beyond its decision: whose an id is, who wrote, what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Select, select

from plugin.store.schema import decision, recommendation, ticket, ticket_event

LOOKED_AT: Final = 20
"""How many events are looked at for a name; a helpdesk that tells it tells it more often than that."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a decision or recommendation is: the tenant's row id, and the helpdesk's id of the ticket."""

    tenant_id: int
    ticket: str


@dataclass(frozen=True, slots=True)
class LastEvent:
    """The newest event of a ticket: who has seen this id knows that nothing was said since."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What happened last to a ticket, and what the person who asks is called."""

    last: LastEvent | None
    requester: str | None


def owner_of_recommendation(connection: Connection, recommendation_id: str) -> Owner | None:
    """Return whose a recommendation is, or None. The caller decides whether its asker may know."""
    return _owner(
        connection,
        select(recommendation.c.tenant_id, ticket.c.external_id)
        .join(ticket, ticket.c.id == recommendation.c.ticket_id)
        .where(recommendation.c.id == recommendation_id),
    )


def owner_of_decision(connection: Connection, decision_id: str) -> Owner | None:
    """Return whose a decision is, or None. The caller decides whether its asker may know."""
    return _owner(
        connection,
        select(decision.c.tenant_id, ticket.c.external_id)
        .join(ticket, ticket.c.id == decision.c.ticket_id)
        .where(decision.c.id == decision_id),
    )


def glimpse(connection: Connection, tenant_id: int, ticket_id: int) -> Glimpse:
    """Return what the newest events of a ticket say about who asks and what happened last."""
    newest = (
        select(ticket_event.c.event_id, ticket_event.c.kind, ticket_event.c.payload)
        .where(ticket_event.c.tenant_id == tenant_id, ticket_event.c.ticket_id == ticket_id)
        .order_by(ticket_event.c.occurred_at.desc(), ticket_event.c.event_id.desc())
        .limit(LOOKED_AT)
    )
    rows = connection.execute(newest).all()
    named = (row.payload.get("requester", {}).get("name") for row in rows)
    name = next((" ".join(name.split()) for name in named if isinstance(name, str) and name.strip()), None)
    return Glimpse(LastEvent(rows[0].event_id, rows[0].kind) if rows else None, name)


def last_event(connection: Connection, tenant_id: int, ticket_id: int) -> LastEvent | None:
    """Return what happened last to a ticket, or None."""
    row = connection.execute(
        select(ticket_event.c.event_id, ticket_event.c.kind)
        .where(ticket_event.c.tenant_id == tenant_id, ticket_event.c.ticket_id == ticket_id)
        .order_by(ticket_event.c.occurred_at.desc(), ticket_event.c.event_id.desc())
        .limit(1)
    ).one_or_none()
    return LastEvent(*row) if row is not None else None


def _owner(connection: Connection, found: Select[int, str]) -> Owner | None:
    row = connection.execute(found).one_or_none()
    return Owner(*row) if row is not None else None
