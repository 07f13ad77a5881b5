"""One change of a fact, and the facts after it as a live ticket would have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rules.conditions import Scalar
from rules.facts import complete
from rules.model import Facts, TicketStatus
from rules.vocabulary import COLLECTIONS, FIELDS, Field

Value = Scalar | frozenset[str]

OPEN_TICKETS: Final = "customer.open_tickets"
_STATUS: Final = "ticket.status"

SOURCES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "customer.seat_utilisation": ("customer.seats", "customer.seats_used"),
        "customer.nps_class": ("customer.nps",),
        "customer.is_prospect": ("customer.lifecycle",),
        OPEN_TICKETS: (_STATUS,),
    }
)
"""Field -> the fields of which live facts work it out when nobody states it, and which can be changed."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where a fact stands: a field, or a field of one item (counted from 0) of a collection."""

    field: str
    collection: str = ""
    item: int = 0

    @property
    def name(self) -> str:
        """The field's full name: `customer.plan`, `invoices.status`."""
        return f"{self.collection}.{self.field}" if self.collection else self.field

    @property
    def described(self) -> Field:
        """What the vocabulary says of the field."""
        return COLLECTIONS[self.collection].fields[self.field] if self.collection else FIELDS[self.field]

    def of(self, facts: Facts) -> Value | None:
        """Return what the facts say here, None when that is unknown."""
        if not self.collection:
            return facts.values.get(self.field)
        return facts.collections[self.collection][self.item].get(self.field)


def edited(facts: Facts, edits: Mapping[Spot, Value]) -> Facts:
    """Return the facts with other values, and with what follows from them worked out again.

    A value counts as worked out when it is what would be worked out: then it goes along. One that says something else
    was stated by somebody; it stays, as a stated value does when live facts are built.
    """
    wide = {spot.field: value for spot, value in edits.items() if not spot.collection}
    touched = {name for name, sources in SOURCES.items() if not wide.keys().isdisjoint(sources)}
    along = {name for name in touched if name not in facts.values or _follows(name, facts)} - wide.keys()
    values = {name: value for name, value in facts.values.items() if name not in along} | wide
    worked_out = dict(values)
    complete(worked_out)
    if OPEN_TICKETS in along and OPEN_TICKETS in facts.values:
        worked_out[OPEN_TICKETS] = _open_tickets(values, facts)
    values |= {name: worked_out[name] for name in along if name in worked_out}
    ordered = {name: values[name] for name in FIELDS if name in values}
    return Facts(ordered, facts.signals, _items(facts, edits), facts.taken_at)


def _follows(name: str, facts: Facts) -> bool:
    """Tell whether the value is what live facts would make of the others."""
    if name == OPEN_TICKETS:
        return _STATUS in facts.values and facts.values[name] == _open_tickets(facts.values, facts)
    without = {other: value for other, value in facts.values.items() if other != name}
    complete(without)
    return without.get(name) == facts.values[name]


def _open_tickets(values: Mapping[str, Value], facts: Facts) -> int:
    """Count the customer's open tickets, this one included."""
    others = len(facts.collections.get("open_tickets", ()))
    return others + TicketStatus(str(values[_STATUS])).is_open


def _items(facts: Facts, edits: Mapping[Spot, Value]) -> dict[str, tuple[Mapping[str, Value], ...]]:
    collections = dict(facts.collections)
    for spot, value in edits.items():
        if spot.collection:
            items = [dict(item) for item in collections[spot.collection]]
            items[spot.item][spot.field] = value
            collections[spot.collection] = tuple(items)
    return collections
