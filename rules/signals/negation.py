"""Whether a text denies what a phrase of it says: "não quero cancelar" is no wish to cancel.

Read backwards from the phrase to the start of its clause (`rules.signals.clauses`), a few words at most. What counts
is written down in tables per language.

* A *negator* denies what follows it in its clause. Words of the phrase itself never deny it ("não consigo acessar").
* *Inability* denies no wish: "não consigo cancelar" still wants to cancel.
* Not *knowing* denies none either: "não sei o que fazer para cancelar", "nobody told me how to cancel".
* A *question* may ask for what it seems to deny: "vocês não podem cancelar?", "can't you cancel it?".
* Two negations that lead into each other are none ("não é que eu não queira cancelar"); one that only echoes another
  ("não quero nunca mais cancelar", "não quero cancelar não") changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from rules.signals.clauses import (
    LEADS_IN,
    LIGHT,
    NEGATORS,
    OCCASIONS,
    PLAIN,
    REACH,
    WISHING,
    begins_clause,
    in_condition,
    opens_clause,
    word_at,
)
from rules.signals.stream import Stream, asks, asks_at_once
from rules.signals.words import listed
from rules.text import Locale

_INTENTIONS: Final = listed(
    "intencao intencoes interesse vontade plano planos motivo motivos razao necessidade precisar"
    " querer pretender intention intentions plan plans desire wish need reason reasons interest"
    " wanting needing"
)
"""What "sem", "no", "nenhum" and their like may have next to them; else they deny only the very next word."""
_NEAR_ONLY: Final = listed("sem no without nenhum nenhuma")


def deny(stream: Stream, pieces: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether the phrase met at `pieces` (first and last index of each) is denied by words around it."""
    return (
        any(_denied_between(stream, end, start) for (_, end), (start, _) in pairwise(pieces))
        or _denied_before(stream, pieces[0][0])
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
            reach = NEGATORS[stream.language].get(word)
            if reach is not None and _negates(stream, at):
                if passed > reach or not _reaches(stream, at, first):
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
    if _after(stream, at, 2) in _NO_WAY or (word_at(stream, at) == "not" and later == at + 1):
        return True  # "não tem como não cancelar", "I cannot not cancel"
    return lead_in and _negates(stream, at)


def _reaches(stream: Stream, at: int, first: int) -> bool:
    if word_at(stream, at) not in _NEAR_ONLY or at + 1 == first:
        return True
    following = word_at(stream, at + 1)
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
    if word not in NEGATORS[stream.language] or _unknown(stream, at) or _agrees(stream, at):
        return False
    exception = _EXCEPTIONS.get(word)
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


def _unknown(stream: Stream, at: int) -> bool:
    """Tell whether the negator only says that something is not known: "não sei o que fazer para", "no idea how to"."""
    language = stream.language
    verb = at + 1
    while verb - at <= REACH and (
        word_at(stream, verb) in LIGHT[language] or word_at(stream, verb) in _AROUND_KNOWING[language]
    ):
        verb += 1
    if not word_at(stream, verb).startswith(_KNOWING[language]):
        return False
    for asked in range(verb + 1, min(len(stream.units), verb + 1 + REACH)):
        word = word_at(stream, asked)
        if word in _ASKING[language] or (word == "que" and word_at(stream, asked - 1) in ("o", "por")):
            return word != "whether" or not _OPINION.intersection(_after(stream, asked))
        if begins_clause(stream, asked):
            return False
    return False


def _after(stream: Stream, at: int, count: int = 4) -> tuple[str, ...]:
    return tuple(word_at(stream, at + step) for step in range(1, count + 1))


_ONLY: Final = listed("so somente apenas unicamente only just merely simply")
_UNABLE_START: Final = ("consig", "conseg")
_ABILITY_HELPERS: Final = listed("estou estamos estava mais eu se ainda o a nos estao me")
_MAY: Final = listed("pode podem poderia poderiam posso podemos poderiamos conseguiria conseguiriam")
_OPINION: Final = listed("say recommend believe think imagine agree praise honestly satisfied happy")
_KNOWING: Final[Mapping[Locale, tuple[str, ...]]] = {
    "pt-BR": (
        *("sei", "sab", "soub", "entend", "compreend", "descobr", "encontr", "ach", "localiz", "lembr", "record"),
        *("vejo", "vemos", "vi", "ideia", "nocao", "certeza", "clar", "explic", "inform", "diz", "diss", "mostr"),
        *("aparec", "ensin", "orient", "consta"),
    ),
    "en": (
        *("know", "knew", "understand", "understood", "see", "find", "found", "figure", "sure", "certain", "clear"),
        *("clue", "idea", "remember", "recall", "tell", "told", "expla", "say", "said", "show", "obvious", "aware"),
    ),
}
"""How words begin that say whether something is known, and whether somebody told."""
_AROUND_KNOWING: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "faco fazemos fazia tenho temos tem tinha esta ficou fica foi e menor minima muito bem direito estou estamos"
        " conseguiu conseguem consegue consegui"
    ),
    "en": listed("can could would will quite fully entirely been very the slightest"),
}
"""Words between a negator and those, besides the light ones."""
_ASKING: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed("como onde aonde se quando quanto qual quais quem opcao botao link menu"),
    "en": listed("how what where if whether when why which who whom option button link menu"),
}

