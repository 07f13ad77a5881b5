"""What signals are called in sentences: “Threatens to leave” by title, `leave_threat` by name."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from rules.rulebook import Signal
from rules.sentences.spelling import quoted
from rules.text import Locale


class SignalNames:
    """Titles of signals both ways. A title that two signals share, as one hears it, names neither: they go by name."""

    def __init__(self, signals: Mapping[str, Signal], locale: Locale) -> None:
        titles = {name: signal.title.read(locale) for name, signal in signals.items()}
        shared = Counter(map(_heard, titles.values()))
        self._titles = {name: title for name, title in titles.items() if shared[_heard(title)] == 1}
        self._names = {_heard(title): name for name, title in self._titles.items()}

    def said(self, name: str) -> str:
        """Return the signal in quotes: as other texts a title, backquotes for a name."""
        title = self._titles.get(name)
        return quoted(name, "`", "`") if title is None else quoted(title, "“", "”")

    def named(self, title: str) -> str | None:
        """Return the name of the signal with this title, if one has it alone; capitals and marks do not matter."""
        return self._names.get(_heard(title))

    @property
    def titles(self) -> tuple[str, ...]:
        """Every title that names one signal."""
        return tuple(self._titles.values())


@lru_cache(maxsize=4_096)  # the titles of a rulebook, again and again
def _heard(title: str) -> str:
    """Return what is left of a title that is read aloud: its words, without capitals and punctuation."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join("".join(letter if letter.isalnum() else " " for letter in folded).split())
