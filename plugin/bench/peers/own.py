"""Sidecue in the contest, and two yardsticks in plain Python. `python -m plugin.bench.peers.own NAME`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from plugin.bench.peers.contestant import Engine, Fires, serve
from plugin.bench.peers.workload import ENUMS, FLAGS, INTEGERS, NUMBERS, SETS, expected
from rules.conditions import All, AnyOf, Condition, Op, Test
from rules.engine import DurableEvaluator
from rules.model import Facts
from rules.text import Text
from rules.vocabulary import Field, Source, Type

_ORDER: Final = {"gt": Op.ABOVE, "ge": Op.AT_LEAST, "lt": Op.BELOW, "le": Op.AT_MOST}
_SYMBOLS: Final = {"gt": ">", "lt": "<", "ge": ">=", "le": "<="}
_NOW: Final = datetime(2026, 11, 21, tzinfo=UTC)


def vocabulary() -> dict[str, Field]:
    """Return the workload's forty fields."""
    kinds = dict.fromkeys(INTEGERS, Type.INTEGER) | dict.fromkeys(NUMBERS, Type.NUMBER)
    kinds |= dict.fromkeys(ENUMS, Type.ENUM) | dict.fromkeys(FLAGS, Type.FLAG) | dict.fromkeys(SETS, Type.SET)
    values = {**ENUMS, **SETS}
    return {
        name: Field(name, kind, Source.STATED, Text(name, name), values=tuple(values.get(name, ())))
        for name, kind in kinds.items()
    }


def condition(rule: Mapping[str, Any]) -> Condition:
    """Return a rule of the workload as a condition tree."""
    groups = [tuple(map(_test, group)) for group in rule["all"]]
    return All(tuple(group[0] if len(group) == 1 else AnyOf(group) for group in groups))


def _test(test: Sequence[Any]) -> Condition:
    name, op, value = test
    match op:
        case "has":
            return Test(name, Op.HAS, value)
        case "eq":
            return Test(name, Op.IS, value)
        case "ne":
            return Test(name, Op.NOT_IN, (value,))
        case _:
            return Test(name, _ORDER[op], value)


def facts_of(ticket: Mapping[str, Any]) -> Facts:
    """Return a ticket's facts."""
    values = dict(ticket)
    for name in SETS:
        if name in values:
            values[name] = frozenset(values[name])
    return Facts(values, frozenset(), {}, _NOW)


def sidecue(rules: Sequence[Mapping[str, Any]]) -> Fires:
    """Return Sidecue's live evaluator, from dict to fired rules."""
    return _evaluating(rules, remembers=True)


def sidecue_asking(rules: Sequence[Mapping[str, Any]]) -> Fires:
    """Return the live evaluator made to put every question to durable-rules anew, also one that it has answered."""
    return _evaluating(rules, remembers=False)


def _evaluating(rules: Sequence[Mapping[str, Any]], *, remembers: bool) -> Fires:
    conditions = {rule["id"]: condition(rule) for rule in rules}
    evaluator = DurableEvaluator({"book": conditions}, fields=vocabulary(), remembers=remembers)
    return lambda ticket: evaluator.fired("book", facts_of(ticket))


def python_compiled(rules: Sequence[Mapping[str, Any]]) -> Fires:
    """Return a function written out from the rules: what a page of `if` costs, and what no admin may edit live."""
    lines = ["def fires(ticket):", " look = ticket.get; out = []"]
    lines += [f" {name} = look({name!r}, NAN)" for name in (*INTEGERS, *NUMBERS)]
    lines += [f" {name} = look({name!r})" for name in (*ENUMS, *FLAGS)]
    lines += [f" {name} = look({name!r}, ())" for name in SETS]
    for rule in rules:
        groups = [" or ".join(map(_written, group)) for group in rule["all"]]
        lines.append(f" if {' and '.join(f'({group})' for group in groups)}: out.append({rule['id']!r})")
    lines.append(" return out")
    names: dict[str, Any] = {"NAN": float("nan")}
    exec(compile("\n".join(lines), "<workload>", "exec"), names)  # noqa: S102 - our own workload, the yardstick itself
    found: Fires = names["fires"]
    return found


def _written(test: Sequence[Any]) -> str:
    name, op, value = test
    match op:
        case "has":
            return f"{value!r} in {name}"
        case "ne":
            return f"{name} is not None and {name} != {value!r}"
        case "eq":
            return f"{name} is {value}" if isinstance(value, bool) else f"{name} == {value!r}"
        case _:
            return f"{name} {_SYMBOLS[op]} {value!r}"


def python_definition(rules: Sequence[Mapping[str, Any]]) -> Fires:
    """Return the workload's own definition: the slow and plain one."""
    return lambda ticket: expected(rules, ticket)


ENGINES: Final[Mapping[str, Engine]] = {
    "sidecue": sidecue,
    "sidecue_asking": sidecue_asking,
    "python_compiled": python_compiled,
    "python_definition": python_definition,
}

if __name__ == "__main__":
    serve(ENGINES[sys.argv[1]])
