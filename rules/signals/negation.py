"""Whether a text denies what a phrase of it says: "não quero cancelar" is no wish to cancel.

Read backwards from the phrase to the start of its clause, a few words at most. What counts is written down here, in
four tables per language; every line of them has a sentence in the tests.

* A *negator* denies what follows it in its clause. Words of the phrase itself never deny it ("não consigo acessar").
* A clause ends at punctuation, at a contrast ("mas", "but") and at "e", "and", "porque", "because" and their like.
* A verb of wishing opens a clause of its own, also without a comma ("não gostei do atendimento quero cancelar"),
  unless the negator stands right before it or leads into it ("não acho que quero cancelar").
* *Inability* denies no wish: "não consigo cancelar" still wants to cancel.
* Two negations that lead into each other are none ("não é que eu não queira cancelar"); one that only echoes another
  ("não quero nunca mais cancelar") changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from rules.signals.stream import CLAUSE, Stream, asks, is_accented
from rules.signals.words import listed
from rules.text import Locale

REACH: Final = 5
"""Most words between a negator and the phrase it denies."""


_PLAIN: Final = listed("nao not")
"""Two of these make a yes."""

_REACH: Final[Mapping[Locale, Mapping[str, int]]] = {
    "pt-BR": dict.fromkeys(("nao", "nunca", "jamais", "nenhum", "nenhuma", "not", "never"), REACH)
    | {"nem": 4, "ninguem": 3, "sem": 3, "alguma": 3},
    "en": dict.fromkeys(("not", "never", "longer", "nao", "nunca", "jamais"), REACH)
    | {"nobody": 3, "neither": 3, "nor": 3, "without": 3, "no": 3},
}
"""Negators and how far each reaches, less the exceptions below. The other language's plain ones count too."""

_CONTRAST: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "mas porem contudo todavia entretanto embora apesar e entao pois portanto quando enquanto se caso ate"
    ),
    "en": listed(
        "but however though although yet except and so because since therefore then when while if unless until"
    ),
}
"""Words that begin a clause. "por que" does too, and "só que"; see `begins_clause`."""

