"""What a Znuny delivery says happened. `fixtures/` are the specification.

A delivery holds the whole ticket with all its articles (Znuny's word for messages), and the event that set its invoker
off. Each article becomes one event whose id is the same in every delivery, so that the store keeps it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from connectors.base import Delivery, Installation, note_ref, state_id
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

EVENTS: Final = frozenset(
    {
        "ArticleCreate",
        "TicketCustomerUpdate",
        "TicketOwnerUpdate",
        "TicketPriorityUpdate",
        "TicketQueueUpdate",
        "TicketStateUpdate",
        "TicketTitleUpdate",
    }
)
"""TicketCreate is left out: it comes before the ticket's first article, with nothing in it to decide on."""
# Admins add states of their own; the types of states they belong to are Znuny's.
STATUSES: Final[Mapping[str, TicketStatus]] = MappingProxyType(
    {
        "new": TicketStatus.NEW,
        "open": TicketStatus.OPEN,
        "pending reminder": TicketStatus.PENDING,
        "pending auto": TicketStatus.PENDING,
        "closed": TicketStatus.CLOSED,
        "merged": TicketStatus.CLOSED,
        "removed": TicketStatus.CLOSED,
    }
)
PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {
        "1 very low": Priority.LOW,
        "2 low": Priority.LOW,
        "3 normal": Priority.NORMAL,
        "4 high": Priority.HIGH,
        "5 very high": Priority.URGENT,
    }
)
CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {"email": Channel.EMAIL, "phone": Channel.PHONE, "chat": Channel.CHAT, "internal": Channel.WEB, "web": Channel.WEB}
)
"""An internal article that a customer wrote comes from the customers' own pages."""
CHANNEL_NUMBERS: Final[Mapping[str, Channel]] = MappingProxyType({"1": Channel.EMAIL, "3": Channel.WEB})
"""For releases that give the channel's number alone: those that could be verified."""
AUTHORS: Final[Mapping[str, Author]] = MappingProxyType({"customer": Author.CUSTOMER, "agent": Author.AGENT})
"""Who a sender is; `system`, an automatic answer first of all, is nobody's words."""
NOBODY: Final = "1"
"""The id of the owner of a ticket that nobody owns: the user that Znuny itself acts as."""
PARTS: Final = frozenset({"file-1", "file-2"})
"""What Znuny calls the parts of a mail that are its text, which it keeps like files."""
TIME_ZONE: Final = "time_zone"


