"""Where a thought ends and the next begins: a negation says nothing about the clause after its own.

A clause begins at punctuation, at a contrast ("mas", "but") and at "e", "and", "porque", "because" and their like.
People leave the punctuation out, so three more words open one where a negation stands before them:

* a verb of wishing: "não gostei do atendimento quero cancelar";
* an order or an announcement: "não vale a pena cancela minha conta", "se não resolverem cancelo";
* who announces it: "se não resolverem a gente cancela", "if you don't fix this we cancel".

None of them does where the negation itself leads into it: "não acho que quero", "não quero que cancelem".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rules.signals.stream import CLAUSE, Stream, is_accented
from rules.signals.words import listed
from rules.text import LOCALES, Locale

REACH: Final = 5
"""Most words between a negator and the phrase it denies."""

NEGATORS: Final[Mapping[Locale, Mapping[str, int]]] = {
    "pt-BR": dict.fromkeys(("nao", "nunca", "jamais", "nenhum", "nenhuma", "not", "never"), REACH)
    | {"nem": 4, "ninguem": 3, "sem": 3, "alguma": 3},
    "en": dict.fromkeys(("not", "never", "nor", "longer", "nao", "nunca", "jamais"), REACH)
    | {"nobody": 3, "neither": 3, "without": 3, "no": 3},
}
"""Negators and how far each reaches, less their exceptions. The other language's plain ones count too."""

DENYING_TURNS: Final[Mapping[Locale, Mapping[str, int]]] = {
    "pt-BR": dict.fromkeys(("desisti", "desistimos", "desistiu", "desistiram", "recuso", "recusamos"), 3)
    | {"vez": 4, "inves": 4, "longe": 3, "evitar": 3, "evitando": 3, "nada": 1, "pouco": 1},
    "en": {"nothing": 3, "instead": 4, "rather": 4, "far": 3, "anything": 3, "against": 2, "refuse": 3, "refused": 3}
    | {"hardly": 2, "barely": 2, "scarcely": 2, "avoid": 2, "avoiding": 2},
}
"""Words that deny in one turn of speech only ("vez" in "em vez de"), and how far; nothing runs on behind them."""

PLAIN: Final = listed("nao not")
"""Two of these make a yes."""

_CONTRAST: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "mas porem contudo todavia entretanto embora apesar e entao pois portanto quando enquanto se caso ate"
    ),
    "en": listed(
        "but however though although yet except and so because since therefore then when while if unless until"
    ),
}
"""Words that begin a clause. "por que" does too, and "só que"; see `begins_clause`."""

WISHING: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "quero queremos quer queria queriamos gostaria gostariamos preciso precisamos desejo desejamos"
        " solicito solicitamos peco pedimos exijo exigimos vou vamos pretendo pretendemos pode podem poderia"
        " poderiam favor"
    ),
    "en": listed("want wanted wants need needed would wish will can could please"),
}
LIGHT: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "eu nos voce voces a gente ele ela eles elas me te se lhe o os as mais ainda ja realmente mesmo"
        " nem so agora hoje necessariamente exatamente de jeito nenhum forma alguma"
    ),
    "en": listed(
        "i we you they he she it to really even ever actually currently necessarily do does did am are is"
        " was were be have has had longer yet still just going planning at all"
    ),
}
"""Words between a negator and the verb it denies that do not open another clause."""

LEADS_IN: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed("que acho penso creio disse falei pedi pensei queria"),
    "en": listed("that think thought say said believe mean meant asked"),
}
"""Through these a negation goes on into the next clause: "não disse que quero cancelar"."""

CONDITIONS: Final = listed("se caso quando if unless when")
OCCASIONS: Final = listed("momento hipotese circunstancia forma maneira ocasiao circumstances")

_ORDERS: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "cancele cancelem encerre encerrem exclua excluam apague apaguem delete deletem remova removam desative"
        " desativem rescinda rescindam feche fechem pare parem estorne estornem devolva devolvam cancelo cancelamos"
        " cancelarei encerro encerramos excluo rescindo rescindimos desisto desistimos saio saimos troco trocamos"
    ),
    "en": listed("cancel terminate close delete remove deactivate end stop refund unsubscribe"),
}
"""Orders ("cancelem") and announcements ("cancelo"): what a customer says next when the comma is missing."""
_SOUNDS_INFINITE: Final = listed("cancela encerra apaga deleta desativa exclui remove rescinde fecha estorna devolve")
"""Orders that are also written for the infinitive: "não quero cancela"."""
_ORDERED: Final = listed(
    "my our the this that these it them everything all me us please now as immediately today mine both"
)
"""What follows an English order; "cancel button" and "cancel rights" are none."""
_ANNOUNCING: Final = listed("am are have had shall must")

_NO_START: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "que de do da dos das em no na nos nas para por pelo pela com sem um uma uns umas meu minha seu sua esse essa"
        " este esta isso quem como onde qual quais sou e era fui foi fosse seja somos fomos deixem deixe"
    ),
    "en": listed(
        "to a an the my our your his her their that who which what where how than as of for by about from with"
        " and i you we they he she can could would will should may might must shall do did not never go come try dare"
        " help let lets make makes like"
    ),
}
"""Words after which no new sentence starts."""
_EMPTY: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "deve devem precisa precisam precisar queira queiram querem querendo quis vai vao ir tente tentem mandei"
        " autorizei autorizamos solicitei decidi decidimos engano por em favor pense pensem"
    ),
    "en": listed(
        "under in any way circumstances case by mistake anyone anybody someone them please just ever go let lets make"
        " makes intend intended decide decided ask told"
    ),
}
"""Words besides the light ones that make no clause of their own of what stands after a negator."""
_UNSURE: Final = listed("sure certain know knew aware feel guess suppose hope expect agree understand see sei sabia")
ACTS: Final[Mapping[Locale, tuple[str, ...]]] = {
    "pt-BR": ("cancel", "encerr", "rescind", "exclu", "apag", "delet", "remov", "desativ", "fech", "estorn", "devolv"),
    "en": ("cancel", "terminat", "clos", "delet", "remov", "deactivat", "refund"),
}
"""How verbs begin that end or undo something. Whoever supposes or doubts them does not ask for them, where "if we added
five seats" is a wish all the same; and "if it is not cancelled" warns, where "se não recomendam" does not."""

