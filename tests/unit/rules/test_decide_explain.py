"""Why this, and why not that one: the stage, what decided, and the value it saw."""

from dataclasses import replace

import pytest
from decide_books import NEVER, action, book, contact, facts, recommends, said, suppresses, votes
from decide_cases import fact_sets, rulebooks, steady
from hypothesis import given

from rules.conditions import All, AnyOf, Not, Op, Test
from rules.decide import Decider, NothingToExplain, why, why_not
from rules.engine import ReferenceEvaluator
from rules.model import LeafResult, Stage
from rules.rulebook import Deprecation, Kind, RuleKind, Status
from rules.text import Text

pytestmark = pytest.mark.slow

NEAR = Test("customer.days_to_renewal", Op.BETWEEN, (0, 90))
BIG = Test("customer.mrr", Op.AT_LEAST, 5000)
KEY = Test("customer.tier", Op.IN, ("key", "enterprise"))
FREE = Not(Test("customer.opted_out", Op.IS, value=True))


def explained(rulebook, known, name):
    with Decider(rulebook, ReferenceEvaluator) as decider:
        decision = decider.decide(known)
        explanation = why_not(decider, decision, name)

        assert explanation == why_not(rulebook, decision, name)

    return explanation


def test_why_gives_rule_conditions_and_factors():
    rulebook = book(
        recommends("r.two", "a.call", All((said("outage"), AnyOf((BIG, KEY)))), lever=2.0),
        recommends("r.one", "a.call", said("outage")),
        action("a.call"),
    )
    with Decider(rulebook, ReferenceEvaluator) as decider:
        explanation = why(decider.decide(facts("outage", customer_tier="key")), "a.call")

    assert (explanation.stage, explanation.by, explanation.rules) == (None, "r.two", ("r.one", "r.two"))
    assert explanation.reason.en == "because of r.two (en)"
    assert explanation.leaves == (
        LeafResult("signals", "has", "outage", ("outage",), truth=True),
        LeafResult("customer.tier", "in", ("key", "enterprise"), "key", truth=True),
    )
    assert [factor.name for factor in explanation.factors] == ["propensity", "value", "urgency", "lever"]


def test_why_explains_the_fallback():
    with Decider(book(), ReferenceEvaluator) as decider:
        explanation = why(decider.decide(facts()), "support.triage")

    assert (explanation.by, explanation.rules, explanation.leaves) == ("fallback", (), ())


def test_why_refuses_what_is_not_shown():
    with Decider(book(action("a.call")), ReferenceEvaluator) as decider:
        decision = decider.decide(facts())

    with pytest.raises(NothingToExplain, match=r"which shows support\.triage"):
        why(decision, "a.call")


def test_why_not_names_the_failed_condition_and_its_value():
    rulebook = book(recommends("r.risk", "a.call", All((said("outage"), NEAR, FREE))), action("a.call"))

    explanation = explained(rulebook, facts("outage", customer_days_to_renewal=200), "r.risk")

    assert (explanation.stage, explanation.by) == (Stage.NOT_FIRED, "r.risk")
    assert explanation.leaves == (
        LeafResult("customer.days_to_renewal", "between", (0, 90), 200, truth=False),
        LeafResult("customer.opted_out", "is", expected=True, actual=None, truth=None),
    )


def test_why_not_of_an_action_takes_the_rule_that_came_nearest():
    rulebook = book(
        recommends("r.far", "a.call", All((said("outage"), NEAR, BIG))),
        recommends("r.near", "a.call", All((said("outage"), NEAR))),
        recommends("r.old", "a.call", status=Status.DEPRECATED),
        action("a.call"),
    )

    explanation = explained(rulebook, facts("outage"), "a.call")

    assert (explanation.stage, explanation.by) == (Stage.NOT_FIRED, "r.near")
    assert explanation.rules == ("r.far", "r.near", "r.old")
    assert [leaf.field for leaf in explanation.leaves] == ["customer.days_to_renewal"]


@pytest.mark.parametrize(
    ("parts", "known", "stage", "by"),
    [
        ([action("a.call", needs=NEVER)], facts(), Stage.NOT_APPLICABLE, "a.call"),
        ([action("a.call"), suppresses("g.one", actions=["a.call"])], facts(), Stage.SUPPRESSED, "g.one"),
        ([action("a.call", Kind.WIN_BACK)], facts(), Stage.SUPPRESSED, "law.win_back_after_cancellation"),
        (
            [action("a.call", cooldown_days=5)],
            facts(contacts=[contact("a.call", 2.0)]),
            Stage.CONTACT_LIMIT,
            "cooldown",
        ),
        (
            [action("a.call"), action("a.best", conflicts_with=("a.call",)), recommends("r.best", "a.best", lever=4.0)],
            facts(),
            Stage.CONFLICT,
            "a.best",
        ),
        (
            [
                action("a.call"),
                *(action(f"a.top{index}") for index in range(3)),
                *(recommends(f"r.top{index}", f"a.top{index}", lever=4.0) for index in range(3)),
            ],
            facts(),
            Stage.RANK,
            "top_three",
        ),
    ],
)
def test_why_not_names_the_stage_for_the_action_and_for_its_rule(parts, known, stage, by):
    rulebook = book(recommends("r.call", "a.call"), *parts)

    of_action, of_rule = explained(rulebook, known, "a.call"), explained(rulebook, known, "r.call")

    assert (of_action.stage, of_action.by, of_action.rules) == (stage, by, ("r.call",))
    assert (of_rule.stage, of_rule.by, of_rule.leaves) == (stage, by, of_action.leaves)


