"""Conditions over the whole vocabulary, drawn either by Hypothesis or by a seeded random source.

Everything that comes out is accepted by the loader: a test holds it to that.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Protocol

from hypothesis import strategies as st

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test, leaves
from rules.loader.conditions import MAX_DEPTH, MAX_QUESTIONS
from rules.vocabulary import COLLECTIONS, FIELDS, MAX_NUMBER, OPS, Field, Type

TEXTUAL = (Type.TEXT, Type.ENUM)
LISTS = (Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE)
AWKWARD = (
    *("crm", "CRM", " crm ", "a", "1", "1.234,5", "-30", "true", "on hold", "Threatens to leave", "cancel_request"),
    *("“quoted”", "`back`", '"straight"', "it's", "back\\slash", "\\", "\\”", "ends with \\", "\\n", "\\u{41}"),
    *("a, b", "x, and the severity is high", "o texto diz “a”, ou então", "none of these:", ":", "- item", ", or", "."),
    *("line\nbreak", "tab\there", "\r", "\x00", "\x85", "\u2028", "\u00a0", "\u200b", "\ufeff", "\ud800", "\U0001f4a9"),
    *("é", "e\u0301", "日本語", "ß", "İ", "{v}", "{n}", "#", "@", "[a|b]", "(c|d)", "%", "%s", "{}", "x" * 300),
)
REAL = (
    0.0,
    0.1,
    0.1 + 0.2,
    0.07,
    0.29,
    0.57,
    0.9,
    1.0,
    1.5,
    1e-7,
    5e-324,
    4_999.99,
    1_234.5,
    1e15,
    2.0**49 + 0.5,
    100.0,
)
WHOLE = (0, 1, 2, 9, 10, 30, 90, 999, 1_000, 12_345, 1_000_000, 10**15)


class Source(Protocol):
    """Where decisions come from."""

    def pick(self, options: Sequence[Any]) -> Any:
        """Return one of the options."""

    def whole(self, low: int, high: int) -> int:
        """Return a whole number between both, both included."""

    def real(self, low: float, high: float) -> float:
        """Return a finite number between both, both included."""

    def text(self) -> str:
        """Return any short text, perhaps empty."""


class Dice:
    """Decisions of a seeded random source: fast, for runs that are counted."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - tests, repeatable by the seed

    def pick(self, options):
        return self._random.choice(options)

    def whole(self, low, high):
        return self._random.randint(low, high)

    def real(self, low, high):
        drawn = self._random.uniform(low, high) if self._random.random() < 0.5 else self._random.expovariate(0.01)
        return min(max(round(drawn, self._random.randint(0, 17)), low), high)

    def text(self):
        letters = "abc ABC,.;:“”`\"'\\-%0189éçã\n\t\u00a0"
        return "".join(self._random.choices(letters, k=self._random.randint(0, 12)))


class Drawn:
    """Decisions of Hypothesis, so that what fails is shrunk."""

    def __init__(self, draw) -> None:
        self._draw = draw

    def pick(self, options):
        return self._draw(st.sampled_from(options))

    def whole(self, low, high):
        return self._draw(st.integers(low, high))

    def real(self, low, high):
        return self._draw(st.floats(low, high, allow_nan=False))

    def text(self):
        return self._draw(st.text(max_size=20))


@st.composite
def conditions(draw) -> Condition:
    """Draw any condition that the loader accepts."""
    return Maker(Drawn(draw)).condition()


