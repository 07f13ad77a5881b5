"""A message as lines, its leftover HTML blanked, with every character at the offset it had."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from rules.signals.words import WORD, fold, listed

# Only names that HTML knows: "<quero cancelar>" is somebody's own writing.
_BLOCK_TAGS: Final = "blockquote|br|center|div|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"
_TAGS: Final = (
    f"{_BLOCK_TAGS}|a|abbr|b|body|code|em|font|head|html|i|img|link|meta|o:p|s|small|span|strike|strong|sub|sup|title|u"
)
_MARKUP: Final = re.compile(
    r"<!--[^<]{0,2000}-->"
    r"|<(?P<hidden>style|script)\b[^<>]{0,500}>[^<]{0,4000}</(?:style|script)\s*>"
    rf"|</?(?P<name>{_TAGS})(?:\s[^<>]{{0,1000}})?/?\s*>"
    r"|&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);",
    re.IGNORECASE,
)
_BLOCK_TAG: Final = re.compile(_BLOCK_TAGS, re.IGNORECASE)
FILLER: Final = "\u200b"  # belongs to no word and parts none


def blank_markup(text: str) -> str:
    """Return `text` with markup blanked and entities read, each character at the offset it had."""
    if "<" not in text and "&" not in text:
        return text
    return _MARKUP.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    markup = found.group()
    if markup.startswith("&"):
        character = html.unescape(markup)
        if len(character) != 1:
            return markup
        return character + (" " if character.isspace() else FILLER) * (len(markup) - 1)
    name = found.group("name")
    starts_line = name is not None and _BLOCK_TAG.fullmatch(name)
    return ("\n" if starts_line else " ") + " " * (len(markup) - 1)


class Line(NamedTuple):
    """One line of a message: where it stands in it, with its line end, and what it says."""

    start: int
    end: int
    text: str
    """Without the blanks around it, and without the stars of Markdown's bold."""


def lines_of(plain: str) -> list[Line]:
    """Return all lines, also the empty ones."""
    lines = []
    start = 0
    for raw in plain.splitlines(keepends=True):
        lines.append(Line(start, start + len(raw), raw.replace("*", "").replace(FILLER, "").strip()))
        start += len(raw)
    return lines


# Words of somebody who asks for something. A name block or a legal notice has none of them.
OWN_VOICE: Final = listed(
    "eu quero queria queremos gostaria gostariamos preciso precisamos desejo desejamos solicito"
    " solicitamos peco meu minha meus minhas nosso nossa estou estamos consigo conseguimos favor"
    " cancelar cancelem cancele ajuda ajudem urgente vou vamos ps obs voces vcs i im ive my we want"
    " wanted need needed would like please pls help cancel refund ps why when how"
)


def words_of(text: str) -> list[str]:
    """Return the folded words."""
    return [fold(found.group()) for found in WORD.finditer(text)]


def speaks(text: str, voice: frozenset[str]) -> bool:
    """Tell whether one of the words of `voice` is said."""
    return not voice.isdisjoint(words_of(text))


def has_words(lines: Sequence[Line]) -> bool:
    """Tell whether anything is said at all."""
    return any(WORD.search(line.text) for line in lines)
