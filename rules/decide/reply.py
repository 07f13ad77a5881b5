"""Ready replies: `{slot|fallback}` becomes a value in the customer's language, and never an empty place.

Slots: every vocabulary field, the customer's dates (`customer.renewal_on` and the like), and the names of people and
ticket. What would read wrongly to a customer takes the fallback: an unknown value, money without a currency, and the
code words of enumerations and sets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from rules.model import Facts
from rules.text import Locale, Text
from rules.vocabulary import AHEAD, CUSTOMER_DATES, FIELDS, Field, Type

NAMES: Final = ("requester.first_name", "agent.name", "ticket.id")
DATES: Final[Mapping[str, str]] = {f"customer.{key}": name for key, name in CUSTOMER_DATES.items()}
SLOTS: Final = frozenset((*NAMES, *DATES, *FIELDS))

_SLOT: Final = re.compile(r"\{([a-z][a-z0-9_.]*)\|([^{}|]*)\}")
_BABEL: Final[Mapping[Locale, str]] = {"pt-BR": "pt_BR", "en": "en"}
_FAR_DAYS: Final = 36_525
"""A date a century away is somebody's "never": it is not said."""
_YES: Final = Text("sim", "yes")
_NO: Final = Text("não", "no")


def fill(reply: Text, locale: Locale, facts: Facts, names: Mapping[str, str]) -> str:
    """Return the reply in `locale` with every slot filled.

    `names`: `requester.first_name`, `agent.name` and `ticket.id`, as far as they are known; they are no facts, so that
    decisions hold nobody's name. A value is put in as it is: braces in it are not read again.
    """

    def put(slot: re.Match[str]) -> str:
        name, otherwise = slot.groups()
        said = names.get(name) if name in NAMES else _say(name, facts, locale)
        return " ".join(said.split()) if said is not None and said.strip() else str(otherwise)

    return _SLOT.sub(put, reply.read(locale))


def slots(template: str) -> tuple[tuple[str, str], ...]:
    """Return the (slot, fallback) pairs of a template in the order they stand."""
    return tuple((match[1], match[2]) for match in _SLOT.finditer(template))


def _say(name: str, facts: Facts, locale: Locale) -> str | None:
    """Return a fact as the customer reads it, or None when it cannot be said well."""
    if name in DATES:
        days = facts.values.get(DATES[name])
        if not isinstance(days, int) or abs(days) > _FAR_DAYS:
            return None
        ahead = days if DATES[name] in AHEAD else -days
        day = facts.taken_at.date() + timedelta(days=ahead)
        from babel.dates import format_date  # noqa: PLC0415 - dear to import, and checking rules fills no reply

        return format_date(day, "long", locale=_BABEL[locale])
    field = FIELDS.get(name)
    value = facts.values.get(name)
    if field is None or value is None:
        return None
    match field.type, value:
        case Type.TEXT, str():
            return value
        case Type.FLAG, bool():
            return (_YES if value else _NO).read(locale)
        case Type.INTEGER | Type.NUMBER, int() | float() if not isinstance(value, bool):
            return _number(field, value, facts, locale)
        case _:
            return None


def _number(field: Field, value: float, facts: Facts, locale: Locale) -> str | None:
    from babel.numbers import (  # noqa: PLC0415 - as above
        format_currency,
        format_decimal,
        format_percent,
        is_currency,
    )

    unit = field.unit or ""
    if unit.startswith("currency"):
        currency = str(facts.values.get("customer.currency", "")).strip().upper()
        return format_currency(value, currency, locale=_BABEL[locale]) if is_currency(currency) else None
    if unit.startswith("share"):
        return format_percent(value, locale=_BABEL[locale])
    return format_decimal(value, format="#,##0.##", locale=_BABEL[locale])
