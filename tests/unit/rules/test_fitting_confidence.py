"""Confidence fitted to what came out: against scikit-learn, on planted numbers, and out of fold."""

import math

import numpy as np
import pytest
from decide_books import book, said, votes
from labelled_cases import SUCCESS, SUPPORT
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from rules.decide.classify import confidence
from rules.evaluation import Reliability, parse_prior
from rules.fitting.confidence import OneSided, Scored, calibrate, fitted, honesty
from rules.fitting.evidence import PARTS, Evidence, Pattern
from rules.rulebook import Calibration

pytestmark = pytest.mark.slow

PLANTED = Calibration(-1.0, 0.4, 0.2, "")


def drawn(count, seed, planted=PLANTED):
    rng = np.random.default_rng(seed)
    scores = np.sort(rng.integers(-2, 8, size=(count, 3)), axis=1)[:, ::-1]
    chances = [confidence(map(int, row), planted) for row in scores]
    right = rng.random(count) < chances
    return [Scored(tuple(map(int, row)), bool(is_right), 1.0) for row, is_right in zip(scores, right, strict=True)]


def test_planted_numbers_are_found_again():
    found = fitted(drawn(40_000, seed=1))

    assert (found.intercept, found.margin, found.strength) == pytest.approx((-1.0, 0.4, 0.2), abs=0.06)


def test_numbers_are_those_of_a_logistic_regression():
    scored = drawn(3_000, seed=2)
    features = [[one.margin, one.strength] for one in scored]
    other = LogisticRegression(C=1.0, tol=1e-8, max_iter=1_000).fit(features, [one.is_right for one in scored])
    found = fitted(scored)

    assert (found.margin, found.strength) == pytest.approx(tuple(other.coef_[0]), abs=2e-3)
    assert found.intercept == pytest.approx(other.intercept_[0], abs=2e-3)


def test_weights_count_as_so_many_tickets():
    scored = drawn(500, seed=3)
    doubled = [one for one in scored for _ in range(2 if one.margin > 3 else 1)]
    weighed = [one._replace(weight=2.0 if one.margin > 3 else 1.0) for one in scored]

    assert fitted(doubled) == fitted(weighed)


def test_more_votes_never_make_a_decision_less_sure():
    turned = [one._replace(is_right=not one.is_right) for one in drawn(2_000, seed=4)]
    found = fitted(turned)

    assert found.margin == found.strength == 0


def test_all_right_stays_finite():
    found = fitted([Scored((4, 0, 0), True, 1.0)] * 50)

    assert all(math.isfinite(number) for number in (found.intercept, found.margin, found.strength))


def test_honesty_is_what_scikit_learn_says():
    rng = np.random.default_rng(5)
    told, right, weight = rng.random(400), rng.random(400) < 0.6, rng.random(400) + 0.1
    found = honesty(list(zip(told, right, weight, strict=True)))

    assert found.log_loss == pytest.approx(log_loss(right, told, sample_weight=weight))
    assert found.brier == pytest.approx(brier_score_loss(right, told, sample_weight=weight))


def test_expected_calibration_error_is_that_of_another_reckoning():
    rng = np.random.default_rng(6)
    told, right = rng.random(1_000), rng.random(1_000) < 0.5
    place = np.digitize(told, np.arange(1, 10) / 10)
    expected = sum(abs(right[place == b].mean() - told[place == b].mean()) * (place == b).mean() for b in range(10))
    found = Reliability.of(zip(told, right, [1.0] * 1_000, strict=True))

    assert found.expected_error == pytest.approx(expected)


BOOK = book(
    votes("c.sure", said("a"), support=5),
    votes("c.unsure", said("b"), support=3, success=2),
    calibration=Calibration(-3.0, 0.1, 0.1, "guessed"),
)


def evidence(*, of_a=("a", "b", "c"), right_when_unsure=6):
    """Decisions that are right nine times in ten where they are sure, and `right_when_unsure` times where not."""
    found = Evidence()
    for source in of_a:
        for number in range(100):
            sure = Pattern(frozenset({"c.sure"}), SUPPORT if number % 10 else SUCCESS, source, number % PARTS)
            good = number % 10 < right_when_unsure
            unsure = Pattern(frozenset({"c.unsure"}), SUPPORT if good else SUCCESS, source, number % PARTS)
            found.counts.update([sure, unsure])
    return found


def test_confidence_becomes_honest_where_it_was_not_fitted():
    found = calibrate(evidence(), BOOK)

    assert found.helps
    assert (found.tickets, found.right, found.folds, found.by_source) == (600, 450, 3, True)
    assert found.before.reliability.expected_error > 0.4
    assert found.after.reliability.expected_error < 0.05
    assert found.after.reliability.total == 600
    assert confidence((5, 0, 0), found.calibration) == pytest.approx(0.9, abs=0.03)
    assert confidence((3, 2, 0), found.calibration) == pytest.approx(0.6, abs=0.03)


def test_a_source_is_told_its_confidence_by_the_others():
    mixed = evidence(of_a=("a",), right_when_unsure=10)
    mixed.add(evidence(of_a=("b",), right_when_unsure=0))
    found = calibrate(mixed, BOOK)
    told = {round(one.confidence, 1): one.accuracy for one in found.after.reliability.bins if one.confidence < 0.85}

    assert found.folds == 2
    assert told  # b says that unsure ones are wrong, so those of a, all right, are told to be wrong; and the reverse
    assert all(abs(said_ - accuracy) > 0.4 for said_, accuracy in told.items())


def test_a_calibration_that_is_as_good_is_kept():
    good = calibrate(evidence(), BOOK).calibration
    found = calibrate(evidence(), book(*BOOK.rules.values(), calibration=good))

    assert found.after.log_loss == pytest.approx(found.before.log_loss, abs=1e-2)


def test_a_prior_weighs_the_functions():
    found = calibrate(evidence(), BOOK, parse_prior("support=0.95,success=0.05,account_management=0"))
    plain = calibrate(evidence(), BOOK)

    assert confidence((3, 2, 0), found.calibration) > confidence((3, 2, 0), plain.calibration) + 0.1


@pytest.mark.parametrize("expected", [SUPPORT, SUCCESS])
def test_tickets_that_all_come_out_alike_say_nothing_of_confidence(expected):
    found = Evidence()
    found.counts.update([Pattern(frozenset({"c.sure"}), expected, None, number % PARTS) for number in range(50)])
    with pytest.raises(OneSided) as raised:
        calibrate(found, BOOK)

    assert raised.value.all_right is (expected is SUPPORT)
