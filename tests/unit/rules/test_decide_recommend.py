"""From eligible to shown: every stage, its edge, and the reason it leaves."""

import pytest
from decide_books import NEVER, NOW, action, book, contact, facts, recommends, said, suppresses, votes

from rules.conditions import Op, Test
from rules.decide import Decider
from rules.engine import ReferenceEvaluator
from rules.errors import SidecueError
from rules.model import LeafResult, Stage
from rules.rulebook import Function, Kind, Status

SECOND = 1 / 86_400


def decided(*parts, known=None, sops=None, **more):
    given = {} if sops is None else {"sops": sops}
    with Decider(book(*parts, **given), ReferenceEvaluator, **more) as decider:
        return decider.decide(known or facts())


def shown(decision):
    return [entry.action for entry in decision.recommendations]


def fallen(decision):
    return {entry.action: (entry.stage, entry.by) for entry in decision.not_shown}


# --- eligible and applicable --------------------------------------------------------------------


def test_a_fired_rule_shows_its_action_whole():
    call = action("a.call", Kind.ADOPT, function=Function.SUCCESS, involve=(Function.SUPPORT,), due_in_hours=36.5)

    (entry,) = decided(recommends("r.call", "a.call"), call).recommendations

    assert (entry.kind, entry.function, entry.rules) == (Kind.ADOPT, Function.SUCCESS, ("r.call",))
    assert (entry.title, entry.steps, entry.reply, entry.involve) == (call.title, call.steps, call.reply, call.involve)
    assert (entry.benefit, entry.reason.en) == (call.benefit, "because of r.call (en)")
    assert (entry.due_at - NOW).total_seconds() == 36.5 * 3600


def test_a_rule_that_does_not_fire_leaves_nothing():
    decision = decided(recommends("r.call", "a.call", NEVER), action("a.call"))

    assert shown(decision) == ["support.triage"]
    assert decision.not_shown == ()


@pytest.mark.parametrize(
    ("known", "stage"),
    [(facts(customer_seats=5), None), (facts(customer_seats=4), Stage.NOT_APPLICABLE), (facts(), Stage.NOT_APPLICABLE)],
)
def test_an_action_needs_its_needs_surely_met(known, stage):
    needs = Test("customer.seats", Op.AT_LEAST, 5)

    decision = decided(recommends("r.call", "a.call"), action("a.call", needs=needs), known=known)

    if stage is None:
        assert shown(decision) == ["a.call"]
    else:
        (entry,) = decision.not_shown
        assert (entry.stage, entry.by, entry.rules) == (stage, "a.call", ("r.call",))
        seen = known.values.get("customer.seats")
        assert entry.leaves == (LeafResult("customer.seats", "at_least", 5, seen, False if seen is not None else None),)


def test_an_experimental_rule_is_recorded_and_has_no_effect():
    live = (recommends("r.live", "a.live", lever=1.0), action("a.live"), action("a.new"))
    without = decided(*live)

    decision = decided(
        *live,
        recommends("r.new", "a.new", status=Status.EXPERIMENTAL),
        recommends("r.lift", "a.live", lever=5.0, status=Status.EXPERIMENTAL),
        suppresses("g.new", actions=["a.live"], status=Status.EXPERIMENTAL),
    )

    assert decision.recommendations == without.recommendations
    assert decision.not_shown == without.not_shown
    assert [fired.rule for fired in decision.trace.shadow] == ["r.lift", "r.new", "g.new"]


# --- suitable -----------------------------------------------------------------------------------


