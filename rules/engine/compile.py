"""Conditions to engine pages: what a stratum of rules becomes before the engine sees it.

`not` is pushed down to the leaves, where it turns into the opposite test. A leaf on an unknown field is then true in
neither form, which is what makes the engine's two values enough for Kleene's three: a rule fires when its formula is
surely true. Each distinct `exists` is evaluated over its items first; its outcome is known, so it stands in the rules
as a property that is 1 or 0, and `none` wants the 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test, leaves
from rules.engine.encode import Encoding
from rules.engine.formula import And, Atom, Compare, Formula, Join, Limits, Or, Rule, Splitter, paged
from rules.engine.names import KIND, ONE, Names
from rules.engine.subject import Subject, check_comparable
from rules.errors import EngineFailed
from rules.vocabulary import COLLECTIONS, FIELDS

WIDE_KIND: Final = "wide"
ITEM_KIND: Final = "item"
MAX_DEPTH: Final = 100
"""Deepest nesting of a condition: far past what a person writes, and far from Python's own limit."""


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page before it is live. `owners`: engine rule -> (condition or property, whether it is a part's property).

    `reads` are the properties that its rules read on the facts; `wide_reads` those they join on the wide fact.
    """

    rules: Mapping[str, Any]
    owners: Mapping[str, tuple[str, bool]]
    reads: tuple[str, ...]
    wide_reads: tuple[str, ...]


Levels = tuple[tuple[PagePlan, ...], ...]


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """How the `exists` over one collection are evaluated. `outcomes`: their properties on the wide fact."""

    collection: str
    outcomes: tuple[str, ...]
    items: Encoding
    wide: Encoding
    levels: Levels


@dataclass(frozen=True, slots=True)
class StratumPlan:
    """How one stratum is evaluated: its collections first, then its levels in order."""

    wide: Encoding
    collections: tuple[CollectionPlan, ...]
    levels: Levels


def compile_stratum(conditions: Mapping[str, Condition], limits: Limits) -> StratumPlan:
    """Return the plan of one stratum. Raise EngineFailed, naming the condition, for one that cannot be evaluated."""
    for name, condition in conditions.items():
        _check(name, condition)
    names = Names()
    every = [leaf for condition in conditions.values() for leaf in leaves(condition)]
    wide = Subject(FIELDS, names, "", (leaf for leaf in every if isinstance(leaf, Test)))
    found = dict.fromkeys(leaf for leaf in every if isinstance(leaf, Exists))
    outcomes = {leaf: names.give(f"exists_{index}_{leaf.collection}") for index, leaf in enumerate(found)}

    def lower(leaf: Test | Exists, positive: bool) -> Formula:  # noqa: FBT001 - called by position, one caller
        if isinstance(leaf, Exists):
            return Compare(outcomes[leaf], "$eq", int(positive))
        return wide.lower(leaf, positive=positive)

    splitter = Splitter(names, limits)
    for name, condition in conditions.items():
        splitter.add(name, _formula(condition, lower))
    of_collection: dict[str, dict[Exists, str]] = {}
    for leaf, prop in outcomes.items():
        of_collection.setdefault(leaf.collection, {})[leaf] = prop
    return StratumPlan(
        wide.encoding(),
        tuple(_collection(name, nodes, names, limits) for name, nodes in of_collection.items()),
        _levels(splitter.rules, limits, _wide_pattern),
    )


def _collection(collection: str, nodes: Mapping[Exists, str], names: Names, limits: Limits) -> CollectionPlan:
    tests = [leaf for node in nodes for leaf in _tests(node)]
    items = Subject(COLLECTIONS[collection].fields, names, collection, tests)
    wide = Subject(FIELDS, names, "joined", ())

    def lower(leaf: Test | Exists, positive: bool) -> Formula:  # noqa: FBT001 - called by position, one caller
        if not isinstance(leaf, Test):
            raise TypeError(leaf)  # refused by _check
        if leaf.op is not Op.SAME_AS:
            return items.lower(leaf, positive=positive)
        return Join(items.key(leaf.field), wide.key(str(leaf.value)), not positive)

    splitter = Splitter(names, limits)
    for node, prop in nodes.items():
        splitter.add(prop, _formula(node.where, lower))
    levels = _levels(splitter.rules, limits, _item_pattern)
    return CollectionPlan(collection, tuple(nodes.values()), items.encoding(), wide.encoding(), levels)


def _tests(node: Exists) -> Iterator[Test]:
    return (leaf for leaf in leaves(node.where) if isinstance(leaf, Test))


def _check(name: str, condition: Condition) -> None:
    """Raise EngineFailed naming the condition when a leaf of it cannot be evaluated."""
    unnamed = Names()
    try:
        _check_depth(condition)
        for leaf in leaves(condition):
            if isinstance(leaf, Test):
                Subject(FIELDS, unnamed, "", (leaf,)).lower(leaf, positive=True)
            else:
                _check_exists(leaf)
    except EngineFailed as error:
        raise EngineFailed(f"condition {name!r}: {error}") from error


def _check_depth(condition: Condition) -> None:
    level: list[Condition] = [condition]
    for _ in range(MAX_DEPTH):
        level = [part for parent in level for part in _parts(parent)]
        if not level:
            return
    raise EngineFailed(f"it is nested more than {MAX_DEPTH} deep: make it flatter")


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case All(parts) | AnyOf(parts):
            return parts
        case Not(part) | Exists(_, part):
            return (part,)
        case _:
            return ()


def _check_exists(node: Exists) -> None:
    collection = COLLECTIONS.get(node.collection)
    if collection is None:
        raise EngineFailed(f"there is no collection {node.collection!r}; there are {', '.join(COLLECTIONS)}")
    wide = Subject(FIELDS, Names(), "", ())
    for leaf in leaves(node.where):
        if isinstance(leaf, Exists):
            raise EngineFailed(f"exists in {node.collection}: a `where` holds tests on the item, no further exists")
        field = Subject(collection.fields, Names(), "", (leaf,)).field(leaf)
        if leaf.op is Op.SAME_AS:
            check_comparable(field, wide.named(str(leaf.value)))


def _formula(
    condition: Condition, lower: Callable[[Test | Exists, bool], Formula], *, positive: bool = True
) -> Formula:
    match condition:
        case Not(part):
            return _formula(part, lower, positive=not positive)
        case All(parts) | AnyOf(parts):
            both = isinstance(condition, All) is positive
            lowered = tuple(_formula(part, lower, positive=positive) for part in parts)
            return And(lowered) if both else Or(lowered)
        case leaf:
            return lower(leaf, positive)


def _levels(rules: list[Rule], limits: Limits, pattern: Callable[[tuple[Atom, ...]], list[dict[str, Any]]]) -> Levels:
    return tuple(tuple(_page(page, pattern) for page in level) for level in paged(rules, limits))


def _page(rules: tuple[Rule, ...], pattern: Callable[[tuple[Atom, ...]], list[dict[str, Any]]]) -> PagePlan:
    atoms = [atom for rule in rules for atom in rule.atoms]
    return PagePlan(
        rules={f"r{index}": {"all": pattern(rule.atoms)} for index, rule in enumerate(rules)},
        owners={f"r{index}": (rule.owner, rule.is_part) for index, rule in enumerate(rules)},
        reads=tuple(sorted({atom.prop for atom in atoms})),
        wide_reads=tuple(sorted({atom.wide for atom in atoms if isinstance(atom, Join)})),
    )


def _test(atom: Compare) -> dict[str, Any]:
    return {atom.prop: atom.value} if atom.op == "$eq" else {atom.op: {atom.prop: atom.value}}


def _every(tests: list[dict[str, Any]]) -> dict[str, Any]:
    return tests[0] if len(tests) == 1 else {"$and": tests}


def _wide_pattern(atoms: tuple[Atom, ...]) -> list[dict[str, Any]]:
    return [{"t": _every([{KIND: WIDE_KIND}, *(_test(atom) for atom in atoms if isinstance(atom, Compare))])}]


def _item_pattern(atoms: tuple[Atom, ...]) -> list[dict[str, Any]]:
    """Return the item's pattern, behind the wide fact's when there is something to join.

    Every property joined on is first tested for being there: a missing one breaks the evaluation off. The last
    test between the facts is one that always holds: the engine reads past its buffer after a last one that fails.
    """
    tests: list[dict[str, Any]] = [{KIND: ITEM_KIND}]
    tests += [_test(atom) for atom in atoms if isinstance(atom, Compare)]
    joins = [atom for atom in atoms if isinstance(atom, Join)]
    if not joins:
        return [{"i": _every(tests)}]
    wide: list[dict[str, Any]] = [{KIND: WIDE_KIND}]
    wide += [{"$ex": {prop: 1}} for prop in dict.fromkeys((ONE, *(join.wide for join in joins)))]
    tests += [{"$ex": {prop: 1}} for prop in dict.fromkeys((ONE, *(join.prop for join in joins)))]
    for join in joins:
        test = {join.prop: {"t": join.wide}}
        tests.append({"$neq": test} if join.negated else test)
    tests.append({"$gte": {ONE: {"t": ONE}}})
    return [{"t": _every(wide)}, {"i": _every(tests)}]
