"""What a Freshdesk delivery says happened. `fixtures/` are the specification.

Two kinds come in. Product events hold the ticket or the conversation, relayed by our app. An automation's webhook
holds the ticket's number alone: what its admin's template would quote from a customer could break the JSON, so the
ticket and its conversations are read by the API. Both have one shape, and what they say becomes the same events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, digest, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, TRUE_OR_FALSE, Reader, cut, with_attachments
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

TEMPLATE: Final = "sidecue_template"
"""The key of `automation_template.json` by which its deliveries are known."""
PER_PAGE: Final = 100
MAX_PAGES: Final = 3
"""Pages of conversations that are read of a ticket: the first 300 entries."""

STATUSES: Final[Mapping[int, TicketStatus]] = MappingProxyType(
    {
        2: TicketStatus.OPEN,
        3: TicketStatus.PENDING,
        4: TicketStatus.SOLVED,
        5: TicketStatus.CLOSED,
        6: TicketStatus.PENDING,  # waiting on customer
        7: TicketStatus.ON_HOLD,  # waiting on a third party
    }
)
"""Freshdesk's own numbers. An account's own statuses have others: whatever they mean, the ticket is not done."""
PRIORITIES: Final[Mapping[int, Priority]] = MappingProxyType(
    {1: Priority.LOW, 2: Priority.NORMAL, 3: Priority.HIGH, 4: Priority.URGENT}
)
# The list of sources grows; one that is not here is simply not known.
CHANNELS: Final[Mapping[int, Channel]] = MappingProxyType(
    {
        1: Channel.EMAIL,
        2: Channel.WEB,
        3: Channel.PHONE,
        7: Channel.CHAT,
        9: Channel.WEB,  # feedback widget
        10: Channel.EMAIL,  # begun by an agent
    }
)


T = TypeVar("T")


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened; nothing for a ticket that Freshdesk no longer has."""
    del installation
    root = Reader(delivery.payload)
    if not root.at(TEMPLATE).absent:
        return _of_documents(_ticket_named(root), delivery.documents)
    name = root.at("event").text()
    reader = EVENTS.get(name)
    if reader is None:
        raise EventUnsupported(name)
    return reader(root.at("data"))


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return what an automation's ticket still lacks: itself, and its conversations page by page."""
    del installation
    root = Reader(delivery.payload)
    if root.at(TEMPLATE).absent:
        return []
    ticket_id, documents = _ticket_named(root), delivery.documents
    path = f"/api/v2/tickets/{quote(ticket_id, safe='')}"
    wanted = [Resource(f"ticket:{ticket_id}", path, {"include": "requester"})]
    for page in range(1, MAX_PAGES + 1):
        name = _page_name(ticket_id, page)
        query = {"per_page": str(PER_PAGE), "page": str(page)}
        wanted.append(Resource(name, f"{path}/conversations", query))
        if len(Reader(documents.get(name), name).items()) < PER_PAGE:
            break
    return [each for each in wanted if each.name not in documents]


# --- automation webhooks, with the body of automation_template.json -----------------------------


def _ticket_named(root: Reader) -> str:
    version = root.at(TEMPLATE)
    if version.value not in (1, "1"):
        raise PayloadInvalid(
            Text("só a versão 1 do modelo é conhecida", "only version 1 of the template is known"), path=version.path
        )
    return root.at("ticket_id").identifier()


def _page_name(ticket_id: str, page: int) -> str:
    return f"conversations:{ticket_id}:{page}"


def _of_documents(ticket_id: str, documents: Mapping[str, object]) -> list[TicketEvent]:
    name = f"ticket:{ticket_id}"
    ticket = Reader(documents.get(name), name)
    if ticket.absent:
        return []
    events = _ticket(ticket, ticket.at("requester"))
    for page in range(1, MAX_PAGES + 1):
        name = _page_name(ticket_id, page)
        events += [_conversation(each, ticket_id) for each in Reader(documents.get(name), name).items()]
    return events


# --- product events -----------------------------------------------------------------------------


def _of_ticket(data: Reader) -> list[TicketEvent]:
    return _ticket(data.at("ticket"), data.at("requester"))


def _of_conversation(data: Reader) -> list[TicketEvent]:
    conversation = data.at("conversation")
    return [_conversation(conversation, conversation.at("ticket_id").identifier())]


