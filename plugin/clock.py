"""The one clock of the application, and whose calendar it is read by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from rules.text import Locale

HOME_ZONES: Final[Mapping[Locale, str]] = MappingProxyType({"pt-BR": "America/Sao_Paulo", "en": "UTC"})
"""Whose clock a language is told by when nobody says otherwise."""


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
