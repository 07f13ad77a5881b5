"""The one clock of the application, and whose calendar it is read by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Final

from rules.errors import ToldError
from rules.text import Locale, Text, filled

HOME_ZONES: Final[Mapping[Locale, str]] = MappingProxyType({"pt-BR": "America/Sao_Paulo", "en": "UTC"})
"""Whose clock a language is told by when nobody says otherwise."""

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Clocks that somebody may state: further out there is no room for the terms that are counted from them."""

_NO_INSTANT: Final = Text(
    "não é um instante; escreva um como 2026-03-10T12:00:00Z", "is no instant; write one like 2026-03-10T12:00:00Z"
)
_NO_ZONE: Final = Text("não diz o fuso horário; termine com Z para UTC", "has no time zone; end it with Z for UTC")
_OUT_OF_REACH: Final = Text(
    "está fora de alcance; escreva um instante entre {first} e {last}",
    "is out of reach; write an instant from {first} to {last}",
)


class InstantInvalid(ToldError):
    """What is stated is no instant to decide by; the text, put after it, says why and how to mend it."""


def stated_instant(text: str, *, zone: tzinfo | None = None) -> datetime:
    """Return the instant that a text states, in UTC; `zone` is meant where it names none. Raise InstantInvalid."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InstantInvalid(_NO_INSTANT) from None
    if found.tzinfo is None:
        if zone is None:
            raise InstantInvalid(_NO_ZONE)
        found = found.replace(tzinfo=zone)
    if not EARLIEST <= found < LATEST:
        raise InstantInvalid(filled(_OUT_OF_REACH, first=EARLIEST.year, last=LATEST.year - 1))
    return found.astimezone(UTC)


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
