"""What a Kustomer event says happened. `fixtures/` are the specification.

An event holds the whole conversation or message as it then was. Kustomer sends none for notes: they are read from the
API when a conversation that has any was changed, so that our own are known when they come back. Tags come as ids, of
which no rule could know what they mean; they are not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, note_ref, state_id
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import EventUnsupported, PayloadInvalid
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
from rules.text import Text

CREATED: Final = "kustomer.conversation.create"
UPDATED: Final = "kustomer.conversation.update"
SAID: Final = "kustomer.message.create"

STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"open": TicketStatus.OPEN, "snoozed": TicketStatus.ON_HOLD, "done": TicketStatus.SOLVED}
)
PRIORITIES: Final[Mapping[int, Priority]] = MappingProxyType(
    {1: Priority.LOW, 2: Priority.LOW, 3: Priority.NORMAL, 4: Priority.HIGH, 5: Priority.URGENT}
)
"""Kustomer numbers them from 1, the lowest, to 5."""
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "chat": Channel.CHAT,
        "email": Channel.EMAIL,
        "facebook": Channel.SOCIAL,
        "instagram": Channel.SOCIAL,
        "sms": Channel.MESSAGING,
        "twitter": Channel.SOCIAL,
        "voice": Channel.PHONE,
        "whatsapp": Channel.MESSAGING,
    }
)
# Kustomer's list of channels grows; one that is not here is simply not known.
DIRECTIONS: Final[Mapping[str, Author]] = MappingProxyType({"in": Author.CUSTOMER, "out": Author.AGENT})
BEGINS: Final = "initial-in"
"""What a message is when the customer began the conversation with it."""


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return the notes of a conversation that was changed and has any; nothing else is missing."""
    del installation
    root = Reader(delivery.payload)
    if root.at("name").text() != UPDATED:
        return ()
    data = root.at("data")
    number, count = data.at("id").identifier(), data.at("attributes").at("noteCount")
    if count.absent or not count.integer() or _notes_of(number) in delivery.documents:
        return ()
    return [Resource(_notes_of(number), f"/v1/conversations/{quote(number, safe='')}/notes")]


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one event says happened."""
    del installation  # Kustomer's events say all of it themselves
    root = Reader(delivery.payload)
    event = root.at("name").text()
    data = root.at("data")
    if event == CREATED:
        return [_conversation(data, EventKind.OPENED)]
    if event == UPDATED:
        number = data.at("id").identifier()
        document = delivery.documents.get(_notes_of(number))
        notes = Reader(document, _notes_of(number)).at("data").items()
        return [*(_note(number, each) for each in notes), _conversation(data, EventKind.CHANGED)]
    if event == SAID:
        return [_message(data)]
    raise EventUnsupported(event)


def _conversation(data: Reader, kind: EventKind) -> TicketEvent:
    number, attributes = data.at("id").identifier(), data.at("attributes")
    opened_at = attributes.at("createdAt").instant()
    at = opened_at if kind is EventKind.OPENED else attributes.at("updatedAt").instant()
    changes = TicketChanges(
        subject=attributes.at("name").maybe_text(MAX_SUBJECT),
        status=attributes.at("status").known_word(STATUSES),
        priority=_priority(attributes.at("priority")),
        assignee=_first(attributes.at("assignedUsers")),
        group=_first(attributes.at("assignedTeams")),
        opened_at=opened_at,
    )
    id_ = f"conversation:{number}:opened" if kind is EventKind.OPENED else state_id(changes, at)
    return TicketEvent(id_, number, kind, at, changes, _customer(data))


def _message(data: Reader) -> TicketEvent:
    """Return the customer's first message as the description, and every other as one."""
    attributes, number = data.at("attributes"), _related(data, "conversation")
    if number is None:
        raise EventUnsupported(SAID, Text("fora de qualquer conversa", "outside any conversation"))
    message_id, body = data.at("id").identifier(), _words(data)
    if not body:
        raise EventUnsupported(SAID, Text("sem palavras", "without words"))
    sent_at = attributes.at("sentAt").maybe_instant() or attributes.at("createdAt").instant()
    author = attributes.at("direction").word(DIRECTIONS)
    if author is None:
        attributes.at("direction").refuse(Text("in ou out", "in or out"))
    if author is Author.AGENT and attributes.at("auto").flag(default=False):
        author = Author.SYSTEM  # a workflow or an automatic answer: nobody's words
    begins = author is Author.CUSTOMER and attributes.at("directionType").maybe_text() == BEGINS
    subject = attributes.at("subject").maybe_text(MAX_SUBJECT) or attributes.at("meta").at("subject").maybe_text(
        MAX_SUBJECT
    )
    kinds = {Author.CUSTOMER: EventKind.REPLIED, Author.AGENT: EventKind.ANSWERED, Author.SYSTEM: EventKind.CHANGED}
    return TicketEvent(
        id=f"message:{message_id}",
        ticket_id=number,
        kind=EventKind.OPENED if begins else kinds[author],
        occurred_at=sent_at,
        changes=TicketChanges(
            subject=subject if begins else None,
            description=body if begins else None,
            channel=attributes.at("channel").known_word(CHANNELS) if begins else None,
        ),
        requester=_customer(data),
        messages=() if begins else (Message(message_id, author, body, sent_at),),
    )


def _note(number: str, note: Reader) -> TicketEvent:
    note_id, attributes = note.at("id").identifier(), note.at("attributes")
    at = attributes.at("createdAt").instant()
    text = attributes.at("body").maybe_text(MAX_BODY * 4) or ""
    body = _plain(text)
    message = Message(note_id, Author.AGENT, body, at, public=False, note_ref=note_ref(body))
    return TicketEvent(f"note:{note_id}", number, EventKind.NOTED, at, messages=(message,))


def _words(data: Reader) -> str:
    """Return a message's text, HTML as text, with a line for each file that came with it."""
    text = data.at("attributes").at("preview").maybe_text(MAX_BODY * 4) or ""
    files = data.at("relationships").at("attachments").at("data").items()
    return with_attachments(_plain(text), ["file" for _ in files])


def _plain(text: str) -> str:
    return cut(to_text(text) if looks_like_html(text) else text, MAX_BODY)


def _customer(data: Reader) -> Requester | None:
    number = _related(data, "customer")
    return Requester(external_id=number) if number is not None else None


def _related(data: Reader, name: str) -> str | None:
    return data.at("relationships").at(name).at("data").at("id").maybe_identifier()


def _first(reader: Reader) -> str | None:
    """Return the first of the users or teams that a conversation is assigned to."""
    return next((each.identifier() for each in reader.items()), None)


def _priority(reader: Reader) -> Priority | None:
    if reader.absent:
        return None
    number = reader.integer()
    if number not in PRIORITIES:
        raise PayloadInvalid(Text("uma prioridade vai de 1 a 5", "a priority is 1 to 5"), path=reader.path)
    return PRIORITIES[number]


def _notes_of(number: str) -> str:
    return f"notes:{number}"
