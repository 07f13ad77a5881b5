"""Engine and reference asked the same: the short words that the engine's tests are written in."""

from __future__ import annotations

from contextlib import closing

from engine_cases import NOW

from rules.conditions import Condition
from rules.engine import DurableEvaluator, ReferenceEvaluator
from rules.engine.formula import ENVELOPE, Limits
from rules.model import Facts

HOSTILE = (
    *("", " ", "a", "a\x00", "a\x00b", "\x00", "\ud800", "\udfff", "é", "e\u0301", "日本語", "\U0001f4a9", "\u2028"),
    *('"', "\\", '\\"', "'", '","kind":"wide', "true", "null", "0", "1", "1.0", "-0", "1e-7", "$or", "a.b", "$forward"),
    *("t439599", "t622382", "x" * 1_000, "x" * 999 + "y", "x" * 70_000, "x" * 65_536 + "x" * 70_000),
)


def facts(values=None, signals=(), **collections) -> Facts:
    return Facts(values or {}, frozenset(signals), {name: tuple(items) for name, items in collections.items()}, NOW)


def agreed(conditions: dict[str, Condition], *tried: Facts, limits: Limits = ENVELOPE) -> list[frozenset[str]]:
    """Return what fired on each of `tried`; durable-rules and the reference agree on it."""
    reference = ReferenceEvaluator({"only": conditions})
    with closing(DurableEvaluator({"only": conditions}, limits=limits)) as durable:
        found = [durable.fired("only", one) for one in tried]

    assert [reference.fired("only", one) for one in tried] == found
    return found


def fires(condition: Condition, *tried: Facts, limits: Limits = ENVELOPE) -> list[bool]:
    return ["it" in names for names in agreed({"it": condition}, *tried, limits=limits)]
