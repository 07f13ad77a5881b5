"""What a Chatwoot delivery says happened. `fixtures/` are the specification.

Chatwoot sends every delivery once, so a message also tells what the conversation was like when it was written. A
conversation is known by its display id, the number that agents see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
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

STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "open": TicketStatus.OPEN,
        "pending": TicketStatus.PENDING,
        "snoozed": TicketStatus.ON_HOLD,
        "resolved": TicketStatus.SOLVED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {"low": Priority.LOW, "medium": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}
)
# Chatwoot's list of channels grows; one that is not here is simply not known.
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "channel::api": Channel.API,
        "channel::email": Channel.EMAIL,
        "channel::facebookpage": Channel.SOCIAL,
        "channel::instagram": Channel.SOCIAL,
        "channel::line": Channel.MESSAGING,
        "channel::sms": Channel.MESSAGING,
        "channel::telegram": Channel.MESSAGING,
        "channel::tiktok": Channel.SOCIAL,
        "channel::twiliosms": Channel.MESSAGING,
        "channel::twitterprofile": Channel.SOCIAL,
        "channel::voice": Channel.PHONE,
        "channel::webwidget": Channel.CHAT,
        "channel::whatsapp": Channel.MESSAGING,
    }
)
# Within a conversation Chatwoot numbers what it names in a message's own delivery.
MESSAGE_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {"incoming": "incoming", "outgoing": "outgoing", "template": "template", "activity": "activity"}
    | {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
)
CSAT: Final = range(1, 6)
LATEST: Final = 253_402_300_799
UTC_WRITTEN: Final = " UTC"


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened: the conversation's opening or change, a message, or a rating."""
    del installation
    root = Reader(delivery.payload)
    event = root.at("event").text()
    reader = EVENTS.get(event)
    if reader is None:
        raise EventUnsupported(event)
    return reader(root, delivery.received_at)


# --- conversations ------------------------------------------------------------------------------


def _opened(root: Reader, received_at: datetime) -> list[TicketEvent]:
    ticket_id = root.at("id").identifier()
    opened_at = _instant(root.at("created_at")) or received_at
    first = next(iter(root.at("messages").items()), None)
    incoming = first is not None and _message_type(first) == "incoming"
    description = _words(first) if first is not None and incoming else None
    return [
        TicketEvent(
            id=f"conversation:{ticket_id}:opened",
            ticket_id=ticket_id,
            kind=EventKind.OPENED,
            occurred_at=opened_at,
            changes=_state(root, description=description, opened_at=opened_at),
            requester=_requester(root.at("meta").at("sender")),
        )
    ]


def _changed(root: Reader, received_at: datetime) -> list[TicketEvent]:
    ticket_id = root.at("id").identifier()
    at = _instant(root.at("updated_at")) or _instant(root.at("timestamp")) or received_at
    changes = _state(root, opened_at=_instant(root.at("created_at")))
    said = [changes.status, changes.priority, sorted(changes.tags or ()), changes.assignee, changes.group]
    return [
        TicketEvent(
            id=f"conversation:{ticket_id}:{digest([*said, at.isoformat()])}",
            ticket_id=ticket_id,
            kind=EventKind.CHANGED,
            occurred_at=at,
            changes=changes,
            requester=_requester(root.at("meta").at("sender")),
        )
    ]


def _state(conversation: Reader, *, description: str | None = None, opened_at: datetime | None = None) -> TicketChanges:
    """Return what a conversation is like; labels that are not told are not known."""
    meta, more = conversation.at("meta"), conversation.at("additional_attributes")
    return TicketChanges(
        subject=more.at("mail_subject").maybe_text(MAX_SUBJECT),
        description=description or None,
        status=conversation.at("status").known_word(STATUSES),
        priority=conversation.at("priority").known_word(PRIORITIES),
        channel=conversation.at("channel").known_word(CHANNELS),
        tags=conversation.at("labels").texts(),
        assignee=meta.at("assignee").at("id").maybe_identifier(),
        group=meta.at("team").at("id").maybe_identifier(),
        opened_at=opened_at,
    )


# --- messages -----------------------------------------------------------------------------------


def _said(root: Reader, received_at: datetime) -> list[TicketEvent]:
    kind = _message_type(root)
    if kind == "activity":
        raise EventUnsupported("message_created (activity)")
    conversation = root.at("conversation")
    ticket_id, message_id = conversation.at("id").identifier(), root.at("id").identifier()
    sent_at = _instant(root.at("created_at")) or received_at
    private = root.at("private").flag(default=False)
    author = _author(root, kind)
    body = _words(root)
    if not body:
        raise EventUnsupported("message_created", Text("sem palavras", "without words"))
    message = Message(
        id=message_id,
        author=author,
        body=body,
        sent_at=sent_at,
        public=not private,
        note_ref=note_ref(body) if private and author is not Author.CUSTOMER else None,
    )
    own = message.note_ref is not None
    return [
        TicketEvent(
            id=f"message:{message_id}",
            ticket_id=ticket_id,
            kind=_kind(message),
            occurred_at=sent_at,
            # Our own note: nothing else happened, and nothing may start from it.
            changes=TicketChanges() if own else _state(conversation, opened_at=_instant(conversation.at("created_at"))),
            requester=None if own else _requester(_asker(root, conversation, author)),
            messages=(message,),
        )
    ]


