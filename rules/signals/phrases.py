"""The phrase language: what an admin writes to say which words a signal is made of.

    phrase       words and groups in their order, e.g.  (want|need) ~3 (cancel|close ~1 account)
    (a|b c)      one of the alternatives; each may hold several words, gaps and groups of its own
    ~n           up to n words in between (1 to 8), never across the end of a sentence
    word*        a word that begins so (after folding; three letters at least); it is not stemmed

Words are the words of `rules.signals.words`: case, accents, abbreviations and inflections do not matter.
A gap stands between two words of the same sequence. Its words are counted as they are written out: "don't" is two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, NoReturn

from rules.errors import SidecueError
from rules.signals.words import WORD, fold, key, listed, modern, written_out
from rules.text import Locale, Text

MAX_GAP: Final = 8
MAX_SEQUENCES: Final = 2_000
"""Most ways one phrase may be read; its alternatives are multiplied out."""
SHORTEST_PREFIX: Final = 3

_PLAIN_GROUP: Final = re.compile(r"\(([^\W_]+(?:[ |][^\W_]+)*)\)")
"""A group without groups, gaps, prefixes or signs in it; words and bars with no more than one blank between words."""

_TEXTS: Final[Mapping[str, tuple[Text, Text]]] = MappingProxyType(
    {
        "empty": (
            Text("a expressão está vazia", "the phrase is empty"),
            Text("escreva as palavras que o sinal procura", "write the words that the signal looks for"),
        ),
        "empty_alternative": (
            Text("há uma alternativa vazia", "an alternative is empty"),
            Text(
                "escreva uma palavra entre as barras, ou tire a barra que sobra",
                "write a word between the bars, or take the spare bar out",
            ),
        ),
        "gap_at_edge": (
            Text(
                "o intervalo ~n não está entre duas palavras da mesma sequência",
                "the gap ~n does not stand between two words of the same sequence",
            ),
            Text(
                "deixe uma palavra antes e uma depois dele; no começo ou no fim de um grupo, leve-o para fora do grupo",
                "keep a word before it and a word after it; at the edge of a group, move it outside the group",
            ),
        ),
        "gap_twice": (
            Text("há dois intervalos seguidos", "two gaps stand in a row"),
            Text("escreva um só, com a soma dos dois", "write one, with the sum of the two"),
        ),
        "gap_size": (
            Text(
                f"o intervalo {{gap}} não vai de 1 a {MAX_GAP} palavras",
                f"the gap {{gap}} is not from 1 to {MAX_GAP} words",
            ),
            Text(
                f"use de ~1 a ~{MAX_GAP}; mais longe que isso as palavras já não falam uma da outra",
                f"use ~1 to ~{MAX_GAP}; further apart the words no longer speak of each other",
            ),
        ),
        "unbalanced": (
            Text("um parêntese não tem par", "a parenthesis has no partner"),
            Text("abra e feche cada grupo: (a|b)", "open and close every group: (a|b)"),
        ),
        "bar_outside": (
            Text("há uma barra | fora de um grupo", "a bar | stands outside a group"),
            Text("ponha as alternativas entre parênteses: (a|b)", "put the alternatives in parentheses: (a|b)"),
        ),
        "character": (
            Text(
                "o caractere {character} não faz parte de uma expressão",
                "the character {character} is no part of a phrase",
            ),
            Text(
                "tire-o: a pontuação do texto já separa as palavras e não precisa ser escrita",
                "take it out: punctuation in a text separates words anyway and need not be written",
            ),
        ),
        "prefix": (
            Text(
                "o prefixo {word}* é curto demais ou não é uma palavra só",
                "the prefix {word}* is too short or not one word",
            ),
            Text(
                f"dê pelo menos {SHORTEST_PREFIX} letras de uma única palavra antes do *",
                f"give at least {SHORTEST_PREFIX} letters of a single word before the *",
            ),
        ),
        "too_broad": (
            Text(
                "“{words}” só tem palavras que estão em quase todo texto",
                "“{words}” is made only of words that nearly every text holds",
            ),
            Text(
                "acrescente a palavra que diz o assunto, por exemplo o verbo",
                "add the word that says what it is about, for instance the verb",
            ),
        ),
        "too_many": (
            Text(
                f"as alternativas dão {{count}} combinações, e o limite é {MAX_SEQUENCES}",
                f"the alternatives make {{count}} combinations, and the limit is {MAX_SEQUENCES}",
            ),
            Text("divida a expressão em duas ou mais", "split the phrase into two or more"),
        ),
    }
)

# Words that say nothing alone: articles, prepositions, pronouns, conjunctions, auxiliaries, plain negation.
# Question words and modal verbs are not among them: "how do I" and "não consigo" do say something.
_SAYS_NOTHING: Final[Mapping[Locale, frozenset[str]]] = MappingProxyType(
    {
        "pt-BR": listed(
            "a o as os um uma uns umas de do da dos das em no na nos nas num numa por pelo pela pelos pelas"
            " para com sem e ou mas que se eu tu ele ela nos voce voces eles elas me te lhe meu minha meus"
            " minhas seu sua seus suas isso isto esse essa este esta aquele aquela ser sou e sao foi era estou"
            " estao estava ter tem tenho nao sim ja mais muito tambem so la aqui ai ao aos"
        ),
        "en": listed(
            "a an the of in on at to for with from by and or but that this these those it its i you he she we"
            " they me him her us them my your his our their is am are was were be been being do did have has"
            " had not no yes so as if there here very too also just"
        ),
    }
)


class PhraseInvalid(SidecueError):
    """A phrase its author has to mend. `position` counts characters of the phrase from 0."""

    def __init__(self, code: str, source: str, position: int, **params: str) -> None:
        self.code = code
        self.source = source
        self.position = position
        self.params = params
        super().__init__(f"{source!r}, character {position + 1}: {self.what('en')}; {self.mend('en')}")

    def what(self, locale: Locale) -> str:
        """Say what is wrong."""
        return _TEXTS[self.code][0].read(locale).format_map(self.params)

    def mend(self, locale: Locale) -> str:
        """Say how to mend it."""
        return _TEXTS[self.code][1].read(locale).format_map(self.params)


class Arc(NamedTuple):
    """From one state of a phrase: at most `gap` words, then these words side by side, then the state `to`.

    `keys` are what the words are compared by. A prefix stands alone.
    """

    keys: tuple[str, ...]
    is_prefix: bool
    gap: int
    to: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase ready to be looked for, as a graph: every way from state 0 to a state of `ends` is a way to read it.

    `arcs` holds what leads on from each state. Alternatives meet again behind their group, so the graph grows with
    the words of the phrase, where the ways through it multiply.
    """

    source: str
    language: Locale
    arcs: tuple[tuple[Arc, ...], ...]
    ends: frozenset[int]


