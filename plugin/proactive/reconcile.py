"""From what an evaluation recommends and what is in the queue already to what changes. Pure, and idempotent.

The same work is not added twice; work whose reason is gone is closed; work about other actions of the same function is
renewed. An item with nothing in common with what is recommended now is another piece of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from plugin.store.work import Item
from rules.model import Decision, Function, Recommendation

REST_DAYS: Final = 7
"""What an agent did or dismissed is not asked for again sooner, even where the action itself has no cooldown."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to change for one customer: items to close, to renew, and functions that get a new one."""

    gone: tuple[Item, ...] = ()
    renewed: tuple[tuple[Item, tuple[Recommendation, ...]], ...] = ()
    opened: tuple[tuple[Function, tuple[Recommendation, ...]], ...] = ()

    @property
    def needs_evaluation(self) -> bool:
        """Whether the decision is kept: somebody's work leans on it."""
        return bool(self.renewed or self.opened)


def reconcile(decision: Decision, live: Sequence[Item], contacts: Iterable[Mapping[str, Any]]) -> Changes:
    """Return what changes. `contacts` are the customer's, without what is live."""
    wanted = _by_function(decision, contacts)
    gone, renewed = [], []
    kept: set[Function] = set()
    for item in live:
        now = wanted.get(item.function, ())
        before, after = {action for action, _ in item.actions}, {one.action for one in now}
        if not before & after:
            gone.append(item)
            continue
        kept.add(item.function)
        if before != after:
            renewed.append((item, now))
    opened = tuple((function, found) for function, found in wanted.items() if function not in kept)
    return Changes(tuple(gone), tuple(renewed), opened)


def _by_function(
    decision: Decision, contacts: Iterable[Mapping[str, Any]]
) -> dict[Function, tuple[Recommendation, ...]]:
    """Return what is recommended, by the function that owns it; a fallback is nobody's work."""
    if decision.is_fallback:
        return {}
    resting = {
        found["action"]
        for found in contacts
        if found["outcome"] in {"done", "dismissed"} and found["days_ago"] < REST_DAYS
    }
    wanted: dict[Function, tuple[Recommendation, ...]] = {}
    for one in decision.recommendations:
        if one.action not in resting:
            wanted[one.function] = (*wanted.get(one.function, ()), one)
    return wanted
