"""The customer strip: of all that is known about a customer, only what the rules looked at and what it says aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from plugin.i18n import Words
from plugin.i18n.moments import money, share
from plugin.sidebar.phrases import Phrases
from rules.conditions import Scalar
from rules.model import Decision, LeafResult

MOST: Final = 4
"""More than this is no longer one look."""

Value = Scalar | frozenset[str]

_COUNTED: Final = (
    "severe_incidents_30d",
    "reopened_30d",
    "how_to_30d",
    "tickets_30d",
    "open_tickets",
    "overdue_invoices",
    "days_overdue",
    "days_since_login",
)
_ALOUD_WHEN_TRUE: Final = ("opted_out", "open_dispute", "is_prospect", "regulated_sector")
_NAMED_VALUES: Final = ("cancellation", "nps_class", "health", "tier", "lifecycle")


def of(decision: Decision, words: Words, phrases: Phrases) -> tuple[str, ...]:
    """Return what the strip says, weightiest first; at most four things."""
    read = {leaf.field for leaf in _leaves(decision)}
    told: list[str] = []
    for name, tell in _TELLERS.items():
        field = f"customer.{name}"
        value = decision.facts.values.get(field)
        if field in read and value is not None and (said := tell(words, name, value, decision.facts.values)):
            told.append(said)
    rest = sorted(read & decision.facts.values.keys() - {f"customer.{name}" for name in _TELLERS} - _SAID_ELSEWHERE)
    for field in rest:
        value = decision.facts.values[field]
        if field.startswith("customer.") and not isinstance(value, frozenset):
            told.append(f"{phrases.title(field)}: {phrases.value(field, value)}")
    return tuple(dict.fromkeys(told))[:MOST]


_SAID_ELSEWHERE: Final = frozenset({"customer.plan", "customer.currency", "customer.persona", "customer.segment"})


def _leaves(decision: Decision) -> Iterable[LeafResult]:
    for fired in decision.trace.fired:
        yield from fired.leaves
    for not_shown in decision.not_shown:
        yield from not_shown.leaves


_Teller = Callable[[Words, str, Value, Mapping[str, Value]], str]


def _counted(words: Words, name: str, value: Value, _: Mapping[str, Value]) -> str:
    return words.of("strip", name, count=value) if isinstance(value, int | float) and value > 0 else ""


def _flag(words: Words, name: str, value: Value, _: Mapping[str, Value]) -> str:
    return words.of("strip", name) if value is True else ""


def _named(words: Words, name: str, value: Value, facts: Mapping[str, Value]) -> str:
    if name == "lifecycle" and value == "onboarding" and "customer.onboarding_pct" in facts:
        return ""  # how far it is says so already
    key = f"strip.{name}.{value}"
    return words(key) if words.knows(key) else ""


def _renewal(words: Words, _: str, value: Value, __: Mapping[str, Value]) -> str:
    if not isinstance(value, int | float):
        return ""
    if value == 0:
        return words("strip.renewal_today")
    return words("strip.days_to_renewal", count=value) if value > 0 else words("strip.renewal_past", count=-value)


def _usage(words: Words, _: str, value: Value, __: Mapping[str, Value]) -> str:
    if not isinstance(value, int | float) or value == 0:
        return ""
    return words("strip.usage_down" if value < 0 else "strip.usage_up", share=share(words, abs(value) / 100))


def _seats(words: Words, _: str, value: Value, __: Mapping[str, Value]) -> str:
    return words("strip.seats_full", share=share(words, value)) if isinstance(value, int | float) else ""


def _onboarding(words: Words, _: str, value: Value, __: Mapping[str, Value]) -> str:
    return words("strip.onboarding", share=share(words, value / 100)) if isinstance(value, int | float) else ""


def _revenue(words: Words, _: str, value: Value, facts: Mapping[str, Value]) -> str:
    if not isinstance(value, int | float):
        return ""
    currency = facts.get("customer.currency")
    return words("strip.mrr", money=money(words, value, currency if isinstance(currency, str) else None))


_TELLERS: Final[Mapping[str, _Teller]] = MappingProxyType(
    {
        "cancellation": _named,
        "days_to_renewal": _renewal,
        **dict.fromkeys(("severe_incidents_30d", "reopened_30d", "overdue_invoices", "days_overdue"), _counted),
        **dict.fromkeys(_ALOUD_WHEN_TRUE, _flag),
        "nps_class": _named,
        "health": _named,
        "usage_change_pct": _usage,
        "seat_utilisation": _seats,
        "onboarding_pct": _onboarding,
        **dict.fromkeys(_COUNTED, _counted),
        "mrr": _revenue,
        **dict.fromkeys(_NAMED_VALUES, _named),
    }
)
"""Field -> how it is told, weightiest first."""