_WISHING: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed(
        "quero queremos quer queria queriamos gostaria gostariamos preciso precisamos desejo desejamos"
        " solicito solicitamos peco pedimos exijo exigimos vou vamos pretendo pretendemos pode podem poderia"
        " poderiam favor"
    ),
    "en": listed("want wanted wants need needed would wish will can could please"),
}
_LIGHT: Final[Mapping[Locale, frozenset[str]]] = {
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

_LEADS_IN: Final[Mapping[Locale, frozenset[str]]] = {
    "pt-BR": listed("que acho penso creio disse falei pedi pensei queria"),
    "en": listed("that think thought say said believe mean meant asked"),
}
"""Words through which a negation goes on into the next clause: "não disse que quero cancelar"."""

_INTENTIONS: Final = listed(
    "intencao intencoes interesse vontade plano planos motivo motivos razao necessidade precisar"
    " querer pretender intention intentions plan plans desire wish need reason reasons interest"
    " wanting needing"
)
"""What "sem", "no", "nenhum" and their like may have next to them; else they deny only the very next word."""
_NEAR_ONLY: Final = listed("sem no without nenhum nenhuma")
_OCCASIONS: Final = listed("momento hipotese circunstancia forma maneira ocasiao circumstances")


def deny(stream: Stream, pieces: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether the phrase met at `pieces` (first and last index of each) is denied by words around it."""
    if any(_negates(stream, at) for (_, end), (start, _) in pairwise(pieces) for at in range(end + 1, start)):
        return True
    return _denied_before(stream, pieces[0][0]) or _denied_after(stream, pieces[-1][1])


def begins_clause(stream: Stream, at: int) -> bool:
    """Tell whether a clause begins at the word `at`."""
    if stream.bounds[at] >= CLAUSE or not stream.units[at].word:
        return True
    word = stream.units[at].word
    if word not in _CONTRAST[stream.language]:
        return word == "que" and _word(stream, at - 1) in ("por", "so") and _word(stream, at + 1) not in ("nao", "")
    # "é" (is) folds to "e" (and); typed without its accent it follows a "não".
    if word == "e" and (is_accented(stream, at) or _word(stream, at - 1) in ("nao", "que")):
        return False
    # "não se esqueçam", "se" as a pronoun; "so that" is no new thought after "not".
    return not (word in ("se", "so", "ate") and _word(stream, at - 1) in _PLAIN)


def _word(stream: Stream, at: int) -> str:
    """Return the word at an index, or "" beyond the ends and at the end of a sentence."""
    return stream.units[at].word if 0 <= at < len(stream.units) else ""


def _denied_before(stream: Stream, first: int) -> bool:
    """Walk back from the phrase to the start of its clause."""
    denied: bool | None = None
    lead_in = False
    at = first
    passed = 0
    while at > 0 and passed <= REACH + REACH * (denied is not None) and not _opens(stream, at):
        at -= 1
        word = _word(stream, at)
        if not word:
            break
        reach = _REACH[stream.language].get(word)
        if reach is not None and _negates(stream, at):
            if denied is None:
                denied = passed <= reach and _reaches(stream, at, first)
                if not denied:
                    return False
                lead_in = False
            elif word in _PLAIN and (lead_in or passed == 1):
                return not denied
        lead_in = lead_in or word in _LEADS_IN[stream.language] or word in ("posso", "podemos", "deixar")
        passed += 1
    return bool(denied)


def _opens(stream: Stream, at: int) -> bool:
    """Tell whether no negator before the word `at` has a say over the phrase."""
    if begins_clause(stream, at):
        return True
    if _word(stream, at) not in _WISHING[stream.language]:
        return False
    for before in range(at - 1, max(-1, at - 2 - REACH), -1):
        word = _word(stream, before)
        if word in _REACH[stream.language] or word in _LEADS_IN[stream.language]:
            return False
        if word not in _LIGHT[stream.language] or begins_clause(stream, before):
            return True
    return True


def _reaches(stream: Stream, at: int, first: int) -> bool:
    if _word(stream, at) not in _NEAR_ONLY or at + 1 == first:
        return True
    following = _word(stream, at + 1)
    return following in _INTENTIONS or following in _OCCASIONS or _word(stream, at - 1) in ("jeito", "modo")


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
        and _word(stream, at - 1) == "nao"
        and _word(stream, at - 2) not in ("ou", "por", "que", "e")
    )


def _negates(stream: Stream, at: int) -> bool:
    """Tell whether the word is a negator, and none of the turns of speech that deny nothing."""
    word = _word(stream, at)
    if word not in _REACH[stream.language]:
        return False
    exception = _EXCEPTIONS.get(word)
    return exception is None or not exception(stream, at)


def _after(stream: Stream, at: int, count: int = 4) -> tuple[str, ...]:
    return tuple(_word(stream, at + step) for step in range(1, count + 1))


_ONLY: Final = listed("so somente apenas unicamente only just merely simply")
_UNABLE_START: Final = ("consig", "conseg")
_ABILITY_HELPERS: Final = listed("estou estamos estava mais eu se ainda o a nos estao me")
_OPINION: Final = listed("say recommend believe think imagine agree praise honestly")


def _nao_exception(stream: Stream, at: int) -> bool:
    one, two, three, _ = following = _after(stream, at)
    if one in _ONLY or (one in ("vejo", "vemos") and three in ("hora", "dia")):
        return True  # "não só … como também"; "não vejo a hora de"
    if one.startswith("deix") and two == "de":
        return True  # "não deixem de cancelar"
    if any(word.startswith(("esquec", "hesit", "demor")) for word in (one, two)):
        return True  # "não se esqueçam de", "não hesitem em"
    able = next((word for word in following if word not in _ABILITY_HELPERS), "")
    if able.startswith(_UNABLE_START):
        return True  # "não estou conseguindo cancelar"
    if (one, two) in (
        ("da", "para"),
        ("tem", "como"),
        ("ha", "como"),
        ("sei", "como"),
        ("sabemos", "como"),
        ("acho", "como"),
    ):
        return True
    return _asks_why_not(stream, at)


def _asks_why_not(stream: Stream, at: int) -> bool:
    """Tell whether "não" is part of "por que vocês não …" or of "por que não …?", which ask for the thing."""
    subject = _word(stream, at - 1) in ("voce", "voces")
    end = at - 2 if subject else at - 1
    if (_word(stream, end - 1), _word(stream, end)) != ("por", "que"):
        return False
    return subject or (asks(stream, at) and _word(stream, at + 1) not in _WISHING["pt-BR"])


def _not_exception(stream: Stream, at: int) -> bool:
    one, two, _, _ = _after(stream, at)
    before = _word(stream, at - 1)
    if one in _ONLY or one in ("hesitate", "forget", "fail"):
        return True  # "not only … but"; "don't forget to cancel"
    if (one, two) in (("know", "how"), ("see", "how"), ("find", "how"), ("able", "to"), ("to", "mention")):
        return True
    if before in ("can", "could"):  # "can't cancel" wants to; "can't recommend" does not praise
        return one not in _OPINION
    if _word(stream, at - 2) == "why" and before in ("do", "did", "can"):
        return one in ("you", "we", "they")  # "why don't you cancel it"
    return before == "why"


def _sem_exception(stream: Stream, at: int) -> bool:
    one = _word(stream, at + 1)
    return one in ("duvida", "duvidas", "falta", "mais", "sombra") or one.startswith(_UNABLE_START)


def _no_exception(stream: Stream, at: int) -> bool:
    one = _word(stream, at + 1)
    return one in ("doubt", "question", "matter", "problem", "longer", "one")


def _longer_exception(stream: Stream, at: int) -> bool:
    return _word(stream, at - 1) != "no"


def _nem_exception(stream: Stream, at: int) -> bool:
    return _word(stream, at + 1) in ("sempre", "so", "que") or _word(stream, at - 1) == "que"


def _alguma_exception(stream: Stream, at: int) -> bool:
    return _word(stream, at - 1) not in ("hipotese", "forma", "maneira")


def _without_exception(stream: Stream, at: int) -> bool:
    return _word(stream, at + 1) in ("doubt", "question", "fail", "delay")


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
