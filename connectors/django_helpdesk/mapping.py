"""What a django-helpdesk delivery says happened. `fixtures/` are the specification.

Every delivery holds the whole ticket with all its follow-ups. Each follow-up becomes one event whose id is the same
in every delivery, so that the store keeps it once; the ticket's present state is one more event per delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeVar

from connectors.base import Delivery, Installation, digest, note_ref
from connectors.html import looks_like_html, to_text
from connectors.payload import MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import PayloadInvalid
from rules.model import Author, EventKind, Message, Priority, Requester, TicketChanges, TicketEvent, TicketStatus
from rules.text import Text

STATUSES: Final[Mapping[int, TicketStatus]] = MappingProxyType(
    {
        1: TicketStatus.OPEN,
        2: TicketStatus.OPEN,  # reopened
        3: TicketStatus.SOLVED,
        4: TicketStatus.CLOSED,
        5: TicketStatus.CLOSED,  # a duplicate of another ticket
    }
)
PRIORITIES: Final[Mapping[int, Priority]] = MappingProxyType(
    {1: Priority.URGENT, 2: Priority.HIGH, 3: Priority.NORMAL, 4: Priority.LOW, 5: Priority.LOW}
)
_LONGEST_ORDINAL: Final = 18
JUST_BEFORE: Final = timedelta(microseconds=1)
MAILS_OWN_TEXT: Final = ("email_html_body.txt", "email_html_body.html")
"""What django-helpdesk calls the HTML part of a mail, which it keeps as a file (2.6 the former): nobody attached it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One entry of a ticket's history."""

    id: str
    number: int
    by_staff: bool
    title: str
    comment: str
    public: bool
    new_status: TicketStatus | None
    at: datetime
    files: Sequence[str]

    @property
    def words(self) -> str:
        """The comment with a line for each file that came with it."""
        return with_attachments(self.comment, self.files)


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the follow-ups as events, oldest first, and what the ticket is like now."""
    del installation
    root, received_at = Reader(delivery.payload), delivery.received_at
    ticket = root.at("ticket")
    ticket_id = ticket.at("id").identifier()
    description = _plain(ticket.at("description"))
    history = sorted((_follow_up(item) for item in ticket.at("followup_set").items()), key=lambda each: each.number)
    cause = root.at("followup_id").maybe_identifier()
    opening = _opening(history, description, is_new=cause is None)
    opened_at = history[0].at if history else received_at
    requester = _requester(ticket)
    first_words = with_attachments(description, opening.files if opening is not None else ())
    events = [
        TicketEvent(
            id=f"ticket:{ticket_id}:opened" if opening is None else opening.id,
            ticket_id=ticket_id,
            kind=EventKind.OPENED,
            occurred_at=opened_at,
            changes=TicketChanges(description=first_words or None, opened_at=opened_at),
            requester=requester,
        )
    ]
    events += [_event(each, ticket_id) for each in history if each is not opening]
    last = next((each for each in history if each.id == f"followup:{cause}"), history[-1] if history else None)
    now = received_at if last is None else last.at
    events += _state(root, ticket_id, history, now, requester)
    return events


def _state(
    root: Reader, ticket_id: str, history: Sequence[FollowUp], now: datetime, requester: Requester | None
) -> list[TicketEvent]:
    """Return what the ticket is like at this delivery; its title apart when it may be a follow-up's.

    The id says the state and the last follow-up that is not a note of ours, so that a note which comes back
    brings no new event besides itself.

    A follow-up's title takes the ticket's place in django-helpdesk: a POST to its API with a title "Comment" renames
    the ticket to "Comment". So a title that a follow-up carries too counts only where no better one is known:
    as if said just before the ticket was opened. The webhook of the new ticket always has the customer's own.
    """
    ticket = root.at("ticket")
    title = ticket.at("title").maybe_text(MAX_SUBJECT)
    others = [each for each in history if each.public or note_ref(each.comment) is None]
    renamed = not root.at("followup_id").absent and title in {each.title for each in others}
    state = TicketChanges(
        subject=None if renamed else title,
        status=_status(ticket),
        priority=_number(ticket.at("priority"), PRIORITIES),
        group=root.at("queue_slug").maybe_text(),
        assignee=ticket.at("assigned_to").maybe_identifier(),
    )
    before_now = [each.id for each in others if each.at <= now]
    said = [state.subject, state.status, state.priority, state.group, state.assignee, before_now[-1:]]
    events = [TicketEvent(f"state:{digest(said)}", ticket_id, EventKind.CHANGED, now, state, requester)]
    if renamed and title:
        at = history[0].at - JUST_BEFORE
        changes = TicketChanges(subject=title)
        events.append(TicketEvent(f"title:{digest({'title': title})}", ticket_id, EventKind.CHANGED, at, changes))
    return events


def _opening(history: Sequence[FollowUp], description: str, *, is_new: bool) -> FollowUp | None:
    """Return the follow-up that repeats the ticket's description: the customer's first message, to be read once."""
    if not history:
        return None
    first = history[0]
    return first if is_new or first.comment.strip() == description.strip() else None


def _event(follow_up: FollowUp, ticket_id: str) -> TicketEvent:
    changes = TicketChanges(status=follow_up.new_status)
    if not follow_up.words:
        return TicketEvent(follow_up.id, ticket_id, EventKind.CHANGED, follow_up.at, changes)
    kind = EventKind.ANSWERED if follow_up.by_staff else EventKind.REPLIED
    message = Message(
        id=follow_up.id,
        author=Author.AGENT if follow_up.by_staff else Author.CUSTOMER,
        body=follow_up.words,
        sent_at=follow_up.at,
        public=follow_up.public,
        note_ref=note_ref(follow_up.comment) if follow_up.by_staff and not follow_up.public else None,
    )
    return TicketEvent(
        id=follow_up.id,
        ticket_id=ticket_id,
        kind=kind if follow_up.public else EventKind.NOTED,
        occurred_at=follow_up.at,
        changes=changes,
        messages=(message,),
    )


def _follow_up(item: Reader) -> FollowUp:
    number = _ordinal(item.at("id"))
    names = [file.at("filename").maybe_text() for file in item.at("followupattachment_set").items()]
    return FollowUp(
        id=f"followup:{item.at('id').identifier()}",
        number=number,
        by_staff=item.at("user").maybe_identifier() is not None,
        title=item.at("title").maybe_text(MAX_SUBJECT) or "",
        comment=_plain(item.at("comment")),
        public=item.at("public").flag(default=False),
        new_status=_number(item.at("new_status"), STATUSES),
        at=item.at("date").instant(),
        files=[name for name in names if name is not None and name not in MAILS_OWN_TEXT],
    )


def _ordinal(reader: Reader) -> int:
    """Return an id as the number that tells which of two follow-ups came later."""
    value = reader.value
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_ORDINAL
    return int(value) if digits else reader.integer()


def _status(ticket: Reader) -> TicketStatus | None:
    status = _number(ticket.at("status"), STATUSES)
    waits = ticket.at("on_hold").flag(default=False)
    return TicketStatus.ON_HOLD if waits and status is not None and status.is_open else status


def _number(reader: Reader, meanings: Mapping[int, T]) -> T | None:
    if reader.absent:
        return None
    number = reader.integer()
    if number not in meanings:
        known = ", ".join(map(str, meanings))
        raise PayloadInvalid(
            Text(f"não é um dos números conhecidos: {known}", f"is none of the known numbers {known}"), path=reader.path
        )
    return meanings[number]


def _plain(reader: Reader) -> str:
    """Return a text as people read it; mail that django-helpdesk took in may be HTML."""
    text = reader.maybe_text(MAX_BODY * 4) or ""
    return cut(to_text(text) if looks_like_html(text) else text, MAX_BODY)


def _requester(ticket: Reader) -> Requester | None:
    email = ticket.at("submitter_email").maybe_text()
    return Requester(email=email.strip()) if email else None
