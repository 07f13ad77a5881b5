"""How the sidebar lives in FreeScout: the Sidebar Webhook module posts JSON, and shows the HTML that it gets.

The request tells the customer's address and the conversation's subject, but not its id: that is asked of the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape

from connectors.base import HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.freescout.client import api_of
from connectors.hosted import HostedCard, View
from connectors.payload import MAX_SUBJECT, Reader
from connectors.proof import require_sidebar_key
from rules.errors import HostRequestInvalid
from rules.text import Text


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page."""
    del installation  # the same for every tenant
    return SidebarHost(frame_ancestors=())


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which conversation FreeScout asks about, for a body with the tenant's key as its secret."""
    del now  # the key has no time; it ends when the admin replaces it
    if request.method != "POST":
        raise HostRequestInvalid(
            Text("o módulo Sidebar Webhook pergunta por POST", "the Sidebar Webhook module asks by POST")
        )
    root = Reader(request.payload)
    require_sidebar_key(root.at("secret").maybe_text(), installation)
    email, subject = root.at("customerEmail").text(), root.at("conversationSubject").text(MAX_SUBJECT)
    api = api_of(installation)
    if api is None:
        raise HostRequestInvalid(
            Text(
                "o tenant não tem o endereço da API em que se acharia a conversa",
                "the tenant has no API address to find the conversation at",
            )
        )
    ticket = api.newest_of(email, subject)
    if ticket is None:
        raise HostRequestInvalid(
            Text(
                "o FreeScout não conhece conversa deste cliente com este assunto",
                "FreeScout knows no conversation of this customer and subject",
            )
        )
    return SidebarRequest(ticket=ticket)


def render(view: View, request: SidebarRequest) -> Reply:
    """Return a whole HTML document, whose title becomes the panel's; every text in it is escaped."""
    del request  # the panel asks for nothing else
    lines = ["<!doctype html>", f'<html lang="{escape(view.locale)}"><head><meta charset="utf-8">']
    lines += [f"<title>{escape(view.title)}</title></head><body>", *_body(view), "</body></html>", ""]
    return Reply("\n".join(lines).encode("utf-8"), "text/html; charset=utf-8")


def _body(view: View) -> Iterator[str]:
    whose = " ".join(each for each in (view.whose, view.with_whom) if each)
    if whose:
        yield f"<p><strong>{escape(whose)}</strong></p>"
    if view.message:
        yield f"<p>{escape(view.message)}</p>"
    for card in view.cards:
        yield from _card(view, card)
    yield f'<p><a href="{escape(view.link)}" target="_blank" rel="noopener">{escape(view.words["open"])}</a></p>'


def _card(view: View, card: HostedCard) -> Iterator[str]:
    yield f"<h4>{escape(card.title)}</h4>"
    yield f"<p><small>{escape(card.told or card.due)}</small></p>"
    yield f"<p>{escape(card.reason)}</p>"
    if card.steps:
        yield "<ol>" + "".join(f"<li>{escape(step)}</li>" for step in card.steps) + "</ol>"
    if card.reply:
        words = escape(card.reply).replace("\n", "<br>")
        yield f"<details><summary>{escape(view.words['reply'])}</summary><p>{words}</p></details>"
