"""Every clause of a language as a frame: fixed words with at most one slot, for each way a field can be asked.

Saying fills a frame, reading finds the frame that fits; both use these, so they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import product
from typing import Final

from rules.sentences.grammar import GRAMMAR, Grammar
from rules.sentences.wording import ITEM_WORDING, WORDING, Wording, subject
from rules.text import Locale
from rules.vocabulary import COLLECTIONS, FIELDS, Field, Type


class Slot(Enum):
    """What stands in the gap of a frame."""

    VALUES = "{v}"
    COUNT = "{n}"
    MEASURE = "{m}"
    SHARE = "{s}"
    NOUN = "@"  # the noun of another field


class Asks(Enum):
    """What a frame asks of its field."""

    VALUE = "value"
    KNOWN = "known"
    SAME_AS = "same_as"
    EXISTS = "exists"  # the field is a collection


@dataclass(frozen=True, slots=True)
class Frame:
    """One form of a clause. `denies` is its verb's polarity, `one` its number (None where it has none)."""

    field: str
    asks: Asks
    denies: bool
    one: bool | None
    text: str

    @property
    def slot(self) -> Slot | None:
        """The gap, when there is one."""
        found = _SLOT.search(self.text)
        return Slot(found.group()) if found else None

    def filled(self, content: str) -> str:
        """Return the clause with its gap filled."""
        return _SLOT.sub(lambda _: content, self.text)


_SLOT: Final = re.compile(r"\{[vnms]\}|@")
_CHOICE: Final = re.compile(r"\[([^|\]]*)\|([^\]]*)\]|\(([^|)]*)\|([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of one mood: of main clauses, or of the clauses about an item of one collection."""

    by_question: Mapping[tuple[str, Asks, bool], tuple[Frame, ...]]
    """(field, asks, denies) -> the frame, or the two for one and for several."""
    by_first_word: Mapping[str, tuple[Frame, ...]]

    def of(self, field: str, asks: Asks, *, denies: bool, one: bool = False) -> Frame:
        """Return the frame that says this."""
        found = self.by_question[field, asks, denies]
        return next((frame for frame in found if frame.one is one), found[0])


@cache
def frames(locale: Locale, collection: str | None = None) -> Frames:
    """Return the frames of main clauses, or of what an item of `collection` is like."""
    made = tuple(_item_frames(collection, locale) if collection is not None else _main_frames(locale))
    by_question: dict[tuple[str, Asks, bool], tuple[Frame, ...]] = {}
    by_word: dict[str, tuple[Frame, ...]] = {}
    for frame in made:
        asked = (frame.field, frame.asks, frame.denies)
        by_question[asked] = (*by_question.get(asked, ()), frame)
        word = frame.text.split(" ", 1)[0].casefold()
        by_word[word] = (*by_word.get(word, ()), frame)
    return Frames(by_question, by_word)


def noun(field: str, locale: Locale) -> str:
    """Return the noun of a field of the ticket or the customer."""
    return WORDING[field].noun.read(locale)


def noun_after_same_as(field: str, locale: Locale) -> str:
    """Return the noun as "the same as" takes it: Portuguese contracts its article with the preposition."""
    said = noun(field, locale)
    if locale == "en":
        return said
    article, _, rest = said.partition(" ")
    return f"{'à' if article == 'a' else 'ao'} {rest}"


def _main_frames(locale: Locale) -> Iterator[Frame]:
    grammar = GRAMMAR[locale]
    for field in FIELDS.values():
        wording = WORDING[field.name]
        yield from _field_frames(field, wording, wording.noun.read(locale), grammar.known, locale)
    for name in COLLECTIONS:
        yield from _forms(name, Asks.EXISTS, ITEM_WORDING[name].head.read(locale))


def _item_frames(collection: str, locale: Locale) -> Iterator[Frame]:
    grammar = GRAMMAR[locale]
    wordings = ITEM_WORDING[collection].fields
    for field in COLLECTIONS[collection].fields.values():
        wording = wordings[field.name]
        yield from _field_frames(field, wording, subject(wording.noun).read(locale), grammar.known_of_item, locale)


def _field_frames(field: Field, wording: Wording, subject: str, known: str, locale: Locale) -> Iterator[Frame]:
    grammar: Grammar = GRAMMAR[locale]
    yield from _forms(field.name, Asks.VALUE, wording.clause.read(locale))
    yield from _forms(field.name, Asks.KNOWN, known.replace("@", wording.noun.read(locale)))
    if field.type in {Type.TEXT, Type.ENUM}:
        yield from _forms(field.name, Asks.SAME_AS, grammar.same_as.replace("#", subject))


def _forms(field: str, asks: Asks, written: str) -> Iterator[Frame]:
    """Yield the frame of every polarity and number that `written` tells apart."""
    numbers: tuple[bool | None, ...] = (True, False) if "(" in written else (None,)
    for denies, one in product((False, True), numbers):

        def choose(found: re.Match[str], denies: bool = denies, one: bool | None = one) -> str:  # noqa: FBT001 - bound now, for the loop goes on
            yes, no, single, several = found.groups()
            if yes is not None:
                return str(no if denies else yes)
            return str(single if one else several)

        yield Frame(field, asks, denies, one, _CHOICE.sub(choose, written))
