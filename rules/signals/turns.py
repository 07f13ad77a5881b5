"""Turns of speech in which a negator denies nothing: "não consigo cancelar", "not only", "ainda não recebi o estorno".

One function per negator, in the table `DENIES_NOTHING`; `not_known` goes for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rules.signals.clauses import ACTS, LIGHT, REACH, WISHING, begins_clause, in_condition, word_at
from rules.signals.stream import Stream, asks, asks_at_once
from rules.signals.words import listed
from rules.text import Locale


def not_known(stream: Stream, at: int) -> bool:
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
            return word != "whether" or not _OPINION.intersection(words_after(stream, asked))
        if begins_clause(stream, asked):
            return False
    return False


def words_after(stream: Stream, at: int, count: int = 4) -> tuple[str, ...]:
    """Return the next `count` words behind the one at `at`, as `word_at` has them."""
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

_ARRIVING: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "recebi recebemos recebeu receberam chegou chegaram veio vieram obtive obtivemos tive tivemos enviaram mandaram"
        " devolveram fizeram liberaram"
    ),
    "en": listed("got get received receive seen gotten had have sent arrived"),
}
_WHAT_IS_DUE: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed("o a os as meu minha meus minhas nosso nossa qualquer"),
    "en": listed("the my our your any that this it"),
}
"""What stands between "did not receive" and the thing that is due."""

_THERE_IS: Final = listed("tem ha teria haveria havia tinha existe vejo acho encontro encontrei achei sei sabemos")
_POSSIBLE: Final = listed("e foi esta era seria sendo fica ficou possivel")
_SUBJECTS: Final = listed("i you we they it he she there anyone anybody someone somebody this that")
_AUXILIARIES: Final = listed("do did is are was were has have had can could will would should")


def _nao_exception(stream: Stream, at: int) -> bool:
    one, two, three, _ = following = words_after(stream, at)
    if one in _ONLY or (one in ("vejo", "vemos") and three in ("hora", "dia")):
        return True  # "não só … como também"; "não vejo a hora de"
    if one.startswith(("deix", "desist")) and two == "de":
        return True  # "não deixem de cancelar"; "não desisti de cancelar"
    if any(word.startswith(("esquec", "hesit", "demor")) for word in (one, two)):
        return True  # "não se esqueçam de", "não hesitem em"
    if _awaits(following, "pt-BR") or _is_overdue_pt(stream, at):
        return True
    return _is_unable(following) or _asks_why_not(stream, at) or _asks_whether(stream, at) or _warns(stream, at)


def _awaits(following: tuple[str, ...], language: Locale) -> bool:
    """Tell whether something did not arrive: "ainda não recebi o estorno" is about an "estorno" all the same."""
    arrived = next((at for at, word in enumerate(following[:3]) if word in _ARRIVING[language]), None)
    return arrived is not None and following[arrived + 1] in _WHAT_IS_DUE[language]


def _is_overdue_pt(stream: Stream, at: int) -> bool:
    """Tell whether others have not done yet what was asked: "ainda não cancelaram", "não foi cancelado ainda?"."""
    one, two, *_ = words_after(stream, at)
    undone = (one in ("foi", "foram") and two.startswith(ACTS["pt-BR"])) or (
        one.startswith(ACTS["pt-BR"]) and one.endswith(("aram", "iram", "eram"))
    )
    return undone and (word_at(stream, at - 1) == "ainda" or "ainda" in words_after(stream, at + 1))


def _is_overdue_en(stream: Stream, at: int) -> bool:
    """Tell whether others have not done yet what was asked: "you still haven't cancelled it", "not cancelled yet"."""
    after = words_after(stream, at, 5)
    before = [word_at(stream, at - step) for step in (1, 2, 3)]
    undone = after[0].startswith(ACTS["en"]) or (after[0] == "been" and after[1].startswith(ACTS["en"]))
    others = not {"have", "has", "is", "are", "was", "still"}.isdisjoint(before) and {"i", "we"}.isdisjoint(before)
    return undone and others and ("still" in before or "yet" in after)


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
    one = word_at(stream, at + 1)
    subject = word_at(stream, at - 1) in ("voce", "voces")
    return (one in _MAY or (subject and one in ("vai", "vao"))) and asks_at_once(stream, at)


def _warns(stream: Stream, at: int) -> bool:
    """Tell whether "não" stands in a condition that wants the thing done: "se vocês não cancelarem eu reclamo"."""
    one, two, *_ = words_after(stream, at)
    subject = word_at(stream, at - 1) in ("voce", "voces")
    condition = word_at(stream, at - 2 if subject else at - 1)
    if condition == "se" and one in ("vou", "vamos", "eu", "cancelo", "cancelamos", "cancelem"):
        return True  # "resolvam, se não vou cancelar"
    if one in ("for", "forem", "seja", "sejam"):
        return two.startswith(ACTS["pt-BR"]) and in_condition(stream, at)
    if condition not in ("se", "caso") or not one.startswith(ACTS["pt-BR"]):
        return False  # "se eu não cancelar", "se não cancelar": nobody is asked to
    return subject or one.endswith("rem") or (condition == "caso" and one.endswith("em"))


def _not_exception(stream: Stream, at: int) -> bool:
    one, two, *_ = words_after(stream, at)
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
    if _awaits(words_after(stream, at), "en") or _is_overdue_en(stream, at):
        return True
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
    if not word_at(stream, at + 1).startswith(ACTS["en"]):
        return False
    if before in ("is", "are", "get", "been"):
        return in_condition(stream, at)
    return before in ("do", "did") and (word_at(stream, at - 3), word_at(stream, at - 2)) == ("if", "you")


def _sem_exception(stream: Stream, at: int) -> bool:
    one = word_at(stream, at + 1)
    waits = word_at(stream, at - 1) in ("ainda", "continuo", "continuamos", "sigo", "seguimos")
    return waits or one in ("duvida", "duvidas", "falta", "mais", "sombra") or one.startswith(_UNABLE_START)


def _no_exception(stream: Stream, at: int) -> bool:
    one, *further = words_after(stream, at)
    waits = word_at(stream, at - 1) == "still" or "yet" in further
    return waits or one in ("doubt", "question", "matter", "problem", "longer", "one")


def _longer_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at - 1) != "no"


def _nem_exception(stream: Stream, at: int) -> bool:
    if _ASKING["pt-BR"].intersection(words_after(stream, at, 2)):
        return True  # "não sei nem por onde começar"
    return word_at(stream, at + 1) in ("sempre", "so", "que") or word_at(stream, at - 1) == "que"


def _alguma_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at - 1) not in ("hipotese", "forma", "maneira")


def _without_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at + 1) in ("doubt", "question", "fail", "delay")


def _unless(before: tuple[str, ...], after: tuple[str, ...]) -> Callable[[Stream, int], bool]:
    """Return the exception of a word that denies only behind one of `before`, if any, and before one of `after`."""

    def exception(stream: Stream, at: int) -> bool:
        return (bool(before) and word_at(stream, at - 1) not in before) or word_at(stream, at + 1) not in after

    return exception


_QUALITY: Final = ("ado", "ada", "ados", "adas", "ido", "ida", "eito", "eita", "oso", "osa", "vel", "nte", "il")
"""How words end that praise or blame: "nada satisfeito", "pouco intuitivo" deny them, "há pouco" denies nothing."""


def _little_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at - 1) in ("um", "ha", "faz", "de", "a") or not word_at(stream, at + 1).endswith(_QUALITY)


def _desisti_exception(stream: Stream, at: int) -> bool:
    one, two, *_ = words_after(stream, at)
    return one not in ("de", "do", "da") or two in ("tentar", "esperar", "procurar", "ligar", "falar", "insistir")


def _refuse_exception(stream: Stream, at: int) -> bool:
    """Tell "you refuse to cancel" from "we refuse to renew"."""
    ours = {word_at(stream, at - 1), word_at(stream, at - 2)} & {"i", "we"}
    return not ours or word_at(stream, at + 1) != "to"


def _nothing_exception(stream: Stream, at: int) -> bool:
    return word_at(stream, at + 1) not in ("is", "was", "has", "have", "are", "were", "been", "to", "wrong")


def _never_exception(stream: Stream, at: int) -> bool:
    return _awaits(words_after(stream, at), stream.language)


DENIES_NOTHING: Final[Mapping[str, Callable[[Stream, int], bool]]] = {
    "nao": _nao_exception,
    "not": _not_exception,
    **dict.fromkeys(("nunca", "never"), _never_exception),
    "sem": _sem_exception,
    "no": _no_exception,
    "longer": _longer_exception,
    "nem": _nem_exception,
    "without": _without_exception,
    "alguma": _alguma_exception,
    "vez": _unless(("em", "ao"), ("de", "do", "da")),
    "inves": _unless(("ao", "em"), ("de", "do", "da")),
    "longe": _unless((), ("de",)),
    "nada": _little_exception,
    "pouco": _little_exception,
    **dict.fromkeys(("desisti", "desistimos", "desistiu", "desistiram"), _desisti_exception),
    **dict.fromkeys(("recuso", "recusamos"), _unless(("me", "nos"), ("a",))),
    "instead": _unless((), ("of",)),
    "rather": _unless((), ("than",)),
    "far": _unless((), ("from",)),
    "anything": _unless((), ("but",)),
    "against": _unless(("decided", "advised", "are", "am"), ("cancelling", "canceling", "renewing", "the", "it", "a")),
    "nothing": _nothing_exception,
    **dict.fromkeys(("refuse", "refused"), _refuse_exception),
}
