"""How the sidebar lives in Zendesk: an app in the ticket sidebar, framed from the agent's own zendesk.com address.

Zendesk posts the first request of the app's frame with a token: RS256, by the app's own key, for this installation of
the app. It says nothing of the ticket; the app framework tells that to the page in the browser.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from connectors.base import HostRequest, Installation, SidebarHost, SidebarRequest, digest
from connectors.registry import frame_ancestors, read_manifest
from connectors.settings import pem_of
from connectors.tokens import claims_of
from rules.errors import HostRequestInvalid
from rules.text import Text

SDK: Final = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
"""Zendesk's app framework; with it the reply can be put into the composer."""
TOKEN: Final = "token"  # noqa: S105 - the name of a form field


def sidebar(installation: Installation) -> SidebarHost:
    """Return who may frame the page, and that it may use Zendesk's SDK."""
    return SidebarHost(
        frame_ancestors=frame_ancestors(read_manifest(Path(__file__).parent), installation),
        sdk=SDK,
        keeps=("app_guid", "origin"),
        inserts=True,
    )


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return that the page is to join a ticket in the browser, for the app's first request with its genuine token."""
    key, number = installation.settings.get("app_public_key"), installation.settings.get("app_installation")
    if not key or not number or not installation.api_url:
        raise HostRequestInvalid(
            Text(
                "este tenant não informou app_public_key, app_installation e o endereço da API",
                "this tenant has not told app_public_key, app_installation and the API's address",
            )
        )
    given = request.form.get(TOKEN, "")
    claims_of(given, [pem_of(key)], now=now, audience=audience(installation.api_url, number))
    return SidebarRequest(ticket=None, once=f"zaf:{digest(given.encode('utf-8', 'surrogatepass'))}")


def audience(api_url: str, installation_number: str) -> str:
    """Return whom Zendesk's tokens are for: the address of the app's installation in the account's API."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}/api/v2/apps/installations/{installation_number}.json"
