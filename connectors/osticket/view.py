"""The way from osTicket to our own page: an item in the ticket's menu, a link that the plugin signs for the agent."""

from __future__ import annotations

from connectors.base import Installation, SidebarHost


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody may frame the page: it opens by itself."""
    del installation  # the same for every tenant
    return SidebarHost(frame_ancestors=())
