"""Snowball's stemmers for the two languages, by its C library.

A stemmer keeps the word it works on, so each thread has its own; making one costs microseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import Stemmer

from rules.text import LOCALES, Locale

Stem = Callable[[str], str]

_NAMES: Final[Mapping[Locale, str]] = MappingProxyType({"pt-BR": "portuguese", "en": "english"})


class _OfThread(threading.local):
    """The stemmers of one thread, without a cache of their own: `words.key` has one for all threads."""

    def __init__(self) -> None:
        super().__init__()
        self.stem: Mapping[Locale, Stem] = {locale: Stemmer.Stemmer(_NAMES[locale], 0).stemWord for locale in LOCALES}


_own: Final = _OfThread()


def stem(word: str, language: Locale) -> str:
    """Return the Snowball stem of a word in lower case. Any thread may call it."""
    return _own.stem[language](word)
