"""Which word of the phrases a misspelt one means: one edit away, when it is no word itself.

An edit is a letter too many, one too few, a wrong one, or two neighbours that changed places. Three readings of a word
are tried, each a bounded number of questions to an index that is built once, whatever the number of phrases. (It is one
of symmetric deletes: a word and a misspelling of it have a form in common once each has lost at most one letter.)

* the word itself, of six letters or more: "cancleing", "reembolsso";
* the stem of an inflected form that no phrase spells out: "asinaturas" by "assinatura";
* its ending: "cancelamnto" by "cancelar".

A word that means something else is never read as another one: neither what any phrase of either language knows, nor
what stands in `lookalikes.txt`, the real words of both languages that would be read so otherwise ("contact" and
"contract", "renovar" and "remover"), nor a form of such a verb. Where two words are equally near, none is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from rules.signals.words import key, listed
from rules.text import LOCALES, Locale

SHORTEST_MEANT: Final = 6
"""Fewest letters of a word that may be misspelt; shorter ones have too many neighbours."""
LONGEST_MEANT: Final = 24
_SHORTEST_STEM: Final = 5
_SHORTEST_ENDING: Final = 3

_ENDINGS: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "a o as os ar er ir ei ou am em amos emos imos ado ada ados adas ido ida idos idas ando endo indo aram eram"
        " iram ava avam aria ariam armos arem asse assem amento amentos imento imentos acao acoes icao icoes cao coes"
        " mente avel aveis ivel iveis ura uras ador adores adora ante antes"
    ),
    "en": listed("e s es ed er ers ing ings ion ions ation ations led ling lation lations ment ments al als ly able"),
}
"""Endings with which a stem makes other forms of the same word; whether it does is asked of the stemmer each time."""

_CONJUGATED: Final = listed(
    "amos emos imos ado ada ados adas ido ida idos idas ando endo indo aram eram iram ava avam aria ariam arem asse"
    " assem"
)
_INFINITIVES: Final = ("ar", "er", "ir")
"""Endings of the form under which the list of real words has a Portuguese verb; it has few of the many others."""

_SWAPPED: Final = 0
_DOUBLED: Final = 0
_ONE_MORE_OR_LESS: Final = 1
_ANOTHER: Final = 2
_FIRST_LETTER: Final = 2
_FORM: Final = 5
"""Prices of edits. People drop letters more often than they hit wrong ones, and seldom mistake the first. Forms that
the stemmer allows come after every word that somebody wrote into a phrase, and keep their first letter."""


class Meant(NamedTuple):
    """What a misspelt word may mean, and how far off it is. `key` is what words are compared by."""

    price: int
    word: str
    key: str


def price(written: str, meant: str) -> int | None:
    """Return the price of the one edit between two different words, or None when it takes more."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return None
    at = 0
    shortest = min(len(written), len(meant))
    while at < shortest and written[at] == meant[at]:
        at += 1
    first = _FIRST_LETTER * (not at)
    if len(written) == len(meant):
        if written[at + 1 :] == meant[at + 1 :]:
            return _ANOTHER + first
        swapped = written[at] == meant[at + 1] and written[at + 1] == meant[at]
        return _SWAPPED + first if swapped and written[at + 2 :] == meant[at + 2 :] else None
    longer, shorter = (written, meant) if len(written) > len(meant) else (meant, written)
    if longer[at + 1 :] != shorter[at:]:
        return None
    return _DOUBLED if at and longer[at] == longer[at - 1] else _ONE_MORE_OR_LESS + first


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


