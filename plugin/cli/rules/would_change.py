"""What `rules explain TICKET.json` says about "what would change it". It imports the solver: import it late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rules.decide import Decider, Explanation
from rules.model import Decision, LeafResult, Stage
from rules.rulebook import Rulebook
from rules.sentences import as_data
from rules.sentences import say as say_condition
from rules.text import Locale
from rules.vocabulary import COLLECTIONS, FIELDS, Changeable
from rules.whatif import Answer, Changed, WhatIf, say
from rules.whatif.edits import Value

NEAREST: Final = 5
"""Of what no rule recommends, so many are asked about: those that wait for the least that nobody can change."""


TIMEOUT_MS: Final = 5_000
"""For each question to the solver; the shipped rules need some ten milliseconds."""


def asked_about(decision: Decision, fallen: Sequence[Explanation], *, every: bool) -> tuple[str, ...]:
    """Return the actions to ask about: what is shown, what fell after a rule had fired, and the nearest of the rest.

    `fallen` says where each action that is not shown fell. What only an experimental rule recommends is never shown.
    """
    shown = [found.action for found in decision.recommendations]
    late = [found.subject for found in fallen if found.stage not in {Stage.NOT_FIRED, Stage.SHADOW}]
    rest = [found for found in fallen if found.stage is Stage.NOT_FIRED]
    rest.sort(key=lambda found: (sum(map(_is_fixed, found.leaves)), len(found.leaves), found.subject))
    return (*shown, *late, *(found.subject for found in (rest if every else rest[:NEAREST])))


def _is_fixed(leaf: LeafResult) -> bool:
    """Tell whether nobody can change what the condition looks at."""
    if leaf.field in COLLECTIONS:
        return not leaf.actual
    changeable = FIELDS[leaf.field].changeable
    return changeable is Changeable.NO or (changeable is Changeable.WHEN_UNKNOWN and leaf.actual is not None)


def answers(decider: Decider, decision: Decision, actions: Iterable[str]) -> list[Answer]:
    """Return for each action the smallest change that makes it shown, or not shown any more."""
    inquiry = WhatIf(decider, TIMEOUT_MS).about(decision)
    return [inquiry.change(action) for action in actions]


def lines(found: Iterable[Answer], rulebook: Rulebook, locale: Locale) -> Iterator[str]:
    """Yield each answer as a paragraph of its own."""
    for answer in found:
        yield f"  {answer.action}"
        yield f"    {say(answer, rulebook.actions[answer.action], locale, rulebook.signals)}"


def as_json(answer: Answer, rulebook: Rulebook, locale: Locale) -> dict[str, Any]:
    """Return an answer for a machine, its sentence included."""
    change = answer.change
    return {
        "action": answer.action,
        "would_be_shown": answer.shows,
        "verdict": answer.verdict.value,
        "sentence": say(answer, rulebook.actions[answer.action], locale, rulebook.signals),
        "fields": answer.fields,
        "tries": answer.tries,
        "changed": [_changed(one) for one in change.changed] if change is not None else [],
        "follows": [_changed(one) for one in change.follows] if change is not None else [],
        "shown_then": [found.action for found in change.decision.recommendations] if change is not None else [],
        "obstacles": [
            {"condition": as_data(condition), "sentence": say_condition(condition, locale, rulebook.signals)}
            for condition in answer.obstacles
        ],
    }


def _changed(changed: Changed) -> dict[str, Any]:
    item = {"item": changed.spot.item} if changed.spot.collection else {}
    values = {"before": _plain(changed.before), "after": _plain(changed.after), "any_other": changed.any_other}
    return {"field": changed.spot.name, **item, **values}


def _plain(value: Value | None) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
