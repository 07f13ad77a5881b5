"""Formulas without negation, and how a large one is cut into rules that the engine can hold.

Nothing here knows the vocabulary. A formula is made of atoms joined by And and Or; it is *surely true* or not, there is
no third value left: the compiler has already pushed every `not` down into the atoms.

The engine is given conjunctions only. An Or becomes several engine rules of one owner; its own `$or` is never used,
since it fires once per path and its stack of 64 overflows on products of branches. With conjunctions the engine's
network is a tree with one leaf per rule, so its stack never holds more entries than the page has rules.

Where distributing And over Or would make too many conjunctions, the widest branch becomes a *part*: a formula of its
own, settled on an earlier page, that later pages read as one property (present means surely true). Equal parts are
settled once, whichever conditions they stand in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rules.engine.names import Names


@dataclass(frozen=True, slots=True, order=True)
class Compare:
    """The property exists and compares so with a whole number. `op` is the engine's: $eq, $neq, $gt …."""

    prop: str
    op: str
    value: int


@dataclass(frozen=True, slots=True, order=True)
class Join:
    """The item's property and the wide fact's both exist, and are equal (or different, when `negated`)."""

    prop: str
    wide: str
    negated: bool


Atom = Compare | Join


@dataclass(frozen=True, slots=True)
class And:
    """All of them; of none: true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them; of none: false."""

    parts: tuple[Formula, ...]


Formula = Compare | Join | And | Or
Conjunction = tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes into one engine page. The defaults are the engine's envelope with room to spare."""

    conjunctions: int = 24
    """Most conjunctions that one And may be distributed into."""
    atoms: int = 60
    """Most atoms in one conjunction, and so most properties that one rule reads."""
    joins: int = 16
    """Most joins in one conjunction: the engine holds 31 entries, of which a join takes one and the frame three."""
    rules: int = 60
    """Most rules on a page; the engine's stack breaks at 65."""
    properties: int = 200
    """Most properties on a page's fact; the engine takes 254."""

    def __post_init__(self) -> None:
        """Refuse limits outside the envelope."""
        within = (
            self.conjunctions >= 1
            and self.atoms >= 2
            and self.joins in range(1, 25)
            and self.rules in range(1, 61)
            and self.atoms + 2 * self.joins <= self.properties <= 240
        )
        if not within:
            raise ValueError(f"{self} is outside what durable-rules does right")


ENVELOPE: Final = Limits()


@dataclass(frozen=True, slots=True)
class Rule:
    """One engine rule: `owner` is the name of a condition, or the property of a part."""

    owner: str
    is_part: bool
    level: int
    atoms: Conjunction


class Splitter:
    """Turns formulas about one kind of fact into rules on levels; a level reads the parts of the levels before it."""

    def __init__(self, names: Names, limits: Limits) -> None:
        self.rules: list[Rule] = []
        self._names = names
        self._limits = limits
        self._parts: dict[Formula, str] = {}
        self._settled: dict[str, int] = {}

    def add(self, owner: str, formula: Formula) -> None:
        """Add the rules under which `owner` is surely true."""
        self._add(owner, formula, is_part=False)

    def _add(self, owner: str, formula: Formula, *, is_part: bool) -> int:
        top = 0
        for atoms in dict.fromkeys(map(self._fitting, self._distributed(formula))):
            level = max((self._settled[atom.prop] + 1 for atom in atoms if atom.prop in self._settled), default=0)
            top = max(top, level)
            self.rules.append(Rule(owner, is_part, level, atoms))
        return top

    def _distributed(self, formula: Formula) -> list[Conjunction]:
        match formula:
            case Or(parts):
                return [atoms for part in parts for atoms in self._distributed(part)]
            case And(parts):
                return self._product(parts)
            case atom:
                return [(atom,)]

    def _product(self, parts: tuple[Formula, ...]) -> list[Conjunction]:
        branches = [self._distributed(part) for part in parts]
        while math.prod(map(len, branches)) > self._limits.conjunctions:
            # At least one branch has two or more: the widest shrinks to one, so the loop ends.
            widest = max(range(len(parts)), key=lambda index: len(branches[index]))
            branches[widest] = [(self._part(Or(tuple(And(atoms) for atoms in branches[widest]))),)]
        product: list[Conjunction] = [()]
        for branch in branches:
            product = [left + right for left in product for right in branch]
        return product

    def _fitting(self, atoms: Iterable[Atom]) -> Conjunction:
        """Return `atoms` sorted, without repeats, and cut to the limits by parts."""
        left = sorted(dict.fromkeys(atoms), key=_rarest_first)
        joins = [atom for atom in left if isinstance(atom, Join)]
        if len(joins) > self._limits.joins:
            tests = [atom for atom in left if not isinstance(atom, Join)]
            left = [*tests, *self._chunked(joins, self._limits.joins)]
        while len(left) > self._limits.atoms:
            left = self._chunked(left, self._limits.atoms)
        return tuple(left)

    def _chunked(self, atoms: Sequence[Atom], size: int) -> list[Atom]:
        return [self._part(And(tuple(atoms[start : start + size]))) for start in range(0, len(atoms), size)]

    def _part(self, formula: Formula) -> Compare:
        prop = self._parts.get(formula)
        if prop is None:
            prop = self._parts[formula] = self._names.give(f"part_{len(self._parts)}")
            self._settled[prop] = self._add(prop, formula, is_part=True)
        return Compare(prop, "$eq", 1)


def _rarest_first(atom: Atom) -> tuple[int, str, str, int]:
    """Order atoms so that the engine drops a fact early and rules share their first tests; joins come last."""
    if isinstance(atom, Join):
        return (3, atom.prop, atom.wide, int(atom.negated))
    rank = 0 if atom.op == "$eq" else 2 if atom.op == "$neq" else 1
    return (rank, atom.prop, atom.op, atom.value)


def paged(rules: Iterable[Rule], limits: Limits) -> tuple[tuple[tuple[Rule, ...], ...], ...]:
    """Return the rules as levels of pages, in order, every page within the limits.

    Rules that begin with the same tests lie together: what one ticket meets is then on few pages.
    """
    levels: dict[int, list[list[Rule]]] = {}
    read = 0
    for rule in sorted(rules, key=_together):
        pages = levels.setdefault(rule.level, [])
        wanted = len(rule.atoms) + 1
        if not pages or len(pages[-1]) == limits.rules or read + wanted > limits.properties:
            pages.append([])
            read = 0
        pages[-1].append(rule)
        read += wanted
    return tuple(tuple(map(tuple, levels[level])) for level in sorted(levels))


def _together(rule: Rule) -> tuple[int, tuple[tuple[int, str, str, int], ...]]:
    return rule.level, tuple(map(_rarest_first, rule.atoms))
