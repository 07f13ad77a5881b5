"""The figures of an evaluation against vectors worked out by hand."""

from collections import Counter

import pytest
from decide_books import book, said, votes
from hypothesis import given
from hypothesis import strategies as st
from labelled_cases import ACCOUNTS, SUCCESS, SUPPORT, judged

from rules.evaluation import (
    DEFAULT_COSTS,
    DEFAULT_PRIOR,
    Confusion,
    Floor,
    MeasureInvalid,
    Reliability,
    Tally,
    parse_costs,
    parse_floors,
    parse_prior,
    stands_for,
)
from rules.rulebook import Function

# support 8, 1, 1 · success 2, 6, 2 · accounts 0, 5, 15 (rows expected, columns decided)
TABLE = {
    (SUPPORT, SUPPORT): 8,
    (SUPPORT, SUCCESS): 1,
    (SUPPORT, ACCOUNTS): 1,
    (SUCCESS, SUPPORT): 2,
    (SUCCESS, SUCCESS): 6,
    (SUCCESS, ACCOUNTS): 2,
    (ACCOUNTS, SUCCESS): 5,
    (ACCOUNTS, ACCOUNTS): 15,
}
CONFUSION = Confusion(Counter(TABLE))
COUNTS = st.dictionaries(st.tuples(st.sampled_from(Function), st.sampled_from(Function)), st.integers(0, 40))


def test_accuracy_precision_recall_and_f1_are_as_worked_out_by_hand():
    assert CONFUSION.total == 40
    assert CONFUSION.accuracy == 29 / 40
    assert [CONFUSION.recall(function) for function in Function] == [8 / 10, 6 / 10, 15 / 20]
    assert [CONFUSION.precision(function) for function in Function] == [8 / 10, 6 / 12, 15 / 18]
    assert [CONFUSION.f1(function) for function in Function] == [0.8, 12 / 22, 30 / 38]
    assert CONFUSION.macro_f1 == pytest.approx((0.8 + 6 / 11 + 15 / 19) / 3)


def test_precision_at_a_prior_is_bayes_rule():
    prior = {SUPPORT: 0.8, SUCCESS: 0.15, ACCOUNTS: 0.05}

    # of 100 tickets 80, 15 and 5: support gets 64 + 3 + 0; success 8 + 9 + 1.25; accounts 8 + 3 + 3.75
    assert CONFUSION.precision_at(SUPPORT, prior) == pytest.approx(64 / 67)
    assert CONFUSION.precision_at(SUCCESS, prior) == pytest.approx(9 / 18.25)
    assert CONFUSION.precision_at(ACCOUNTS, prior) == pytest.approx(3.75 / 14.75)
    assert CONFUSION.accuracy_at(prior) == pytest.approx(0.64 + 0.09 + 0.0375)


@given(COUNTS)
def test_precision_at_the_mix_of_the_rows_themselves_is_their_precision(counts):
    confusion = Confusion(Counter(counts))
    whole = confusion.total or 1
    prior = {function: confusion.expected(function) / whole for function in Function}

    for function in Function:
        assert confusion.precision_at(function, prior) == pytest.approx(confusion.precision(function))
    assert confusion.accuracy_at(prior) == pytest.approx(confusion.accuracy)
    assert confusion.mean_cost_at(DEFAULT_COSTS, prior) == pytest.approx(confusion.mean_cost(DEFAULT_COSTS))


def test_costs_are_weighed_by_how_often_and_by_the_prior():
    costs = {(SUCCESS, SUPPORT): 5.0, (ACCOUNTS, SUCCESS): 2.0}

    assert CONFUSION.mean_cost(costs) == (2 * 5 + 5 * 2) / 40
    assert CONFUSION.mean_cost_at(costs, DEFAULT_PRIOR) == pytest.approx(0.1 * 0.2 * 5 + 0.1 * 0.25 * 2)


