"""How the sidebar lives in Intercom: a canvas beside the conversation, drawn by Intercom from what we answer.

Intercom posts when the conversation is opened (initialize) and when a button is pressed (submit), signed with the
app's client secret. Nothing in a request says when it was sent, so a copied one is answered again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from connectors.base import HostAction, HostRequest, Installation, Reply, SidebarHost, SidebarRequest
from connectors.hosted import HostedCard, View
from connectors.payload import Reader, cut
from connectors.proof import require_hmac

SIGNATURE: Final = "X-Body-Signature"
LIMIT: Final = 64_000
"""Bytes of an answer; Intercom says 64 KB and not which."""
LONGEST: Final = (3_000, 1_000, 300, 100, 40)
"""Characters of one text: the first of these with which the answer is within the limit."""
ACCEPT, DONE, DISMISS, WHY, REPLY, BACK, REASON = "accept", "done", "dismiss", "why", "reply", "back", "reason"
VERDICTS: Final[Mapping[str, str]] = {ACCEPT: "accepted", DONE: "done", REASON: "dismissed"}
UNFOLDS: Final = frozenset({DISMISS, WHY, REPLY})

Component = dict[str, Any]


def sidebar(installation: Installation) -> SidebarHost:
    """Return that nobody frames our page: Intercom draws, and a link opens the page in a tab of its own."""
    del installation
    return SidebarHost(frame_ancestors=())


def open_sidebar(request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
    """Return which conversation a teammate looks at and what they pressed, for a request that Intercom signed."""
    del now
    require_hmac(
        request, installation.secrets, header=SIGNATURE, algorithm="sha256", encoding="hex", signed=request.body
    )
    root = Reader(request.payload)
    verb, _, subject = (root.at("component_id").maybe_text() or "").partition(":")
    action = HostAction(subject, VERDICTS[verb], _reason(root, f"{verb}:{subject}")) if verb in VERDICTS else None
    return SidebarRequest(
        ticket=root.at("conversation").at("id").identifier(),
        agent=root.at("admin").at("name").maybe_text() or root.at("admin").at("email").maybe_text(),
        action=action,
        unfolded=f"{verb}:{subject}" if verb in UNFOLDS else None,
    )


def render(view: View, request: SidebarRequest) -> Reply:
    """Return the canvas, its texts shortened until it is within Intercom's limit."""
    body = b""
    for most in LONGEST:
        components = list(_components(view, request.unfolded or "", most))
        body = json.dumps({"canvas": {"content": {"components": components}}}, ensure_ascii=False).encode()
        if len(body) <= LIMIT:
            break
    return Reply(body, "application/json")


def _reason(root: Reader, component: str) -> str | None:
    return root.at("input_values").at(component).maybe_text()


def _components(view: View, unfolded: str, most: int) -> Iterator[Component]:
    verb, _, subject = unfolded.partition(":")
    chosen = next((card for card in view.cards if card.id == subject), None)
    if chosen is not None and verb in UNFOLDS:
        panes = {DISMISS: _dismissal, WHY: _why, REPLY: _reply}
        yield _text(chosen.title, most, "header")
        yield from panes[verb](view, chosen, most)
        yield _button(BACK, view.words["back"], "secondary")
        return
    if view.whose:
        yield _text(view.whose, most, "header")
    quiet = (view.with_whom, view.certainty, view.customer, " · ".join(view.facts))
    yield from (_text(each, most, "muted") for each in quiet if each)
    if view.message:
        yield _text(view.message, most)
    for card in view.cards:
        yield from _card(view, card, most)
    yield {"type": "divider"}
    yield _button("open", view.words["open"], "link", {"type": "url", "url": view.link})


def _card(view: View, card: HostedCard, most: int) -> Iterator[Component]:
    yield {"type": "divider"}
    yield _text(f"{card.rank}. {card.title}", most, "header")
    yield _text(f"{card.function} · {card.due}", most, "muted")
    yield _text(card.reason, most)
    if card.steps:
        steps = [f"{number}. {step}" for number, step in enumerate(card.steps, 1)]
        yield _text("\n".join([f"{view.words['steps']}:", *steps]), most)
    if card.told:
        yield _text(card.told, most, "muted")
    if card.state == "open":
        yield _button(f"{ACCEPT}:{card.id}", view.words["accept"], "primary")
        yield _button(f"{DISMISS}:{card.id}", view.words["dismiss"], "secondary")
    elif card.state == "accepted":
        yield _button(f"{DONE}:{card.id}", view.words["done"], "primary")
    yield _button(f"{WHY}:{card.id}", view.words["why"], "link")
    if card.reply:
        yield _button(f"{REPLY}:{card.id}", view.words["reply"], "link")


def _dismissal(view: View, card: HostedCard, most: int) -> Sequence[Component]:
    options = [{"type": "option", "id": each.value, "text": each.label} for each in view.reasons]
    return [
        {
            "type": "single-select",
            "id": f"{REASON}:{card.id}",
            "label": cut(view.words["dismiss_ask"], most),
            "options": options,
            "action": {"type": "submit"},
        }
    ]


def _why(view: View, card: HostedCard, most: int) -> Sequence[Component]:
    lines = [f"{view.words['conditions']}:", *(f"• {line}" for line in card.conditions)]
    return [
        _text(card.reason, most),
        *([_text("\n".join(lines), most)] if card.conditions else []),
        _text(f"{view.words['benefit']}: {card.benefit}", most),
    ]


def _reply(view: View, card: HostedCard, most: int) -> Sequence[Component]:
    return [_text(f"{view.words['reply']}:", most, "muted"), _text(card.reply or "", most)]


def _text(text: str, most: int, style: str = "paragraph") -> Component:
    """Return a text; Intercom reads Markdown in it, and what a customer wrote must not become a link."""
    return {"type": "text", "style": style, "text": cut(text, most).replace("](", "] (")}


def _button(name: str, label: str, style: str, action: Component | None = None) -> Component:
    return {"type": "button", "id": name, "label": label, "style": style, "action": action or {"type": "submit"}}
