"""What a Help Scout delivery says happened. `fixtures/` are the specification.

A header names the event; the body is the conversation (or the rating) as it then was, with or without its threads.
Without them they are fetched, newest first. The opening and each thread have ids of their own, the same in every
delivery. The header is not signed: it only tells what kind of body this is, and that a note was added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, digest, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import Author, Channel, EventKind, Message, Requester, TicketChanges, TicketEvent, TicketStatus
from rules.text import Text

EVENT: Final = "X-HelpScout-Event"
RATING: Final = "satisfaction.ratings"
NOTED: Final = "convo.note.created"
EVENTS: Final = frozenset(
    {
        "convo.created",
        "convo.customer.reply.created",
        "convo.agent.reply.created",
        NOTED,
        "convo.status",
        "convo.assigned",
        "convo.moved",
        "convo.tags",
        "convo.custom-fields",
    }
)
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "active": TicketStatus.OPEN,
        "open": TicketStatus.OPEN,
        "pending": TicketStatus.PENDING,
        "closed": TicketStatus.CLOSED,
        "spam": TicketStatus.CLOSED,
    }
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {"chat": Channel.CHAT, "email": Channel.EMAIL, "phone": Channel.PHONE}
)
AUTHORS: Final[Mapping[str, Author]] = MappingProxyType({"customer": Author.CUSTOMER, "user": Author.AGENT})
KINDS: Final[Mapping[Author, EventKind]] = MappingProxyType(
    {Author.AGENT: EventKind.ANSWERED, Author.CUSTOMER: EventKind.REPLIED, Author.SYSTEM: EventKind.CHANGED}
)
NOTE: Final = "note"
PUBLISHED: Final = "published"
CSAT: Final[Mapping[str, int]] = MappingProxyType({"great": 5, "okay": 3, "not_good": 1, "bad": 1})
"""Help Scout asks with three faces, and has called the third by two names; the rules count from 1 to 5."""
_NO_OFFSET: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return the threads of a conversation that came without them."""
    del installation
    if _event(delivery) == RATING:
        return []
    root = Reader(delivery.payload)
    if not root.at("_embedded").at("threads").absent:
        return []
    number = root.at("id").identifier()
    if _threads_of(number) in delivery.documents:
        return []
    return [Resource(_threads_of(number), f"/v2/conversations/{quote(number, safe='')}/threads")]


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened."""
    del installation
    if _event(delivery) == RATING:
        return [_rated(Reader(delivery.payload))]
    root = Reader(delivery.payload)
    number = root.at("id").identifier()
    threads, whole = _threads(delivery, root, number)
    said = _said(number, threads)
    if _event(delivery) == NOTED and said and said[-1].messages[0].note_ref is not None:
        return said[-1:]  # our own note: nothing else happened, and nothing may start from it
    requester = _requester(root, threads)
    events = [_opening(number, root, said, requester)] if whole else []
    opening = said[0].id if whole and said and said[0].messages[0].author is Author.CUSTOMER else None
    others = [event for event in said if event.id != opening]
    return [*events, *others, _state(number, root, threads, delivery.received_at, requester)]


# --- what came ----------------------------------------------------------------------------------


def _event(delivery: Delivery) -> str:
    event = delivery.header(EVENT)
    if not event:
        raise PayloadInvalid(
            Text(
                f"falta o cabeçalho {EVENT}: ele diz o que aconteceu",
                f"the header {EVENT} is missing: it says what happened",
            )
        )
    if event not in EVENTS and event != RATING:
        raise EventUnsupported(event)
    return event


def _threads_of(number: str) -> str:
    return f"threads:{number}"


def _threads(delivery: Delivery, root: Reader, number: str) -> tuple[list[Reader], bool]:
    """Return the threads that customers or colleagues can read, oldest first, and whether these are all."""
    source = root
    if root.at("_embedded").at("threads").absent:
        if _threads_of(number) not in delivery.documents:
            raise PayloadInvalid(
                Text(
                    "as mensagens não vieram e é preciso buscá-las: o tenant precisa de --api-url",
                    "the threads are not there and have to be fetched: the tenant needs --api-url",
                )
            )
        source = Reader(delivery.documents[_threads_of(number)], "threads")
    found = [each for each in source.at("_embedded").at("threads").items() if _is_published(each)]
    pages = source.at("page").at("totalPages")
    whole = not source.absent and (pages.absent or pages.integer() <= 1)
    return sorted(found, key=_order), whole


def _order(thread: Reader) -> tuple[datetime, int, str]:
    """Return when a thread was written, then its number: of two in the same second the greater is the later."""
    number = thread.at("id").identifier()
    return thread.at("createdAt").instant(), len(number), number


def _is_published(thread: Reader) -> bool:
    state = thread.at("state").maybe_text()
    return state is None or state == PUBLISHED


# --- the events ---------------------------------------------------------------------------------


def _said(number: str, threads: Sequence[Reader]) -> list[TicketEvent]:
    """Return an event for every thread with words; line items only say what the state tells anyway."""
    events = []
    for thread in threads:
        body = _body(thread)
        if not body:
            continue
        author = thread.at("createdBy").at("type").known_word(AUTHORS) or Author.SYSTEM
        internal = thread.at("type").text() == NOTE
        message = Message(
            id=f"thread:{thread.at('id').identifier()}",
            author=author,
            body=body,
            sent_at=thread.at("createdAt").instant(),
            public=not internal,
            note_ref=note_ref(body) if internal and author is not Author.CUSTOMER else None,
        )
        kind = EventKind.NOTED if internal else KINDS[author]
        events.append(TicketEvent(message.id, number, kind, message.sent_at, messages=(message,)))
    return events


def _opening(number: str, root: Reader, said: Sequence[TicketEvent], requester: Requester | None) -> TicketEvent:
    """Return the opening; its text is the first thread, when a customer wrote it."""
    opened_at = root.at("createdAt").instant()
    first = said[0].messages[0] if said else None
    changes = TicketChanges(
        subject=root.at("subject").maybe_text(MAX_SUBJECT),
        description=first.body if first is not None and first.author is Author.CUSTOMER else None,
        channel=root.at("type").known_word(CHANNELS),
        opened_at=opened_at,
    )
    return TicketEvent(f"conversation:{number}:opened", number, EventKind.OPENED, opened_at, changes, requester)


def _state(
    number: str, root: Reader, threads: Sequence[Reader], received_at: datetime, requester: Requester | None
) -> TicketEvent:
    """Return the present state. Not every change of it has a time; of two at the same time, the later received wins."""
    deleted = root.at("state").maybe_text() == "deleted"
    changes = TicketChanges(
        subject=root.at("subject").maybe_text(MAX_SUBJECT),
        status=TicketStatus.CLOSED if deleted else root.at("status").known_word(STATUSES),
        tags=_tags(root),
        assignee=root.at("assignee").at("id").maybe_identifier(),
        group=root.at("mailboxId").maybe_identifier(),
        opened_at=root.at("createdAt").instant(),
    )
    times = [root.at(name).maybe_instant() for name in ("createdAt", "userUpdatedAt", "closedAt")]
    times += [thread.at("createdAt").instant() for thread in threads]
    at = max(time for time in times if time is not None)
    known = [changes.status, sorted(changes.tags or ()), changes.assignee, changes.group, changes.subject]
    name = f"state:{received_at.isoformat()}:{digest([*known, at.isoformat()])}"
    return TicketEvent(name, number, EventKind.CHANGED, at, changes, requester)


def _rated(root: Reader) -> TicketEvent:
    rating = root.at("rating").text().strip().lower().replace(" ", "_")
    if rating not in CSAT:
        raise PayloadInvalid(
            Text(f"uma nota é um destes valores: {', '.join(CSAT)}", f"a rating is one of {', '.join(CSAT)}"),
            path="rating",
        )
    conversation = root.at("conversationId") if not root.at("conversationId").absent else root.at("ticketId")
    at = _utc(root.at("modifiedAt")) or _utc(root.at("createdAt")) or root.at("createdAt").instant()
    words = root.at("comments").maybe_text(MAX_BODY)
    name = f"rating:{root.at('id').identifier()}:{digest([rating, words])}"
    said = (Message(name, Author.CUSTOMER, words, at),) if words else ()
    number = conversation.identifier()
    return TicketEvent(name, number, EventKind.RATED, at, TicketChanges(csat=CSAT[rating]), messages=said)


# --- their parts --------------------------------------------------------------------------------


def _body(thread: Reader) -> str:
    text = thread.at("body").maybe_text(MAX_BODY * 4) or ""
    files = thread.at("_embedded").at("attachments").items()
    names = [each.at("filename").maybe_text() or each.at("fileName").maybe_text() or "" for each in files]
    plain = to_text(text) if looks_like_html(text) else text
    return cut(with_attachments(cut(plain, MAX_BODY).strip(), names), MAX_BODY)


def _tags(root: Reader) -> frozenset[str] | None:
    tags = root.at("tags")
    return None if tags.absent else frozenset(tag.at("tag").text() for tag in tags.items())


def _requester(root: Reader, threads: Sequence[Reader]) -> Requester | None:
    """Return the primary customer; name and mail from wherever the same person is told of."""
    primary = root.at("primaryCustomer")
    own = primary.at("id").maybe_identifier()
    if own is None:
        return None
    people = [primary, root.at("createdBy"), *(thread.at("customer") for thread in threads)]
    same = [each for each in people if each.at("id").maybe_identifier() == own]
    names = [[each.at("first").maybe_text(), each.at("last").maybe_text()] for each in same]
    told = [" ".join(part.strip() for part in parts if part) for parts in names]
    return Requester(
        external_id=own,
        name=next((name for name in told if name), None),
        email=next((found for each in same if (found := each.at("email").maybe_text())), None),
    )


def _utc(reader: Reader) -> datetime | None:
    """Return a time of a rating: Help Scout writes them in UTC, and without saying so."""
    value = reader.value
    if isinstance(value, str) and _NO_OFFSET.fullmatch(value.strip()):
        return Reader(f"{value.strip()}+00:00", reader.path).instant()
    return reader.maybe_instant()
