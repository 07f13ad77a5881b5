"""Conditions and collections past what durable-rules takes at once come out right all the same."""

from __future__ import annotations

import pytest
from engine_agreement import agreed, facts, fires

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.engine import DurableEvaluator
from rules.engine.compile import compile_stratum
from rules.engine.formula import ENVELOPE, Limits
from rules.engine.names import ITEM_BATCH
from rules.errors import EngineFailed


def test_any_of_a_hundred_branches_fires_on_each_of_them():
    branches = [
        All((Test("customer.seats", Op.EQUALS, number), Test("signals", Op.HAS, f"s{number}"))) for number in range(100)
    ]
    tried = [facts({"customer.seats": number}, signals=[f"s{number}"]) for number in range(100)]

    assert fires(AnyOf(tuple(branches)), *tried, facts({"customer.seats": 1}, ["s2"])) == [True] * 100 + [False]
    assert fires(Not(AnyOf(tuple(branches))), tried[5], facts({"customer.seats": 100}), facts()) == [False, True, True]


def test_all_of_wide_anys_is_settled_in_parts():
    """4 x 30 branches would be 810,000 conjunctions; parts make it 121 rules on two levels."""
    anys = [AnyOf(tuple(Test("signals", Op.HAS, f"{group}_{number}") for number in range(30))) for group in range(4)]
    whole = All(tuple(anys))
    plan = compile_stratum({"it": whole}, ENVELOPE)
    all_four = [f"{group}_{group + 7}" for group in range(4)]

    assert len(plan.levels) == 2
    assert sum(len(page.rules) for level in plan.levels for page in level) == 121
    assert fires(whole, facts(signals=all_four), facts(signals=all_four[:3]), facts()) == [True, False, False]
    assert fires(Not(whole), facts(signals=all_four), facts(signals=all_four[:3]), facts()) == [False, True, True]


def test_equal_parts_are_settled_once():
    wide = AnyOf(tuple(Test("signals", Op.HAS, f"s{number}") for number in range(30)))
    conditions = {f"{number}": All((wide, Test("customer.seats", Op.EQUALS, number))) for number in range(20)}
    plan = compile_stratum(conditions, ENVELOPE)

    assert sum(len(page.rules) for level in plan.levels for page in level) == 30 + 20
    assert [frozenset({"7"})] == agreed(conditions, facts({"customer.seats": 7}, ["s29"]))


def test_forty_levels_of_nesting_are_evaluated():
    condition: Condition = Test("signals", Op.HAS, "deepest")
    for depth in range(40):
        both = (Test("customer.seats", Op.ABOVE, depth), condition)
        condition = Not(All(both)) if depth % 3 == 0 else AnyOf(both) if depth % 3 == 1 else All(both)
    tried = [facts({"customer.seats": seats}, signals) for seats in range(45) for signals in ((), ("deepest",))]

    agreed({"it": condition, "not it": Not(condition)}, *tried, facts())
    agreed({"it": condition, "not it": Not(condition)}, *tried, facts(), limits=Limits(conjunctions=1, atoms=2))


def test_nesting_past_the_limit_is_refused_by_name():
    condition: Condition = Test("signals", Op.HAS, "outage")
    for _ in range(2_000):
        condition = Not(condition)

    with pytest.raises(EngineFailed, match=r"'too deep'.*nested more than 100"):
        DurableEvaluator({"only": {"too deep": condition}})


def test_a_question_to_a_set_is_one_rule_however_many_values_it_names():
    names = tuple(f"signal_{index}" for index in range(100))
    asked = All((Test("signals", Op.HAS_ANY, names), Test("signals", Op.HAS_NONE, names[:50])))
    plan = compile_stratum({"it": asked}, ENVELOPE)

    assert [len(page.rules) for level in plan.levels for page in level] == [1]


@pytest.mark.parametrize("op", [Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE])
def test_three_hundred_values_of_a_set_are_asked_for(op):
    """More properties than the engine takes on one fact (254), and more tests than one rule should have."""
    names = [f"s{number}" for number in range(300)]
    test = Test("signals", op, tuple(names))
    tried = [facts(signals=found) for found in ((), names, names[:299], names[150:151], ["other"])]

    agreed({"it": test, "not it": Not(test)}, *tried)


