"""What durable-rules does wrongly outside its envelope, pinned: here it must come out right, or be refused by name."""

from __future__ import annotations

import itertools
import json
import math
from contextlib import closing
from datetime import UTC, datetime

import durable_rules_engine
import pytest

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.engine import DurableEvaluator, ReferenceEvaluator
from rules.engine.compile import compile_stratum
from rules.engine.encode import rank
from rules.engine.formula import ENVELOPE, Limits
from rules.engine.names import ITEM_BATCH, Names, fnv1a
from rules.engine.page import MAX_RULES, Page, fired_name
from rules.errors import EngineFailed, FactsInvalid
from rules.model import Facts

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NUMBERS = (
    *(0, -0.0, 1, 2, -1, 0.1 + 0.2, 0.3, 0.30000000000000004, 1e-7, -1e-7, 5e-324, 1e-4, 0.5, 1e15, 1e15 - 0.5, 1e16),
    *(2**53 - 1, 2**53, 2**53 + 1, 2**53 + 2, 2.0**53, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 1e300, 4_999.999_999),
)
HOSTILE = (
    *("", " ", "a", "a\x00", "a\x00b", "\x00", "\ud800", "\udfff", "é", "e\u0301", "日本語", "\U0001f4a9", "\u2028"),
    *('"', "\\", '\\"', "'", '","kind":"wide', "true", "null", "0", "1", "1.0", "-0", "1e-7", "$or", "a.b", "$forward"),
    *("t439599", "t622382", "x" * 1_000, "x" * 999 + "y", "x" * 70_000, "x" * 65_536 + "x" * 70_000),
)


def facts(values=None, signals=(), **collections) -> Facts:
    return Facts(values or {}, frozenset(signals), {name: tuple(items) for name, items in collections.items()}, NOW)


def agreed(conditions: dict[str, Condition], *tried: Facts, limits: Limits = ENVELOPE) -> list[frozenset[str]]:
    """Return what fired on each of `tried`; durable-rules and the reference agree on it."""
    reference = ReferenceEvaluator({"only": conditions})
    with closing(DurableEvaluator({"only": conditions}, limits=limits)) as durable:
        found = [durable.fired("only", one) for one in tried]

    assert [reference.fired("only", one) for one in tried] == found
    return found


def fires(condition: Condition, *tried: Facts, limits: Limits = ENVELOPE) -> list[bool]:
    return ["it" in names for names in agreed({"it": condition}, *tried, limits=limits)]


# --- values -------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
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


# --- size ---------------------------------------------------------------------------------------


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


# --- pages --------------------------------------------------------------------------------------


def plain(count: int) -> dict[str, object]:
    return {f"r{number}": {"all": [{"m": {"$and": [{"kind": "k"}, {"x": 1}]}}]} for number in range(count)}


FACT = '{"sid":"s","id":"t","kind":"k","x":1}'


def test_page_takes_sixty_rules_that_all_fire_and_refuses_more():
    with closing(Page(plain(MAX_RULES))) as page:
        assert {f"r{number}" for number in range(60)} == {fired_name(text) for text in page.run([FACT])}
    with pytest.raises(EngineFailed, match="61 rules do not fit"):
        Page(plain(MAX_RULES + 1))


@pytest.mark.parametrize(
    "bad",
    [
        '{"sid":"s","id":"t","kind":"k","x":1e-7}',
        '{"sid":"s","id":"t","kind":',
        "[]",
        json.dumps({"sid": "s", "id": "t", "kind": "k"} | {f"p{number}": 1 for number in range(300)}),
        "\x00",
        '{"sid":"s","id":"t","kind":"k","x":"\ud800"}',
        None,
        7,
    ],
)
def test_page_answers_rightly_after_an_error(bad):
    with closing(Page(plain(3))) as page:
        for _ in range(50):
            with pytest.raises(EngineFailed):
                page.run([FACT.replace('"t"', '"first"'), bad])

            assert sorted(fired_name(text) for text in page.run([FACT])) == ["r0", "r1", "r2"]


