"""Fired rules -> one decision: whose work a ticket is, and what to do next.

`Decider` decides, `why` and `why_not` explain, `canonical` and `from_canonical` store, `fill` writes the reply.
"""

from rules.decide.canonical import canonical, from_canonical
from rules.decide.decider import Decider
from rules.decide.explain import Explanation, NothingToExplain, why, why_not
from rules.decide.reply import fill

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
