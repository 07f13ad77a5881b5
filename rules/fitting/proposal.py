"""Votes proposed, and the proof that they help where they were not fitted: one source left out at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rules.decide import laws
from rules.decide.classify import THRESHOLD
from rules.evaluation import Confusion
from rules.fitting.anchors import Anchors
from rules.fitting.evidence import Evidence, Fold, Pattern, Votes, folds
from rules.fitting.regression import Floats, Problem, fitted, steepness_of
from rules.fitting.whole import taken_back, walked
from rules.rulebook import Classify, Function, Rulebook, RuleKind, Status

FEWEST: Final = 10
"""Fewer firings than this move no vote."""
PULLS: Final = (0.3, 1.0, 3.0, 10.0, 30.0)
"""How hard votes are held to those in force; which of them serves best is found on tickets left out."""
_INNER: Final = 5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Tickets left out: how they are decided by the votes in force, and by votes fitted without them."""

    name: str | None
    before: Confusion
    after: Confusion


@dataclass(frozen=True, slots=True)
class Change:
    """One vote as it is and as it is proposed, of a rule that fired so often."""

    rule: str
    function: Function
    before: int
    after: int
    fired: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, and how it does on tickets that it was not fitted to.

    `mended` and `broken` count tickets that only the fitted, only the present votes decide rightly. `by_source` tells
    whether sources were left out, or parts of the rows. `pull` is how hard the votes were held.
    """

    changes: tuple[Change, ...]
    votes: Votes
    held_out: tuple[HeldOut, ...]
    before: Confusion
    after: Confusion
    mended: int
    broken: int
    by_source: bool
    pull: float
    few: tuple[str, ...]
    """Rules that fired, but too seldom for their votes to be fitted."""

    @property
    def helps(self) -> bool:
        """Whether it changes something, and for the better: a higher macro-F1, and more tickets mended than broken."""
        before, after = self.before.macro_f1, self.after.macro_f1
        return (
            bool(self.changes)
            and before is not None
            and after is not None
            and after > before
            and self.mended > self.broken
        )


@dataclass(frozen=True, slots=True)
class Fitter:
    """Fits the votes of some rules. `mine` are the rules that may change, `fewest` the firings that it takes.

    `precedence` breaks ties as the decider does; `anchors` are what must stay.
    """

    rulebook: Rulebook
    mine: frozenset[str]
    anchors: Anchors
    fewest: int = FEWEST
    precedence: Sequence[Function] = tuple(Function)

    @property
    def votes(self) -> Votes:
        """The votes in force."""
        return {
            rule.id: rule.then.votes
            for rule in self.rulebook.rules_of(RuleKind.CLASSIFICATION)
            if isinstance(rule.then, Classify)
        }

    def propose(self, evidence: Evidence, advance: Callable[[], None] = lambda: None) -> Proposal:
        """Return what the evidence proposes; `advance` is called once for each fold, and at the end."""
        patterns, counts = evidence.patterns, evidence.counts
        held_out, before, after = [], Counter[tuple[Function, Function]](), Counter[tuple[Function, Function]]()
        mended = broken = 0
        outer = evidence.folds()
        for fold in outer if len(outer) > 1 else ():
            votes, _ = self._fit(fold.rest, counts, by_source=evidence.by_source)
            one = HeldOut(fold.name, Confusion(), Confusion())
            for pattern in fold.held_out:
                was, now = self._decide(pattern, self.votes), self._decide(pattern, votes)
                number = counts[pattern]
                one.before.counts[pattern.expected, was] += number
                one.after.counts[pattern.expected, now] += number
                mended += number * (was is not pattern.expected and now is pattern.expected)
                broken += number * (was is pattern.expected and now is not pattern.expected)
            before.update(one.before.counts)
            after.update(one.after.counts)
            held_out.append(one)
            advance()
        votes, pull = self._fit(patterns, counts, by_source=evidence.by_source)
        advance()
        fired = _firings(patterns, counts)
        return Proposal(
            changes=tuple(self._changes(votes, fired)),
            votes=votes,
            held_out=tuple(held_out),
            before=Confusion(before),
            after=Confusion(after),
            mended=mended,
            broken=broken,
            by_source=evidence.by_source,
            pull=pull,
            few=tuple(sorted(name for name in self._adjustable() if 0 < fired[name] < self.fewest)),
        )

    def _adjustable(self) -> list[str]:
        """Return the rules whose votes may change: live ones of ours that do vote."""
        return [
            name
            for name, votes in self.votes.items()
            if name in self.mine and any(votes.values()) and self.rulebook.rules[name].status is not Status.EXPERIMENTAL
        ]

    def _fit(
        self, patterns: Sequence[Pattern], counts: Mapping[Pattern, int], *, by_source: bool
    ) -> tuple[Votes, float]:
        """Return whole votes fitted to some tickets, and the pull that serves best among these tickets."""
        fired = _firings(patterns, counts)
        free = [name for name in self._adjustable() if fired[name] >= self.fewest]
        problem = Problem.of(patterns, counts, self.votes, free)
        steepness = steepness_of(problem)
        pull = self._pull(folds(patterns, by_source=by_source, most=_INNER), counts, free)
        target = fitted(problem, pull, steepness)

        def stays(votes: Floats, index: int) -> bool:
            return self.anchors.stand(self._whole(problem, votes), problem.rules[index])

        whole = walked(problem, target, pull, steepness, stays)
        return self._whole(problem, taken_back(problem, whole, self.precedence, stays)), pull

    def _pull(self, inner: Sequence[Fold], counts: Mapping[Pattern, int], free: Sequence[str]) -> float:
        """Return the pull under which votes fitted to some of the tickets explain the others best."""
        if len(inner) < 2:
            return PULLS[-1]
        losses = dict.fromkeys(PULLS, 0.0)
        for fold in inner:
            known = Problem.of(fold.rest, counts, self.votes, free)
            unseen = Problem.of(fold.held_out, counts, self.votes, free)
            steepness = steepness_of(known)
            for pull in PULLS:
                losses[pull] += unseen.loss(unseen.scores(fitted(known, pull, steepness)), steepness)
        return min(PULLS, key=lambda pull: (losses[pull], -pull))

    def _whole(self, problem: Problem, votes: Floats) -> Votes:
        """Return every rule's votes: whole numbers, without those that are 0 unless the rule has always said so."""
        found = dict(self.votes)
        for name, row in zip(problem.rules, votes, strict=True):
            given = {function: round(float(vote)) for function, vote in zip(Function, row, strict=True)}
            held = self.votes[name]
            found[name] = {f: vote for f, vote in given.items() if vote or held.get(f) == 0}
        return found

    def _decide(self, pattern: Pattern, votes: Votes) -> Function:
        scores = {f: sum(votes[name].get(f, 0) for name in pattern.fired) for f in self.precedence}
        return laws.one_primary(scores, self.precedence, needs_triage=max(scores.values()) < THRESHOLD)

    def _changes(self, votes: Votes, fired: Mapping[str, int]) -> list[Change]:
        return [
            Change(name, function, held.get(function, 0), votes[name].get(function, 0), fired[name])
            for name, held in sorted(self.votes.items())
            for function in Function
            if held.get(function, 0) != votes[name].get(function, 0)
        ]


def _firings(patterns: Sequence[Pattern], counts: Mapping[Pattern, int]) -> Counter[str]:
    fired: Counter[str] = Counter()
    for pattern in patterns:
        for name in pattern.fired:
            fired[name] += counts[pattern]
    return fired
