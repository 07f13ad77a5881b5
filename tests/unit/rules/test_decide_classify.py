"""Whose work a ticket is: hand-computed tables, and the laws of votes."""

import math
from fractions import Fraction

import pytest
from decide_books import CALIBRATION, NOW, book, derives, facts, recommends, rule, said, votes
from decide_books import action as make_action
from decide_cases import steady
from hypothesis import given
from hypothesis import strategies as st

from rules.conditions import All, Not, Op, Test
from rules.decide import Decider
from rules.decide.classify import confidence
from rules.engine import ReferenceEvaluator
from rules.errors import SidecueError
from rules.rulebook import Calibration, Classify, Function, Kind, Status

SUPPORT, SUCCESS, ACCOUNTS = Function


def decided(*parts, known=None, **more):
    with Decider(book(*parts), ReferenceEvaluator, **more) as decider:
        return decider.decide(known or facts())


@pytest.mark.parametrize(
    ("scores", "primary", "collaborators", "triage"),
    [
        # hand-computed: threshold 2, collaborators from 60 % of the top
        ({"support": 5}, SUPPORT, (), False),
        ({"success": 5, "support": 3}, SUCCESS, (SUPPORT,), False),
        ({"success": 5, "support": 2}, SUCCESS, (), False),
        ({"account_management": 5, "success": 4, "support": 3}, ACCOUNTS, (SUPPORT, SUCCESS), False),
        ({"success": 2}, SUCCESS, (), False),
        ({"success": 1}, SUPPORT, (SUCCESS,), True),
        ({}, SUPPORT, (), True),
        ({"support": -4, "success": -1}, SUPPORT, (), True),
        ({"support": 3, "success": 3}, SUPPORT, (SUCCESS,), False),
        ({"success": 3, "account_management": 3}, SUCCESS, (ACCOUNTS,), False),
        ({"account_management": 5, "support": -5}, ACCOUNTS, (), False),
    ],
)
def test_classification_follows_the_table(scores, primary, collaborators, triage):
    decision = decided(votes("a.one", **scores))

    assert (decision.primary, decision.collaborators, decision.needs_triage) == (primary, collaborators, triage)
    assert decision.scores == {function: scores.get(function.value, 0) for function in Function}


def test_classification_sums_the_votes_of_every_fired_rule():
    decision = decided(
        votes("a.one", support=2, success=1),
        votes("a.two", said("goal"), success=4),
        votes("a.three", said("silent"), account_management=5),
        votes("a.four", support=-1),
        known=facts("goal"),
    )

    assert decision.scores == {SUPPORT: 1, SUCCESS: 5, ACCOUNTS: 0}
    assert decision.primary is SUCCESS
    assert [fired.rule for fired in decision.trace.fired] == ["a.four", "a.one", "a.two"]


def test_classification_breaks_ties_by_the_tenants_precedence():
    tied = votes("a.one", support=3, success=3, account_management=3)

    decision = decided(tied, precedence=(ACCOUNTS, SUCCESS, SUPPORT))

    assert decision.primary is ACCOUNTS
    assert decision.collaborators == (SUCCESS, SUPPORT)


def test_classification_adds_named_collaborators_once_and_never_the_primary():
    decision = decided(votes("a.one", support=5, success=4, collaborate=(ACCOUNTS, SUPPORT, SUCCESS)))

    assert decision.primary is SUPPORT
    assert decision.collaborators == (SUCCESS, ACCOUNTS)


def test_classification_ignores_experimental_and_deprecated_votes():
    decision = decided(
        votes("a.live", support=2),
        votes("a.shadow", success=5, status=Status.EXPERIMENTAL),
        votes("a.retired", success=5, status=Status.DEPRECATED),
        votes("a.test", account_management=1, status=Status.TEST),
    )

    assert decision.scores == {SUPPORT: 2, SUCCESS: 0, ACCOUNTS: 1}
    assert [fired.rule for fired in decision.trace.shadow] == ["a.shadow"]
    assert [fired.rule for fired in decision.trace.fired] == ["a.live", "a.test"]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        # -1 + 0.5 * (top - second) + 0.25 * top, through the logistic function, by hand
        ((0, 0, 0), 0.2689),  # -1
        ((5, 0, 0), 0.9399),  # 2.75
        ((5, 4, 1), 0.6792),  # 0.75
        ((2, 0, -3), 0.6225),  # 0.5
        ((-2, -1, -5), 0.3208),  # top -1, second -2: -0.75
    ],
)
def test_confidence_is_what_the_calibration_says(scores, expected):
    assert confidence(scores, CALIBRATION) == expected


@steady
@given(
    st.lists(st.integers(-500, 500), min_size=3, max_size=3),
    *[st.floats(-1e308, 1e308, allow_nan=False) for _ in range(3)],
)
def test_confidence_is_safe_for_every_calibration(scores, intercept, margin, strength):
    rate = confidence(scores, Calibration(intercept, margin, strength, "nothing"))

    assert 0.0 <= rate <= 1.0
    assert not math.isnan(rate)
    assert round(rate, 4) == rate


