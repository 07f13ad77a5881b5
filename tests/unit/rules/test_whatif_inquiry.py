"""What would change a decision: ranks, limits, guardrails, and what to say when nothing helps."""

from dataclasses import replace

import pytest
from decide_books import NOW, action, book, contact, facts, recommends, said, suppresses, votes
from whatif_cases import shown

from rules.conditions import All, Exists, Not, Op, Test
from rules.decide import Decider
from rules.engine import ReferenceEvaluator
from rules.errors import SidecueError
from rules.facts import facts_from_given
from rules.rulebook import Function, Kind, Worth
from rules.whatif import Verdict, WhatIf
from rules.whatif.edits import Spot, edited

DISPUTE = Test("customer.open_dispute", Op.IS, value=True)
PROMOTER = Test("customer.nps_class", Op.IS, "promoter")


def ask(rulebook, found, name, **how):
    with Decider(rulebook, **how.pop("decider", {})) as decider:
        return WhatIf(decider).about(decider.decide(found)).change(name, **how)


def changes(answer):
    return [(changed.spot.name, changed.before, changed.after) for changed in answer.change.changed]


def four(worth=1.0):
    """Four resolving actions of which the fourth is worth more the more seats there are."""
    rivals = [action(f"test.{name}", Kind.RESOLVE, worth=Worth(None, 1.0, 5.0)) for name in "abc"]
    grows = action("test.z", Kind.RESOLVE, worth=Worth("customer.seats", 0.5, worth))
    rules = [recommends(f"r.{found.id}", found.id) for found in (*rivals, grows)]
    return book(*rivals, grows, *rules)


def test_change_of_the_rank_alone_shows_what_was_below_the_three():
    answer = ask(four(), facts(customer_seats=2), "test.z")

    # at 10 seats both are worth 5, and among equals the others come first by their names
    assert changes(answer) == [("customer.seats", 2, 11)]
    assert answer.shows
    assert len(answer.change.decision.recommendations) == 3


def test_change_of_the_rank_alone_takes_one_off_the_screen():
    answer = ask(four(), facts(customer_seats=2), "test.c")

    assert changes(answer) == [("customer.seats", 2, 11)]
    assert not answer.shows


def test_rank_counts_what_was_accepted_before():
    rulebook = four()
    with Decider(rulebook) as decider:
        decision = decider.decide(facts(customer_seats=2), acceptance={"test.z": (8, 8)})
        answer = WhatIf(decider).about(decision).change("test.z")

    # 9/10 instead of 1/2: 0.9 x 0.5 x 6 seats is more than 0.5 x 5, of 5 seats it is less
    assert changes(answer) == [("customer.seats", 2, 6)]


def test_conflict_with_a_better_one_is_seen():
    better = action("test.b", Kind.RESOLVE, worth=Worth(None, 1.0, 9.0), conflicts_with=("test.a",))
    rulebook = book(
        action("test.a", Kind.RESOLVE),
        better,
        recommends("r.a", "test.a"),
        recommends("r.b", "test.b", Test("ticket.priority", Op.IS, "high")),
    )

    assert changes(ask(rulebook, facts(ticket_priority="high"), "test.a")) == [("ticket.priority", "high", "normal")]
    assert changes(ask(rulebook, facts(ticket_priority="low"), "test.a")) == [("ticket.priority", "low", "high")]


def test_offer_cap_counts_offers_made_and_offers_above():
    offers = [
        action(f"test.{name}", Kind.UPSELL, worth=Worth(None, 1.0, float(worth)))
        for name, worth in (("a", 9), ("b", 1))
    ]
    rules = [recommends("r.a", "test.a", Not(DISPUTE)), recommends("r.b", "test.b")]
    made = [contact("test.x", 3, Kind.RETAIN), contact("test.y", 4, Kind.RETAIN)]

    # with two made, one more is left: the better one takes it, unless a dispute keeps it away
    answer = ask(book(*offers, *rules), facts(contacts=made, customer_open_dispute=False), "test.b")
    assert changes(answer) == [("customer.open_dispute", False, True)]
    assert ask(book(*offers, *rules), facts(contacts=made, customer_open_dispute=False), "test.b",
               decider={"offer_cap": 2}).verdict is Verdict.NOTHING  # fmt: skip


