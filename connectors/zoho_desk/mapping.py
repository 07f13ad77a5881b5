"""What a Zoho Desk delivery says happened. `fixtures/` are the specification.

A delivery is a list of events. Zoho proves who sends and not what is sent, so of each event only its type and the ids
in it are read; the ticket, the thread (Zoho's word for a message by mail or another channel) and the comment are
fetched. They have ids of their own, the same in every delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, digest, note_ref
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

TICKET, THREAD, COMMENT = "ticket", "thread", "comment"
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Ticket_Add": TICKET,
        "Ticket_Update": TICKET,
        "Ticket_Thread_Add": THREAD,
        "Ticket_Comment_Add": COMMENT,
    }
)
"""Event type -> what it is about."""
# Statuses and priorities can be added by admins: of a status the type counts, which Zoho itself gives.
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"open": TicketStatus.OPEN, "on hold": TicketStatus.ON_HOLD, "closed": TicketStatus.CLOSED}
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"low": Priority.LOW, "medium": Priority.NORMAL, "high": Priority.HIGH}
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "chat": Channel.CHAT,
        "email": Channel.EMAIL,
        "facebook": Channel.SOCIAL,
        "phone": Channel.PHONE,
        "twitter": Channel.SOCIAL,
        "web": Channel.WEB,
    }
)
AUTHORS: Final[Mapping[str, Author]] = MappingProxyType({"agent": Author.AGENT, "end_user": Author.CUSTOMER})
DIRECTIONS: Final[Mapping[str, Author]] = MappingProxyType({"in": Author.CUSTOMER, "out": Author.AGENT})
KINDS: Final[Mapping[Author, EventKind]] = MappingProxyType(
    {Author.AGENT: EventKind.ANSWERED, Author.CUSTOMER: EventKind.REPLIED, Author.SYSTEM: EventKind.CHANGED}
)
PRIVATE, DRAFT = "private", "draft"


@dataclass(frozen=True, slots=True)
class Hint:
    """What an event of a delivery is about."""

    what: str
    ticket: str
    id: str

    def resources(self) -> Iterator[Resource]:
        """Yield what has to be fetched to know what happened."""
        path = f"/api/v1/tickets/{quote(self.ticket, safe='')}"
        yield Resource(f"{TICKET}:{self.ticket}", path, {"include": "contacts"})
        if self.what != TICKET:
            yield Resource(self.name, f"{path}/{self.what}s/{quote(self.id, safe='')}")

    @property
    def name(self) -> str:
        """What its document is called in `Delivery.documents`."""
        return f"{self.what}:{self.ticket}" if self.what == TICKET else f"{self.what}:{self.ticket}/{self.id}"


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return all that the events of a delivery are about."""
    del installation
    wanted = {each.name: each for hint in _hints(delivery) for each in hint.resources()}
    return [each for name, each in wanted.items() if name not in delivery.documents]


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened. What Zoho does not have any more says nothing."""
    del installation
    events: dict[str, TicketEvent] = {}
    for hint in _hints(delivery):
        message = None if hint.what == TICKET else _message(hint, _document(delivery, hint.name))
        ticket = _document(delivery, f"{TICKET}:{hint.ticket}")
        if message is not None and message.note_ref is not None:
            found = [_said(hint, message)]
        else:
            found = [] if ticket.absent else _told(hint.ticket, ticket)
            found[1:1] = [_said(hint, message)] if message is not None and message.body else []
        events |= {event.id: event for event in found}
    return list(events.values())


# --- what came ----------------------------------------------------------------------------------


def _hints(delivery: Delivery) -> list[Hint]:
    """Return what the events that are used are about; others are passed over where there is one that is used."""
    hints, others = [], []
    for event in Reader(delivery.batch, "").items():
        kind = event.at("eventType").text()
        if kind not in EVENTS:
            others.append(kind)
            continue
        payload, what = event.at("payload"), EVENTS[kind]
        number = payload.at("id").identifier()
        hints.append(Hint(what, number if what == TICKET else payload.at("ticketId").identifier(), number))
    if not hints and others:
        raise EventUnsupported(others[0])
    if not hints:
        raise PayloadInvalid(Text("a lista não traz nenhum evento", "the list holds no event"))
    return hints


def _document(delivery: Delivery, name: str) -> Reader:
    if name not in delivery.documents:
        raise PayloadInvalid(
            Text(
                "só nomeia o que aconteceu, e é preciso buscar o resto: o tenant precisa de --api-url",
                "only names what happened, which has to be fetched: the tenant needs --api-url",
            )
        )
    return Reader(delivery.documents[name], name.partition(":")[0])


# --- the events ---------------------------------------------------------------------------------


def _told(number: str, ticket: Reader) -> list[TicketEvent]:
    """Return a ticket's opening and its present state."""
    opened_at = ticket.at("createdTime").instant()
    subject = ticket.at("subject").maybe_text(MAX_SUBJECT)
    channel = ticket.at("channel").known_word(CHANNELS)
    requester = _requester(ticket)
    opening = TicketChanges(
        subject=subject, description=_words(ticket, "description") or None, channel=channel, opened_at=opened_at
    )
    at = ticket.at("modifiedTime").maybe_instant() or opened_at
    state = TicketChanges(
        subject=subject,
        status=_status(ticket),
        priority=ticket.at("priority").known_word(PRIORITIES),
        channel=channel,
        assignee=ticket.at("assigneeId").maybe_identifier(),
        group=ticket.at("departmentId").maybe_identifier(),
        opened_at=opened_at,
    )
    said = [number, state.subject, state.status, state.priority, state.assignee, state.group, at.isoformat()]
    return [
        TicketEvent(f"ticket:{number}:opened", number, EventKind.OPENED, opened_at, opening, requester),
        TicketEvent(f"state:{digest(said)}", number, EventKind.CHANGED, at, state, requester),
    ]