def test_a_guardrail_holds_back_kinds_and_actions_and_says_why():
    decision = decided(
        action("a.sell", Kind.UPSELL),
        action("a.call"),
        action("a.free"),
        *(recommends(f"r.{name}", f"a.{name}") for name in ("sell", "call", "free")),
        suppresses("g.complaint", said("complaint"), kinds=[Kind.UPSELL, Kind.EXPAND], actions=["a.call"]),
        known=facts("complaint"),
    )

    assert shown(decision) == ["a.free"]
    assert fallen(decision) == {
        "a.call": (Stage.SUPPRESSED, "g.complaint"),
        "a.sell": (Stage.SUPPRESSED, "g.complaint"),
    }
    assert decision.not_shown[0].reason.en == "held back by g.complaint (en)"
    assert decision.not_shown[0].leaves == (LeafResult("signals", "has", "complaint", ("complaint",), True),)


@pytest.mark.parametrize(
    ("unless_false", "opted_out", "held"),
    [(False, True, True), (False, None, False), (False, False, False), (True, True, True), (True, None, True)],
)
def test_a_guardrail_on_unknown_holds_back_unless_surely_false(unless_false, opted_out, held):
    known = facts() if opted_out is None else facts(customer_opted_out=opted_out)

    decision = decided(
        action("a.sell", Kind.UPSELL),
        recommends("r.sell", "a.sell"),
        suppresses(
            "g.opt", Test("customer.opted_out", Op.IS, value=True), kinds=[Kind.UPSELL], unless_false=unless_false
        ),
        known=known,
    )

    assert ("a.sell" in fallen(decision)) is held
    if held:
        assert decision.not_shown[0].leaves == (
            LeafResult("customer.opted_out", "is", expected=True, actual=opted_out, truth=opted_out),
        )
        assert "g.opt" in [fired.rule for fired in decision.trace.fired]


def test_a_guardrail_on_unknown_lets_go_when_surely_false():
    decision = decided(
        action("a.sell", Kind.UPSELL),
        recommends("r.sell", "a.sell"),
        suppresses("g.opt", Test("customer.opted_out", Op.IS, value=True), kinds=[Kind.UPSELL], unless_false=True),
        known=facts(customer_opted_out=False),
    )

    assert shown(decision) == ["a.sell"]
    assert "g.opt" not in [fired.rule for fired in decision.trace.fired]


def test_guardrails_see_what_was_classified():
    decision = decided(
        votes("c.one", support=5),
        action("a.sell", Kind.UPSELL),
        recommends("r.sell", "a.sell"),
        suppresses("g.support", Test("decision.primary", Op.IS, "support"), kinds=[Kind.UPSELL]),
    )

    assert fallen(decision) == {"a.sell": (Stage.SUPPRESSED, "g.support")}


# --- the laws -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cancellation", "allowed"), [(None, False), ("none", False), ("requested", False), ("confirmed", True)]
)
def test_no_win_back_before_a_confirmed_cancellation(cancellation, allowed):
    known = facts() if cancellation is None else facts(customer_cancellation=cancellation)

    decision = decided(action("a.back", Kind.WIN_BACK), recommends("r.back", "a.back"), known=known)

    assert (shown(decision) == ["a.back"]) is allowed
    if not allowed:
        (entry,) = decision.not_shown
        assert entry.by == "law.win_back_after_cancellation"
        assert entry.leaves[0].actual == cancellation


def test_retention_never_stands_in_for_a_cancellation_that_is_held_back():
    parts = (
        action("a.register", Kind.COMPLY),
        action("a.keep", Kind.RETAIN),
        recommends("r.register", "a.register"),
        recommends("r.keep", "a.keep", lever=5.0),
    )

    free = decided(*parts)
    held = decided(*parts, suppresses("g.odd", actions=["a.register"]))

    assert shown(free) == ["a.register", "a.keep"]
    assert fallen(held) == {
        "a.keep": (Stage.SUPPRESSED, "law.comply_before_retain"),
        "a.register": (Stage.SUPPRESSED, "g.odd"),
    }
    assert held.not_shown[0].reason.pt_br.startswith("O pedido do cliente é cumprido primeiro")


