"""Generated conditions and facts over the real vocabulary, made to meet: few fields, values of the constants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from hypothesis import strategies as st

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.engine.formula import ENVELOPE, Limits
from rules.model import Facts
from rules.vocabulary import COLLECTIONS, FIELDS, OPS, Field, Type

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

TEXTS = (
    *(
        "",
        "crm",
        "CRM",
        "crm ",
        "é",
        "e\u0301",
        "日本語",
        "\U0001f4a9",
        "\x00",
        "a\x00b",
        "a",
        "\ud800",
        '"',
        "\\",
        "'",
    ),
    *("true", "1", "1.0", "null", '","kind":"wide', "$or", "x" * 1_000, "x" * 999),
)
WHOLE = (0, 1, 2, 3, 40, 90, 5_000, -1, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 10**15, 2**62, -(2**62))
REAL = (
    *(0.0, -0.0, 0.1, 0.1 + 0.2, 0.3, 0.5, 1.0, 1e-7, 5e-324, 4_999.99, 5_000.0, 1e15, 2.0**53, 2.0**53 + 2, -1.5),
    *(1e16, 1e300, -1e-7),
)
TEXTUAL = (Type.TEXT, Type.ENUM)
WIDE = tuple(tuple(field for field in FIELDS.values() if field.type is kind) for kind in Type)
"""The wide fields by type, so that the three sets are drawn as often as the 26 numbers."""
SIGNALS = ("cancel_intent", "outage", "severe_failure", "price_question", "sinal ç", "a.b", "a_b")

TINY = Limits(conjunctions=1, atoms=2, joins=1, rules=3, properties=5)
SMALL = Limits(conjunctions=3, atoms=4, joins=2, rules=7, properties=12)


@dataclass(frozen=True)
class Case:
    """Conditions by name, facts to try them on, and how finely the engine cuts the conditions."""

    conditions: dict[str, Condition]
    facts: tuple[Facts, ...]
    limits: Limits


def pool_of(field: Field):
    """Return values of the field's type, the awkward ones among them."""
    match field.type:
        case Type.ENUM:
            return field.values
        case Type.TEXT:
            return TEXTS
        case Type.FLAG:
            return (True, False)
        case Type.SET:
            return field.values or (SIGNALS if field.name == "signals" else TEXTS)
        case Type.INTEGER:
            return WHOLE
        case _:
            return (*REAL, *WHOLE)


@st.composite
def pools(draw, fields: tuple[Field, ...]):
    """Draw the few values that a case's rules and facts share: four neighbours in each field's pool."""
    found = {}
    for field in fields:
        values = pool_of(field)
        start = draw(_below(len(values)))
        found[field.name] = tuple(dict.fromkeys((values * 4)[start : start + 4]))
    return found


# Strategies are made once: one that is made where it is drawn is made, and looked through, for every draw.
_flags = st.booleans()
_turned = st.sampled_from((False, False, True))


@cache
def _below(count: int):
    return st.integers(0, count - 1)


@cache
def _ops(kind: Type, joins: bool):  # noqa: FBT001 - whether there is a text to be the same as
    found = [op for op in Op if op in OPS[kind] and op is not Op.SAME_AS]
    return st.sampled_from(found + ([Op.SAME_AS] * 3 if joins and Op.SAME_AS in OPS[kind] else []))


class _Leaves:
    """What the leaves on some fields are drawn from; for a field, once it is drawn."""

    def __init__(self, fields: tuple[Field, ...], shared, targets: tuple[Field, ...]) -> None:
        alike = [target.name for target in targets if target.type in TEXTUAL]
        self.fields = st.sampled_from(fields)
        self.joins = bool(alike)
        self.alike = st.sampled_from(alike) if alike else st.nothing()
        self.one = cache(lambda name: st.sampled_from(shared[name]))
        self.several = cache(lambda name: st.lists(self.one(name), max_size=4))


def tests_of(fields: tuple[Field, ...], shared, targets: tuple[Field, ...]):
    """Return a strategy of leaves on one of `fields`; `same_as` looks at one of `targets`."""
    return _tests(_Leaves(fields, shared, targets))


@st.composite
def _tests(draw, of: _Leaves):
    field = draw(of.fields)
    op = draw(_ops(field.type, of.joins))
    match op:
        case Op.KNOWN:
            value = draw(_flags)
        case Op.SAME_AS:
            value = draw(of.alike)
        case Op.BETWEEN:
            value = (draw(of.one(field.name)), draw(of.one(field.name)))
        case Op.IN | Op.NOT_IN | Op.HAS_ANY | Op.HAS_ALL | Op.HAS_NONE:
            value = tuple(draw(of.several(field.name)))
        case _:
            value = draw(of.one(field.name))
    return Test(field.name, op, value)


