"""What a HubSpot delivery says happened. `fixtures/` are the specification.

A delivery is a batch of ids. Tickets, their contacts, and messages with their threads are fetched; each ticket of a
batch is told once, as it is when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, digest, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from connectors.settings import statuses_of
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
from rules.text import Text

TICKET_EVENTS: Final = frozenset({"ticket.creation", "ticket.propertyChange"})
PORTAL: Final = "portal_id"
"""The setting that tells the tenant's HubSpot account, where one app serves several."""
MESSAGE_EVENT: Final = "conversation.newMessage"
TICKET_PROPERTIES: Final = (
    "subject",
    "content",
    "hs_pipeline_stage",
    "hs_ticket_priority",
    "source_type",
    "hubspot_owner_id",
    "createdate",
    "hs_lastmodifieddate",
)
CONTACT_PROPERTIES: Final = ("firstname", "lastname", "email", "phone")

STAGES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"1": TicketStatus.NEW, "2": TicketStatus.PENDING, "3": TicketStatus.OPEN, "4": TicketStatus.CLOSED}
)
"""The stages of the support pipeline that every account begins with; an account's own are told by `stages`."""
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"low": Priority.LOW, "medium": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}
)
# Accounts may have sources of their own; one that is not here is simply not known.
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {"chat": Channel.CHAT, "email": Channel.EMAIL, "form": Channel.WEB, "phone": Channel.PHONE}
)


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one batch says happened; nothing for what HubSpot no longer has."""
    stages, documents = _stages(installation), delivery.documents
    tickets, messages = _named(delivery, installation)
    events: list[TicketEvent] = []
    for ticket_id in tickets:
        ticket = _document(documents, f"ticket:{ticket_id}")
        if not ticket.absent:
            events += _ticket(ticket_id, ticket, documents, stages)
    for thread_id, message_id in messages:
        events += _message(thread_id, message_id, documents)
    return events


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return the tickets, threads and messages that a batch names, then the tickets' contacts."""
    documents = delivery.documents
    tickets, messages = _named(delivery, installation)
    wanted: dict[str, Resource] = {}
    for ticket_id in tickets:
        name = f"ticket:{ticket_id}"
        query = {"properties": ",".join(TICKET_PROPERTIES), "associations": "contacts"}
        wanted[name] = Resource(name, f"/crm/v3/objects/tickets/{_quoted(ticket_id)}", query)
        contact_id = _contact_id(_document(documents, name))
        if contact_id is not None:
            query = {"properties": ",".join(CONTACT_PROPERTIES)}
            path = f"/crm/v3/objects/contacts/{_quoted(contact_id)}"
            wanted[f"contact:{contact_id}"] = Resource(f"contact:{contact_id}", path, query)
    for thread_id, message_id in messages:
        path = f"/conversations/v3/conversations/threads/{_quoted(thread_id)}"
        name = f"thread:{thread_id}"
        wanted[name] = Resource(name, path, {"association": "TICKET"})
        name = f"message:{thread_id}:{message_id}"
        wanted[name] = Resource(name, f"{path}/messages/{_quoted(message_id)}")
    return [each for name, each in wanted.items() if name not in documents]