def test_a_duty_knows_no_cooldown():
    decision = decided(
        action("a.register", Kind.COMPLY, cooldown_days=30),
        recommends("r.register", "a.register"),
        known=facts(contacts=[contact("a.register", 1.0, Kind.COMPLY)]),
    )

    assert shown(decision) == ["a.register"]


# --- contact limits -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_ago", "held"), [(0.0, True), (7 - SECOND, True), (7.0, False), (7 + SECOND, False), (6.999988, True)]
)
def test_the_cooldown_ends_to_the_second(days_ago, held):
    decision = decided(
        action("a.call", cooldown_days=7),
        recommends("r.call", "a.call"),
        known=facts(contacts=[contact("a.call", 400.0), contact("a.call", days_ago), contact("a.other", 0.0)]),
    )

    assert (fallen(decision).get("a.call") == (Stage.CONTACT_LIMIT, "cooldown")) is held
    if held:
        assert decision.not_shown[0].leaves == (LeafResult("contacts.days_ago", "below", 7, days_ago, truth=True),)


@pytest.mark.parametrize(("days", "said_as"), [(0.5, "less than a day ago"), (1.2, "1 day ago"), (3.9, "3 days ago")])
def test_the_cooldown_says_how_long_ago(days, said_as):
    decision = decided(
        action("a.call", cooldown_days=7),
        recommends("r.call", "a.call"),
        known=facts(contacts=[contact("a.call", days)]),
    )

    assert said_as in decision.not_shown[0].reason.en


def test_a_contact_without_a_time_does_not_count():
    decision = decided(
        action("a.call", cooldown_days=7),
        recommends("r.call", "a.call"),
        known=facts(contacts=[{"action": "a.call", "kind": "inform"}]),
    )

    assert shown(decision) == ["a.call"]


@pytest.mark.parametrize("kind", list(Kind))
def test_the_cap_counts_offers_and_nothing_else(kind):
    offers = {Kind.UPSELL, Kind.CROSS_SELL, Kind.EXPAND, Kind.RETAIN, Kind.WIN_BACK, Kind.ADVOCATE}
    known = facts(
        customer_cancellation="confirmed", contacts=[contact("a.old", days, Kind.UPSELL) for days in (1.0, 2.0, 3.0)]
    )

    decision = decided(action("a.next", kind), recommends("r.next", "a.next"), known=known)

    assert (fallen(decision).get("a.next") == (Stage.CONTACT_LIMIT, "offer_cap")) is (kind in offers)


@pytest.mark.parametrize(("days_ago", "held"), [(30 - SECOND, True), (30.0, False)])
def test_the_cap_is_of_thirty_days_to_the_second(days_ago, held):
    known = facts(contacts=[contact("a.old", days, Kind.EXPAND) for days in (1.0, 2.0, days_ago)])

    decision = decided(action("a.next", Kind.EXPAND), recommends("r.next", "a.next"), known=known)

    assert ("a.next" in fallen(decision)) is held


def test_the_cap_counts_the_offers_of_this_decision_too():
    decision = decided(
        *(action(f"a.{name}", Kind.UPSELL) for name in "abc"),
        *(recommends(f"r.{name}", f"a.{name}") for name in "abc"),
        known=facts(contacts=[contact("a.old", 1.0, Kind.UPSELL)]),
    )

    assert shown(decision) == ["a.a", "a.b"]
    assert fallen(decision) == {"a.c": (Stage.CONTACT_LIMIT, "offer_cap")}
    assert decision.not_shown[0].reason.pt_br == "Este cliente já recebeu 3 ofertas em 30 dias; o limite é 3."


# --- conflicts and the three --------------------------------------------------------------------


