"""Beside a Zoho Desk ticket only an extension can show anything, and there is none yet: nobody frames our page."""

from __future__ import annotations

from connectors.base import Installation, SidebarHost


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody may frame the page."""
    del installation  # the same for every tenant
    return SidebarHost(frame_ancestors=())
