"""What a text says without meaning it: supposed, asked by somebody else, or mocked.

* *Counterfactual*: "if you hadn't fixed it I would have cancelled", "eu teria cancelado".
* *Supposed* of oneself, an end: "in case I wanted to cancel", "se eu quisesse cancelar". What is likely or asked for
  politely is not ("if nobody calls I will cancel", "se pudessem cancelar, agradeço"), nor is interest: "if we wanted to
  add five seats".
* *Reported questions* about one's wishes or an end: "my colleague asked whether we want to cancel", "o atendente
  perguntou se quero cancelar". One's own are wishes ("I asked if you can cancel it"), and so is what is passed on: "my
  boss asks if there is a discount".
* *Known*, so not asked for: "I know how to cancel a plan", "sei trocar o plano".
* *Mocked*, by saying so right after: "great support. Not!", "adorei, só que não".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.signals.clauses import ACTS, PLAIN, REACH, begins_clause, word_at
from rules.signals.stream import SENTENCE, Stream, asks
from rules.signals.words import listed
from rules.text import Locale

_ADVERBS: Final = listed("already been probably certainly surely definitely long ja certamente provavelmente ate sido")
_COULD: Final = listed("would could might")
_TERIA: Final = listed("teria teriamos teriam")

_SUPPOSING: Final = listed("if case suppose supposing se caso")
_OURSELVES: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed("eu nos gente alguem"),
    "en": listed("i we one someone somebody anyone"),
}
_THEM: Final = listed("voce voces ele ela eles elas")
_SUPPOSED: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "quisesse quisessemos decidisse decidissemos resolvesse resolvessemos precisasse precisassemos optasse"
        " optassemos escolhesse pensasse pensassemos viesse fosse fossemos cancelasse cancelassemos encerrasse"
        " rescindisse mudasse trocasse pedisse desistisse"
    ),
    "en": listed("wanted were decided needed chose ended"),
}
"""Verbs of what is only thought of. "Pudesse" and "fosse possível" are how people ask."""

_ASKING: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed("perguntou perguntaram pergunta perguntam perguntava questionou questionaram perguntando"),
    "en": listed("asked asks ask asking wondered wonders wondering inquired enquired"),
}
_WHETHER: Final = listed("if whether se")
_OWN_WISH: Final = listed(
    "want wanted wish wished like desire quero queria queremos queriamos desejo desejamos gostaria gostariamos pretendo"
    " pretendemos quer queria"
)
_TO_WHOM: Final = listed("me us you them him her again me nos a gente hoje ontem today yesterday")
_PASSIVE: Final = listed("was were been got being")

_MOCKERY: Final[Mapping[Locale, tuple[tuple[str, ...], ...]]] = {
    "pt-BR": (("so", "que", "nao"), ("so", "que", "nunca")),
    "en": (("yeah", "right"), ("as", "if"), ("not",)),
}

_I_KNOW: Final[Mapping[Locale, frozenset[str]]] = {"pt-BR": listed("sei sabemos"), "en": listed("know")}
_WELL: Final = listed("muito bem como ja how to already perfectly full well exactly very")
_NEGATING: Final = listed("nem mal nunca se so que")
_WE: Final = listed("i we already both")

MARKS: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": _TERIA | _SUPPOSING | _WHETHER | _I_KNOW["pt-BR"] | {marker[-1] for marker in _MOCKERY["pt-BR"]},
    "en": _SUPPOSING | _WHETHER | _I_KNOW["en"] | {"have"} | {marker[-1] for marker in _MOCKERY["en"]},
}
"""Words one of which is in every text that says something it does not mean."""


def unmeant(stream: Stream, pieces: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether the phrase met at `pieces` (first and last index of each) is not meant as it is said."""
    first, last = pieces[0][0], pieces[-1][1]
    return (
        any(_is_counterfactual(stream, start) for start, _ in pieces)
        or _is_supposed(stream, first, last)
        or _is_known(stream, first)
        or _is_mocked(stream, last)
    )


