"""The laws that hold whatever the packs say.

Selling guardrails live in the guardrail pack, where admins can read and prove them. These three are code, because no
pack may lift them: exactly one primary; no win-back before a confirmed cancellation; comply before retain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rules.conditions import Op
from rules.model import Facts, LeafResult
from rules.rulebook import Function, Kind
from rules.text import Text


class Ban(NamedTuple):
    """Kinds and actions that must not be shown: by whom, why, and the conditions with the values that decided it."""

    kinds: tuple[Kind, ...]
    actions: tuple[str, ...]
    by: str
    reason: Text
    leaves: tuple[LeafResult, ...] = ()


WIN_BACK: Final = "law.win_back_after_cancellation"
COMPLY_FIRST: Final = "law.comply_before_retain"

_CANCELLATION: Final = "customer.cancellation"
_WIN_BACK_REASON: Final = Text(
    "Reconquista só depois que o cancelamento estiver confirmado.",
    "Win-back only once the cancellation is confirmed.",
)
_COMPLY_REASON: Final = Text(
    "O pedido do cliente é cumprido primeiro; uma oferta de retenção nunca o atrasa.",
    "What the customer asked for is complied with first; a retention offer never delays it.",
)

EXEMPT_FROM_CONTACT_LIMITS: Final = frozenset({Kind.COMPLY})
"""A duty is no offer: having been told yesterday does not end it."""


def one_primary(scores: Mapping[Function, int], precedence: Sequence[Function], *, needs_triage: bool) -> Function:
    """Return the one function whose work the ticket is: the highest score, ties by precedence; support triages."""
    if needs_triage:
        return Function.SUPPORT
    return max(precedence, key=lambda function: (scores[function], -precedence.index(function)))


def bans(facts: Facts) -> tuple[Ban, ...]:
    """Return what the laws forbid for these facts. An unknown cancellation is not a confirmed one."""
    state = facts.values.get(_CANCELLATION)
    return _before_cancellation(state if isinstance(state, str) else None)


@lru_cache(maxsize=16)  # a field of few values
def _before_cancellation(seen: str | None) -> tuple[Ban, ...]:
    if seen == "confirmed":
        return ()
    leaf = LeafResult(_CANCELLATION, Op.IS.value, "confirmed", seen, False if seen is not None else None)
    return (Ban((Kind.WIN_BACK,), (), WIN_BACK, _WIN_BACK_REASON, (leaf,)),)


def retain_waits(leaves: tuple[LeafResult, ...]) -> Ban:
    """Return the ban on retention that holds while a due `comply` action is itself kept from the agent.

    `leaves` say what keeps it.
    """
    return Ban((Kind.RETAIN,), (), COMPLY_FIRST, _COMPLY_REASON, leaves)


def goes_first(kind: Kind) -> bool:
    """Tell whether the kind ranks above every other, whatever its priority."""
    return kind is Kind.COMPLY
