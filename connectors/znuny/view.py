"""The way from Znuny to our own page: a dynamic field whose value is a link, beside the ticket.

Znuny has no place for somebody else's page. The link of a dynamic field is a template over the ticket's data; it holds
our own key, and opens the page by itself, so nobody frames it.
"""

from __future__ import annotations

from datetime import datetime

from connectors.base import HostRequest, Installation, SidebarHost, SidebarRequest
from connectors.proof import require_sidebar_key
from rules.errors import HostRequestInvalid
from rules.text import Text


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody may frame the page."""
    del installation  # the same for every tenant
    return SidebarHost(frame_ancestors=())


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which ticket the link is about, for an address with the tenant's key. Who looks Znuny does not say."""
    del now  # the key has no time; it ends when the admin replaces it
    require_sidebar_key(request.query.get("key"), installation)
    ticket = (request.query.get("ticket") or "").strip()
    if not (ticket.isascii() and ticket.isdigit()):
        raise HostRequestInvalid(
            Text(
                "o parâmetro ticket falta ou não é um número; o link termina em [% Data.TicketID | uri %]",
                "the parameter ticket is missing or is no number; the link ends in [% Data.TicketID | uri %]",
            )
        )
    return SidebarRequest(ticket=ticket)
