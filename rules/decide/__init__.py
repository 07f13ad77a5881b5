"""Fired rules -> one decision: whose work a ticket is, and what to do next.

`Decider` decides, `why` and `why_not` explain, `canonical` and `from_canonical` store, `fill` writes the reply.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from rules.decide.canonical import canonical, from_canonical
from rules.decide.reply import fill

if TYPE_CHECKING:
    from rules.decide.decider import Decider
    from rules.decide.explain import Explanation, NothingToExplain, why, why_not

__all__ = [
    "Decider",
    "Explanation",
    "NothingToExplain",
    "canonical",
    "fill",
    "from_canonical",
    "why",
    "why_not",
]

_LATE: Final = {
    "Decider": "decider",
    "Explanation": "explain",
    "NothingToExplain": "explain",
    "why": "explain",
    "why_not": "explain",
}
"""Which module holds what needs the live engine."""


def __getattr__(name: str) -> object:
    """Import what decides when it is asked for: whoever only reads rules takes no decision."""
    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