def test_precedence_must_name_every_function_once():
    for precedence in ((), (SUPPORT, SUCCESS), (SUPPORT, SUPPORT, SUCCESS)):
        with pytest.raises(SidecueError, match="each of support, success, account_management once"):
            Decider(book(), ReferenceEvaluator, precedence=precedence)


def _oracle(all_votes, named):
    """The table of the design, from scratch: exact fractions, no shared code."""
    total = {
        name: sum(vote.get(name, 0) for vote in all_votes) for name in ("support", "success", "account_management")
    }
    best = sorted(total, key=lambda name: -total[name])  # sorted is stable: the precedence stays
    primary = best[0] if total[best[0]] >= 2 else "support"
    top = total[best[0]]
    helpers = {name for name in total if total[name] > 0 and Fraction(total[name]) >= Fraction(60, 100) * top}
    return total, primary, [name for name in total if name in helpers | set(named) and name != primary], top < 2


_names = st.sampled_from([function.value for function in Function])
_votes = st.dictionaries(_names, st.integers(-5, 5), max_size=3)


@steady
@given(st.lists(_votes, max_size=8), st.sets(_names))
def test_classification_equals_an_oracle_of_its_own(all_votes, named):
    rules = [votes(f"a.r{index}", **vote) for index, vote in enumerate(all_votes)]
    rules.append(rule("a.named", Classify({}, tuple(Function(name) for name in sorted(named)))))
    total, primary, collaborators, triage = _oracle(all_votes, named)

    decision = decided(*rules)

    assert {function.value: score for function, score in decision.scores.items()} == total
    assert decision.primary.value == primary
    assert [function.value for function in decision.collaborators] == collaborators
    assert decision.needs_triage is triage


# --- derivations --------------------------------------------------------------------------------


def test_derivations_keep_the_strongest_value():
    decision = decided(
        derives("a.high", severity="high"),
        derives("a.low", severity="low"),
        derives("a.severe", said("nothing"), severity="severe"),
    )

    assert decision.trace.derived == {"severity": "high"}


def test_derivations_do_not_weaken_what_the_facts_hold():
    held = facts(severity="severe", journey_stage="use")

    decision = decided(derives("a.low", severity="low", journey_stage="renewal"), known=held)

    assert decision.trace.derived == {"severity": "severe", "journey_stage": "renewal"}
    assert decision.journey_stage == "renewal"
    assert decision.facts == held


def test_derivations_of_a_text_keep_the_first_rules_word():
    assert decided(derives("a.b", touchpoint="app"), derives("a.a", touchpoint="store")).trace.derived == {
        "touchpoint": "store"
    }


def test_derivations_run_in_layers_so_that_a_negation_is_never_early():
    calm = Not(Test("severity", Op.IS, "severe"))
    decision = decided(
        derives("a.first", severity="low"),
        derives("a.calm", calm, horizon="thirty_days"),
        derives("z.last", said("outage"), severity="severe"),
        derives("b.job", Test("horizon", Op.IS, "thirty_days"), customer_job="ask"),
        known=facts("outage"),
    )

    assert decision.trace.derived == {"severity": "severe"}
    assert decision.customer_job is None


def test_derivations_that_wait_for_each_other_are_refused():
    one = derives("a.one", Test("horizon", Op.IS, "now"), severity="high")
    other = derives("a.two", Test("severity", Op.IS, "high"), horizon="now")

    with pytest.raises(SidecueError, match=r"a\.one, a\.two"):
        Decider(book(one, other), ReferenceEvaluator)


def test_nothing_waits_for_an_experimental_derivation():
    """Two that read each other: only the live one counts, so there is no circle."""
    live = derives("a.live", Test("horizon", Op.KNOWN, value=False), severity="high")
    shadow = derives("a.shadow", Test("severity", Op.IS, "high"), status=Status.EXPERIMENTAL, horizon="now")

    decision = decided(live, shadow)

    assert decision.trace.derived == {"severity": "high"}
    assert [fired.rule for fired in decision.trace.shadow] == ["a.shadow"]


def test_an_experimental_derivation_changes_nothing():
    decision = decided(
        derives("a.shadow", status=Status.EXPERIMENTAL, severity="severe"),
        votes("a.reads", Test("severity", Op.IS, "severe"), success=5),
    )

    assert decision.trace.derived == {}
    assert decision.primary is SUPPORT
    assert [fired.rule for fired in decision.trace.shadow] == ["a.shadow"]


def test_later_strata_see_what_was_decided_and_no_stated_decision_stands():
    mine = All((Test("decision.primary", Op.IS, "success"), Test("decision.functions", Op.HAS, "support")))
    parts = (
        votes("a.votes", success=5, support=4),
        recommends("a.rec", "a.call", mine),
        make_action("a.call", Kind.ADOPT),
    )
    stated = facts(**{"decision.primary": "account_management"})

    decision = decided(*parts, known=stated)

    assert [shown.action for shown in decision.recommendations] == ["a.call"]
    assert decision.taken_at == NOW
