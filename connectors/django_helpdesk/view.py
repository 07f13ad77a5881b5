"""How the sidebar lives in django-helpdesk: a frame in the ticket page's template, which its owner overrides."""

from __future__ import annotations

from pathlib import Path

from connectors.base import Installation, SidebarHost
from connectors.registry import frame_ancestors, read_manifest


def sidebar(installation: Installation) -> SidebarHost:
    """Return that the helpdesk's own address may frame the page; there is no SDK, so replies go by the clipboard."""
    return SidebarHost(frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation))
