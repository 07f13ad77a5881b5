"""The typed vocabulary: every field a rule may read, in one registry.

The checker, the fact encoder, the engine, the docs and the examples are derived from it; nothing else names a field.
A new field is one line in `fields` or `items` (and, when it is worked out, one line in `rules.facts`).
Retention and purpose follow LGPD: a fact may be used only for what it was collected for.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.conditions import Scalar
from rules.errors import FactsInvalid
from rules.vocabulary.field import (
    ANY_PURPOSE,
    MAX_NUMBER,
    MAX_TEXT_BYTES,
    NUMBERS,
    NUMERIC,
    OPS,
    SERVE_ONLY,
    TEXTS,
    Changeable,
    Collection,
    Field,
    Purpose,
    Source,
    Type,
    nearest,
    no_field,
)
from rules.vocabulary.fields import FIELDS, FUNCTIONS, OBLIGATIONS, SEVERITIES, STAGES
from rules.vocabulary.items import COLLECTIONS

__all__ = [
    "AHEAD",
    "ANY_PURPOSE",
    "COLLECTIONS",
    "CUSTOMER_DATES",
    "FIELDS",
    "FUNCTIONS",
    "MAX_NUMBER",
    "MAX_TEXT_BYTES",
    "NUMBERS",
    "NUMERIC",
    "OBLIGATIONS",
    "OPS",
    "SERVE_ONLY",
    "SEVERITIES",
    "STAGES",
    "TEXTS",
    "WELL_KNOWN_SIGNALS",
    "Changeable",
    "Collection",
    "Field",
    "Purpose",
    "Source",
    "Type",
    "accept",
    "nearest",
]

CUSTOMER_DATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "renewal_on": "customer.days_to_renewal",
        "customer_since": "customer.tenure_days",
        "last_login_on": "customer.days_since_login",
        "nps_answered_on": "customer.days_since_nps",
        "last_contact_on": "customer.days_since_last_contact",
        "next_touch_on": "customer.days_to_next_touch",
        "onboarding_progress_on": "customer.days_since_onboarding_progress",
        "trial_ends_on": "customer.days_to_trial_end",
        "cancelled_on": "customer.days_since_cancellation",
    }
)
"""Date stated about a customer -> the field that the clock makes of it."""

AHEAD: Final = frozenset({"customer.days_to_renewal", "customer.days_to_next_touch", "customer.days_to_trial_end"})
"""Of these, the fields that count down to their date, below zero once it is past; the others count from it."""

WELL_KNOWN_SIGNALS: Final[Mapping[str, str]] = MappingProxyType({"customer.how_to_30d": "how_to_question"})
"""History counters that count tickets by a signal -> that signal. The shipped packs must define it."""


def accept(name: str, value: object) -> Scalar | frozenset[str]:
    """Return `value` as the field `name` holds it.

    Raise FactsInvalid for a field there is not, or a value that does not fit.
    """
    field = FIELDS.get(name)
    if field is None:
        near = nearest(name, FIELDS)
        raise FactsInvalid(no_field(name, near))
    return field.accept(value)
