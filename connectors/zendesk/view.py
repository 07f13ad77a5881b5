"""How the sidebar lives in Zendesk: an app in the ticket sidebar, framed from the agent's own zendesk.com address."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from connectors.base import Installation, SidebarHost
from connectors.registry import frame_ancestors, read_manifest

SDK: Final = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
"""Zendesk's app framework; with it the reply can be put into the composer."""


def sidebar(installation: Installation) -> SidebarHost:
    """Return who may frame the page, and that it may use Zendesk's SDK."""
    return SidebarHost(
        frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation),
        sdk=SDK,
        keeps=("app_guid", "origin"),
    )
