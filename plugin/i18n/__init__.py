"""The words of our own pages, in both languages, under one key each.

Words of rules and actions stay in their files; what is here belongs to the product.
A key that only one language has, or that nothing uses, is an error (tests/unit/plugin/test_i18n_words.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale as BabelLocale

from rules.model import Locale

Entry = str | Mapping[str, str]
"""One text, or one text per plural category of CLDR ("one", "other")."""

_FOLDER: Final = Path(__file__).parent


@cache
def catalogue(locale: Locale) -> Mapping[str, Entry]:
    """Return every key of one language with its text."""
    entries: dict[str, Entry] = json.loads((_FOLDER / f"{locale}.json").read_text("utf-8"))
    return entries


class Words:
    """The texts of one language.

    `words("panel.why")`, `words("panel.others", count=2)`, `words.of("kind", "renew")`.
    """

    def __init__(self, locale: Locale) -> None:
        self.locale: Final[Locale] = locale
        self.babel: Final = BabelLocale.parse(locale, sep="-")
        self._entries: Final = catalogue(locale)
        self._groups: Final[dict[str, Mapping[str, Entry]]] = {}

    def __call__(self, key: str, **values: object) -> str:
        """Return the text under `key` with its slots filled; `count` also chooses the plural.

        Raise KeyError for a key there is not: the tests find it before an agent does.
        """
        entry = self._entries[key]
        if not isinstance(entry, str):
            count = values["count"]
            category = self.babel.plural_form(count if isinstance(count, int | float) else 0)
            entry = entry.get(category) or entry["other"]
        return entry.format(**values) if values else entry

    def of(self, group: str, value: str, **values: object) -> str:
        """Return the text of one value of a closed set, such as `of("function", "success")`."""
        return self(f"{group}.{value}", **values)

    def knows(self, key: str) -> bool:
        """Tell whether there is a text under `key`."""
        return key in self._entries

    def group(self, group: str) -> Mapping[str, Entry]:
        """Return every entry of a group under its short key, as a script needs them."""
        held = self._groups.get(group)
        if held is None:
            start = f"{group}."
            held = {key.removeprefix(start): entry for key, entry in self._entries.items() if key.startswith(start)}
            self._groups[group] = held
        return held


@cache
def words(locale: Locale) -> Words:
    """Return the texts of one language."""
    return Words(locale)