EVENTS: Final[Mapping[str, Callable[[Reader], list[TicketEvent]]]] = MappingProxyType(
    {"onTicketCreate": _of_ticket, "onTicketUpdate": _of_ticket, "onConversationCreate": _of_conversation}
)


# --- what both hold -----------------------------------------------------------------------------


def _ticket(ticket: Reader, person: Reader) -> list[TicketEvent]:
    """Return the opening and the present state, each with an id that a repetition shares.

    Every delivery tells the whole ticket, so the opening heals when the delivery that told it first was lost.
    """
    ticket_id = ticket.at("id").identifier()
    opened_at = ticket.at("created_at").instant()
    updated_at = ticket.at("updated_at").maybe_instant() or opened_at
    requester = _requester(ticket, person)
    state = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        status=_status(ticket.at("status")),
        priority=_numbered(ticket.at("priority"), PRIORITIES),
        tags=ticket.at("tags").texts(),
        assignee=ticket.at("responder_id").maybe_identifier(),
        group=ticket.at("group_id").maybe_identifier(),
    )
    said = [state.subject, state.status, state.priority, sorted(state.tags or ()), state.assignee, state.group]
    return [
        TicketEvent(
            id=f"ticket:{ticket_id}:opened",
            ticket_id=ticket_id,
            kind=EventKind.OPENED,
            occurred_at=opened_at,
            changes=TicketChanges(
                description=_words(ticket, "description_text", "description") or None,
                channel=_numbered(ticket.at("source"), CHANNELS),
                opened_at=opened_at,
            ),
            requester=requester,
        ),
        TicketEvent(
            id=f"state:{digest([updated_at.isoformat(), *said])}",
            ticket_id=ticket_id,
            kind=EventKind.CHANGED,
            occurred_at=updated_at,
            changes=state,
            requester=requester,
        ),
    ]


def _conversation(entry: Reader, ticket_id: str) -> TicketEvent:
    """Return a reply or a note. What comes in is the customer's; of what goes out, the private is for agents alone."""
    incoming, private = entry.at("incoming"), entry.at("private")
    for needed in (incoming, private):
        if needed.absent:
            needed.refuse(TRUE_OR_FALSE)
    by_customer, is_private = incoming.flag(default=False), private.flag(default=True)
    entry_id = f"conversation:{entry.at('id').identifier()}"
    at = entry.at("created_at").instant()
    words = _words(entry, "body_text", "body")
    internal = is_private and not by_customer
    kind = EventKind.REPLIED if by_customer else EventKind.NOTED if internal else EventKind.ANSWERED
    if not words:
        return TicketEvent(entry_id, ticket_id, EventKind.CHANGED, at)
    message = Message(
        id=entry_id,
        author=Author.CUSTOMER if by_customer else Author.AGENT,
        body=words,
        sent_at=at,
        public=not internal,
        note_ref=note_ref(words) if internal else None,
    )
    return TicketEvent(entry_id, ticket_id, kind, at, messages=(message,))


def _words(entry: Reader, plain: str, markup: str) -> str:
    """Return a text as people read it, with a line for each file that came with it."""
    text = entry.at(plain).maybe_text(MAX_BODY) or entry.at(markup).maybe_text(MAX_BODY * 4) or ""
    names = [each.at("name").maybe_text() or "" for each in entry.at("attachments").items()]
    return cut(with_attachments(to_text(text) if looks_like_html(text) else text, names).strip(), MAX_BODY)


def _requester(ticket: Reader, person: Reader) -> Requester | None:
    """Return who asks. The id is the ticket's: an event's own requester may lack it."""
    requester = Requester(
        external_id=ticket.at("requester_id").maybe_identifier() or person.at("id").maybe_identifier(),
        name=person.at("name").maybe_text(),
        email=person.at("email").maybe_text(),
        phone=_number_told(person.at("phone")) or _number_told(person.at("mobile")),
    )
    return requester if requester.external_id or requester.email or requester.phone else None


def _number_told(reader: Reader) -> str | None:
    """Return a telephone number; Freshdesk's own examples have it as a text and as a number."""
    return str(reader.integer()) if isinstance(reader.value, int) else reader.maybe_text()


def _status(reader: Reader) -> TicketStatus | None:
    return None if reader.absent else STATUSES.get(reader.integer(), TicketStatus.OPEN)


def _numbered(reader: Reader, meanings: Mapping[int, T]) -> T | None:
    return None if reader.absent else meanings.get(reader.integer())
