"""Every value compares in the engine as it does in Python, and what is unknown compares with nothing."""

from __future__ import annotations

import itertools
import math
from contextlib import closing

import pytest
from engine_agreement import HOSTILE, agreed, facts, fires
from laws import slow_but

from rules.conditions import Exists, Not, Op, Test
from rules.engine import DurableEvaluator
from rules.engine.encode import rank
from rules.errors import FactsInvalid

NUMBERS = (
    *(0, -0.0, 1, 2, -1, 0.1 + 0.2, 0.3, 0.30000000000000004, 1e-7, -1e-7, 5e-324, 1e-4, 0.5, 1e15, 1e15 - 0.5, 1e16),
    *(2**53 - 1, 2**53, 2**53 + 1, 2**53 + 2, 2.0**53, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 1e300, 4_999.999_999),
)


@pytest.mark.parametrize("op", [Op.EQUALS, Op.ABOVE, Op.AT_LEAST, Op.BELOW, Op.AT_MOST])
def test_numbers_compare_as_python_compares_them(op):
    conditions = {f"{number!r}": Test("customer.mrr", op, number) for number in NUMBERS}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}

    agreed(conditions, *(facts({"customer.mrr": number}) for number in NUMBERS), facts())


def test_every_pair_of_bounds_holds_what_lies_between_them():
    pairs = itertools.product(NUMBERS[::2], NUMBERS[1::2])
    conditions = {f"{low!r}..{high!r}": Test("customer.mrr", Op.BETWEEN, (low, high)) for low, high in pairs}
    conditions |= {f"not {name}": Not(test) for name, test in conditions.items()}

    agreed(conditions, *(facts({"customer.mrr": number}) for number in NUMBERS), facts())


def test_neighbouring_floats_are_told_apart():
    for number in (0.1 + 0.2, 1e-7, 1e15, 5_000.0):
        near = [math.nextafter(number, -math.inf), number, math.nextafter(number, math.inf)]

        assert fires(Test("customer.mrr", Op.EQUALS, number), *(facts({"customer.mrr": value}) for value in near)) == [
            False,
            True,
            False,
        ]
        assert fires(Test("customer.mrr", Op.ABOVE, number), *(facts({"customer.mrr": value}) for value in near)) == [
            False,
            False,
            True,
        ]


def test_whole_numbers_past_two_to_the_53_are_told_apart():
    tried = [facts({"customer.seats": number}) for number in (2**53, 2**53 + 1, 2**63, 2**64)]

    assert fires(Test("customer.seats", Op.EQUALS, 2**53 + 1), *tried) == [False, True, False, False]
    assert fires(Test("customer.seats", Op.ABOVE, 2**63), *tried) == [False, False, False, True]


def test_rank_keeps_the_order_of_constants():
    constants = (-1, 0, 0.5, 2**53, 2**53 + 1)
    numbers = sorted((*constants, -2, -0.5, 0.25, 3, 2**53 - 1, 2**60))
    ranks = [rank(constants, number) for number in numbers]

    assert sorted(ranks) == ranks
    assert [rank(constants, number) for number in constants] == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("text", slow_but(HOSTILE[::4], HOSTILE), ids=lambda text: ascii(text)[:20])
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
    for other in HOSTILE:
        values = {"ticket.product": other, "ticket.tags": frozenset({other}), "customer.plan": text}
        (found,) = agreed(conditions, facts(values, subscriptions=[{"product": text}, {"product": text}]))

        positive = {"is", "in", "has", "same", "join"} | {"item"}
        negative = {"is not", "not in", "has none", "join other"} | {"item"}
        assert (positive if other == text else negative) == found


def test_names_of_conditions_may_be_any_text():
    conditions = {name: Test("signals", Op.HAS, "outage") for name in HOSTILE}

    assert [frozenset(HOSTILE)] == agreed(conditions, facts(signals=["outage"]))


