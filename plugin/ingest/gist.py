"""What a decision says apart from the clock: two decisions of the same gist need not both be kept."""

from __future__ import annotations

from typing import Any

from rules.model import Decision, Facts, LeafResult
from rules.vocabulary import FIELDS, Source

_CLOCKED_ITEMS = frozenset({"age_hours", "days_ago", "days_to_renewal", "days_to_due", "days_to_target"})


def gist(decision: Decision) -> tuple[Any, ...]:
    """Return everything of a decision that does not change merely because time went on.

    Left out: instants, fields worked out from the clock, and the ranks' figures (they hold the urgency).
    """
    trace = decision.trace
    return (
        decision.primary,
        decision.collaborators,
        tuple(sorted(decision.scores.items())),
        decision.needs_triage,
        decision.is_fallback,
        decision.journey_stage,
        decision.customer_job,
        tuple((shown.action, shown.rules) for shown in decision.recommendations),
        tuple((held.action, held.stage, held.by) for held in decision.not_shown),
        (trace.language, trace.signals, trace.text_truncated),
        tuple((fired.rule, fired.version, _timeless(fired.leaves)) for fired in (*trace.fired, *trace.shadow)),
        _known(decision.facts),
        decision.rulebook,
    )


def _timeless(leaves: tuple[LeafResult, ...]) -> tuple[LeafResult, ...]:
    return tuple(leaf for leaf in leaves if not _clocked(leaf.field))


def _known(facts: Facts) -> tuple[Any, ...]:
    values = tuple(sorted((name, _ordered(value)) for name, value in facts.values.items() if not _clocked(name)))
    collections = tuple(
        (
            name,
            tuple(
                sorted(
                    tuple(sorted((key, _ordered(value)) for key, value in item.items() if key not in _CLOCKED_ITEMS))
                    for item in items
                )
            ),
        )
        for name, items in sorted(facts.collections.items())
    )
    return (values, tuple(sorted(facts.signals)), collections)


def _ordered(value: object) -> str:
    """Return one text for one value; sets in order."""
    return repr(sorted(value)) if isinstance(value, frozenset) else repr(value)


def _clocked(field: str) -> bool:
    known = FIELDS.get(field)
    return known is not None and known.source is Source.CLOCK
