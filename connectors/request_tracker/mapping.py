"""What a post of the scrip says happened. `fixtures/` are the specification; `scrip.pl` writes it.

It holds the ticket as it is now, under `cause` the transaction (RT's word for each thing that happens to a ticket) that
set the scrip off, and under `messages` those with words that Sidecue has not taken yet. A transaction has the same id
wherever it comes again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, digest, note_ref
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

STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "new": TicketStatus.NEW,
        "open": TicketStatus.OPEN,
        "stalled": TicketStatus.PENDING,
        "resolved": TicketStatus.SOLVED,
        "rejected": TicketStatus.CLOSED,
        "deleted": TicketStatus.CLOSED,
    }
)
STATUS_KINDS: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"initial": TicketStatus.NEW, "active": TicketStatus.OPEN, "inactive": TicketStatus.SOLVED}
)
"""What a status of a lifecycle of the admin's own is: RT itself sorts each into one of the three."""
LOW_BELOW: Final = 25
HIGH_FROM: Final = 75
"""RT calls 0 low, 50 medium and 100 high; what lies between counts as the nearest."""
CREATE, CORRESPOND, COMMENT = "create", "correspond", "comment"
MESSAGES: Final[Mapping[str, str]] = MappingProxyType({each: each for each in (CREATE, CORRESPOND, COMMENT)})
MERGES: Final = "AddLink"
ITSELF: Final = "RT_System"
"""The name of the user in whose name RT acts by itself: nobody's words."""


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the messages as events, oldest first, and what the ticket is like now.

    Our own comment that comes back alone brings nothing but itself.
    """
    root = Reader(delivery.payload)
    ticket = root.at("ticket")
    number = ticket.at("id").identifier()
    requestors = ticket.at("requestors").items()
    customers = frozenset(each.at("id").identifier() for each in requestors)
    requester = _requester(requestors[0]) if requestors else None
    events, ours = [], set()
    for each in root.at("messages").items():
        if _type(each) == CREATE and each.at("ticket").identifier() == number:
            events.append(_opening(number, ticket, each, requester, customers))
            continue
        message = _message(each, customers)
        if message.note_ref is not None:
            ours.add(message.id)
        if message.body:
            id_, kind = f"transaction:{message.id}", _kind(message)
            events.append(TicketEvent(id_, number, kind, message.sent_at, messages=(message,)))
    cause = root.at("cause")
    if cause.at("id").identifier() in ours:
        return events
    events.append(_state(number, ticket, cause, requester, installation.settings))
    if cause.at("type").text() == MERGES:
        events += [_merged(each.identifier(), cause) for each in ticket.at("merged").items()]
    return events


def _opening(
    number: str, ticket: Reader, created: Reader, requester: Requester | None, customers: AbstractSet[str]
) -> TicketEvent:
    """Return the opening. Its words are what the ticket is about, also where an agent typed what a customer told."""
    at = created.at("created").instant()
    changes = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        description=_words(created) or None,
        channel=_channel(created, customers),
        opened_at=at,
    )
    return TicketEvent(f"ticket:{number}:opened", number, EventKind.OPENED, at, changes, requester)


def _state(
    number: str, ticket: Reader, cause: Reader, requester: Requester | None, settings: Mapping[str, str]
) -> TicketEvent:
    fields = ticket.at("fields")
    products = _values(fields, settings.get("product_field"))
    changes = TicketChanges(
        subject=ticket.at("subject").maybe_text(MAX_SUBJECT),
        status=_status(ticket),
        priority=_priority(ticket.at("priority")),
        product=products[0] if products else None,
        tags=frozenset(_values(fields, settings["tags_field"])) if settings.get("tags_field") else None,
        assignee=ticket.at("owner").at("id").maybe_identifier(),
        group=ticket.at("queue").at("id").maybe_identifier(),
        opened_at=ticket.at("created").maybe_instant(),
    )
    said = [changes.subject, changes.status, changes.priority, changes.product, sorted(changes.tags or ())]
    id_ = f"state:{digest([*said, changes.assignee, changes.group, cause.at('id').identifier()])}"
    return TicketEvent(id_, number, EventKind.CHANGED, _moment(cause), changes, requester)


def _moment(cause: Reader) -> datetime:
    """Return when something was changed. RT's times are whole seconds; within one the transactions' numbers tell."""
    number = cause.at("id").identifier()
    later = int(number[-6:]) if number.isascii() and number.isdigit() else 0
    return cause.at("created").instant() + timedelta(microseconds=later)


def _merged(number: str, cause: Reader) -> TicketEvent:
    """Return that a ticket has gone: it was merged into the one that the delivery is about."""
    changes = TicketChanges(status=TicketStatus.CLOSED)
    return TicketEvent(f"ticket:{number}:merged", number, EventKind.CHANGED, _moment(cause), changes)


def _message(transaction: Reader, customers: AbstractSet[str]) -> Message:
    body, public = _words(transaction), _type(transaction) != COMMENT
    author = _author(transaction, customers)
    return Message(
        id=transaction.at("id").identifier(),
        author=author,
        body=body,
        sent_at=transaction.at("created").instant(),
        public=public,
        note_ref=None if public or author is Author.CUSTOMER else note_ref(body),
    )


def _type(transaction: Reader) -> str | None:
    return transaction.at("type").word(MESSAGES)


def _kind(message: Message) -> EventKind:
    if not message.public:
        return EventKind.NOTED
    if message.author is Author.CUSTOMER:
        return EventKind.REPLIED
    return EventKind.ANSWERED if message.author is Author.AGENT else EventKind.CHANGED


def _author(transaction: Reader, customers: AbstractSet[str]) -> Author:
    """Return who wrote: the customer is who asked, or anybody else who is no user with privileges.

    A colleague who asked is a customer in what all can read, and a colleague in comments. The words that opened a
    merged ticket are the customer's, as this one's are.
    """
    creator, type_ = transaction.at("creator"), _type(transaction)
    if type_ == CREATE:
        return Author.CUSTOMER
    if creator.at("name").maybe_text() == ITSELF:
        return Author.SYSTEM
    if not creator.at("privileged").flag(default=False):
        return Author.CUSTOMER
    asked = creator.at("id").maybe_identifier() in customers
    return Author.CUSTOMER if asked and type_ == CORRESPOND else Author.AGENT


def _channel(created: Reader, customers: AbstractSet[str]) -> Channel | None:
    """Return how the ticket came: by mail, or typed into RT's own pages by the one who asks."""
    interface = created.at("interface").maybe_text()
    if interface == "Email":
        return Channel.EMAIL
    asked = created.at("creator").at("id").maybe_identifier() in customers
    return Channel.WEB if asked and interface in {"Web", "Mobile"} else None


