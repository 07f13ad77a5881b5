"""Facts after a change are the facts that live tickets would have."""

from datetime import UTC, datetime

from rules.facts import build, facts_from_given
from rules.model import Customer, PastTicket, Ticket, TicketStatus
from rules.vocabulary import FIELDS, Changeable
from rules.whatif.edits import SOURCES, Spot, edited

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def given(**customer):
    return facts_from_given({"customer": customer}, NOW)


def test_change_takes_along_what_is_worked_out_of_it():
    facts = given(lifecycle="prospect", seats=10, seats_used=5, nps=9)

    after = edited(facts, {Spot("customer.lifecycle"): "active", Spot("customer.seats"): 20})

    assert after == given(lifecycle="active", seats=20, seats_used=5, nps=9)
    assert after.values["customer.is_prospect"] is False
    assert after.values["customer.seat_utilisation"] == 0.25


def test_change_to_no_seats_leaves_their_use_unknown():
    facts = given(seats=10, seats_used=5)

    assert "customer.seat_utilisation" not in edited(facts, {Spot("customer.seats"): 0}).values


def test_change_leaves_what_somebody_stated_otherwise():
    facts = given(lifecycle="active", is_prospect=True, seats=10, seats_used=5, seat_utilisation=0.9)

    after = edited(facts, {Spot("customer.lifecycle"): "churned", Spot("customer.seats_used"): 10})

    assert after.values["customer.is_prospect"] is True
    assert after.values["customer.seat_utilisation"] == 0.9


def test_filling_in_completes_what_follows():
    assert edited(given(seats_used=5), {Spot("customer.seats"): 10}) == given(seats_used=5, seats=10)
    assert edited(given(), {Spot("customer.lifecycle"): "prospect"}) == given(lifecycle="prospect")


def test_change_leaves_other_facts_alone():
    facts = given(nps=9, plan="pro")
    incomplete = type(facts)({"customer.nps": 9}, frozenset(), {}, NOW)

    assert edited(facts, {Spot("customer.plan"): "basic"}) == given(nps=9, plan="basic")
    assert edited(incomplete, {Spot("customer.plan"): "basic"}).values == {
        "customer.plan": "basic",
        "customer.nps": 9,
    }


def test_change_of_the_status_counts_the_open_tickets_as_live_facts_do():
    def live(status, **attributes):
        past = [PastTicket("2", NOW, is_open=True, signals=frozenset())]
        customer = Customer("c", attributes=attributes)
        return build(Ticket("1", status=status), customer, past, [], frozenset(), "en", regulated=False, now=NOW)

    solved = {Spot("ticket.status"): "solved"}

    assert edited(live(TicketStatus.OPEN), solved) == live(TicketStatus.SOLVED)
    assert edited(live(TicketStatus.SOLVED), {Spot("ticket.status"): "open"}) == live(TicketStatus.OPEN)
    # a CRM that counts otherwise goes on doing so
    assert edited(live(TicketStatus.OPEN, open_tickets=7), solved).values["customer.open_tickets"] == 7


def test_change_of_an_item_leaves_the_others():
    facts = facts_from_given({"invoices": [{"status": "overdue"}, {"status": "overdue", "amount": 5}]}, NOW)

    after = edited(facts, {Spot("status", "invoices", 1): "paid"})

    assert after.collections["invoices"] == ({"status": "overdue"}, {"status": "paid", "amount": 5.0})
    assert facts.collections["invoices"][1]["status"] == "overdue"


def test_what_follows_is_never_changed_by_itself_while_it_is_known():
    assert all(FIELDS[name].changeable is not Changeable.YES for name in SOURCES)