@pytest.mark.parametrize("who_says", ["a.keep", "a.raise"])
def test_the_better_ranked_of_two_that_contradict_each_other_is_shown(who_says):
    other = {"a.keep": "a.raise", "a.raise": "a.keep"}[who_says]
    conflicts = {who_says: (other,)}

    decision = decided(
        action("a.keep", conflicts_with=conflicts.get("a.keep", ())),
        action("a.raise", conflicts_with=conflicts.get("a.raise", ())),
        recommends("r.keep", "a.keep"),
        recommends("r.raise", "a.raise", lever=2.0),
    )

    assert shown(decision) == ["a.raise"]
    assert fallen(decision) == {"a.keep": (Stage.CONFLICT, "a.raise")}
    assert decision.not_shown[0].reason.en == "It contradicts “do a.raise (en)”, which comes first."


def test_what_is_not_shown_rules_nothing_out():
    decision = decided(
        action("a.first"),
        action("a.second", conflicts_with=("a.first", "a.third")),
        action("a.third"),
        recommends("r.first", "a.first", lever=3.0),
        recommends("r.second", "a.second", lever=2.0),
        recommends("r.third", "a.third"),
    )

    assert shown(decision) == ["a.first", "a.third"]


def test_at_most_three_are_shown():
    decision = decided(
        *(action(f"a.{name}") for name in "abcde"),
        *(recommends(f"r.{name}", f"a.{name}") for name in "abcde"),
    )

    assert shown(decision) == ["a.a", "a.b", "a.c"]
    assert fallen(decision) == {"a.d": (Stage.RANK, "top_three"), "a.e": (Stage.RANK, "top_three")}


# --- fallback -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, "support.triage"),
        ({"support": 5}, "support.sop"),
        ({"success": 5}, "success.sop"),
        ({"account_management": 5}, "accounts.sop"),
    ],
)
def test_the_fallback_is_the_procedure_of_the_class(scores, expected):
    decision = decided(votes("c.one", **scores))

    assert shown(decision) == [expected]
    assert decision.is_fallback
    assert decision.recommendations[0].rules == ()
    assert decision.recommendations[0].reason.en


def test_there_is_no_fallback_beside_a_recommendation():
    decision = decided(votes("c.one", support=5), action("a.call"), recommends("r.call", "a.call"))

    assert shown(decision) == ["a.call"]
    assert not decision.is_fallback


def test_the_fallback_never_shows_what_a_guardrail_forbids():
    by_kind = decided(votes("c.one", support=5), suppresses("g.one", kinds=[Kind.RESOLVE]))
    by_name = decided(votes("c.one", support=5), suppresses("g.one", actions=["support.sop"]))
    by_both = decided(votes("c.one", support=5), suppresses("g.one", kinds=[Kind.RESOLVE, Kind.INFORM]))

    assert shown(by_kind) == ["support.triage"]
    assert shown(by_name) == ["support.triage"]
    assert (shown(by_both), by_both.is_fallback) == ([], True)


@pytest.mark.parametrize("kind", [Kind.UPSELL, Kind.RETAIN, Kind.WIN_BACK, Kind.ADVOCATE])
def test_the_fallback_is_never_an_offer(kind):
    sops = (action("support.triage", kind), action("support.sop", kind))

    assert shown(decided(known=facts(customer_cancellation="confirmed"), sops=sops)) == []


def test_the_fallback_is_not_what_was_just_held_back():
    sops = (action("support.triage", cooldown_days=9), action("support.sop", needs=NEVER))

    decision = decided(
        recommends("r.triage", "support.triage"), sops=sops, known=facts(contacts=[contact("support.triage", 1.0)])
    )

    assert shown(decision) == []
    assert fallen(decision) == {"support.triage": (Stage.CONTACT_LIMIT, "cooldown")}


def test_a_rulebook_without_procedures_says_nothing_rather_than_anything():
    decision = decided(sops=())

    assert (shown(decision), decision.is_fallback, decision.needs_triage) == ([], True, True)


def test_a_rule_for_an_action_there_is_not_is_refused():
    with pytest.raises(SidecueError, match=r"r\.call recommends a\.call"):
        Decider(book(recommends("r.call", "a.call")), ReferenceEvaluator)
