"""What a mail says happened. `fixtures/` are the specification.

A customer's first mail opens a ticket; what follows it up is the customer's reply, an agent's answer or, where it goes
to nobody but the desk's own people, a note. Mails that machines send are not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest, note_ref
from connectors.email.content import text_of
from connectors.email.machines import sent_by_a_machine
from connectors.email.people import People, desk_of, people_of
from connectors.email.reading import header, read_mail
from connectors.email.threads import thread_of
from connectors.email.times import EARLIEST, sent_at
from connectors.payload import MAX_SUBJECT, cut
from rules.errors import EventUnsupported
from rules.model import Author, Channel, EventKind, Message, Requester, TicketChanges, TicketEvent, TicketStatus

_REPLY_MARKS: Final = re.compile(r"(?:(?:re|res|aw|sv|fwd?|enc)\s*:\s*)+", re.IGNORECASE)


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what a mail tells. Raise PayloadInvalid, or EventUnsupported for one that a machine sent by itself."""
    mail, desk = read_mail(delivery.body), desk_of(installation)
    machine = sent_by_a_machine(mail, desk.addresses)
    if machine is not None:
        raise EventUnsupported(machine)
    people, at, text = people_of(mail, desk), sent_at(mail, delivery.received_at), text_of(mail)
    subject = cut(header(mail, "subject"), MAX_SUBJECT)
    thread = thread_of(mail, desk, installation, [people.author.email, header(mail, "date"), subject, text])
    # Some senders give every mail the same message id: what it says makes it another one.
    event_id = f"{thread.own}:{digest([people.author.email, subject, text])}"
    if thread.ticket is None and not people.by_agent:
        events = [_opened(event_id, thread.own, people, at, subject, text)]
    else:
        told = _told(event_id, thread.ticket or thread.own, people, at, text)
        events = [told] if told.kind is EventKind.NOTED else [_before(told, people, subject), told]
    known_as = thread.known_as(by_agent=people.by_agent)
    return [replace(event, found_by=thread.found_by, known_as=known_as) for event in events]


def _opened(  # noqa: PLR0913, PLR0917 - what a first mail says
    event_id: str, ticket: str, people: People, at: datetime, subject: str, text: str
) -> TicketEvent:
    changes = TicketChanges(
        subject=subject or None,
        description=text or None,
        status=TicketStatus.OPEN,
        channel=Channel.EMAIL,
        opened_at=at,
    )
    return TicketEvent(event_id, ticket, EventKind.OPENED, at, changes, _requester(people))


def _told(event_id: str, ticket: str, people: People, at: datetime, text: str) -> TicketEvent:
    kind = EventKind.REPLIED
    if people.by_agent:
        kind = EventKind.ANSWERED if people.customer is not None else EventKind.NOTED
    message = Message(
        id=event_id,
        author=Author.AGENT if people.by_agent else Author.CUSTOMER,
        body=text,
        sent_at=at,
        public=kind is not EventKind.NOTED,
        note_ref=note_ref(text) if kind is EventKind.NOTED else None,
    )
    # A conversation began at the latest with the first mail of it that is known.
    changes = TicketChanges() if kind is EventKind.NOTED else TicketChanges(opened_at=at)
    return TicketEvent(event_id, ticket, kind, at, changes, messages=(message,) if text else ())


def _before(told: TicketEvent, people: People, subject: str) -> TicketEvent:
    """Return what a mail within a conversation says of the whole of it, as if said before everything else.

    So it counts where the first mail was never seen, and changes nothing where it was: neither whose ticket it is, when
    a colleague in copy answers, nor what it is about.
    """
    bare = _REPLY_MARKS.sub("", subject, count=1) if _REPLY_MARKS.match(subject) else subject
    changes = TicketChanges(subject=bare or None, status=TicketStatus.OPEN, channel=Channel.EMAIL)
    requester = _requester(people)
    said = digest([bare, requester.email if requester else None])
    return TicketEvent(f"before:{said}", told.ticket_id, EventKind.CHANGED, EARLIEST, changes, requester)


def _requester(people: People) -> Requester | None:
    who = people.customer
    return Requester(name=who.name, email=who.email) if who is not None else None
