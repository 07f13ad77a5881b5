"""Mutation testing of rules: of the small faults that could be in a rule, which would an example notice?

Mutants are judged by the reference evaluator: that the live engine says the same is held by tests of its own, and a
page of the engine per mutant would cost a hundred times as much. A fault in `when` is noticed when an example of the
rule comes out otherwise than it expects, or when an example file does; a fault in `then` by example files alone, for
the examples inside a rule say only whether it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from rules.check.coverage import percent
from rules.check.example_files import comes_out
from rules.check.mutants import Mutant, mutants
from rules.check.witnesses import Bench, Play, holds
from rules.decide import Decider
from rules.engine import ReferenceEvaluator
from rules.rulebook import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Verdict:
    """A mutant and the first example that notices it; None: it survives (unless it is equivalent)."""

    mutant: Mutant
    noticed_by: str | None

    @property
    def survives(self) -> bool:
        """Whether no example notices a fault that could be noticed."""
        return self.noticed_by is None and not self.mutant.equivalent


@dataclass(frozen=True, slots=True)
class RuleScore:
    """The mutants of one rule, in the order of the file."""

    rule: str
    path: str
    line: int
    verdicts: tuple[Verdict, ...]

    @property
    def pack(self) -> str:
        """The pack the rule is in."""
        return self.rule.partition(".")[0]

    @property
    def counted(self) -> int:
        """How many mutants could be noticed."""
        return sum(not verdict.mutant.equivalent for verdict in self.verdicts)

    @property
    def noticed(self) -> int:
        """How many of them are."""
        return sum(verdict.noticed_by is not None and not verdict.mutant.equivalent for verdict in self.verdicts)

    @property
    def percent(self) -> float:
        """The share that is noticed, 0 to 100."""
        return percent(self.noticed, self.counted)

    def survivors(self) -> Iterator[Mutant]:
        """Yield the mutants that no example notices."""
        return (verdict.mutant for verdict in self.verdicts if verdict.survives)


@dataclass(frozen=True, slots=True)
class Mutation:
    """Every rule's mutants, worst rule first (ties by id)."""

    rules: tuple[RuleScore, ...]

    @property
    def counted(self) -> int:
        """How many mutants could be noticed."""
        return sum(rule.counted for rule in self.rules)

    @property
    def noticed(self) -> int:
        """How many of them are."""
        return sum(rule.noticed for rule in self.rules)

    @property
    def equivalent(self) -> int:
        """How many plainly change nothing and are not counted."""
        return sum(verdict.mutant.equivalent for rule in self.rules for verdict in rule.verdicts)

    @property
    def percent(self) -> float:
        """The share that is noticed, 0 to 100."""
        return percent(self.noticed, self.counted)


def mutate(bench: Bench) -> Mutation:
    """Return what the examples notice of every mutant of every rule on the bench."""
    judge = _Judge(bench)
    found = [
        RuleScore(
            rule.id,
            rule.origin.path,
            rule.origin.line,
            tuple(Verdict(mutant, judge.noticed_by(rule, mutant)) for mutant in mutants(rule, draft.document)),
        )
        for draft, rule in bench.rules
    ]
    return Mutation(tuple(sorted(found, key=lambda score: (score.percent, score.rule))))


@dataclass(frozen=True, slots=True)
class _Judge:
    bench: Bench

    def noticed_by(self, rule: Rule, mutant: Mutant) -> str | None:
        """Return the name of the first example that notices the mutant."""
        if mutant.equivalent:
            return None
        if mutant.in_when:
            for witness in self.bench.witnesses[rule.id]:
                if holds(mutant.rule, mutant.rule.when, witness.facts) is not witness.holds:
                    return witness.name
        plays = [play for play in self.bench.plays if self._touched(rule, mutant, play)]
        if not plays:
            return None
        with Decider(_with(self.bench.rulebook, mutant.rule), ReferenceEvaluator) as decider:
            for play in plays:
                if not comes_out(play.example, decider.decide(play.facts)):
                    return play.example.name
        return None

    def _touched(self, rule: Rule, mutant: Mutant, play: Play) -> bool:
        """Tell whether the example could come out otherwise at all: what a rule sees does not depend on the rule."""
        facts = play.seen[rule.id]
        held = holds(rule, rule.when, facts)
        return held is not holds(mutant.rule, mutant.rule.when, facts) if mutant.in_when else held


def _with(rulebook: Rulebook, rule: Rule) -> Rulebook:
    rules: Mapping[str, Rule] = MappingProxyType({**rulebook.rules, rule.id: rule})
    return replace(rulebook, rules=rules)