def test_fallback_comes_and_goes_with_everything_else():
    rulebook = book(action("test.a"), recommends("r.a", "test.a", DISPUTE))
    calm = facts(customer_open_dispute=False)

    assert changes(ask(rulebook, calm, "support.triage")) == [("customer.open_dispute", False, True)]
    assert changes(ask(rulebook, facts(customer_open_dispute=True), "support.triage")) == [
        ("customer.open_dispute", True, False)
    ]
    assert ask(rulebook, calm, "accounts.sop").verdict is Verdict.NOTHING


def test_nothing_that_can_be_changed_names_what_stands_in_the_way():
    rulebook = book(action("test.a"), recommends("r.a", "test.a", All((said("praise"), PROMOTER, Not(DISPUTE)))))
    found = facts_from_given({"signals": ["praise"], "customer": {"nps": 3, "open_dispute": True}}, NOW)

    answer = ask(rulebook, found, "test.a")

    assert answer.verdict is Verdict.NOTHING
    assert answer.obstacles == (Test("customer.nps_class", Op.IS, "detractor"),)


def test_obstacles_name_what_is_missing_in_texts_and_lists():
    owed = Exists("open_tickets", Test("severity", Op.IS, "severe"))
    rulebook = book(
        action("test.a", Kind.UPSELL),
        recommends("r.a", "test.a", All((said("praise"), Test("ticket.csat", Op.AT_LEAST, 4)))),
        suppresses("g", owed, kinds=[Kind.UPSELL]),
    )
    found = facts_from_given({"open_tickets": [{"severity": "severe"}]}, NOW)

    assert ask(rulebook, found, "test.a").obstacles == (
        Test("ticket.csat", Op.KNOWN, value=False),
        Test("signals", Op.HAS_NONE, ("praise",)),
        owed,
    )


def test_nothing_of_a_limit_has_no_obstacle_among_the_facts():
    resting = action("test.a", Kind.UPSELL, cooldown_days=30)
    found = facts(contacts=[contact("test.a", 3, Kind.UPSELL)])

    answer = ask(book(resting, recommends("r.a", "test.a")), found, "test.a")

    assert (answer.verdict, answer.obstacles) == (Verdict.NOTHING, ())


def test_change_beyond_the_bound_is_not_called_impossible():
    both = All((DISPUTE, Test("customer.opted_out", Op.IS, value=True)))
    rulebook = book(action("test.a"), recommends("r.a", "test.a", both))

    assert ask(rulebook, facts(), "test.a", fields=1).verdict is Verdict.NOT_WITHIN
    assert len(ask(rulebook, facts(), "test.a", fields=2).change.changed) == 2


class Silent(ReferenceEvaluator):
    """An evaluator to which no rule ever holds: nothing that the solver finds comes true."""

    def fired(self, stratum, facts):
        return frozenset()


def test_change_that_a_decision_does_not_confirm_is_never_given_out():
    rulebook = book(action("test.a"), recommends("r.a", "test.a", Test("customer.seats", Op.ABOVE, 3)))
    silent = Decider(rulebook, Silent)
    inquiry = WhatIf(silent).about(silent.decide(facts(customer_seats=1)))

    gave_up = inquiry.change("test.a", tries=1)
    exhausted = inquiry.change("test.a")

    assert (gave_up.verdict, gave_up.tries, gave_up.change) == (Verdict.GAVE_UP, 1, None)
    assert (exhausted.verdict, exhausted.change) == (Verdict.NOT_WITHIN, None)


def test_unknown_facts_are_filled_in_and_known_ones_of_that_kind_stay():
    vip = Test("customer.tier", Op.IS, "enterprise")
    rulebook = book(action("test.a"), recommends("r.a", "test.a", vip))

    assert changes(ask(rulebook, facts(), "test.a")) == [("customer.tier", None, "enterprise")]
    answer = ask(rulebook, facts(customer_tier="standard"), "test.a")
    assert (answer.verdict, answer.obstacles) == (Verdict.NOTHING, (Test("customer.tier", Op.IS, "standard"),))


