"""What a delivery of the plugin says happened. `fixtures/` are the specification.

Every delivery holds the ticket as it is now with its thread, of a long one the first and the newest. Each entry
(osTicket's word for a message) becomes one event whose id is the same in every delivery, so that the store keeps it
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import unescape
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, note_ref, state_id
from connectors.html import to_text
from connectors.payload import CUT, MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import EventUnsupported
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

EVENTS: Final = frozenset({"ticket.created", "threadentry.created", "model.updated"})
"""osTicket's signals; the delivery is named after the greatest of those of one request."""
# Admins add statuses of their own; the states they belong to are osTicket's.
STATES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "open": TicketStatus.OPEN,
        "closed": TicketStatus.CLOSED,
        "archived": TicketStatus.CLOSED,
        "deleted": TicketStatus.CLOSED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "emergency": Priority.URGENT}
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {"web": Channel.WEB, "email": Channel.EMAIL, "phone": Channel.PHONE, "api": Channel.API}
)
MESSAGE, RESPONSE, NOTE = "M", "R", "N"
"""The types of entries: the customer's, the agent's to the customer, and internal."""


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the entries as events, oldest first, and what the ticket is like now."""
    del installation  # deliveries say all of it themselves
    root = Reader(delivery.payload)
    name = root.at("event").text()
    if name not in EVENTS:
        raise EventUnsupported(name)
    ticket, requester = root.at("ticket"), _requester(root.at("requester"))
    number = ticket.at("id").identifier()
    said = _said(root.at("entries"))
    first = next((event for event in said if event[0] is EventKind.REPLIED), None)
    opened_at = ticket.at("created").instant()
    opening = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        description=first[1].body if first is not None else None,
        channel=ticket.at("source").known_word(CHANNELS),
        opened_at=opened_at,
    )
    return [
        TicketEvent(f"ticket:{number}:opened", number, EventKind.OPENED, opened_at, opening, requester),
        *(
            TicketEvent(f"entry:{message.id}", number, kind, message.sent_at, messages=(message,))
            for kind, message in said
            if first is None or message is not first[1]
        ),
        _state(number, ticket, requester),
    ]


def _state(number: str, ticket: Reader, requester: Requester | None) -> TicketEvent:
    at = ticket.at("updated").instant()
    changes = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        status=ticket.at("state").known_word(STATES),
        priority=ticket.at("priority").known_word(PRIORITIES),
        assignee=ticket.at("staff_id").maybe_identifier(),
        group=ticket.at("department_id").maybe_identifier(),
    )
    return TicketEvent(state_id(changes, at), number, EventKind.CHANGED, at, changes, requester)


def _said(entries: Reader) -> list[tuple[EventKind, Message]]:
    """Return the entries that hold words, each once: an edited one bears the id of its first version."""
    found: dict[str, tuple[EventKind, Message]] = {}
    for entry in entries.items():
        kind, message = _message(entry)
        if message.body:
            found.setdefault(message.id, (kind, message))
    return list(found.values())


def _message(entry: Reader) -> tuple[EventKind, Message]:
    type_ = entry.at("type").text()
    body = _words(entry)
    if type_ == MESSAGE:
        kind, author = EventKind.REPLIED, Author.CUSTOMER
    else:
        # Without an agent it is osTicket itself that speaks, an automatic answer first of all, or our plugin.
        author = Author.AGENT if entry.at("staff_id").maybe_identifier() is not None else Author.SYSTEM
        answered = EventKind.ANSWERED if author is Author.AGENT else EventKind.CHANGED
        kind = answered if type_ == RESPONSE else EventKind.NOTED
    message = Message(
        id=entry.at("id").identifier(),
        author=author,
        body=body,
        sent_at=entry.at("created").instant(),
        public=kind is not EventKind.NOTED,
        note_ref=note_ref(body) if type_ == NOTE else None,
    )
    return kind, message


def _words(entry: Reader) -> str:
    """Return an entry's text with a line for each file that came with it; osTicket escapes even what is plain text."""
    text = entry.at("body").maybe_text(MAX_BODY * 4) or ""
    plain = unescape(text) if entry.at("format").maybe_text() == "text" else to_text(text)
    end = CUT if entry.at("cut").flag(default=False) else ""
    names = [each.text() for each in entry.at("files").items()]
    return with_attachments(cut(plain.strip() + end, MAX_BODY), names)


def _requester(person: Reader) -> Requester | None:
    requester = Requester(
        external_id=person.at("id").maybe_identifier(),
        name=person.at("name").maybe_text(),
        email=person.at("email").maybe_text(),
        phone=person.at("phone").maybe_text(),
    )
    return requester if requester.external_id or requester.email or requester.phone else None
