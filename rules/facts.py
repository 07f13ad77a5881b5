"""Ticket + customer + history + clock -> the typed facts that a decision may look at.

How a value comes about, in this order:
- what a CRM, billing system or import *stated* wins over what we work out: the owner of the data knows better;
- else it is worked out here, from dates, counts and other fields;
- else it is absent, which means unknown; nothing is ever guessed.

Days are calendar days in UTC: `customer.days_to_renewal` is the renewal's date minus the UTC date of the clock.
Windows "in 30 days" are half-open: exactly 30 days ago is out, one second later is in; what lies after the clock is not
there yet, so that a replay of the past sees no future.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from rules.conditions import Scalar
from rules.errors import FactsInvalid
from rules.model import Author, Customer, Facts, Locale, PastTicket, Ticket
from rules.text import Text, filled
from rules.vocabulary import (
    AHEAD,
    COLLECTIONS,
    CUSTOMER_DATES,
    FIELDS,
    WELL_KNOWN_SIGNALS,
    Collection,
    Field,
    Source,
    accept,
    nearest,
)
from rules.vocabulary.field import unfit

Value = Scalar | frozenset[str]
Item = Mapping[str, Value]

WINDOW: Final = timedelta(days=30)
DIGITS: Final = 6
"""Decimals kept of hours and days: finer than a second, and one text for one number."""

_ALONE: Final = tuple(name for name, field in FIELDS.items() if "." not in name and field.source is not Source.TEXT)
"""Fields that belong to no group: the occasion, and what rules derive."""
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        group: tuple(name.removeprefix(f"{group}.") for name in FIELDS if name.startswith(f"{group}."))
        for group in ("ticket", "customer", "decision")
    }
)
_GIVEN: Final = ("signals", *_GROUPS, *_ALONE, *COLLECTIONS)

_PAIRS: Final = Text("precisa ter nomes e valores, como {name: value}", "needs names and values, like {name: value}")
_ITEMS: Final = Text("precisa ser uma lista de itens", "needs a list of items")
_ITEMS_OF: Final = Text("tem itens destes valores: {known}", "has items of {known}")
_SIGNALS: Final = Text("precisa ser uma lista de nomes de sinais", "needs a list of signal names")
_IN: Final = Text("{place}.{why}", "{place}.{why}")
_UNKNOWN: Final = Text("não há o campo {name!r}; {hint}", "there is no field {name!r}; {hint}")
_NEAR: Final = Text("seria {near}?", "did you mean {near}?")
_VALID: Final = Text("nomes válidos: {names}", "valid names: {names}")
_NO_CLOCK: Final = Text(
    "taken_at {at} não diz o fuso horário; informe o instante em UTC",
    "taken_at {at} has no time zone; give the instant in UTC",
)
_NO_ZONE: Final = Text(
    "{at} não diz o fuso horário: todo instante precisa de um, que seria um palpite",
    "{at} has no time zone: every instant needs one, its zone would be a guess",
)


def build(  # noqa: PLR0913, PLR0917 - one parameter per source of facts; they come from eight different places
    ticket: Ticket,
    customer: Customer | None,
    others: Sequence[PastTicket],
    contacts: Sequence[Mapping[str, object]],
    reading_signals: frozenset[str],
    language: Locale,
    regulated: bool,  # noqa: FBT001 - a property of the tenant, passed on by name by every caller
    now: datetime,
    clocks: Mapping[str, Value] = MappingProxyType({}),
) -> Facts:
    """Return the facts of one ticket at the instant `now` (timezone-aware).

    `others`: the customer's tickets besides this one. `contacts`: what the customer was shown on those, as items of the
    collection `contacts`; what is still open on this ticket is no repetition and does not belong there. `clocks`: what
    `rules.obligations` makes of the ticket where the SAC decree holds.
    What the helpdesk says and no field can hold (a CSAT of 7, a product name of 2,000 bytes) is unknown.
    Raise FactsInvalid for a stated attribute or item that does not fit the vocabulary.
    """
    clock = _utc(now)
    past = sorted(
        (other for other in others if other.id != ticket.id and _utc(other.opened_at) <= clock),
        key=lambda other: (_utc(other.opened_at), other.id),
    )
    stated = _stated(customer)
    values: dict[str, Value] = {"occasion": "ticket", **_of_ticket(ticket, language, clock)}
    values |= clocks
    values |= _of_history(ticket, past, reading_signals, clock)
    values |= days_of(customer.dates if customer is not None else {}, clock)
    if regulated:
        values["customer.regulated_sector"] = True
    values |= stated
    values |= _next_touch(values)
    complete(values)
    collections = _stated_collections(customer)
    collections["open_tickets"] = tuple(_open_ticket(other, clock) for other in past if other.is_open)
    collections["contacts"] = _items(COLLECTIONS["contacts"], contacts)
    return Facts(values, frozenset(reading_signals), collections, clock)


def scheduled(  # noqa: PLR0913, PLR0917 - as build
    customer: Customer,
    tickets: Sequence[PastTicket],
    contacts: Sequence[Mapping[str, object]],
    last_contact: date | None,
    regulated: bool,  # noqa: FBT001 - as build
    now: datetime,
) -> Facts:
    """Return the facts of a customer at the instant `now`, without a ticket: `ticket.*` is unknown, no signal is there.

    `tickets`: all of the customer's. `last_contact`: the day of the last one as far as we saw it; a stated day wins.
    Raise FactsInvalid for a stated attribute or item that does not fit the vocabulary.
    """
    clock = _utc(now)
    past = sorted(
        (one for one in tickets if _utc(one.opened_at) <= clock), key=lambda one: (_utc(one.opened_at), one.id)
    )
    seen = {"last_contact_on": last_contact} if last_contact is not None else {}
    values: dict[str, Value] = {"occasion": "schedule", **_counts(past, clock)}
    values |= days_of({**seen, **customer.dates}, clock)
    if regulated:
        values["customer.regulated_sector"] = True
    values |= _stated(customer)
    values |= _next_touch(values)
    complete(values)
    collections = _stated_collections(customer)
    collections["open_tickets"] = tuple(_open_ticket(one, clock) for one in past if one.is_open)
    collections["contacts"] = _items(COLLECTIONS["contacts"], contacts)
    return Facts(values, frozenset(), collections, clock)


def facts_from_given(given: Mapping[str, object], taken_at: datetime) -> Facts:
    """Return the facts that an example or a row states in the vocabulary's words.

    `given` holds `signals`, `ticket: {…}`, `customer: {…}`, `decision: {…}`, `occasion`, the derived fields and the
    collections. What follows from stated values alone (`nps_class`, `seat_utilisation`, `is_prospect`) is worked out as
    for a live ticket; counts and days are not. A collection that is not given is empty.
    Raise FactsInvalid, naming the nearest valid name, for a name the vocabulary does not know or a value it refuses.
    """
    values: dict[str, Value] = {}
    collections: dict[str, tuple[Item, ...]] = dict.fromkeys(COLLECTIONS, ())
    signals: frozenset[str] = frozenset()
    for key, stated in given.items():
        if key == "signals":
            signals = _signals(stated)
        elif key in _GROUPS:
            values |= _group(key, stated)
        elif key in COLLECTIONS:
            collections[key] = _items(COLLECTIONS[key], stated)
        elif key in _ALONE:
            values[key] = accept(key, stated)
        else:
            raise FactsInvalid(_unknown("", str(key), _GIVEN))
    complete(values)
    return Facts(values, signals, collections, _utc(taken_at))


def complete(values: dict[str, Value]) -> None:
    """Add what follows from other values and is not stated itself; `values` are full names."""
    seats, used = values.get("customer.seats"), values.get("customer.seats_used")
    # no seats at all: the share of nothing is unknown, neither 0 nor 1
    if isinstance(seats, int) and isinstance(used, int) and seats > 0:
        values.setdefault("customer.seat_utilisation", round(used / seats, DIGITS))
    score = values.get("customer.nps")
    if isinstance(score, int):
        values.setdefault("customer.nps_class", nps_class(score))
    lifecycle = values.get("customer.lifecycle")
    if isinstance(lifecycle, str):
        values.setdefault("customer.is_prospect", lifecycle == "prospect")


def clock_of(facts: Facts) -> datetime:
    """Return when a decision is taken on the facts, in UTC. Raise FactsInvalid when it has no time zone."""
    at = facts.taken_at
    if at.tzinfo is None:
        raise FactsInvalid(filled(_NO_CLOCK, at=at.isoformat()))
    return at.astimezone(UTC)


def nps_class(score: int) -> str:
    """Return the class of an NPS answer: 0 to 6 detractor, 7 and 8 passive, 9 and 10 promoter."""
    if score <= 6:
        return "detractor"
    return "passive" if score <= 8 else "promoter"


# --- from the helpdesk, the history and the clock -----------------------------------------------


def _of_ticket(ticket: Ticket, language: Locale, clock: datetime) -> dict[str, Value]:
    """Return what the helpdesk says; what no field can hold stays unknown, so that it never stops a decision."""
    said: dict[str, object] = {
        "channel": ticket.channel.value if ticket.channel is not None else None,
        "status": ticket.status.value,
        "priority": ticket.priority.value if ticket.priority is not None else None,
        "language": language,
        "product": ticket.product,
        "plan_mentioned": ticket.plan_mentioned,
        "reopen_count": ticket.reopen_count,
        "reply_count": _replies(ticket),
        "csat": ticket.csat,
        "is_vip": ticket.is_vip,
        "tags": ticket.tags,
    }
    if ticket.opened_at is not None:
        said["age_hours"] = _hours(ticket.opened_at, clock)
        if ticket.first_answer_at is not None:
            said["hours_to_first_reply"] = _hours(ticket.opened_at, _utc(ticket.first_answer_at))
    values: dict[str, Value] = {}
    for name, value in said.items():
        if value is None:
            continue
        try:
            values[f"ticket.{name}"] = accept(f"ticket.{name}", value)
        except FactsInvalid:
            continue
    return values


def _replies(ticket: Ticket) -> int:
    """Count what the customer wrote for all to see after the ticket was opened; the opening itself is no reply."""
    written = [message for message in ticket.messages if message.public and message.author is Author.CUSTOMER]
    opening = ticket.description.split()
    if opening:
        # a helpdesk that repeats the description as a message, wrapped its own way, must not make it a reply
        return len(written) - any(message.body.split() == opening for message in written)
    return len(written) - any(
        ticket.opened_at is not None and message.sent_at <= ticket.opened_at for message in written
    )


def _of_history(ticket: Ticket, past: Sequence[PastTicket], signals: frozenset[str], clock: datetime) -> dict[str, int]:
    """Count over the customer's tickets, this one included wherever it already shows what is counted.

    `severe_incidents_30d` counts the others only: how severe this one is, the derivations will say later.
    """
    opened_at = _utc(ticket.opened_at) if ticket.opened_at is not None else clock
    # a clock of the helpdesk ahead of ours makes this ticket "future": it is here, so it counts
    counts_now = clock - opened_at < WINDOW
    values = _counts(past, clock)
    values["customer.open_tickets"] += ticket.status.is_open
    values["customer.tickets_30d"] += counts_now
    values["customer.reopened_30d"] += ticket.reopen_count * counts_now
    for name, signal in WELL_KNOWN_SIGNALS.items():
        values[name] += counts_now and signal in signals
    return values


def _counts(past: Sequence[PastTicket], clock: datetime) -> dict[str, int]:
    recent = [other for other in past if clock - _utc(other.opened_at) < WINDOW]
    counts = {
        "customer.open_tickets": sum(other.is_open for other in past),
        "customer.tickets_30d": len(recent),
        "customer.reopened_30d": sum(other.reopen_count for other in recent),
        "customer.severe_incidents_30d": sum(other.severity == "severe" for other in recent),
    }
    for name, signal in WELL_KNOWN_SIGNALS.items():
        counts[name] = sum(signal in other.signals for other in recent)
    return counts


def days_of(dates: Mapping[str, date], clock: datetime) -> dict[str, Value]:
    """Return a customer's dates (keys of CUSTOMER_DATES) as days from the clock's UTC date.

    What happened "tomorrow" is a time zone's doing and counts as today; further ahead it is not believed: unknown.
    Raise FactsInvalid for a date the vocabulary does not know.
    """
    values: dict[str, Value] = {}
    for key, day in dates.items():
        name = CUSTOMER_DATES.get(key)
        if name is None:
            raise FactsInvalid(_unknown("dates.", key, CUSTOMER_DATES))
        days = (day - _utc(clock).date()).days
        if name not in AHEAD:
            days = -days
            if days < -1:
                continue
            days = max(days, 0)
        values[name] = days
    return values


def _next_touch(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return when the success plan asks for the next contact, by its cadence, when no date is stated for it."""
    every, since = values.get("customer.touch_every_days"), values.get("customer.days_since_last_contact")
    if "customer.days_to_next_touch" in values or not isinstance(every, int) or not isinstance(since, int):
        return {}
    return {"customer.days_to_next_touch": every - since}


