"""Which examples bear witness to a rule: those inside it, and the example files that name it.

An example that fails, or whose facts cannot be, proves nothing and is no witness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.check.example_files import Situations, asked_for, comes_out, seen_by
from rules.check.trial import CHECKED_AT
from rules.conditions import Condition
from rules.decide import Decider
from rules.decide.account import is_turned
from rules.engine import ReferenceEvaluator, truth
from rules.errors import FactsInvalid
from rules.facts import facts_from_given
from rules.loader import Reading
from rules.loader.build import Draft
from rules.loader.example_files import BookExample
from rules.loader.sources import Layer
from rules.model import Facts
from rules.rulebook import Rule, Rulebook, Status


@dataclass(frozen=True, slots=True)
class Witness:
    """Facts of which an example says whether the rule holds. `path` and `line` are the example's."""

    name: str
    path: str
    line: int
    facts: Facts
    holds: bool


@dataclass(frozen=True, slots=True)
class Play:
    """An example file that passes: its facts, and what each rule sees of them."""

    example: BookExample
    facts: Facts
    seen: Mapping[str, Facts]


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that examples say of the rules that were asked for, in id order."""

    rulebook: Rulebook
    rules: tuple[tuple[Draft, Rule], ...]
    plays: tuple[Play, ...]
    witnesses: Mapping[str, tuple[Witness, ...]]


def bench(reading: Reading, rulebook: Rulebook, only: Iterable[str] | None = None) -> Bench:
    """Return what the examples of a reading say of the live rules that were asked for (of those in `only`)."""
    wanted = None if only is None else set(only)
    rules = [
        (draft, draft.item)
        for draft in sorted(reading.drafts.values(), key=lambda draft: draft.id)
        if isinstance(draft.item, Rule)
        and draft.layer is not Layer.CONTEXT
        and draft.item.status is not Status.DEPRECATED
        and (wanted is None or draft.id in wanted)
    ]
    plays = _plays(rulebook, asked_for(reading))
    witnesses = {rule.id: (*own(rule), *_named(rule, plays)) for _, rule in rules}
    return Bench(rulebook, tuple(rules), plays, witnesses)


def holds(rule: Rule, condition: Condition, facts: Facts) -> bool:
    """Return whether the rule would hold with `condition` as its `when`, by the plain definition."""
    found = truth(condition, facts)
    return found is not False if is_turned(rule) else found is True


def own(rule: Rule, taken_at: datetime = CHECKED_AT) -> Sequence[Witness]:
    """Return the examples inside the rule that come out as they expect."""
    found = []
    for example in rule.examples:
        try:
            facts = facts_from_given(example.given, taken_at)
        except FactsInvalid:
            continue
        if holds(rule, rule.when, facts) is example.matches:
            found.append(Witness(example.name, rule.origin.path, example.line, facts, example.matches))
    return found


def _plays(rulebook: Rulebook, examples: Iterable[BookExample]) -> tuple[Play, ...]:
    wanted = tuple(examples)
    if not wanted:
        return ()
    plays = []
    situations = Situations(rulebook)
    with Decider(rulebook, ReferenceEvaluator) as decider:
        for example in wanted:
            try:
                facts = situations.facts(example)
            except FactsInvalid:
                continue
            if comes_out(example, decider.decide(facts)):
                plays.append(Play(example, facts, seen_by(decider, facts)))
    return tuple(plays)


def _named(rule: Rule, plays: Iterable[Play]) -> Iterable[Witness]:
    for play in plays:
        expect = play.example.expect
        if rule.id in play.seen and rule.id in (*expect.fires, *expect.silent):
            origin = play.example.origin
            yield Witness(
                play.example.name, origin.path, origin.line, play.seen[rule.id], holds=rule.id in expect.fires
            )
