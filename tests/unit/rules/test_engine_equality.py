"""The heart of the suite: durable-rules, the reference and SQL give one answer on generated conditions and facts."""

from __future__ import annotations

from contextlib import closing

import pytest
from engine_cases import Case, cases
from engine_sql import SqlOracle
from hypothesis import HealthCheck, given, settings

from rules.engine import DurableEvaluator, ReferenceEvaluator

# No fixed seed: every run looks somewhere new, and a failure prints the blob that brings it back.
# Generating ten trees and sixteen facts takes longer than Hypothesis likes: too large and too slow are meant.
PROFILE = settings(
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def evaluations(case: Case, *, sql: bool) -> int:
    """Hold the evaluators equal on `case`; return how many (rule, facts) pairs were evaluated."""
    durable = DurableEvaluator({"only": case.conditions}, limits=case.limits)
    forgetful = DurableEvaluator({"only": case.conditions}, limits=case.limits, remembers=False)
    reference = ReferenceEvaluator({"only": case.conditions})
    with closing(durable), closing(forgetful):
        expected = [reference.fired("only", facts) for facts in case.facts]
        actual = [durable.fired("only", facts) for facts in case.facts]
        remembered = [durable.fired("only", facts) for facts in case.facts]
        asked_again = [forgetful.fired("only", facts) for facts in case.facts]

    assert expected == actual
    assert expected == remembered
    assert expected == asked_again
    if sql:
        assert expected == SqlOracle(case.conditions).fired(case.facts)
    return len(case.conditions) * len(case.facts)


@settings(PROFILE, max_examples=5)
@given(cases())
def test_durable_equals_the_reference(case):
    evaluations(case, sql=False)


@settings(PROFILE, max_examples=5)
@given(cases(collections=False))
def test_durable_and_the_reference_equal_sql(case):
    evaluations(case, sql=True)


@pytest.mark.slow
def test_evaluators_agree_on_eight_thousand_evaluations():
    """Most of them with SQL: durable-rules and the reference are held equal on far more in test_backends_equality."""
    counted = {"with collections": 0, "with sql": 0}

    @settings(PROFILE, max_examples=20)
    @given(cases())
    def with_collections(case):
        counted["with collections"] += evaluations(case, sql=False)

    @settings(PROFILE, max_examples=50)
    @given(cases(collections=False))
    def with_sql(case):
        counted["with sql"] += evaluations(case, sql=True)

    with_collections()
    with_sql()

    assert counted["with collections"] >= 2_000
    assert counted["with sql"] >= 6_000
    assert sum(counted.values()) >= 8_000
