"""Options: a value for every difference that a rule could see, the nearest first."""

import pytest

from rules.solver.lines import Line
from rules.vocabulary import FIELDS
from rules.whatif.options import of_numbers, of_texts, of_values, shares

SEATS = FIELDS["customer.seats"]
ONBOARDING = FIELDS["customer.onboarding_pct"]
SHARE = FIELDS["customer.seat_utilisation"]


def said(options):
    return [(option.value, option.steps) for option in options]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (7, [(5, 1), (10, 1), (4, 2), (11, 2)]),
        (5, [(4, 1), (6, 1), (10, 2), (11, 3)]),
        (0, [(5, 1), (6, 2), (10, 3), (11, 4)]),
        (50, [(10, 1), (9, 2), (5, 3), (4, 4)]),
        (None, [(0, 1), (5, 1), (6, 1), (10, 1), (11, 1)]),
    ],
)
def test_numbers_have_one_value_in_every_place(now, expected):
    assert said(of_numbers(SEATS, Line.of(SEATS, [5, 10]), now)) == expected


def test_numbers_stay_within_the_range_and_read_well():
    assert said(of_numbers(ONBOARDING, Line.of(ONBOARDING, [80, 100]), 40.0)) == [(80.0, 1), (81.0, 2), (100.0, 3)]
    assert said(of_numbers(SHARE, Line.of(SHARE, [0.85, 0.9]), 0.5)) == [(0.85, 1), (0.86, 2), (0.9, 3), (1.0, 4)]
    assert said(of_numbers(SHARE, Line.of(SHARE, [0.85]), 0.9)) == [(0.85, 1), (0.0, 2)]


def test_numbers_named_besides_are_tried_where_they_fit():
    assert said(of_numbers(SEATS, None, 3, [-1, 2.5, 3, 4, 9])) == [(4, 1), (9, 2)]


def test_every_number_has_an_option_or_the_present_value_in_its_place():
    line = Line.of(SEATS, [0, 1, 4, 9])
    for now in (*range(15), None):
        places = {line.place(option.value) for option in of_numbers(SEATS, line, now)}
        places |= {line.place(now)} if now is not None else set()

        assert places == {place for place, value in enumerate(line.values) if value is not None}


def test_enumerations_go_from_near_to_far():
    priority = FIELDS["ticket.priority"]

    assert said(of_values(priority, "normal")) == [("low", 1), ("high", 1), ("urgent", 2)]
    assert [steps for _, steps in said(of_values(priority, None))] == [1, 1, 1, 1]
    assert said(of_values(FIELDS["customer.open_dispute"], now=True)) == [(False, 1)]


def test_texts_are_those_named_and_one_that_nobody_names():
    options = of_texts(("pro", "another", "pro"), "pro", needs_other=True)

    assert [(option.value, option.any_other) for option in options] == [("another", False), ("another'", True)]
    assert of_texts(("pro",), "pro", needs_other=False) == ()


def test_shares_are_passed_by_the_numbers_around_them():
    assert {8, 9, 10} <= shares([0.9], whole=10)
    assert {10, 11, 12} <= shares([0.9], part=10)
    assert shares([0], part=10) == set()
