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
from rules.text import Text, filled


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

_UNFIT: Final = Text("{name}: {value!r} não serve: {needs}", "{name}: {value!r} does not fit: it {needs}")
NUMBER: Final = Text("precisa ser um número", "needs a number")
WHOLE: Final = Text("precisa ser um número inteiro", "needs a whole number")
TEXT: Final = Text("precisa ser um texto", "needs a text")
FLAG: Final = Text("precisa ser true ou false", "needs true or false")
SET: Final = Text("precisa ser um conjunto de textos", "needs a set of texts")
_NO_FIELD: Final = Text("não há o campo {name!r}", "there is no field {name!r}")
_NEAR_FIELD: Final = Text(
    "não há o campo {name!r}; seria {near!r}?", "there is no field {name!r}; did you mean {near!r}?"
)
_LIST: Final = Text("precisa ser uma lista de textos", "needs a list of texts")
_SHORT: Final = Text("precisa ser um texto de até {limit} bytes", "needs a text of at most {limit} bytes")
_ONE_OF: Final = Text("é um destes valores: {known}", "is one of {known}")
_NEAR: Final = Text("é um destes valores: {known}; seria {near!r}?", "is one of {known}; did you mean {near!r}?")
_WITHIN: Final = Text("precisa ser um número de {least} a {most}", "needs a number from {least} to {most}")
_AT_LEAST: Final = Text("é no mínimo {least}", "is at least {least}")
_AT_MOST: Final = Text("é no máximo {most}", "is at most {most}")


def unfit(name: str, value: object, needs: Text) -> Text:
    """Return what is told of a value that does not fit: its field, and what would."""
    return filled(_UNFIT, name=name, value=value, needs=needs)


def no_field(name: str, near: str | None) -> Text:
    """Return what is told of a name that the vocabulary does not know; `near` is one that it does."""
    return filled(_NO_FIELD if near is None else _NEAR_FIELD, name=name, near=near)


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
        raise FactsInvalid(unfit(self.name, value, self._wanted(value)))

    def _number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FactsInvalid(unfit(self.name, value, self._wanted(value)))
        problem = self._out_of_range(value)
        if problem is None and self.type is Type.INTEGER and int(value) != value:
            problem = WHOLE
        if problem is not None:
            raise FactsInvalid(unfit(self.name, value, problem))
        return int(value) if self.type is Type.INTEGER else float(value) + 0.0  # -0.0 is 0.0: equal facts, equal bytes

    def _wanted(self, value: object) -> Text:
        match self.type:
            case Type.ENUM:
                near = nearest(str(value), self.values)
                known = ", ".join(self.values)
                return filled(_ONE_OF if near is None else _NEAR, known=known, near=near)
            case Type.TEXT:
                return filled(_SHORT, limit=MAX_TEXT_BYTES)
            case Type.FLAG:
                return FLAG
            case Type.SET:
                return _LIST
            case Type.INTEGER:
                return WHOLE
            case Type.NUMBER:
                return NUMBER

    def _out_of_range(self, value: float) -> Text | None:
        if not abs(value) <= MAX_NUMBER:  # NaN compares false
            return filled(_WITHIN, least=f"-{MAX_NUMBER:g}", most=f"{MAX_NUMBER:g}")
        if self.minimum is not None and value < self.minimum:
            return filled(_AT_LEAST, least=f"{self.minimum:g}")
        if self.maximum is not None and value > self.maximum:
            return filled(_AT_MOST, most=f"{self.maximum:g}")
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
