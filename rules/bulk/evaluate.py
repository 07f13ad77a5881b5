"""Strata of conditions over columns: which are surely true of which row.

Each distinct leaf of a stratum is one column of truths, worked out once; the conditions are Kleene's and, or and not
of those columns. An `exists` is worked out over the long frame of its items, and grouped back to a column of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from rules.bulk.columns import ROW, Columns
from rules.bulk.leaves import Asked, any_of, every
from rules.conditions import All, AnyOf, Condition, Exists, Not, Test, leaves
from rules.errors import EngineFailed
from rules.vocabulary import COLLECTIONS, FIELDS, Collection, Field
from rules.vocabulary.questions import check_condition

LEAF: Final = "@leaf."

Leaf = Test | Exists


@dataclass(frozen=True, slots=True)
class _Plan:
    """Conditions over a numbered list of distinct leaves; condition n is the nth expression over columns of truths."""

    tests: Mapping[Test, str]
    exists: Mapping[Exists, str]
    names: tuple[str, ...]
    conditions: tuple[pl.Expr, ...]


class BulkEvaluator:
    """Evaluates strata of conditions over columns of facts. Immutable once built, and safe to use from any thread.

    Raise EngineFailed, naming the condition, for one that cannot be evaluated.
    """

    def __init__(
        self,
        conditions: Mapping[str, Mapping[str, Condition]],
        *,
        fields: Mapping[str, Field] = FIELDS,
        collections: Mapping[str, Collection] = COLLECTIONS,
    ) -> None:
        self._plans: dict[str, _Plan] = {}
        self._wheres: dict[str, dict[str, _Where]] = {}
        for stratum, named in conditions.items():
            for name, condition in named.items():
                check_condition(name, condition, fields, collections)
                _check_name(name)
            plan = self._plans[stratum] = _plan(named)
            self._wheres[stratum] = _wheres(plan.exists)

    def fired(self, stratum: str, columns: Columns) -> pl.DataFrame:
        """Return a column of booleans per condition, in the order given: true where it is surely true of that row.

        Raise KeyError for a stratum that was not given.
        """
        plan = self._plans[stratum]
        if not plan.names:
            return pl.DataFrame(height=len(columns))
        asked = Asked(columns.wide, plan.tests)
        frame = asked.frame.with_columns(
            found for name, where in self._wheres[stratum].items() for found in where.met(name, columns)
        )
        truths = frame.with_columns(asked.truth(test).alias(name) for test, name in plan.tests.items())
        surely = [condition.fill_null(False).alias(f"{number}") for number, condition in enumerate(plan.conditions)]
        found = truths.with_columns(surely).select([f"{number}" for number in range(len(surely))])
        found.columns = list(plan.names)
        return found


@dataclass(frozen=True, slots=True)
class _Where:
    """What the `exists` over one collection ask of its items. `names`: the columns they become on the rows."""

    plan: _Plan
    names: tuple[str, ...]

    def met(self, collection: str, columns: Columns) -> list[pl.Series]:
        """Return for each `exists` whether some item of the row surely meets it."""
        nobody = pl.repeat(False, len(columns), dtype=pl.Boolean, eager=True)
        table = columns.items.get(collection)
        if table is None:
            return [nobody.alias(name) for name in self.names]
        asked = Asked(table, self.plan.tests, columns.wide, ROW)
        truths = asked.frame.with_columns(asked.truth(test).alias(name) for test, name in self.plan.tests.items())
        met = truths.select(
            pl.col(ROW).filter(condition).implode().alias(name)
            for name, condition in zip(self.names, self.plan.conditions, strict=True)
        )
        return [nobody.clone().scatter(met[name][0], True).alias(name) for name in self.names]


def _wheres(exists: Mapping[Exists, str]) -> dict[str, _Where]:
    of_collection: dict[str, dict[str, Condition]] = {}
    for node, name in exists.items():
        of_collection.setdefault(node.collection, {})[name] = node.where
    return {collection: _Where(_plan(named), tuple(named)) for collection, named in of_collection.items()}


def _plan(named: Mapping[str, Condition]) -> _Plan:
    found: dict[Leaf, str] = {}
    for condition in named.values():
        for leaf in leaves(condition):
            found.setdefault(leaf, f"{LEAF}{len(found)}")
    return _Plan(
        tests={leaf: name for leaf, name in found.items() if isinstance(leaf, Test)},
        exists={leaf: name for leaf, name in found.items() if isinstance(leaf, Exists)},
        names=tuple(named),
        conditions=tuple(_expression(condition, found) for condition in named.values()),
    )


def _expression(condition: Condition, found: Mapping[Leaf, str]) -> pl.Expr:
    match condition:
        case All(parts):
            return every([_expression(part, found) for part in parts])
        case AnyOf(parts):
            return any_of([_expression(part, found) for part in parts])
        case Not(part):
            return ~_expression(part, found)
        case leaf:
            return pl.col(found[leaf])


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise EngineFailed(
            f"condition {name!r}: it cannot name a column: give it a name without lone surrogates"
        ) from error
