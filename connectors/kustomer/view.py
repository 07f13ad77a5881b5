"""How the sidebar lives in Kustomer: a card, framed from the organisation's own kustomerapp.com address.

Kustomer proves nothing when it loads the frame: the address that the admin gave holds our own key. Which conversation
is on the screen its Cards SDK tells the page in the browser (`host.js`); it listens to the window that framed it alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.base import HostRequest, Installation, SidebarHost, SidebarRequest
from connectors.proof import require_sidebar_key
from connectors.registry import frame_ancestors, read_manifest

SDK: Final = "https://cdn.kustomerapp.com/card-js/latest/kustomer-card.min.js"
"""Kustomer's Cards SDK; a card that does not call it is not shown."""


def sidebar(installation: Installation) -> SidebarHost:
    """Return that Kustomer may frame the page, and that it may use Kustomer's SDK; replies are copied."""
    return SidebarHost(
        frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation),
        sdk=SDK,
        keeps=("parentUrl", "id"),
    )


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return that the page is to join a conversation in the browser, for an address with the tenant's key."""
    del now  # the key has no time; it ends when the admin replaces it
    require_sidebar_key(request.query.get("key"), installation)
    return SidebarRequest(ticket=None)
