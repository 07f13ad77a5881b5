"""How the sidebar is seen beside mail: on a page of its own, by a signed link."""

from __future__ import annotations

from connectors.base import Installation, SidebarHost


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames the page; replies go by the clipboard."""
    del installation
    return SidebarHost(frame_ancestors=())
