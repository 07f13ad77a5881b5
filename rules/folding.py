"""From the events of a ticket, in whatever order and however often they came, to the ticket.

Helpdesks deliver late, twice and out of order. Everything here goes by when things happened, never by when we heard:
the same set of events gives the same ticket, whatever their order, their batches or their repetitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

from rules.model import (
    Author,
    EventKind,
    Message,
    Requester,
    Ticket,
    TicketChanges,
    TicketEvent,
    TicketStatus,
)

TICKET_TEXT: Final = "ticket"
"""The `message_id` of subject and description, which are nobody's message in most helpdesks."""


def saying(*names: str) -> Callable[[object], dict[str, Any]]:
    """Return what reads those of the named attributes of a thing that are not None, by name."""
    values_of = attrgetter(*names)

    def said(thing: object) -> dict[str, Any]:
        return {name: value for name, value in zip(names, values_of(thing), strict=True) if value is not None}

    return said


_said_in: Final = saying(*(field.name for field in fields(TicketChanges) if field.name != "opened_at"))
_known_of: Final = saying(*(field.name for field in fields(Requester)))


class CustomerText(NamedTuple):
    """One thing the customer wrote."""

    message_id: str
    text: str


def fold(events: Iterable[TicketEvent]) -> Ticket:
    """Return the ticket that its events together describe.

    Events with the same id count once. A field has the value of the latest event that says it; of events of the same
    instant the one with the greater id is the later. Raise ValueError for no event, or for events of several tickets.
    """
    ordered = in_order(events)
    if not ordered:
        raise ValueError("a ticket is folded from at least one event")
    if len({event.ticket_id for event in ordered}) > 1:
        raise ValueError("these events are of several tickets: fold each ticket's apart")
    said = _latest_said(ordered)
    messages = _messages(ordered)
    opened_at = _opened_at(ordered)
    return Ticket(
        id=ordered[0].ticket_id,
        requester=_requester(ordered),
        messages=messages,
        opened_at=opened_at,
        updated_at=ordered[-1].occurred_at,
        first_answer_at=_first_answer_at(messages, opened_at),
        reopen_count=_reopen_count(ordered),
        **said,
    )


def in_order(events: Iterable[TicketEvent]) -> Sequence[TicketEvent]:
    """Return each event once, by when it occurred, then by id."""
    by_id: dict[str, TicketEvent] = {}
    for event in events:
        known = by_id.get(event.id)
        # One id, two contents is a helpdesk's fault; which of them counts must still not depend on the order.
        if known is None or (event != known and _whole(event) > _whole(known)):
            by_id[event.id] = event
    return sorted(by_id.values(), key=lambda event: (event.occurred_at, event.id))


def _whole(event: TicketEvent) -> tuple[datetime, str]:
    """Return something to order two different events of the same id by. Sets have no order of their own."""
    tags = event.changes.tags
    return event.occurred_at, repr(
        (
            sorted(tags) if tags is not None else None,
            replace(event.changes, tags=None),
            event.kind,
            event.ticket_id,
            event.requester,
            event.messages,
        )
    )


def _latest_said(ordered: Sequence[TicketEvent]) -> Mapping[str, Any]:
    said: dict[str, Any] = {}
    for event in ordered:
        said |= _said_in(event.changes)
    return said


def _requester(ordered: Sequence[TicketEvent]) -> Requester | None:
    """Unite what the events say of the requester, field by field, the latest that says it."""
    known: dict[str, str] = {}
    told = False
    for event in ordered:
        if event.requester is not None:
            told = True
            known |= _known_of(event.requester)
    return Requester(**known) if told else None


def _messages(ordered: Sequence[TicketEvent]) -> tuple[Message, ...]:
    """Return each message once, as the latest event tells it, by when it was sent, then by id."""
    by_id = {message.id: message for event in ordered for message in event.messages}
    return tuple(sorted(by_id.values(), key=lambda message: (message.sent_at, message.id)))


def _opened_at(ordered: Sequence[TicketEvent]) -> datetime | None:
    """Return the earliest instant that an event names, or at which it opened the ticket; None when none does."""
    instants = [event.changes.opened_at for event in ordered if event.changes.opened_at is not None]
    instants += [event.occurred_at for event in ordered if event.kind is EventKind.OPENED]
    return min(instants, default=None)


def _first_answer_at(messages: Sequence[Message], opened_at: datetime | None) -> datetime | None:
    """Return when an agent first wrote to the customer after the opening; what opened the ticket answers nothing."""
    return next(
        (
            message.sent_at
            for message in messages
            if message.public and message.author is Author.AGENT and (opened_at is None or message.sent_at > opened_at)
        ),
        None,
    )


def _reopen_count(ordered: Sequence[TicketEvent]) -> int:
    """Count how often the ticket was over, and then was not."""
    count = 0
    before: TicketStatus | None = None
    for event in ordered:
        status = event.changes.status
        if status is None:
            continue
        if before is not None and not before.is_open and status.is_open:
            count += 1
        before = status
    return count


def customer_texts(ticket: Ticket) -> tuple[CustomerText, ...]:
    """Return what the customer said, oldest first: subject and description, then their own public messages.

    A message that repeats the description is not read twice. A description that an agent wrote (the helpdesk copies
    the first message there) is left out, unless nothing of the customer is there: an agent then wrote it for them.
    """
    own = [message for message in ticket.messages if message.public and message.author is Author.CUSTOMER]
    described = _shape(ticket.description)
    description = ticket.description
    if described and own and not any(_shape(message.body) == described for message in own):
        others = (message for message in ticket.messages if message.author is not Author.CUSTOMER)
        if any(_shape(message.body) == described for message in others):
            description = ""
    opening = "\n\n".join(part for part in (ticket.subject, description) if part.strip())
    texts = [CustomerText(TICKET_TEXT, opening)] if opening else []
    repeated = False
    for message in own:
        if described and description and not repeated and _shape(message.body) == described:
            repeated = True
            continue
        if message.body.strip():
            texts.append(CustomerText(message.id, message.body))
    return tuple(texts)


def _shape(text: str) -> str:
    """Return the text as it compares: helpdesks wrap and trim it their own ways."""
    return " ".join(text.split())