class _Word(NamedTuple):
    keys: tuple[str, ...]
    shown: str
    is_prefix: bool
    says_nothing: bool


class _Gap(NamedTuple):
    words: int


class _Group(NamedTuple):
    alternatives: tuple[tuple[_Item, ...], ...]


class _Choice(NamedTuple):
    """A group of plain words only, as most groups are. `broad` is its first alternative that says nothing."""

    alternatives: tuple[tuple[str, ...], ...]
    broad: tuple[str, ...] | None


_Item = _Word | _Gap | _Group | _Choice


@lru_cache(maxsize=16_384)  # the loader proves each phrase before the reader is built of the same ones
def compile_phrase(source: str, language: Locale) -> Phrase:
    """Return the phrase ready to be looked for. Raise PhraseInvalid saying where, what and how to mend it."""
    items = _Parser(source, language).parse()
    count = _count(items)
    if count > MAX_SEQUENCES:
        raise PhraseInvalid("too_many", source, 0, count=str(count))
    broad = _broad(items)
    if broad is not None:
        raise PhraseInvalid("too_broad", source, 0, words=" ".join(broad))
    return _Graph().phrase(source, language, items)


def _count(items: tuple[_Item, ...]) -> int:
    total = 1
    for item in items:
        match item:
            case _Group(alternatives):
                total *= sum(map(_count, alternatives))
            case _Choice(alternatives):
                total *= len(alternatives)
    return total


