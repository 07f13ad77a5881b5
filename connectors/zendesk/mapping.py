"""What a Zendesk delivery says happened. `fixtures/` are the specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from connectors.base import Delivery, Installation, digest, note_ref
from connectors.payload import MAX_BODY, MAX_SUBJECT, TRUE_OR_FALSE, Reader
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

PREFIX: Final = "zen:event-type:"
TEMPLATE: Final = "sidecue_template"
"""The key of `trigger_template.json` by which its deliveries are known."""

STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "new": TicketStatus.NEW,
        "open": TicketStatus.OPEN,
        "pending": TicketStatus.PENDING,
        "hold": TicketStatus.ON_HOLD,
        "on-hold": TicketStatus.ON_HOLD,
        "solved": TicketStatus.SOLVED,
        "closed": TicketStatus.CLOSED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType({priority.value: priority for priority in Priority})
# Zendesk's list of channels is open and grows; one that is not here is simply not known.
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "api": Channel.API,
        "chat": Channel.CHAT,
        "chat_transcript": Channel.CHAT,
        "email": Channel.EMAIL,
        "facebook": Channel.SOCIAL,
        "instagram_dm": Channel.SOCIAL,
        "mail": Channel.EMAIL,
        "messaging": Channel.MESSAGING,
        "mobile": Channel.WEB,
        "mobile_sdk": Channel.MESSAGING,
        "native_messaging": Channel.MESSAGING,
        "phone": Channel.PHONE,
        "sms": Channel.MESSAGING,
        "twitter": Channel.SOCIAL,
        "voice": Channel.PHONE,
        "web": Channel.WEB,
        "web form": Channel.WEB,
        "web service": Channel.API,
        "web_form": Channel.WEB,
        "web_service": Channel.API,
        "web_widget": Channel.WEB,
        "whatsapp": Channel.MESSAGING,
    }
)
TEMPLATE_KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "ticket": frozenset(
            [
                "id",
                "title",
                "description",
                "status",
                "priority",
                "tags",
                "via",
                "group",
                "assignee",
                "created_at",
                "updated_at",
            ]
        ),
        "requester": frozenset(["id", "name", "email", "phone"]),
        "comment": frozenset(["id", "body", "is_public", "author_id"]),
    }
)
"""What `trigger_template.json` holds. Placeholders stand in it as they are: were a quotation mark in a subject not
escaped, a customer could write keys of their own, and these would be more or come twice."""
FLAGS: Final[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False, "1": True, "0": False})


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened, of either kind of webhook."""
    del installation  # Zendesk's payloads say all of it themselves
    root = Reader(delivery.payload)
    if not root.at(TEMPLATE).absent:
        return _of_trigger(root)
    event_type = root.at("type").text()
    name = event_type.removeprefix(PREFIX)
    reader = EVENTS.get(name)
    if reader is None or not event_type.startswith(PREFIX):
        raise EventUnsupported(event_type)
    return reader(root)


# --- event webhooks -----------------------------------------------------------------------------


def _opened(root: Reader) -> list[TicketEvent]:
    return [replace(_changed(root)[0], kind=EventKind.OPENED)]


def _changed(root: Reader) -> list[TicketEvent]:
    detail = root.at("detail")
    return [
        TicketEvent(
            id=root.at("id").identifier(),
            ticket_id=detail.at("id").identifier(),
            kind=EventKind.CHANGED,
            occurred_at=root.at("time").instant(),
            changes=_snapshot(detail),
            requester=_requester(detail),
        )
    ]


def _status_changed(root: Reader) -> list[TicketEvent]:
    event = _changed(root)[0]
    status = root.at("event").at("current").word(STATUSES)
    return [replace(event, changes=replace(event.changes, status=status or event.changes.status))]


def _priority_changed(root: Reader) -> list[TicketEvent]:
    event = _changed(root)[0]
    priority = root.at("event").at("current").word(PRIORITIES)
    return [replace(event, changes=replace(event.changes, priority=priority or event.changes.priority))]


def _subject_changed(root: Reader) -> list[TicketEvent]:
    event = _changed(root)[0]
    subject = root.at("event").at("current").maybe_text(MAX_SUBJECT)
    return [replace(event, changes=replace(event.changes, subject=subject or event.changes.subject))]


def _comment_added(root: Reader) -> list[TicketEvent]:
    event = _changed(root)[0]
    comment = root.at("event").at("comment")
    author = comment.at("author")
    staff, public = author.at("is_staff"), comment.at("is_public")
    for needed in (staff, public):
        if needed.absent:
            needed.refuse(TRUE_OR_FALSE)
    is_staff, is_public = staff.flag(default=False), public.flag(default=False)
    message = _message(
        comment.at("id").identifier(),
        comment.at("body").text(MAX_BODY),
        event.occurred_at,
        staff=is_staff,
        public=is_public,
    )
    if message.note_ref is not None:  # our own note: nothing else happened, and nothing may start from it
        return [replace(event, kind=EventKind.NOTED, changes=TicketChanges(), requester=None, messages=(message,))]
    requester = event.requester
    if requester is not None and requester.external_id == author.at("id").maybe_identifier():
        requester = replace(requester, name=author.at("name").maybe_text())
    return [replace(event, kind=_kind(message), messages=(message,), requester=requester)]


