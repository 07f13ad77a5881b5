"""How the sidebar lives in HubSpot: a card of our app draws it, from what we answer to its `hubspot.fetch`.

HubSpot's servers pass the card's request on and sign it as they sign webhooks, version 3 and nothing older. They add
the account's number to the address, which is part of what is signed.
"""

from __future__ import annotations

from datetime import datetime

from connectors.base import HostRequest, Installation, SidebarRequest
from connectors.drawn import asked, render
from connectors.drawn import unframed as sidebar
from connectors.hubspot.mapping import PORTAL
from connectors.hubspot.signature import require_v3
from rules.errors import SignatureInvalid
from rules.text import Text

__all__ = ["open_sidebar", "render", "sidebar"]


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which ticket a user looks at and what they pressed, for a request that HubSpot signed a moment ago."""
    require_v3(request, request.method, request.url, request.body, installation.secrets, now)
    portal = installation.settings.get(PORTAL)
    if portal and request.query.get("portalId") != portal:
        raise SignatureInvalid(
            Text(
                "o pedido vem de outra conta do HubSpot, que não é o portal_id deste tenant",
                "the request comes from another HubSpot account than this tenant's portal_id",
            )
        )
    return asked(request)
