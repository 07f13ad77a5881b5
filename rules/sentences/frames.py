"""Every clause of a language as a frame: fixed words with at most one slot, for each way a field can be asked.

Saying fills a frame, reading finds the frame that fits; both use these, so they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import product
from typing import Final

from rules.sentences.grammar import GRAMMAR
from rules.sentences.tokens import words_of
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
    """One form of a clause: `before`, the gap, `after`. Without a gap all of it is `before`.

    `denies` is its verb's polarity, `one` its number (None where it has none).
    """

    field: str
    asks: Asks
    denies: bool
    one: bool | None
    before: str
    slot: Slot | None
    after: str

    def filled(self, content: str = "") -> str:
        """Return the clause with its gap filled."""
        return f"{self.before}{content}{self.after}"


@dataclass(slots=True)
class Node:
    """A place in the tree of words that frames begin with: where a frame may end, or have its gap."""

    words: dict[str, Node] = field(default_factory=dict)
    ends: list[Frame] = field(default_factory=list)
    gaps: dict[Slot, list[Frame]] = field(default_factory=dict)

    def add(self, frame: Frame) -> None:
        """Put a frame into the tree."""
        node = self
        for word in words_of(frame.before):
            node = node.words.setdefault(word, Node())
        if frame.slot is None:
            node.ends.append(frame)
        else:
            node.gaps.setdefault(frame.slot, []).append(frame)


_SLOT: Final = re.compile(r"\{[vnms]\}|@")
_CHOICE: Final = re.compile(r"\[([^|\]]*)\|([^\]]*)\]|\(([^|)]*)\|([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of one mood: of main clauses, or of the clauses about an item of one collection."""

    by_question: Mapping[tuple[str, Asks, bool], tuple[Frame, ...]]
    """(field, asks, denies) -> the frame, or the two for one and for several."""
    clauses: Node
    heads: Node
    """"the customer has an invoice", of every collection."""

    def of(self, name: str, asks: Asks, *, denies: bool, one: bool = False) -> Frame:
        """Return the frame that says this of a field."""
        found = self.by_question[name, asks, denies]
        return next((frame for frame in found if frame.one is one), found[0])


@cache
def frames(locale: Locale, collection: str | None = None) -> Frames:
    """Return the frames of main clauses, or of what an item of `collection` is like."""
    made = tuple(_item_frames(collection, locale) if collection is not None else _main_frames(locale))
    by_question: dict[tuple[str, Asks, bool], tuple[Frame, ...]] = {}
    clauses, heads = Node(), Node()
    for frame in made:
        asked = (frame.field, frame.asks, frame.denies)
        by_question[asked] = (*by_question.get(asked, ()), frame)
        (heads if frame.asks is Asks.EXISTS else clauses).add(frame)
    return Frames(by_question, clauses, heads)


@cache
def noun_after_same_as(name: str, locale: Locale) -> str:
    """Return a field's noun as "the same as" takes it: Portuguese contracts its article with the preposition."""
    said = WORDING[name].noun.read(locale)
    if locale == "en":
        return said
    article, _, rest = said.partition(" ")
    return f"{'à' if article == 'a' else 'ao'} {rest}"


def _main_frames(locale: Locale) -> Iterator[Frame]:
    grammar = GRAMMAR[locale]
    for found in FIELDS.values():
        wording = WORDING[found.name]
        yield from _field_frames(found, wording, wording.noun.read(locale), grammar.known, locale)
    for name in COLLECTIONS:
        yield from _forms(name, Asks.EXISTS, ITEM_WORDING[name].head.read(locale))


def _item_frames(collection: str, locale: Locale) -> Iterator[Frame]:
    grammar = GRAMMAR[locale]
    wordings = ITEM_WORDING[collection].fields
    for found in COLLECTIONS[collection].fields.values():
        wording = wordings[found.name]
        yield from _field_frames(found, wording, subject(wording.noun).read(locale), grammar.known_of_item, locale)


def _field_frames(found: Field, wording: Wording, about: str, known: str, locale: Locale) -> Iterator[Frame]:
    yield from _forms(found.name, Asks.VALUE, wording.clause.read(locale))
    yield from _forms(found.name, Asks.KNOWN, known.replace("@", wording.noun.read(locale)))
    if found.type in {Type.TEXT, Type.ENUM}:
        yield from _forms(found.name, Asks.SAME_AS, GRAMMAR[locale].same_as.replace("#", about))


def _forms(name: str, asks: Asks, written: str) -> Iterator[Frame]:
    """Yield the frame of every polarity and number that `written` tells apart."""
    numbers: tuple[bool | None, ...] = (True, False) if "(" in written else (None,)
    for denies, one in product((False, True), numbers):

        def choose(found: re.Match[str], denies: bool = denies, one: bool | None = one) -> str:  # noqa: FBT001 - bound now, for the loop goes on
            yes, no, single, several = found.groups()
            if yes is not None:
                return str(no if denies else yes)
            return str(single if one else several)

        text = _CHOICE.sub(choose, written)
        gap = _SLOT.search(text)
        if gap is None:
            yield Frame(name, asks, denies, one, text, None, "")
        else:
            yield Frame(name, asks, denies, one, text[: gap.start()], Slot(gap.group()), text[gap.end() :])
