"""Zammad has no place in its ticket view for a page of somebody else: what Sidecue recommends stands in a note."""

from __future__ import annotations

from connectors.base import Installation, SidebarHost


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody may frame the page."""
    del installation  # the same for every tenant
    return SidebarHost(frame_ancestors=())
