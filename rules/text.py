"""Texts that exist in every language the product speaks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Locale = Literal["pt-BR", "en"]
LOCALES: Final[tuple[Locale, ...]] = ("pt-BR", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; neither is a fallback for the other."""

    pt_br: str
    en: str

    def read(self, locale: Locale) -> str:
        """Return the text in `locale`."""
        return self.pt_br if locale == "pt-BR" else self.en


def filled(text: Text, /, **slots: object) -> Text:
    """Return a text with its slots filled; a slot that is a text itself is filled in each language's own."""
    return Text(*(text.read(locale).format(**_read(slots, locale)) for locale in LOCALES))


def placed(place: object, why: Text) -> Text:
    """Return what is told of something with the place before it, which is the same in both languages."""
    return Text(*(f"{place}: {why.read(locale)}" for locale in LOCALES))


def shortened(shown: str, limit: int) -> str:
    """Return what somebody wrote, for an error to show: at most `limit` characters, and a mark where there is more."""
    return shown if len(shown) <= limit else f"{shown[:limit]}…"


def locale_for(tag: str | None, default: Locale = "pt-BR") -> Locale:
    """Return the product's locale nearest to a BCP 47 tag: any Portuguese is pt-BR, any English en."""
    primary = (tag or "").replace("_", "-").split("-", 1)[0].lower()
    if primary == "pt":
        return "pt-BR"
    return "en" if primary == "en" else default


def number_text(number: float) -> str:
    """Return a number in full: no digit is lost, and no exponent or empty decimal place is shown."""
    text = repr(number)
    return format(Decimal(text), "f") if "e" in text else text.removesuffix(".0")


def _read(slots: dict[str, object], locale: Locale) -> dict[str, object]:
    return {name: slot.read(locale) if isinstance(slot, Text) else slot for name, slot in slots.items()}
