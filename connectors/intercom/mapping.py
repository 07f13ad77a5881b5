"""What an Intercom notification says happened. `fixtures/` are the specification.

A notification holds the whole conversation or ticket as it then was, and the parts that were added. The opening, each
part and the rating have ids of their own, the same in every notification, so that the store keeps them once.
Bodies are HTML up to API version 2.14 and plain text since; times are unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, digest, note_ref
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

TICKET: Final = "ticket:"
"""What stands before a ticket's id, so that it is told from a conversation's: each has routes of its own in the API."""

STATES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"open": TicketStatus.OPEN, "snoozed": TicketStatus.ON_HOLD, "closed": TicketStatus.CLOSED}
)
CATEGORIES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "submitted": TicketStatus.NEW,
        "in_progress": TicketStatus.OPEN,
        "waiting_on_customer": TicketStatus.PENDING,
        "resolved": TicketStatus.SOLVED,
    }
)
"""A ticket's states are named by each workspace; these are the categories that they belong to."""
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"priority": Priority.HIGH, "not_priority": Priority.NORMAL}
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "conversation": Channel.MESSAGING,
        "email": Channel.EMAIL,
        "facebook": Channel.SOCIAL,
        "instagram": Channel.SOCIAL,
        "messenger": Channel.MESSAGING,
        "phone_call": Channel.PHONE,
        "phone_switch": Channel.PHONE,
        "sms": Channel.MESSAGING,
        "twitter": Channel.SOCIAL,
        "whatsapp": Channel.MESSAGING,
    }
)
AUTHORS: Final[Mapping[str, Author]] = MappingProxyType(
    {
        "admin": Author.AGENT,
        "team": Author.AGENT,
        "user": Author.CUSTOMER,
        "lead": Author.CUSTOMER,
        "contact": Author.CUSTOMER,
        "visitor": Author.CUSTOMER,
    }
)
"""Whoever is not here, a bot first of all, is nobody's person."""
KINDS: Final[Mapping[Author, EventKind]] = MappingProxyType(
    {Author.AGENT: EventKind.ANSWERED, Author.CUSTOMER: EventKind.REPLIED, Author.SYSTEM: EventKind.CHANGED}
)
NOTE: Final = "note"
"""How the types of internal parts begin: note, note_and_reopen."""
FOR_CUSTOMERS: Final = "customer"
"""The category of tickets that customers have; back-office and tracker tickets are the team's among itself."""
CSAT: Final = range(1, 6)


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one notification says happened."""
    del installation  # Intercom's notifications say all of it themselves
    root = Reader(delivery.payload)
    topic = root.at("topic").text()
    reader = TOPICS.get(topic)
    if reader is None:
        raise EventUnsupported(topic)
    return reader(root.at("data").at("item"))


def _of_conversation(item: Reader) -> list[TicketEvent]:
    number = item.at("id").identifier()
    source = item.at("source") if not item.at("source").absent else item.at("conversation_message")
    first_id = source.at("id").maybe_identifier()
    parts = item.at("conversation_parts").at("conversation_parts").items()
    # A tag is notified with the part that was tagged, which may be the opening itself.
    added = [part for part in parts if part.at("id").maybe_identifier() != first_id]
    said = _said(number, added)
    if _ours(said, parts):
        return said
    requester = _requester(item, [source, *parts])
    state = TicketChanges(
        status=_status(item),
        priority=item.at("priority").known_word(PRIORITIES),
        tags=_tags(item),
        assignee=_someone(item.at("admin_assignee_id")) or _assigned(item, "admin"),
        group=_someone(item.at("team_assignee_id")) or _assigned(item, "team"),
    )
    events = [_opening(number, item, source, requester), *said, _state(number, item, state, said, requester)]
    return events + _rating(number, item)


def _of_ticket(told: Reader) -> list[TicketEvent]:
    # ticket.closed tells what was closed, and within it the ticket; every other topic tells the ticket itself.
    item = told if told.at("ticket").absent else told.at("ticket")
    category = item.at("category").maybe_text()
    if category is not None and category.lower() != FOR_CUSTOMERS:
        raise EventUnsupported(f"ticket ({category})")
    number = TICKET + item.at("id").identifier()
    parts = item.at("ticket_parts").at("ticket_parts").items()
    said = _said(number, parts)
    if _ours(said, parts):
        return said
    requester = _requester(item, parts)
    opened_at, attributes = item.at("created_at").unix(), item.at("ticket_attributes")
    opening = TicketChanges(
        subject=attributes.at("_default_title_").maybe_text(MAX_SUBJECT),
        description=_plain(attributes.at("_default_description_"), MAX_BODY) or None,
        channel=item.at("channel").known_word(CHANNELS),
        opened_at=opened_at,
    )
    state = TicketChanges(
        status=_status_of_ticket(item),
        assignee=_someone(item.at("admin_assignee_id")),
        group=_someone(item.at("team_assignee_id")),
    )
    return [
        TicketEvent(f"{number}:opened", number, EventKind.OPENED, opened_at, opening, requester),
        *said,
        _state(number, item, state, said, requester),
    ]


TOPICS: Final[Mapping[str, Callable[[Reader], list[TicketEvent]]]] = MappingProxyType(
    {
        "conversation.user.created": _of_conversation,
        "conversation.user.replied": _of_conversation,
        "conversation.admin.single.created": _of_conversation,
        "conversation.admin.replied": _of_conversation,
        "conversation.operator.replied": _of_conversation,
        "conversation.admin.noted": _of_conversation,
        "conversation.admin.assigned": _of_conversation,
        "conversation.admin.open.assigned": _of_conversation,
        "conversation.admin.opened": _of_conversation,
        "conversation.admin.closed": _of_conversation,
        "conversation.admin.snoozed": _of_conversation,
        "conversation.admin.unsnoozed": _of_conversation,
        "conversation.priority.updated": _of_conversation,
        "conversation.rating.added": _of_conversation,
        "conversation_part.tag.created": _of_conversation,
        "ticket.created": _of_ticket,
        "ticket.contact.replied": _of_ticket,
        "ticket.admin.replied": _of_ticket,
        "ticket.note.created": _of_ticket,
        "ticket.admin.assigned": _of_ticket,
        "ticket.team.assigned": _of_ticket,
        "ticket.state.updated": _of_ticket,
        "ticket.attribute.updated": _of_ticket,
        "ticket.resolved": _of_ticket,
        "ticket.closed": _of_ticket,
    }
)


# --- the events ---------------------------------------------------------------------------------


def _opening(number: str, item: Reader, source: Reader, requester: Requester | None) -> TicketEvent:
    """Return the opening: what the customer began with is the description, what a teammate began with is a message."""
    opened_at = item.at("created_at").unix()
    author, body = _author(source), _body(source)
    began = author is Author.CUSTOMER
    changes = TicketChanges(
        subject=_plain(item.at("title"), MAX_SUBJECT) or _plain(source.at("subject"), MAX_SUBJECT) or None,
        description=body if began and body else None,
        channel=source.at("type").known_word(CHANNELS),
        opened_at=opened_at,
    )
    first = Message(f"part:{source.at('id').maybe_identifier() or number}", author, body, opened_at)
    return TicketEvent(
        id=f"conversation:{number}:opened",
        ticket_id=number,
        kind=EventKind.OPENED,
        occurred_at=opened_at,
        changes=changes,
        requester=requester,
        messages=() if began or not body else (first,),
    )


def _said(number: str, parts: Sequence[Reader]) -> list[TicketEvent]:
    """Return an event for every part that holds words; the others only say what the state tells anyway."""
    events = []
    for part in parts:
        body = _body(part)
        if not body:
            continue
        author, public = _author(part), not part.at("part_type").text().startswith(NOTE)
        message = Message(
            id=f"part:{part.at('id').identifier()}",
            author=author,
            body=body,
            sent_at=part.at("created_at").unix(),
            public=public,
            note_ref=note_ref(body) if author is not Author.CUSTOMER and not public else None,
        )
        kind = KINDS[author] if public else EventKind.NOTED
        events.append(TicketEvent(message.id, number, kind, message.sent_at, messages=(message,)))
    return events


def _ours(said: Sequence[TicketEvent], parts: Sequence[Reader]) -> bool:
    """Tell whether the newest part is a note of ours: nothing else happened, and nothing may start from it."""
    newest = f"part:{parts[-1].at('id').maybe_identifier()}" if parts else None
    return any(event.id == newest and event.messages[0].note_ref is not None for event in said)


def _state(
    number: str, item: Reader, state: TicketChanges, said: Sequence[TicketEvent], requester: Requester | None
) -> TicketEvent:
    known = [state.status, state.priority, sorted(state.tags or ()), state.assignee, state.group]
    at = item.at("updated_at").unix()
    name = digest([*known, at.isoformat(), [event.id for event in said]])
    return TicketEvent(f"state:{name}", number, EventKind.CHANGED, at, state, requester)


def _rating(number: str, item: Reader) -> list[TicketEvent]:
    """Return the answer to Intercom's survey, once the customer gave one: 1 to 5, with or without words."""
    answer = item.at("conversation_rating")
    if answer.absent or answer.at("rating").absent:
        return []
    rating = answer.at("rating").integer()
    if rating not in CSAT:
        raise PayloadInvalid(Text("uma nota vai de 1 a 5", "a rating is 1 to 5"), path=answer.at("rating").path)
    at = answer.at("updated_at").maybe_unix() or answer.at("created_at").maybe_unix() or item.at("updated_at").unix()
    words = _plain(answer.at("remark"), MAX_BODY)
    name = f"rating:{number}:{digest([rating, words])}"
    said = (Message(name, Author.CUSTOMER, words, at),) if words else ()
    return [TicketEvent(name, number, EventKind.RATED, at, TicketChanges(csat=rating), messages=said)]