def test_why_not_of_what_is_shown_is_why():
    rulebook = book(recommends("r.call", "a.call"), action("a.call"))

    of_action, of_rule = explained(rulebook, facts(), "a.call"), explained(rulebook, facts(), "r.call")

    assert (of_action.stage, of_rule.stage) == (None, None)
    assert of_rule.factors == of_action.factors != ()


def test_why_not_of_an_experimental_rule_is_shadow():
    rulebook = book(recommends("r.call", "a.call", said("outage"), status=Status.EXPERIMENTAL), action("a.call"))

    assert explained(rulebook, facts("outage"), "a.call").stage is Stage.SHADOW
    assert explained(rulebook, facts("outage"), "r.call").leaves[0].truth is True
    assert explained(rulebook, facts(), "r.call").stage is Stage.NOT_FIRED


def test_why_not_of_a_retired_rule_and_of_an_action_without_rules():
    rulebook = book(recommends("r.call", "a.call", status=Status.DEPRECATED), action("a.call"), action("a.none"))

    assert "retired" in explained(rulebook, facts(), "r.call").reason.en
    assert explained(rulebook, facts(), "a.none").reason.en == "No rule recommends this action."


def test_why_not_of_a_retired_rule_names_what_stands_in_its_place():
    instead = Deprecation("2026-01-01", Text("a", "b"), ("r.new", "r.other"))
    retired = replace(recommends("r.call", "a.call", status=Status.DEPRECATED), deprecation=instead)
    reason = explained(
        book(retired, recommends("r.new", "a.call", said("outage")), action("a.call")), facts(), "r.call"
    ).reason

    assert reason.en.endswith("In its place: r.new, r.other.")
    assert reason.pt_br.endswith("No lugar dela: r.new, r.other.")


def test_a_rule_in_test_is_in_force_like_a_stable_one():
    stable, test = (
        book(recommends("r.call", "a.call", said("outage"), status=status), action("a.call"))
        for status in (Status.STABLE, Status.TEST)
    )
    with Decider(stable, ReferenceEvaluator) as one, Decider(test, ReferenceEvaluator) as other:
        shown, tried = one.decide(facts("outage")), other.decide(facts("outage"))

    assert [found.action for found in tried.recommendations] == ["a.call"]
    assert tried.trace.shadow == ()
    assert shown.recommendations == tried.recommendations


def test_why_not_knows_rules_of_every_stratum():
    rulebook = book(votes("c.fired", support=2), votes("c.silent", said("outage"), success=3))

    assert (explained(rulebook, facts(), "c.fired").stage, explained(rulebook, facts(), "c.silent").stage) == (
        None,
        Stage.NOT_FIRED,
    )


def test_why_not_of_a_guardrail_on_unknown_names_only_what_lifts_it():
    rulebook = book(suppresses("g.one", All((said("outage"), NEAR)), actions=["a.call"], unless_false=True))

    explanation = explained(rulebook, facts(), "g.one")  # the days to renewal are unknown, and lift nothing

    assert explanation.stage is Stage.NOT_FIRED
    assert explanation.leaves == (LeafResult("signals", "has", "outage", (), truth=False),)


def test_a_guardrail_that_holds_for_what_is_unknown_names_only_that():
    settled = All((BIG, KEY))  # the tier is unknown, but the revenue settles it
    rulebook = book(
        recommends("r.call", "a.call"),
        action("a.call"),
        suppresses("g.one", AnyOf((settled, NEAR)), actions=["a.call"], unless_false=True),
    )

    explanation = explained(rulebook, facts(customer_mrr=10.0), "a.call")

    assert (explanation.stage, explanation.by) == (Stage.SUPPRESSED, "g.one")
    assert explanation.leaves == (LeafResult("customer.days_to_renewal", "between", (0, 90), actual=None, truth=None),)


def test_why_not_sees_what_was_derived_and_decided():
    rulebook = book(
        votes("c.one", support=5),
        recommends("r.call", "a.call", Test("decision.primary", Op.IS, "success")),
        action("a.call"),
    )

    assert explained(rulebook, facts(), "r.call").leaves == (
        LeafResult("decision.primary", "is", "success", "support", truth=False),
    )


def test_why_not_names_the_nearest_for_an_unknown_name():
    with pytest.raises(NothingToExplain, match=r"did you mean 'a\.call'"):
        explained(book(action("a.call")), facts(), "a.cal")


@steady
@given(rulebooks(), fact_sets())
def test_every_action_and_rule_has_an_explanation(rulebook, known):
    with Decider(rulebook, ReferenceEvaluator) as decider:
        decision = decider.decide(known)
    shown = {entry.action for entry in decision.recommendations}
    fired = {entry.rule for entry in decision.trace.fired}

    for name in rulebook.actions:
        explanation = why_not(rulebook, decision, name)
        assert (explanation.stage is None) is (name in shown)
        assert explanation.reason.pt_br
        assert explanation.reason.en
    for name, rule in rulebook.rules.items():
        explanation = why_not(rulebook, decision, name)
        if rule.kind is not RuleKind.RECOMMENDATION:
            assert (explanation.stage is None) is (name in fired)
        elif explanation.stage is Stage.NOT_FIRED:
            assert name not in fired
            assert explanation.leaves or rule.status is Status.DEPRECATED