_AGREEING: Final = listed("ninguem nenhum nenhuma")
_JOINING: Final = listed("nem nor")
"""Negators that join another denial: "não pedi nem quero cancelar"."""
_NO_WAY: Final = frozenset({("tem", "como"), ("ha", "como"), ("da", "para")})
_THERE_IS: Final = listed("tem ha teria haveria havia tinha existe vejo acho encontro encontrei achei sei sabemos")
_POSSIBLE: Final = listed("e foi esta era seria sendo fica ficou possivel")
_SUBJECTS: Final = listed("i you we they it he she there anyone anybody someone somebody this that")
_AUXILIARIES: Final = listed("do did is are was were has have had can could will would should")
_ACTS: Final[Mapping[Locale, tuple[str, ...]]] = {
    "pt-BR": ("cancel", "encerr", "rescind", "exclu", "apag", "delet", "remov", "desativ", "fech", "estorn", "devolv"),
    "en": ("cancel", "terminat", "clos", "delet", "remov", "deactivat", "refund"),
}
"""How verbs begin that a customer warns about: "if it is not cancelled"; "se não recomendam" warns of nothing."""


def _nao_exception(stream: Stream, at: int) -> bool:
    one, two, three, _ = following = _after(stream, at)
    if one in _ONLY or (one in ("vejo", "vemos") and three in ("hora", "dia")):
        return True  # "não só … como também"; "não vejo a hora de"
    if one.startswith("deix") and two == "de":
        return True  # "não deixem de cancelar"
    if any(word.startswith(("esquec", "hesit", "demor")) for word in (one, two)):
        return True  # "não se esqueçam de", "não hesitem em"
    return _is_unable(following) or _asks_why_not(stream, at) or _asks_whether(stream, at) or _warns(stream, at)


def _is_unable(following: tuple[str, ...]) -> bool:
    one, two, *_ = following
    able = next((word for word in following if word not in _ABILITY_HELPERS), "")
    if able.startswith(_UNABLE_START):
        return True  # "não estou conseguindo cancelar"
    if one in _POSSIBLE and "possivel" in following[:3]:
        return True  # "não está sendo possível cancelar"
    if one in ("deixa", "deixam", "deixou", "deixaram") or able.startswith("permit"):
        return True  # "o site não deixa cancelar"; "não deixem" is an order
    return (one, two) == ("da", "para") or (one in _THERE_IS and two in ("como", "jeito"))


def _asks_why_not(stream: Stream, at: int) -> bool:
    """Tell whether "não" is part of "por que vocês não …" or of "por que não …?", which ask for the thing."""
    subject = word_at(stream, at - 1) in ("voce", "voces")
    end = at - 2 if subject else at - 1
    if (word_at(stream, end - 1), word_at(stream, end)) != ("por", "que"):
        return False
    return subject or (asks(stream, at) and word_at(stream, at + 1) not in WISHING["pt-BR"])


def _asks_whether(stream: Stream, at: int) -> bool:
    """Tell "vocês não podem cancelar?", which asks for it, from "vocês não podem cancelar sem avisar, certo?"."""
    return word_at(stream, at + 1) in _MAY and asks_at_once(stream, at)


