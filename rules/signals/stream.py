"""A text as the two rows of words, one per language, that phrases are looked for in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from rules.signals.phrases import MAX_GAP
from rules.signals.words import WORD, fold, listed
from rules.text import LOCALES, Locale

UNKNOWN: Final = 0
"""Number of a word that no phrase speaks of."""

NOTHING: Final = 0
CLAUSE: Final = 1
SENTENCE: Final = 2

_LONG_SEPARATOR: Final = 32
_LONG_QUESTION: Final = 60
"""Words after which nobody remembers that a question was asked."""
_SENTENCE_END: Final = re.compile(
    r"[!?]"  # wherever they stand
    r"|[.…][\"'\u2019\u201d»)\]*_]*(?:\s|$)"  # a full stop inside "empresa.com" or "3.5" ends nothing
    r"|\n[^\S\n]*\n"  # a blank line
    r"|\n[^\S\n]*(?:[-\u2013\u2014*\u2022·\u25aa]|\d{1,2}[.)])"  # a list item
)
_CLAUSE_END: Final = re.compile(r"[,;:()\[\]{}\u2013\u2014…|]|\s-+\s|\s/\s")
# What may stand between two words of one clause besides letters; any other sign (an emoji, an arrow) parts them.
_HOLDS_TOGETHER: Final = re.compile(
    r"[\s\x00-\x7f\"\u201c\u201d\u2018\u2019«»\u00b4`ªº°€£¥\u00a0\u200b-\u200f\u2060\ufeff]*"
)
_ADDRESS: Final = re.compile(
    r"[@/\\]|^www\.|\.(?:com|net|org|gov|edu|io|app|dev|co|info|br|pt|uk|us|eu|pdf|xlsx?|docx?|csv|txt|xml|json|zip|png|"
    r"jpe?g|exe|html?|php|js|py)(?:$|[.:?,;)])",
    re.IGNORECASE,
)
"""What tells an address or the name of a file from two sentences with no space between them."""
_LONGEST_ADDRESS: Final = 40
_CONTINUING: Final = listed(
    "estou estas esta estamos estao estava estavas estavam estive esteve estivemos ando anda andam andamos andava"
    " continuo continua continuam continuamos continuava"
)
_INFINITIVE: Final = ("ar", "er", "ir", "or")
_COURTESY: Final = listed("por favor gentileza please obrigado hoje agora logo entao")
"""What may follow a question after a comma without making it another one, as "certo?" would."""
_ABBREVIATIONS: Final = listed("sr sra srs dr dra mr mrs ms vs ex av tel obs no num pag ref eg ie approx dept")


class Unit(NamedTuple):
    """One folded word, with the number its key has in the phrases and the segments that it makes alone."""

    word: str
    number: int
    alone: tuple[int, ...]


Analyse = Callable[[str], tuple[tuple[Unit, ...], ...]]
"""A raw word -> its units, at least one, per language in the order of LOCALES."""

_END: Final = Unit("", UNKNOWN, ())
"""What stands before each sentence, as a word does."""
_IN_EACH: Final = ((_END,),) * len(LOCALES)
_BEYOND: Final = MAX_GAP + 1


@dataclass(frozen=True, slots=True)
class Stream:
    """The words of one text, read in one language.

    All lists have the same length, and two languages may share them. Each sentence begins with an item of its own,
    with an empty word. `spans` are offsets into `text`.
    `bounds` say what stands before each word: NOTHING, CLAUSE or SENTENCE.
    `places` tell how far apart two items are: words count one, a sentence end more than any gap.
    """

    language: Locale
    text: str
    units: list[Unit]
    spans: list[tuple[int, int]]
    bounds: list[int]
    places: list[int]


@lru_cache(maxsize=2_048)
def _short_bound(separator: str) -> int:
    if _SENTENCE_END.search(separator):
        return SENTENCE
    if _CLAUSE_END.search(separator) or not _HOLDS_TOGETHER.fullmatch(separator):
        return CLAUSE
    return NOTHING


def _bound(separator: str) -> int:
    """Return what a separator between two words means. One longer than any punctuation is looked at by its two ends."""
    if len(separator) <= _LONG_SEPARATOR:
        return _short_bound(separator)
    if "\n\n" in separator or "\r\n\r\n" in separator:
        return SENTENCE
    half = _LONG_SEPARATOR // 2
    return max(
        CLAUSE if separator.strip() else NOTHING, _short_bound(separator[:half]), _short_bound(separator[-half:])
    )


def streams(text: str, ranges: Iterable[tuple[int, int]], analyse: Analyse) -> tuple[Stream, ...]:
    """Return the words of the given ranges of `text`, once per language. Two ranges never share a sentence."""
    words: list[tuple[tuple[Unit, ...], ...]] = []
    spans: list[tuple[int, int]] = []
    bounds: list[int] = []
    for begin, finish in ranges:
        previous_end = -1
        for match in WORD.finditer(text, begin, finish):
            span = start, end = match.span()
            if previous_end < 0:
                bound = SENTENCE
            elif start == previous_end + 1 and text[previous_end] == " ":
                bound = NOTHING
            else:
                bound = _between(text, previous_end, start, words[-1][0][-1].word)
            previous_end = end
            if bound == SENTENCE:
                words.append(_IN_EACH)
                spans.append((start, start))
                bounds.append(SENTENCE)
            words.append(analyse(match.group()))
            spans.append(span)
            bounds.append(bound)
    return _in_each_language(text, words, spans, bounds)


def _in_each_language(
    text: str, words: Sequence[tuple[tuple[Unit, ...], ...]], spans: list[tuple[int, int]], bounds: list[int]
) -> tuple[Stream, ...]:
    """Return the streams of words, most of which are one unit in either language."""
    whole = _places([in_each[0][0] for in_each in words])
    found = []
    for number, language in enumerate(LOCALES):
        units = [unit for in_each in words for unit in in_each[number]]
        if len(units) == len(words):
            found.append(Stream(language, text, units, spans, bounds, whole))
            continue
        parts = [len(in_each[number]) for in_each in words]
        found.append(
            Stream(
                language,
                text,
                units,
                [span for span, count in zip(spans, parts, strict=True) for _ in range(count)],
                [one for bound, count in zip(bounds, parts, strict=True) for one in (bound, *(NOTHING,) * (count - 1))],
                _places(units),
            )
        )
    return tuple(found)


def _places(units: Iterable[Unit]) -> list[int]:
    return list(accumulate([1 if unit.word else _BEYOND for unit in units]))


def _between(text: str, previous_end: int, start: int, word: str) -> int:
    """Return what stands between two words, the first of which is `word`."""
    separator = text[previous_end:start]
    if separator == ".":
        return SENTENCE if _ends_sentence(text, previous_end) else NOTHING
    bound = _bound(separator)
    if bound == SENTENCE and separator == ". " and word in _ABBREVIATIONS:
        return NOTHING
    return bound


def _ends_sentence(text: str, dot: int) -> bool:
    """Tell "acabou.Quero cancelar" from "empresa.com", "3.5" and "e.g.": letters around, and no address."""
    if not (text[dot - 1].isalpha() and text[dot + 1].isalpha()):
        return False
    before = text[max(0, dot - _LONGEST_ADDRESS) : dot].split()
    after = text[dot : dot + _LONGEST_ADDRESS].split()
    if len(before[-1].rpartition(".")[2]) == 1 or len(after[0]) == 2:
        return False
    return not _ADDRESS.search(before[-1] + after[0])


def progressive(stream: Stream) -> Stream | None:
    """Return a Portuguese stream as Brazil would say it, None where that is the same.

    Portugal's "estou a tentar" is "estou tentando", and the two verbs have one stem: only the "a" is left out.
    """
    units = stream.units
    spare = {
        at
        for at in range(1, len(units) - 1)
        if units[at].word == "a"
        and units[at - 1].word in _CONTINUING
        and units[at + 1].word.endswith(_INFINITIVE)
        and not stream.bounds[at]
        and not stream.bounds[at + 1]
        and not is_accented(stream, at)
    }
    if not spare:
        return None
    kept = [at for at in range(len(units)) if at not in spare]
    left = [units[at] for at in kept]
    return Stream(
        stream.language,
        stream.text,
        left,
        [stream.spans[at] for at in kept],
        [stream.bounds[at] for at in kept],
        _places(left),
    )


def asks(stream: Stream, index: int) -> bool:
    """Tell whether the sentence of the word at `index` ends with a question mark, not too far off."""
    last = index
    end = min(len(stream.units), index + _LONG_QUESTION)
    while last + 1 < end and stream.units[last + 1].word:
        last += 1
    return _marked(stream, last)


def asks_at_once(stream: Stream, index: int) -> bool:
    """Tell whether the question mark ends the very clause of the word at `index`, but for a "por favor" after it."""
    last = index
    end = min(len(stream.units), index + _LONG_QUESTION)
    polite = True
    while last + 1 < end and stream.units[last + 1].word and polite:
        last += 1
        if stream.bounds[last] == CLAUSE:
            polite = stream.units[last].word in _COURTESY
    return polite and _marked(stream, last)


def _marked(stream: Stream, last: int) -> bool:
    tail = stream.text[stream.spans[last][1] : stream.spans[last][1] + 8].lstrip("\"'\u201d\u2019) ")
    return tail.startswith(("?", "!?"))


def is_accented(stream: Stream, index: int) -> bool:
    """Tell whether the word carries a sign of its own in the text: "é" (is) is not "e" (and)."""
    start, end = stream.spans[index]
    raw = stream.text[start:end]
    return not raw.isascii() and fold(raw) != raw.lower()
