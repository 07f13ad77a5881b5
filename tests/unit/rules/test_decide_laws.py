"""What holds for every rulebook and every ticket, whoever wrote the rules."""

from dataclasses import replace

import pytest
from decide_books import book, facts
from decide_cases import acceptances, fact_sets, rulebooks, steady
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.decide import Decider, canonical
from rules.engine import DurableEvaluator, ReferenceEvaluator, truth
from rules.model import Stage
from rules.rulebook import Function, Kind, RuleKind, Status

pytestmark = pytest.mark.slow

OFFERS = {Kind.UPSELL, Kind.CROSS_SELL, Kind.EXPAND, Kind.RETAIN, Kind.WIN_BACK, Kind.ADVOCATE}


def decided(rulebook, known, acceptance=None, evaluator=ReferenceEvaluator):
    with Decider(rulebook, evaluator) as decider:
        return decider.decide(known, acceptance=acceptance or {})


def seen_by_guardrails(decision):
    """The facts of the last strata, put together here from the decision alone."""
    functions = frozenset(function.value for function in (decision.primary, *decision.collaborators))
    decided_ = {"decision.primary": decision.primary.value, "decision.functions": functions}
    return replace(decision.facts, values={**decision.facts.values, **decision.trace.derived, **decided_})


def there_is_exactly_one_primary(rulebook, known, decision):
    assert decision.primary in Function
    assert decision.primary not in decision.collaborators
    assert len(set(decision.collaborators)) == len(decision.collaborators)


def never_more_than_three_are_shown_and_comply_is_first(rulebook, known, decision):
    kinds = [shown.kind for shown in decision.recommendations]

    assert len(kinds) <= 3
    assert kinds == sorted(kinds, key=lambda kind: kind is not Kind.COMPLY)


def nothing_that_is_suppressed_is_shown(rulebook, known, decision):
    seen = seen_by_guardrails(decision)
    kinds, actions = set(), set()
    for rule in rulebook.rules.values():
        if rule.kind is RuleKind.GUARDRAIL and rule.status in {Status.STABLE, Status.TEST}:
            outcome = truth(rule.when, seen)
            if outcome is True or (outcome is None and rule.on_unknown_suppress):
                kinds |= set(rule.then.kinds)
                actions |= set(rule.then.actions)

    for shown in decision.recommendations:
        assert shown.kind not in kinds
        assert shown.action not in actions
        if shown.kind is Kind.WIN_BACK:
            assert known.values["customer.cancellation"] == "confirmed"
        if decision.is_fallback:
            assert shown.kind not in OFFERS


def every_action_whose_rule_fired_is_shown_or_says_where_it_fell(rulebook, known, decision):
    fired = {rulebook.rules[entry.rule].then.action for entry in decision.trace.fired if entry.rule.startswith("r.")}
    shown = {entry.action for entry in decision.recommendations if not decision.is_fallback}
    not_shown = {entry.action for entry in decision.not_shown}

    assert fired == shown | not_shown
    assert not shown & not_shown
    assert len(not_shown) == len(decision.not_shown)
    assert all(entry.stage not in {Stage.NOT_FIRED, Stage.SHADOW} and entry.by for entry in decision.not_shown)
    assert all(entry.reason.pt_br and entry.reason.en for entry in decision.not_shown)


def retention_is_never_shown_without_the_duty_that_is_due(rulebook, known, decision):
    duties = [
        entry for entry in decision.not_shown if entry.kind is Kind.COMPLY and entry.stage is not Stage.NOT_APPLICABLE
    ]

    if any(entry.stage is Stage.SUPPRESSED for entry in duties):
        assert Kind.RETAIN not in {shown.kind for shown in decision.recommendations}
    assert all(entry.stage is not Stage.CONTACT_LIMIT for entry in duties)


def contact_limits_hold(rulebook, known, decision):
    contacts = known.collections["contacts"]
    offers = [shown for shown in decision.recommendations if shown.kind in OFFERS]
    made = [each for each in contacts if each["kind"] in OFFERS and each["days_ago"] < 30]

    if offers:
        assert len(made) + len(offers) <= 3
    if not decision.is_fallback:
        for shown in decision.recommendations:
            rest = rulebook.actions[shown.action].cooldown_days
            if shown.kind is not Kind.COMPLY:
                assert not [c for c in contacts if c["action"] == shown.action and c["days_ago"] < rest]


def no_two_shown_contradict_each_other(rulebook, known, decision):
    shown = {entry.action for entry in decision.recommendations}

    assert not [name for name in shown if set(rulebook.actions[name].conflicts_with) & shown]


LAWS = (
    there_is_exactly_one_primary,
    never_more_than_three_are_shown_and_comply_is_first,
    nothing_that_is_suppressed_is_shown,
    every_action_whose_rule_fired_is_shown_or_says_where_it_fell,
    retention_is_never_shown_without_the_duty_that_is_due,
    contact_limits_hold,
    no_two_shown_contradict_each_other,
)


@settings(steady, max_examples=300)
@given(rulebooks(), fact_sets(), acceptances)
def test_every_law_holds(rulebook, known, acceptance):
    """All on the same cases: a case costs far more to draw than to decide."""
    decision = decided(rulebook, known, acceptance)

    for holds in LAWS:
        holds(rulebook, known, decision)


@steady
@given(rulebooks(), fact_sets(), acceptances)
def test_experimental_rules_leave_nothing_but_their_record(rulebook, known, acceptance):
    trusted = {name: rule for name, rule in rulebook.rules.items() if rule.status is not Status.EXPERIMENTAL}

    decision = decided(rulebook, known, acceptance)
    without = decided(replace(rulebook, rules=trusted), known, acceptance)

    assert replace(decision, trace=replace(decision.trace, shadow=())) == without


@steady
@given(rulebooks(), st.lists(fact_sets(), min_size=1, max_size=4), acceptances)
def test_durable_rules_and_the_reference_give_the_same_bytes(rulebook, tickets, acceptance):
    with Decider(rulebook, DurableEvaluator) as durable, Decider(rulebook, ReferenceEvaluator) as reference:
        for known in tickets:
            live = canonical(durable.decide(known, acceptance=acceptance))

            assert live == canonical(reference.decide(known, acceptance=acceptance))


@steady
@given(rulebooks(), fact_sets(), acceptances, st.randoms(use_true_random=False))
def test_the_order_of_dictionaries_does_not_matter(rulebook, known, acceptance, random):
    def shuffled(mapping):
        items = list(mapping.items())
        random.shuffle(items)
        return dict(items)

    other = replace(rulebook, rules=shuffled(rulebook.rules), actions=shuffled(rulebook.actions))
    mixed = replace(
        known,
        values=shuffled(known.values),
        collections=shuffled(
            {name: tuple(shuffled(item) for item in items) for name, items in known.collections.items()}
        ),
    )

    again = canonical(decided(other, mixed, shuffled(acceptance)))

    assert again == canonical(decided(rulebook, known, acceptance))


def test_the_laws_hold_for_a_ticket_nobody_knows_anything_about():
    decision = decided(book(sops=()), facts())

    assert (decision.primary, decision.recommendations, decision.is_fallback) == (Function.SUPPORT, (), True)
