"""How the sidebar lives in Chatwoot: a dashboard app, framed in the conversation from the installation's own address.

Chatwoot proves nothing when it loads the frame: the address that the admin gave holds our own key. Which conversation
is on the screen it tells the frame in the browser (`host.js`), to anybody; so the script listens to its origin alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from connectors.base import HostRequest, Installation, SidebarHost, SidebarRequest
from connectors.proof import require_sidebar_key
from connectors.registry import frame_ancestors, read_manifest


def sidebar(installation: Installation) -> SidebarHost:
    """Return that Chatwoot's own address may frame the page and tell it the conversation; replies are copied."""
    origins = frame_ancestors(read_manifest(Path(__file__).parent), installation)
    return SidebarHost(frame_ancestors=origins, origins=origins)


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return that the page is to join a conversation in the browser, for an address with the tenant's key."""
    del now  # the key has no time; it ends when the admin replaces it
    require_sidebar_key(request.query.get("key"), installation)
    return SidebarRequest(ticket=None)
