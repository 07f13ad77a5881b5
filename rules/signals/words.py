"""Words: how a text is cut into them, and when two of them count as the same.

A phrase and a text go through exactly this code, so whatever it does to one it does to the other.
Two words are the same when their keys are: folded (case, accents, full-width and "fancy" letters), written out when
they are abbreviated ("vc", "don't"), then stemmed by the rules of one language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from rules.signals.apart import APART
from rules.signals.spellings import SPELLINGS
from rules.signals.stemmers import stem
from rules.text import Locale

MAX_WORD: Final = 48
"""Longer runs of letters are no word of either language; they are kept, and match nothing by their stem."""

_LETTER: Final = r"[^\W_]"
# Accents that stand alone (NFD), variation selectors, zero-width and direction marks: inside a word they are not there.
IGNORED: Final = (
    "\u00ad\u034f\u0300-\u036f\u061c\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
_APOSTROPHES: Final = "'`\u00b4\u02bc\u2018\u2019\u2032\uff07"
_LETTERS: Final = rf"{_LETTER}(?:{_LETTER}|[{IGNORED}])*"
WORD: Final = re.compile(rf"[eE]-[mM]ails?(?!{_LETTER})|{_LETTERS}(?:[{_APOSTROPHES}]{_LETTERS})*")
"""One word of a text. An apostrophe between letters belongs to it; a hyphen ends it, but in "e-mail"."""

_TO_APOSTROPHE: Final = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}")

_WITH_NOT: Final = (
    *(
        "are",
        "could",
        "did",
        "do",
        "does",
        "had",
        "has",
        "have",
        "is",
        "might",
        "must",
        "need",
        "should",
        "was",
        "were",
    ),
    "would",
)
_CONTRACTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ain't": "is not",
        "can't": "can not",
        "cannot": "can not",
        "shan't": "shall not",
        "won't": "will not",
        "i'm": "i am",
        "it's": "it is",
        "that's": "that is",
        "there's": "there is",
        "here's": "here is",
        "what's": "what is",
        "where's": "where is",
        "who's": "who is",
        "how's": "how is",
        "he's": "he is",
        "she's": "she is",
        "let's": "let us",
    }
    | {f"{verb}n't": f"{verb} not" for verb in _WITH_NOT}
)
_ENDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {"'ll": " will", "'ve": " have", "'re": " are", "'d": " would", "'s": ""}
)
# Written without the apostrophe only where no other word is spelt so: not "id", "ill", "its", "well", "were", "shed".
_BARE: Final[Mapping[str, str]] = MappingProxyType(
    {
        short.replace("'", ""): full
        for short, full in _CONTRACTED.items()
        if short not in ("it's", "let's", "he's", "she's", "here's", "who's", "how's")
    }
    | {"ive": "i have", "youre": "you are", "theyre": "they are", "youve": "you have", "weve": "we have"}
)
# Short function words hold their shape: the stemmer would make "na" (in the) of "não" (not).
_SHORTEST_STEMMED: Final = 4
# "comeu" (ate) has the stem "com", which as a word is "with".
_PREPOSITIONS: Final = frozenset({"com", "por", "sob", "sem"})
# Snowball's Portuguese suffixes carry accents, people's typing does not: they are put back before stemming, and the
# plurals that Snowball keeps apart from their singular are made singular.
_PLURALS: Final = (
    ("coes", "ção"),
    ("soes", "são"),
    ("oes", "ão"),
    ("aveis", "ável"),
    ("iveis", "ível"),
    ("ais", "al"),
    ("ens", "em"),
)
_ACCENTED: Final = (
    ("cao", "ção"),
    ("ao", "ão"),
    ("avel", "ável"),
    ("ivel", "ível"),
    ("ancia", "ância"),
    ("encia", "ência"),
    ("ancias", "ância"),
    ("encias", "ência"),
)
_NOT_PLURAL: Final = frozenset({"demais", "jamais", "parabens"})
# European spellings of before 2009 keep a letter that nobody says: "acção", "factura", "contacto", "óptimo". Where both
# countries do say it ("pacto", "opção") it goes from phrase and text alike.
_SILENT: Final = re.compile(r"(?<=[aeiou])[cp](?=[ct].)")
_SHORTEST_SILENT: Final = 5
# British spellings of one word: "authorise", "favourite". Words that only look alike ("promise") do so on both sides.
_BRITISH: Final = re.compile(r"(?<=....)is(?=(?:e[drs]?|ing|ations?)$)")
_OUR: Final = re.compile(r"(?<=...)our(?=(?:s|ed|ing|ites?|able)?$)")
# "troquei" and "trocar", "paguei" and "pagar": the spelling follows the sound, the word is the same.
_HARD: Final = (("qu", "c"), ("gu", "g"))


def listed(words: str) -> frozenset[str]:
    """Return the words of a list written as one text, as the word lists of these modules are."""
    return frozenset(words.split())


def fold(word: str) -> str:
    """Return `word` in lower case without accents, ligatures, zero-width or other signs: letters and digits only."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def drawn_out(raw: str) -> bool:
    """Tell whether a word holds a letter three times in a row: "pleeease"."""
    return _DRAWN_OUT.search(raw) is not None


