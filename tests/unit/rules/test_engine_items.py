"""Collections: every page is run once for its items, on every level, and nothing is joined that is no value."""

from __future__ import annotations

import math
from contextlib import closing

import pytest
from engine_agreement import facts
from engine_cases import SMALL

from rules.conditions import All, AnyOf, Condition, Exists, Op, Test
from rules.engine import DurableEvaluator, ReferenceEvaluator
from rules.engine.formula import ENVELOPE, Limits
from rules.engine.names import ITEM_BATCH
from rules.engine.page import Page
from rules.errors import FactsInvalid
from rules.model import Facts

ACTIVE = Test("status", Op.IS, "active")
JOINED = Test("product", Op.SAME_AS, "ticket.product")


class Counted(Page):
    """A page that counts how often the engine is run on it."""

    runs = 0

    def run(self, facts):
        self.runs += 1
        return super().run(facts)


def one_of(field: str, count: int = 30) -> Condition:
    """Return a question that makes parts, where another of its kind stands beside it."""
    return AnyOf(tuple(Test(field, Op.IS, f"{field} {number}") for number in range(count)))


def runs(condition: Condition, one: Facts, limits: Limits = ENVELOPE) -> list[set[int]]:
    """Return how often the pages of each level were run when everything is asked; the answer is the reference's."""
    conditions = {"it": Exists("subscriptions", condition)}
    with closing(DurableEvaluator({"only": conditions}, limits=limits, remembers=False)) as durable:
        (collection,) = durable._strata["only"]._collections
        asking = collection._asking
        for line in asking.lines:
            line.page.page.__class__ = Counted
        fired = durable.fired("only", one)

    assert fired == ReferenceEvaluator({"only": conditions}).fired("only", one)
    found: list[set[int]] = [set() for _ in asking.levels]
    for line in asking.lines:
        level = next(on for on, level in enumerate(asking.levels) if line.page.floor >= level.floor)
        found[level].add(line.page.page.runs)
    return found


def test_page_without_parts_is_run_once():
    assert runs(ACTIVE, facts(subscriptions=[{"status": "active"}, {"status": "active"}])) == [{1}]


def test_page_that_settles_parts_is_run_once():
    both = All((one_of("product"), one_of("plan"), ACTIVE))
    item = {"product": "product 3", "plan": "plan 7", "status": "active"}

    assert runs(both, facts(subscriptions=[item])) == [{1}, {1}]
    assert runs(both, facts(subscriptions=[{**item, "status": "paused"}])) == [{1}, {0}]
    assert runs(both, facts(subscriptions=[{"status": "active"}])) == [{0}, {0}]
    assert runs(both, facts(subscriptions=[{**item, "product": "product 30", "plan": "plan 30"}])) == [{0}, {0}]


def test_page_that_joins_is_run_once_on_either_side_of_a_part():
    alone = All((one_of("product"), one_of("plan"), JOINED))
    beside = AnyOf((alone, All((JOINED, ACTIVE))))
    item = {"product": "product 3", "plan": "plan 7", "status": "active"}
    for one in (facts({"ticket.product": product}, subscriptions=[item]) for product in ("product 3", "another")):
        assert runs(alone, one) == [{1}, {1}]
        assert runs(beside, one) == [{1}, {1}]


def test_page_is_run_once_for_each_batch_of_items():
    both = All((one_of("product"), one_of("plan"), ACTIVE))
    items = [
        {"product": f"product {number % 40}", "plan": f"plan {number % 35}", "status": "active"}
        for number in range(2 * ITEM_BATCH + 1)
    ]

    assert runs(both, facts(subscriptions=items)) == [{3}, {3}]


@pytest.mark.parametrize("product", ["product 0", "product 8", "product 9", "another"])
def test_pages_of_many_levels_are_run_once_at_most(product):
    inner = AnyOf((All((one_of("plan", 9), one_of("status", 9))), *one_of("status", 4).parts, ACTIVE))
    nested = All((one_of("product", 9), inner))
    for status in ("active", "status 4", "status 9"):
        item = {"product": product, "plan": "plan 7", "status": status}
        found = runs(AnyOf((nested, All((one_of("plan", 8), nested)))), facts(subscriptions=[item, item]), SMALL)

        assert len(found) > 2
        assert set.union(*found) <= {0, 1}


# --- values -------------------------------------------------------------------------------------

NAN = math.nan
TEXT_AND_TEXT = Test("ticket.product", Op.SAME_AS, "customer.plan")
NUMBER_AND_NUMBER = Test("customer.seats", Op.SAME_AS, "customer.mrr")
SEATS = Test("seats", Op.SAME_AS, "customer.seats")


@pytest.mark.parametrize(
    ("test", "values", "field"),
    [
        (NUMBER_AND_NUMBER, {"customer.seats": NAN, "customer.mrr": NAN}, "customer.seats"),
        (NUMBER_AND_NUMBER, {"customer.seats": 1, "customer.mrr": True}, "customer.mrr"),
        (NUMBER_AND_NUMBER, {"customer.seats": "1", "customer.mrr": 1}, "customer.seats"),
        (TEXT_AND_TEXT, {"ticket.product": "crm", "customer.plan": ["crm"]}, "customer.plan"),
        (TEXT_AND_TEXT, {"ticket.product": frozenset({"crm"}), "customer.plan": "crm"}, "ticket.product"),
    ],
)
def test_values_of_another_type_are_not_compared_with_each_other(test, values, field):
    with closing(DurableEvaluator({"only": {"it": test}})) as durable:
        with pytest.raises(FactsInvalid, match=field):
            durable.fired("only", facts(values))

        good = "crm" if test is TEXT_AND_TEXT else 3
        assert durable.fired("only", facts(dict.fromkeys(values, good))) == {"it"}


@pytest.mark.parametrize(
    ("test", "item", "values", "field"),
    [
        (SEATS, {"seats": NAN}, {"customer.seats": NAN}, "customer.seats"),
        (SEATS, {"seats": NAN}, {"customer.seats": 3}, "seats"),
        (SEATS, {"seats": True}, {"customer.seats": 1}, "seats"),
        (SEATS, {"seats": [3]}, {"customer.seats": 3}, "seats"),
        (JOINED, {"product": "crm"}, {"ticket.product": ["crm"]}, "ticket.product"),
        (JOINED, {"product": {"crm": 1}}, {"ticket.product": "crm"}, "product"),
        (JOINED, {"product": 3}, {"ticket.product": 3}, "ticket.product"),
    ],
)
def test_values_of_another_type_are_not_joined(test, item, values, field):
    with closing(DurableEvaluator({"only": {"it": Exists("subscriptions", test)}})) as durable:
        with pytest.raises(FactsInvalid, match=f"^{field}: "):
            durable.fired("only", facts(values, subscriptions=[item]))

        good = "crm" if test is JOINED else 3
        same = facts(dict.fromkeys(values, good), subscriptions=[dict.fromkeys(item, good)])
        assert durable.fired("only", same) == {"it"}
