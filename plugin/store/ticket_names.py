"""Other names of tickets: what a helpdesk without ids of its own, such as mail, finds a conversation by.

Who comes first names the ticket; a name never leads to another one later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from plugin.store.rows import insert_or_ignore, storable
from plugin.store.schema import ticket, ticket_name
from rules.model import TicketEvent

_LONGEST = 200


def resolved(connection: Connection, tenant_id: int, events: Sequence[TicketEvent]) -> Sequence[TicketEvent]:
    """Return the events with the ids of the tickets that their `found_by` leads to; where none does, as they are."""
    names = {storable(name, _LONGEST) for event in events for name in event.found_by}
    if not names:
        return events
    rows = connection.execute(
        select(ticket_name.c.name, ticket.c.external_id)
        .join(ticket, ticket.c.id == ticket_name.c.ticket_id)
        .where(ticket_name.c.tenant_id == tenant_id, ticket_name.c.name.in_(names))
    )
    known: dict[str, str] = {row.name: row.external_id for row in rows}
    return [replace(event, ticket_id=_of(event, known)) for event in events]


def remember(connection: Connection, tenant_id: int, ticket_id: int, names: Iterable[str]) -> None:
    """Have some names lead to a ticket (by its row id) from now on; one that leads elsewhere already stays."""
    for name in names:
        row = {"tenant_id": tenant_id, "name": storable(name, _LONGEST), "ticket_id": ticket_id}
        insert_or_ignore(connection, ticket_name, row)


def _of(event: TicketEvent, known: dict[str, str]) -> str:
    stored = (storable(name, _LONGEST) for name in event.found_by)
    return next((known[name] for name in stored if name in known), event.ticket_id)
