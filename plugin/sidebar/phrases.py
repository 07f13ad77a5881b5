"""Conditions in words: what a rule asked, and what it saw.

One line per leaf: a label, the value that was seen, what the rule asks for, and whether that was met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from plugin.i18n import Words
from plugin.i18n.moments import money, number, share
from plugin.sidebar.names import Names
from rules.conditions import Op, Scalar
from rules.model import LeafResult
from rules.vocabulary import COLLECTIONS, FIELDS
from rules.vocabulary.words import VALUE_WORDS

MONEY_FIELDS: Final = frozenset({"customer.mrr"})
SIGNAL_FIELD: Final = "signals"
EXISTS: Final = "exists"

_OPPOSITE: Final[Mapping[str, str]] = MappingProxyType(
    {
        Op.ABOVE: Op.AT_MOST,
        Op.AT_MOST: Op.ABOVE,
        Op.BELOW: Op.AT_LEAST,
        Op.AT_LEAST: Op.BELOW,
        Op.IN: Op.NOT_IN,
        Op.NOT_IN: Op.IN,
        Op.HAS: Op.HAS_NONE,
        Op.HAS_ANY: Op.HAS_NONE,
        Op.HAS_NONE: Op.HAS_ANY,
    }
)
"""What a test asks when it stands under a `not`."""
_SET_OPS: Final = frozenset({Op.HAS, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE})


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as a person reads it. `outcome` is met, failed or open (nobody knows)."""

    label: str
    seen: str
    asked: str
    outcome: str


class Phrases:
    """Tells conditions in one language; `currency` is the customer's, for amounts."""

    def __init__(self, words: Words, names: Names, currency: str | None = None) -> None:
        self._words = words
        self._names = names
        self._currency = currency

    def lines(self, leaves: Iterable[LeafResult], *, made_true: bool) -> tuple[Line, ...]:
        """Return one line per leaf, in order, each said once.

        `made_true`: the leaves made their condition true; else they stood between it and true. A leaf that came out
        the other way stood under a `not`, and is told as the opposite question.
        """
        return tuple(dict.fromkeys(self.line(leaf, made_true=made_true) for leaf in leaves))

    def line(self, leaf: LeafResult, *, made_true: bool) -> Line:
        """Return one leaf in words."""
        outcome = "open" if leaf.truth is None else "met" if made_true else "failed"
        if leaf.field == SIGNAL_FIELD and leaf.op in _SET_OPS:
            return self._signal_line(leaf, outcome)
        if leaf.field in COLLECTIONS:
            return self._collection_line(leaf, outcome)
        under_not = leaf.truth is not None and leaf.truth is not made_true
        return Line(self.title(leaf.field), self._seen(leaf), self._asked(leaf, under_not=under_not), outcome)

    def title(self, field: str) -> str:
        """Return what a field is called."""
        known = FIELDS.get(field)
        if known is not None:
            return known.title.read(self._words.locale)
        return field.rsplit(".", 1)[-1].replace("_", " ")

    def value(self, field: str, value: Scalar) -> str:
        """Return one value of a field as a person reads it."""
        if isinstance(value, bool):
            return self._words("leaf.yes" if value else "leaf.no")
        if isinstance(value, int | float):
            return self._number(field, value)
        if field == SIGNAL_FIELD:
            return self._names.signal(value)
        if field.startswith("decision."):
            return self._words.of("function", value) if self._words.knows(f"function.{value}") else value
        word = VALUE_WORDS.get(field, {}).get(value)
        return word.read(self._words.locale) if word is not None else value

    def _number(self, field: str, value: float) -> str:
        if field in MONEY_FIELDS:
            return money(self._words, value, self._currency)
        if field == "customer.seat_utilisation":
            return share(self._words, value)
        if field.endswith("_pct") or field == "customer.outcome_progress":
            return share(self._words, value / 100)
        return number(self._words, value)

    def _signal_line(self, leaf: LeafResult, outcome: str) -> Line:
        asked = _several(leaf.expected)
        seen = set(_several(leaf.actual))
        said = [name for name in asked if name in seen]
        if said:
            return Line(self._words("leaf.says"), self._listed(SIGNAL_FIELD, said, "leaf.and"), "", outcome)
        return Line(self._words("leaf.says_not"), self._listed(SIGNAL_FIELD, asked, "leaf.or"), "", outcome)

    def _collection_line(self, leaf: LeafResult, outcome: str) -> Line:
        label = COLLECTIONS[leaf.field].title.read(self._words.locale)
        count = leaf.actual if isinstance(leaf.actual, int) else 0
        seen = self._words("leaf.exists", count=count) if count else self._words("leaf.exists_not")
        return Line(label, seen, "", outcome)

    def _seen(self, leaf: LeafResult) -> str:
        if leaf.op == Op.KNOWN:
            return self._words("leaf.unknown" if leaf.actual is None else "leaf.known")
        if leaf.actual is None:
            return self._words("leaf.unknown")
        if isinstance(leaf.actual, tuple):
            return self._listed(leaf.field, leaf.actual, "leaf.and") if leaf.actual else self._words("leaf.none")
        return self.value(leaf.field, leaf.actual)

    def _asked(self, leaf: LeafResult, *, under_not: bool) -> str:
        values = _several(leaf.expected)
        op = _OPPOSITE.get(leaf.op, leaf.op) if under_not else leaf.op
        match op:
            case Op.KNOWN:
                return self._words("leaf.wants_known" if bool(leaf.expected) is not under_not else "leaf.wants_unknown")
            case Op.SAME_AS:
                key = "leaf.other_than" if under_not else "leaf.same_as"
                return self._words(key, value=self.title(str(leaf.expected)))
            case Op.BETWEEN if len(values) == 2:
                low, high = (self.value(leaf.field, end) for end in values)
                return self._words("leaf.outside" if under_not else "leaf.between", low=low, high=high)
            case Op.NOT_IN | Op.HAS_NONE:
                return self._words("leaf.not_in", values=self._listed(leaf.field, values, "leaf.or"))
            case Op.IN | Op.HAS | Op.HAS_ANY:
                return self._words("leaf.in", values=self._listed(leaf.field, values, "leaf.or"))
            case Op.HAS_ALL:
                return self._words("leaf.in", values=self._listed(leaf.field, values, "leaf.and"))
            case Op.ABOVE | Op.AT_LEAST | Op.BELOW | Op.AT_MOST:
                return self._words(f"leaf.{op}", value=self.value(leaf.field, values[0]))
            case _ if leaf.truth is True and not under_not:
                return ""  # an equality that is met has said what it asks by showing what it saw
            case _ if isinstance(values[0], bool):
                return self._words("leaf.equals", value=self.value(leaf.field, values[0] is not under_not))
            case _:
                key = "leaf.not_in" if under_not else "leaf.in"
                return self._words(key, values=self.value(leaf.field, values[0]))

    def _listed(self, field: str, values: Iterable[Scalar], joint: str) -> str:
        told = [self.value(field, value) for value in values]
        if len(told) < 2:
            return "".join(told)
        return f"{', '.join(told[:-1])} {self._words(joint)} {told[-1]}"


def _several(value: Scalar | tuple[Scalar, ...] | tuple[str, ...] | None) -> tuple[Scalar, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