class _Nearby:
    """Words by what is left of them when a letter is missing."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_rest: dict[str, tuple[str, ...]] = {}
        for word in words:
            for rest in _shortened(word):
                self._by_rest[rest] = (*self._by_rest.get(rest, ()), word)

    def of(self, written: str) -> Iterator[tuple[int, str]]:
        """Yield (price, word) of each word one edit from `written`."""
        near = {word for rest in _shortened(written) for word in self._by_rest.get(rest, ())}
        for word in near:
            cost = price(written, word)
            if cost is not None:
                yield cost, word


_ENDINGS_NEARBY: Final = {
    language: _Nearby(ending for ending in endings if len(ending) >= _SHORTEST_ENDING)
    for language, endings in _ENDINGS.items()
}


def _long_enough(words: Iterable[str]) -> list[str]:
    return sorted(word for word in words if SHORTEST_MEANT <= len(word) <= LONGEST_MEANT)


@lru_cache(maxsize=2 * len(LOCALES))
def _nearby(words: frozenset[str]) -> _Nearby:
    """Return the index of words that are the same for every rulebook."""
    return _Nearby(_long_enough(words))


class Nearest:
    """The words of one language that may be meant: `inflected` ones in all their forms, `others` as they are spelt."""

    def __init__(self, inflected: Iterable[str], others: Iterable[str], language: Locale) -> None:
        self.words = frozenset(inflected)
        keys = (key(word, language) for word in self.words if word.isalpha())
        self._language = language
        self._nearby = (_Nearby(_long_enough(self.words)), _nearby(frozenset(others)))
        self._stems = frozenset(stem for stem in keys if _SHORTEST_STEM <= len(stem) <= LONGEST_MEANT)
        self._stems_nearby = _Nearby(sorted(self._stems))

    def of(self, written: str) -> Iterator[Meant]:
        """Yield what the word may mean. The same may come twice."""
        language = self._language
        for nearby in self._nearby:
            for cost, word in nearby.of(written):
                yield Meant(cost, word, key(word, language))
        for cut in range(_SHORTEST_STEM - 1, len(written)):
            if written[cut:] in _ENDINGS[language]:
                for cost, near in self._stems_nearby.of(written[:cut]):
                    yield from self._form(cost, near, written[cut:])
            if written[:cut] in self._stems:
                for cost, near in _ENDINGS_NEARBY[language].of(written[cut:]):
                    yield from self._form(cost, written[:cut], near)

    def _form(self, cost: int, stem: str, ending: str) -> Iterator[Meant]:
        word = stem + ending
        first_kept = cost < _FIRST_LETTER + _ONE_MORE_OR_LESS
        if first_kept and len(word) >= SHORTEST_MEANT and key(word, self._language) == stem:
            yield Meant(cost + _FORM, word, stem)


class Misspelt:
    """Answers which word is meant. Its index is built when the first unknown word is met; threads may share it.

    `inflected` are the phrases' words, `others` those that negation and clauses listen to.
    """

    def __init__(self, inflected: Callable[[Locale], Iterable[str]], others: Mapping[Locale, frozenset[str]]) -> None:
        self._inflected = inflected
        self._others = others

    @cached_property
    def _nearest(self) -> Mapping[Locale, Nearest]:
        return {language: Nearest(self._inflected(language), self._others[language], language) for language in LOCALES}

    @cached_property
    def _known(self) -> frozenset[str]:
        """All words that mean themselves."""
        return lookalikes().union(*self._others.values(), *(nearest.words for nearest in self._nearest.values()))

    def meant(self, word: str, language: Locale) -> str | None:
        """Return the word that a folded one must mean, None when it means itself or nobody can tell.

        `word` is one that no phrase of the language knows.
        """
        if not (SHORTEST_MEANT - 1 <= len(word) <= LONGEST_MEANT + 1 and word.isalpha()) or word in self._known:
            return None
        if language == "pt-BR" and self._is_verb(word):
            return None
        best: Meant | None = None
        rivals = False
        for one in self._nearest[language].of(word):
            if best is None or one.price < best.price:
                best, rivals = one, False
            elif one.price == best.price:
                rivals = rivals or one.key != best.key
                best = min(best, one)
        return None if best is None or rivals else best.word

    def _is_verb(self, word: str) -> bool:
        """Tell whether a real verb has this form: "desmontando" is of "desmontar", and no slip for "descontando"."""
        return any(
            word[cut:] in _CONJUGATED and any(word[:cut] + ending in self._known for ending in _INFINITIVES)
            for cut in range(_SHORTEST_STEM - 1, len(word))
        )


@lru_cache(maxsize=1)
def lookalikes() -> frozenset[str]:
    """Return the real words of both languages that are one edit away from other ones, folded."""
    text = files("rules.signals").joinpath("lookalikes.txt").read_text("ascii")
    return frozenset(line for line in text.split("\n") if not line.startswith("#"))
