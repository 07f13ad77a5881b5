"""What a Jira delivery says happened. `fixtures/` are the specification.

A delivery about an issue holds it whole. One about a comment holds a short form of the issue, or none at all, without
the reporter: where it matters who of the two sides wrote, the issue is fetched. The opening and each comment have ids
of their own, the same in every delivery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from connectors.base import Delivery, Installation, Resource, digest, note_ref
from connectors.payload import AN_OBJECT, MAX_BODY, MAX_SUBJECT, Reader, cut, with_attachments
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import Author, EventKind, Message, Priority, Requester, TicketChanges, TicketEvent, TicketStatus
from rules.text import Text

EVENTS: Final = frozenset({"jira:issue_created", "jira:issue_updated", "comment_created", "comment_updated"})
# Admins name states and priorities as they like: the category is Jira's own, and of the names only those count that
# every site begins with.
CATEGORIES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {"new": TicketStatus.OPEN, "indeterminate": TicketStatus.OPEN, "done": TicketStatus.SOLVED}
)
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "open": TicketStatus.OPEN,
        "reopened": TicketStatus.OPEN,
        "to do": TicketStatus.OPEN,
        "in progress": TicketStatus.OPEN,
        "waiting for support": TicketStatus.OPEN,
        "waiting for customer": TicketStatus.PENDING,
        "resolved": TicketStatus.SOLVED,
        "done": TicketStatus.SOLVED,
        "closed": TicketStatus.CLOSED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {
        "highest": Priority.URGENT,
        "high": Priority.HIGH,
        "medium": Priority.NORMAL,
        "low": Priority.LOW,
        "lowest": Priority.LOW,
        "blocker": Priority.URGENT,
        "critical": Priority.URGENT,
        "major": Priority.HIGH,
        "minor": Priority.NORMAL,
        "trivial": Priority.LOW,
    }
)
ACCOUNTS: Final[Mapping[str, Author]] = MappingProxyType({"customer": Author.CUSTOMER, "app": Author.SYSTEM})
"""Kinds of account that tell who writes; `atlassian` is an agent's, and also a colleague's who asks for help."""
KINDS: Final[Mapping[Author, EventKind]] = MappingProxyType(
    {Author.AGENT: EventKind.ANSWERED, Author.CUSTOMER: EventKind.REPLIED, Author.SYSTEM: EventKind.CHANGED}
)
_ISSUE_OF: Final = re.compile(r"/issue/([0-9]{1,19})/comment/[0-9]{1,19}\Z", re.ASCII)


def hydrate(delivery: Delivery, installation: Installation) -> Sequence[Resource]:
    """Return the issue of a comment whose writer cannot be told without it."""
    del installation
    root = _root(delivery)
    number = _number(root)
    if not _needs_issue(root) or _document(number) in delivery.documents:
        return []
    return [Resource(_document(number), f"/rest/api/2/issue/{quote(number, safe='')}")]


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return what one delivery says happened: the opening, the comment where there is one, and the present state."""
    del installation
    root = _root(delivery)
    number, fields = _number(root), root.at("issue").at("fields")
    if _needs_issue(root):
        if _document(number) not in delivery.documents:
            raise PayloadInvalid(
                Text(
                    "o chamado não veio e é preciso buscá-lo: o tenant precisa de --api-url",
                    "the issue is not there and has to be fetched: the tenant needs --api-url",
                )
            )
        # None for an issue that is gone: then the comment is all that is known.
        issue = Reader(delivery.documents[_document(number)], "issue")
        fields = fields if issue.absent else issue.at("fields")
    message = None if root.at("comment").absent else _message(root.at("comment"), fields.at("reporter"))
    if message is not None and message.note_ref is not None:
        return [_said(number, message)]
    requester = _requester(fields.at("reporter"))
    events = []
    if not fields.at("created").absent:
        events.append(_opening(number, fields, requester))
    if message is not None and message.body:
        events.append(_said(number, message))
    if not fields.at("status").absent:
        events.append(_state(number, root, fields, requester))
    return events


# --- what came ----------------------------------------------------------------------------------


def _root(delivery: Delivery) -> Reader:
    root = Reader(delivery.payload)
    event = root.at("webhookEvent").text()
    if event not in EVENTS:
        raise EventUnsupported(event)
    if event.startswith("comment_") and root.at("comment").absent:
        root.at("comment").refuse(AN_OBJECT)
    return root


