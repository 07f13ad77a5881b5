"""What holds of a rulebook for all facts, proved by a solver: the guardrails, and that every rule can do something.

`prove` gives a verdict on every property of `PROPERTIES`, with the smallest facts against those that do not hold;
`certificate_fits` tells whether a stored proof is of this very rulebook.
"""

from rules.prove.proof import Broken, Proof, Proved, Unproved, Verdict, certificate_fits, prove
from rules.prove.properties import PROPERTIES
from rules.prove.property import Property

__all__ = [
    "PROPERTIES",
    "Broken",
    "Proof",
    "Property",
    "Proved",
    "Unproved",
    "Verdict",
    "certificate_fits",
    "prove",
]
