"""The words every other module speaks: tickets in, decisions out.

Frozen, without behaviour that does I/O. Every instant is timezone-aware UTC.
The parsed rule files (signal, rule, action) are in `rules.rulebook`, re-exported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from rules.conditions import Scalar
from rules.rulebook import (
    Action,
    Consequence,
    Example,
    Function,
    Kind,
    Rule,
    Rulebook,
    RuleKind,
    Signal,
    Status,
)
from rules.text import LOCALES, Locale, Text

__all__ = [
    "LOCALES",
    "Action",
    "Author",
    "Channel",
    "Consequence",
    "Customer",
    "Decision",
    "EventKind",
    "Example",
    "Factor",
    "Facts",
    "Fired",
    "Function",
    "Kind",
    "LeafResult",
    "Locale",
    "Message",
    "NotShown",
    "PastTicket",
    "Priority",
    "Recommendation",
    "Requester",
    "Rule",
    "RuleKind",
    "Rulebook",
    "Signal",
    "SignalHit",
    "Stage",
    "Status",
    "Text",
    "Ticket",
    "TicketChanges",
    "TicketEvent",
    "TicketStatus",
    "Trace",
]


# --- what a helpdesk tells us -------------------------------------------------------------------


class Author(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class EventKind(StrEnum):
    """What happened to the ticket, in one vocabulary for every helpdesk."""

    OPENED = "opened"
    REPLIED = "replied"  # the customer wrote
    ANSWERED = "answered"  # an agent wrote to the customer
    NOTED = "noted"  # an internal note
    CHANGED = "changed"  # status, priority, tags, assignee …
    RATED = "rated"  # a survey answer


class TicketStatus(StrEnum):
    """The state of a ticket, in one vocabulary for every helpdesk."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has work to do or to wait for."""
        return self not in (TicketStatus.SOLVED, TicketStatus.CLOSED)


class Priority(StrEnum):
    """How urgent the helpdesk says it is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Channel(StrEnum):
    """Where the customer wrote."""

    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    WEB = "web"
    SOCIAL = "social"
    SURVEY = "survey"
    MESSAGING = "messaging"
    API = "api"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Requester:
    """The person who asks, as the helpdesk knows them. At least one identity is given."""

    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation, as plain text (HTML already turned into text)."""

    id: str
    author: Author
    body: str
    sent_at: datetime
    public: bool = True
    note_ref: str | None = None
    """The reference found in the body when it looks like a note that Sidecue itself posted."""


@dataclass(frozen=True, slots=True)
class TicketChanges:
    """What one event says about the ticket; None means that it does not say."""

    subject: str | None = None
    description: str | None = None
    status: TicketStatus | None = None
    priority: Priority | None = None
    channel: Channel | None = None
    language: str | None = None
    product: str | None = None
    plan_mentioned: str | None = None
    tags: frozenset[str] | None = None
    assignee: str | None = None
    group: str | None = None
    is_vip: bool | None = None
    csat: int | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened to one ticket: the only thing a connector produces.

    `id` is the helpdesk's own id of the event, or a digest of what it says: the same event always has the same id.
    Events of one ticket may arrive late, twice and out of order; `rules.folding` does not mind.
    """

    id: str
    ticket_id: str
    kind: EventKind
    occurred_at: datetime
    changes: TicketChanges = TicketChanges()
    requester: Requester | None = None
    messages: tuple[Message, ...] = ()
    found_by: tuple[str, ...] = ()
    """Names by which the ticket may be known instead of `ticket_id`, best first: the mails that a mail answers."""
    known_as: tuple[str, ...] = ()
    """Names that lead to this ticket from now on: a mail's own id."""


# --- what we know -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as all its events together describe it."""

    id: str
    subject: str = ""
    description: str = ""
    status: TicketStatus = TicketStatus.NEW
    priority: Priority | None = None
    channel: Channel | None = None
    language: str | None = None
    product: str | None = None
    plan_mentioned: str | None = None
    tags: frozenset[str] | None = None
    assignee: str | None = None
    group: str | None = None
    is_vip: bool | None = None
    csat: int | None = None
    requester: Requester | None = None
    messages: tuple[Message, ...] = ()
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    first_answer_at: datetime | None = None
    reopen_count: int = 0