class Maker:
    """Makes conditions of one source's decisions."""

    def __init__(self, source: Source, signals: Sequence[str] = ("cancel_request", "outage", "Sinal ç", "a.b")) -> None:
        self._source = source
        self._signals = signals
        self._left = MAX_QUESTIONS

    def condition(self) -> Condition:
        """Return a condition of at most the loader's depth and number of leaves."""
        self._left = self._source.pick((1, 2, 4, 6, 12, MAX_QUESTIONS))
        return self._tree(self._source.pick((1, 2, 3, 4, 5, MAX_DEPTH)), None)

    def leaf(self) -> Test:
        """Return one question about the ticket or the customer."""
        return self._leaf(None)

    def _tree(self, depth: int, inside: str | None) -> Condition:
        shape = self._source.pick(("leaf", All, AnyOf, All, AnyOf, Not, Exists)) if depth > 1 else "leaf"
        if shape is Exists and inside is None:
            name = self._source.pick(tuple(COLLECTIONS))
            return Exists(name, self._tree(depth - 1, name))
        if shape is Not:
            return Not(self._tree(depth - 1, inside))
        if shape in {All, AnyOf}:
            count = self._source.pick((1, 2, 2, 3, 4, 5))
            parts = [self._tree(depth - 1, inside)]
            while len(parts) < count and self._left > 0:
                parts.append(self._tree(depth - 1, inside))
            return shape(tuple(parts))
        return self._leaf(inside)

    def _leaf(self, inside: str | None) -> Test:
        self._left -= 1
        fields = FIELDS if inside is None else COLLECTIONS[inside].fields
        # the types are drawn first: there are three sets and twenty-six numbers
        kind = self._source.pick(tuple(dict.fromkeys(field.type for field in fields.values())))
        field = self._source.pick(tuple(field for field in fields.values() if field.type is kind))
        others = self._comparable(field)
        ops = [op for op in Op if op in OPS[kind] and (op is not Op.SAME_AS or others)]
        op = self._source.pick(ops)
        return Test(field.name, op, self._asked(field, op, others))

    def _asked(self, field: Field, op: Op, others: Sequence[str]) -> Any:
        match op:
            case Op.KNOWN:
                return self._source.pick((True, False))
            case Op.SAME_AS:
                return self._source.pick(others)
            case Op.BETWEEN:
                return tuple(sorted((self._value(field), self._value(field))))
        if op in LISTS:
            count = self._source.pick((1, 1, 2, 2, 3, 4, 7))
            return tuple(dict.fromkeys(self._value(field) for _ in range(count)))
        return self._value(field)

    def _comparable(self, field: Field) -> tuple[str, ...]:
        return tuple(
            other.name
            for other in FIELDS.values()
            if field.type in TEXTUAL
            and other.type in TEXTUAL
            and other is not field
            and not (field.values and other.values and not set(field.values) & set(other.values))
        )

    def _value(self, field: Field) -> Any:
        match field.type:
            case Type.FLAG:
                return self._source.pick((True, False))
            case Type.INTEGER | Type.NUMBER:
                return self._number(field)
            case Type.SET if field.name == "signals":
                return self._source.pick(self._signals)
            case Type.ENUM | Type.SET if field.values:
                return self._source.pick(field.values)
        text = self._source.pick(AWKWARD) if self._source.pick((True, False)) else self._source.text()
        return text if field.type is Type.TEXT or text.strip() else "blank"

    def _number(self, field: Field) -> int | float:
        low = -MAX_NUMBER if field.minimum is None else field.minimum
        high = MAX_NUMBER if field.maximum is None else field.maximum
        pool: list[float] = [value for value in (*WHOLE, *(-value for value in WHOLE)) if low <= value <= high]
        if field.type is Type.INTEGER:
            return (
                int(self._source.pick(pool))
                if self._source.pick((True, False))
                else self._source.whole(int(low), int(high))
            )
        pool += [value for value in (*REAL, *(-value for value in REAL)) if low <= value <= high]
        drawn = self._source.pick(pool) if self._source.pick((True, False)) else self._source.real(low, high)
        return float(drawn) + 0.0


def size(condition: Condition) -> int:
    """Return how many leaves a condition has, those about items among them."""
    return sum(size(leaf.where) if isinstance(leaf, Exists) else 1 for leaf in leaves(condition))
