"""What a new set of votes must not touch: how the packs' own example files are classified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.decide import classify
from rules.decide.decider import Decider
from rules.fitting.evidence import Votes
from rules.model import Facts
from rules.rulebook import Calibration, Classify, Function, Rule


@dataclass(frozen=True, slots=True)
class Anchor:
    """One situation: the classification rules that fire in it, and whose work it is with whom along."""

    fired: tuple[Rule, ...]
    primary: Function
    collaborators: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Situations whose classification stays, by the rules that fire in them."""

    by_rule: Mapping[str, Sequence[Anchor]]
    precedence: Sequence[Function]
    calibration: Calibration

    @classmethod
    def of(cls, decider: Decider, situations: Iterable[Facts]) -> Anchors:
        """Return the anchors of some facts, as they are classified now."""
        by_rule: dict[str, list[Anchor]] = {}
        for facts in situations:
            derived, _ = decider.derive(facts)
            _, classification, record = decider.classify(derived)
            fired = tuple(decider.rulebook.rules[entry.rule] for entry in record.fired)
            anchor = Anchor(fired, classification.primary, classification.collaborators)
            for rule in fired:
                by_rule.setdefault(rule.id, []).append(anchor)
        return cls(by_rule, decider.precedence, decider.rulebook.calibration)

    def stand(self, votes: Votes, rule: str) -> bool:
        """Tell whether every situation in which the rule fires is classified as before; `votes` where they changed."""
        return all(self._stands(anchor, votes) for anchor in self.by_rule.get(rule, ()))

    def _stands(self, anchor: Anchor, votes: Votes) -> bool:
        fired = [_with(rule, votes) for rule in anchor.fired]
        found = classify.classify(fired, self.precedence, self.calibration)
        return (found.primary, found.collaborators) == (anchor.primary, anchor.collaborators)


def _with(rule: Rule, votes: Votes) -> Rule:
    if rule.id not in votes or not isinstance(rule.then, Classify):
        return rule
    return replace(rule, then=replace(rule.then, votes=votes[rule.id]))
