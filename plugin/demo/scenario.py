"""The demo's customers and tickets, as `scenario.yml` tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).with_name("scenario.yml")

_DATES: Final = {
    "renewal_in": ("renewal_on", 1),
    "since": ("customer_since", -1),
    "login_ago": ("last_login_on", -1),
    "nps_ago": ("nps_answered_on", -1),
}
"""Key of the file -> the date it states, and whether it lies ahead of today (1) or behind (-1)."""


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """A made-up customer; `days` are days from today by the name of the date they make."""

    id: str
    name: str
    email: str
    locale: str
    attributes: Mapping[str, Any]
    days: Mapping[str, int]

    def stated(self, today: date) -> dict[str, Any]:
        """Return the body of `PUT /api/v1/customers/…`."""
        return {
            "name": self.name,
            "email": self.email,
            "locale": self.locale,
            "attributes": dict(self.attributes),
            "dates": {name: (today + timedelta(days=days)).isoformat() for name, days in self.days.items()},
        }


@dataclass(frozen=True, slots=True)
class Later:
    """A message that follows; `by` is customer or agent."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleTicket:
    """A made-up ticket and what it is in the demo for."""

    shows: str
    customer: str
    channel: str
    subject: str
    text: str
    priority: str | None
    later: tuple[Later, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everybody and everything of the demo."""

    customers: Mapping[str, SampleCustomer]
    tickets: tuple[SampleTicket, ...]


@cache
def scenario() -> Scenario:
    """Return the demo's scenario."""
    raw = yaml.safe_load(FILE.read_text("utf-8"))
    return Scenario(
        customers={entry["id"]: _customer(entry) for entry in raw["customers"]},
        tickets=tuple(_ticket(entry) for entry in raw["tickets"]),
    )


def _customer(entry: Mapping[str, Any]) -> SampleCustomer:
    return SampleCustomer(
        id=entry["id"],
        name=entry["name"],
        email=entry["email"],
        locale=entry["locale"],
        attributes=entry.get("attributes", {}),
        days={name: sign * entry[key] for key, (name, sign) in _DATES.items() if key in entry},
    )


def _ticket(entry: Mapping[str, Any]) -> SampleTicket:
    return SampleTicket(
        shows=entry["shows"],
        customer=entry["customer"],
        channel=entry["channel"],
        subject=entry["subject"],
        text=entry["text"],
        priority=entry.get("priority"),
        later=tuple(Later(later["by"], later["text"]) for later in entry.get("later", ())),
    )