# --- their parts --------------------------------------------------------------------------------


def _author(part: Reader) -> Author:
    return part.at("author").at("type").known_word(AUTHORS) or Author.SYSTEM


def _body(part: Reader) -> str:
    names = [file.at("name").maybe_text() or "" for file in part.at("attachments").items()]
    return cut(with_attachments(_plain(part.at("body"), MAX_BODY), names), MAX_BODY)


def _plain(reader: Reader, limit: int) -> str:
    text = reader.maybe_text(limit * 4) or ""
    return cut(to_text(text) if looks_like_html(text) else text, limit).strip()


def _requester(item: Reader, spoken: Sequence[Reader]) -> Requester | None:
    """Return the first contact; name and mail from where the contact spoke, as newer versions tell only ids."""
    contacts = item.at("contacts").at("contacts").items() or ([] if item.at("user").absent else [item.at("user")])
    own = contacts[0].at("id").maybe_identifier() if contacts else None
    people = [*contacts[:1], *(part.at("author") for part in spoken if _author(part) is Author.CUSTOMER)]
    if own is None:
        own = next((found for each in people if (found := each.at("id").maybe_identifier())), None)
    same = [each for each in people if each.at("id").maybe_identifier() == own]
    if own is None:
        return None
    return Requester(
        external_id=own,
        name=next((found for each in same if (found := each.at("name").maybe_text())), None),
        email=next((found for each in same if (found := each.at("email").maybe_text())), None),
        phone=next((found for each in same if (found := each.at("phone").maybe_text())), None),
    )