def _number(root: Reader) -> str:
    """Return the issue's id; the address of a comment that came without its issue holds it too."""
    if not root.at("issue").absent or root.at("comment").absent:
        return root.at("issue").at("id").identifier()
    found = _ISSUE_OF.search(root.at("comment").at("self").text(MAX_SUBJECT))
    if found is None:
        raise PayloadInvalid(
            Text(
                "não nomeia o chamado nem um endereço que traga o id dele",
                "names neither the issue nor an address that holds its id",
            ),
            path="comment.self",
        )
    return found[1]


def _needs_issue(root: Reader) -> bool:
    comment = root.at("comment")
    if comment.absent or not _is_public(comment) or not root.at("issue").at("fields").at("reporter").absent:
        return False
    return comment.at("author").at("accountType").known_word(ACCOUNTS) is None


def _document(number: str) -> str:
    return f"issue:{number}"


# --- the events ---------------------------------------------------------------------------------


def _opening(number: str, fields: Reader, requester: Requester | None) -> TicketEvent:
    opened_at = fields.at("created").instant()
    words = fields.at("description").maybe_text(MAX_BODY) or ""
    names = [each.at("filename").maybe_text() or "file" for each in fields.at("attachment").items()]
    changes = TicketChanges(
        subject=fields.at("summary").maybe_text(MAX_SUBJECT),
        description=with_attachments(words, names) or None,
        opened_at=opened_at,
    )
    return TicketEvent(f"issue:{number}:opened", number, EventKind.OPENED, opened_at, changes, requester)


def _state(number: str, root: Reader, fields: Reader, requester: Requester | None) -> TicketEvent:
    at = fields.at("updated").maybe_instant() or _sent_at(root)
    changes = TicketChanges(
        subject=fields.at("summary").maybe_text(MAX_SUBJECT),
        status=_status(fields.at("status")),
        priority=fields.at("priority").at("name").known_word(PRIORITIES),
        tags=fields.at("labels").texts(),
        assignee=_person(fields.at("assignee")),
        opened_at=fields.at("created").maybe_instant(),
    )
    tags = None if changes.tags is None else sorted(changes.tags)
    said = [number, changes.subject, changes.status, changes.priority, tags, changes.assignee, at.isoformat()]
    return TicketEvent(f"state:{digest(said)}", number, EventKind.CHANGED, at, changes, requester)


def _said(number: str, message: Message) -> TicketEvent:
    kind = KINDS[message.author] if message.public else EventKind.NOTED
    return TicketEvent(f"comment:{message.id}", number, kind, message.sent_at, messages=(message,))


def _message(comment: Reader, reporter: Reader) -> Message:
    body, public = cut(comment.at("body").maybe_text(MAX_BODY) or "", MAX_BODY), _is_public(comment)
    return Message(
        id=comment.at("id").identifier(),
        # Customers cannot write what customers cannot read.
        author=_author(comment.at("author"), reporter) if public else Author.AGENT,
        body=body,
        sent_at=comment.at("created").instant(),
        public=public,
        note_ref=None if public else note_ref(body),
    )


def _author(writer: Reader, reporter: Reader) -> Author:
    kind = writer.at("accountType").known_word(ACCOUNTS)
    if kind is not None:
        return kind
    person = _person(writer)
    return Author.CUSTOMER if person is not None and person == _person(reporter) else Author.AGENT


def _is_public(comment: Reader) -> bool:
    """Tell whether customers can read a comment; one that does not say is of a project without customers."""
    return comment.at("jsdPublic").flag(default=True)


def _status(status: Reader) -> TicketStatus | None:
    named = status.at("name").known_word(STATUSES)
    return named or status.at("statusCategory").at("key").known_word(CATEGORIES)


def _requester(reporter: Reader) -> Requester | None:
    requester = Requester(
        external_id=_person(reporter),
        name=reporter.at("displayName").maybe_text(),
        email=reporter.at("emailAddress").maybe_text(),
    )
    return requester if requester.external_id or requester.email else None


def _person(person: Reader) -> str | None:
    """Return who it is: an account id, or what sites called people before there were any."""
    known = (person.at(key).maybe_identifier() for key in ("accountId", "key", "name"))
    return next((each for each in known if each is not None), None)


def _sent_at(root: Reader) -> datetime:
    stamp = root.at("timestamp")
    return Reader(stamp.integer() / 1_000, stamp.path).unix()