def test_figures_without_tickets_are_none():
    nothing = Confusion()
    only = Confusion(Counter({(SUPPORT, SUPPORT): 3}))

    assert (
        nothing.accuracy is nothing.macro_f1 is nothing.precision(SUPPORT) is nothing.mean_cost(DEFAULT_COSTS) is None
    )
    assert only.macro_f1 == 1
    assert only.recall(SUCCESS) is only.precision_at(SUCCESS, DEFAULT_PRIOR) is None
    assert only.precision_at(SUPPORT, DEFAULT_PRIOR) == 1


def test_sending_a_leaving_customer_to_support_costs_more_than_the_reverse():
    assert DEFAULT_COSTS[SUCCESS, SUPPORT] > DEFAULT_COSTS[SUPPORT, SUCCESS]
    assert set(DEFAULT_COSTS) == {(one, other) for one in Function for other in Function if one is not other}
    assert sum(DEFAULT_PRIOR.values()) == pytest.approx(1)


def test_expected_calibration_error_is_as_worked_out_by_hand():
    # bin 0.7 to 0.8: 0.72 and 0.78, one right: |0.5 - 0.75|; bin 0.9 to 1: 0.9 and 1.0, both right: |1 - 0.95|
    found = Reliability.of([(0.72, True, 1), (0.78, False, 1), (0.9, True, 1), (1.0, True, 1)])

    assert found.expected_error == pytest.approx(0.5 * 0.25 + 0.5 * 0.05)
    assert [(one.low, one.high, one.decisions) for one in found.bins] == [(0.7, 0.8, 2), (0.9, 1.0, 2)]
    assert Reliability().expected_error is None


def test_reliability_adds_up_and_weighs():
    one, other = Reliability.of([(0.3, False, 2)]), Reliability.of([(0.31, True, 1)])
    one.add(other)

    assert one.expected_error == pytest.approx(abs(1 / 3 - (0.6 + 0.31) / 3))


BOOK = book(
    votes("s.fault", said("fault"), support=4, success=-1),
    votes("s.leave", said("leave"), success=5),
    votes("s.not_support", said("price"), support=-2),
    votes("s.helps", said("vip"), collaborate=("account_management",)),
)


def test_a_rule_stands_for_what_it_votes_for_most():
    assert stands_for(BOOK.rules["s.fault"]) == {SUPPORT}
    assert stands_for(BOOK.rules["s.not_support"]) == {SUCCESS, ACCOUNTS}
    assert stands_for(BOOK.rules["s.helps"]) == frozenset()


def tally(keep=10):
    return Tally(DEFAULT_COSTS, keep)


def test_rules_are_right_or_mislead():
    found = tally()
    found.take(judged(SUPPORT, SUPPORT, fired=["s.fault"]), BOOK)
    found.take(judged(SUCCESS, SUPPORT, fired=["s.fault", "s.leave", "s.helps"]), BOOK)
    found.take(judged(SUCCESS, SUCCESS, fired=["s.fault", "s.leave"]), BOOK)
    fault = found.rules["s.fault"]

    assert (fault.fired, fault.right, fault.misled, fault.precision) == (3, 1, 1, 1 / 3)
    assert (found.rules["s.leave"].precision, found.rules["s.leave"].misled) == (1, 0)
    assert found.rules["s.helps"].precision is None


def test_coverage_asks_for_a_positive_vote_for_the_expected_function():
    found = tally()
    found.take(judged(SUPPORT, SUPPORT, fired=["s.fault"]), BOOK)
    found.take(judged(SUPPORT, SUPPORT, triage=True), BOOK)
    found.take(judged(SUCCESS, SUPPORT, fired=["s.fault", "s.not_support"]), BOOK)
    found.take(judged(SUCCESS, SUCCESS, shadow=["s.leave"]), BOOK)

    assert (found.coverage, found.coverage_of(SUPPORT), found.coverage_of(SUCCESS)) == (1 / 4, 1 / 2, 0)
    assert found.coverage_of(ACCOUNTS) is None
    assert found.triage == 1
    assert found.shadow["s.leave"].right == 1
    assert "s.leave" not in found.rules


