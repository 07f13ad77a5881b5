"""Generated conditions and facts over the real vocabulary, made to meet: few fields, values of the constants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

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
        start = draw(st.integers(0, len(values) - 1))
        found[field.name] = tuple(dict.fromkeys((values * 4)[start : start + 4]))
    return found


@st.composite
def tests_of(draw, fields: tuple[Field, ...], shared, targets: tuple[Field, ...]):
    """Draw one leaf on one of `fields`; `same_as` looks at one of `targets`."""
    field = draw(st.sampled_from(fields))
    alike = [target.name for target in targets if target.type in TEXTUAL]
    ops = [op for op in Op if op in OPS[field.type] and op is not Op.SAME_AS]
    ops += [Op.SAME_AS] * 3 if alike and Op.SAME_AS in OPS[field.type] else []
    op = draw(st.sampled_from(ops))
    one = st.sampled_from(shared[field.name])
    match op:
        case Op.KNOWN:
            value = draw(st.booleans())
        case Op.SAME_AS:
            value = draw(st.sampled_from(alike))
        case Op.BETWEEN:
            value = (draw(one), draw(one))
        case Op.IN | Op.NOT_IN | Op.HAS_ANY | Op.HAS_ALL | Op.HAS_NONE:
            value = tuple(draw(st.lists(one, max_size=4)))
        case _:
            value = draw(one)
    return Test(field.name, op, value)


@st.composite
def trees(draw, leaf, depth: int = 2):
    """Draw all, any and not over `leaf`; now and then an empty one."""
    shape = draw(st.sampled_from(("leaf", All, AnyOf, All, AnyOf, Not) if depth else ("leaf",)))
    if shape == "leaf":
        found = draw(leaf)
        return Not(found) if draw(st.sampled_from((False, False, True))) else found
    if shape is Not:
        return Not(draw(trees(leaf, depth - 1)))
    count = draw(st.sampled_from((2, 3, 2, 1, 4) if depth > 1 else (2, 3, 2, 1, 4, 0)))
    return shape(tuple(draw(trees(leaf, depth - 1)) for _ in range(count)))


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


@st.composite
def cases(draw, *, collections: bool = True, conditions: int = 10, facts: int = 16):
    """Draw some conditions and some facts that share a handful of fields."""
    picked = draw(st.lists(st.sampled_from(WIDE), min_size=3, max_size=6))
    fields = tuple(dict.fromkeys(draw(st.sampled_from(group)) for group in picked))
    shared = draw(pools(fields))
    leaf = tests_of(fields, shared, fields)
    items = {}
    if collections:
        outside = leaf
        for found in draw(st.lists(st.sampled_from(sorted(COLLECTIONS)), min_size=1, max_size=2, unique=True)):
            inside = tuple(COLLECTIONS[found].fields.values())
            within = _joinable(draw(pools(inside)), inside, fields, shared)
            leaf = st.one_of(leaf, st.builds(Exists, st.just(found), trees(tests_of(inside, within, fields), 1)))
            pool = draw(st.lists(records(inside, within), min_size=6, max_size=6))
            items[found] = st.lists(st.sampled_from(range(6)), max_size=6).map(
                lambda picked, pool=pool: tuple(pool[index] for index in picked)
            )
        leaf = st.one_of(outside, leaf)
    depths = st.sampled_from((0, 1, 2, 3))
    trees_drawn = [draw(trees(leaf, draw(depths))) for _ in range(conditions)]
    one = st.tuples(
        records(fields, shared), st.frozensets(st.sampled_from(SIGNALS), max_size=4), st.fixed_dictionaries(items)
    )
    drawn = draw(st.lists(one, min_size=facts, max_size=facts))
    return Case(
        {f"rule {index}": tree for index, tree in enumerate(trees_drawn)},
        tuple(Facts(values, signals, found, NOW) for values, signals, found in drawn),
        draw(st.sampled_from((ENVELOPE, ENVELOPE, SMALL, TINY))),
    )
