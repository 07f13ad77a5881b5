"""The bulk form gives the reference's answer on every value there is, and refuses what the live engine refuses."""

from __future__ import annotations

import itertools
import math

import pytest
from engine_agreement import HOSTILE, facts
from laws import every

from rules.bulk.columns import Columns
from rules.bulk.evaluate import BulkEvaluator
from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.engine import ReferenceEvaluator
from rules.errors import EngineFailed
from rules.text import Text
from rules.vocabulary import Collection, Field, Source, Type

NUMBERS = (
    *(0, -0.0, 1, 2, -1, 0.1 + 0.2, 0.3, 0.30000000000000004, 1e-7, -1e-7, 5e-324, -5e-324, 1e15, 1e15 - 0.5, 1e16),
    *(2**53 - 1, 2**53, 2**53 + 1, 2**53 + 2, 2.0**53, 2**63 - 1, 2**63, 2.0**63, 2**64, -(2**63), -(2**63) - 1),
    *(-(2.0**63), 10**30, -(10**30), 10**400, -(10**400), 1e300, -1e300, math.inf, -math.inf, 1.7976931348623157e308),
)


def agreed(conditions, *tried, **vocabulary):
    """Return what fired on each of `tried`; the bulk form and the reference agree on it."""
    found = BulkEvaluator({"only": conditions}, **vocabulary).fired("only", Columns.of(tried, **vocabulary))
    reference = ReferenceEvaluator({"only": conditions}, **vocabulary)
    fired = [frozenset(name for name, truth in row.items() if truth) for row in found.iter_rows(named=True)]

    assert list(conditions) == found.columns
    assert [reference.fired("only", one) for one in tried] == fired
    return fired


@pytest.mark.parametrize("field", ["customer.mrr", "customer.seats"])
@pytest.mark.parametrize("op", [Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST])
def test_numbers_compare_as_python_compares_them(op, field):
    conditions = {f"{number!r}": Test(field, op, number) for number in NUMBERS}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}

    agreed(conditions, *(facts({field: number}) for number in NUMBERS), facts())


@pytest.mark.parametrize("kind", [int, float])
def test_numbers_of_one_kind_compare_as_python_compares_them(kind):
    """Nothing but what the column itself can hold: no number is put aside."""
    field = "customer.seats" if kind is int else "customer.mrr"
    fits = [n for n in NUMBERS if isinstance(n, kind) and (kind is float or abs(n) < 2**63)]
    ops = [Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST]
    conditions = {f"{op} {n!r}": Test(field, op, n) for op, n in itertools.product(ops, NUMBERS)}
    bounds = itertools.product(NUMBERS[::2], NUMBERS[1::2])
    conditions |= {f"{low!r}..{high!r}": Test(field, Op.BETWEEN, (low, high)) for low, high in bounds}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}
    tried = [facts({field: n}) for n in fits]

    assert not any(name.startswith("@exact") for name in Columns.of(tried).wide.frame.columns)
    agreed(conditions, *tried, facts())


@pytest.mark.slow
@every("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_hostile_texts_equal_only_themselves(text):
    conditions = {
        "is": Test("ticket.product", Op.IS, text),
        "is not": Not(Test("ticket.product", Op.IS, text)),
        "in": Test("ticket.product", Op.IN, (text, "another")),
        "not in": Test("ticket.product", Op.NOT_IN, (text, "another")),
        "has": Test("ticket.tags", Op.HAS, text),
        "has none": Test("ticket.tags", Op.HAS_NONE, (text,)),
        "same": Test("ticket.product", Op.SAME_AS, "customer.plan"),
        "item": Exists("subscriptions", Test("product", Op.IS, text)),
        "join": Exists("subscriptions", Test("product", Op.SAME_AS, "ticket.product")),
        "join other": Exists("subscriptions", Not(Test("product", Op.SAME_AS, "ticket.product"))),
    }
    items = [{"product": text}, {"product": text}]
    tried = [
        facts({"ticket.product": other, "ticket.tags": frozenset({other}), "customer.plan": text}, subscriptions=items)
        for other in HOSTILE
    ]
    positive = {"is", "in", "has", "same", "join", "item"}
    negative = {"is not", "not in", "has none", "join other", "item"}

    assert agreed(conditions, *tried) == [positive if other == text else negative for other in HOSTILE]


def test_conditions_may_have_any_name_that_is_text():
    names = [name for name in HOSTILE if name not in ("\ud800", "\udfff")]

    assert agreed({name: Test("signals", Op.HAS, "a") for name in names}, facts(signals="a")) == [frozenset(names)]
    with pytest.raises(EngineFailed, match="cannot name a column"):
        BulkEvaluator({"only": {"\ud800": All(())}})


def test_no_facts_and_no_conditions_have_no_answer():
    leaf = Exists("subscriptions", Test("product", Op.SAME_AS, "ticket.product"))

    assert agreed({"it": leaf, "always": All(()), "tag": Test("ticket.tags", Op.HAS, "a")}) == []
    assert BulkEvaluator({"only": {}}).fired("only", Columns.of([facts()] * 3)).shape == (3, 0)


def test_numbers_are_the_same_whatever_their_columns():
    fields = {
        name: Field(name, kind, Source.STATED, Text(name, name))
        for name, kind in (("whole", Type.INTEGER), ("real", Type.NUMBER), ("other", Type.NUMBER))
    }
    inside = {name: Field(name, kind, Source.STATED, Text(name, name)) for name, kind in (("n", Type.NUMBER),)}
    items = {"items": Collection("items", Text("i", "i"), Source.STATED, inside)}
    pairs = itertools.product(("whole", "real", "other"), repeat=2)
    conditions = {f"{one} {other}": Test(one, Op.SAME_AS, other) for one, other in pairs}
    conditions |= {f"item {name}": Exists("items", Test("n", Op.SAME_AS, name)) for name in fields}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}
    whole = [n for n in NUMBERS if isinstance(n, int) and abs(n) < 2**63] + [-(2**63), None]
    real = [n for n in NUMBERS if isinstance(n, float)] + [None]
    for left, right in ((whole, real), (NUMBERS, NUMBERS)):  # as the columns like it, then in any order
        tried = [
            facts(
                {name: n for name, n in (("whole", one), ("real", two), ("other", two)) if n is not None},
                items=[{} if two is None else {"n": two}],
            )
            for one, two in itertools.product(left, right)
        ]

        agreed(conditions, *tried, fields={**fields, "signals": SIGNALS}, collections=items)


