"""What durable-rules does wrongly outside its envelope, pinned: here it must come out right, or be refused by name."""

from __future__ import annotations

import json
import math
from contextlib import closing

import durable_rules_engine
import pytest
from engine_agreement import HOSTILE
from laws import counts

from rules.conditions import All, Exists, Op, Test
from rules.engine import DurableEvaluator
from rules.engine.formula import Limits
from rules.engine.names import Names, fnv1a
from rules.engine.page import MAX_RULES, Page, fired_name
from rules.errors import EngineFailed

# --- pages ---------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("rounds", counts(quick=200, thorough=2_000))
def test_page_that_keeps_its_session_answers_each_fact_alone(rounds):
    """Thousands of facts in one session, each retracted: none of it is left, whether it matched or not, or broke."""
    rules = {f"r{number}": {"all": [{"m": {"$and": [{"kind": 1}, {"$gte": {"x": number}}]}}]} for number in range(30)}
    facts = [f'{{"sid":"s","id":"t","kind":1,"x":{number}}}' for number in range(-1, 30)]
    facts += ['{"sid":"s","id":"t","kind":2,"x":5}', '{"sid":"s","id":"t"}']
    expected = [[f"r{number}" for number in range(above + 1)] for above in range(-1, 30)] + [[], []]
    with closing(Page(rules)) as page:
        for round_ in range(rounds):
            if round_ % 50 == 0:
                with pytest.raises(EngineFailed):
                    page.ask('{"sid":"s","id":"t","kind":1,"x":1e-7}', keep=True)
            found = [sorted(page.ask(fact, keep=round_ % 7 > 0), key=_number) for fact in facts]

            assert found == expected
        with pytest.raises(EngineFailed, match="share an id"):
            page.run([facts[1], facts[1]])
        assert len(page.ask(facts[-3], keep=True)) == 30


def _number(name: str) -> int:
    return int(name.removeprefix("r"))


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
    with pytest.raises(EngineFailed, match="closed"):
        page.ask(FACT, keep=True)


# --- names ---------------------------------------------------------------------------------------


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


# --- what cannot be evaluated --------------------------------------------------------------------


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
