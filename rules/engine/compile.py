"""Conditions to engine pages: what a stratum of rules becomes before the engine sees it.

`not` is pushed down to the leaves, where it turns into the opposite test. A leaf on an unknown field is then true in
neither form, which is what makes the engine's two values enough for Kleene's three: a rule fires when its formula is
surely true. Each distinct `exists` is evaluated over its items first; its outcome is known, so it stands in the rules
as a property that is 1 or 0, and `none` wants the 0.

In the engine every rule has properties of its own: what it reads is on the fact under its own names, as the place that
this rule's tests see it in (`rules.engine.places`), and only when the rule is asked. The engine finds tests by the
names on the fact, so a rule that is not asked costs it nothing, and no rule's answer depends on another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test, fields_read, leaves
from rules.engine.encode import Encoding
from rules.engine.formula import And, Compare, Conjunction, Formula, Join, Limits, Or, Rule, Splitter, paged
from rules.engine.names import KIND, ONE, Names, PageNames
from rules.engine.places import Place, place_of
from rules.engine.subject import Subject
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field
from rules.vocabulary.questions import check_condition

Read = tuple[int, ...]
"""What a line reads: what its text is filled with."""
WIDE_KIND: Final = 1
ITEM_KIND: Final = 2
SIGNALS: Final = "signals"


@dataclass(frozen=True, slots=True)
class Line:
    """One conjunction as the engine is asked it.

    `text` is what stands on the fact, to be filled with the place of each property of `reads` and then with the code of
    each of the join keys `keys`. `sole` are the only places that a value of each property can stand in when all tests
    of the line hold; None when there are several, or joins. `gate` stands on the fact once for all lines that share
    it. A line that joins has a text on the wide fact too. `owner` is a condition's name, or the property of a part.
    """

    owner: str
    is_part: bool
    atoms: Conjunction
    gate: str
    text: str
    reads: Mapping[str, Place]
    sole: Read | None
    keys: tuple[str, ...] = ()
    wide_text: str = ""
    wide_reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page before it is live: the engine's definition of each rule, and its line under the same name."""

    rules: Mapping[str, Any]
    lines: Mapping[str, Line]


