"""What a delivery says happened, read through a mapping file. `fixtures/` are the specification of the shipped one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from jmespath.exceptions import JMESPathError

from connectors.base import Delivery, Installation, digest, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import AN_OBJECT, MAX_BODY, MAX_SUBJECT, Reader, cut
from connectors.standard.expressions import Steps, shipped
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

MILLISECONDS_FROM: Final = 100_000_000_000
"""A unix time at or above this is in milliseconds: as seconds it would lie after the year 5000."""
LATEST: Final = 253_402_300_799
CSAT: Final = range(1, 6)

W = TypeVar("W", bound=StrEnum)

AUTHORS: Final[Mapping[EventKind, Author]] = {
    EventKind.OPENED: Author.CUSTOMER,
    EventKind.REPLIED: Author.CUSTOMER,
    EventKind.ANSWERED: Author.AGENT,
    EventKind.NOTED: Author.AGENT,
    EventKind.CHANGED: Author.SYSTEM,
    EventKind.RATED: Author.CUSTOMER,
}


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the one event of a delivery, read by the tenant's mapping or else by the shipped one."""
    payload = delivery.payload
    view = _View(payload, installation.mapping or shipped(), Steps())
    kind = _kind(view)
    ticket_id = view.field("ticket_id").identifier()
    occurred_at = _instant(view.field("occurred_at")) or delivery.received_at
    event_id = view.field("event_id").maybe_identifier() or f"body:{digest(payload)}"
    messages = _messages(view, kind, occurred_at, event_id)
    if messages and kind in (EventKind.REPLIED, EventKind.ANSWERED) and not messages[0].public:
        kind = EventKind.NOTED
    return [
        TicketEvent(
            id=event_id,
            ticket_id=ticket_id,
            kind=kind,
            occurred_at=occurred_at,
            changes=_changes(view),
            requester=_requester(view),
            messages=messages,
        )
    ]


@dataclass(frozen=True, slots=True)
class _View:
    """A value as its mapping sees it; a path in an error is the field and the expression that led there."""

    value: Any
    mapping: Mapping[str, Any]
    steps: Steps

    def field(self, name: str) -> Reader:
        expression = self.mapping["fields"].get(name)
        if expression is None:
            return Reader(None, name)
        path = f"{name} ({expression})"
        try:
            return Reader(self.steps.search(str(expression), self.value), path)
        except (
            JMESPathError,
            TypeError,
            ValueError,
            LookupError,
            ArithmeticError,
            AttributeError,
            RecursionError,
        ) as error:
            # jmespath lets Python's own errors through where a function meets a type it did not foresee.
            raise PayloadInvalid(
                Text(
                    f"a expressão falha nesta entrega ({type(error).__name__})",
                    f"the expression fails on this payload ({type(error).__name__})",
                ),
                path=path,
            ) from None

    def word(self, name: str, meaning: type[W], values: str | None = None) -> W | None:
        """Return what the tool's word stands for; without a list of its words, ours are expected."""
        words = (self.mapping.get("values") or {}).get(values or name) or {
            member.value: member.value for member in meaning
        }
        return self.field(name).word({str(word).lower(): meaning(stands_for) for word, stands_for in words.items()})


def _kind(view: _View) -> EventKind:
    event_type = view.field("event_type").text()
    words = (view.mapping.get("values") or {}).get("event_type") or {kind.value: kind.value for kind in EventKind}
    kinds = {str(word).lower(): EventKind(stands_for) for word, stands_for in words.items()}
    if event_type.lower() not in kinds:
        raise EventUnsupported(event_type)
    return kinds[event_type.lower()]


def _changes(view: _View) -> TicketChanges:
    vip, csat = view.field("vip"), view.field("csat")
    score = None if csat.absent else csat.integer()
    if score is not None and score not in CSAT:
        raise PayloadInvalid(
            Text(
                "uma nota de satisfação vai de 1 a 5; converta-a na expressão",
                "a satisfaction score is 1 to 5; convert it in the expression",
            ),
            path=csat.path,
        )
    return TicketChanges(
        subject=view.field("subject").maybe_text(MAX_SUBJECT),
        description=_plain(view.field("description")) or None,
        status=view.word("status", TicketStatus),
        priority=view.word("priority", Priority),
        channel=view.word("channel", Channel),
        language=view.field("language").maybe_text(),
        product=view.field("product").maybe_text(),
        plan_mentioned=view.field("plan").maybe_text(),
        tags=view.field("tags").texts(),
        assignee=view.field("assignee").maybe_identifier(),
        group=view.field("group").maybe_identifier(),
        is_vip=None if vip.absent else vip.flag(default=False),
        csat=score,
        opened_at=_instant(view.field("opened_at")),
    )


def _requester(view: _View) -> Requester | None:
    requester = Requester(
        external_id=view.field("requester_id").maybe_identifier(),
        name=view.field("requester_name").maybe_text(),
        email=view.field("requester_email").maybe_text(),
        phone=view.field("requester_phone").maybe_text(),
        locale=view.field("requester_locale").maybe_text(),
    )
    return requester if requester.external_id or requester.email or requester.phone else None


def _messages(view: _View, kind: EventKind, occurred_at: datetime, event_id: str) -> tuple[Message, ...]:
    found = view.field("messages")
    items = found.items() if isinstance(found.value, list) else [found] if not found.absent else []
    messages = []
    for index, item in enumerate(items):
        if not isinstance(item.value, Mapping):
            item.refuse(AN_OBJECT)
        one = _View(item.value, view.mapping, view.steps)
        body = _plain(one.field("message_body"))
        if not body:
            continue
        public = one.field("message_public").flag(default=kind is not EventKind.NOTED)
        author = one.word("message_author", Author, "author") or AUTHORS[kind]
        messages.append(
            Message(
                id=one.field("message_id").maybe_identifier() or f"{event_id}:{index}",
                author=author,
                body=body,
                sent_at=_instant(one.field("message_sent_at")) or occurred_at,
                public=public,
                note_ref=None if public or author is Author.CUSTOMER else note_ref(body),
            )
        )
    return tuple(messages)


def _plain(reader: Reader) -> str:
    text = reader.maybe_text(MAX_BODY * 4) or ""
    return cut(to_text(text) if looks_like_html(text) else text, MAX_BODY)


def _instant(reader: Reader) -> datetime | None:
    """Return an instant given as ISO 8601 with offset, or as unix seconds or milliseconds, number or text."""
    value = reader.value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) <= 15:
        value = int(value.strip())
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return reader.maybe_instant()
    if not 0 <= value <= LATEST * 1000:
        raise PayloadInvalid(
            Text("não é um tempo unix em segundos nem em milissegundos", "is no unix time in seconds or milliseconds"),
            path=reader.path,
        )
    seconds = value / 1000 if value >= MILLISECONDS_FROM else value
    return datetime.fromtimestamp(seconds, UTC)