def test_three_hundred_properties_of_one_fact_are_asked_for_by_many_rules():
    conditions = {f"{number}": Test("signals", Op.HAS, f"s{number}") for number in range(300)}
    conditions |= {f"not {number}": Not(Test("signals", Op.HAS, f"s{number}")) for number in range(300)}

    agreed(conditions, facts(), facts(signals=[f"s{number}" for number in range(300)]))


def test_three_hundred_texts_are_asked_for():
    test = Test("ticket.product", Op.IN, tuple(f"p{number}" for number in range(300)))
    tried = [facts({"ticket.product": product}) for product in ("p0", "p299", "p300")]

    assert fires(test, *tried, facts()) == [True, True, False, False]
    assert fires(Not(test), *tried, facts()) == [False, False, True, False]


def test_large_where_is_settled_in_parts_per_item():
    """The parts hold for one item only: two items that each meet half of it do not meet it together."""
    seats = AnyOf(tuple(Test("seats", Op.EQUALS, number) for number in range(30)))
    plans = AnyOf(tuple(Test("plan", Op.IS, f"p{number}") for number in range(30)))
    join = AnyOf((Test("product", Op.SAME_AS, "ticket.product"), Test("product", Op.SAME_AS, "customer.plan")))
    exists = Exists("subscriptions", All((seats, plans, join)))
    good = {"seats": 3, "plan": "p4", "product": "crm"}
    half, other_half = {**good, "seats": 99}, {**good, "plan": "px"}
    tried = [
        facts({"ticket.product": "crm"}, subscriptions=items)
        for items in ([half, other_half], [half, other_half, good], [good, half], [])
    ]

    assert fires(exists, *tried) == [False, True, True, False]
    assert fires(Not(exists), *tried) == [True, False, False, True]


def test_many_joins_in_one_where_are_settled_in_parts():
    targets = (
        "ticket.product",
        "customer.plan",
        "customer.segment",
        "customer.persona",
        "customer.currency",
        "touchpoint",
    )
    joins = [Test(item, Op.SAME_AS, target) for item in ("product", "plan", "status") for target in targets]
    exists = Exists("subscriptions", All(tuple(joins)))
    same = dict.fromkeys(targets, "active")
    item = {"product": "active", "plan": "active", "status": "active"}

    assert fires(
        exists,
        facts(same, subscriptions=[{}, item]),
        facts({**same, "touchpoint": "x"}, subscriptions=[item]),
        facts(same, subscriptions=[{"product": "active", "plan": "active"}]),
    ) == [True, False, False]


@pytest.mark.parametrize("count", [1, ITEM_BATCH - 1, ITEM_BATCH, ITEM_BATCH + 1, 3 * ITEM_BATCH])
def test_long_collections_are_taken_batch_by_batch(count):
    exists = Exists("subscriptions", All((Test("product", Op.SAME_AS, "ticket.product"), Test("seats", Op.ABOVE, 5))))
    items = [{"product": "crm", "seats": 1} for _ in range(count)]

    assert fires(
        exists,
        facts({"ticket.product": "crm"}, subscriptions=items),
        facts({"ticket.product": "crm"}, subscriptions=[*items[:-1], {"product": "crm", "seats": 6}]),
        facts({"ticket.product": "crm"}, subscriptions=[{"product": "crm", "seats": 6}, *items[1:]]),
    ) == [False, True, True]


@pytest.mark.slow
def test_two_thousand_rules_load_and_run():
    signals = [f"s{number}" for number in range(50)]
    conditions: dict[str, Condition] = {
        f"rule {number}": All(
            (
                Test("signals", Op.HAS_ANY, (signals[number % 50], signals[(number * 7 + 1) % 50])),
                Test("customer.seats", Op.AT_LEAST, number % 97),
                AnyOf((Test("customer.tier", Op.IS, "key"), Test("customer.mrr", Op.ABOVE, number))),
                Not(Exists("invoices", All((Test("status", Op.IS, "overdue"), Test("amount", Op.ABOVE, number % 13))))),
            )
        )
        for number in range(2_000)
    }
    tried = [
        facts(
            {"customer.seats": 50, "customer.mrr": 900.5}, ["s3", "s8"], invoices=[{"status": "overdue", "amount": 7}]
        ),
        facts({"customer.seats": 96, "customer.tier": "key"}, signals),
        facts(),
    ]

    some, every, none = agreed(conditions, *tried)
    assert len(every) == 2_000
    assert 0 < len(some) < 2_000
    assert not none
