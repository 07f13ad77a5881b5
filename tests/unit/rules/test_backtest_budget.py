"""Budgets: what may be limited, how a limit is written, and where it is broken."""

from fractions import Fraction

import pytest
from backtest_cases import cases, rulebook
from decide_books import said, votes

from rules.backtest import MEASURES, BudgetInvalid, compare, judge, parse_budget


@pytest.fixture(scope="module")
def comparison():
    """24 of 56 tickets change, 16 of them hands; nothing is recommended otherwise."""
    return compare(
        rulebook(), rulebook("after", c_price=votes("c.price", said("price"), account_management=5)), cases()
    )


@pytest.mark.parametrize(
    ("text", "measure", "limit", "is_share"),
    [
        ("changed=2%", "changed", Fraction(2, 100), True),
        ("changed=2.5%", "changed", Fraction(25, 1000), True),
        ("primary=0", "primary", Fraction(0), False),
        (" removed = 10 ", "removed", Fraction(10), False),
        ("guardrail.released=100%", "guardrail.released", Fraction(1), True),
    ],
)
def test_a_budget_is_read(text, measure, limit, is_share):
    budget = parse_budget(text)

    assert (budget.measure, budget.limit, budget.is_share) == (measure, limit, is_share)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("changed", "is no budget; write MEASURE=NUMBER"),
        ("", "is no budget"),
        ("chnged=2", "did you mean 'changed'?"),
        ("guardrail=2", "cannot be limited"),
        ("zzz=1", "the measures are added, changed,"),
        ("changed=", "'' is no limit for changed"),
        ("changed=two", "'two' is no limit"),
        ("changed=-1", "'-1' is no limit"),
        ("changed=1.5", "'1.5' is no limit"),
        ("changed=101%", "'101%' is no limit"),
        ("changed=2%%", "'2%%' is no limit"),
        ("changed=\u0661%", "is no limit"),  # a digit, though not one of ours
        ("changed=1e3", "'1e3' is no limit"),
    ],
)
def test_a_budget_that_cannot_be_read_says_why_in_both_languages(text, problem):
    with pytest.raises(BudgetInvalid, match=r".+") as refused:
        parse_budget(text)

    assert problem in str(refused.value)
    assert refused.value.text.pt_br != refused.value.text.en


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("changed=24", True),
        ("changed=23", False),
        ("changed=43%", True),  # of 56 tickets: 24.08
        ("changed=42%", False),  # 23.52
        ("primary=16", True),
        ("primary=15", False),
        ("removed=0", True),
        ("removed=0%", True),
        ("guardrail.released=0", True),
    ],
)
def test_a_budget_is_broken_by_more_than_it_allows(comparison, text, kept):
    assert judge(comparison, parse_budget(text)).is_kept is kept


def test_an_empty_history_keeps_every_budget():
    empty = compare(rulebook(), rulebook("after", c_price=None), [])

    assert all(judge(empty, parse_budget(f"{name}=0%")).is_kept for name in MEASURES)


def test_everything_that_can_be_limited_is_measured(comparison):
    assert set(comparison.measures()) == set(MEASURES)
