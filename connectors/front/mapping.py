"""What a Front delivery says happened. `fixtures/` are the specification.

A rule's webhook sends an event, whole or as a preview; an application's sends it within `payload`. What a preview lacks
is fetched: the event, then the message or comment that it is about. Times are unix seconds with a fraction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import Author, Channel, EventKind, Message, Requester, TicketChanges, TicketEvent, TicketStatus
from rules.text import Text

MESSAGE, COMMENT, NOTHING = "message", "comment", ""
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "inbound": MESSAGE,
        "outbound": MESSAGE,
        "out_reply": MESSAGE,
        "comment": COMMENT,
        "mention": COMMENT,
        "assign": NOTHING,
        "unassign": NOTHING,
        "archive": NOTHING,
        "reopen": NOTHING,
        "trash": NOTHING,
        "restore": NOTHING,
        "move": NOTHING,
        "tag": NOTHING,
        "untag": NOTHING,
        "ticket_status_update": NOTHING,
    }
)
"""Event type -> what in it holds words."""
INBOUND: Final = "inbound"
CATEGORIES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"open": TicketStatus.OPEN, "waiting": TicketStatus.PENDING, "resolved": TicketStatus.SOLVED}
)
"""What a status of Front's ticketing belongs to; companies without ticketing have none."""
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "unassigned": TicketStatus.OPEN,
        "assigned": TicketStatus.OPEN,
        "archived": TicketStatus.CLOSED,
        "deleted": TicketStatus.CLOSED,
    }
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "call": Channel.PHONE,
        "email": Channel.EMAIL,
        "facebook": Channel.SOCIAL,
        "front_chat": Channel.CHAT,
        "googleplay": Channel.STORE,
        "intercom": Channel.MESSAGING,
        "phone-call": Channel.PHONE,
        "sms": Channel.MESSAGING,
        "tweet": Channel.SOCIAL,
        "tweet_dm": Channel.SOCIAL,
        "whatsapp": Channel.MESSAGING,
        "yalo_wha": Channel.MESSAGING,
    }
)
AMONG_COLLEAGUES: Final = frozenset({"discussion", "task"})
"""Types of conversations that no customer is part of."""
REPLY_PREFIX: Final = re.compile(r"(?:(?:re|res|fw|fwd|enc)\s*:\s*)+", re.IGNORECASE)
"""What mail programs write before a subject; the conversation takes the subject of its latest message."""
CONTACT: Final = re.compile(r"/contacts/(crd_[A-Za-z0-9]+)\Z")
PHONE: Final = re.compile(r"\+[0-9 ()-]{6,30}")


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return the event, message or comment that a preview only names; nothing when all is there."""
    del installation
    found = _told(delivery)
    return [found] if isinstance(found, Resource) else []


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened."""
    del installation
    found = _told(delivery)
    if isinstance(found, Resource):
        raise PayloadInvalid(
            Text(
                f"isto é só um resumo: é preciso buscar {found.name}, e para isso o tenant precisa de --api-url",
                f"this is a preview: {found.name} has to be fetched, for which the tenant needs --api-url",
            )
        )
    event, said = found
    conversation = event.at("conversation")
    form = conversation.at("type").maybe_text()
    if form in AMONG_COLLEAGUES:
        raise EventUnsupported(f"{event.at('type').text()} ({form})")
    number = conversation.at("id").identifier()
    state = _state(event, conversation, number)
    if said is None:
        return [state]
    if EVENTS[event.at("type").text()] == COMMENT:
        noted = _noted(said, number)
        # Our own note: nothing else happened, and nothing may start from it.
        return [noted] if noted.messages[0].note_ref is not None else [noted, state]
    return [_message(event, conversation, said, number), state]


# --- what the delivery and its documents tell -----------------------------------------------------


def _told(delivery: Delivery) -> tuple[Reader, Reader | None] | Resource:
    """Return the event and what in it holds words, or what is to be fetched before."""
    root = Reader(delivery.payload)
    of_rule = root.at("payload").absent
    told = root if of_rule else root.at("payload")
    kind = told.at("type").maybe_text()
    if of_rule and told.at("type").text() not in EVENTS:
        raise EventUnsupported(told.at("type").text())
    is_whole = kind in EVENTS and not told.at("conversation").at("created_at").absent
    event = _whole(delivery, "event", told, is_whole=is_whole)
    if isinstance(event, Resource):
        return event
    if event.at("type").text() not in EVENTS:
        raise EventUnsupported(event.at("type").text())
    holds = EVENTS[event.at("type").text()]
    if holds == NOTHING:
        return event, None
    target = event.at("target").at("data")
    has_words = not (target.at("body").absent and target.at("text").absent)
    said = _whole(delivery, holds, target, is_whole=has_words)
    return said if isinstance(said, Resource) else (event, said)


