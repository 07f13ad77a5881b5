"""Ticket events as JSON and back, for the `payload` of a stored event. What is absent is not written."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from rules.folding import saying
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

_changes_of: Final = saying(
    "subject",
    "description",
    "status",
    "priority",
    "channel",
    "language",
    "product",
    "plan_mentioned",
    "assignee",
    "group",
    "is_vip",
    "csat",
)
_requester_of: Final = saying("external_id", "name", "email", "phone", "locale")


def encode(event: TicketEvent) -> dict[str, Any]:
    """Return the event as JSON types."""
    changes = _changes_of(event.changes)
    if event.changes.tags is not None:
        changes["tags"] = sorted(event.changes.tags)
    if event.changes.opened_at is not None:
        changes["opened_at"] = event.changes.opened_at.isoformat()
    encoded: dict[str, Any] = {"changes": changes}
    if event.requester is not None:
        encoded["requester"] = _requester_of(event.requester)
    if event.messages:
        encoded["messages"] = [_message(message) for message in event.messages]
    return encoded


def decode(event_id: str, ticket_id: str, kind: str, occurred_at: datetime, encoded: dict[str, Any]) -> TicketEvent:
    """Return the event that `encode` was given."""
    requester = encoded.get("requester")
    return TicketEvent(
        id=event_id,
        ticket_id=ticket_id,
        kind=EventKind(kind),
        occurred_at=occurred_at,
        changes=_changes(encoded["changes"]),
        requester=Requester(**requester) if requester is not None else None,
        messages=tuple(_read_message(message) for message in encoded.get("messages", ())),
    )


def _message(message: Message) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "id": message.id,
        "author": message.author.value,
        "body": message.body,
        "sent_at": message.sent_at.isoformat(),
    }
    if not message.public:
        encoded["public"] = False
    if message.note_ref is not None:
        encoded["note_ref"] = message.note_ref
    return encoded


def _read_message(encoded: dict[str, Any]) -> Message:
    return Message(
        id=encoded["id"],
        author=Author(encoded["author"]),
        body=encoded["body"],
        sent_at=datetime.fromisoformat(encoded["sent_at"]),
        public=encoded.get("public", True),
        note_ref=encoded.get("note_ref"),
    )


def _changes(encoded: dict[str, Any]) -> TicketChanges:
    read = dict(encoded)
    for name, kind in (("status", TicketStatus), ("priority", Priority), ("channel", Channel)):
        if name in read:
            read[name] = kind(read[name])
    if "tags" in read:
        read["tags"] = frozenset(read["tags"])
    if "opened_at" in read:
        read["opened_at"] = datetime.fromisoformat(read["opened_at"])
    return TicketChanges(**read)
