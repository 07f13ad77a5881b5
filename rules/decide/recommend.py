"""Which recommendations are left: eligible -> applicable -> suitable -> within limits -> no conflict -> three.

Every step returns what goes on and, for each one that does not, where and why it fell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from rules.decide import laws, limits
from rules.decide.laws import Ban
from rules.decide.rank import Candidate, Ranked
from rules.engine import deciding, truth
from rules.model import Facts, Fired, LeafResult, NotShown, Recommendation, Stage
from rules.rulebook import Action, Kind, Recommend, Rule, Suppress
from rules.text import Text

MOST_SHOWN: Final = 3

_NOT_APPLICABLE: Final = Text(
    "As condições da própria ação não se cumprem aqui.",
    "The action's own conditions are not met here.",
)
_BELOW: Final = Text(
    "Outras três são mais importantes agora.",
    "Three others matter more right now.",
)


class Sieved(NamedTuple):
    """What a step let through, and what it held back."""

    kept: tuple[Candidate, ...]
    held_back: tuple[NotShown, ...]


def eligible(fired: Iterable[Rule], actions: Mapping[str, Action]) -> tuple[Candidate, ...]:
    """Return one candidate per action that a fired rule recommends, in id order.

    Several rules for one action count once, with the highest lever among them (ties: the first id).
    """
    by_action: dict[str, list[tuple[float, Rule]]] = {}
    for rule in fired:
        if isinstance(rule.then, Recommend):
            by_action.setdefault(rule.then.action, []).append((rule.then.lever, rule))
    candidates = []
    for name, voices in sorted(by_action.items()):
        voices.sort(key=lambda voice: (-voice[0], voice[1].id))
        lever, leading = voices[0]
        rules = tuple(sorted((rule for _, rule in voices), key=lambda rule: rule.id))
        candidates.append(Candidate(actions[name], rules, leading, lever))
    return tuple(candidates)


def applicable(candidates: Sequence[Candidate], facts: Facts) -> Sieved:
    """Hold back the actions whose own `needs` are not surely met."""
    kept, held_back = [], []
    for candidate in candidates:
        needs = candidate.action.needs
        if needs is None or truth(needs, facts) is True:
            kept.append(candidate)
        else:
            leaves = deciding(needs, facts)
            held_back.append(_held_back(candidate, Stage.NOT_APPLICABLE, candidate.action.id, _NOT_APPLICABLE, leaves))
    return Sieved(tuple(kept), tuple(held_back))


def bans(guardrails: Iterable[Rule], recorded: Iterable[Fired], facts: Facts) -> tuple[Ban, ...]:
    """Return everything that is forbidden: the laws first, then the fired guardrails in the order given.

    `recorded` are the same guardrails as the trace keeps them.
    """
    leaves = {fired.rule: fired.leaves for fired in recorded}
    return laws.bans(facts) + tuple(
        Ban(rule.then.kinds, rule.then.actions, rule.id, rule.then.reason, leaves.get(rule.id, ()))
        for rule in guardrails
        if isinstance(rule.then, Suppress)
    )


def ban_on(action: Action, forbidden: Iterable[Ban]) -> Ban | None:
    """Return the first ban that forbids the action, or None. Nothing is shown without asking here."""
    return next((ban for ban in forbidden if action.kind in ban.kinds or action.id in ban.actions), None)


def comply_first(candidates: Iterable[Candidate], forbidden: tuple[Ban, ...]) -> tuple[Ban, ...]:
    """Return the bans, with retention forbidden too when one of them keeps a due `comply` action from the agent."""
    for candidate in candidates:
        ban = ban_on(candidate.action, forbidden) if candidate.action.kind is Kind.COMPLY else None
        if ban is not None:
            return (*forbidden, laws.retain_waits(ban.leaves))
    return forbidden


def suitable(candidates: Sequence[Candidate], forbidden: Iterable[Ban]) -> Sieved:
    """Hold back what a law or a guardrail forbids."""
    kept, held_back = [], []
    known = tuple(forbidden)
    for candidate in candidates:
        ban = ban_on(candidate.action, known)
        if ban is None:
            kept.append(candidate)
        else:
            held_back.append(_held_back(candidate, Stage.SUPPRESSED, ban.by, ban.reason, ban.leaves))
    return Sieved(tuple(kept), tuple(held_back))


def rested(candidates: Sequence[Candidate], facts: Facts) -> Sieved:
    """Hold back what this customer saw within the action's cooldown."""
    kept, held_back = [], []
    for candidate in candidates:
        limit = limits.resting(candidate.action, facts)
        if limit is None:
            kept.append(candidate)
        else:
            held_back.append(_held_back(candidate, Stage.CONTACT_LIMIT, limit.by, limit.reason, limit.leaves))
    return Sieved(tuple(kept), tuple(held_back))


def choose(ranked: Sequence[Ranked], facts: Facts, offer_cap: int) -> tuple[tuple[Ranked, ...], tuple[NotShown, ...]]:
    """Return the ones to show, best first, and the others.

    Going down the ranks, what is shown uses up the offer cap and rules out what contradicts it.
    """
    shown: list[Ranked] = []
    held_back: list[NotShown] = []
    made = limits.offers_made(facts)
    for entry in ranked:
        action = entry.candidate.action
        limit = limits.over_cap(action, made, offer_cap)
        rival = next((other for other in shown if conflict(action, other.candidate.action)), None)
        if limit is not None:
            held_back.append(_held_back(entry.candidate, Stage.CONTACT_LIMIT, limit.by, limit.reason, limit.leaves))
        elif rival is not None:
            title = rival.candidate.action.title
            reason = Text(
                f"Contradiz “{title.pt_br}”, que vem antes.",
                f"It contradicts “{title.en}”, which comes first.",
            )
            held_back.append(_held_back(entry.candidate, Stage.CONFLICT, rival.candidate.action.id, reason))
        elif len(shown) == MOST_SHOWN:
            held_back.append(_held_back(entry.candidate, Stage.RANK, "top_three", _BELOW))
        else:
            shown.append(entry)
            made += action.kind in limits.OFFERS
    return tuple(shown), tuple(held_back)


def recommendation(ranked: Ranked, taken_at: datetime, reason: Text | None = None) -> Recommendation:
    """Return what the agent is told. `reason`: the leading rule's rationale unless given."""
    action, candidate = ranked.candidate.action, ranked.candidate
    why = reason if reason is not None or candidate.leading is None else candidate.leading.rationale
    return Recommendation(
        action=action.id,
        kind=action.kind,
        function=action.function,
        rules=tuple(rule.id for rule in candidate.rules),
        title=action.title,
        steps=action.steps,
        reply=action.reply,
        involve=action.involve,
        due_at=taken_at + timedelta(hours=action.due_in_hours),
        benefit=action.benefit,
        reason=why if why is not None else action.benefit,
        priority=ranked.priority,
        factors=ranked.factors,
    )


def conflict(one: Action, other: Action) -> bool:
    """Tell whether either of the two says that it contradicts the other."""
    return other.id in one.conflicts_with or one.id in other.conflicts_with


def _held_back(
    candidate: Candidate, stage: Stage, by: str, reason: Text, leaves: tuple[LeafResult, ...] = ()
) -> NotShown:
    rules = tuple(rule.id for rule in candidate.rules)
    return NotShown(candidate.action.id, candidate.action.kind, rules, stage, by, reason, leaves)
