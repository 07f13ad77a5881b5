"""Every branch of an `any` is the reason of some matching example: a branch nobody proved may never be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from rules.conditions import All, AnyOf, Condition, Exists, Not
from rules.engine import truth
from rules.errors import FactsInvalid
from rules.facts import facts_from_given
from rules.loader.build import Draft
from rules.loader.findings import Finding
from rules.loader.yaml_strict import Place
from rules.model import Facts
from rules.rulebook import Rule

Rebuild = Callable[[Condition], Condition]


def check(draft: Draft, rule: Rule, taken_at: datetime) -> Iterator[Finding]:
    """Yield a finding for each branch that no matching example is met through, and through it alone."""
    matching = _matching(rule, taken_at)
    for place, only, without in _branches(rule.when, ("when",), lambda whole: whole):
        met = [facts for facts in matching if truth(only, facts) is True]
        if not met:
            yield draft.finding("example.branch_unmet", place)
        elif not any(_decides(without, facts) for facts in met):
            yield draft.finding("example.branch_idle", place)


def never_met(rule: Rule, taken_at: datetime) -> Iterator[tuple[Place, Condition]]:
    """Yield (place, the whole with this branch only) for each branch that no matching example is met through."""
    matching = _matching(rule, taken_at)
    for place, only, _ in _branches(rule.when, ("when",), lambda whole: whole):
        if not any(truth(only, facts) is True for facts in matching):
            yield place, only


def _matching(rule: Rule, taken_at: datetime) -> list[Facts]:
    """Return the facts of the examples that match, as they should."""
    matching = []
    for example in rule.examples:
        if example.matches:
            try:
                matching.append(facts_from_given(example.given, taken_at))
            except FactsInvalid:
                continue  # has its own finding
    return [facts for facts in matching if truth(rule.when, facts) is True]


def _decides(without: Condition, facts: Facts) -> bool:
    return truth(without, facts) is not True


def _branches(condition: Condition, place: Place, rebuild: Rebuild) -> Iterator[tuple[Place, Condition, Condition]]:
    """Yield (place, the whole with this branch only, the whole without it) for each branch of each `any`.

    Under a `not` a branch makes the rule hold less often, so there is nothing to be met.
    """
    match condition:
        case All(parts) | AnyOf(parts):
            word, group = ("all", All) if isinstance(condition, All) else ("any", AnyOf)
            for index, part in enumerate(parts):
                here: Place = (*place, word, index)
                if isinstance(condition, AnyOf) and len(parts) > 1:
                    yield here, rebuild(part), rebuild(AnyOf(_without(parts, index)))

                def within(new: Condition, index: int = index) -> Condition:
                    return rebuild(group((*parts[:index], new, *parts[index + 1 :])))

                yield from _branches(part, here, within)
        case Exists(collection, where):
            inner: Place = (*place, "exists", "where")
            yield from _branches(where, inner, lambda new: rebuild(Exists(collection, new)))
        case Not():
            return


def _without(parts: tuple[Condition, ...], index: int) -> tuple[Condition, ...]:
    return parts[:index] + parts[index + 1 :]
