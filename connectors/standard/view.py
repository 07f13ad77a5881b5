"""How the sidebar lives in a tool we do not know: a frame in its page, which takes replies when it says so."""

from __future__ import annotations

from pathlib import Path

from connectors.base import Installation, SidebarHost
from connectors.registry import frame_ancestors, read_manifest


def sidebar(installation: Installation) -> SidebarHost:
    """Return that the tenant's own pages may frame the sidebar, and take a reply where their link says `inserts`."""
    origins = frame_ancestors(read_manifest(Path(__file__).parent), installation)
    return SidebarHost(frame_ancestors=origins, keeps=("inserts",), inserts=True, origins=origins, framed=True)
