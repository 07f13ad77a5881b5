"""A third opinion: conditions without collections as SQL, where NULL is what nobody knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from rules.conditions import All, AnyOf, Condition, Not, Op, Test, leaves
from rules.model import Facts
from rules.vocabulary import FIELDS, Type

COMPARISONS = {Op.EQUALS: "=", Op.IS: "=", Op.ABOVE: ">", Op.AT_LEAST: ">=", Op.BELOW: "<", Op.AT_MOST: "<="}
MEMBERS = (Op.HAS, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE)


class SqlOracle:
    """A table with a column per field and per set member that the conditions ask for."""

    def __init__(self, conditions: dict[str, Condition]) -> None:
        self._tests = [leaf for tree in conditions.values() for leaf in leaves(tree)]
        asked = [name for test in self._tests for name in _asked(test)]
        self._columns = {name: f"c{index}" for index, name in enumerate(dict.fromkeys(asked))}
        self._parameters: list[object] = []
        self._names = tuple(conditions)
        self._select = ", ".join(self._sql(tree) for tree in conditions.values())

    def fired(self, facts: Sequence[Facts]) -> list[frozenset[str]]:
        """Return, for each of `facts`, the names of the conditions that SQL finds true."""
        database = sqlite3.connect(":memory:")
        try:
            columns = list(self._columns.values())
            database.execute(f"CREATE TABLE facts (n INTEGER PRIMARY KEY{''.join(', ' + name for name in columns)})")
            for row in facts:
                cells = [_cell(row, name) for name in self._columns]
                database.execute(  # no value is in the text: names of columns are ours, values are bound
                    f"INSERT INTO facts ({', '.join(['n', *columns])}) VALUES (NULL{', ?' * len(columns)})",  # noqa: S608 - see above
                    cells,
                )
            rows = database.execute(
                f"SELECT {self._select} FROM facts ORDER BY n",  # noqa: S608 - see above
                self._parameters,
            ).fetchall()
        finally:
            database.close()
        return [frozenset(name for name, cell in zip(self._names, row, strict=True) if cell == 1) for row in rows]

    def _sql(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return "(1" + "".join(f" AND {self._sql(part)}" for part in parts) + ")"
            case AnyOf(parts):
                return "(0" + "".join(f" OR {self._sql(part)}" for part in parts) + ")"
            case Not(part):
                return f"(NOT {self._sql(part)})"
            case Test():
                return f"({self._leaf(condition)})"
        raise AssertionError(condition)

    def _leaf(self, test: Test) -> str:
        column = self._columns[test.field]
        match test.op:
            case Op.KNOWN:
                return f"{column} IS {'NOT ' if test.value else ''}NULL"
            case Op.SAME_AS:
                return f"{column} = {self._columns[str(test.value)]}"
            case Op.BETWEEN:
                return f"{column} BETWEEN {self._bound(test.value[0])} AND {self._bound(test.value[1])}"
            case Op.IN:
                return f"CASE WHEN {column} IS NOT NULL THEN {column} IN ({self._list(test.value)}) END"
            case Op.NOT_IN:
                return f"CASE WHEN {column} IS NOT NULL THEN {column} NOT IN ({self._list(test.value)}) END"
            case Op.HAS:
                return self._columns[test.field, test.value]
            case Op.HAS_ANY | Op.HAS_ALL | Op.HAS_NONE:
                members = [self._columns[test.field, value] for value in test.value]
                met = (" AND " if test.op is Op.HAS_ALL else " OR ").join(members) or str(int(test.op is Op.HAS_ALL))
                return f"CASE WHEN {column} IS NOT NULL THEN {'NOT ' if test.op is Op.HAS_NONE else ''}({met}) END"
            case op:
                return f"{column} {COMPARISONS[op]} {self._bound(test.value)}"

    def _list(self, values) -> str:
        return ", ".join(self._bound(value) for value in values)

    def _bound(self, value: object) -> str:
        self._parameters.append(_stored(value))
        return "?"


def _asked(test: Test) -> Iterator[object]:
    yield test.field
    if test.op is Op.SAME_AS:
        yield str(test.value)
    if test.op in MEMBERS:
        for value in test.value if isinstance(test.value, tuple) else (test.value,):
            yield (test.field, value)


def _cell(facts: Facts, name: object) -> object:
    """Return what stands in the column of a field, or of (field, member)."""
    field, member = name if isinstance(name, tuple) else (name, None)
    value = facts.signals if field == "signals" else facts.values.get(field)
    if value is None:
        return None
    if FIELDS[field].type is Type.SET:
        return 1 if member is None else int(member in value)
    return _stored(value)


def _stored(value: object) -> object:
    """Return `value` as SQLite keeps it apart from every other: texts as bytes, for it takes no lone surrogates."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