def _broad(items: tuple[_Item, ...]) -> tuple[str, ...] | None:
    """Return the words of the first way to read the items in which nothing says anything, or None."""
    words: list[str] = []
    found: tuple[str, ...] | None
    for item in items:
        match item:
            case _Word(_, shown, _, says_nothing):
                found = (shown,) if says_nothing else None
            case _Choice(_, broad):
                found = broad
            case _Group(alternatives):
                found = next((one for one in map(_broad, alternatives) if one is not None), None)
            case _Gap():
                continue
        if found is None:
            return None
        words += found
    return tuple(words)


class _Open(NamedTuple):
    """A segment that is still being written: where it begins, the gap before it, and its words so far."""

    origin: int
    gap: int
    keys: tuple[str, ...]


class _Graph:
    """Draws a phrase's graph. A word lengthens every open segment; a gap or a prefix closes them all."""

    def __init__(self) -> None:
        self._arcs: list[list[Arc]] = [[]]

    def phrase(self, source: str, language: Locale, items: tuple[_Item, ...]) -> Phrase:
        """Return the phrase of the items."""
        ends = {way.origin for way in self._closed(self._along(items, [_Open(0, 0, ())]))}
        return Phrase(source, language, tuple(map(tuple, self._arcs)), frozenset(ends))

    def _along(self, items: tuple[_Item, ...], ways: list[_Open]) -> list[_Open]:
        """Return the segments that are open once the items were written behind each of `ways`; no two are equal."""
        for item in items:
            match item:
                case _Gap(words):
                    ways = [way._replace(gap=words) for way in self._closed(ways)]
                case _Choice(alternatives):
                    ways = _unlike(
                        [_Open(origin, gap, keys + more) for origin, gap, keys in ways for more in alternatives]
                    )
                case _Word(keys, _, is_prefix=True):
                    ways = self._joined(self._closed(ways), keys)
                case _Word(keys):
                    ways = [_Open(way.origin, way.gap, way.keys + keys) for way in ways]
                case _Group(alternatives):
                    ways = _unlike([way for alternative in alternatives for way in self._along(alternative, ways)])
        return ways

    def _closed(self, ways: list[_Open]) -> list[_Open]:
        """Lead every segment with words to one new state; return what begins behind them, nothing written yet."""
        closed = [way for way in ways if not way.keys]
        if len(closed) < len(ways):
            state = self._state()
            for origin, gap, keys in ways:
                if keys:
                    self._arcs[origin].append(Arc(keys, False, gap, state))
            closed.append(_Open(state, 0, ()))
        return closed

    def _joined(self, ways: list[_Open], prefix: tuple[str, ...]) -> list[_Open]:
        state = self._state()
        for origin, gap, _ in ways:
            self._arcs[origin].append(Arc(prefix, True, gap, state))
        return [_Open(state, 0, ())]

    def _state(self) -> int:
        self._arcs.append([])
        return len(self._arcs) - 1


def _unlike(ways: list[_Open]) -> list[_Open]:
    return list(dict.fromkeys(ways))


@lru_cache(maxsize=16_384)
def _word(raw: str, language: Locale) -> _Word:
    words = written_out(raw, language)
    return _Word(
        tuple([key(word, language) for word in words]),
        raw,
        is_prefix=False,
        says_nothing=all(word in _SAYS_NOTHING[language] for word in words),
    )


