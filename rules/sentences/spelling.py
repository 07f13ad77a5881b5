"""How numbers and texts are spelt inside a sentence, and read back without a digit or a character lost."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from rules.text import Locale, number_text

_MARKS: Final[dict[Locale, tuple[str, str]]] = {"pt-BR": (".", ","), "en": (",", ".")}
_NUMBER: Final[dict[Locale, re.Pattern[str]]] = {
    locale: re.compile(rf"-?(?:[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+|\d+)(?:{re.escape(point)}\d+)?", re.ASCII)
    for locale, (group, point) in _MARKS.items()
}
_ESCAPED: Final = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))", re.DOTALL)
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_BLANK: Final = frozenset(
    map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0))
) | frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Letters and marks that show nothing, though Unicode calls them printable."""
_MAX_SPELT: Final = 400
"""The smallest number there is has 324 decimal places; no fact holds one that is spelt longer."""
_SHARE: Final = 2
"""A share of 1 is said as a percentage: two decimal places further left."""


def number(value: float, locale: Locale, *, share: bool = False) -> str:
    """Return a number in full, grouped by thousands: 1.234,5 in Portuguese, 1,234.5 in English."""
    group, point = _MARKS[locale]
    exact = Decimal(number_text(value))
    if share:
        exact = exact.scaleb(_SHARE)
    whole, _, decimals = format(exact, "f").partition(".")
    decimals = decimals.rstrip("0")
    sign = "-" if whole.startswith("-") else ""
    grouped = f"{int(whole.removeprefix('-')):,}".replace(",", group)
    return f"{sign}{grouped}{point}{decimals}" if decimals else f"{sign}{grouped}"


def to_number(spelt: str, locale: Locale, *, share: bool = False) -> int | float | None:
    """Return the number that is spelt, or None when it is not spelt as the language spells numbers."""
    if len(spelt) > _MAX_SPELT or not _NUMBER[locale].fullmatch(spelt):
        return None
    group, point = _MARKS[locale]
    exact = Decimal(spelt.replace(group, "").replace(point, "."))
    if share:
        exact = exact.scaleb(-_SHARE)
    return int(exact) if exact == exact.to_integral_value() and exact.as_tuple().exponent == 0 else float(exact)


def quoted(text: str, opening: str, closing: str) -> str:
    """Return a text in quotes, in one line whatever it holds; what nobody could see is spelt out.

    So two texts that differ never look alike but for letters that look alike themselves.
    """
    said = []
    composed = unicodedata.is_normalized("NFC", text)
    for character in text:
        if character in {"\\", closing, '"'}:
            said.append(f"\\{character}")
        elif character.isprintable() and not _is_hidden(character, composed=composed):
            said.append(character)
        else:
            letter = next((key for key, value in _LETTERS.items() if value == character), None)
            said.append(f"\\{letter}" if letter else f"\\u{{{ord(character):x}}}")
    return f"{opening}{''.join(said)}{closing}"


def _is_hidden(character: str, *, composed: bool) -> bool:
    """Tell whether a character shows nothing, or makes with others what one character could show too."""
    joins = not composed and unicodedata.combining(character) != 0
    return joins or character in _BLANK or unicodedata.normalize("NFC", character) != character


def unquoted(inside: str) -> str:
    """Return what stands between quotes."""

    def plain(found: re.Match[str]) -> str:
        code, letter = found.groups()
        if code is not None:
            return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else found.group()
        return _LETTERS.get(letter, letter)

    return _ESCAPED.sub(plain, inside)
