"""How the sidebar lives in Help Scout: an app that frames our page, or a legacy app that shows what we answer.

An app frames its address beside the conversation, and signs what it adds to it; which conversation is on the screen it
tells the page in the browser (`host.js`), also when the agent goes on to the next.
A legacy dynamic app posts the conversation and the user when it is opened, signed as webhooks are, and shows the HTML
of our answer. That has no buttons of ours; what an agent does about a recommendation is done on our page, by its link.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from pathlib import Path

from connectors.base import HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.helpscout.signature import require_signature, require_signed_query
from connectors.hosted import HostedCard, View
from connectors.payload import Reader
from connectors.proof import require_sidebar_key
from connectors.registry import frame_ancestors, read_manifest


def sidebar(installation: Installation) -> SidebarHost:
    """Return that Help Scout's own address may frame the page and tell it the conversation; replies are copied."""
    origins = frame_ancestors(read_manifest(Path(__file__).parent), installation)
    return SidebarHost(frame_ancestors=origins, origins=origins)


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return that an app's page is to join a conversation, or which one a legacy app's user looks at."""
    del now  # neither the key nor the signature has a time
    if request.method == "GET":
        if "key" in request.query:  # an address with our own key, for apps whose secret key is another one
            require_sidebar_key(request.query["key"], installation)
        else:
            require_signed_query(request.query, installation)
        return SidebarRequest(ticket=None)
    require_signature(request, request.body, installation)
    root = Reader(request.payload)
    names = (root.at("user").at(name).maybe_text() for name in ("fname", "lname"))
    return SidebarRequest(
        ticket=root.at("ticket").at("id").identifier(),
        agent=" ".join(name.strip() for name in names if name) or None,
    )


def render(view: View, request: SidebarRequest) -> Reply:
    """Return the decision as HTML within JSON: headings, paragraphs, lists and links, every text escaped."""
    del request
    return Reply(json.dumps({"html": "".join(_parts(view))}, ensure_ascii=False).encode("utf-8"), "application/json")


def _parts(view: View) -> Iterator[str]:
    if view.whose:
        yield f"<h4>{escape(view.whose)}</h4>"
    yield from _paragraphs((view.with_whom, view.certainty, view.customer, " · ".join(view.facts), view.message))
    for card in view.cards:
        yield from _card(view, card)
    yield f'<p><a href="{escape(view.link)}" target="_blank">{escape(view.words["open"])}</a></p>'


def _card(view: View, card: HostedCard) -> Iterator[str]:
    yield f"<h4>{card.rank}. {escape(card.title)}</h4>"
    yield from _paragraphs((f"{card.function} · {card.due}", card.told, card.reason))
    yield from _list(view.words["steps"], card.steps)
    yield from _list(view.words["conditions"], card.conditions)
    yield from _paragraphs((f"{view.words['benefit']}: {card.benefit}",))
    if card.reply:
        yield f"<p>{escape(view.words['reply'])}:</p><p>{escape(card.reply).replace(chr(10), '<br>')}</p>"


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    return (f"<p>{escape(text)}</p>" for text in texts if text)


def _list(label: str, items: Iterable[str]) -> Iterator[str]:
    entries = "".join(f"<li>{escape(item)}</li>" for item in items)
    if entries:
        yield f"<p>{escape(label)}:</p><ul>{entries}</ul>"