def _said(hint: Hint, message: Message) -> TicketEvent:
    kind = KINDS[message.author] if message.public else EventKind.NOTED
    return TicketEvent(f"{hint.what}:{message.id}", hint.ticket, kind, message.sent_at, messages=(message,))


def _message(hint: Hint, document: Reader) -> Message | None:
    """Return what was written; None for a draft, for a ticket's description, and for what is gone."""
    if document.absent:
        return None
    if hint.what == COMMENT:
        author = document.at("commenter").at("type").known_word(AUTHORS) or Author.SYSTEM
        public, time = document.at("isPublic").flag(default=False), "commentedTime"
    else:
        # The description is the opening already.
        if document.at("isDescriptionThread").flag(default=False) or _is(document.at("status"), DRAFT):
            return None
        author = (
            document.at("author").at("type").known_word(AUTHORS)
            or document.at("direction").known_word(DIRECTIONS)
            or Author.SYSTEM
        )
        public, time = not _is(document.at("visibility"), PRIVATE), "createdTime"
    body = _words(document, "content")
    return Message(
        id=document.at("id").identifier(),
        author=author,
        body=body,
        sent_at=document.at(time).instant(),
        public=public,
        note_ref=None if public or author is Author.CUSTOMER else note_ref(body),
    )


def _words(document: Reader, key: str) -> str:
    """Return a text, HTML as text, with a line for each file that came with it."""
    text = document.at(key).maybe_text(MAX_BODY * 4) or ""
    marked_up = "html" in (document.at("contentType").maybe_text() or "").lower() or looks_like_html(text)
    names = [each.at("name").maybe_text() or "file" for each in document.at("attachments").items()]
    return with_attachments(cut(to_text(text) if marked_up else text, MAX_BODY), names)


def _status(ticket: Reader) -> TicketStatus | None:
    return ticket.at("statusType").known_word(STATUSES) or ticket.at("status").known_word(STATUSES)


def _requester(ticket: Reader) -> Requester | None:
    contact = ticket.at("contact")
    names = [contact.at("firstName").maybe_text(), contact.at("lastName").maybe_text()]
    requester = Requester(
        external_id=ticket.at("contactId").maybe_identifier() or contact.at("id").maybe_identifier(),
        name=" ".join(each.strip() for each in names if each) or None,
        email=contact.at("email").maybe_text() or ticket.at("email").maybe_text(),
        phone=contact.at("phone").maybe_text() or contact.at("mobile").maybe_text(),
    )
    return requester if requester.external_id or requester.email or requester.phone else None


def _is(reader: Reader, word: str) -> bool:
    return (reader.maybe_text() or "").strip().lower() == word
