"""What a delivery of a Gorgias HTTP integration says happened. `fixtures/` are the specification.

The body is what `body_template.json` makes of it: the whole ticket with its messages, and the message that set the
integration off, where one did. Each message is one event with an id of its own, so that the store keeps it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, digest, note_ref
from connectors.html import to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, instant, with_attachments
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

STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"open": TicketStatus.OPEN, "closed": TicketStatus.CLOSED}
)
# Gorgias' lists of priorities and channels grow; a word that is not here is simply not known.
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "critical": Priority.URGENT}
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "aircall": Channel.PHONE,
        "api": Channel.API,
        "chat": Channel.CHAT,
        "contact_form": Channel.WEB,
        "email": Channel.EMAIL,
        "facebook": Channel.SOCIAL,
        "facebook-mention": Channel.SOCIAL,
        "help-center": Channel.WEB,
        "phone": Channel.PHONE,
        "sms": Channel.MESSAGING,
        "whatsapp": Channel.MESSAGING,
    }
)
NOTE: Final = "internal-note"


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the ticket's messages as events, oldest first, and what the ticket is like now."""
    del installation  # Gorgias' deliveries say all of it themselves
    root = Reader(delivery.payload)
    ticket = root.at("ticket")
    number, requester = ticket.at("id").identifier(), _requester(ticket.at("customer"))
    known = [ticket.at("first_message"), *ticket.at("messages").items(), root.at("message")]
    messages = {each.id: each for each in map(_message, (one for one in known if not one.absent))}
    first = ticket.at("first_message").at("id").maybe_identifier()
    if first is None and not ticket.at("messages").absent:
        first = min(messages.values(), key=lambda each: each.sent_at).id if messages else None
    opening = messages.get(first) if first is not None else None
    events = []
    if opening is not None:
        describes = opening.public and opening.author is Author.CUSTOMER
        events.append(_opening(number, ticket, opening.body if describes else None, requester))
        if describes:
            del messages[opening.id]
    said = sorted(messages.values(), key=lambda each: each.sent_at)
    return [*events, *(_said(number, each) for each in said if each.body), _state(number, ticket, requester)]


def _opening(number: str, ticket: Reader, description: str | None, requester: Requester | None) -> TicketEvent:
    opened_at = _instant(ticket.at("created_datetime"))
    changes = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        description=description or None,
        channel=ticket.at("channel").known_word(CHANNELS),
        opened_at=opened_at,
    )
    return TicketEvent(f"ticket:{number}:opened", number, EventKind.OPENED, opened_at, changes, requester)


def _state(number: str, ticket: Reader, requester: Requester | None) -> TicketEvent:
    at = _instant(ticket.at("updated_datetime"))
    tags = ticket.at("tags")
    changes = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        status=_status(ticket),
        priority=ticket.at("priority").known_word(PRIORITIES),
        tags=None if tags.absent else frozenset(each.at("name").text() for each in tags.items()),
        assignee=ticket.at("assignee_user").at("id").maybe_identifier(),
        group=ticket.at("assignee_team").at("id").maybe_identifier(),
    )
    said = [changes.subject, changes.status, changes.priority, sorted(changes.tags or ()), changes.assignee]
    id_ = f"state:{digest([*said, changes.group, at.isoformat()])}"
    return TicketEvent(id_, number, EventKind.CHANGED, at, changes, requester)


def _status(ticket: Reader) -> TicketStatus | None:
    """Return the status; a closed ticket that is to be opened again at a given time waits."""
    status = ticket.at("status").known_word(STATUSES)
    snoozed = ticket.at("snooze_datetime").maybe_text() is not None
    return TicketStatus.ON_HOLD if snoozed and status is TicketStatus.CLOSED else status


def _said(number: str, message: Message) -> TicketEvent:
    if not message.public:
        kind = EventKind.NOTED
    elif message.author is Author.CUSTOMER:
        kind = EventKind.REPLIED
    else:
        kind = EventKind.ANSWERED if message.author is Author.AGENT else EventKind.CHANGED
    return TicketEvent(f"message:{message.id}", number, kind, message.sent_at, messages=(message,))


def _message(message: Reader) -> Message:
    by_us = message.at("from_agent").flag(default=False)
    of_a_rule = message.at("rule_id").maybe_identifier() is not None
    author = (Author.SYSTEM if of_a_rule else Author.AGENT) if by_us else Author.CUSTOMER
    public = message.at("public").flag(default=True) and message.at("channel").maybe_text() != NOTE
    body = _words(message)
    return Message(
        id=message.at("id").identifier(),
        author=author,
        body=body,
        sent_at=_instant(message.at("created_datetime")),
        public=public,
        note_ref=note_ref(body) if by_us and not public else None,
    )


def _words(message: Reader) -> str:
    """Return a message's own text, without what it quotes where Gorgias found that out, and its files' names."""
    plain = message.at("stripped_text").maybe_text(MAX_BODY) or message.at("body_text").maybe_text(MAX_BODY)
    if plain is None:
        plain = cut(to_text(message.at("body_html").maybe_text(MAX_BODY * 4) or ""), MAX_BODY)
    names = [each.at("name").maybe_text() or "file" for each in message.at("attachments").items()]
    return with_attachments(plain, names)


def _requester(customer: Reader) -> Requester | None:
    requester = Requester(
        external_id=customer.at("id").maybe_identifier(),
        name=customer.at("name").maybe_text(),
        email=customer.at("email").maybe_text(),
    )
    return requester if requester.external_id or requester.email else None


def _instant(reader: Reader) -> datetime:
    """Return a time; one that Gorgias writes without an offset, as its reference shows them, is in UTC."""
    value = reader.value
    if isinstance(value, str) and instant(value) is None:
        found = instant(f"{value.strip()}+00:00")
        if found is not None:
            return found
    return reader.instant()
