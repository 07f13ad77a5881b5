"""What is shown when nothing qualifies: the standard procedure of the class, never anything that is forbidden."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from rules.decide import limits
from rules.decide.classify import Classification
from rules.decide.laws import Ban
from rules.decide.rank import Candidate
from rules.decide.recommend import ban_on
from rules.engine import truth
from rules.model import Facts
from rules.rulebook import Action, Function
from rules.text import Text

TRIAGE: Final = "support.triage"
PROCEDURES: Final[Mapping[Function, str]] = MappingProxyType(
    {
        Function.SUPPORT: "support.sop",
        Function.SUCCESS: "success.sop",
        Function.ACCOUNT_MANAGEMENT: "accounts.sop",
    }
)

TRIAGE_REASON: Final = Text(
    "O texto ainda não diz de quem é este trabalho: confirme com o cliente e encaminhe.",
    "The text does not say yet whose work this is: ask the customer and pass it on.",
)
PROCEDURE_REASON: Final = Text(
    "Nenhuma sugestão específica serve agora: siga o procedimento padrão da área.",
    "No specific suggestion fits right now: follow the function's standard procedure.",
)


def fall_back(
    classification: Classification,
    actions: Mapping[str, Action],
    forbidden: Iterable[Ban],
    facts: Facts,
    held_back: Collection[str],
) -> tuple[Candidate, Text] | None:
    """Return the fallback and its reason, or None when every one of them is forbidden or not in the rulebook.

    It passes the same gate as every other action: no banned kind or action, no unmet `needs`, nothing that was
    held back a moment ago (`held_back`: action ids), and never an offer.
    """
    known = tuple(forbidden)
    for name, reason in _names(classification):
        action = actions.get(name)
        if (
            action is not None
            and name not in held_back
            and action.kind not in limits.OFFERS
            and ban_on(action, known) is None
            and (action.needs is None or truth(action.needs, facts) is True)
        ):
            return Candidate(action, (), None, 1.0), reason
    return None


def _names(classification: Classification) -> tuple[tuple[str, Text], ...]:
    procedure = (PROCEDURES[classification.primary], PROCEDURE_REASON)
    triage = (TRIAGE, TRIAGE_REASON)
    return (triage, procedure) if classification.needs_triage else (procedure, triage)
