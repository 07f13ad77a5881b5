"""One look at a ticket: everything the sidebar shows of it, read in one moment of the database."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import request

from plugin.i18n import Words
from plugin.i18n.moments import zone_named
from plugin.sac import attendances
from plugin.services import Services
from plugin.sessions import SidebarSession
from plugin.sidebar.names import Names
from plugin.sidebar.panel import Occasion, Panel, PanelBuilder
from plugin.store import customers, decisions, sights, tickets
from plugin.store.decisions import StoredDecision
from plugin.store.errors import StoreUnavailable
from plugin.store.tenants import Tenant

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to see. `panel` is None while nothing is decided."""

    panel: Panel | None
    revision: int | None
    last_event: str | None

    @property
    def etag(self) -> str | None:
        """Names what is seen; None while there is nothing to compare with."""
        return f'"{self.revision}"' if self.panel is not None and self.revision is not None else None


def look(here: Services, tenant: Tenant, session: SidebarSession, t: Words) -> Look:
    """Return what this agent sees of this ticket now, and remember that it was shown."""
    with here.store.read() as connection:
        stored = decisions.current(connection, tenant.id, session.ticket)
        if stored is None:
            return Look(None, tickets.revision(connection, tenant.id, session.ticket), None)
        seen = sights.glimpse(connection, tenant.id, stored.ticket_id)
        customer = customers.load(connection, tenant.id, stored.customer_id) if stored.customer_id is not None else None
        held = attendances.of_decided(connection, tenant, stored, here.now())
    zone = zone_named(request.values.get("tz"), t.locale)
    named = customer.name if customer is not None else None
    occasion = Occasion(here.now(), zone, session.ticket, session.agent, seen.requester, named, held)
    panel = PanelBuilder(t, Names(here.decider_holder.judges().rulebook, t.locale)).build(stored, occasion)
    _mark_shown(here, tenant, stored)
    return Look(panel, stored.revision, seen.last.id if seen.last is not None else None)


def _mark_shown(here: Services, tenant: Tenant, stored: StoredDecision) -> None:
    """Remember the first time an agent saw it: offers have a cap per customer. Never in the way of the page."""
    if all(one.shown_at is not None for one in stored.recommendations):
        return
    try:
        with here.store.write() as connection:
            decisions.mark_shown(connection, tenant.id, stored.id, here.now())
    except StoreUnavailable as error:
        log.warning("shown was not kept", decision=stored.id, error=str(error))
