"""Branch coverage of rules: for which leaves the examples show, both ways, that they decide.

A leaf is covered when some example in which it is true would come out otherwise were it false, and some example in
which it is false would come out otherwise were it true, everything else being as it is. That is modified
condition/decision coverage in its masking form (Chilenski and Miller, "Applicability of modified condition/decision
coverage to software testing", Software Engineering Journal 9(5), 1994; the forms compared in Chilenski, "An
investigation of three forms of the MC/DC criterion", DOT/FAA/AR-01/18, 2001), asked of one example at a time: what
"independently affects the outcome" means is said by flipping the leaf, so leaves of the same field are told apart.

The leaves are the tests. A test inside `exists` or `none` is flipped for one item at a time. The outcome is whether the
rule holds; unknown is neither true nor false, so a leaf that nobody knows covers nothing. Examples that fail do not
count. Example files count for the rules they name under `fires` or `silent`, with the facts as those rules see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules.check.normal import ALWAYS, NEVER
from rules.check.spots import Spot, leaf_spots, written
from rules.check.witnesses import Bench, Witness, holds
from rules.conditions import Condition, Exists, Test, Truth
from rules.engine.reference import looking_at, matching, test_truth
from rules.loader.build import Draft
from rules.model import Facts
from rules.rulebook import Rule
from rules.sentences import say
from rules.text import Locale


@dataclass(frozen=True, slots=True)
class LeafCover:
    """One test of a rule. `when_true` and `when_false` name the first example in which it decides, being that.

    `collection`: whose items it asks, None for the ticket and customer. `line` and `column` are the test's.
    """

    leaf: Test
    collection: str | None
    line: int
    column: int
    when_true: str | None
    when_false: str | None

    @property
    def covered(self) -> bool:
        """Whether examples show that it decides both ways."""
        return self.when_true is not None and self.when_false is not None

    @property
    def words(self) -> str:
        """The test as the file could write it, with its collection in front."""
        return f"{self.collection}: {written(self.leaf)}" if self.collection else written(self.leaf)

    def said(self, locale: Locale) -> str:
        """Return the test as a sentence."""
        return say(Exists(self.collection, self.leaf) if self.collection else self.leaf, locale)


@dataclass(frozen=True, slots=True)
class RuleCover:
    """The leaves of one rule, in the order written."""

    rule: str
    path: str
    line: int
    leaves: tuple[LeafCover, ...]

    @property
    def pack(self) -> str:
        """The pack the rule is in."""
        return self.rule.partition(".")[0]

    @property
    def covered(self) -> int:
        """How many leaves are covered."""
        return sum(leaf.covered for leaf in self.leaves)

    @property
    def percent(self) -> float:
        """The share of leaves that are covered, 0 to 100."""
        return percent(self.covered, len(self.leaves))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every rule's leaves, worst rule first (ties by id)."""

    rules: tuple[RuleCover, ...]

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return sum(len(rule.leaves) for rule in self.rules)

    @property
    def covered(self) -> int:
        """How many of them are covered."""
        return sum(rule.covered for rule in self.rules)

    @property
    def percent(self) -> float:
        """The share of all leaves that are covered, 0 to 100."""
        return percent(self.covered, self.leaves)

    def packs(self) -> Iterator[tuple[str, int, int]]:
        """Yield (pack, leaves covered, leaves) by pack id."""
        for pack in sorted({rule.pack for rule in self.rules}):
            own = [rule for rule in self.rules if rule.pack == pack]
            yield pack, sum(rule.covered for rule in own), sum(len(rule.leaves) for rule in own)


def percent(part: int, whole: int) -> float:
    """Return a share as 0 to 100; of nothing, all is covered."""
    return 100.0 * part / whole if whole else 100.0


def cover(bench: Bench) -> Coverage:
    """Return the coverage of every rule on the bench."""
    found = [_rule(draft, rule, bench.witnesses[rule.id]) for draft, rule in bench.rules]
    return Coverage(tuple(sorted(found, key=lambda rule: (rule.percent, rule.rule))))


def _rule(draft: Draft, rule: Rule, witnesses: Sequence[Witness]) -> RuleCover:
    leaves = tuple(_leaf(draft, rule, spot, witnesses) for spot in leaf_spots(rule.when, draft.document))
    return RuleCover(rule.id, rule.origin.path, rule.origin.line, leaves)


def _leaf(draft: Draft, rule: Rule, spot: Spot, witnesses: Iterable[Witness]) -> LeafCover:
    decided: dict[bool, str] = {}
    for witness in witnesses:
        for found, flipped in _flips(spot, witness.facts):
            if found not in decided and holds(rule, flipped, witness.facts) is not witness.holds:
                decided[found] = witness.name
        if len(decided) == 2:
            break
    line, column = draft.document.key_at(spot.place)
    leaf = spot.condition
    if not isinstance(leaf, Test):
        raise TypeError(leaf)
    return LeafCover(leaf, spot.collection, line, column, decided.get(True), decided.get(False))


def _flips(spot: Spot, facts: Facts) -> Iterator[tuple[bool, Condition]]:
    """Yield (what the leaf is, the whole condition with it the other way); nothing where nobody knows."""
    if spot.within is None:
        found = _truth(spot.condition, facts)
        if found is not None:
            yield found, spot.rebuild(NEVER if found else ALWAYS)
        return
    around = spot.within.condition
    if not isinstance(around, Exists) or spot.inner is None or not isinstance(spot.condition, Test):
        raise TypeError(around)
    items = facts.collections.get(around.collection, ())
    alone = [Facts(facts.values, facts.signals, {around.collection: (item,)}, facts.taken_at) for item in items]
    met = [matching(around, one) > 0 for one in alone]
    for index, item in enumerate(items):
        found = test_truth(spot.condition, item.get, facts)
        if found is None:
            continue
        flipped = Exists(around.collection, spot.inner(NEVER if found else ALWAYS))
        exists = matching(flipped, alone[index]) > 0 or any(met[:index]) or any(met[index + 1 :])
        yield found, spot.within.rebuild(ALWAYS if exists else NEVER)


def _truth(leaf: Condition, facts: Facts) -> Truth:
    if not isinstance(leaf, Test):
        raise TypeError(leaf)
    return test_truth(leaf, looking_at(facts), facts)
