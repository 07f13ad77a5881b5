"""The order of recommendations: factors computed by hand, and a lever that never hurts."""

import pytest
from decide_books import action, book, facts, recommends
from decide_cases import steady
from hypothesis import given
from hypothesis import strategies as st

from rules.decide import Decider
from rules.decide.rank import propensity, say, urgency
from rules.engine import ReferenceEvaluator
from rules.rulebook import Kind, Worth


def decided(*parts, known=None, acceptance=None, offer_cap=99):
    with Decider(book(*parts), ReferenceEvaluator, offer_cap=offer_cap) as decider:
        return decider.decide(known or facts(), acceptance=acceptance or {})


def factors_of(decision, name):
    shown = next(shown for shown in decision.recommendations if shown.action == name)
    return {factor.name: factor.value for factor in shown.factors}, shown.priority


def test_ranking_multiplies_the_four_factors():
    """By hand: (3 + 1) / (10 + 2) = 0.333333; 5000 * 0.01 = 50; 1 + 24 / (24 + 24) = 1.5; lever 1.2 -> 29.99997."""
    call = action("a.call", Kind.RENEW, worth=Worth("customer.mrr", 0.01, 7.0), due_in_hours=24.0)

    decision = decided(
        recommends("a.rule", "a.call", lever=1.2),
        call,
        known=facts(customer_mrr=5000.0),
        acceptance={"a.call": (3, 10)},
    )

    factors, priority = factors_of(decision, "a.call")
    assert factors == {"propensity": 0.333333, "value": 50.0, "urgency": 1.5, "lever": 1.2}
    assert priority == pytest.approx(29.99997, abs=1e-6)
    assert [factor.because for factor in decision.recommendations[0].factors] == [
        "accepted=3 shown=10",
        "customer.mrr=5000 multiplier=0.01",
        "due_in_hours=24",
        "rule=a.rule lever=1.2",
    ]


@pytest.mark.parametrize(
    ("worth", "known", "value", "because"),
    [
        (Worth(None, 2.0, 3.0), facts(), 3.0, "stated=3"),
        (Worth("customer.mrr", 0.5, 3.0), facts(), 3.0, "customer.mrr=unknown otherwise=3"),
        (Worth("customer.mrr", 0.5, 3.0), facts(customer_mrr=0.0), 0.0, "customer.mrr=0 multiplier=0.5"),
        (Worth("customer.seats", 2.0, 3.0), facts(customer_seats=4), 8.0, "customer.seats=4 multiplier=2"),
        (Worth("customer.is_prospect", 2.0, 3.0), facts(customer_is_prospect=True), 3.0, None),
        (Worth("customer.tier", 2.0, 3.0), facts(customer_tier="key"), 3.0, None),
    ],
)
def test_value_is_the_field_times_the_multiplier_or_what_the_action_states(worth, known, value, because):
    decision = decided(recommends("a.rule", "a.call"), action("a.call", worth=worth), known=known)

    factor = decision.recommendations[0].factors[1]
    assert factor.value == value
    assert because is None or factor.because == because


@pytest.mark.parametrize(
    ("seen", "rate"),
    [((0, 0), 0.5), ((1, 1), 0.666667), ((0, 8), 0.1), ((9, 9), 0.909091), ((5, 3), 0.857143), ((-1, -1), 0.5)],
)
def test_propensity_is_the_acceptance_rate_with_its_prior(seen, rate):
    assert propensity(seen).value == rate


@pytest.mark.parametrize(("hours", "factor"), [(0.0, 2.0), (8.0, 1.75), (24.0, 1.5), (72.0, 1.25), (216.0, 1.1)])
def test_urgency_halves_at_a_day(hours, factor):
    assert urgency(hours).value == factor


def test_large_and_exact_amounts_are_said_in_full():
    worth = Worth("customer.mrr", 0.1, 50.0)
    decision = decided(recommends("r.a", "a.a"), action("a.a", worth=worth), known=facts(customer_mrr=1_234_567.89))
    factor = decision.recommendations[0].factors[1]

    assert factor.because == "customer.mrr=1234567.89 multiplier=0.1"
    assert say(factor, "en") == "Monthly revenue 1234567.89, times 0.1"


def test_ties_go_by_action_id():
    parts = [action(f"a.{name}") for name in "dbca"]
    rules = [recommends(f"r.{name}", f"a.{name}") for name in "abcd"]

    decision = decided(*parts, *rules)

    assert [shown.action for shown in decision.recommendations] == ["a.a", "a.b", "a.c"]
    assert [(entry.action, entry.stage.value, entry.by) for entry in decision.not_shown] == [
        ("a.d", "rank", "top_three")
    ]


def test_comply_ranks_before_everything_however_much_the_rest_is_worth():
    decision = decided(
        action("a.gold", Kind.RENEW, worth=Worth(None, 1.0, 1e9)),
        action("a.duty", Kind.COMPLY, worth=Worth(None, 1.0, 0.0), due_in_hours=999.0),
        recommends("r.gold", "a.gold", lever=5.0),
        recommends("r.duty", "a.duty", lever=0.1),
    )

    assert [shown.action for shown in decision.recommendations] == ["a.duty", "a.gold"]


def test_several_rules_for_one_action_count_once_with_the_highest_lever():
    decision = decided(
        action("a.call"),
        recommends("r.b", "a.call", lever=2.0),
        recommends("r.a", "a.call", lever=0.5),
        recommends("r.c", "a.call", lever=2.0),
    )

    (shown,) = decision.recommendations
    assert shown.rules == ("r.a", "r.b", "r.c")
    assert shown.reason.en == "because of r.b (en)"
    assert factors_of(decision, "a.call")[0]["lever"] == 2.0


def test_factors_are_said_in_both_languages():
    decision = decided(
        recommends("a.rule", "a.call", lever=1.2),
        action("a.call", worth=Worth("customer.mrr", 0.5, 3.0)),
        known=facts(customer_mrr=100.0),
    )
    factors = decision.recommendations[0].factors

    assert [say(factor, "pt-BR") for factor in factors] == [
        "aceita 0 de 0 vezes",
        "Receita mensal 100, vezes 0.5",
        "prazo de 24 horas",
        "peso 1.2 da regra a.rule",
    ]
    assert [say(factor, "en") for factor in factors] == [
        "accepted 0 of 0 times",
        "Monthly revenue 100, times 0.5",
        "due in 24 hours",
        "weight 1.2 of rule a.rule",
    ]


_levers = st.floats(0.1, 5.0).map(lambda lever: round(lever, 3))


@steady
@given(
    st.lists(st.tuples(_levers, st.integers(0, 1000), st.integers(0, 400)), min_size=2, max_size=6),
    st.data(),
)
def test_raising_a_lever_never_lowers_the_rank(entries, data):
    actions = [
        action(f"a.n{index}", worth=Worth(None, 1.0, float(worth)), due_in_hours=float(hours))
        for index, (_, worth, hours) in enumerate(entries)
    ]
    chosen = data.draw(st.integers(0, len(entries) - 1))
    raised = data.draw(st.floats(entries[chosen][0], 5.0))

    def rank_with(lever_of_chosen):
        levers = [lever for lever, _, _ in entries]
        levers[chosen] = lever_of_chosen
        rules = [recommends(f"r.n{index}", f"a.n{index}", lever=lever) for index, lever in enumerate(levers)]
        decision = decided(*actions, *rules)
        shown = [entry.action for entry in decision.recommendations]
        return shown.index(f"a.n{chosen}") if f"a.n{chosen}" in shown else len(shown)

    assert rank_with(raised) <= rank_with(entries[chosen][0])