def test_signals_may_have_any_name():
    conditions = {name: Test("signals", Op.HAS, name) for name in HOSTILE}

    for name in HOSTILE:
        assert [frozenset({name})] == agreed(conditions, facts(signals=[name]))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer.seats", True),
        ("customer.seats", "3"),
        ("customer.mrr", math.nan),
        ("customer.opted_out", 1),
        ("customer.opted_out", "true"),
        ("ticket.product", 3),
        ("ticket.channel", frozenset({"email"})),
        ("ticket.tags", "vip"),
        ("ticket.tags", ["vip"]),
    ],
)
def test_values_of_another_type_are_refused_by_name(field, value):
    constants = {"customer.seats": 1, "customer.mrr": 1, "customer.opted_out": True, "ticket.product": "crm"}
    constants |= {"ticket.channel": "email", "ticket.tags": "vip"}
    op = Op.HAS if field == "ticket.tags" else Op.IS if isinstance(constants[field], bool | str) else Op.EQUALS
    good = facts({field: frozenset({"vip"}) if op is Op.HAS else constants[field]})
    with closing(DurableEvaluator({"only": {"it": Test(field, op, constants[field])}})) as durable:
        with pytest.raises(FactsInvalid, match=field):
            durable.fired("only", facts({field: value}))

        assert {"it"} == durable.fired("only", good)


# --- unknown ------------------------------------------------------------------------------------


def test_an_unknown_field_makes_no_test_true_negated_or_not():
    tests = [
        Test("customer.mrr", Op.EQUALS, 1),
        Test("customer.mrr", Op.BETWEEN, (1, 0)),
        Test("customer.tier", Op.IS, "key"),
        Test("customer.tier", Op.IN, ()),
        Test("customer.tier", Op.NOT_IN, ()),
        Test("customer.opted_out", Op.IS, True),
        Test("ticket.tags", Op.HAS, "vip"),
        Test("ticket.tags", Op.HAS_ANY, ()),
        Test("ticket.tags", Op.HAS_ALL, ()),
        Test("ticket.tags", Op.HAS_NONE, ("vip",)),
        Test("ticket.product", Op.SAME_AS, "customer.plan"),
    ]
    conditions = {f"{index}": test for index, test in enumerate(tests)}
    conditions |= {f"not {index}": Not(test) for index, test in enumerate(tests)}

    assert [frozenset()] == agreed(conditions, facts())
    assert fires(Test("customer.opted_out", Op.KNOWN, False), facts()) == [True]
    assert fires(Not(Test("customer.opted_out", Op.KNOWN, True)), facts(), facts({"customer.opted_out": False})) == [
        True,
        False,
    ]


def test_none_counts_items_with_the_field_unknown_as_not_matching():
    none_active = Not(Exists("subscriptions", Test("status", Op.IS, "active")))
    not_active = Exists("subscriptions", Not(Test("status", Op.IS, "active")))
    tried = [
        facts(),
        facts(subscriptions=[]),
        facts(subscriptions=[{}]),
        facts(subscriptions=[{}, {"status": "active"}]),
        facts(subscriptions=[{"status": "paused"}]),
    ]

    assert fires(none_active, *tried) == [True, True, True, False, True]
    assert fires(not_active, *tried) == [False, False, False, False, True]


def test_join_on_an_unknown_field_matches_nothing_and_breaks_nothing():
    same = Exists("subscriptions", Test("product", Op.SAME_AS, "ticket.product"))
    different = Exists("subscriptions", Not(Test("product", Op.SAME_AS, "ticket.product")))
    tried = [
        facts(subscriptions=[{"product": "crm"}]),
        facts({"ticket.product": "crm"}, subscriptions=[{}]),
        facts({"ticket.product": "crm"}, subscriptions=[{}, {"product": "crm"}]),
        facts({"ticket.product": "crm"}, subscriptions=[{"product": "erp"}]),
    ]

    assert fires(same, *tried) == [False, False, True, False]
    assert fires(different, *tried) == [False, False, False, True]