EVENTS: Final[Mapping[str, Callable[[Reader], list[TicketEvent]]]] = MappingProxyType(
    {
        "ticket.created": _opened,
        "ticket.comment_added": _comment_added,
        "ticket.status_changed": _status_changed,
        "ticket.priority_changed": _priority_changed,
        "ticket.tags_changed": _changed,
        "ticket.subject_changed": _subject_changed,
        "ticket.agent_assignment_changed": _changed,
        "ticket.group_assignment_changed": _changed,
        "ticket.custom_field_changed": _changed,
    }
)


def _snapshot(detail: Reader) -> TicketChanges:
    """Return what `detail` says: the whole ticket as it was after the event."""
    return TicketChanges(
        subject=detail.at("subject").maybe_text(MAX_SUBJECT),
        description=detail.at("description").maybe_text(MAX_BODY),
        status=detail.at("status").word(STATUSES),
        priority=detail.at("priority").word(PRIORITIES),
        channel=detail.at("via").at("channel").known_word(CHANNELS),
        tags=detail.at("tags").texts(),
        assignee=_id_or_none(detail.at("assignee_id")),
        group=_id_or_none(detail.at("group_id")),
        opened_at=detail.at("created_at").maybe_instant(),
    )


def _requester(detail: Reader) -> Requester | None:
    external_id = _id_or_none(detail.at("requester_id"))
    return Requester(external_id=external_id) if external_id else None


def _id_or_none(reader: Reader) -> str | None:
    """Return an id; Zendesk writes "0" where there is none."""
    found = reader.maybe_identifier()
    return None if found == "0" else found


# --- trigger webhooks, with the body of trigger_template.json -----------------------------------


def _of_trigger(root: Reader) -> list[TicketEvent]:
    """Return the opening, the state and the latest comment, each with an id that a repetition shares.

    A trigger tells the whole ticket each time it runs, never what changed.
    """
    version = root.at(TEMPLATE)
    if version.value not in (1, "1"):
        raise PayloadInvalid(
            Text("só a versão 1 do modelo é conhecida", "only version 1 of the template is known"), path=version.path
        )
    _only_known(root, {TEMPLATE, *TEMPLATE_KEYS})
    for part, keys in TEMPLATE_KEYS.items():
        _only_known(root.at(part), keys)
    ticket, comment = root.at("ticket"), root.at("comment")
    ticket_id = ticket.at("id").identifier()
    opened_at, updated_at = ticket.at("created_at").instant(), ticket.at("updated_at").instant()
    requester = _trigger_requester(root.at("requester"))
    description = ticket.at("description").maybe_text(MAX_BODY)
    events = [
        TicketEvent(
            id=f"ticket:{ticket_id}:opened",
            ticket_id=ticket_id,
            kind=EventKind.OPENED,
            occurred_at=opened_at,
            changes=TicketChanges(
                description=description, channel=ticket.at("via").known_word(CHANNELS), opened_at=opened_at
            ),
            requester=requester,
        ),
        TicketEvent(
            id=f"state:{digest(root.value)}",
            ticket_id=ticket_id,
            kind=EventKind.CHANGED,
            occurred_at=updated_at,
            changes=TicketChanges(
                subject=ticket.at("title").maybe_text(MAX_SUBJECT),
                # A placeholder may render a custom or a translated name: then the state is not known.
                status=ticket.at("status").known_word(STATUSES),
                priority=ticket.at("priority").known_word(PRIORITIES),
                tags=frozenset((ticket.at("tags").maybe_text(MAX_BODY) or "").split()),
                assignee=ticket.at("assignee").maybe_text(),
                group=ticket.at("group").maybe_text(),
            ),
            requester=requester,
        ),
    ]
    comment_id = comment.at("id").maybe_identifier()
    body = comment.at("body").maybe_text(MAX_BODY)
    if comment_id is None or body is None or body == description:  # the opening message is the description
        return events
    author = comment.at("author_id").maybe_identifier()
    staff = author is None or author != root.at("requester").at("id").maybe_identifier()
    public = comment.at("is_public").word(FLAGS)
    # Not told whether customers may see it: then it is treated as internal.
    message = _message(comment_id, body, updated_at, staff=staff, public=bool(public))
    events.append(
        TicketEvent(
            id=f"comment:{comment_id}",
            ticket_id=ticket_id,
            kind=_kind(message),
            occurred_at=updated_at,
            messages=(message,),
        )
    )
    return events


def _only_known(part: Reader, keys: AbstractSet[str]) -> None:
    if isinstance(part.value, Mapping) and not part.value.keys() <= keys:
        raise PayloadInvalid(
            Text(
                "tem chaves que o modelo não tem; use trigger_template.json sem alterações",
                "holds keys that the template does not have; use trigger_template.json unchanged",
            ),
            path=part.path,
        )


def _trigger_requester(reader: Reader) -> Requester | None:
    requester = Requester(
        external_id=_id_or_none(reader.at("id")),
        name=reader.at("name").maybe_text(),
        email=reader.at("email").maybe_text(),
        phone=reader.at("phone").maybe_text(),
        locale=None,  # the placeholder renders a language's name, not its code
    )
    return requester if requester.external_id or requester.email or requester.phone else None


# --- both ---------------------------------------------------------------------------------------


def _message(comment_id: str, body: str, sent_at: datetime, *, staff: bool, public: bool) -> Message:
    return Message(
        id=comment_id,
        author=Author.AGENT if staff else Author.CUSTOMER,
        body=body,
        sent_at=sent_at,
        public=public,
        note_ref=note_ref(body) if staff and not public else None,
    )


def _kind(message: Message) -> EventKind:
    if not message.public:
        return EventKind.NOTED
    return EventKind.ANSWERED if message.author is Author.AGENT else EventKind.REPLIED
