"""The one condition tree: what `when`, `needs` and `where` become once parsed.

Every backend (durable-rules, the reference evaluator, the explanation) reads this tree and nothing else.
Truth is Kleene's: True, False, or None for "nobody knows".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_DEPTH: Final = 100
"""Deepest nesting that is evaluated: far past what a person writes, and far from Python's own limit."""

Scalar = str | int | float | bool
Truth = bool | None


class Op(StrEnum):
    """What a test may ask of a field. Which ops fit which type is in `rules.vocabulary`."""

    EQUALS = "equals"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    BETWEEN = "between"  # both ends belong to it
    IS = "is"  # text, enum and flag
    IN = "in"
    NOT_IN = "not_in"
    SAME_AS = "same_as"  # value: the name of the other field
    HAS = "has"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    KNOWN = "known"  # never unknown itself


@dataclass(frozen=True, slots=True)
class Test:
    """A leaf: one question to one field.

    Inside an `Exists`, `field` names a field of the item; `same_as` there names a field of the ticket or customer.
    `value` is a tuple for between (low, high), in, not_in and the has_* ops, else a scalar.
    """

    __test__ = False  # not a test case, whatever pytest thinks of the name

    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is true; false when one is false; else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is true; false when every part is false; else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Exists:
    """True when an item of the collection surely meets `where`; else false, never unknown (closed world).

    `none: {in, where}` in a file is `Not(Exists(…))`.
    """

    collection: str
    where: Condition


Condition = Test | All | AnyOf | Not | Exists


def leaves(condition: Condition) -> Iterator[Test | Exists]:
    """Yield the leaves in the order they are written; an `Exists` counts as one leaf."""
    match condition:
        case Test() | Exists():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)


def is_deeper(condition: Condition, depth: int) -> bool:
    """Return whether `condition` is nested more than `depth` deep; a leaf alone is 1 deep. Nothing is too deep to ask.

    The `where` of an `Exists` counts as nested in it.
    """
    level = [condition]
    for _ in range(depth):
        level = [part for parent in level for part in _parts(parent)]
        if not level:
            return False
    return True


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case All(parts) | AnyOf(parts):
            return parts
        case Not(part) | Exists(_, part):
            return (part,)
        case _:
            return ()


def fields_read(condition: Condition) -> frozenset[str]:
    """Return every field and collection the condition reads.

    An item's field is named `<collection>.<field>`; a `same_as` target counts as read.
    """
    read: set[str] = set()
    for leaf in leaves(condition):
        if isinstance(leaf, Exists):
            read.add(leaf.collection)
            for inner in leaves(leaf.where):
                if isinstance(inner, Test):
                    read.add(f"{leaf.collection}.{inner.field}")
                    if inner.op is Op.SAME_AS:
                        read.add(str(inner.value))
        else:
            read.add(leaf.field)
            if leaf.op is Op.SAME_AS:
                read.add(str(leaf.value))
    return frozenset(read)