@lru_cache(maxsize=16_384)
def written_out(raw: str, language: Locale) -> tuple[str, ...]:
    """Return the folded words that one word of a text stands for: "don't" is two, "pq" is two, most are one.

    Never empty: a word of signs that fold away stands for itself.
    """
    table = SPELLINGS[language]
    if raw in ("ñ", "Ñ"):  # "não"; its tilde would fold away
        return (table["ñ"],) if language == "pt-BR" else ("n",)
    spelt = raw.translate(_TO_APOSTROPHE)
    if "'" in spelt:
        return _apart("'".join(fold(part) for part in spelt.split("'")), language)
    folded = fold(spelt.replace("-", ""))
    # "sooo" is "so"; but "bbb" is no "b": a letter alone would be another word.
    squeezed = _DRAWN_OUT.sub(r"\1", folded)
    if len(squeezed) == 1 < len(folded):
        squeezed *= 2
    full = _BARE.get(squeezed) or table.get(squeezed)
    if full is not None:
        return tuple(table.get(word, word) for word in full.split())
    return (squeezed or raw,)


def _apart(spelt: str, language: Locale) -> tuple[str, ...]:
    """Take a word with apostrophes apart: contractions written out, the possessive dropped, else the parts."""
    table = SPELLINGS[language]
    full = _CONTRACTED.get(spelt)
    if full is None:
        for ending, meaning in _ENDINGS.items():
            if spelt.endswith(ending):
                full = spelt[: -len(ending)].replace("'", " ") + meaning
                break
        else:
            full = spelt.replace("'", " ")
    return tuple(table.get(word, word) for word in full.split()) or (spelt,)


@lru_cache(maxsize=16_384)
def key(word: str, language: Locale) -> str:
    """Return what a folded word is compared by: its stem, folded again."""
    if len(word) < _SHORTEST_STEMMED or len(word) > MAX_WORD or not word.isalpha():
        return word
    alone = APART[language].get(word)
    if alone is not None:
        return alone
    if language == "en":
        return stem(_OUR.sub("or", _BRITISH.sub("iz", word)), language)
    found = fold(stem(_with_accents(modern(word)), language))
    for written, said in _HARD:
        if found.endswith(written) and len(found) > len(written) + 1:
            return found[: -len(written)] + said
    return f"{found}-" if found in _PREPOSITIONS else found


def modern(word: str) -> str:
    """Return a folded Portuguese word without the silent letters of older European spelling."""
    return _SILENT.sub("", word) if len(word) >= _SHORTEST_SILENT else word


def _with_accents(word: str) -> str:
    if word not in _NOT_PLURAL:
        for ending, singular in _PLURALS:
            if word.endswith(ending) and len(word) > len(ending) + 1:
                return word[: -len(ending)] + singular
    for ending, accented in _ACCENTED:
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)] + accented
    return word
