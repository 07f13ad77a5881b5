"""Hosts in which an app of ours draws the sidebar: what the app asks, and what it is answered, both as JSON.

    {"ticket": id, "agent": name, "locale": tag, "action": {"recommendation": id, "verdict": word, "reason": word}}

The app's request says who asks; whether that is true is for each connector to prove before it reads.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Final

from connectors.base import HostAction, HostRequest, Reply, SidebarRequest
from connectors.hosted import View
from connectors.payload import Reader

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


def answered(view: View) -> Reply:
    """Return the view, its fields by their names, for an app to lay out as text: none of it is markup."""
    told = dataclasses.asdict(dataclasses.replace(view, words=dict(view.words)))
    return Reply(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")