def _status(item: Reader) -> TicketStatus | None:
    if not item.at("state").absent:
        return item.at("state").known_word(STATES)
    is_open = item.at("open")
    return None if is_open.absent else TicketStatus.OPEN if is_open.flag(default=True) else TicketStatus.CLOSED


def _status_of_ticket(item: Reader) -> TicketStatus | None:
    """Return the category of the ticket's state; versions up to 2.11 tell it as a text, and later ones within."""
    told = item.at("ticket_state")
    status = (told if isinstance(told.value, str) else told.at("category")).known_word(CATEGORIES)
    over = not item.at("open").flag(default=True)
    return TicketStatus.CLOSED if over and status is not TicketStatus.SOLVED else status


def _tags(item: Reader) -> frozenset[str] | None:
    tags = item.at("tags").at("tags")
    return None if tags.absent else frozenset(tag.at("name").text() for tag in tags.items())


def _someone(reader: Reader) -> str | None:
    """Return an id; Intercom writes 0 where there is nobody."""
    found = reader.maybe_identifier()
    return None if found == "0" else found


def _assigned(item: Reader, kind: str) -> str | None:
    """Return the assignee as versions below 2.0 tell it: one object for both, with its type."""
    assignee = item.at("assignee")
    if assignee.at("type").maybe_text() != kind:
        return None
    return assignee.at("id").maybe_identifier()
