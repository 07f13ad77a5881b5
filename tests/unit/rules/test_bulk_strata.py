"""A rulebook in bulk decides ticket by ticket what the decision's own stages decide."""

from __future__ import annotations

from functools import partial

import pytest
from backends import VOTING, Count, bulk_courses, hold_book_equal
from backends_files import BookCase
from decide_books import book, derives, said, votes
from decide_books import facts as short_facts
from drawn_facts import drawn_facts
from engine_agreement import facts

from rules.bulk.columns import Columns
from rules.bulk.strata import BulkStrata, Voting
from rules.decide.strata import lay_out
from rules.errors import EngineFailed, FactsInvalid
from rules.rulebook import Function


@pytest.mark.slow
def test_the_shipped_packs_decide_in_bulk_what_they_decide_live(shipped):
    case = BookCase(shipped, tuple(drawn_facts(shipped, 300, seed=20_261_121, known=0.5)))
    count = Count()
    hold_book_equal(case, count)
    fired = frozenset().union(*(course.fired for course in bulk_courses(case)))

    assert count.pairs["bulk"] == 300 * len(lay_out(shipped).rules)
    assert len(fired) > 0.9 * len(lay_out(shipped).rules)  # or agreeing on silence would say little


def test_no_tickets_have_no_outcome(shipped):
    outcome = BulkStrata(lay_out(shipped), VOTING).fired_rules(Columns.of([]))

    assert (outcome.fired.height, outcome.scores.height, len(outcome.primary)) == (0, 0, 0)
    assert set(outcome.fired.columns) == set(lay_out(shipped).rules)


def test_a_rulebook_without_rules_leaves_triage_to_support():
    (course,) = bulk_courses(BookCase(book(), (facts(),)))

    assert (course.primary, course.needs_triage, course.fired) == (Function.SUPPORT, True, frozenset())
    assert course.scores == dict.fromkeys(Function, 0)


def test_ties_go_by_the_tenants_precedence():
    rulebook = book(votes("c.1", support=3, success=3, account_management=3))
    columns = Columns.of([facts()])
    for first in Function:
        precedence = (first, *(function for function in Function if function is not first))
        outcome = BulkStrata(lay_out(rulebook), Voting(precedence, 2, (60, 100))).fired_rules(columns)

        assert outcome.primary.to_list() == [first.value]
        assert outcome.scores.columns == [function.value for function in precedence]


@pytest.mark.parametrize("precedence", [(), (Function.SUPPORT,), (*Function, Function.SUPPORT)])
def test_a_precedence_that_leaves_out_or_repeats_a_function_is_refused(precedence):
    with pytest.raises(EngineFailed, match="precedence must name each"):
        BulkStrata(lay_out(book()), Voting(precedence, 2, (60, 100)))


def test_what_cannot_be_derived_is_refused_by_name():
    for values in ({"severity": "dreadful"}, {"nothing": "x"}, {"customer.seats": "5"}):
        with pytest.raises(EngineFailed, match=r"'d\.1'"):
            BulkStrata(lay_out(book(derives("d.1", **values))), VOTING)


def test_a_stated_value_without_a_rank_is_refused_only_where_it_is_weighed():
    strata = BulkStrata(lay_out(book(derives("d.1", said("outage"), severity="high"))), VOTING)
    odd = partial(short_facts, severity="dreadful")

    assert strata.fired_rules(Columns.of([odd()])).columns.facts(0).values["severity"] == "dreadful"
    with pytest.raises(FactsInvalid, match="severity"):
        strata.fired_rules(Columns.of([odd(), odd("outage")]))
