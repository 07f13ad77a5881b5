"""One clause read back: the frame that fits, and what stands in its gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rules.conditions import Op, Scalar
from rules.sentences.cursor import A_TEXT, Cursor
from rules.sentences.frames import Asks, Frame, Node, Slot, frames, noun_after_same_as
from rules.sentences.grammar import GRAMMAR
from rules.sentences.names import SignalNames
from rules.sentences.spelling import to_number
from rules.sentences.tokens import Kind, words_of
from rules.sentences.wording import WORDING
from rules.text import Locale, Text
from rules.vocabulary import COLLECTIONS, FIELDS, TEXTS, Field, Type
from rules.vocabulary.words import VALUE_WORDS

_A_NUMBER: Final = Text("um número, como 1.234,5", "a number, such as 1,234.5")
_QUANTITIES: Final = (Slot.COUNT, Slot.MEASURE, Slot.SHARE)


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a gap: a question with its value. `denied`: the verb says that it is not so."""

    op: Op
    value: Scalar | tuple[Scalar, ...]
    after: int
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A leaf as it was read, not judged yet. `after` is the position behind it."""

    field: str
    content: Content

    @property
    def after(self) -> int:
        """The position behind the clause."""
        return self.content.after


@dataclass(frozen=True, slots=True)
class _Values:
    """One value or a list: HAS is one value, HAS_ANY "a or b", HAS_ALL "a and b", HAS_NONE "neither a nor b"."""

    op: Op
    values: tuple[str, ...]
    after: int


class Clauses:
    """Reads single clauses of one language."""

    def __init__(self, locale: Locale, names: SignalNames) -> None:
        self._locale: Locale = locale
        self._grammar = GRAMMAR[locale]
        self._names = names

    def begins(self, cursor: Cursor, at: int, inside: str | None) -> bool:
        """Tell whether a clause of this mood can begin here."""
        return cursor.tokens[at].folded in frames(self._locale, inside).clauses.words

    def head(self, cursor: Cursor, at: int) -> tuple[bool, str, int] | None:
        """Return "the customer has a(n) …": whether it denies, the collection, and the position behind it."""
        found = [
            (frame.denies, frame.field, after)
            for node, after in _way(frames(self._locale).heads, cursor, at)
            for frame in node.ends
        ]
        return found[-1] if found else None

    def read(self, cursor: Cursor, at: int, inside: str | None) -> Read | None:
        """Return the longest clause that fits here, or None; what would have fitted stays with the cursor."""
        longest = max(self.readings(cursor, at, inside), key=lambda found: found.after, default=None)
        if longest is None and inside is None:
            cursor.want(at, *self._nouns_with(cursor.tokens[at].folded))
        return longest

    def _nouns_with(self, word: str) -> list[str]:
        """Return what could have been meant by a word that only belongs inside: "severity" -> "the severity"."""
        nouns = [wording.noun.read(self._locale) for wording in WORDING.values()]
        return [noun for noun in nouns if word in words_of(noun)]

    def readings(self, cursor: Cursor, at: int, inside: str | None) -> Iterator[Read]:
        """Yield every way to read a clause here."""
        for node, after in _way(frames(self._locale, inside).clauses, cursor, at):
            for frame in node.ends:
                op = Op.KNOWN if frame.asks is Asks.KNOWN else Op.IS
                yield Read(frame.field, Content(op, not frame.denies, after))
            for slot, fitting in node.gaps.items():
                yield from self._with_gap(cursor, after, slot, fitting, inside)

    def _with_gap(
        self, cursor: Cursor, at: int, slot: Slot, fitting: list[Frame], inside: str | None
    ) -> Iterator[Read]:
        shared = self._quantity(cursor, at, slot) if slot in _QUANTITIES else None
        if slot in _QUANTITIES and shared is None:
            return
        for frame in fitting:
            content = shared if shared is not None else self._in_gap(cursor, at, frame, inside)
            end = cursor.words(content.after, words_of(frame.after)) if content is not None else None
            if content is not None and end is not None:
                denied = content.denied if slot is Slot.VALUES else frame.denies
                yield Read(frame.field, Content(content.op, content.value, end, denied))

    def _in_gap(self, cursor: Cursor, at: int, frame: Frame, inside: str | None) -> Content | None:
        if frame.slot is Slot.NOUN:
            return self._same_as(cursor, at)
        field = FIELDS[frame.field] if inside is None else COLLECTIONS[inside].fields[frame.field]
        found = self._values(cursor, at, field, inside)
        return _asked(field, found, denies=frame.denies, by_verb=self._grammar.none_denies) if found else None

    def _same_as(self, cursor: Cursor, at: int) -> Content | None:
        found = [
            Content(Op.SAME_AS, field.name, after)
            for field in FIELDS.values()
            if field.type in TEXTS
            and (after := cursor.words(at, words_of(noun_after_same_as(field.name, self._locale)))) is not None
        ]
        return max(found, key=lambda content: content.after, default=None)

    def _quantity(self, cursor: Cursor, at: int, slot: Slot) -> Content | None:
        phrases = self._grammar.count if slot is Slot.COUNT else self._grammar.measure
        for op, phrase in phrases.items():
            found = self._numbers(cursor, at, phrase, share=slot is Slot.SHARE)
            if found is not None:
                numbers, after = found
                return Content(op, numbers if op is Op.BETWEEN else numbers[0], after)
        return None

    def _numbers(
        self, cursor: Cursor, at: int, phrase: str, *, share: bool
    ) -> tuple[tuple[int | float, ...], int] | None:
        """Read the words of a phrase with a number at each of its marks."""
        first, *others = phrase.split("#")
        position = cursor.words(at, words_of(first))
        numbers: list[int | float] = []
        for words in others:
            number = self._number(cursor, position, share=share) if position is not None else None
            if number is None or position is None:
                return None
            numbers.append(number)
            position = cursor.words(position + 1, words_of(words))
        return None if position is None else (tuple(numbers), position)

    def _number(self, cursor: Cursor, at: int, *, share: bool) -> int | float | None:
        sample = _A_NUMBER.read(self._locale)
        token = cursor.token(at, Kind.NUMBER, sample)
        number = to_number(token.said, self._locale, share=share) if token is not None else None
        if number is None:
            cursor.want(at, sample)
        return number

    def _values(self, cursor: Cursor, at: int, field: Field, inside: str | None) -> _Values | None:
        """Read a value, a list, or what one of the phrases opens; a value may begin like a phrase ("none")."""
        found = (self._listed(cursor, at, field, inside), *self._opened(cursor, at, field, inside))
        return max((one for one in found if one is not None), key=lambda one: one.after, default=None)

    def _opened(self, cursor: Cursor, at: int, field: Field, inside: str | None) -> Iterator[_Values | None]:
        grammar = self._grammar
        for op, phrase in ((Op.HAS_ANY, grammar.any_of), (Op.HAS_ALL, grammar.all_of), (Op.HAS_NONE, grammar.none_of)):
            after = cursor.words(at, words_of(phrase))
            if after is not None:
                yield self._after_colon(cursor, after, op, field, inside)
        neither, nor = grammar.neither
        after = cursor.words(at, words_of(neither))
        if after is not None:
            yield self._neither(cursor, after, words_of(nor), field, inside)

    def _after_colon(self, cursor: Cursor, at: int, op: Op, field: Field, inside: str | None) -> _Values | None:
        empty = cursor.words(at, words_of(self._grammar.nothing))
        if empty is not None:
            return _Values(op, (), empty)
        found = self._listed(cursor, at, field, inside)
        fits = found is not None and found.op in {Op.HAS, Op.HAS_ALL if op is Op.HAS_NONE else None}
        return _Values(op, found.values, found.after) if found is not None and fits else None

    def _neither(
        self, cursor: Cursor, at: int, nor: tuple[str, ...], field: Field, inside: str | None
    ) -> _Values | None:
        first = self._value(cursor, at, field, inside)
        between = cursor.words(first[1], nor) if first is not None else None
        second = self._value(cursor, between, field, inside) if between is not None else None
        return None if first is None or second is None else _Values(Op.HAS_NONE, (first[0], second[0]), second[1])

    def _listed(self, cursor: Cursor, at: int, field: Field, inside: str | None) -> _Values | None:
        """Read "a", "a or b", "a, b and c"."""
        value = self._value(cursor, at, field, inside)
        if value is None:
            return None
        values = [value[0]]
        at = value[1]
        while (comma := cursor.words(at, (",",))) is not None:
            value = self._value(cursor, comma, field, inside)
            if value is None:
                break
            values.append(value[0])
            at = value[1]
        for op, word in ((Op.HAS_ANY, self._grammar.or_), (Op.HAS_ALL, self._grammar.and_)):
            last = cursor.words(at, (word,))
            value = self._value(cursor, last, field, inside) if last is not None else None
            if value is not None:
                return _Values(op, (*values, value[0]), value[1])
        return _Values(Op.HAS, (values[0],), at) if len(values) == 1 else None

    def _value(self, cursor: Cursor, at: int, field: Field, inside: str | None) -> tuple[str, int] | None:
        full = field.name if inside is None else f"{inside}.{field.name}"
        if full in VALUE_WORDS:
            found = [
                (value, after)
                for value, word in VALUE_WORDS[full].items()
                if (after := self._word(cursor, at, word.read(self._locale))) is not None
            ]
            return max(found, key=lambda one: one[1], default=None)
        if field.name == "signals":
            return self._signal(cursor, at)
        token = cursor.token(at, Kind.TEXT, A_TEXT)
        return (token.value, at + 1) if token is not None else None

    def _word(self, cursor: Cursor, at: int, word: str) -> int | None:
        """Match one word of a closed list; the whole of it is offered when it does not fit."""
        tokens = cursor.tokens[at:]
        words = words_of(word)
        if len(tokens) > len(words) and all(token.folded == one for token, one in zip(tokens, words, strict=False)):
            return at + len(words)
        cursor.want(at, word)
        return None

    def _signal(self, cursor: Cursor, at: int) -> tuple[str, int] | None:
        token = cursor.tokens[at]
        if token.kind is Kind.NAME:
            return token.value, at + 1
        if token.kind is Kind.TEXT:
            name = self._names.named(token.value)
            if name is not None:
                return name, at + 1
        for title in self._names.titles or ("…",):
            cursor.want(at, f"“{title}”" if self._names.titles else "`…`")
        return None


def _asked(field: Field, found: _Values, *, denies: bool, by_verb: bool) -> Content | None:
    """Return the question that a list of values asks of this field, or None when its verb does not go with it."""
    one = found.values[0] if found.values else ""
    says_none = found.op is Op.HAS_NONE
    if field.type is Type.SET:
        if found.op is Op.HAS and denies:
            return Content(Op.HAS_NONE, (one,), found.after)
        if denies is (says_none and by_verb):
            return Content(found.op, one if found.op is Op.HAS else found.values, found.after)
        return None
    if says_none:
        return Content(Op.NOT_IN, found.values, found.after) if denies is by_verb else None
    if found.op is Op.HAS:
        return Content(Op.IS, one, found.after, denies)
    return Content(Op.IN, found.values, found.after, denies) if found.op is Op.HAS_ANY else None


def _way(root: Node, cursor: Cursor, at: int) -> Iterator[tuple[Node, int]]:
    """Yield every node that the words from here lead to, with the position behind it; want what else may come."""
    node = root
    while True:
        if at >= cursor.furthest:
            cursor.want(at, *node.words)
        found = node.words.get(cursor.tokens[at].folded)
        if found is None:
            return
        node = found
        at += 1
        yield node, at
