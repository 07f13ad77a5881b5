"""How the sidebar lives in Front: a plugin, framed from Front's own addresses.

Front loads the plugin's address with the plugin's secret. Which conversation is on the screen it tells the frame in the
browser (`host.js`), through a channel of which only the window that frames us has the other end.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.base import HostRequest, Installation, SidebarHost, SidebarRequest
from connectors.proof import same_secret
from connectors.registry import frame_ancestors, read_manifest
from rules.errors import HostRequestInvalid
from rules.text import Text

SECRET: Final = "auth_secret"  # noqa: S105 - the name of a parameter


def sidebar(installation: Installation) -> SidebarHost:
    """Return that Front may frame the page, and that the reply can be put into its composer."""
    return SidebarHost(
        frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation), inserts=True
    )


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return that the page is to join a conversation in the browser, for an address with the plugin's secret."""
    del now  # the secret has no time; it ends when the plugin gets another
    secret = installation.settings.get(SECRET)
    if not secret:
        raise HostRequestInvalid(Text("este tenant não informou auth_secret", "this tenant has not told auth_secret"))
    if not same_secret(request.query.get(SECRET), [secret]):
        raise HostRequestInvalid(
            Text(
                "o segredo do plugin falta ou não é o deste tenant",
                "the plugin's secret is missing or is not this tenant's",
            )
        )
    return SidebarRequest(ticket=None)