def _open_ticket(other: PastTicket, clock: datetime) -> Item:
    item: dict[str, Value] = {"signals": frozenset(other.signals), "age_hours": _hours(other.opened_at, clock)}
    if other.severity is not None:
        item["severity"] = COLLECTIONS["open_tickets"].fields["severity"].accept(other.severity)
    if other.primary is not None:
        item["primary"] = other.primary.value
    return item


def _hours(start: datetime, end: datetime) -> float:
    """Return the hours from `start` to `end`, 0 when two machines' clocks disagree about the order."""
    return round(max((_utc(end) - _utc(start)).total_seconds(), 0.0) / 3_600, DIGITS)


# --- stated values ------------------------------------------------------------------------------


def _stated(customer: Customer | None) -> dict[str, Value]:
    return _group("customer", customer.attributes) if customer is not None else {}


def _stated_collections(customer: Customer | None) -> dict[str, tuple[Item, ...]]:
    collections: dict[str, tuple[Item, ...]] = dict.fromkeys(COLLECTIONS, ())
    ours = [name for name, found in COLLECTIONS.items() if found.source is Source.STATED]
    for name, items in (customer.collections if customer is not None else {}).items():
        if name not in ours:
            raise FactsInvalid(_unknown("", name, ours))
        collections[name] = _items(COLLECTIONS[name], items)
    return collections


