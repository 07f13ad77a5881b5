"""How the sidebar lives in HubSpot: a card of our app draws it, from what we answer to its `hubspot.fetch`.

HubSpot's servers pass the card's request on and sign it as they sign webhooks, version 3 and nothing older. They add
the account's number to the address, which is part of what is signed.
"""

from __future__ import annotations

from datetime import datetime

from connectors import drawn
from connectors.base import HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.hosted import View
from connectors.hubspot.mapping import PORTAL
from connectors.hubspot.signature import require_v3
from rules.errors import SignatureInvalid


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page: the card draws, and a link opens the page in a tab of its own."""
    del installation
    return SidebarHost(frame_ancestors=())


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which ticket a user looks at and what they pressed, for a request that HubSpot signed a moment ago."""
    require_v3(request, request.method, request.url, request.body, installation.secrets, now)
    portal = installation.settings.get(PORTAL)
    if portal and request.query.get("portalId") != portal:
        raise SignatureInvalid("the request comes from another HubSpot account than this tenant's portal_id")
    return drawn.asked(request)


def render(view: View, request: SidebarRequest) -> Reply:
    """Return the view as JSON, for the card to lay out."""
    del request
    return drawn.answered(view)