@st.composite
def trees(draw, leaf, depth: int = 2):
    """Draw all, any and not over `leaf`; now and then an empty one."""
    return _tree(draw, leaf, depth)


_SHAPES = st.sampled_from(("leaf", All, AnyOf, All, AnyOf, Not))
_COUNTS = st.sampled_from((2, 3, 2, 1, 4))
_LOW_COUNTS = st.sampled_from((2, 3, 2, 1, 4, 0))


def _tree(draw, leaf, depth: int):
    shape = draw(_SHAPES) if depth else "leaf"
    if shape == "leaf":
        found = draw(leaf)
        return Not(found) if draw(_turned) else found
    if shape is Not:
        return Not(_tree(draw, leaf, depth - 1))
    count = draw(_COUNTS if depth > 1 else _LOW_COUNTS)
    return shape(tuple(_tree(draw, leaf, depth - 1) for _ in range(count)))


def _near(value):
    if isinstance(value, bool | str):
        return (value,)
    if isinstance(value, int):
        return (value, value - 1, value + 1)
    return (value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf))


def _values(field: Field, shared):
    """Return what to draw a fact's value from: unknown, what the rules ask for and its neighbours, and another."""
    asked = shared[field.name]
    if field.type is Type.SET:
        return st.one_of(st.none(), st.frozensets(st.sampled_from((*asked, "another")), max_size=4))
    near = [close for value in asked for close in _near(value)]
    return st.sampled_from((None, None, *asked, *near, pool_of(field)[0]))


def records(fields: tuple[Field, ...], shared):
    """Return a strategy of field -> value without the unknown ones."""
    return st.fixed_dictionaries({field.name: _values(field, shared) for field in fields}).map(
        lambda record: {name: value for name, value in record.items() if value is not None}
    )


def _joinable(within, inside: tuple[Field, ...], fields: tuple[Field, ...], shared):
    """Return the items' pools with texts of the wide fields in them: others would never be equal to them."""
    texts = [value for field in fields if field.type in TEXTUAL for value in shared[field.name][:2]]
    return {field.name: within[field.name] + (tuple(texts) if field.type in TEXTUAL else ()) for field in inside}


_OF_GROUP = [st.sampled_from(group) for group in WIDE]
_GROUPS = st.lists(st.sampled_from(range(len(WIDE))), min_size=3, max_size=6)
_COLLECTIONS = st.lists(st.sampled_from(sorted(COLLECTIONS)), min_size=1, max_size=2, unique=True)
_PLACES = st.lists(st.sampled_from(range(6)), max_size=6)
_DEPTHS = st.sampled_from((0, 1, 2, 3))
_LIMITS = st.sampled_from((ENVELOPE, ENVELOPE, SMALL, TINY))
_SAID = st.frozensets(st.sampled_from(SIGNALS), max_size=4)


@st.composite
def cases(draw, *, collections: bool = True, conditions: int = 10, facts: int = 16):
    """Draw some conditions and some facts that share a handful of fields."""
    picked = draw(_GROUPS)
    fields = tuple(dict.fromkeys(draw(_OF_GROUP[group]) for group in picked))
    shared = draw(pools(fields))
    leaf = tests_of(fields, shared, fields)
    items = {}
    if collections:
        outside = leaf
        for found in draw(_COLLECTIONS):
            inside = tuple(COLLECTIONS[found].fields.values())
            within = _joinable(draw(pools(inside)), inside, fields, shared)
            leaf = st.one_of(leaf, st.builds(Exists, st.just(found), trees(tests_of(inside, within, fields), 1)))
            pool = draw(st.lists(records(inside, within), min_size=6, max_size=6))
            items[found] = _PLACES.map(lambda picked, pool=pool: tuple(pool[index] for index in picked))
        leaf = st.one_of(outside, leaf)
    trees_drawn = [_tree(draw, leaf, draw(_DEPTHS)) for _ in range(conditions)]
    one = st.tuples(records(fields, shared), _SAID, st.fixed_dictionaries(items))
    drawn = draw(st.lists(one, min_size=facts, max_size=facts))
    return Case(
        {f"rule {index}": tree for index, tree in enumerate(trees_drawn)},
        tuple(Facts(values, signals, found, NOW) for values, signals, found in drawn),
        draw(_LIMITS),
    )