def test_the_dearest_errors_are_kept_however_many_come():
    found = tally(keep=3)
    for line in range(1, 400):
        decided = SUPPORT if line % 100 == 0 else ACCOUNTS
        found.take(judged(SUCCESS, decided, line=line, confidence=line / 1000), BOOK)

    assert [(error.cost, error.line) for error in found.dearest()] == [(5, 300), (5, 200), (5, 100)]
    assert len(found.errors) < 100


def test_asides_are_counted_where_rows_say_something():
    found = tally()
    found.take(judged(SUPPORT, SUPPORT, helping=(SUCCESS,), collaborators=frozenset({SUCCESS})), BOOK)
    found.take(judged(SUPPORT, SUPPORT, collaborators=frozenset({SUCCESS})), BOOK)
    found.take(judged(SUPPORT, SUPPORT, recommendations=("a",)), BOOK)

    assert (found.asides.collaborators, found.asides.collaborators_right) == (2, 1)
    assert (found.asides.recommendations, found.asides.first, found.asides.shown) == (1, 0, 0)


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(Function),
        st.sampled_from(Function),
        st.sets(st.sampled_from(sorted(BOOK.rules))),
        st.sampled_from(("en", "pt-BR")),
    ),
    max_size=30,
)


@given(ENTRIES, st.integers(0, 30))
def test_a_tally_in_two_parts_is_the_tally_of_all(entries, cut):
    cases = [
        judged(expected, decided, fired=sorted(fired), line=line, slices=(("language", language),))
        for line, (expected, decided, fired, language) in enumerate(entries, start=1)
    ]
    whole, left, right = tally(), tally(), tally()
    for number, case in enumerate(cases):
        whole.take(case, BOOK)
        (left if number < cut else right).take(case, BOOK)
    left.add(right)

    assert left.whole == whole.whole
    assert left.slices == whole.slices
    assert left.rules == whole.rules
    assert left.coverage == whole.coverage
    assert left.dearest() == whole.dearest()
    assert left.reliability.expected_error == pytest.approx(whole.reliability.expected_error)


def test_a_prior_leaves_the_rest_to_the_others():
    assert parse_prior("support=0.7") == pytest.approx({SUPPORT: 0.7, SUCCESS: 0.15, ACCOUNTS: 0.15})
    assert parse_prior("support=0.5, success=0.5, account_management=0") == {SUPPORT: 0.5, SUCCESS: 0.5, ACCOUNTS: 0}


def test_costs_and_floors_are_read():
    costs = parse_costs("success:support=9")

    assert costs[SUCCESS, SUPPORT] == 9
    assert costs[SUPPORT, SUCCESS] == DEFAULT_COSTS[SUPPORT, SUCCESS]
    assert parse_floors("en=0.88,all=0.9") == (Floor("en", 0.88), Floor("all", 0.9))


@pytest.mark.parametrize(
    ("parse", "text", "says"),
    [
        (parse_prior, "suport=0.8", "did you mean 'support'?"),
        (parse_prior, "support=0.8,success=0.9", "the shares add up to 1.7"),
        (parse_prior, "support=0.1,success=0.1,account_management=0.1", "the shares add up to 0.3"),
        (parse_prior, "support", "'support' is not NAME=NUMBER"),
        (parse_prior, "support=0.2,support=0.3", "'support' is given twice"),
        (parse_prior, "support=nan", "give a number from 0 to 1"),
        (parse_costs, "success:suport=3", "did you mean 'success:support'?"),
        (parse_costs, "support:support=1", "support:support"),
        (parse_costs, "success:support=-1", "give a number from 0"),
        (parse_floors, "en=1.2", "give a number from 0 to 1"),
    ],
)
def test_what_cannot_be_read_says_how_to_mend_it(parse, text, says):
    with pytest.raises(MeasureInvalid) as raised:
        parse(text)

    assert says in raised.value.text.en
    assert raised.value.text.pt_br != raised.value.text.en
