"""How the sidebar lives in a tool we do not know: a plain frame, from the address its admin gave."""

from __future__ import annotations

from pathlib import Path

from connectors.base import Installation, SidebarHost
from connectors.registry import frame_ancestors, read_manifest


def sidebar(installation: Installation) -> SidebarHost:
    """Return that the tool's own address may frame the page; replies go by the clipboard."""
    return SidebarHost(frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation))
