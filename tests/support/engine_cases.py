"""Generated conditions and facts over the real vocabulary, made to meet: few fields, values of the constants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test, leaves
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
def tests_of(draw, fields: tuple[Field, ...], targets: tuple[Field, ...]):
    """Draw one leaf on one of `fields`; `same_as` looks at one of `targets`."""
    field = draw(st.sampled_from(fields))
    alike = [target.name for target in targets if target.type in (Type.TEXT, Type.ENUM)]
    ops = [op for op in Op if op in OPS[field.type] and (op is not Op.SAME_AS or alike)]
    op = draw(st.sampled_from(ops))
    one = st.sampled_from(pool_of(field))
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
        return draw(leaf)
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


def _values(field: Field, tests: list[Test]):
    """Return what to draw a fact's value from: unknown, what the rules ask for and its neighbours, and others."""
    asked = [
        value
        for test in tests
        if test.field == field.name and test.op not in (Op.KNOWN, Op.SAME_AS)
        for value in (test.value if isinstance(test.value, tuple) else (test.value,))
    ]
    if field.type is Type.SET:
        members = tuple(dict.fromkeys((*asked, *pool_of(field)[:3])))
        return st.one_of(st.none(), st.frozensets(st.sampled_from(members), max_size=5))
    near = [close for value in asked for close in _near(value)]
    return st.sampled_from((None, None, *near, *pool_of(field)[:4]))


def records(fields: tuple[Field, ...], tests: list[Test]):
    """Return a strategy of field -> value without the unknown ones."""
    return st.fixed_dictionaries({field.name: _values(field, tests) for field in fields}).map(
        lambda record: {name: value for name, value in record.items() if value is not None}
    )


@st.composite
def cases(draw, *, collections: bool = True, conditions: int = 10, facts: int = 16):
    """Draw some conditions and some facts that share a handful of fields."""
    chosen = draw(st.lists(st.sampled_from(tuple(FIELDS.values())), min_size=2, max_size=7, unique_by=lambda f: f.name))
    fields = tuple(chosen)
    leaf = tests_of(fields, fields)
    looked_into = ()
    if collections:
        looked_into = tuple(
            draw(
                st.lists(
                    st.sampled_from(tuple(COLLECTIONS.values())), min_size=1, max_size=2, unique_by=lambda c: c.name
                )
            )
        )
        inside = [
            st.builds(Exists, st.just(found.name), trees(tests_of(tuple(found.fields.values()), fields), 1))
            for found in looked_into
        ]
        leaf = st.one_of(leaf, *inside)
    trees_drawn = draw(st.lists(trees(leaf, 3), min_size=conditions, max_size=conditions))
    wide = [found for tree in trees_drawn for found in leaves(tree) if isinstance(found, Test)]
    nodes = [found for tree in trees_drawn for found in leaves(tree) if isinstance(found, Exists)]
    items = {}
    for found in looked_into:
        tests = [test for node in nodes if node.collection == found.name for test in leaves(node.where)]
        joined = {test.field for test in tests if test.op is Op.SAME_AS}
        # An item's text that a rule joins is drawn from the wide fields' values, or they would never be equal.
        tests += [
            Test(name, Op.IS, value)
            for name in joined
            for field in fields
            if field.type in (Type.TEXT, Type.ENUM)
            for value in pool_of(field)[:4]
        ]
        pool = draw(st.lists(records(tuple(found.fields.values()), tests), min_size=6, max_size=6))
        items[found.name] = st.lists(st.sampled_from(range(6)), max_size=6).map(
            lambda picked, pool=pool: tuple(pool[index] for index in picked)
        )
    one = st.tuples(
        records(fields, wide), st.frozensets(st.sampled_from(SIGNALS), max_size=4), st.fixed_dictionaries(items)
    )
    drawn = draw(st.lists(one, min_size=facts, max_size=facts))
    return Case(
        {f"rule {index}": tree for index, tree in enumerate(trees_drawn)},
        tuple(Facts(values, signals, found, NOW) for values, signals, found in drawn),
        draw(st.sampled_from((ENVELOPE, ENVELOPE, SMALL, TINY))),
    )
