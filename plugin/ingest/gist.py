"""What a decision says apart from the clock: two decisions of the same gist need not both be kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any, Final

from rules.model import Decision, Facts, LeafResult
from rules.vocabulary import AHEAD, COLLECTIONS, CUSTOMER_DATES, FIELDS, NUMBERS, Source

_CLOCKED: Final = frozenset({Source.CLOCK})
_CLOCKED_FIELDS: Final = frozenset(
    name for name, field in FIELDS.items() if field.source is Source.OBLIGATIONS and field.type in NUMBERS
)
"""How many hours a term still runs. Whether it is over is no matter of the clock: that changes what is to be done."""
_CLOCKED_ITEMS: Final = frozenset({"age_hours", "days_ago"})
"""Keys of items that the clock moves; what is stated in days stays as stated."""


def gist(decision: Decision, *, history: bool = True) -> tuple[Any, ...]:
    """Return everything of a decision that does not change merely because time went on.

    Left out: instants, fields worked out from the clock, and the ranks' figures (they hold the urgency). A date that
    is stated about the customer counts as that date, however many days away it is by now. Without
    `history` what is known of the customer's other tickets counts only as far as it changes what is decided.
    """
    left_out = _CLOCKED if history else _CLOCKED | {Source.HISTORY}
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
        tuple((fired.rule, fired.version, _leaves(fired.leaves, left_out)) for fired in (*trace.fired, *trace.shadow)),
        _known(decision.facts, left_out),
        _dates(decision.facts),
        decision.rulebook,
    )


def _leaves(leaves: tuple[LeafResult, ...], left_out: frozenset[Source]) -> tuple[LeafResult, ...]:
    return tuple(leaf for leaf in leaves if _source(leaf.field) not in left_out)


def _known(facts: Facts, left_out: frozenset[Source]) -> tuple[Any, ...]:
    values = tuple(
        sorted((name, _ordered(value)) for name, value in facts.values.items() if _source(name) not in left_out)
    )
    collections = tuple(
        (name, tuple(sorted(map(_item, items))))
        for name, items in sorted(facts.collections.items())
        if _source(name) not in left_out
    )
    return (values, tuple(sorted(facts.signals)), collections)


def _dates(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return the days from which the clock made what is known of the customer's dates."""
    today = facts.taken_at.astimezone(UTC).date()
    return tuple(
        (name, (today + timedelta(days=days if name in AHEAD else -days)).isoformat())
        for name in sorted(CUSTOMER_DATES.values())
        if isinstance(days := facts.values.get(name), int)
    )


def _item(item: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, _ordered(value)) for key, value in item.items() if key not in _CLOCKED_ITEMS))


def _ordered(value: object) -> str:
    """Return one text for one value; sets in order."""
    return repr(sorted(value)) if isinstance(value, frozenset) else repr(value)


def _source(name: str) -> Source | None:
    if name in _CLOCKED_FIELDS:
        return Source.CLOCK
    known = FIELDS.get(name) or COLLECTIONS.get(name)
    return known.source if known is not None else None
