"""What a look at a ticket asks of the store beyond its decision: whose an id is, who wrote, what happened last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from plugin.store.schema import decision, recommendation, ticket, ticket_event


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a decision or recommendation is: the tenant's row id, and the helpdesk's id of the ticket."""

    tenant_id: int
    ticket: str


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


def requester_name(connection: Connection, tenant_id: int, ticket_id: int) -> str | None:
    """Return what the person who asks is called, as the newest event that names them says."""
    for payload in _newest(connection, tenant_id, ticket_id, ticket_event.c.payload):
        requester = payload.get("requester") or {}
        if isinstance(requester.get("name"), str) and requester["name"].strip():
            return " ".join(requester["name"].split())
    return None


def last_event(connection: Connection, tenant_id: int, ticket_id: int) -> str | None:
    """Return the kind of what happened last to a ticket (`rules.model.EventKind`), or None."""
    return next((str(kind) for kind in _newest(connection, tenant_id, ticket_id, ticket_event.c.kind)), None)


def _owner(connection: Connection, found: Select[int, str]) -> Owner | None:
    row = connection.execute(found).one_or_none()
    return Owner(*row) if row is not None else None


def _newest(connection: Connection, tenant_id: int, ticket_id: int, column: Any) -> Iterator[Any]:
    rows = connection.execute(
        select(column)
        .where(ticket_event.c.tenant_id == tenant_id, ticket_event.c.ticket_id == ticket_id)
        .order_by(ticket_event.c.occurred_at.desc(), ticket_event.c.event_id.desc())
        .limit(20)
    )
    yield from rows.scalars()
