"""How often a customer may be contacted: the cooldown of one action, and the cap on offers.

Periods are half-open: an action shown exactly `cooldown_days` ago may be shown again, one second earlier it may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rules.conditions import Op
from rules.decide import laws
from rules.model import Facts, LeafResult
from rules.rulebook import Action, Kind
from rules.text import Text

PERIOD_DAYS: Final = 30
COOLDOWN: Final = "cooldown"
OFFER_CAP: Final = "offer_cap"

OFFERS: Final = frozenset({kind for kind in Kind if kind.sells} | {Kind.RETAIN, Kind.WIN_BACK, Kind.ADVOCATE})
"""Kinds that ask something of the customer: these count towards the cap. Serving and complying are not rationed."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Why a contact is too much, and the figures behind it."""

    by: str
    reason: Text
    leaves: tuple[LeafResult, ...]


def resting(action: Action, facts: Facts) -> Limit | None:
    """Return the limit when this customer saw this action within its cooldown.

    A contact whose time is unknown does not count: the collection is a closed world.
    """
    if action.kind in laws.EXEMPT_FROM_CONTACT_LIMITS:
        return None
    seen = [
        days
        for contact in facts.collections.get("contacts", ())
        if contact.get("action") == action.id
        and isinstance(days := contact.get("days_ago"), int | float)
        and days < action.cooldown_days
    ]
    if not seen:
        return None
    days = min(seen)
    return Limit(
        COOLDOWN,
        Text(
            f"Já mostrada a este cliente {_ago(days).pt_br}; o intervalo é de {action.cooldown_days} dias.",
            f"Shown to this customer {_ago(days).en}; the interval is {action.cooldown_days} days.",
        ),
        (LeafResult("contacts.days_ago", Op.BELOW.value, action.cooldown_days, days, True),),
    )


def offers_made(facts: Facts) -> int:
    """Count the offers this customer was shown in the period."""
    return sum(
        contact.get("kind") in OFFERS
        and isinstance(days := contact.get("days_ago"), int | float)
        and days < PERIOD_DAYS
        for contact in facts.collections.get("contacts", ())
    )


def over_cap(action: Action, made: int, cap: int) -> Limit | None:
    """Return the limit when one more offer is above the cap; `made` counts past ones and those of this decision."""
    if action.kind not in OFFERS or made < cap:
        return None
    return Limit(
        OFFER_CAP,
        Text(
            f"Este cliente já recebeu {made} ofertas em {PERIOD_DAYS} dias; o limite é {cap}.",
            f"This customer has had {made} offers in {PERIOD_DAYS} days; the limit is {cap}.",
        ),
        (LeafResult("contacts", Op.AT_LEAST.value, cap, made, True),),
    )


def _ago(days: float) -> Text:
    whole = int(days)
    if whole == 0:
        return Text("há menos de um dia", "less than a day ago")
    if whole == 1:
        return Text("há 1 dia", "1 day ago")
    return Text(f"há {whole} dias", f"{whole} days ago")
