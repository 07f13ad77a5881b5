"""What would change decisions of the shipped rules: tried against single and double changes of what matters there."""

import pytest
from whatif_cases import Case, flips, shown

from rules.decide import Decider
from rules.engine import ReferenceEvaluator
from rules.vocabulary import FIELDS
from rules.whatif import Verdict, WhatIf
from rules.whatif.edits import edited

pytestmark = pytest.mark.slow

DOMAINS = {
    "ticket.priority": FIELDS["ticket.priority"].values,
    "customer.health": FIELDS["customer.health"].values,
    "customer.open_dispute": (False, True),
    "customer.opted_out": (False, True),
    "customer.cancellation": FIELDS["customer.cancellation"].values,
    "customer.overdue_invoices": (0, 1, 2, 3),
    "customer.onboarding_pct": (0.0, 50.0, 99.0, 100.0),
}
SITUATIONS = {
    "seats asked for under dispute": (
        ["seat_change", "price_question"],
        {"open_dispute": True, "seats": 20, "seats_used": 19, "health": "good", "lifecycle": "active", "nps": 9},
    ),
    "upgrade of a healthy account": (
        ["upgrade_request", "goal_said"],
        {"health": "good", "lifecycle": "active", "mrr": 900.0, "cancellation": "none", "opted_out": False},
    ),
    "threat to leave": (["leave_threat", "complaint"], {"mrr": 500.0, "lifecycle": "active", "health": "poor"}),
    "cancellation asked for": (["cancel_request"], {"cancellation": "requested", "lifecycle": "active"}),
    "cancellation confirmed": (["praise"], {"cancellation": "confirmed", "lifecycle": "churned", "nps": 8}),
    "outage of a key account": (["outage", "product_failure"], {"tier": "key", "lifecycle": "active"}),
    "stuck onboarding": (["onboarding_help"], {"lifecycle": "onboarding", "onboarding_pct": 30.0}),
    "promoter praises": (["praise"], {"nps": 10, "lifecycle": "active", "health": "good", "open_dispute": False}),
    "detractor complains": (["complaint", "repeated_contact"], {"nps": 2, "lifecycle": "active"}),
    "charge in dispute": (["dispute_charge"], {"open_dispute": True, "overdue_invoices": 2, "regulated_sector": True}),
    "how-to question": (["how_to_question"], {"lifecycle": "active", "onboarding_pct": 60.0}),
    "renewal draws near": (["renewal_question"], {"days_to_renewal": 20, "lifecycle": "active", "overdue_invoices": 1}),
    "nothing is known": ([], {}),
}
PAIRED = ("seats asked for under dispute", "cancellation asked for", "outage of a key account", "nothing is known")
"""Where every two changes are tried together, too: some 2 s of trying each."""


@pytest.mark.parametrize("name", SITUATIONS)
def test_change_of_the_shipped_rules_is_no_larger_than_any_that_is_tried(shipped, name):
    signals, customer = SITUATIONS[name]
    given = {"signals": signals, "ticket": {"priority": "normal"}, "customer": customer, "invoices": []}
    case = Case(shipped, given, DOMAINS)
    by_trying = flips(case, 2 if name in PAIRED else 1)

    with Decider(shipped) as decider, Decider(shipped, ReferenceEvaluator) as reference:
        decision = decider.decide(case.facts)
        inquiry = WhatIf(decider).about(decision)
        for action in sorted({*by_trying, *shown(decision), *sorted(shipped.actions)[:3]}):
            answer = inquiry.change(action)
            if action in by_trying:
                assert answer.verdict is Verdict.FOUND, action
                assert len(answer.change.changed) <= by_trying[action][0], action
            if answer.change is None:
                assert answer.verdict in {Verdict.NOTHING, Verdict.NOT_WITHIN}, action
                continue
            edits = {changed.spot: changed.after for changed in answer.change.changed}
            after = reference.decide(edited(case.facts, edits))

            assert (action in shown(after)) is answer.shows, action
            assert after == answer.change.decision, action
            # taking back any part of it undoes it: nothing in it is idle
            for left_out in edits if len(edits) > 1 else ():
                part = {spot: value for spot, value in edits.items() if spot != left_out}

                assert (action in shown(reference.decide(edited(case.facts, part)))) is not answer.shows, action