HEARD: Final[Mapping[Locale, frozenset[str]]] = {
    language: frozenset(NEGATORS[language]).union(
        DENYING_TURNS[language],
        _CONTRAST[language],
        WISHING[language],
        LIGHT[language],
        LEADS_IN[language],
        OCCASIONS,
        _ORDERS[language],
        _SOUNDS_INFINITE if language == "pt-BR" else _ORDERED,
        _NO_START[language],
        _EMPTY[language],
    )
    for language in LOCALES
}
"""All words that say where a clause begins. Misspelt ones say so too."""


def word_at(stream: Stream, at: int) -> str:
    """Return the word at an index, or "" beyond the ends and at the end of a sentence."""
    return stream.units[at].word if 0 <= at < len(stream.units) else ""


def begins_clause(stream: Stream, at: int) -> bool:
    """Tell whether a clause begins at the word `at`."""
    if stream.bounds[at] >= CLAUSE or not stream.units[at].word:
        return True
    word = stream.units[at].word
    if word not in _CONTRAST[stream.language]:
        return word == "que" and word_at(stream, at - 1) in ("por", "so") and word_at(stream, at + 1) not in ("nao", "")
    # "é" (is) folds to "e" (and); typed without its accent it follows a "não".
    if word == "e" and (is_accented(stream, at) or word_at(stream, at - 1) in ("nao", "que")):
        return False
    if word == "and" and word_at(stream, at - 1) in ("go", "try", "come"):
        return False  # "do not go and cancel it"
    if word == "but" and word_at(stream, at - 1) in ("anything", "nothing"):
        return False  # "anything but satisfied"
    # "não se esqueçam", "se" as a pronoun; "so that" is no new thought after "not".
    return not (word in ("se", "so", "ate") and word_at(stream, at - 1) in PLAIN)


def opens_clause(stream: Stream, at: int) -> bool:
    """Tell whether no negator before the word `at` has a say over it and what follows."""
    if begins_clause(stream, at):
        return True
    if word_at(stream, at) in WISHING[stream.language]:
        return _opens_wish(stream, at)
    return _may_start(stream, at) and _runs_on(stream, at)


def in_condition(stream: Stream, at: int) -> bool:
    """Tell whether the clause of the word `at` begins with "se", "if" or the like."""
    for before in range(at, max(-1, at - 2 * REACH), -1):
        if begins_clause(stream, before) or not before:
            return word_at(stream, before) in CONDITIONS
    return False


def _opens_wish(stream: Stream, at: int) -> bool:
    if stream.language == "en" and word_at(stream, at - 1) in ("the", "any", "a", "no"):
        return False  # "the need to"
    for before in range(at - 1, max(-1, at - 2 - REACH), -1):
        word = word_at(stream, before)
        if word in NEGATORS[stream.language] or word in LEADS_IN[stream.language]:
            return False
        if word not in LIGHT[stream.language] or begins_clause(stream, before):
            return True
    return True


def _may_start(stream: Stream, at: int) -> bool:
    """Tell whether the word could be the first of a sentence of its own: an order, or somebody announcing something."""
    word, following = word_at(stream, at), word_at(stream, at + 1)
    if word_at(stream, at - 1) in _NO_START[stream.language]:
        return False
    if stream.language == "en":
        if word in ("i", "we"):
            return following in _ANNOUNCING or in_condition(stream, at)
        return word in _ORDERS["en"] and (
            at + 1 == len(stream.units)
            or begins_clause(stream, at + 1)
            or following in _ORDERED
            or (word == "stop" and following.endswith("ing"))
        )
    if word == "nos":
        return is_accented(stream, at) or following in _ORDERS["pt-BR"]
    return word == "eu" or (word, following) == ("a", "gente") or word in _ORDERS["pt-BR"] or word in _SOUNDS_INFINITE


def _runs_on(stream: Stream, at: int) -> bool:
    """Tell whether a whole clause with a negator stands before the word, and does not lead into it."""
    language = stream.language
    whole = False
    for before in range(at - 1, max(-1, at - 3 - 2 * REACH), -1):
        word = word_at(stream, before)
        if word in NEGATORS[language]:
            return whole or (before + 2 < at and _asked_for_no_more(stream, before, at))
        if word in LEADS_IN[language] and not (
            word == "que" and word_at(stream, before - 1) in ("o", "do", "ao", "no")
        ):
            return False
        if word in _UNSURE or begins_clause(stream, before):
            return False
        whole = whole or _says_something(word, language)
    return False


def _says_something(word: str, language: Locale) -> bool:
    return not (
        word in LIGHT[language]
        or word in WISHING[language]
        or word in _EMPTY[language]
        or word in OCCASIONS
        or word.endswith("mente" if language == "pt-BR" else "ly")
    )


def _asked_for_no_more(stream: Stream, negator: int, at: int) -> bool:
    """Tell "não quero mais cancelem" from "não quero mais cancela(r)"."""
    return (
        stream.language == "pt-BR"
        and word_at(stream, at) in _ORDERS["pt-BR"]
        and word_at(stream, negator + 1) in WISHING["pt-BR"]
        and word_at(stream, at - 1) == "mais"
    )
