"""The clocks of the SAC decrees: what a regulated supplier owes on a ticket, since when, until when, met by what.

events + signals + deeds + time zone + instant  ->  Attendance (the clocks)  ->  facts that rules read
"""

from __future__ import annotations

from rules.obligations.clocks import Attendance, Clock, Deed, Evidence, Proof, State, attend
from rules.obligations.terms import REGIMES, Obligation, Pace, Regime, regime_on
from rules.obligations.values import values_of, wake_at

__all__ = [
    "REGIMES",
    "Attendance",
    "Clock",
    "Deed",
    "Evidence",
    "Obligation",
    "Pace",
    "Proof",
    "Regime",
    "State",
    "attend",
    "regime_on",
    "values_of",
    "wake_at",
]
