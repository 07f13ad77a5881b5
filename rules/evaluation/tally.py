"""What a file of labelled tickets adds up to. Memory grows with the kinds of things counted, never with the tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.evaluation.confusion import Confusion, Pair
from rules.evaluation.reliability import Reliability
from rules.model import Decision, Fired
from rules.rulebook import Classify, Function, Rule, Rulebook, RuleKind


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled ticket and what was decided of it.

    `slices`: what the ticket is counted under besides, such as ("language", "en"). `collaborators` and
    `recommendations` are what the row expects, `source` where it comes from; None where it says nothing.
    """

    line: int
    id: str
    text: str
    expected: Function
    decision: Decision
    slices: tuple[tuple[str, str], ...] = ()
    collaborators: frozenset[Function] | None = None
    recommendations: tuple[str, ...] | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Error:
    """A ticket that went to another function than expected, what that costs, and how it came about.

    `signals` are those that were read, `fired` the classification rules with the conditions that made them true.
    """

    line: int
    id: str
    text: str
    expected: Function
    decided: Function
    cost: float
    confidence: float
    needs_triage: bool
    scores: Mapping[Function, int]
    signals: tuple[str, ...]
    fired: tuple[Fired, ...]

    @property
    def rank(self) -> tuple[float, float, int]:
        """What orders errors: the dearest first, of these the surest, of these the first in the file."""
        return (-self.cost, -self.confidence, self.line)


def _error(judged: Judged, cost: float) -> Error:
    decision = judged.decision
    return Error(
        line=judged.line,
        id=judged.id,
        text=judged.text,
        expected=judged.expected,
        decided=decision.primary,
        cost=cost,
        confidence=decision.confidence,
        needs_triage=decision.needs_triage,
        scores=dict(decision.scores),
        signals=tuple(sorted(decision.facts.signals)),
        fired=tuple(entry for entry in decision.trace.fired if entry.kind is RuleKind.CLASSIFICATION),
    )


@dataclass(slots=True)
class RuleCount:
    """How often a classification rule fired, voted, was right about the function it stands for, and misled.

    A rule that only names who works along fires and does not vote. It misled when the ticket went wrong to a function
    that the rule stands for.
    """

    fired: int = 0
    voted: int = 0
    right: int = 0
    misled: int = 0

    @property
    def precision(self) -> float | None:
        """Share of its votes in tickets that were the work of the function that the rule stands for."""
        return self.right / self.voted if self.voted else None


@dataclass(slots=True)
class Asides:
    """What rows may expect besides the function: in how many it is said, and in how many it came out so.

    `collaborators`: exactly these functions. `first`: the first expected recommendation is the first shown.
    `shown`: every expected recommendation is among those shown.
    """

    collaborators: int = 0
    collaborators_right: int = 0
    recommendations: int = 0
    first: int = 0
    shown: int = 0


