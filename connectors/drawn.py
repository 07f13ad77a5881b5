"""Hosts in which an app of ours draws the sidebar: what the app asks, and what it is answered, both as JSON.

    {"ticket": id, "agent": name, "locale": tag, "action": {"recommendation": id, "verdict": word, "reason": word}}

The app's request says who asks. Where the vendor's servers add nothing of their own to it, the tenant's sidebar key
proves it (`open_by_key`); where they sign it, the connector proves that before it reads.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.base import HostAction, HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.hosted import View
from connectors.payload import Reader
from connectors.proof import SECRET_HEADER, require_sidebar_key

VERDICTS: Final[Mapping[str, str]] = {"accepted": "accepted", "done": "done", "dismissed": "dismissed"}


def asked(request: HostRequest) -> SidebarRequest:
    """Return which ticket an agent looks at and what they pressed. Raise PayloadInvalid."""
    root = Reader(request.payload)
    told = root.at("action")
    verdict = told.at("verdict").word(VERDICTS)
    action = None
    if verdict is not None:
        action = HostAction(told.at("recommendation").identifier(), verdict, told.at("reason").maybe_text())
    return SidebarRequest(
        ticket=root.at("ticket").identifier(),
        agent=root.at("agent").maybe_text(),
        locale=root.at("locale").maybe_text(),
        action=action,
    )


def unframed(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page: the app draws, and a link opens the page in a tab of its own."""
    del installation
    return SidebarHost(frame_ancestors=())


def open_by_key(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return what the app asks, for a request with the tenant's sidebar key in its header."""
    del now  # nothing that the app sends is signed, so no time in it could be believed
    require_sidebar_key(request.header(SECRET_HEADER), installation)
    return asked(request)


def render(view: View, request: SidebarRequest) -> Reply:
    """Return the view, its fields by their names, for an app to lay out as text: none of it is markup."""
    del request
    told = dataclasses.asdict(dataclasses.replace(view, words=dict(view.words)))
    return Reply(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")