def test_tags_change_sides_as_one_fact():
    rulebook = book(
        action("test.a"),
        recommends(
            "r.a",
            "test.a",
            All((Test("ticket.tags", Op.HAS_ALL, ("vip", "beta")), Test("ticket.tags", Op.HAS_NONE, ("spam",)))),
        ),
    )
    before = frozenset({"spam", "vip", "mine"})

    assert changes(ask(rulebook, facts(ticket_tags=before), "test.a")) == [
        ("ticket.tags", before, frozenset({"vip", "beta", "mine"}))
    ]
    assert changes(ask(rulebook, facts(), "test.a")) == [("ticket.tags", None, frozenset({"vip", "beta"}))]


def test_item_of_a_list_changes_where_it_stands():
    overdue = Exists("invoices", All((Test("status", Op.IS, "overdue"), Test("amount", Op.ABOVE, 10))))
    rulebook = book(action("test.a"), recommends("r.a", "test.a", Not(overdue)))
    invoices = [{"status": "overdue", "amount": 5}, {"status": "overdue", "amount": 50}, {"status": "paid"}]
    found = facts_from_given({"invoices": invoices}, NOW)

    answer = ask(rulebook, found, "test.a")

    assert [changed.spot for changed in answer.change.changed] == [Spot("status", "invoices", 1)]
    assert answer.change.changed[0].after == "paid"


def test_texts_of_items_are_told_apart_however_many_there_are():
    same = Exists("invoices", Test("product", Op.SAME_AS, "ticket.product"))
    rulebook = book(action("test.a"), recommends("r.a", "test.a", same))
    given = {"invoices": [{"product": f"p{number}"} for number in range(9)]}

    known = facts_from_given({**given, "ticket": {"product": "mine"}}, NOW)
    assert ask(rulebook, known, "test.a").verdict is Verdict.NOTHING
    answer = ask(rulebook, facts_from_given(given, NOW), "test.a")
    assert changes(answer) == [("ticket.product", None, "p0")]


def test_precedence_of_the_tenant_is_kept():
    when = Test("decision.primary", Op.IS, "success")
    order = (Function.SUCCESS, Function.SUPPORT, Function.ACCOUNT_MANAGEMENT)
    rulebook = book(
        action("test.a"),
        recommends("r.a", "test.a", when),
        votes("c.1", DISPUTE, support=2),
        votes("c.2", DISPUTE, success=2),
    )

    assert ask(rulebook, facts(), "test.a").verdict is Verdict.NOTHING
    assert changes(ask(rulebook, facts(), "test.a", decider={"precedence": order})) == [
        ("customer.open_dispute", None, True)
    ]


def test_same_question_has_the_same_answer():
    found = facts(customer_seats=2, ticket_priority="low")
    rulebook = four()
    with Decider(rulebook) as decider:
        asked = WhatIf(decider)
        decision = decider.decide(found)
        names = sorted(rulebook.actions)
        inquiry = asked.about(decision)
        forwards = {name: inquiry.change(name) for name in names}
        again = asked.about(decision)
        backwards = {name: again.change(name) for name in reversed(names)}

    assert forwards == backwards
    assert forwards == {name: ask(rulebook, found, name) for name in names}


def test_another_rulebooks_decision_and_unknown_actions_are_refused():
    with Decider(four()) as decider:
        decision = decider.decide(facts())
        asked = WhatIf(decider)
        with pytest.raises(SidecueError, match=r"no action 'test\.q'"):
            asked.about(decision).change("test.q")
        with pytest.raises(SidecueError, match="ask with the one it was taken with"):
            asked.about(replace(decision, rulebook="other"))


def test_every_change_holds_for_the_reference_evaluator_too():
    rulebook = four()
    found = facts(customer_seats=2)
    with Decider(rulebook, ReferenceEvaluator) as decider:
        inquiry = WhatIf(decider).about(decider.decide(found))
        answers = [inquiry.change(name) for name in sorted(rulebook.actions)]
        for answer in answers:
            if answer.change is not None:
                edits = {changed.spot: changed.after for changed in answer.change.changed}

                assert (answer.action in shown(decider.decide(edited(found, edits)))) is answer.shows