def _warns(stream: Stream, at: int) -> bool:
    """Tell whether "não" stands in a condition that wants the thing done: "se vocês não cancelarem eu reclamo"."""
    one, two, *_ = _after(stream, at)
    subject = word_at(stream, at - 1) in ("voce", "voces")
    condition = word_at(stream, at - 2 if subject else at - 1)
    if condition == "se" and one in ("vou", "vamos", "eu", "cancelo", "cancelamos", "cancelem"):
        return True  # "resolvam, se não vou cancelar"
    if one in ("for", "forem", "seja", "sejam"):
        return two.startswith(_ACTS["pt-BR"]) and in_condition(stream, at)
    if condition not in ("se", "caso") or not one.startswith(_ACTS["pt-BR"]):
        return False  # "se eu não cancelar", "se não cancelar": nobody is asked to
    return subject or one.endswith("rem") or (condition == "caso" and one.endswith("em"))


def _not_exception(stream: Stream, at: int) -> bool:
    one, two, *_ = _after(stream, at)
    before = word_at(stream, at - 1)
    if one in _ONLY or one in ("hesitate", "forget", "fail", "manage", "managed", "possible"):
        return True  # "not only … but"; "don't forget to cancel"; "did not manage to cancel"
    if (one, two) in (("able", "to"), ("to", "mention")):
        return True
    if one.startswith(("let", "allow")) and two in ("me", "us"):
        return True  # "it doesn't let me cancel"
    if before in ("can", "could"):  # "can't cancel" wants to; "can't recommend" does not praise
        return one not in _OPINION
    if before in ("why", "if"):
        return True  # "why not cancel it?"; "fix it, if not I will cancel"
    return _asks_not(stream, at) or _demands(stream, at)


def _asks_not(stream: Stream, at: int) -> bool:
    """Tell whether "not" belongs to a question that expects a yes: "didn't I ask you to cancel?"."""
    before = word_at(stream, at - 1)
    if before in _AUXILIARIES and word_at(stream, at + 1) in _SUBJECTS:
        return word_at(stream, at - 2) == "why" or asks(stream, at)
    # "is it not possible"; but "can you not cancel it yet" asks to leave it alone.
    turned = before in _SUBJECTS and word_at(stream, at - 2) in ("is", "are", "was", "did", "have", "has", "had")
    return turned and begins_clause(stream, at - 2) and asks(stream, at)


def _demands(stream: Stream, at: int) -> bool:
    """Tell whether "not" stands in a condition that wants the thing done: "if you don't cancel it I call my bank"."""
    before = word_at(stream, at - 1)
    if not word_at(stream, at + 1).startswith(_ACTS["en"]):
        return False
    if before in ("is", "are", "get", "been"):
        return in_condition(stream, at)
    return before in ("do", "did") and (word_at(stream, at - 3), word_at(stream, at - 2)) == ("if", "you")


def _sem_exception(stream: Stream, at: int) -> bool:
    one = word_at(stream, at + 1)
    return one in ("duvida", "duvidas", "falta", "mais", "sombra") or one.startswith(_UNABLE_START)


def _no_exception(stream: Stream, at: int) -> bool:
    one = word_at(stream, at + 1)
    return one in ("doubt", "question", "matter", "problem", "longer", "one")


def _longer_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at - 1) != "no"


def _nem_exception(stream: Stream, at: int) -> bool:
    if _ASKING["pt-BR"].intersection(_after(stream, at, 2)):
        return True  # "não sei nem por onde começar"
    return word_at(stream, at + 1) in ("sempre", "so", "que") or word_at(stream, at - 1) == "que"


def _alguma_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at - 1) not in ("hipotese", "forma", "maneira")


def _without_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at + 1) in ("doubt", "question", "fail", "delay")


_EXCEPTIONS: Final[Mapping[str, Callable[[Stream, int], bool]]] = {
    "nao": _nao_exception,
    "not": _not_exception,
    "sem": _sem_exception,
    "no": _no_exception,
    "longer": _longer_exception,
    "nem": _nem_exception,
    "without": _without_exception,
    "alguma": _alguma_exception,
}