def _status(ticket: Reader) -> TicketStatus | None:
    return ticket.at("status").known_word(STATUSES) or ticket.at("status_kind").known_word(STATUS_KINDS)


def _priority(reader: Reader) -> Priority | None:
    """Return the priority; none for 0, which every ticket has that nobody gave one."""
    number = 0 if reader.absent else reader.integer()
    if number == 0:
        return None
    if number < LOW_BELOW:
        return Priority.LOW
    return Priority.HIGH if number >= HIGH_FROM else Priority.NORMAL


def _values(fields: Reader, name: str | None) -> list[str]:
    """Return the values of the custom field of this name; none where there is no such field."""
    found = [each.maybe_text() for each in fields.at(name).items()] if name else []
    return [value for value in found if value]


def _words(transaction: Reader) -> str:
    """Return a transaction's text, HTML as text, with a line for each file that came with it."""
    text = (transaction.at("content").maybe_text(MAX_BODY * 4) or "").strip()
    marked_up = transaction.at("content_type").maybe_text() == "text/html" or looks_like_html(text)
    names = [each.maybe_text() or "file" for each in transaction.at("files").items()]
    return with_attachments(cut(to_text(text) if marked_up else text, MAX_BODY), names)


def _requester(user: Reader) -> Requester:
    return Requester(
        external_id=user.at("id").identifier(),
        name=user.at("real_name").maybe_text(),
        email=user.at("email").maybe_text(),
    )
