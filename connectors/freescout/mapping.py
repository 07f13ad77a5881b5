"""What a FreeScout delivery says happened. `fixtures/` are the specification.

A delivery holds a conversation without its threads (FreeScout's word for messages), and the header that would name its
event is not documented. So it only says that something happened to a conversation, which is read from the API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, digest, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import EventUnsupported
from rules.model import Author, Channel, EventKind, Message, Requester, TicketChanges, TicketEvent, TicketStatus
from rules.text import Text

STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "active": TicketStatus.OPEN,
        "pending": TicketStatus.PENDING,
        "closed": TicketStatus.CLOSED,
        "spam": TicketStatus.CLOSED,
    }
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {"email": Channel.EMAIL, "phone": Channel.PHONE, "chat": Channel.CHAT}
)
KINDS: Final[Mapping[str, EventKind]] = MappingProxyType(
    {"customer": EventKind.REPLIED, "message": EventKind.ANSWERED, "note": EventKind.NOTED}
)
"""The types of threads that hold somebody's words."""
PUBLISHED: Final = "published"
THREADS: Final = MappingProxyType({"embed": "threads"})


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return the conversation that the delivery names, until it is there."""
    del installation
    number = Reader(delivery.payload).at("id").identifier()
    name = f"conversation:{number}"
    return () if name in delivery.documents else [Resource(name, path_of(number), THREADS)]


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the threads as events, oldest first, and what the conversation is like now."""
    del installation
    number = Reader(delivery.payload).at("id").identifier()
    name = f"conversation:{number}"
    if delivery.documents.get(name) is None:
        raise EventUnsupported("conversation", Text("não existe mais", "not there any more"))
    root = Reader(delivery.documents[name], name)
    requester, opened_at = _requester(root.at("customer")), root.at("createdAt").instant()
    known = [_message(each) for each in root.at("_embedded").at("threads").items() if _holds_words(each)]
    said = sorted((each for each in known if each[1].body), key=lambda each: (each[1].sent_at, each[1].id))
    first = said[0][1] if said else None
    describes = first is not None and first.author is Author.CUSTOMER
    opening = TicketChanges(
        subject=root.at("subject").maybe_text(MAX_SUBJECT),
        description=first.body if first is not None and describes else None,
        channel=root.at("type").known_word(CHANNELS),
        opened_at=opened_at,
    )
    rest = said[1:] if describes else said
    return [
        TicketEvent(f"conversation:{number}:opened", number, EventKind.OPENED, opened_at, opening, requester),
        *(
            TicketEvent(f"thread:{message.id}", number, kind, message.sent_at, messages=(message,))
            for kind, message in rest
        ),
        _state(number, root, requester),
    ]


def path_of(number: str) -> str:
    """Return where the API has a conversation."""
    return f"/api/conversations/{quote(number, safe='')}"


def _state(number: str, root: Reader, requester: Requester | None) -> TicketEvent:
    at = root.at("updatedAt").maybe_instant() or root.at("createdAt").instant()
    tags = root.at("_embedded").at("tags")
    changes = TicketChanges(
        subject=root.at("subject").maybe_text(MAX_SUBJECT),
        status=root.at("status").known_word(STATUSES),
        tags=None if tags.absent else frozenset(each.at("name").text() for each in tags.items()),
        assignee=root.at("assignee").at("id").maybe_identifier(),
        group=root.at("mailboxId").maybe_identifier(),
    )
    said = [changes.subject, changes.status, sorted(changes.tags or ()), changes.assignee, changes.group]
    id_ = f"state:{digest([*said, at.isoformat()])}"
    return TicketEvent(id_, number, EventKind.CHANGED, at, changes, requester)


def _holds_words(thread: Reader) -> bool:
    state = thread.at("state").maybe_text()
    return thread.at("type").known_word(KINDS) is not None and state in {None, PUBLISHED}


def _message(thread: Reader) -> tuple[EventKind, Message]:
    kind = thread.at("type").word(KINDS) or EventKind.CHANGED
    body = _words(thread)
    message = Message(
        id=thread.at("id").identifier(),
        author=Author.CUSTOMER if kind is EventKind.REPLIED else Author.AGENT,
        body=body,
        sent_at=thread.at("createdAt").instant(),
        public=kind is not EventKind.NOTED,
        note_ref=note_ref(body) if kind is EventKind.NOTED else None,
    )
    return kind, message


def _words(thread: Reader) -> str:
    """Return a thread's text, HTML as text, with a line for each file that came with it."""
    text = thread.at("body").maybe_text(MAX_BODY * 4) or ""
    plain = cut(to_text(text) if looks_like_html(text) else text, MAX_BODY)
    files = thread.at("_embedded").at("attachments").items()
    return with_attachments(plain, [each.at("fileName").maybe_text() or "file" for each in files])


def _requester(customer: Reader) -> Requester | None:
    names = [customer.at("firstName").maybe_text(), customer.at("lastName").maybe_text()]
    requester = Requester(
        external_id=customer.at("id").maybe_identifier(),
        name=" ".join(each.strip() for each in names if each) or None,
        email=customer.at("email").maybe_text(),
    )
    return requester if requester.external_id or requester.email else None