def test_a_set_may_be_asked_for_more_members_than_a_word_has_bits():
    members = [f"s{number}" for number in range(200)]
    conditions = {name: Test("signals", Op.HAS, name) for name in members}
    conditions |= {
        "any": Test("signals", Op.HAS_ANY, tuple(members[::3])),
        "all": Test("signals", Op.HAS_ALL, tuple(members[::3])),
        "none": Test("signals", Op.HAS_NONE, tuple(members[1::3])),
    }
    tried = [facts(signals=members[start::step]) for start in range(4) for step in (1, 2, 3, 150)]

    agreed(conditions, *tried, facts(signals=["another"]))


@pytest.mark.slow
def test_wide_and_deep_conditions_are_evaluated():
    wide = AnyOf(tuple(Test("customer.seats", Op.EQUALS, number) for number in range(3_000)))
    deep = Test("customer.seats", Op.ABOVE, 7)
    for number in range(60):
        other = Test("customer.seats", Op.EQUALS, number)
        deep = Not(All((deep, Not(other)))) if number % 2 else AnyOf((deep, other))
    tried = (facts({"customer.seats": number}) for number in (*range(-1, 100), 2_999, 3_000))

    agreed({"wide": wide, "not wide": Not(wide), "deep": deep}, *tried)


def test_a_row_keeps_its_own_items():
    same = Test("product", Op.SAME_AS, "ticket.product")
    conditions = {
        "late": Exists("invoices", Test("days_overdue", Op.ABOVE, 30)),
        "none late": Not(Exists("invoices", Test("days_overdue", Op.ABOVE, 30))),
        "ours": Exists("subscriptions", All((same, Test("seats", Op.ABOVE, 5)))),
    }
    tried = []
    for number in range(200):
        invoices = [{"days_overdue": days} for days in range(number % 37)]
        subscriptions = [{"product": f"p{place % 5}", "seats": place} for place in range(number % 11)]
        values = {"ticket.product": f"p{number % 7}"} if number % 3 else {}
        tried.append(facts(values, invoices=invoices, subscriptions=subscriptions))

    agreed(conditions, *tried)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (Test("customer.mmr", Op.EQUALS, 1), "did you mean 'customer.mrr'"),
        (Test("customer.mrr", Op.IS, 1), "no test 'is' on a field of type number"),
        (Test("customer.mrr", Op.EQUALS, "1"), "'1' does not fit"),
        (Test("customer.mrr", Op.EQUALS, True), "True does not fit"),
        (Test("customer.mrr", Op.EQUALS, math.nan), "nan does not fit"),
        (Test("customer.mrr", Op.BETWEEN, (1,)), "does not fit"),
        (Test("customer.mrr", Op.ABOVE, (1,)), "does not fit"),
        (Test("ticket.product", Op.IN, "crm"), "does not fit"),
        (Test("ticket.tags", Op.HAS, 1), "does not fit"),
        (Test("customer.opted_out", Op.IS, 1), "does not fit"),
        (Test("customer.opted_out", Op.KNOWN, 1), "does not fit"),
        (Test("ticket.product", Op.SAME_AS, "ticket.tags"), "cannot be the same"),
        (Test("ticket.product", Op.SAME_AS, "customer.pln"), "did you mean 'customer.plan'"),
        (Exists("bills", All(())), "no collection 'bills'"),
        (Exists("invoices", Exists("invoices", All(()))), "no further exists"),
        (Exists("invoices", Test("amuont", Op.ABOVE, 1)), "did you mean 'amount'"),
        (Exists("invoices", Test("product", Op.SAME_AS, "product")), "no field 'product'"),
    ],
)
def test_a_condition_that_cannot_be_evaluated_is_refused_by_name(condition, says):
    with pytest.raises(EngineFailed, match=f"condition 'odd one': .*{says}"):
        BulkEvaluator({"only": {"fine": All(()), "odd one": Not(condition)}})


def test_a_condition_past_the_deepest_is_refused():
    deep = Test("customer.seats", Op.ABOVE, 7)
    for _ in range(101):
        deep = Not(deep)
    with pytest.raises(EngineFailed, match="nested more than 100"):
        BulkEvaluator({"only": {"deep": deep}})


SIGNALS = Field("signals", Type.SET, Source.TEXT, Text("s", "s"))
