"""A condition said aloud: one canonical sentence, or an indented list where a sentence would be hard to follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test
from rules.rulebook import Signal
from rules.sentences.frames import Asks, Frame, Frames, Slot, frames, noun_after_same_as
from rules.sentences.grammar import GRAMMAR, Headers
from rules.sentences.names import SignalNames
from rules.sentences.spelling import number, quoted
from rules.sentences.wording import ITEM_WORDING
from rules.text import Locale
from rules.vocabulary import COLLECTIONS, FIELDS, NUMERIC, Field, Type
from rules.vocabulary.words import VALUE_WORDS

MAX_IN_SENTENCE: Final = 4
MAX_OF_ITEM: Final = 3
MAX_LENGTH: Final = 240
"""What one sentence holds: clauses, clauses about one item, characters. More becomes a list."""

_DENIED: Final = NUMERIC | {Op.IS, Op.IN, Op.SAME_AS}
"""Tests whose `not` the verb can say; the others are denied as a whole."""


def say(condition: Condition, locale: Locale, signals: Mapping[str, Signal] | None = None) -> str:
    """Return the condition as a person would say it, without a capital or a full stop.

    Signals are called by their titles where `signals` has them, else by their names. `parse` is the exact inverse.
    """
    return "\n".join(Speaker(locale, signals).lines(condition, None))


class Speaker:
    """Says conditions in one language."""

    def __init__(self, locale: Locale, signals: Mapping[str, Signal] | None = None) -> None:
        self._locale: Locale = locale
        self._grammar = GRAMMAR[locale]
        self._names = SignalNames(signals or {}, locale)

    def lines(self, condition: Condition, inside: str | None) -> list[str]:
        """Return the lines of a condition; `inside` names the collection whose item it is about."""
        sentence = self._sentence(condition, inside)
        if sentence is not None:
            return [sentence]
        header, parts, about = self._header(condition, inside)
        said = [f"{header}:"]
        for part in parts:
            first, *more = self.lines(part, about)
            said += [f"- {first}", *(f"  {line}" for line in more)]
        return said

    def _sentence(self, condition: Condition, inside: str | None) -> str | None:
        """Return the condition in one line, or None when it does not fit into one."""
        simple = self._simple(condition, inside)
        if simple is not None or not isinstance(condition, All | AnyOf) or not condition.parts:
            return simple
        joiner = self._grammar.and_ if isinstance(condition, All) else self._grammar.or_
        if inside is not None:
            return self._joined(condition.parts, inside, f" {joiner} ", MAX_OF_ITEM)
        sentence = self._joined(condition.parts, None, f", {joiner} ", MAX_IN_SENTENCE)
        if sentence is None:
            sentence = self._with_last_group(condition, f", {joiner} ")
        return sentence if sentence is not None and len(sentence) <= MAX_LENGTH else None

    def _joined(self, parts: tuple[Condition, ...], inside: str | None, joiner: str, most: int) -> str | None:
        if not 2 <= len(parts) <= most:
            return None
        said = [self._clause(part, inside) for part in parts]
        found = [clause for clause in said if clause is not None]
        return joiner.join(found) if len(found) == len(parts) else None

    def _with_last_group(self, condition: All | AnyOf, joiner: str) -> str | None:
        """Return a sentence that ends in a group of the other kind: "A, and either B, or C"."""
        *before, last = condition.parts
        if not before or not isinstance(last, AnyOf if isinstance(condition, All) else All):
            return None
        if len(before) + len(last.parts) > MAX_IN_SENTENCE or (isinstance(last, All) and len(last.parts) != 2):
            return None
        opening, inner = self._grammar.either if isinstance(condition, All) else self._grammar.both
        group = self._joined(last.parts, None, f"{'' if inner.startswith(',') else ' '}{inner} ", MAX_IN_SENTENCE)
        said = [self._clause(part, None) for part in before]
        if group is None or None in said:
            return None
        return joiner.join([*(clause for clause in said if clause is not None), f"{opening} {group}"])

    def _simple(self, condition: Condition, inside: str | None) -> str | None:
        """Return a clause, or one that is denied as a whole."""
        clause = self._clause(condition, inside)
        if clause is None and isinstance(condition, Not):
            denied = self._simple(condition.part, inside)
            return f"{self._denial(inside)} {denied}" if denied is not None else None
        return clause

    def _denial(self, inside: str | None) -> str:
        return self._grammar.not_true if inside is None else ITEM_WORDING[inside].unlike.read(self._locale)

    def _clause(self, condition: Condition, inside: str | None) -> str | None:
        """Return a leaf, denied by its verb or not; None for anything else."""
        match condition:
            case Test():
                return self._test(condition, inside, denies=False)
            case Not(Test(_, op) as test) if op in _DENIED and not self._is_flag(test, inside):
                return self._test(test, inside, denies=True)
            case Exists():
                return self._exists(condition, denies=False)
            case Not(Exists() as found):
                return self._exists(found, denies=True)
        return None

    def _exists(self, found: Exists, *, denies: bool) -> str | None:
        where = self._sentence(found.where, found.collection)
        return f"{self._head(found.collection, denies=denies)} {where}" if where is not None else None

    def _head(self, collection: str, *, denies: bool) -> str:
        return frames(self._locale).of(collection, Asks.EXISTS, denies=denies).filled()

    def _header(self, condition: Condition, inside: str | None) -> tuple[str, tuple[Condition, ...], str | None]:
        """Return what stands above a list, its parts, and what they are about."""
        headers: Headers = self._grammar.headers if inside is None else self._grammar.item_headers
        match condition:
            case All(parts):
                return headers.all, parts, inside
            case AnyOf(parts):
                return headers.any, parts, inside
            case Not(All(parts)):
                return headers.not_all, parts, inside
            case Not(AnyOf(parts)):
                return headers.none, parts, inside
            case Exists(collection, where) | Not(Exists(collection, where)):
                header, parts, about = self._header(where, collection)
                head = self._head(collection, denies=isinstance(condition, Not))
                return f"{head} {header}", parts, about
            case Not(part):
                header, parts, about = self._header(part, inside)
                return f"{self._denial(inside)} {header}", parts, about
        raise ValueError(f"a leaf has no header: {condition!r}")

    def _field(self, name: str, inside: str | None) -> Field:
        return FIELDS[name] if inside is None else COLLECTIONS[inside].fields[name]

    def _is_flag(self, test: Test, inside: str | None) -> bool:
        return self._field(test.field, inside).type is Type.FLAG

    def _test(self, test: Test, inside: str | None, *, denies: bool) -> str:
        field = self._field(test.field, inside)
        found: Frames = frames(self._locale, inside)
        if test.op is Op.KNOWN:
            return found.of(field.name, Asks.KNOWN, denies=test.value is False).filled()
        if test.op is Op.SAME_AS:
            frame = found.of(field.name, Asks.SAME_AS, denies=denies)
            return frame.filled(noun_after_same_as(str(test.value), self._locale))
        if field.type is Type.FLAG:
            return found.of(field.name, Asks.VALUE, denies=test.value is False).filled()
        if test.op in NUMERIC:
            return self._quantity(test, found, denies=denies)
        by_verb, values = self._values(test, inside)
        return found.of(field.name, Asks.VALUE, denies=denies or by_verb).filled(values)

    def _quantity(self, test: Test, found: Frames, *, denies: bool) -> str:
        given = test.value if isinstance(test.value, tuple) else (test.value,)
        numbers = [value for value in given if not isinstance(value, str)]
        last = abs(numbers[-1])
        one = 1 <= last < 2 if self._grammar.one_to_two else last == 1
        frame: Frame = found.of(test.field, Asks.VALUE, denies=denies, one=one)
        said = (self._grammar.count if frame.slot is Slot.COUNT else self._grammar.measure)[test.op]
        for value in numbers:
            said = said.replace("#", number(value, self._locale, share=frame.slot is Slot.SHARE), 1)
        return frame.filled(said)

    def _values(self, test: Test, inside: str | None) -> tuple[bool, str]:
        """Return whether the verb has to deny, and the values as the verb takes them."""
        grammar = self._grammar
        given = test.value if isinstance(test.value, tuple) else (test.value,)
        words = [self._value(test.field, inside, value) for value in given]
        match test.op, len(words):
            case ((Op.IS | Op.HAS), _):
                return False, words[0]
            case ((Op.IN | Op.HAS_ANY), count):
                return False, _listed(words, grammar.or_) if count > 1 else f"{grammar.any_of} {self._only(words)}"
            case Op.HAS_ALL, count:
                return False, _listed(words, grammar.and_) if count > 1 else f"{grammar.all_of} {self._only(words)}"
            case Op.HAS_NONE, 1:
                return True, words[0]
            case _, 2:
                first, second = grammar.neither
                return grammar.none_denies, f"{first} {words[0]} {second} {words[1]}"
        listed = _listed(words, grammar.and_) if words else grammar.nothing
        return grammar.none_denies, f"{grammar.none_of} {listed}"

    def _only(self, words: list[str]) -> str:
        return words[0] if words else self._grammar.nothing

    def _value(self, field: str, inside: str | None, value: Scalar) -> str:
        full = field if inside is None else f"{inside}.{field}"
        if full in VALUE_WORDS:
            return VALUE_WORDS[full][str(value)].read(self._locale)
        if field == "signals":
            return self._names.said(str(value))
        return quoted(str(value), "“", "”")


def _listed(words: list[str], last: str) -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]