def parse(delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
    """Return the articles as events, oldest first, and what the ticket is like now.

    An article that is a note of ours, coming back, brings nothing besides itself.
    """
    root, zone = Reader(delivery.payload), _zone(installation.settings.get(TIME_ZONE) or "UTC")
    event, ticket = root.at("Event"), root.at("Ticket")
    name = event.at("Event").maybe_text()
    if name is not None and name not in EVENTS:
        raise EventUnsupported(name)
    number = ticket.at("TicketID").identifier()
    articles = _articles(ticket)
    messages = [_message(each, zone) for each in articles]
    cause = event.at("ArticleID").maybe_identifier()
    own = [each for each in messages if each.id == cause and each.note_ref is not None]
    if own:
        return [_said(number, own[0])]
    requester = _requester(ticket)
    first = messages[0] if messages else None
    describes = first is not None and first.public and first.author is Author.CUSTOMER
    events = []
    if first is not None:
        opened_at = _instant(ticket.at("Created"), zone)
        changes = _opening(ticket, articles[0], first.body if describes else None, opened_at)
        events = [TicketEvent(f"ticket:{number}:opened", number, EventKind.OPENED, opened_at, changes, requester)]
    said = messages[1:] if describes else messages
    events += [_said(number, each) for each in said if each.body]
    return [*events, _state(number, ticket, requester, zone)]


def _opening(ticket: Reader, article: Reader, description: str | None, opened_at: datetime) -> TicketChanges:
    return TicketChanges(
        subject=ticket.at("Title").maybe_text(MAX_SUBJECT),
        description=description or None,
        channel=_channel(article),
        opened_at=opened_at,
    )


def _state(number: str, ticket: Reader, requester: Requester | None, zone: ZoneInfo) -> TicketEvent:
    at = _instant(ticket.at("Changed"), zone)
    owner = ticket.at("OwnerID").maybe_identifier()
    changes = TicketChanges(
        subject=ticket.at("Title").maybe_text(MAX_SUBJECT),
        status=ticket.at("StateType").known_word(STATUSES),
        priority=ticket.at("Priority").known_word(PRIORITIES),
        assignee=None if owner == NOBODY else ticket.at("Owner").maybe_text(),
        group=ticket.at("Queue").maybe_text(),
        opened_at=_instant(ticket.at("Created"), zone),
    )
    return TicketEvent(state_id(changes, at), number, EventKind.CHANGED, at, changes, requester)


def _said(number: str, message: Message) -> TicketEvent:
    if not message.public:
        kind = EventKind.NOTED
    elif message.author is Author.CUSTOMER:
        kind = EventKind.REPLIED
    else:
        kind = EventKind.ANSWERED if message.author is Author.AGENT else EventKind.CHANGED
    return TicketEvent(f"article:{message.id}", number, kind, message.sent_at, messages=(message,))


def _articles(ticket: Reader) -> list[Reader]:
    """Return the ticket's articles, oldest first.

    The event's own stands beside the list once more, with its files, which the list leaves out.
    """
    own = ticket.at("Article")
    found = {each.at("ArticleID").identifier(): each for each in ticket.at("Articles").items()}
    if not own.at("ArticleID").absent:
        found[own.at("ArticleID").identifier()] = own
    return [found[each] for each in sorted(found, key=lambda each: (len(each), each))]


def _message(article: Reader, zone: ZoneInfo) -> Message:
    body, visible = _words(article), _visible(article.at("IsVisibleForCustomer"))
    author = article.at("SenderType").known_word(AUTHORS) or Author.SYSTEM
    return Message(
        id=article.at("ArticleID").identifier(),
        author=author,
        body=body,
        sent_at=_sent(article, zone),
        public=visible,
        note_ref=note_ref(body) if not visible and author is Author.AGENT else None,
    )


def _words(article: Reader) -> str:
    """Return an article's text with a line for each file that came with it; Znuny makes text of HTML by itself."""
    text = article.at("Body").maybe_text(MAX_BODY * 4) or ""
    names = [each.at("Filename").maybe_text() or "file" for each in article.at("Attachment").items()]
    files = [each for each in names if each not in PARTS]
    return with_attachments(cut(to_text(text) if looks_like_html(text) else text, MAX_BODY), files)


def _visible(reader: Reader) -> bool:
    """Return a flag that Perl writes as a number or a text. One that is missing is refused: a guess could be wrong."""
    if str(reader.value) not in {"0", "1"}:
        reader.refuse(Text("0 ou 1", "0 or 1"))
    return str(reader.value) == "1"


def _sent(article: Reader, zone: ZoneInfo) -> datetime:
    """Return when an article came in: unix seconds where it has them, else the time that it was created."""
    seconds = article.at("IncomingTime")
    if isinstance(seconds.value, str) and seconds.value.isascii() and seconds.value.isdigit():
        return Reader(int(seconds.value), seconds.path).unix()
    return _instant(article.at("CreateTime"), zone) if seconds.absent else seconds.unix()


def _instant(reader: Reader, zone: ZoneInfo) -> datetime:
    """Return a time that Znuny writes without an offset, in the time zone of its database, as UTC."""
    try:
        found = datetime.fromisoformat(reader.text().strip())
        return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        reader.refuse(Text("um horário como 2026-01-31 09:30:00", "a time such as 2026-01-31 09:30:00"))


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PayloadInvalid(
            Text(
                f"o ajuste {TIME_ZONE} do tenant não é um fuso horário; informe um como America/Sao_Paulo",
                f"the tenant's setting {TIME_ZONE} is no time zone; give it one such as America/Sao_Paulo",
            )
        ) from None


def _channel(article: Reader) -> Channel | None:
    named = article.at("CommunicationChannel").known_word(CHANNELS)
    number = article.at("CommunicationChannelID").maybe_identifier() or ""
    channel = named or CHANNEL_NUMBERS.get(number)
    wrote = article.at("SenderType").known_word(AUTHORS)
    return None if channel is Channel.WEB and wrote is not Author.CUSTOMER else channel


def _requester(ticket: Reader) -> Requester | None:
    """Return the customer user; of one that Znuny does not know it has the address alone."""
    customer = ticket.at("CustomerUser")
    login = ticket.at("CustomerUserID").maybe_identifier()
    names = [customer.at("UserFirstname").maybe_text(), customer.at("UserLastname").maybe_text()]
    requester = Requester(
        external_id=login,
        name=" ".join(each.strip() for each in names if each) or None,
        email=customer.at("UserEmail").maybe_text() or (login if login and "@" in login else None),
        phone=customer.at("UserPhone").maybe_text() or customer.at("UserMobile").maybe_text(),
    )
    return requester if requester.external_id or requester.email or requester.phone else None
