"""How the sidebar lives in Roundup: a frame in the tracker's own template, by a link that our extension signs."""

from __future__ import annotations

from pathlib import Path

from connectors.base import Installation, SidebarHost
from connectors.registry import frame_ancestors, read_manifest


def sidebar(installation: Installation) -> SidebarHost:
    """Return that the tracker's own address may frame the page; there is no SDK, so replies go by the clipboard."""
    return SidebarHost(frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation))