@dataclass(slots=True)
class Tally:
    """Everything counted over some tickets. `costs` is what errors cost, `keep` how many of the dearest are kept."""

    costs: Mapping[Pair, float]
    keep: int
    whole: Confusion = field(default_factory=Confusion)
    slices: dict[tuple[str, str], Confusion] = field(default_factory=dict)
    covered: Counter[Function] = field(default_factory=Counter)
    """Tickets by expected function in which a rule that votes for this function fired."""
    triage: int = 0
    rules: dict[str, RuleCount] = field(default_factory=dict)
    shadow: dict[str, RuleCount] = field(default_factory=dict)
    """The same of rules that are still evaluated in shadow."""
    reliability: Reliability = field(default_factory=Reliability)
    asides: Asides = field(default_factory=Asides)
    errors: list[Error] = field(default_factory=list)

    def fresh(self) -> Tally:
        """Return a tally of nothing, with the same costs and as much room."""
        return Tally(dict(self.costs), self.keep)

    def take(self, judged: Judged, rulebook: Rulebook) -> None:
        """Count one ticket; the rulebook is the one that decided."""
        decision, expected = judged.decision, judged.expected
        pair = (expected, decision.primary)
        is_right = decision.primary is expected
        self.whole.counts[pair] += 1
        for key in judged.slices:
            self.slices.setdefault(key, Confusion()).counts[pair] += 1
        self.triage += decision.needs_triage
        self.reliability.take(decision.confidence, is_right=is_right)
        self._rules(judged, rulebook)
        self._asides(judged)
        if not is_right:
            self.errors.append(_error(judged, self.costs.get(pair, 0.0)))
            self._trim()

    def add(self, other: Tally) -> None:
        """Count what another tally counted."""
        self.whole.counts.update(other.whole.counts)
        for key, confusion in other.slices.items():
            self.slices.setdefault(key, Confusion()).counts.update(confusion.counts)
        self.covered.update(other.covered)
        self.triage += other.triage
        self.reliability.add(other.reliability)
        for mine, theirs in ((self.rules, other.rules), (self.shadow, other.shadow)):
            for name, count in theirs.items():
                held = mine.setdefault(name, RuleCount())
                held.fired += count.fired
                held.voted += count.voted
                held.right += count.right
                held.misled += count.misled
        for name in Asides.__slots__:
            setattr(self.asides, name, getattr(self.asides, name) + getattr(other.asides, name))
        self.errors += other.errors
        self._trim(slack=0)

    @property
    def coverage(self) -> float | None:
        """Share of tickets in which a rule that votes for the expected function fired."""
        return self.covered.total() / self.whole.total if self.whole.total else None

    def coverage_of(self, function: Function) -> float | None:
        """Return the same for the tickets of one function."""
        meant = self.whole.expected(function)
        return self.covered[function] / meant if meant else None

    def dearest(self) -> tuple[Error, ...]:
        """Return the errors that are kept, the dearest first."""
        return tuple(sorted(self.errors, key=lambda error: error.rank)[: self.keep])

    def _rules(self, judged: Judged, rulebook: Rulebook) -> None:
        decision, expected = judged.decision, judged.expected
        is_right = decision.primary is expected
        is_covered = False
        for fired, counts in ((decision.trace.fired, self.rules), (decision.trace.shadow, self.shadow)):
            for entry in fired:
                if entry.kind is not RuleKind.CLASSIFICATION:
                    continue
                rule = rulebook.rules[entry.rule]
                count = counts.setdefault(entry.rule, RuleCount())
                meant = stands_for(rule)
                count.fired += 1
                count.voted += bool(meant)
                count.right += expected in meant
                if counts is self.rules:
                    count.misled += not is_right and decision.primary in meant
                    is_covered |= isinstance(rule.then, Classify) and rule.then.votes.get(expected, 0) > 0
        self.covered[expected] += is_covered

    def _asides(self, judged: Judged) -> None:
        asides, decision = self.asides, judged.decision
        if judged.collaborators is not None:
            asides.collaborators += 1
            asides.collaborators_right += judged.collaborators == frozenset(decision.collaborators)
        if judged.recommendations is not None:
            shown = [entry.action for entry in decision.recommendations]
            asides.recommendations += 1
            asides.first += judged.recommendations[:1] == tuple(shown[:1])
            asides.shown += set(judged.recommendations) <= set(shown)

    def _trim(self, slack: int = 64) -> None:
        """Let go of errors that are not among the dearest; seldom, because it sorts."""
        if len(self.errors) > self.keep + slack:
            self.errors = list(self.dearest())


def stands_for(rule: Rule) -> frozenset[Function]:
    """Return the functions with the rule's highest vote, one that it does not name counting as 0; none without a vote.

    A rule that only votes against a function therefore stands for all others.
    """
    votes = rule.then.votes if isinstance(rule.then, Classify) else {}
    if not any(votes.values()):
        return frozenset()
    most = max(votes.get(function, 0) for function in Function)
    return frozenset(function for function in Function if votes.get(function, 0) == most)
