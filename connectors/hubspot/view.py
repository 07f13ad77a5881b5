"""How the sidebar lives in HubSpot: not inside it yet; the page opens by its own signed link."""

from __future__ import annotations

from connectors.base import Installation, SidebarHost


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames the page, and that replies go by the clipboard."""
    del installation
    return SidebarHost(frame_ancestors=())
