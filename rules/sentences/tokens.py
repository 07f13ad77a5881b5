"""A line of a sentence cut into words, numbers, quotes and marks, each with its column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from rules.sentences.spelling import unquoted

_CURVED: Final = "\u2019"
"""What editors put in the place of an apostrophe."""


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    TEXT = "text"  # in double quotes
    NAME = "name"  # in backquotes
    MARK = "mark"
    OPEN = "open"  # quotes that nothing closes
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """`said` is the token as written; of quotes, `value` is what stands inside.

    `folded` is how a word is compared, for a sentence may begin with a capital; of quotes it is empty.
    """

    kind: Kind
    said: str
    column: int
    folded: str = ""
    value: str = ""


_TOKEN: Final = re.compile(
    r"""
      “(?P<curly>(?:[^”\\]|\\.)*)” | "(?P<straight>(?:[^"\\]|\\.)*)" | `(?P<name>(?:[^`\\]|\\.)*)`
    | (?P<open>["“`])
    | (?P<number>-?\d+(?:[.,]\d+)*)
    | (?P<mark>[,:;.%])
    | (?P<word>[^\s“”`",:;.%]+)
    | (?P<other>”)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens_of(line: str, start: int) -> tuple[Token, ...]:
    """Return the tokens of a line from the offset `start`, and one that marks the end."""
    found = []
    for match in _TOKEN.finditer(line, start):
        group = match.lastgroup or "other"
        said, column = match.group(), match.start() + 1
        if group in {"curly", "straight"}:
            found.append(Token(Kind.TEXT, said, column, value=unquoted(match.group(group))))
        elif group == "name":
            found.append(Token(Kind.NAME, said, column, value=unquoted(match.group(group))))
        elif group == "open":
            found.append(Token(Kind.OPEN, said, column))
            break
        else:
            kinds = {"number": Kind.NUMBER, "mark": Kind.MARK}
            found.append(Token(kinds.get(group, Kind.WORD), said, column, _folded(said)))
    if found and found[-1].said == ".":
        found.pop()
    return (*found, Token(Kind.END, "", len(line.rstrip()) + 1))


def _folded(said: str) -> str:
    """Return a word without what a keyboard or an editor changes in it: capitals, split accents, curved apostrophes."""
    return unicodedata.normalize("NFC", said.casefold()).replace(_CURVED, "'")


@cache
def words_of(text: str) -> tuple[str, ...]:
    """Return the fixed words of the language as tokens are compared with them."""
    return tuple(token.folded for token in tokens_of(text, 0)[:-1])
