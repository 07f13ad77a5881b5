"""Facts: what is stated, what is worked out, and what stays unknown."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from decide_cases import steady
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import FactsInvalid
from rules.facts import build, facts_from_given, nps_class
from rules.model import Author, Channel, Customer, Function, Message, PastTicket, Priority, Ticket, TicketStatus
from rules.vocabulary import COLLECTIONS

NOW = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
WINDOW = timedelta(days=30)
SECOND = timedelta(seconds=1)


def built(ticket=None, customer=None, others=(), contacts=(), signals=(), **more):
    given_ = {"language": "pt-BR", "regulated": False, "now": NOW, **more}
    return build(
        ticket or Ticket("T1", opened_at=NOW - timedelta(hours=2)),
        customer,
        others,
        contacts,
        frozenset(signals),
        **given_,
    )


def customer(dates=None, collections=None, **attributes):
    return Customer("C1", attributes=attributes, dates=dates or {}, collections=collections or {})


def past(name, opened_at, **more):
    return PastTicket(name, opened_at, **{"is_open": False, "signals": frozenset(), **more})


# --- ticket -------------------------------------------------------------------------------------


def test_build_takes_over_what_the_helpdesk_says():
    ticket = Ticket(
        "T1",
        status=TicketStatus.PENDING,
        priority=Priority.HIGH,
        channel=Channel.EMAIL,
        product="crm",
        plan_mentioned="Pro",
        tags=frozenset({"billing"}),
        is_vip=True,
        csat=2,
        reopen_count=3,
        opened_at=NOW - timedelta(hours=5),
        first_answer_at=NOW - timedelta(hours=4, minutes=30),
    )

    values = built(ticket, language="en").values

    assert {name: value for name, value in values.items() if name.startswith("ticket.")} == {
        "ticket.channel": "email",
        "ticket.status": "pending",
        "ticket.priority": "high",
        "ticket.language": "en",
        "ticket.product": "crm",
        "ticket.plan_mentioned": "Pro",
        "ticket.tags": frozenset({"billing"}),
        "ticket.is_vip": True,
        "ticket.csat": 2,
        "ticket.reopen_count": 3,
        "ticket.reply_count": 0,
        "ticket.age_hours": 5.0,
        "ticket.hours_to_first_reply": 0.5,
    }


def test_build_leaves_unsaid_ticket_fields_unknown():
    values = built(Ticket("T1")).values

    assert {name for name in values if name.startswith("ticket.")} == {
        "ticket.status",
        "ticket.language",
        "ticket.reopen_count",
        "ticket.reply_count",
    }


@pytest.mark.parametrize(
    "ticket",
    [Ticket("T1", csat=7), Ticket("T1", product="x" * 1001), Ticket("T1", plan_mentioned="ã" * 501)],
)
def test_build_takes_a_ticket_value_that_no_field_can_hold_as_unknown(ticket):
    values = built(ticket).values

    assert not {"ticket.csat", "ticket.product", "ticket.plan_mentioned"} & set(values)


def test_build_counts_the_customers_replies_and_not_the_opening():
    def message(name, author, body):
        return Message(name, author, body, NOW)

    opening = message("m1", Author.CUSTOMER, "não consigo entrar\n")
    talk = (
        message("m2", Author.AGENT, "já tentou a senha nova?"),
        message("m3", Author.CUSTOMER, "sim"),
        message("m4", Author.SYSTEM, "auto"),
        message("m5", Author.CUSTOMER, "e agora?"),
    )
    ticket = Ticket("T1", description="não consigo entrar", messages=(opening, *talk))

    assert built(ticket).values["ticket.reply_count"] == 2
    assert built(Ticket("T1", description="outra coisa", messages=talk)).values["ticket.reply_count"] == 2


@pytest.mark.parametrize(("description", "opened", "replies"), [("", 0, 1), ("", 1, 2), ("olá", 0, 2)])
def test_build_takes_a_message_as_the_opening_when_nothing_else_is(description, opened, replies):
    said = [
        Message("m1", Author.CUSTOMER, "não abre", NOW),
        Message("m2", Author.CUSTOMER, "alô?", NOW + SECOND),
        Message("m3", Author.CUSTOMER, "de dentro", NOW, public=False),
    ]
    ticket = Ticket("T1", description=description, messages=tuple(said), opened_at=NOW - opened * timedelta(minutes=1))

    assert built(ticket).values["ticket.reply_count"] == replies


def test_build_never_gives_a_negative_age():
    ticket = Ticket("T1", opened_at=NOW + timedelta(minutes=3), first_answer_at=NOW)

    values = built(ticket).values

    assert (values["ticket.age_hours"], values["ticket.hours_to_first_reply"]) == (0.0, 0.0)


def test_build_refuses_a_clock_without_a_zone():
    with pytest.raises(FactsInvalid, match="no time zone"):
        built(now=datetime(2026, 3, 10))  # noqa: DTZ001 - the point


# --- customer: dates and what follows from other values -----------------------------------------


@pytest.mark.parametrize(
    ("key", "day", "name", "days"),
    [
        ("renewal_on", date(2026, 4, 20), "customer.days_to_renewal", 41),
        ("renewal_on", date(2026, 3, 10), "customer.days_to_renewal", 0),
        ("renewal_on", date(2026, 3, 1), "customer.days_to_renewal", -9),
        ("customer_since", date(2025, 3, 10), "customer.tenure_days", 365),
        ("last_login_on", date(2026, 2, 28), "customer.days_since_login", 10),
        ("nps_answered_on", date(2026, 3, 10), "customer.days_since_nps", 0),
        ("last_login_on", date(2026, 3, 11), "customer.days_since_login", 0),
        ("next_touch_on", date(2026, 3, 7), "customer.days_to_next_touch", -3),
        ("trial_ends_on", date(2026, 3, 12), "customer.days_to_trial_end", 2),
        ("last_contact_on", date(2026, 3, 1), "customer.days_since_last_contact", 9),
    ],
)
def test_build_turns_dates_into_days(key, day, name, days):
    assert built(customer=customer({key: day})).values[name] == days


@pytest.mark.parametrize(
    ("dates", "every", "days"),
    [
        ({"last_contact_on": date(2026, 2, 8)}, 30, 0),
        ({"last_contact_on": date(2026, 2, 7)}, 30, -1),
        ({"last_contact_on": date(2026, 2, 7), "next_touch_on": date(2026, 3, 20)}, 30, 10),
        ({"last_contact_on": date(2026, 2, 7)}, None, None),
        ({}, 30, None),
    ],
)
def test_build_works_the_next_touch_out_of_the_cadence(dates, every, days):
    stated = customer(dates, **({"touch_every_days": every} if every else {}))

    assert built(customer=stated).values.get("customer.days_to_next_touch") == days


def test_build_says_that_a_ticket_is_the_occasion():
    assert built().values["occasion"] == "ticket"


def test_build_does_not_believe_a_login_after_tomorrow():
    assert "customer.days_since_login" not in built(customer=customer({"last_login_on": date(2026, 3, 12)})).values


def test_build_reads_the_date_in_utc():
    """Nine in the evening in São Paulo is the next day in UTC."""
    evening = datetime(2026, 3, 9, 21, 30, tzinfo=timezone(timedelta(hours=-3)))

    values = built(customer=customer({"renewal_on": date(2026, 3, 10)}), now=evening).values

    assert values["customer.days_to_renewal"] == 0


def test_build_counts_a_leap_day():
    now = datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC)

    assert built(customer=customer({"renewal_on": date(2028, 3, 1)}), now=now).values["customer.days_to_renewal"] == 2


def test_build_prefers_what_is_stated():
    stated = customer(
        {"renewal_on": date(2026, 12, 31)},
        days_to_renewal=5,
        nps=3,
        nps_class="promoter",
        seats=10,
        seats_used=5,
        seat_utilisation=0.9,
        lifecycle="prospect",
        is_prospect=False,
        regulated_sector=False,
        open_tickets=9,
    )

    values = built(customer=stated, regulated=True).values

    assert values["customer.days_to_renewal"] == 5
    assert values["customer.nps_class"] == "promoter"
    assert values["customer.seat_utilisation"] == 0.9
    assert values["customer.is_prospect"] is False
    assert values["customer.regulated_sector"] is False
    assert values["customer.open_tickets"] == 9


def test_build_knows_a_regulated_tenants_customers():
    assert built(regulated=True).values["customer.regulated_sector"] is True
    assert "customer.regulated_sector" not in built(regulated=False).values


@pytest.mark.parametrize(("seats", "used", "share"), [(10, 5, 0.5), (3, 1, 0.333333), (4, 6, 1.5), (5, 0, 0.0)])
def test_build_works_out_the_seat_utilisation(seats, used, share):
    assert built(customer=customer(seats=seats, seats_used=used)).values["customer.seat_utilisation"] == share


@pytest.mark.parametrize("stated", [{"seats": 0, "seats_used": 0}, {"seats": 4}, {"seats_used": 4}])
def test_build_leaves_the_share_of_no_seats_unknown(stated):
    assert "customer.seat_utilisation" not in built(customer=customer(**stated)).values


def test_nps_class_has_its_edges_where_they_belong():
    assert [nps_class(score) for score in range(11)] == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2


@pytest.mark.parametrize(
    ("lifecycle", "prospect"),
    [("prospect", True), ("trial", False), ("onboarding", False), ("active", False), ("churned", False)],
)
def test_build_tells_a_prospect_by_the_lifecycle(lifecycle, prospect):
    assert built(customer=customer(lifecycle=lifecycle)).values["customer.is_prospect"] is prospect


@pytest.mark.parametrize(
    ("stated", "complaint"),
    [
        (customer(mrrr=5), "did you mean customer.mrr"),
        (customer(mrr="five"), "needs a number"),
        (customer({"renewed_on": date(2026, 1, 1)}), "did you mean dates.renewal_on"),
        (customer(collections={"subscription": ()}), "did you mean subscriptions"),
        (customer(collections={"open_tickets": ()}), "there is no field 'open_tickets'"),
        (customer(collections={"subscriptions": ({"plam": "x"},)}), r"did you mean subscriptions\[0\].plan"),
    ],
)
def test_build_refuses_what_was_stated_wrongly(stated, complaint):
    with pytest.raises(FactsInvalid, match=complaint):
        built(customer=stated)


# --- history: the window to the second ----------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "inside"),
    [
        (timedelta(0), True),
        (WINDOW - SECOND, True),
        (WINDOW, False),
        (WINDOW + SECOND, False),
        (-SECOND, False),
    ],
)
def test_build_counts_the_thirty_days_to_the_second(age, inside):
    other = past("T0", NOW - age, severity="severe", reopen_count=2, signals=frozenset({"how_to_question"}))

    values = built(others=[other]).values

    assert values["customer.tickets_30d"] == 1 + inside
    assert values["customer.reopened_30d"] == 2 * inside
    assert values["customer.severe_incidents_30d"] == inside
    assert values["customer.how_to_30d"] == inside


@pytest.mark.parametrize(("age", "inside"), [(WINDOW - SECOND, True), (WINDOW, False), (-SECOND, True)])
def test_build_counts_the_current_ticket_in_the_same_window(age, inside):
    ticket = Ticket("T1", opened_at=NOW - age, reopen_count=1)

    values = built(ticket, signals=["how_to_question"]).values

    assert values["customer.tickets_30d"] == inside
    assert values["customer.reopened_30d"] == inside
    assert values["customer.how_to_30d"] == inside
    assert values["customer.severe_incidents_30d"] == 0


@pytest.mark.parametrize(
    ("status", "count"), [(TicketStatus.NEW, 2), (TicketStatus.ON_HOLD, 2), (TicketStatus.SOLVED, 1)]
)
def test_build_counts_the_current_ticket_among_the_open_ones(status, count):
    others = [past("T0", NOW - timedelta(days=90), is_open=True), past("T2", NOW - timedelta(days=1))]

    assert built(Ticket("T1", status=status), others=others).values["customer.open_tickets"] == count


def test_build_lists_the_other_open_tickets_oldest_first():
    others = [
        past("T3", NOW - timedelta(hours=1), is_open=True, primary=Function.SUCCESS),
        past("T2", NOW - timedelta(hours=48), is_open=True, severity="high", signals=frozenset({"outage"})),
        past("T0", NOW - timedelta(hours=3)),
        past("T1", NOW - timedelta(hours=9), is_open=True),  # the current one, named again by mistake
    ]

    facts = built(others=others)

    assert facts.collections["open_tickets"] == (
        {"signals": frozenset({"outage"}), "age_hours": 48.0, "severity": "high"},
        {"signals": frozenset(), "age_hours": 1.0, "primary": "success"},
    )
    assert facts == built(others=list(reversed(others)))


def test_build_keeps_stated_collections_and_contacts():
    stated = customer(collections={"subscriptions": ({"product": "crm", "seats": 3.0},)})
    seen = {"action": "a.b", "kind": "upsell", "days_ago": 2, "outcome": "shown"}

    facts = built(customer=stated, contacts=[seen])

    assert facts.collections["subscriptions"] == ({"product": "crm", "seats": 3},)
    assert facts.collections["contacts"] == ({**seen, "days_ago": 2.0},)
    assert set(facts.collections) == set(COLLECTIONS)


# --- from given ---------------------------------------------------------------------------------


def test_given_facts_hold_what_was_given():
    facts = facts_from_given(
        {
            "signals": ["outage"],
            "ticket": {"product": "crm", "tags": ["a", "b"]},
            "customer": {"days_to_renewal": 40, "tier": "key", "nps": 3},
            "severity": "severe",
            "decision": {"primary": "support", "functions": ["support", "success"]},
            "subscriptions": [{"product": "crm", "status": "active"}],
        },
        NOW,
    )

    assert facts.signals == {"outage"}
    assert facts.values == {
        "ticket.product": "crm",
        "ticket.tags": frozenset({"a", "b"}),
        "customer.days_to_renewal": 40,
        "customer.tier": "key",
        "customer.nps": 3,
        "customer.nps_class": "detractor",
        "severity": "severe",
        "decision.primary": "support",
        "decision.functions": frozenset({"support", "success"}),
    }
    assert facts.collections["subscriptions"] == ({"product": "crm", "status": "active"},)
    assert facts.collections["invoices"] == ()
    assert facts.taken_at == NOW


@pytest.mark.parametrize(
    ("stated", "complaint"),
    [
        ({"custmer": {}}, "did you mean customer"),
        ({"severty": "high"}, "did you mean severity"),
        ({"customer": {"days_to_renewl": 4}}, "did you mean customer.days_to_renewal"),
        ({"ticket": {"chanel": "email"}}, "did you mean ticket.channel"),
        ({"ticket": {"qqq": 1}}, "valid names: age_hours, channel"),
        ({"ticket": ["channel"]}, "ticket: .* it needs names and values"),
        ({"subscriptions": [{"product": "x", "stats": "active"}]}, r"did you mean subscriptions\[0\].status"),
        ({"subscriptions": [{"status": "actve"}]}, r"subscriptions\[0\].status: 'actve'.*did you mean 'active'"),
        ({"subscriptions": {"product": "x"}}, "needs a list of items"),
        ({"subscriptions": "crm"}, "needs a list of items"),
        ({"subscriptions": [None]}, r"subscriptions\[0\]: None"),
        ({"signals": "outage"}, "needs a list of signal names"),
        ({"signals": [1]}, "needs a list of signal names"),
        ({"severity": "grave"}, "severity: 'grave' does not fit"),
        ({"customer": {"mrr": True}}, "needs a number"),
        ({"customer": {"seats": 2.5}}, "needs a whole number"),
        ({"customer": {"mrr": float("nan")}}, r"needs a number from -1e\+15 to 1e\+15"),
        ({"decision": {"functions": ["sales"]}}, r"decision.functions: \['sales'\] does not fit"),
        ({1: 2}, "there is no field '1'"),
    ],
)
def test_given_facts_refuse_what_the_vocabulary_does_not_know(stated, complaint):
    with pytest.raises(FactsInvalid, match=complaint):
        facts_from_given(stated, NOW)


@steady
@given(st.dictionaries(st.text(max_size=12), st.none() | st.text(max_size=5) | st.integers() | st.lists(st.none())))
def test_given_facts_are_facts_or_a_clear_refusal(stated):
    valid = {"touchpoint": "x"}
    complaint = ""
    try:
        facts_from_given({**stated, **valid}, NOW)
    except FactsInvalid as error:
        complaint = str(error)

    assert bool(complaint) is bool(set(stated) - {"touchpoint", "signals", *COLLECTIONS}) or complaint


def test_minus_zero_is_zero_so_that_equal_facts_are_equal_bytes():
    negative = facts_from_given({"customer": {"usage_change_pct": -0.0}}, NOW)

    assert repr(negative.values["customer.usage_change_pct"]) == "0.0"
