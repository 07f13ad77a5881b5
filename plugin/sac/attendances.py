"""The clocks of a ticket, from what the store holds of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.store import customers, feedback, tickets
from plugin.store.decisions import StoredDecision
from plugin.store.tenants import Tenant
from rules.folding import fold
from rules.model import Customer, SignalHit, Ticket, TicketEvent
from rules.obligations import Attendance, attend


def is_regulated(tenant: Tenant, customer: Customer | None) -> bool:
    """Tell whether the decree holds: what is stated about the customer wins over what holds for the tenant."""
    stated = customer.attributes.get("regulated_sector") if customer is not None else None
    return stated if isinstance(stated, bool) else tenant.regulated


def attendance(  # noqa: PLR0913, PLR0917 - what the pipeline has at hand
    connection: Connection,
    tenant: Tenant,
    ticket_id: int,
    ticket: Ticket,
    events: Sequence[TicketEvent],
    hits: Iterable[SignalHit],
    now: datetime,
) -> Attendance:
    """Return the clocks of a ticket that is under the decree. `hits` are the signals that count now."""
    deeds = feedback.deeds(connection, tenant.id, ticket_id)
    return attend(ticket, events, hits, deeds, ZoneInfo(tenant.time_zone), now)


def of_decided(connection: Connection, tenant: Tenant, stored: StoredDecision, now: datetime) -> Attendance | None:
    """Return the clocks of a decided ticket as they stand at `now`; None where the decree does not hold."""
    customer = customers.load(connection, tenant.id, stored.customer_id) if stored.customer_id is not None else None
    if not is_regulated(tenant, customer):
        return None
    events = tickets.events_of(connection, tenant.id, stored.ticket_id)
    hits = stored.decision.trace.signals
    return attendance(connection, tenant, stored.ticket_id, fold(events), events, hits, now)
