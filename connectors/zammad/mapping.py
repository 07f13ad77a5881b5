"""What a Zammad delivery says happened. `fixtures/` are the specification.

A delivery holds the ticket as it is now, and the article (Zammad's word for a message) that set its trigger off, or an
empty object where none did. Nothing in it names an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, note_ref, state_id
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.model import (
    Author,
    Channel,
    EventKind,
    Message,
    Priority,
    Requester,
    TicketChanges,
    TicketEvent,
    TicketStatus,
)

# Admins add states and priorities of their own: one that is not here is simply not known.
STATES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "new": TicketStatus.NEW,
        "open": TicketStatus.OPEN,
        "pending reminder": TicketStatus.PENDING,
        "pending close": TicketStatus.PENDING,
        "closed": TicketStatus.CLOSED,
        "merged": TicketStatus.CLOSED,
        "removed": TicketStatus.CLOSED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"1 low": Priority.LOW, "2 normal": Priority.NORMAL, "3 high": Priority.HIGH}
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "chat": Channel.CHAT,
        "email": Channel.EMAIL,
        "facebook feed comment": Channel.SOCIAL,
        "facebook feed post": Channel.SOCIAL,
        "phone": Channel.PHONE,
        "sms": Channel.MESSAGING,
        "telegram personal-message": Channel.MESSAGING,
        "twitter direct-message": Channel.SOCIAL,
        "twitter status": Channel.SOCIAL,
        "web": Channel.WEB,
        "whatsapp message": Channel.MESSAGING,
    }
)
AUTHORS: Final[Mapping[str, Author]] = MappingProxyType({"customer": Author.CUSTOMER, "agent": Author.AGENT})
"""Who a sender is; `System`, an automatic answer first of all, is nobody's words."""
NOBODY: Final = "1"
"""The id of the owner of a ticket that nobody owns."""


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened: the opening or a message where there is one, and the present state."""
    del installation  # Zammad's deliveries say all of it themselves
    root = Reader(delivery.payload)
    ticket, article = root.at("ticket"), root.at("article")
    number = ticket.at("id").identifier()
    # Of a delivery without an article Zammad writes an empty object.
    message = None if article.at("id").absent else _message(article)
    if message is not None and message.note_ref is not None:
        return [_said(number, message)]
    requester = _requester(ticket)
    events = []
    if message is not None:
        began = _is_first(ticket, article)
        describes = began and message.public and message.author is Author.CUSTOMER
        if began:
            events.append(_opening(number, ticket, message.body if describes else None, requester))
        if message.body and not describes:
            events.append(_said(number, message))
    return [*events, _state(number, ticket, requester)]


def _opening(number: str, ticket: Reader, description: str | None, requester: Requester | None) -> TicketEvent:
    opened_at = ticket.at("created_at").instant()
    changes = TicketChanges(
        subject=ticket.at("title").maybe_text(MAX_SUBJECT),
        description=description or None,
        channel=_name(ticket.at("create_article_type")).known_word(CHANNELS),
        opened_at=opened_at,
    )
    return TicketEvent(f"ticket:{number}:opened", number, EventKind.OPENED, opened_at, changes, requester)


def _state(number: str, ticket: Reader, requester: Requester | None) -> TicketEvent:
    at = ticket.at("updated_at").instant()
    owner = ticket.at("owner_id").maybe_identifier()
    changes = TicketChanges(
        subject=ticket.at("title").maybe_text(MAX_SUBJECT),
        status=_name(ticket.at("state")).known_word(STATES),
        priority=_name(ticket.at("priority")).known_word(PRIORITIES),
        channel=_name(ticket.at("create_article_type")).known_word(CHANNELS),
        assignee=None if owner == NOBODY else owner,
        group=ticket.at("group_id").maybe_identifier(),
        opened_at=ticket.at("created_at").maybe_instant(),
    )
    return TicketEvent(state_id(changes, at), number, EventKind.CHANGED, at, changes, requester)


def _said(number: str, message: Message) -> TicketEvent:
    if not message.public:
        kind = EventKind.NOTED
    elif message.author is Author.CUSTOMER:
        kind = EventKind.REPLIED
    else:
        kind = EventKind.ANSWERED if message.author is Author.AGENT else EventKind.CHANGED
    return TicketEvent(f"article:{message.id}", number, kind, message.sent_at, messages=(message,))


def _message(article: Reader) -> Message:
    body, internal = _words(article), article.at("internal").flag(default=False)
    author = _name(article.at("sender")).known_word(AUTHORS) or Author.SYSTEM
    return Message(
        id=article.at("id").identifier(),
        author=author,
        body=body,
        sent_at=article.at("created_at").instant(),
        public=not internal,
        note_ref=note_ref(body) if internal and author is not Author.CUSTOMER else None,
    )


def _words(article: Reader) -> str:
    """Return an article's text, HTML as text, with a line for each file that came with it."""
    text = article.at("body").maybe_text(MAX_BODY * 4) or ""
    marked_up = article.at("content_type").maybe_text() == "text/html" or looks_like_html(text)
    names = [each.at("filename").maybe_text() or "file" for each in article.at("attachments").items()]
    return with_attachments(cut(to_text(text) if marked_up else text, MAX_BODY), names)


def _is_first(ticket: Reader, article: Reader) -> bool:
    """Tell whether the ticket began with this article: its id is the first of the ticket's."""
    ids = [each.identifier() for each in ticket.at("article_ids").items()]
    return bool(ids) and article.at("id").identifier() == min(ids, key=lambda each: (len(each), each))


def _requester(ticket: Reader) -> Requester | None:
    customer = ticket.at("customer")
    names = [customer.at("firstname").maybe_text(), customer.at("lastname").maybe_text()]
    requester = Requester(
        external_id=customer.at("id").maybe_identifier() or ticket.at("customer_id").maybe_identifier(),
        name=" ".join(each.strip() for each in names if each) or None,
        email=customer.at("email").maybe_text(),
        phone=customer.at("phone").maybe_text() or customer.at("mobile").maybe_text(),
    )
    return requester if requester.external_id or requester.email or requester.phone else None


def _name(reader: Reader) -> Reader:
    """Return what a state, a priority, a type or a sender is called: Zammad writes some as objects, some as names."""
    return reader.at("name") if isinstance(reader.value, Mapping) else reader