def test_page_survives_an_interrupt_in_the_middle_of_a_session():
    def interrupted():
        yield FACT
        raise KeyboardInterrupt

    with closing(Page(plain(3))) as page:
        for _ in range(50):
            with pytest.raises(KeyboardInterrupt):
                page.run(interrupted())

            assert len(page.run([FACT])) == 3


def test_page_refuses_two_facts_with_one_id():
    with closing(Page(plain(1))) as page:
        with pytest.raises(EngineFailed, match="share an id"):
            page.run([FACT, FACT])

        assert len(page.run([FACT])) == 1


def test_page_of_no_facts_fires_nothing():
    with closing(Page(plain(1))) as page:
        assert page.run([]) == []
        assert len(page.run([FACT])) == 1


def test_page_that_durable_rules_lost_says_so():
    page = Page(plain(1))
    durable_rules_engine.delete_ruleset(page._handle)

    with pytest.raises(EngineFailed):
        page.run([FACT])


def test_closed_page_is_not_run():
    page = Page(plain(1))
    page.close()
    page.close()

    with pytest.raises(EngineFailed, match="closed"):
        page.run([FACT])


# --- names --------------------------------------------------------------------------------------


def test_hash_is_the_one_by_which_durable_rules_confuses_names():
    first, second = "t439599", "t622382"
    with closing(Page({"r": {"all": [{"m": {first: 1}}]}})) as page:
        assert fnv1a(first) == fnv1a(second)
        assert len(page.run([f'{{"sid":"s","id":"t","{second}":1}}'])) == 1


def test_names_never_share_a_hash():
    """A hash of two values leaves room for one name beside the reserved ones."""
    names = Names(lambda name: 0 if name in ("p_a", "p_a__2", "p_a__3") else fnv1a(name))
    given = [names.give("a"), names.give("a"), names.give("A")]

    assert given == ["p_a", "p_a__4", "p_a__5"]


def test_names_are_safe_whatever_they_are_made_of():
    names = Names()
    given = [names.give(wish) for wish in (*HOSTILE, "id", "sid", "kind", "$s")]

    assert len(given) == len(set(given)) == len({fnv1a(name) for name in given})
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for name in given)


# --- what cannot be evaluated -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (Test("customer.teir", Op.IS, "key"), "no field 'customer.teir'; did you mean 'customer.tier'"),
        (Test("customer.tier", Op.ABOVE, 3), "no test 'above' on a field of type enum"),
        (Test("customer.seats", Op.EQUALS, "3"), "'3' does not fit"),
        (Test("customer.seats", Op.EQUALS, True), "True does not fit"),
        (Test("customer.mrr", Op.EQUALS, math.nan), "nan does not fit"),
        (Test("customer.mrr", Op.BETWEEN, (1, 2, 3)), "does not fit"),
        (Test("customer.opted_out", Op.IS, "true"), "does not fit"),
        (Test("ticket.product", Op.SAME_AS, "customer.seats"), "cannot be the same as"),
        (Test("ticket.product", Op.SAME_AS, "customer.nothing"), "no field 'customer.nothing'"),
        (Exists("orders", All(())), "no collection 'orders'"),
        (Exists("invoices", Exists("invoices", All(()))), "no further exists"),
        (Exists("invoices", Test("mrr", Op.ABOVE, 1)), "no field 'mrr'"),
        (Exists("invoices", Test("amount", Op.SAME_AS, "ticket.product")), "cannot be the same as"),
    ],
)
def test_conditions_that_cannot_be_evaluated_are_refused_by_name(condition, why):
    with pytest.raises(EngineFailed, match=f"condition 'the rule': .*{why}"):
        DurableEvaluator({"only": {"fine": All(()), "the rule": All((condition,))}})


@pytest.mark.parametrize(
    "limits",
    [
        {"rules": 61},
        {"rules": 0},
        {"properties": 241},
        {"joins": 25},
        {"atoms": 1},
        {"conjunctions": 0},
        {"atoms": 200},
    ],
)
def test_limits_outside_the_envelope_are_refused(limits):
    with pytest.raises(ValueError, match="outside"):
        Limits(**limits)