@dataclass(frozen=True, slots=True)
class Customer:
    """What a CRM, billing system or import stated about a customer.

    `attributes` are vocabulary fields without the `customer.` prefix; `dates` are the days from which
    `days_to_…` and `days_since_…` are worked out (keys: `rules.vocabulary.CUSTOMER_DATES`).
    """

    external_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    collections: Mapping[str, tuple[Mapping[str, Scalar], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastTicket:
    """Another ticket of the same customer, as far as decisions need it."""

    id: str
    opened_at: datetime
    is_open: bool
    signals: frozenset[str]
    severity: str | None = None
    primary: Function | None = None
    reopen_count: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may look at, and nothing else. A field that is absent is unknown.

    `values`: full vocabulary name -> value (sets as frozenset of str). `signals` is always known.
    `collections`: name -> items; an item's absent field is unknown.
    """

    values: Mapping[str, Scalar | frozenset[str]]
    signals: frozenset[str]
    collections: Mapping[str, tuple[Mapping[str, Scalar | frozenset[str]], ...]]
    taken_at: datetime


class SignalHit(NamedTuple):
    """A signal and the phrase of its file that met the text.

    `start` and `end` are character offsets into the message: the text itself is not kept here.
    """

    signal: str
    phrase: str
    language: Locale
    message_id: str
    start: int
    end: int


# --- what is decided ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeafResult:
    """How one leaf of a condition came out, with the value that it saw (None: unknown)."""

    field: str
    op: str
    expected: Scalar | tuple[Scalar, ...] | None
    actual: Scalar | tuple[str, ...] | None
    truth: bool | None


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired, and the leaves that made it true."""

    rule: str
    version: int
    kind: RuleKind
    leaves: tuple[LeafResult, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a rank: priority = the product of all of them."""

    name: str
    value: float
    because: str


class Stage(StrEnum):
    """Where a recommendation that is not shown fell out, in the order of the stages."""

    NOT_FIRED = "not_fired"  # the rule's `when` is not true
    SHADOW = "shadow"  # the rule is experimental: evaluated, recorded, never shown
    NOT_APPLICABLE = "not_applicable"  # the action's `needs` is not true
    SUPPRESSED = "suppressed"  # a guardrail
    CONTACT_LIMIT = "contact_limit"  # cooldown, or the cap per period
    CONFLICT = "conflict"  # contradicts a better ranked one
    RANK = "rank"  # below the three shown


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the agent is told to do, and which rule versions answer for it."""

    action: str
    kind: Kind
    function: Function
    rules: tuple[str, ...]
    title: Text
    steps: tuple[Text, ...]
    reply: Text | None
    involve: tuple[Function, ...]
    due_at: datetime
    benefit: Text
    reason: Text
    priority: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class NotShown:
    """A recommendation whose rule fired, and why the agent does not see it.

    `by` is the guardrail rule, the conflicting action, or the limit; `reason` says it to a person.
    `leaves` are the conditions that decided, with their values.
    """

    action: str
    kind: Kind
    rules: tuple[str, ...]
    stage: Stage
    by: str
    reason: Text
    leaves: tuple[LeafResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """How the decision came about: language, signals, every rule that fired, what was cut from the text.

    `acceptance` is what the ranking knew then: action -> (accepted, shown). Without it nobody could decide again as of
    then, because the counts grow with every click.
    """

    language: str
    signals: tuple[SignalHit, ...]
    fired: tuple[Fired, ...]
    shadow: tuple[Fired, ...]
    derived: Mapping[str, str]
    text_truncated: bool
    acceptance: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose work a ticket is and what to do next. The same facts, clock and rulebook give the same bytes."""

    primary: Function
    collaborators: tuple[Function, ...]
    scores: Mapping[Function, int]
    confidence: float
    needs_triage: bool
    is_fallback: bool
    journey_stage: str | None
    customer_job: str | None
    recommendations: tuple[Recommendation, ...]
    not_shown: tuple[NotShown, ...]
    trace: Trace
    facts: Facts
    rulebook: str
    taken_at: datetime
