"""The values behind an outcome, and Kleene's tables in the reference."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from engine_cases import cases
from hypothesis import HealthCheck, settings
from laws import law

from rules.conditions import All, AnyOf, Exists, Not, Op, Test, leaves
from rules.engine import Reasons, deciding, explain, truth
from rules.model import Facts, LeafResult

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VIP = Test("ticket.is_vip", Op.IS, True)
OPTED_OUT = Test("customer.opted_out", Op.IS, True)


def facts(values=None, signals=(), **collections) -> Facts:
    return Facts(values or {}, frozenset(signals), collections, NOW)


def two(vip, opted_out) -> Facts:
    values = {"ticket.is_vip": vip, "customer.opted_out": opted_out}
    return facts({name: value for name, value in values.items() if value is not None})


@pytest.mark.parametrize(("left", "right"), list(itertools.product((True, False, None), repeat=2)))
def test_truth_follows_kleene(left, right):
    both = None if None in (left, right) else left and right
    either = None if None in (left, right) else left or right

    assert truth(All((VIP, OPTED_OUT)), two(left, right)) is (False if False in (left, right) else both)
    assert truth(AnyOf((VIP, OPTED_OUT)), two(left, right)) is (True if True in (left, right) else either)
    assert truth(Not(VIP), two(left, right)) is (None if left is None else not left)


def test_explain_gives_every_leaf_with_what_it_saw():
    condition = All(
        (
            Test("signals", Op.HAS_ANY, ("severe_failure", "outage")),
            AnyOf((Test("customer.tier", Op.IN, ("key",)), Test("customer.mrr", Op.AT_LEAST, 5_000))),
            Not(OPTED_OUT),
            Test("ticket.tags", Op.KNOWN, True),
            Exists("subscriptions", Test("product", Op.SAME_AS, "ticket.product")),
            Not(Exists("invoices", All(()))),
            Test("ticket.product", Op.SAME_AS, "customer.plan"),
        )
    )
    known = facts(
        {"customer.mrr": 7_000.0, "ticket.product": "crm", "ticket.tags": frozenset("ba")},
        ["outage", "greeting"],
        subscriptions=({"product": "crm"}, {"product": "crm"}, {"product": "erp"}, {}),
    )

    assert explain(condition, known) == (
        LeafResult("signals", "has_any", ("severe_failure", "outage"), ("outage",), True),
        LeafResult("customer.tier", "in", ("key",), None, None),
        LeafResult("customer.mrr", "at_least", 5_000, 7_000.0, True),
        LeafResult("customer.opted_out", "is", True, None, None),
        LeafResult("ticket.tags", "known", True, (), True),
        LeafResult("subscriptions", "exists", None, 2, True),
        LeafResult("invoices", "exists", None, 0, False),
        LeafResult("ticket.product", "same_as", "customer.plan", "crm", None),
    )


def test_deciding_names_the_branches_that_made_it_true():
    condition = All((AnyOf((VIP, OPTED_OUT, Test("customer.tier", Op.IS, "key"))), Not(All((VIP, OPTED_OUT)))))
    known = facts({"ticket.is_vip": True, "customer.opted_out": False})

    assert truth(condition, known) is True
    assert deciding(condition, known) == (
        LeafResult("ticket.is_vip", "is", True, True, True),
        LeafResult("customer.opted_out", "is", True, False, False),
    )


def test_deciding_names_what_stands_between_a_condition_and_true():
    condition = All(
        (VIP, Not(OPTED_OUT), AnyOf((Test("customer.tier", Op.IS, "key"), Test("signals", Op.HAS, "outage"))))
    )
    known = facts({"ticket.is_vip": True, "customer.tier": "standard"})

    assert truth(condition, known) is False
    assert deciding(condition, known) == (
        LeafResult("customer.opted_out", "is", True, None, None),
        LeafResult("customer.tier", "is", "key", "standard", False),
        LeafResult("signals", "has", "outage", (), False),
    )


def test_conditions_without_leaves_have_nothing_to_explain():
    assert truth(All(()), facts()) is True
    assert truth(AnyOf(()), facts()) is False
    assert deciding(All(()), facts()) == deciding(AnyOf(()), facts()) == explain(Not(AnyOf(())), facts()) == ()


PROFILE = settings(
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],  # cases are large on purpose
)


@law(quick=6, thorough=25, profile=PROFILE, case=cases(conditions=4, facts=4))
def test_deciding_leaves_are_leaves_of_the_condition(case):
    for condition, known in itertools.product(case.conditions.values(), case.facts):
        every, some = explain(condition, known), deciding(condition, known)

        assert len(every) == len(list(leaves(condition)))
        assert all(leaf in every for leaf in some)


@law(quick=12, thorough=60, profile=PROFILE, case=cases(conditions=4, facts=6))
def test_reasons_are_the_deciding_leaves_of_what_holds(case):
    """Also when they are asked again: what they keep of other facts is what they would say of these."""
    for condition in case.conditions.values():
        for one in (condition, Not(condition)):
            reasons = Reasons(one)
            held = [known for known in case.facts if truth(one, known) is True]
            for known in held * 2:
                assert repr(reasons.of(known)) == repr(deciding(one, known))


def test_reasons_tell_each_value_as_it_is_however_many_there_were():
    condition = All(
        (
            Not(Test("ticket.product", Op.IS, "none of them")),
            Test("customer.seats", Op.AT_LEAST, 0),
            Test("ticket.tags", Op.HAS_NONE, ("a", "b")),
            AnyOf((VIP, Not(VIP))),
        )
    )
    reasons = Reasons(condition)
    for number in (*range(50), 1.0, 2.0, 0.5):
        for vip in (True, False):
            values = {"ticket.product": f"p{number}", "customer.seats": number, "ticket.is_vip": vip}
            known = facts({**values, "ticket.tags": frozenset({"c", f"t{number}"})})

            assert repr(reasons.of(known)) == repr(deciding(condition, known))