Levels = tuple[tuple[PagePlan, ...], ...]
Pattern = Callable[[Rule, int, PageNames], tuple[list[dict[str, Any]], Line]]


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

    reads_signals: bool
    wide: Encoding
    collections: tuple[CollectionPlan, ...]
    levels: Levels


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary that conditions are written in."""

    fields: Mapping[str, Field]
    collections: Mapping[str, Collection]


OURS: Final = Words(FIELDS, COLLECTIONS)


def compile_stratum(conditions: Mapping[str, Condition], limits: Limits, words: Words = OURS) -> StratumPlan:
    """Return the plan of one stratum. Raise EngineFailed, naming the condition, for one that cannot be evaluated."""
    for name, condition in conditions.items():
        check_condition(name, condition, words.fields, words.collections)
    names = Names()
    every = [leaf for condition in conditions.values() for leaf in leaves(condition)]
    wide = Subject(words.fields, names, "", (leaf for leaf in every if isinstance(leaf, Test)))
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
    read = {name for condition in conditions.values() for name in fields_read(condition)}
    return StratumPlan(
        SIGNALS in read,
        wide.encoding(),
        tuple(_collection(words, name, nodes, names, limits) for name, nodes in of_collection.items()),
        _levels(splitter.rules, limits, _wide_pattern),
    )


def _collection(
    words: Words, collection: str, nodes: Mapping[Exists, str], names: Names, limits: Limits
) -> CollectionPlan:
    tests = [leaf for node in nodes for leaf in _tests(node)]
    items = Subject(words.collections[collection].fields, names, collection, tests)
    wide = Subject(words.fields, names, "joined", ())

    def lower(leaf: Test | Exists, positive: bool) -> Formula:  # noqa: FBT001 - called by position, one caller
        if not isinstance(leaf, Test):
            raise TypeError(leaf)  # refused by check_condition
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


def _levels(rules: list[Rule], limits: Limits, pattern: Pattern) -> Levels:
    names = PageNames()
    return tuple(tuple(_page(page, pattern, names) for page in level) for level in paged(rules, limits))


def _page(rules: tuple[Rule, ...], pattern: Pattern, names: PageNames) -> PagePlan:
    definitions = {}
    lines = {}
    for index, rule in enumerate(rules):
        name = f"r{index}"
        patterns, lines[name] = pattern(rule, index, names)
        definitions[name] = {"all": patterns}
    return PagePlan(definitions, lines)


def _every(tests: list[dict[str, Any]]) -> dict[str, Any]:
    return tests[0] if len(tests) == 1 else {"$and": tests}


def _tests_of(
    rule: Rule, number: int, names: PageNames
) -> tuple[list[dict[str, Any]], str, dict[str, Place], Read | None]:
    """Return the rule's own tests on one fact, what stands on that fact for them, their properties and `Line.sole`.

    A rule that tests nothing is asked with a property that is always 1.
    """
    atoms: dict[str, list[Compare]] = {}
    for atom in rule.atoms:
        if isinstance(atom, Compare):
            atoms.setdefault(atom.prop, []).append(atom)
    if not atoms:
        asked = names.test(number, 0)
        return [{asked: 1}], f',"{asked}":1', {}, ()
    given = {prop: names.test(number, place) for place, prop in enumerate(atoms)}
    places = {prop: place_of(found) for prop, found in atoms.items()}
    reads = {prop: place for prop, (place, _) in places.items()}
    tests = [
        _test(given[atom.prop], atom.op, reads[atom.prop].of(atom.value))
        for atom in rule.atoms
        if isinstance(atom, Compare)
    ]
    sole = tuple(place for _, place in places.values() if place is not None)
    return tests, _text(given.values()), reads, sole if len(sole) == len(places) else None


def _test(name: str, op: str, value: int) -> dict[str, Any]:
    return {name: value} if op == "$eq" else {op: {name: value}}


def _text(names: Iterable[str]) -> str:
    return "".join(f',"{name}":%d' for name in names)


def _wide_pattern(rule: Rule, number: int, names: PageNames) -> tuple[list[dict[str, Any]], Line]:
    tests, text, reads, sole = _tests_of(rule, number, names)
    gate = names.gate(number // names.GROUP)
    line = Line(rule.owner, rule.is_part, rule.atoms, f',"{gate}":1', text, reads, sole)
    return [{"t": _every([{gate: 1}, *tests])}], line


def _item_pattern(rule: Rule, number: int, names: PageNames) -> tuple[list[dict[str, Any]], Line]:
    """Return the item's pattern, behind the wide fact's when there is something to join.

    Every property joined on is first tested for being there: a missing one breaks the evaluation off. The last
    test between the facts is one that always holds: the engine reads past its buffer after a last one that fails.
    """
    tests, text, reads, sole = _tests_of(rule, number, names)
    tests.insert(0, {KIND: ITEM_KIND})
    joins = [atom for atom in rule.atoms if isinstance(atom, Join)]
    if not joins:
        return [{"i": _every(tests)}], Line(rule.owner, rule.is_part, rule.atoms, "", text, reads, sole)
    asked = names.other(number, "joined")
    keys = {prop: names.other(number, "item", at) for at, prop in enumerate(dict.fromkeys(one.prop for one in joins))}
    wides = {prop: names.other(number, "wide", at) for at, prop in enumerate(dict.fromkeys(one.wide for one in joins))}
    wide: list[dict[str, Any]] = [{KIND: WIDE_KIND}, {asked: 1}]
    wide += [{"$ex": {name: 1}} for name in (ONE, *wides.values())]
    tests += [{"$ex": {name: 1}} for name in (ONE, *keys.values())]
    for join in joins:
        test = {keys[join.prop]: {"t": wides[join.wide]}}
        tests.append({"$neq": test} if join.negated else test)
    tests.append({"$gte": {ONE: {"t": ONE}}})
    line = Line(
        rule.owner,
        rule.is_part,
        rule.atoms,
        "",
        text + _text(keys.values()),
        reads,
        None,
        tuple(keys),
        f',"{asked}":1{_text(wides.values())}',
        tuple(wides),
    )
    return [{"t": _every(wide)}, {"i": _every(tests)}], line