def _rated(root: Reader, received_at: datetime) -> list[TicketEvent]:
    """Return the answer to a survey; every other change of a message (sent, read, edited, deleted) is not used."""
    answer = root.at("content_attributes").at("submitted_values").at("csat_survey_response")
    if answer.at("rating").absent:
        raise EventUnsupported("message_updated", Text("sem nota", "no rating"))
    rating = answer.at("rating").integer()
    if rating not in CSAT:
        raise PayloadInvalid(Text("uma nota vai de 1 a 5", "a rating is 1 to 5"), path=answer.at("rating").path)
    conversation = root.at("conversation")
    words = answer.at("feedback_message").maybe_text(MAX_BODY)
    at, message_id = _instant(root.at("updated_at")) or received_at, root.at("id").identifier()
    said = Message(f"{message_id}:feedback", Author.CUSTOMER, words, at) if words else None
    return [
        TicketEvent(
            id=f"message:{message_id}:rated:{digest([rating, words])}",
            ticket_id=conversation.at("id").identifier(),
            kind=EventKind.RATED,
            occurred_at=at,
            changes=TicketChanges(csat=rating),
            requester=_requester(conversation.at("meta").at("sender")),
            messages=(said,) if said is not None else (),
        )
    ]


EVENTS: Final[Mapping[str, Callable[[Reader, datetime], list[TicketEvent]]]] = MappingProxyType(
    {
        "conversation_created": _opened,
        "conversation_updated": _changed,
        "conversation_status_changed": _changed,
        "message_created": _said,
        "message_updated": _rated,
    }
)


def _message_type(message: Reader) -> str:
    value = message.at("message_type").value
    found = MESSAGE_TYPES.get(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if found is None:
        message.at("message_type").refuse(
            Text("incoming, outgoing, template ou activity", "incoming, outgoing, template or activity")
        )
    return found


def _author(root: Reader, kind: str) -> Author:
    """Return who wrote a message: a bot and a template are nobody's words, and answer nobody."""
    if kind == "incoming":
        return Author.CUSTOMER
    of = root.at("sender").at("type").maybe_text()
    return Author.SYSTEM if kind == "template" or of == "agent_bot" else Author.AGENT


def _kind(message: Message) -> EventKind:
    if not message.public:
        return EventKind.NOTED
    return EventKind.REPLIED if message.author is Author.CUSTOMER else EventKind.ANSWERED


def _asker(root: Reader, conversation: Reader, author: Author) -> Reader:
    told = conversation.at("meta").at("sender")
    return root.at("sender") if told.absent and author is Author.CUSTOMER else told


def _words(message: Reader) -> str:
    """Return a message's text, HTML as text, with a line for each file that came with it."""
    text = message.at("content").maybe_text(MAX_BODY * 4) or ""
    plain = cut(to_text(text) if looks_like_html(text) else text, MAX_BODY)
    return with_attachments(plain, [_file_name(each) for each in message.at("attachments").items()])


def _file_name(attachment: Reader) -> str:
    """Return what a file is called: the last part of its address, else its kind."""
    url = attachment.at("data_url").maybe_text(MAX_BODY) or ""
    name = url.partition("?")[0].rpartition("/")[2]
    return name or attachment.at("file_type").maybe_text() or "file"


# --- both ---------------------------------------------------------------------------------------


def _requester(contact: Reader) -> Requester | None:
    requester = Requester(
        external_id=contact.at("id").maybe_identifier(),
        name=contact.at("name").maybe_text(),
        email=contact.at("email").maybe_text(),
        phone=contact.at("phone_number").maybe_text(),
    )
    return requester if requester.external_id or requester.email or requester.phone else None


def _instant(reader: Reader) -> datetime | None:
    """Return a time as any of Chatwoot's releases writes it: unix seconds, ISO 8601, or `2026-03-02 12:00:00 UTC`."""
    value = reader.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value <= LATEST:
            raise PayloadInvalid(
                Text("não é um tempo unix em segundos", "is no unix time in seconds"), path=reader.path
            )
        return datetime.fromtimestamp(value, UTC) if value else None
    if isinstance(value, str) and value.endswith(UTC_WRITTEN):
        return Reader(value.removesuffix(UTC_WRITTEN) + "+00:00", reader.path).instant()
    return reader.maybe_instant()
