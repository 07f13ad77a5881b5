"""Whether a text denies what a phrase of it says: "não quero cancelar" is no wish to cancel.

Read backwards from the phrase to the start of its clause (`rules.signals.clauses`), a few words at most. What counts
is written down in tables per language.

* A *negator* denies what follows it in its clause. Words of the phrase itself never deny it ("não consigo acessar").
* *Inability* denies no wish: "não consigo cancelar" still wants to cancel.
* Not *knowing* denies none either: "não sei o que fazer para cancelar", "nobody told me how to cancel".
* A *row* is denied whole: "I don't want to cancel, upgrade or renew".
* A *question* may ask for what it seems to deny: "vocês não podem cancelar?", "can't you cancel it?".
* Two negations that lead into each other are none ("não é que eu não queira cancelar"); one that only echoes another
  ("não quero nunca mais cancelar", "não quero cancelar não") changes nothing.
* What is only supposed, asked by others or mocked is denied as well: `rules.signals.unmeant`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from rules.signals.clauses import (
    DENYING_TURNS,
    LEADS_IN,
    NEGATORS,
    OCCASIONS,
    PLAIN,
    REACH,
    WISHING,
    begins_clause,
    opens_clause,
    word_at,
)
from rules.signals.stream import CLAUSE, Stream
from rules.signals.turns import DENIES_NOTHING, not_known, words_after
from rules.signals.unmeant import MARKS, unmeant
from rules.signals.words import listed
from rules.text import LOCALES

_DENIES: Final = {language: {**NEGATORS[language], **DENYING_TURNS[language]} for language in LOCALES}
_AGREEING: Final = listed("ninguem nenhum nenhuma")
_JOINING: Final = listed("nem nor")
_OR: Final = listed("or nor ou nem")
"""Negators that join another denial: "não pedi nem quero cancelar"."""
_NO_WAY: Final = frozenset({("tem", "como"), ("ha", "como"), ("da", "para")})
_INTENTIONS: Final = listed(
    "intencao intencoes interesse vontade plano planos motivo motivos razao necessidade precisar"
    " querer pretender intention intentions plan plans desire wish need reason reasons interest"
    " wanting needing"
)
"""What "sem", "no", "nenhum" and their like may have next to them; else they deny only the very next word."""
_NEAR_ONLY: Final = listed("sem no without nenhum nenhuma nada pouco")


class Denial:
    """What a stream denies. Made once for all phrases met in it, since most texts hold none of the words that deny."""

    def __init__(self, stream: Stream) -> None:
        words = {unit.word for unit in stream.units}
        self._stream = stream
        self._negates = not words.isdisjoint(_DENIES[stream.language])
        self._unmeant = not words.isdisjoint(MARKS[stream.language])
        self.may_deny = self._negates or self._unmeant

    def of(self, pieces: tuple[tuple[int, int], ...]) -> bool:
        """Tell whether the phrase met at `pieces` (first and last index of each) is denied by words around it."""
        return (self._negates and _negated(self._stream, pieces)) or (self._unmeant and unmeant(self._stream, pieces))


def _negated(stream: Stream, pieces: tuple[tuple[int, int], ...]) -> bool:
    return (
        any(_denied_between(stream, end, start) for (_, end), (start, _) in pairwise(pieces))
        or _denied_before(stream, _row_start(stream, pieces[0][0]))
        or _denied_after(stream, pieces[-1][1])
    )


def _denied_between(stream: Stream, end: int, start: int) -> bool:
    """Tell whether a negator between two pieces denies the second: "se não resolverem, cancelo" is a threat."""
    for at in range(start - 1, end, -1):
        if opens_clause(stream, at + 1):
            return False
        if _negates(stream, at):
            return True
    return False


def _row_start(stream: Stream, first: int) -> int:
    """Return the first word of the row that a word stands in: "cancel" in "I don't want to cancel, upgrade or renew".

    A row is of single words behind a wish, and its last one stands behind an "or"; any other word is its own.
    """
    at = first
    if word_at(stream, at - 1) in _OR:
        at -= 2
    else:
        end = first + 1
        while end < len(stream.units) and stream.bounds[end] == CLAUSE:
            end += 1
        if word_at(stream, end) not in _OR:
            return first
    while at > 0 and stream.bounds[at] == CLAUSE:
        at -= 1
    return at if at >= 0 and (word_at(stream, at - 1) in WISHING[stream.language] | {"to", "de"}) else first


def _denied_before(stream: Stream, first: int) -> bool:
    """Walk back from the phrase to the start of its clause."""
    denied: int | None = None
    lead_in = False
    at = first
    passed = 0
    while at > 0 and passed <= REACH + REACH * (denied is not None) and not opens_clause(stream, at):
        at -= 1
        word = word_at(stream, at)
        if not word:
            break
        if denied is None:
            reach = _DENIES[stream.language].get(word)
            if reach is not None and _negates(stream, at):
                if passed > reach + REACH * lead_in or not _reaches(stream, at, first):
                    return False
                if word in _JOINING:
                    return True
                denied = at
                lead_in = False
        elif word in PLAIN and _takes_back(stream, at, denied, lead_in=lead_in):
            return False
        lead_in = lead_in or word in LEADS_IN[stream.language] or word in ("posso", "podemos", "deixar")
        passed += 1
    return denied is not None


def _takes_back(stream: Stream, at: int, later: int, *, lead_in: bool) -> bool:
    """Tell whether the plain negator `at` makes a yes of the `later` one. "não não cancela" only says it twice."""
    if words_after(stream, at, 2) in _NO_WAY or (word_at(stream, at) == "not" and later == at + 1):
        return True  # "não tem como não cancelar", "I cannot not cancel"
    return lead_in and _negates(stream, at)


def _reaches(stream: Stream, at: int, first: int) -> bool:
    if word_at(stream, at) not in _NEAR_ONLY or at + 1 == first:
        return True
    following = word_at(stream, at + 1)
    if following in ("way", "chance"):  # "no way to cancel" finds none; "no way we renew" does not want any
        return word_at(stream, at + 2) in ("i", "we", "that", "will")
    return following in _INTENTIONS or following in OCCASIONS or word_at(stream, at - 1) in ("jeito", "modo")


def _denied_after(stream: Stream, last: int) -> bool:
    """Tell whether a Portuguese clause says its "não" at the end: "quero cancelar não"."""
    if stream.language != "pt-BR":
        return False
    at = last + 1
    while at < len(stream.units) and at - last <= REACH and not begins_clause(stream, at):
        at += 1
    ends = at >= len(stream.units) or begins_clause(stream, at)
    return (
        ends
        and at - 1 > last
        and word_at(stream, at - 1) == "nao"
        and word_at(stream, at - 2) not in ("ou", "por", "que", "e")
    )


def _negates(stream: Stream, at: int) -> bool:
    """Tell whether the word is a negator, and none of the turns of speech that deny nothing."""
    word = word_at(stream, at)
    if word not in _DENIES[stream.language] or not_known(stream, at) or _agrees(stream, at):
        return False
    exception = DENIES_NOTHING.get(word)
    return exception is None or not exception(stream, at)


def _agrees(stream: Stream, at: int) -> bool:
    """Tell whether a Portuguese negator only agrees with a "não" before it, which alone decides what is denied.

    "não consigo falar com ninguém para cancelar" still wants to; "não tenho nenhuma intenção de cancelar" does not.
    """
    if word_at(stream, at) not in _AGREEING:
        return False
    for before in range(at - 1, max(-1, at - 1 - REACH), -1):
        if begins_clause(stream, before + 1):
            return False
        if word_at(stream, before) == "nao":
            return True
    return False
