"""Which conditions are surely true of some facts: durable-rules, and the plain definition it is held equal to.

`DurableEvaluator` runs live: an index leaves out what cannot fire, durable-rules decides the rest. `ReferenceEvaluator`
says what right is; the test suite holds them equal on generated conditions and facts. `explain` and `deciding` give the
values behind an outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rules.engine.explain import Reasons, deciding, explain, interesting
from rules.engine.reference import ReferenceEvaluator, truth
from rules.model import Facts

if TYPE_CHECKING:
    from rules.engine.durable import DurableEvaluator

__all__ = [
    "DurableEvaluator",
    "Evaluator",
    "Reasons",
    "ReferenceEvaluator",
    "deciding",
    "explain",
    "interesting",
    "truth",
]


class Evaluator(Protocol):
    """What a decision needs of an engine. Built from stratum -> name -> condition."""

    def fired(self, stratum: str, facts: Facts) -> frozenset[str]:
        """Return the names of the stratum's conditions that are surely true of `facts`."""

    def close(self) -> None:
        """Free what the evaluator holds; it is not used afterwards."""


def __getattr__(name: str) -> object:
    """Import the live engine when it is asked for: whoever only reads rules runs none."""
    if name == "DurableEvaluator":
        from rules.engine.durable import DurableEvaluator  # noqa: PLC0415 - see above

        return DurableEvaluator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
