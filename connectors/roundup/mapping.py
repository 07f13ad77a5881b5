"""What a delivery of our detector (`tracker/detectors/sidecue.py`) says happened. `fixtures/` are the specification.

Every delivery holds the whole issue with its messages and notes. Each becomes one event whose id is the same in every
delivery, so that the store keeps it once; the issue's present state is one more event per delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, digest, note_ref
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

OPENED: Final = "issue.created"
EVENTS: Final = frozenset({OPENED, "message.added", "status.changed", "issue.assigned", "issue.changed"})
# Those of the template `classic`. Trackers have others of their own: the setting `statuses` says what these mean.
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "unread": TicketStatus.NEW,
        "deferred": TicketStatus.ON_HOLD,
        "chatting": TicketStatus.OPEN,
        "need-eg": TicketStatus.PENDING,
        "in-progress": TicketStatus.OPEN,
        "testing": TicketStatus.OPEN,
        "done-cbb": TicketStatus.SOLVED,
        "resolved": TicketStatus.SOLVED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {
        "critical": Priority.URGENT,
        "urgent": Priority.HIGH,
        "bug": Priority.NORMAL,
        "feature": Priority.LOW,
        "wish": Priority.LOW,
    }
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "email": Channel.EMAIL,
        "email-sig-openpgp": Channel.EMAIL,
        "rest": Channel.API,
        "web": Channel.WEB,
        "xmlrpc": Channel.API,
    }
)
"""Where a transaction came from, in Roundup's words."""
AGENT: Final = "agent"
ANONYMOUS: Final = "anonymous"
SIDES: Final[Mapping[str, Author]] = MappingProxyType(
    {AGENT: Author.AGENT, ANONYMOUS: Author.CUSTOMER, "customer": Author.CUSTOMER}
)
"""On which side of an issue somebody is, as the detector tells by their roles."""


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the messages and notes as events, oldest first, and what the issue is like now."""
    root = Reader(delivery.payload)
    name = root.at("event").text()
    if name not in EVENTS:
        raise EventUnsupported(name)
    issue = root.at("issue")
    number = issue.at("id").identifier()
    messages = [(each, _message(each)) for each in issue.at("messages").items()]
    said = sorted((each for each in messages if each[1].body), key=lambda each: _when(each[1]))
    requester = _requester([issue.at("creator"), *(told.at("author") for told, _ in said)])
    opened_at = issue.at("creation").instant()
    opening = TicketChanges(opened_at=opened_at)
    return [
        TicketEvent(f"issue:{number}:opened", number, EventKind.OPENED, opened_at, opening, requester),
        *(_said(number, message, describes=place == 0) for place, (_, message) in enumerate(said)),
        *(_noted(number, note) for note in issue.at("notes").items()),
        _state(number, root, {**STATUSES, **_told(installation)}, requester),
    ]


def _when(message: Message) -> tuple[datetime, int, str]:
    """Return what orders messages: of the same instant, the one with the smaller number came first."""
    return message.sent_at, len(message.id), message.id


def _state(number: str, root: Reader, statuses: Mapping[str, TicketStatus], requester: Requester | None) -> TicketEvent:
    issue, at = root.at("issue"), root.at("at").instant()
    changes = TicketChanges(
        subject=issue.at("title").maybe_text(MAX_SUBJECT),
        status=issue.at("status").known_word(statuses),
        priority=issue.at("priority").known_word(PRIORITIES),
        # Where a transaction came from is where the customer wrote only while the issue is made.
        channel=root.at("source").known_word(CHANNELS) if root.at("event").value == OPENED else None,
        tags=issue.at("keyword").texts(),
        assignee=issue.at("assignedto").maybe_identifier(),
    )
    said = [changes.subject, changes.status, changes.priority, sorted(changes.tags or ()), changes.assignee]
    id_ = f"state:{digest([*said, at.isoformat()])}"
    return TicketEvent(id_, number, EventKind.CHANGED, at, changes, requester)


def _said(number: str, message: Message, *, describes: bool) -> TicketEvent:
    """Return a message; the first one, when it is a customer's, as the description.

    An issue may be opened without words, so the description is an event of its own, and the opening another.
    """
    id_, at = f"msg:{message.id}", message.sent_at
    if message.author is Author.AGENT:
        return TicketEvent(id_, number, EventKind.ANSWERED, at, messages=(message,))
    if describes:
        return TicketEvent(id_, number, EventKind.OPENED, at, TicketChanges(description=message.body))
    return TicketEvent(id_, number, EventKind.REPLIED, at, messages=(message,))


def _noted(number: str, note: Reader) -> TicketEvent:
    """Return a note, which customers do not see: ours, or one that an administrator made by hand."""
    body, at = note.at("text").maybe_text(MAX_BODY) or "", note.at("creation").instant()
    message = Message(
        id=f"note:{note.at('id').identifier()}",
        author=Author.AGENT,
        body=body,
        sent_at=at,
        public=False,
        note_ref=note_ref(body),
    )
    return TicketEvent(message.id, number, EventKind.NOTED, at, messages=(message,))


def _message(told: Reader) -> Message:
    """Return a message, which is public: Roundup has no others."""
    side = told.at("author").at("by").word(SIDES) or Author.CUSTOMER
    return Message(id=told.at("id").identifier(), author=side, body=_words(told), sent_at=told.at("date").instant())


def _words(told: Reader) -> str:
    """Return a message's text, HTML as text, with a line for each file that came with it."""
    text = told.at("content").maybe_text(MAX_BODY * 4) or ""
    marked_up = told.at("type").maybe_text() == "text/html" or looks_like_html(text)
    names = [each.maybe_text() or "file" for each in told.at("files").items()]
    return with_attachments(cut(to_text(text) if marked_up else text, MAX_BODY), names)


def _requester(people: Sequence[Reader]) -> Requester | None:
    """Return the customer who opened the issue, or the first who wrote on it: agents open issues for others."""
    for person in people:
        if person.absent or person.at("by").maybe_text() in {AGENT, ANONYMOUS}:
            continue
        found = Requester(
            external_id=person.at("id").maybe_identifier(),
            name=person.at("name").maybe_text(),
            email=person.at("address").maybe_text(),
            phone=person.at("phone").maybe_text(),
        )
        if found.external_id or found.email or found.phone:
            return found
    return None


def _told(installation: Installation) -> dict[str, TicketStatus]:
    """Return what the statuses mean that the admin told. What is no status of ours is passed over."""
    return statuses_of(installation.settings.get("statuses", "").lower())