def _group(group: str, stated: object) -> dict[str, Value]:
    if not isinstance(stated, Mapping):
        raise FactsInvalid(unfit(group, stated, _PAIRS))
    values: dict[str, Value] = {}
    for name, value in stated.items():
        field = FIELDS.get(f"{group}.{name}")
        if field is None:
            raise FactsInvalid(_unknown(f"{group}.", str(name), _GROUPS[group]))
        values[field.name] = _accepted(field, value)
    return values


def _accepted(field: Field, value: object) -> Value:
    accepted = field.accept(value)
    if isinstance(accepted, frozenset) and field.values and not accepted <= set(field.values):
        odd = sorted(accepted - set(field.values))
        raise FactsInvalid(unfit(field.name, odd, filled(_ITEMS_OF, known=", ".join(field.values))))
    return accepted


def _items(collection: Collection, stated: object) -> tuple[Item, ...]:
    if isinstance(stated, str | bytes | Mapping) or not isinstance(stated, Iterable):
        raise FactsInvalid(unfit(collection.name, stated, _ITEMS))
    return tuple(_item(collection, item, f"{collection.name}[{index}]") for index, item in enumerate(stated))


def _item(collection: Collection, stated: object, place: str) -> Item:
    if not isinstance(stated, Mapping):
        raise FactsInvalid(unfit(place, stated, _PAIRS))
    item: dict[str, Value] = {}
    for name, value in stated.items():
        field = collection.fields.get(str(name))
        if field is None:
            raise FactsInvalid(_unknown(f"{place}.", str(name), collection.fields))
        try:
            item[field.name] = field.accept(value)
        except FactsInvalid as error:
            raise FactsInvalid(filled(_IN, place=place, why=error.text)) from error
    return item


def _signals(stated: object) -> frozenset[str]:
    if not isinstance(stated, list | tuple | set | frozenset) or not all(isinstance(name, str) for name in stated):
        raise FactsInvalid(unfit("signals", stated, _SIGNALS))
    return frozenset(stated)


def _unknown(place: str, name: str, names: Iterable[str]) -> Text:
    valid = sorted(names)
    near = nearest(name, valid)
    hint = filled(_NEAR, near=f"{place}{near}") if near is not None else filled(_VALID, names=", ".join(valid))
    return filled(_UNKNOWN, name=place + name, hint=hint)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is UTC:  # as nearly all are
        return instant
    if instant.tzinfo is None:
        raise FactsInvalid(filled(_NO_ZONE, at=instant.isoformat()))
    return instant.astimezone(UTC)
