"""What a word of the vocabulary is: its type, where it comes from, what it may be used for, what fits it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rules.conditions import Op, Scalar
from rules.errors import FactsInvalid
from rules.text import Text


class Type(StrEnum):
    """What a field holds."""

    INTEGER = "integer"
    NUMBER = "number"
    ENUM = "enum"  # text with closed values, weakest first where they have an order
    TEXT = "text"
    FLAG = "flag"
    SET = "set"  # of text


class Source(StrEnum):
    """Where a field's value comes from."""

    TICKET = "ticket"  # the helpdesk says so
    CLOCK = "clock"  # worked out from a date and the decision's clock
    STATED = "stated"  # a CRM, billing system or import says so
    HISTORY = "history"  # worked out from the customer's other tickets
    TEXT = "text"  # read in the messages
    DERIVED = "derived"  # a derivation rule says so
    DECISION = "decision"  # the classification stratum says so
    ASKED = "asked"  # whoever asks for the decision says so
    OBLIGATIONS = "obligations"  # worked out from the ticket's events by the terms of a decree


class Purpose(StrEnum):
    """What a field was collected for (LGPD art. 6 I). Offers may read only fields with `SELL`."""

    SERVE = "serve"
    SELL = "sell"


class Changeable(StrEnum):
    """Whether somebody can make a field's value another one, so that "what would change it?" may propose that.

    `YES`: the team or the customer can bring it about, today or by their work: pay, settle a dispute, finish the
    onboarding, set it in the helpdesk. `WHEN_UNKNOWN`: it says who or what somebody is, so nobody changes it to get
    another recommendation; but who does not know it can find out and fill it in. `NO`: the clock and the past make it,
    the customer said it, or it is worked out of other fields.
    """

    YES = "yes"
    WHEN_UNKNOWN = "when_unknown"
    NO = "no"


SERVE_ONLY: Final = frozenset({Purpose.SERVE})
ANY_PURPOSE: Final = frozenset({Purpose.SERVE, Purpose.SELL})

NUMBERS: Final = frozenset({Type.INTEGER, Type.NUMBER})
"""Types whose values are compared as numbers."""
TEXTS: Final = frozenset({Type.ENUM, Type.TEXT})
"""Types whose values are one text."""
NUMERIC: Final = frozenset({Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST, Op.BETWEEN})
"""What is asked of a number."""
OPS: Final[Mapping[Type, frozenset[Op]]] = MappingProxyType(
    {
        Type.INTEGER: NUMERIC | {Op.KNOWN},
        Type.NUMBER: NUMERIC | {Op.KNOWN},
        Type.ENUM: frozenset({Op.IS, Op.IN, Op.NOT_IN, Op.SAME_AS, Op.KNOWN}),
        Type.TEXT: frozenset({Op.IS, Op.IN, Op.NOT_IN, Op.SAME_AS, Op.KNOWN}),
        Type.FLAG: frozenset({Op.IS, Op.KNOWN}),
        Type.SET: frozenset({Op.HAS, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE, Op.KNOWN}),
    }
)

MAX_TEXT_BYTES: Final = 1_000
"""Longest text value of a fact; far below the 60,000 bytes that the engine compares rightly."""
MAX_NUMBER: Final = 1e15


@dataclass(frozen=True, slots=True)
class Field:
    """One word of the vocabulary. `retention_days` counts from the last time the value was stated."""

    name: str
    type: Type
    source: Source
    title: Text
    unit: str | None = None
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    purposes: frozenset[Purpose] = ANY_PURPOSE
    retention_days: int = 730
    changeable: Changeable = Changeable.NO

    def accept(self, value: object) -> Scalar | frozenset[str]:
        """Return `value` as this field holds it, or raise FactsInvalid saying what would fit."""
        match self.type:
            case Type.FLAG if isinstance(value, bool):
                return value
            case Type.INTEGER | Type.NUMBER:
                return self._number(value)
            case Type.ENUM if isinstance(value, str) and value in self.values:
                return value
            case Type.TEXT if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) <= MAX_TEXT_BYTES:
                return value
            case Type.SET if isinstance(value, list | tuple | set | frozenset):
                items = frozenset(item for item in value if isinstance(item, str))
                if len(items) == len(set(map(repr, value))):
                    return items
        raise FactsInvalid(f"{self.name}: {value!r} does not fit: it {self._wanted(value)}")

    def _number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FactsInvalid(f"{self.name}: {value!r} does not fit: it {self._wanted(value)}")
        problem = self._out_of_range(value)
        if problem is None and self.type is Type.INTEGER and int(value) != value:
            problem = "needs a whole number"
        if problem is not None:
            raise FactsInvalid(f"{self.name}: {value!r} does not fit: it {problem}")
        return int(value) if self.type is Type.INTEGER else float(value) + 0.0  # -0.0 is 0.0: equal facts, equal bytes

    def _wanted(self, value: object) -> str:
        match self.type:
            case Type.ENUM:
                near = nearest(str(value), self.values)
                return f"is one of {', '.join(self.values)}" + (f"; did you mean {near!r}?" if near else "")
            case Type.TEXT:
                return f"needs a text of at most {MAX_TEXT_BYTES} bytes"
            case Type.FLAG:
                return "needs true or false"
            case Type.SET:
                return "needs a list of texts"
            case Type.INTEGER:
                return "needs a whole number"
            case Type.NUMBER:
                return "needs a number"

    def _out_of_range(self, value: float) -> str | None:
        if not abs(value) <= MAX_NUMBER:  # NaN compares false
            return f"needs a number from -{MAX_NUMBER:g} to {MAX_NUMBER:g}"
        if self.minimum is not None and value < self.minimum:
            return f"is at least {self.minimum:g}"
        if self.maximum is not None and value > self.maximum:
            return f"is at most {self.maximum:g}"
        return None


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of items a rule may look into with `exists` and `none`."""

    name: str
    title: Text
    source: Source
    fields: Mapping[str, Field]


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the valid name most like `name`, or None when none is near."""
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
    return found[0] if found else None