@lru_cache(maxsize=16_384)
def _plain(text: str, language: Locale) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return the keys of plain words with a blank between them, and the words themselves if they say nothing."""
    words = [_word(raw, language) for raw in text.split(" ")]
    keys = tuple([one for word in words for one in word.keys])
    return keys, tuple(word.shown for word in words) if all(word.says_nothing for word in words) else None


class _Parser:
    """Recursive descent over the characters; the deepest nesting is the author's own."""

    _MAX_DEPTH: Final = 20

    def __init__(self, source: str, language: Locale) -> None:
        self.source = source
        self.language = language
        self.at = 0
        self.depth = 0

    def parse(self) -> tuple[_Item, ...]:
        items = self._items()
        if self.at < len(self.source):
            self._fail("unbalanced" if self.source[self.at] == ")" else "bar_outside")
        if not items:
            self._fail("empty", 0)
        return items

    def _fail(self, code: str, position: int | None = None, **params: str) -> NoReturn:
        raise PhraseInvalid(code, self.source, self.at if position is None else position, **params)

    def _items(self) -> tuple[_Item, ...]:
        """Read up to the end, a bar or a closing parenthesis, which stays unread."""
        items: list[_Item] = []
        gap_at = 0
        while self.at < len(self.source):
            character = self.source[self.at]
            if character in "|)":
                break
            if character.isspace() or character == "-":
                self.at += 1
            elif character == "(":
                items.append(self._choice() or self._group())
            elif character == "~":
                if not items:
                    self._fail("gap_at_edge")
                if isinstance(items[-1], _Gap):
                    self._fail("gap_twice")
                gap_at = self.at
                items.append(self._gap())
            else:
                items.append(self._word())
        if items and isinstance(items[-1], _Gap):
            self._fail("gap_at_edge", gap_at)
        return tuple(items)

    def _choice(self) -> _Choice | None:
        found = _PLAIN_GROUP.match(self.source, self.at)
        if found is None:
            return None
        self.at = found.end()
        alternatives = [_plain(text, self.language) for text in found[1].split("|")]
        broad = next((words for _, words in alternatives if words is not None), None)
        return _Choice(tuple([keys for keys, _ in alternatives]), broad)

    def _group(self) -> _Group:
        opened = self.at
        self.depth += 1
        if self.depth > self._MAX_DEPTH:
            self._fail("unbalanced")
        alternatives: list[tuple[_Item, ...]] = []
        while True:
            self.at += 1  # the parenthesis, then each bar
            alternative = self._items()
            if self.at >= len(self.source):
                self._fail("unbalanced", opened)
            if not alternative:
                self._fail("empty_alternative")
            alternatives.append(alternative)
            if self.source[self.at] == ")":
                self.at += 1
                self.depth -= 1
                return _Group(tuple(alternatives))

    def _gap(self) -> _Gap:
        start = self.at
        self.at += 1
        while self.at < len(self.source) and self.source[self.at] in "0123456789":
            self.at += 1
        digits = self.source[start + 1 : self.at]
        if not digits or len(digits) > 2 or not 1 <= int(digits) <= MAX_GAP:
            self._fail("gap_size", start, gap=self.source[start : self.at])
        return _Gap(int(digits))

    def _word(self) -> _Word:
        found = WORD.match(self.source, self.at)
        if found is None:
            self._fail("character", character=repr(self.source[self.at]))
        start, raw = self.at, found.group()
        self.at = found.end()
        if not self.source.startswith("*", self.at):
            return _word(raw, self.language)
        prefix = modern(fold(raw)) if self.language == "pt-BR" else fold(raw)
        if len(prefix) < SHORTEST_PREFIX or "'" in raw or "-" in raw:
            self._fail("prefix", start, word=raw)
        self.at += 1
        if WORD.match(self.source, self.at):
            self._fail("character", self.at - 1, character="'*'")
        return _Word((prefix,), raw + "*", is_prefix=True, says_nothing=False)
