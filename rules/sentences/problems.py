"""A sentence that cannot be read, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rules.errors import SidecueError
from rules.text import Locale, Text

MAX_NAMED: Final = 8
"""So many words are offered where one did not fit."""

_PLACE: Final = Text(
    "linha {line}, coluna {column}: {what} {why} {mend}", "line {line}, column {column}: {what} {why} {mend}"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, why that matters, and how to mend it; `near` is the nearest word that fits, if one does."""

    what: Text
    why: Text
    mend: Text
    near: str | None = None


class SentenceInvalid(SidecueError):
    """A sentence that says no condition. `line` and `column` count from 1."""

    def __init__(self, line: int, column: int, fault: Fault, locale: Locale) -> None:
        self.line = line
        self.column = column
        self.fault = fault
        super().__init__(self.told(locale))

    def told(self, locale: Locale) -> str:
        """Return where, what, why and how to mend in one line."""
        texts = {"what": self.fault.what, "why": self.fault.why, "mend": self.fault.mend}
        said = {name: text.read(locale) for name, text in texts.items()}
        return _PLACE.read(locale).format(line=self.line, column=self.column, **said)


def listed(words: Iterable[str]) -> str:
    """Return the words that would fit, cut to a readable number."""
    found = list(dict.fromkeys(words))
    shown = " · ".join(found[:MAX_NAMED])
    return f"{shown} · …" if len(found) > MAX_NAMED else shown
