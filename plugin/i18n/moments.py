"""Times, money and numbers as a person reads them, by locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime, format_timedelta, get_timezone_name
from babel.numbers import format_currency, format_decimal, format_percent

from plugin.clock import HOME_ZONES
from plugin.i18n import Words
from rules.model import Locale

NOW_WITHIN: Final = timedelta(seconds=45)
RELATIVE_WITHIN: Final = timedelta(days=1)
"""Nearer than this a time is told relative to now; beyond, as date and time."""

_DAY_AND_TIME: Final[Mapping[Locale, str]] = MappingProxyType({"pt-BR": "d 'de' MMM, HH:mm", "en": "MMM d, HH:mm"})
_IN_FULL: Final[Mapping[Locale, str]] = MappingProxyType(
    {"pt-BR": "EEEE, d 'de' MMMM 'de' y, HH:mm", "en": "EEEE, d MMMM y, HH:mm"}
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant for a `<time>` element: what is read, what the tooltip says (with zone), and the machine's form.

    `zone`: the IANA name of the zone that counts whoever reads it; None for the reader's own.
    """

    text: str
    title: str
    iso: str
    zone: str | None = None


@lru_cache(maxsize=512)
def zone_named(name: str | None, locale: Locale) -> tzinfo:
    """Return the zone of an IANA name; the locale's home zone when the name is missing or unknown."""
    try:
        return ZoneInfo(name or HOME_ZONES[locale])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(HOME_ZONES[locale])


def moment(words: Words, at: datetime, now: datetime, zone: tzinfo) -> Moment:
    """Return `at` as a person reads it: relative within a day, else date and time; the zone is in the title."""
    local = at.astimezone(zone)
    away = at - now
    if abs(away) < NOW_WITHIN:
        text = words("script.now")
    elif abs(away) < RELATIVE_WITHIN:
        text = format_timedelta(away, add_direction=True, threshold=1.5, locale=words.babel)
    else:
        text = words("script.on", day=format_datetime(local, _DAY_AND_TIME[words.locale], locale=words.babel))
    return Moment(text, in_full(words, at, zone), at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def moment_by(words: Words, at: datetime, now: datetime, zone: tzinfo, reader: tzinfo) -> Moment:
    """Return `at` as `moment` does, in a zone that counts whoever reads it.

    It stands beside date and time where a clock in the zone `reader` shows another time.
    """
    told = moment(words, at, now, zone)
    local = at.astimezone(zone)
    apart = local.utcoffset() != at.astimezone(reader).utcoffset()
    if apart and abs(at - now) >= RELATIVE_WITHIN:
        told = replace(told, text=f"{told.text} {get_timezone_name(local, width='short', locale=words.babel)}")
    return replace(told, zone=str(zone))


def in_full(words: Words, at: datetime, zone: tzinfo) -> str:
    """Return the whole date and time with the name of the zone."""
    local = at.astimezone(zone)
    named = get_timezone_name(local, locale=words.babel)
    return f"{format_datetime(local, _IN_FULL[words.locale], locale=words.babel)} ({named})"


def money(words: Words, amount: float, currency: str | None) -> str:
    """Return an amount in its currency; without one as a plain number, never in a guessed currency."""
    if not currency or len(currency) != 3 or not currency.isalpha():
        return number(words, amount)
    whole = float(amount).is_integer()
    return format_currency(
        amount,
        currency.upper(),
        locale=words.babel,
        currency_digits=not whole,
        format=None if not whole else _whole(words),
    )


def _whole(words: Words) -> str:
    """Return the locale's currency pattern without the cents, which only distract in a round sum."""
    pattern: str = words.babel.currency_formats["standard"].pattern
    return pattern.replace(".00", "")


def number(words: Words, value: float) -> str:
    """Return a number with the locale's separators, two decimals at most."""
    return format_decimal(round(value, 2), locale=words.babel)


def share(words: Words, value: float) -> str:
    """Return a share of one as a whole percentage: 0.857 -> 86 %."""
    return format_percent(round(value, 2), locale=words.babel)


def certainty(words: Words, confidence: float) -> str:
    """Return a confidence as a percentage, never as 100 %: no rule is that sure of what a customer means."""
    return share(words, min(confidence, 0.99))
