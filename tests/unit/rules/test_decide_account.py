"""What a trace says of a rule that holds: the same when it is said again, whatever was said in between."""

import pytest
from decide_books import facts, recommends, suppresses
from engine_cases import cases
from hypothesis import HealthCheck, settings
from laws import STEADY, law

from rules.conditions import Not, Op, Test
from rules.decide.account import Account
from rules.engine import deciding, truth

PROFILE = settings(STEADY, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def told(when, known):
    """The definition: what decides, or what nobody knows of what would lift a guardrail."""
    if truth(when, known) is True:
        return deciding(when, known)
    return tuple(leaf for leaf in deciding(Not(when), known) if leaf.truth is None)


@law(quick=12, thorough=60, profile=PROFILE, case=cases(conditions=4, facts=6))
def test_a_rule_is_told_as_it_is_defined_however_often_it_was_told_before(case):
    for when in case.conditions.values():
        for rule in (recommends("r.one", "a.one", when), suppresses("g.one", when, unless_false=True)):
            held = [
                known
                for known in case.facts
                if truth(when, known) is True or (rule.on_unknown_suppress and truth(when, known) is None)
            ]
            account = Account(rule)
            for known in held * 2:
                found = account.of(known)
                assert (found.rule, found.version, found.kind) == (rule.id, rule.version, rule.kind)
                assert repr(found.leaves) == repr(told(when, known))


@pytest.mark.parametrize("values", [(1, 1.0), (0.0, -0.0), (0, False), ("1", 1)])
def test_equal_values_that_are_written_differently_are_told_apart(values):
    account = Account(recommends("r.one", "a.one", Test("customer.mrr", Op.KNOWN, value=True)))

    for value in values * 2:
        (leaf,) = account.of(facts(customer_mrr=value)).leaves
        assert repr(leaf.actual) == repr(value)


def test_what_is_the_same_is_told_with_the_same_object_so_that_its_bytes_are_written_once():
    account = Account(recommends("r.one", "a.one", Test("signals", Op.HAS, "outage")))

    assert account.of(facts("outage")) is account.of(facts("outage", "price", customer_mrr=7.5))
