"""The examples that the product was thought up from, as tickets of their own: `tests/stories/golden_*.yml`.

That each ends as its file says, alike in both languages, `test_stories` holds; here stands what they show together.
"""

from __future__ import annotations

from itertools import combinations

import pytest
from stories import Teller, stories

from rules.decide.reply import fill
from rules.rulebook import Function
from rules.text import LOCALES

GOLDEN = {story.name.removeprefix("golden_"): story for story in stories() if story.name.startswith("golden_")}
TROUBLED = (
    *("severe_failure_touching_payments", "severe_failure_near_the_renewal", "all_three_functions"),
    *("cancels_over_the_price", "holder_has_died", "threat_over_the_new_price", "grows_with_an_invoice_overdue"),
)
LEAVING = ("cancels_over_the_price", "holder_has_died")


@pytest.fixture(scope="module")
def teller(shipped):
    made = Teller(shipped)
    yield made
    made.decider.close()


def decisions(teller, name):
    return [teller.decide(GOLDEN[name], locale) for locale in LOCALES]


@pytest.mark.slow
def test_every_subset_of_the_functions_is_reached_by_a_real_ticket(teller):
    reached = set()
    for name in GOLDEN:
        for decision in decisions(teller, name):
            functions = {decision.primary, *decision.collaborators}
            reached.add(frozenset() if decision.needs_triage else frozenset(functions))

    assert reached == {frozenset(chosen) for size in range(4) for chosen in combinations(Function, size)}


@pytest.mark.parametrize("name", TROUBLED)
def test_nothing_is_sold_to_a_customer_in_trouble(teller, name):
    for decision in decisions(teller, name):
        assert not [entry.action for entry in decision.recommendations if entry.kind.sells]


@pytest.mark.parametrize("name", LEAVING)
def test_no_retention_offer_stands_between_a_customer_and_the_way_out(teller, name):
    offers = {"offer_alternative", "right_size", "retention_call", "reactivate_use", "compare_honestly"}
    for decision in decisions(teller, name):
        assert not offers & {entry.action.removeprefix("retention.") for entry in decision.recommendations}


def test_the_same_premium_need_is_no_sale_while_an_incident_is_open_elsewhere(teller):
    golden = GOLDEN["premium_need_seen_in_a_review"]
    elsewhere = type(golden)(
        **{**vars(golden), "given": {**golden.given, "open_tickets": [{"signals": ["outage"], "severity": "severe"}]}}
    )
    for locale in LOCALES:
        free, held = teller.decide(golden, locale), teller.decide(elsewhere, locale)

        assert [entry.action for entry in free.recommendations if entry.kind.sells]
        assert not [entry.action for entry in held.recommendations if entry.kind.sells]


@pytest.mark.parametrize("known", [{}, {"requester.first_name": "Ana", "ticket.id": "77"}], ids=["nobody", "Ana"])
def test_every_reply_is_whole_whoever_writes(teller, known):
    for name in GOLDEN:
        for locale, decision in zip(LOCALES, decisions(teller, name), strict=True):
            for entry in decision.recommendations:
                said = fill(entry.reply, locale, decision.facts, known)

                assert said.strip(), entry.action
                assert not set("{|}") & set(said), entry.action
                assert ("Ana" in said) == bool(known), entry.action
