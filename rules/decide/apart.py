"""One answer per customer: what is decided without a ticket gives way to what open tickets already say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rules.decide.recommend import conflict
from rules.model import Decision, NotShown, Recommendation, Stage
from rules.rulebook import Action
from rules.text import Text


def give_way(decision: Decision, elsewhere: Iterable[str], actions: Mapping[str, Action]) -> Decision:
    """Return the decision without what an open ticket shows already, or contradicts.

    `elsewhere`: ids of the actions that the customer's open tickets show. What gives way is in `not_shown`, with the
    action that it gives way to.
    """
    shown = sorted(set(elsewhere))
    kept: list[Recommendation] = []
    held_back: list[NotShown] = list(decision.not_shown)
    for entry in decision.recommendations:
        rival = next((name for name in shown if _clash(entry.action, name, actions)), None)
        if rival is None:
            kept.append(entry)
        else:
            reason = _reason(entry.action, rival, actions)
            held_back.append(NotShown(entry.action, entry.kind, entry.rules, Stage.CONFLICT, rival, reason))
    if len(kept) == len(decision.recommendations):
        return decision
    return replace(
        decision,
        recommendations=tuple(kept),
        not_shown=tuple(sorted(held_back, key=lambda entry: entry.action)),
    )


def _clash(one: str, other: str, actions: Mapping[str, Action]) -> bool:
    if one == other:
        return True
    return one in actions and other in actions and conflict(actions[one], actions[other])


def _reason(one: str, rival: str, actions: Mapping[str, Action]) -> Text:
    title = actions[rival].title if rival in actions else Text(rival, rival)
    if one == rival:
        return Text("Um chamado aberto já a mostra.", "An open ticket shows it already.")
    return Text(
        f"Contradiz “{title.pt_br}”, que um chamado aberto mostra.",
        f"It contradicts “{title.en}”, which an open ticket shows.",
    )
