"""Memory over many evaluations: the resident set after the first tenth must be the resident set at the end."""

from __future__ import annotations

import os
from pathlib import Path

from plugin.bench import tickets
from rules.decide import Decider
from rules.loader import load
from rules.signals import SignalReader

EVALUATIONS = 200_000


def measure(evaluations: int = EVALUATIONS) -> dict[str, object]:
    """Return the resident set in MiB after a tenth of the evaluations and after all of them."""
    rulebook = load()
    found = tickets.facts(SignalReader(rulebook.signals.values()))
    tenth = evaluations // 10
    with Decider(rulebook) as decider:
        for number in range(tenth):
            decider.decide(found[number % len(found)])
        early = resident_mib()
        for number in range(tenth, evaluations):
            decider.decide(found[number % len(found)])
        late = resident_mib()
    return {
        "evaluations": evaluations,
        "resident_after_a_tenth_mib": round(early, 1),
        "resident_at_the_end_mib": round(late, 1),
        "growth_ratio": round(late / early, 3),
    }


def resident_mib() -> float:
    """Return this process's resident set in MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
