"""How the sidebar lives in Gorgias: an HTTP integration fetches JSON, and a widget shows its texts beside the ticket.

A widget has no buttons that come back to us; accepting and dismissing happens on our own page, to which it links. It
shows what was decided when Gorgias last asked.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from connectors.base import HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.hosted import View
from connectors.proof import SECRET_HEADER, require_sidebar_key
from rules.errors import HostRequestInvalid
from rules.text import Text

PLACES: Final = ("first", "second", "third")
"""What the paths of the widget's template call the recommendations, in their order."""


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page."""
    del installation  # the same for every tenant
    return SidebarHost(frame_ancestors=())


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which ticket Gorgias asks about, for a request with the tenant's key in its header."""
    del now  # the key has no time; it ends when the admin replaces it
    require_sidebar_key(request.header(SECRET_HEADER), installation)
    ticket = (request.query.get("ticket") or "").strip()
    if not (ticket.isascii() and ticket.isdigit()):
        raise HostRequestInvalid(
            Text(
                "o parâmetro ticket falta ou não é um número; o modelo é {{ticket.id}}",
                "the parameter ticket is missing or is no number; the template is {{ticket.id}}",
            )
        )
    return SidebarRequest(ticket=ticket)


def render(view: View, request: SidebarRequest) -> Reply:
    """Return the texts under the paths of `widget_template.json`; what there is nothing to say of is left out."""
    del request  # a widget asks for nothing else
    told = {
        "whose": view.whose,
        "with_whom": view.with_whom,
        "message": view.message,
        "link": view.link,
    }
    for place, card in zip(PLACES, view.cards, strict=False):
        told |= {
            place: " · ".join(each for each in (card.title, card.due, card.told) if each),
            f"{place}_why": card.reason,
            f"{place}_reply": card.reply or "",
        }
    body = {"sidecue": {path: text for path, text in told.items() if text}}
    return Reply(json.dumps(body, ensure_ascii=False).encode("utf-8"), "application/json")
