"""The smallest case that still fails as a large one did, so that a person can read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from backends_files import BookCase
from decide_books import book
from engine_cases import Case

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.model import Facts

AnyCase = Case | BookCase


def smallest(case: AnyCase, fails: Callable[[AnyCase], bool]) -> AnyCase:
    """Return a case that `fails` and of which nothing can be left out."""
    while True:
        for smaller in _smaller(case):
            if fails(smaller):
                case = smaller
                break
        else:
            return case


def _smaller(case: AnyCase) -> Iterator[AnyCase]:
    """Yield the case with something left out, the largest cuts first."""
    for facts in _shorter(case.facts):
        yield replace(case, facts=facts)
    yield from _smaller_book(case) if isinstance(case, BookCase) else _smaller_conditions(case)
    for index, one in enumerate(case.facts):
        for less in _forgotten(one):
            yield replace(case, facts=(*case.facts[:index], less, *case.facts[index + 1 :]))


def _smaller_conditions(case: Case) -> Iterator[Case]:
    for kept in _shorter(tuple(case.conditions.items())):
        yield replace(case, conditions=dict(kept))
    for name, condition in case.conditions.items():
        for simpler in _simpler(condition):
            yield replace(case, conditions=case.conditions | {name: simpler})


def _smaller_book(case: BookCase) -> Iterator[BookCase]:
    rules = tuple(case.rulebook.rules.values())
    for kept in _shorter(rules):
        yield replace(case, rulebook=book(*kept))
    for index, rule in enumerate(rules):
        for when in _simpler(rule.when):
            yield replace(case, rulebook=book(*rules[:index], replace(rule, when=when), *rules[index + 1 :]))


def _shorter(parts: tuple) -> Iterator[tuple]:
    """Yield the tuple without one of its halves, quarters, … and single parts; never empty."""
    size = len(parts) // 2
    while size:
        for start in range(0, len(parts), size):
            if left := parts[:start] + parts[start + size :]:
                yield left
        size //= 2


def _simpler(condition: Condition) -> Iterator[Condition]:
    match condition:
        case All(parts) | AnyOf(parts):
            yield from parts
            for left in _shorter(parts):
                yield replace(condition, parts=left)
            for index, part in enumerate(parts):
                yield from (
                    replace(condition, parts=(*parts[:index], one, *parts[index + 1 :])) for one in _simpler(part)
                )
        case Not(part):
            yield from (part, *map(Not, _simpler(part)))
        case Exists(_, where):
            yield from (replace(condition, where=simpler) for simpler in _simpler(where))
        case Test(_, op, tuple(values)) if op is not Op.BETWEEN:
            yield from (replace(condition, value=left) for left in _shorter(values))


def _forgotten(facts: Facts) -> Iterator[Facts]:
    for name in facts.values:
        yield replace(facts, values={other: value for other, value in facts.values.items() if other != name})
    for signal in facts.signals:
        yield replace(facts, signals=facts.signals - {signal})
    for name, items in facts.collections.items():
        yield replace(facts, collections={other: held for other, held in facts.collections.items() if other != name})
        for left in _shorter(items):
            yield replace(facts, collections={**facts.collections, name: left})
        for index, item in enumerate(items):
            for key in item:
                less = {other: value for other, value in item.items() if other != key}
                kept = (*items[:index], less, *items[index + 1 :])
                yield replace(facts, collections={**facts.collections, name: kept})