def _is_counterfactual(stream: Stream, start: int) -> bool:
    at = _before_adverbs(stream, start)
    if stream.language == "pt-BR":
        return word_at(stream, at) in _TERIA and word_at(stream, start).endswith(("do", "da", "to", "so"))
    return word_at(stream, at) == "have" and word_at(stream, _before_adverbs(stream, at)) in _COULD


def _before_adverbs(stream: Stream, start: int) -> int:
    at = start - 1
    while start - at <= 2 and word_at(stream, at) in _ADVERBS:
        at -= 1
    return at


def _is_supposed(stream: Stream, first: int, last: int) -> bool:
    """Look for the word of condition that begins the phrase's clause, and at what stands around it."""
    for at in range(first - 1, max(-1, first - 2 - REACH), -1):
        word = word_at(stream, at)
        if not word:
            return False
        words = [word_at(stream, one) for one in range(at + 1, last + 1)]
        ends = any(one.startswith(ACTS[stream.language]) for one in words)
        if word in _WHETHER and (ends or not _OWN_WISH.isdisjoint(words)) and _others_ask(stream, at):
            return True
        if word in _SUPPOSING and (word != "case" or word_at(stream, at - 1) == "in"):
            return ends and _of_ourselves(stream, words)
        if begins_clause(stream, at):
            return False
    return False


def _of_ourselves(stream: Stream, words: list[str]) -> bool:
    """Tell whether the words behind a condition suppose something of whoever writes."""
    supposed = next((at for at, word in enumerate(words) if word in _SUPPOSED[stream.language]), None)
    if supposed is None or not _THEM.isdisjoint(words[:supposed]) or "possivel" in words[supposed + 1 : supposed + 2]:
        return False
    if stream.language == "pt-BR":
        return True
    if words[supposed] == "were" and words[supposed + 1 : supposed + 2] != ["to"]:
        return False
    return not _OURSELVES["en"].isdisjoint(words[:supposed])


def _others_ask(stream: Stream, whether: int) -> bool:
    """Tell whether "if", "whether" or "se" is what somebody else asked."""
    at = whether - 1
    while whether - at <= 3 and word_at(stream, at) in _TO_WHOM:
        at -= 1
    if word_at(stream, at) not in _ASKING[stream.language]:
        return False
    if stream.language == "pt-BR":
        return True
    before = [word_at(stream, at - step) for step in (1, 2, 3)]
    return not _PASSIVE.isdisjoint(before) or _OURSELVES["en"].isdisjoint(before)


def _is_known(stream: Stream, first: int) -> bool:
    """Tell whether whoever writes says right before the phrase that they know how that is done."""
    at = first - 1
    while first - at <= REACH and word_at(stream, at) in _WELL:
        at -= 1
    if word_at(stream, at) not in _I_KNOW[stream.language]:
        return False
    before = word_at(stream, at - 1)
    if stream.language == "pt-BR":
        return before not in PLAIN and before not in _NEGATING and not asks(stream, at)
    return before in _WE and word_at(stream, at + 1) == "how"


def _is_mocked(stream: Stream, last: int) -> bool:
    """Tell whether the end of the phrase's clause, or what comes right after it, takes it back."""
    boundary = last + 1
    while boundary < len(stream.units) and not begins_clause(stream, boundary) and boundary - last <= REACH:
        boundary += 1
    after = boundary if word_at(stream, boundary) else boundary + 1
    return any(
        _stands_alone(stream, at, marker)
        for marker in _MOCKERY[stream.language]
        for at in (boundary - len(marker), after)
        if at > last and tuple(word_at(stream, at + step) for step in range(len(marker))) == marker
    )


def _stands_alone(stream: Stream, at: int, marker: tuple[str, ...]) -> bool:
    """Tell whether a clause ends behind the marker; "not" must be a sentence: "a refund, not a credit" mocks nobody."""
    behind = at + len(marker)
    if behind < len(stream.units) and not begins_clause(stream, behind):
        return False
    if marker != ("not",):
        return True
    sentence = behind >= len(stream.units) or stream.bounds[behind] == SENTENCE
    return sentence and not word_at(stream, at - 1) and not asks(stream, at)