def _named(delivery: Delivery, installation: Installation) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the tickets and messages (by thread) that a batch names, each once.

    Pass over what is not used, and what happened in an account that is not this tenant's.
    """
    portal = installation.settings.get(PORTAL)
    tickets: dict[str, None] = {}
    messages: dict[tuple[str, str], None] = {}
    unused: list[str] = []
    for item in Reader(delivery.batch, "batch").items():
        kind = item.at("subscriptionType").text()
        if portal and item.at("portalId").maybe_identifier() != portal:
            continue
        if kind in TICKET_EVENTS:
            tickets[item.at("objectId").identifier()] = None
        elif kind == MESSAGE_EVENT:
            messages[item.at("objectId").identifier(), item.at("messageId").identifier()] = None
        else:
            unused.append(kind)
    if unused and not tickets and not messages:
        raise EventUnsupported(unused[0])
    return list(tickets), list(messages)


def _document(documents: Mapping[str, object], name: str) -> Reader:
    return Reader(documents.get(name), name)


def _quoted(identifier: str) -> str:
    return quote(identifier, safe="")


# --- tickets ------------------------------------------------------------------------------------


def _ticket(
    ticket_id: str, ticket: Reader, documents: Mapping[str, object], stages: Mapping[str, TicketStatus]
) -> Iterator[TicketEvent]:
    """Yield the opening and the present state, each with an id that a repetition shares."""
    told = ticket.at("properties")
    opened_at = told.at("createdate").instant()
    updated_at = told.at("hs_lastmodifieddate").maybe_instant() or opened_at
    requester = _requester(ticket, documents)
    yield TicketEvent(
        id=f"ticket:{ticket_id}:opened",
        ticket_id=ticket_id,
        kind=EventKind.OPENED,
        occurred_at=opened_at,
        changes=TicketChanges(
            description=_plain(told.at("content")) or None,
            channel=told.at("source_type").known_word(CHANNELS),
            opened_at=opened_at,
        ),
        requester=requester,
    )
    stage = told.at("hs_pipeline_stage").maybe_identifier()
    state = TicketChanges(
        subject=told.at("subject").maybe_text(MAX_SUBJECT),
        status=None if stage is None else stages.get(stage, TicketStatus.OPEN),
        priority=told.at("hs_ticket_priority").known_word(PRIORITIES),
        assignee=told.at("hubspot_owner_id").maybe_identifier(),
    )
    said = [updated_at.isoformat(), state.subject, state.status, state.priority, state.assignee]
    yield TicketEvent(
        id=f"state:{digest(said)}",
        ticket_id=ticket_id,
        kind=EventKind.CHANGED,
        occurred_at=updated_at,
        changes=state,
        requester=requester,
    )


def _stages(installation: Installation) -> Mapping[str, TicketStatus]:
    """Return what each stage means: the tenant's `stages` before HubSpot's own. What is no status is passed over."""
    return {**STAGES, **statuses_of(installation.settings.get("stages", ""))}


def _contact_id(ticket: Reader) -> str | None:
    contacts = ticket.at("associations").at("contacts").at("results").items()
    return contacts[0].at("id").maybe_identifier() if contacts else None


def _requester(ticket: Reader, documents: Mapping[str, object]) -> Requester | None:
    contact_id = _contact_id(ticket)
    if contact_id is None:
        return None
    told = _document(documents, f"contact:{contact_id}").at("properties")
    names = [told.at(part).maybe_text() for part in ("firstname", "lastname")]
    return Requester(
        external_id=contact_id,
        name=" ".join(name for name in names if name) or None,
        email=told.at("email").maybe_text(),
        phone=told.at("phone").maybe_text(),
    )


# --- messages of the inbox and the help desk ----------------------------------------------------


def _message(thread_id: str, message_id: str, documents: Mapping[str, object]) -> Iterator[TicketEvent]:
    """Yield a message of a thread that belongs to a ticket; nothing for other threads and for what is no message."""
    thread = _document(documents, f"thread:{thread_id}")
    entry = _document(documents, f"message:{thread_id}:{message_id}")
    ticket_id = thread.at("threadAssociations").at("associatedTicketId").maybe_identifier()
    kind = None if entry.absent else entry.at("type").text()
    if ticket_id is None or kind not in ("MESSAGE", "COMMENT"):
        return
    internal = kind == "COMMENT"
    by_customer = not internal and entry.at("direction").word({"incoming": True, "outgoing": False})
    if by_customer is None:
        entry.at("direction").refuse(Text("INCOMING ou OUTGOING", "INCOMING or OUTGOING"))
    text = _plain(entry.at("text")) or _plain(entry.at("richText"))
    body = cut(with_attachments(text, _file_names(entry)), MAX_BODY)
    if not body:
        return
    at = entry.at("createdAt").instant()
    message = Message(
        id=f"message:{message_id}",
        author=Author.CUSTOMER if by_customer else Author.AGENT,
        body=body,
        sent_at=at,
        public=not internal,
        note_ref=note_ref(body) if internal else None,
    )
    told = EventKind.REPLIED if by_customer else EventKind.NOTED if internal else EventKind.ANSWERED
    yield TicketEvent(message.id, ticket_id, told, at, messages=(message,))


def _file_names(entry: Reader) -> list[str]:
    return [each.at("name").maybe_text() or "" for each in entry.at("attachments").items()]


def _plain(reader: Reader) -> str:
    text = reader.maybe_text(MAX_BODY * 4) or ""
    return cut(to_text(text) if looks_like_html(text) else text, MAX_BODY).strip()