def _whole(delivery: Delivery, kind: str, told: Reader, *, is_whole: bool) -> Reader | Resource:
    """Return a thing as it was told, or its document, or what to ask for."""
    if is_whole:
        return told
    number = told.at("id").identifier()
    name = f"{kind}:{number}"
    if name not in delivery.documents:
        return Resource(name, f"/{kind}s/{quote(number, safe='')}")
    if delivery.documents[name] is None:
        raise PayloadInvalid(
            Text(f"o Front não tem mais este item ({kind})", f"Front does not have this {kind} any more"),
            path=told.path,
        )
    return Reader(delivery.documents[name], kind)


# --- the events ---------------------------------------------------------------------------------


def _state(event: Reader, conversation: Reader, number: str) -> TicketEvent:
    category = conversation.at("status_category").known_word(CATEGORIES)
    tags = conversation.at("tags")
    changes = TicketChanges(
        subject=_subject(conversation),
        status=category or conversation.at("status").known_word(STATUSES),
        tags=None if tags.absent else frozenset(tag.at("name").text() for tag in tags.items()),
        assignee=conversation.at("assignee").at("id").maybe_identifier(),
        opened_at=conversation.at("created_at").unix(),
    )
    return TicketEvent(
        id=event.at("id").identifier(),
        ticket_id=number,
        kind=EventKind.CHANGED,
        occurred_at=event.at("emitted_at").unix(),
        changes=changes,
        requester=_requester(conversation.at("recipient")),
    )


def _message(event: Reader, conversation: Reader, said: Reader, number: str) -> TicketEvent:
    """Return the opening, when the conversation is not older than this message of a customer; else a message."""
    sent_at, opened_at = said.at("created_at").unix(), conversation.at("created_at").unix()
    inbound = said.at("is_inbound").flag(default=event.at("type").text() == INBOUND)
    body = _body(said, said.at("text"))
    if inbound and sent_at <= opened_at:
        return TicketEvent(
            id=f"conversation:{number}:opened",
            ticket_id=number,
            kind=EventKind.OPENED,
            occurred_at=sent_at,
            changes=TicketChanges(
                subject=_subject(conversation),
                description=body or None,
                channel=said.at("type").known_word(CHANNELS),
                opened_at=opened_at,
            ),
            requester=_requester(conversation.at("recipient")),
        )
    person = Author.SYSTEM if said.at("author").absent else Author.AGENT  # a rule answers in nobody's name
    author = Author.CUSTOMER if inbound else person
    kinds = {Author.CUSTOMER: EventKind.REPLIED, Author.AGENT: EventKind.ANSWERED, Author.SYSTEM: EventKind.CHANGED}
    return _event_of("message", number, said, body, author=author, kind=kinds[author], sent_at=sent_at)


def _noted(said: Reader, number: str) -> TicketEvent:
    body = _body(said, Reader(None))
    sent_at = said.at("posted_at").unix()
    return _event_of("comment", number, said, body, author=Author.AGENT, kind=EventKind.NOTED, sent_at=sent_at)


def _event_of(  # noqa: PLR0913 - the parts of a message
    what: str, number: str, said: Reader, body: str, *, author: Author, kind: EventKind, sent_at: datetime
) -> TicketEvent:
    name = f"{what}:{said.at('id').identifier()}"
    internal = kind is EventKind.NOTED
    message = Message(name, author, body, sent_at, not internal, note_ref(body) if internal else None)
    return TicketEvent(name, number, kind, sent_at, messages=(message,))


# --- their parts --------------------------------------------------------------------------------


def _body(said: Reader, plain: Reader) -> str:
    """Return a text with the names of its files; Front gives the plain text of mail beside its HTML."""
    text = plain.maybe_text(MAX_BODY * 4) or said.at("body").maybe_text(MAX_BODY * 4) or ""
    names = [file.at("filename").maybe_text() or "" for file in said.at("attachments").items()]
    read = to_text(text) if looks_like_html(text) else text
    return cut(with_attachments(cut(read, MAX_BODY).strip(), names), MAX_BODY)


def _subject(conversation: Reader) -> str | None:
    told = (conversation.at("subject").maybe_text(MAX_SUBJECT) or "").strip()
    prefix = REPLY_PREFIX.match(told)
    return (told[prefix.end() :] if prefix else told) or None


def _requester(recipient: Reader) -> Requester | None:
    """Return the conversation's main recipient: the contact, and the address they write from or a number."""
    link = recipient.at("_links").at("related").at("contact").maybe_text()
    contact = CONTACT.search(link or "")
    handle = (recipient.at("handle").maybe_text() or "").strip()
    if contact is None and not handle:
        return None
    is_phone = PHONE.fullmatch(handle) is not None
    is_mail = "@" in handle[1:]
    return Requester(
        external_id=contact[1] if contact else None if is_mail or is_phone else handle,
        name=recipient.at("name").maybe_text(),
        email=handle if is_mail else None,
        phone=handle if is_phone else None,
    )
