"""What may be asked: the evaluator that runs live and the one that runs in bulk refuse the same, in the same words."""

from __future__ import annotations

import math

import pytest
from laws import every

from rules.bulk.evaluate import BulkEvaluator
from rules.conditions import MAX_DEPTH, All, AnyOf, Condition, Exists, Not, Op, Test, is_deeper
from rules.engine import DurableEvaluator
from rules.errors import EngineFailed
from rules.vocabulary import COLLECTIONS

ODD: dict[str, tuple[Condition, str]] = {
    "no field": (Test("customer.seatz", Op.ABOVE, 1), "there is no field 'customer.seatz'; did you mean"),
    "nothing near": (Test("ß", Op.ABOVE, 1), "there is no field 'ß'"),
    "no such test": (Test("customer.seats", Op.HAS, 1), "customer.seats: there is no test 'has' on a field of type in"),
    "text for a number": (Test("customer.seats", Op.ABOVE, "1"), "customer.seats above: '1' does not fit a field of t"),
    "flag for a number": (Test("customer.seats", Op.EQUALS, True), "customer.seats equals: True does not fit a field"),
    "no number": (Test("customer.mrr", Op.AT_MOST, math.nan), "customer.mrr at_most: nan does not fit a field of typ"),
    "number for a text": (Test("ticket.product", Op.IS, 1), "ticket.product is: 1 does not fit a field of type text"),
    "number for a flag": (Test("ticket.is_vip", Op.IS, 1), "ticket.is_vip is: 1 does not fit a field of type flag"),
    "one bound": (Test("customer.seats", Op.BETWEEN, (1,)), "customer.seats between: (1,) does not fit a field of ty"),
    "several for one": (Test("ticket.product", Op.IS, ("a",)), "ticket.product is: ('a',) does not fit a field of t"),
    "one for several": (Test("ticket.product", Op.IN, "ab"), "ticket.product in: 'ab' does not fit a field of type t"),
    "known of a text": (Test("ticket.product", Op.KNOWN, "yes"), "ticket.product known: 'yes' does not fit a field o"),
    "same as a number": (Test("ticket.product", Op.SAME_AS, 3), "ticket.product same_as: 3 does not fit a field of t"),
    "same as nothing": (Test("ticket.product", Op.SAME_AS, "product"), "there is no field 'product'"),
    "not alike": (
        Test("ticket.product", Op.SAME_AS, "customer.seats"),
        "ticket.product (text) cannot be the same as customer.seats (integer)",
    ),
    "no collection": (
        Exists("bills", All(())),
        f"there is no collection 'bills'; there are {', '.join(COLLECTIONS)}",
    ),
    "no field of an item": (Exists("invoices", Test("amuont", Op.ABOVE, 1)), "there is no field 'amuont'; did you mea"),
    "exists in exists": (Exists("invoices", Exists("invoices", All(()))), "exists in invoices: a `where` holds tests"),
}


@pytest.mark.parametrize("evaluator", [DurableEvaluator, BulkEvaluator])
@every("name", ODD)
def test_what_cannot_be_asked_is_refused_by_every_evaluator_alike(name, evaluator):
    condition, says = ODD[name]
    for asked in (condition, Not(condition), All((AnyOf((condition,)), Test("customer.seats", Op.ABOVE, 1)))):
        with pytest.raises(EngineFailed) as refused:
            evaluator({"only": {"good": Test("ticket.is_vip", Op.IS, True), "odd one": asked}})

        assert str(refused.value).startswith(f"condition 'odd one': {says}")


LEAF = Test("customer.seats", Op.ABOVE, 7)
ITEM = Test("amount", Op.ABOVE, 7)


@pytest.mark.parametrize(
    ("condition", "depth"),
    [
        (LEAF, 1),
        (All(()), 1),
        (Not(LEAF), 2),
        (All((LEAF, AnyOf((LEAF, Not(LEAF))))), 4),
        (All((Not(Not(LEAF)), LEAF)), 4),
        (Exists("invoices", ITEM), 2),
        (Not(Exists("invoices", All((ITEM, ITEM)))), 4),
    ],
)
def test_condition_is_as_deep_as_its_longest_branch(condition, depth):
    assert [is_deeper(condition, limit) for limit in (depth - 1, depth, depth + 1)] == [True, False, False]


@pytest.mark.parametrize("evaluator", [DurableEvaluator, BulkEvaluator])
def test_deepest_condition_is_evaluated_and_no_deeper_one(evaluator):
    deep: Condition = LEAF
    for _ in range(MAX_DEPTH - 1):
        deep = Not(deep)

    evaluator({"only": {"deep": deep}})
    for more in (1, 100_000):
        for _ in range(more):
            deep = Not(deep)
        with pytest.raises(EngineFailed, match=r"^condition 'deep': it is nested more than 100 deep: make it flatter$"):
            evaluator({"only": {"deep": deep}})
