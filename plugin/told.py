"""What goes wrong, said in both languages: for people in theirs, for logs in English."""

from __future__ import annotations

from rules.errors import SidecueError
from rules.text import Locale, Text


class ToldError(SidecueError):
    """An error that a person reads. `str()` is its English text."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)

    def told(self, locale: Locale) -> str:
        """Return what, where, why and how to mend in one line."""
        return self.text.read(locale)


def filled(text: Text, **slots: object) -> Text:
    """Return a text with its slots filled; a slot that is a text itself is filled in each language's own."""
    return Text(*(text.read(locale).format(**_read(slots, locale)) for locale in ("pt-BR", "en")))


def shortened(shown: str, limit: int) -> str:
    """Return what somebody wrote, for an error to show: at most `limit` characters, and a mark where there is more."""
    return shown if len(shown) <= limit else f"{shown[:limit]}…"


def _read(slots: dict[str, object], locale: Locale) -> dict[str, object]:
    return {name: slot.read(locale) if isinstance(slot, Text) else slot for name, slot in slots.items()}
