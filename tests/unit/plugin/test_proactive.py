"""Work without a ticket: evaluated on a schedule, queued by function, settled once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import plugin_cases as plugin
import pytest
from decide_books import action, book, recommends, suppresses, votes

from plugin.api.work_schemas import WorkItemSchema, WorkPageSchema, WorkWhySchema
from plugin.judges import Judges
from plugin.proactive.evaluating import TurnTaken, evaluate
from plugin.proactive.reconcile import Changes, reconcile
from plugin.sessions import issue_token
from plugin.store import customers, turns, work
from plugin.store.turns import LEASE
from rules.conditions import All, AnyOf, Exists, Op, Test
from rules.decide import Decider
from rules.model import Customer
from rules.rulebook import Function, Kind
from rules.signals import SignalReader

SCHEDULE = Test("occasion", Op.IS, "schedule")
SUCCESS, ACCOUNTS = Function.SUCCESS, Function.ACCOUNT_MANAGEMENT


def rulebook():
    """A usage fall is success' work, a renewal and a full house account management's; no sale beside an outage."""
    fall = All((SCHEDULE, Test("customer.usage_change_pct", Op.AT_MOST, -30)))
    renewal = All((SCHEDULE, Test("customer.days_to_renewal", Op.BETWEEN, (0, 30))))
    full = Test("customer.seat_utilisation", Op.AT_LEAST, 0.9)
    silent = All((SCHEDULE, Test("customer.days_since_last_contact", Op.ABOVE, 60)))
    return book(
        votes("t.schedule", SCHEDULE, success=4),
        votes("t.outage", plugin.said("outage"), support=4),
        votes("t.cancel", plugin.said("cancel_intent"), success=4),
        recommends("t.fall", "t.call", fall),
        recommends("t.silent", "t.visit", silent),
        recommends("t.renewal", "t.renew", renewal),
        recommends("t.full", "t.sell", full),
        recommends("t.fix", "t.restore", plugin.said("outage")),
        recommends("t.stay", "t.listen", plugin.said("cancel_intent")),
        suppresses(
            "t.no_sale",
            AnyOf((plugin.said("outage"), Exists("open_tickets", Test("signals", Op.HAS, "outage")))),
            kinds=(Kind.UPSELL,),
        ),
        action("t.call", Kind.ADOPT, function=SUCCESS, cooldown_days=14),
        action("t.visit", Kind.INFORM, function=SUCCESS),
        action("t.renew", Kind.RENEW, function=ACCOUNTS),
        action("t.sell", Kind.UPSELL, function=ACCOUNTS, cooldown_days=30),
        action("t.restore", Kind.RESOLVE),
        action("t.listen", Kind.RETAIN, function=SUCCESS, conflicts_with=("t.call",)),
    )


def judges():
    return Judges(Decider(rulebook()), SignalReader(plugin.SIGNALS))


@pytest.fixture
def clock():
    return plugin.Clock()


@pytest.fixture
def here(tmp_path, clock):
    made = plugin.new_services(tmp_path, clock, judges)
    yield made
    made.stop()


@pytest.fixture
def tenant(here):
    return plugin.new_tenant(here)


@pytest.fixture
def client(here, tenant):
    return plugin.new_app(here).test_client()


@pytest.fixture
def key(tenant):
    return {"Authorization": f"Bearer {tenant.api_keys[0]}"}


def state(here, tenant, external_id="500", dates=None, **attributes):
    with here.store.write() as connection:
        return customers.put(
            connection,
            tenant.id,
            Customer(external_id, name="Padaria Sol", attributes=attributes, dates=dates or {}),
            here.now(),
        )


def run(here, tenant, **more):
    tally = evaluate(
        here.store,
        tenant,
        here.decider_holder.judges(),
        owner="me",
        **{"now": here.now(), "clock": here.now} | more,
    )
    return tally.opened, tally.renewed, tally.gone


def queue(here, tenant, **more):
    with here.store.read() as connection:
        return work.listing(connection, tenant.id, **more).items


def actions(here, tenant, **more):
    return [[name for name, _ in one.item.actions] for one in queue(here, tenant, **more)]


def say(here, tenant, item, verdict, **more):
    with here.store.write() as connection:
        return work.say(connection, tenant.id, item.id, verdict, agent="Bruna", now=here.now(), **more)


def deliver(here, client, words, ticket="7"):
    plugin.deliver(client, plugin.opened(ticket, words, event=f"ev-{ticket}", at=here.now()), at=here.now())
    here.worker.drain()


# --- the queue follows the facts ----------------------------------------------------------------


def test_each_function_gets_its_own_work(here, tenant):
    state(here, tenant, usage_change_pct=-40, days_to_renewal=20)

    assert run(here, tenant) == (2, 0, 0)
    assert {one.item.function: one.recommendations[0].action for one in queue(here, tenant)} == {
        SUCCESS: "t.call",
        ACCOUNTS: "t.renew",
    }
    assert queue(here, tenant, functions=("success",))[0].decision.facts.values["occasion"] == "schedule"


def test_a_second_run_adds_nothing(here, tenant, clock):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    before = queue(here, tenant)

    clock.move(hours=5)

    assert run(here, tenant) == (0, 0, 0)
    assert queue(here, tenant) == before


def test_work_whose_reason_is_gone_is_closed_and_comes_back_with_it(here, tenant):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    state(here, tenant, usage_change_pct=5)

    assert run(here, tenant) == (0, 0, 1)
    assert [one.item.state for one in queue(here, tenant, states=work.STATES)] == ["gone"]

    state(here, tenant, usage_change_pct=-40)
    assert run(here, tenant) == (1, 0, 0)


def test_another_reason_renews_the_work_and_keeps_its_due_time(here, tenant, clock):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    due_at = queue(here, tenant)[0].item.due_at
    clock.move(days=1)
    state(here, tenant, usage_change_pct=-40, dates={"last_contact_on": date(2025, 1, 1)})

    assert run(here, tenant) == (0, 1, 0)
    (item,) = queue(here, tenant)
    assert (sorted(name for name, _ in item.item.actions), item.item.due_at) == (["t.call", "t.visit"], due_at)


def test_time_alone_brings_work(here, tenant, clock):
    state(here, tenant, dates={"renewal_on": plugin.START.date() + timedelta(days=31)})
    assert run(here, tenant) == (0, 0, 0)

    clock.move(days=1)
    assert run(here, tenant) == (1, 0, 0)


def test_a_customer_with_facts_that_do_not_fit_is_named_and_stops_nobody(here, tenant):
    state(here, tenant, "400", usage_change_pct="much")
    state(here, tenant, "500", usage_change_pct=-40)

    tally = evaluate(here.store, tenant, here.decider_holder.judges(), owner="me", now=here.now(), clock=here.now)

    assert [name for name, _ in tally.invalid] == ["400"]
    assert (tally.customers, tally.opened) == (2, 1)


# --- one answer per customer --------------------------------------------------------------------


def test_what_is_done_rests_for_its_cooldown_on_the_schedule_and_on_tickets(here, tenant, client, clock):
    state(here, tenant, usage_change_pct=-40, seats=10, seats_used=10)
    run(here, tenant)
    for listed in queue(here, tenant):
        say(here, tenant, listed.item, "done")

    clock.move(days=13)
    assert run(here, tenant) == (0, 0, 0)
    deliver(here, client, "Bom dia")
    assert "t.sell" not in shown(here, client, tenant)

    clock.move(days=1)
    assert run(here, tenant) == (1, 0, 0)


def shown(here, client, tenant, ticket="7"):
    answer = client.get(
        f"/api/v1/tickets/zendesk/acme/{ticket}/decision", headers={"Authorization": f"Bearer {tenant.api_keys[0]}"}
    )
    return [one["action"] for one in answer.json["recommendations"]]


def test_what_waits_in_the_queue_is_no_contact(here, tenant, client):
    state(here, tenant, seats=10, seats_used=10)
    run(here, tenant)
    deliver(here, client, "Bom dia")

    assert shown(here, client, tenant) == ["t.sell"]


def test_work_taken_up_does_not_end_itself(here, tenant, clock):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    say(here, tenant, queue(here, tenant)[0].item, "accepted")
    clock.move(days=2)

    assert run(here, tenant) == (0, 0, 0)
    assert [one.item.state for one in queue(here, tenant)] == ["accepted"]


def test_dismissed_work_without_a_cooldown_rests_a_week(here, tenant, clock):
    state(here, tenant, days_to_renewal=20)
    run(here, tenant)
    say(here, tenant, queue(here, tenant)[0].item, "dismissed", reason="bad_timing")

    clock.move(days=6, hours=23)
    assert run(here, tenant) == (0, 0, 0)
    clock.move(hours=1)
    assert run(here, tenant) == (1, 0, 0)


def test_an_open_ticket_that_contradicts_goes_first(here, tenant, client):
    state(here, tenant, usage_change_pct=-40)
    deliver(here, client, "quero cancelar")

    assert run(here, tenant) == (0, 0, 0)


def test_a_ticket_that_contradicts_takes_the_work_away(here, tenant, client):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    deliver(here, client, "quero cancelar")

    assert run(here, tenant) == (0, 0, 1)


def test_guardrails_see_the_customers_open_tickets(here, tenant, client):
    state(here, tenant, seats=10, seats_used=10)
    deliver(here, client, "o sistema está fora do ar")

    run(here, tenant)

    assert actions(here, tenant) == []


def test_what_an_open_ticket_shows_is_not_said_twice(here, tenant, client):
    state(here, tenant, seats=10, seats_used=10)
    deliver(here, client, "Bom dia")
    assert shown(here, client, tenant) == ["t.sell"]

    assert run(here, tenant) == (0, 0, 0)


def test_the_last_contact_is_the_last_ticket_unless_stated(here, tenant, client, clock):
    state(here, tenant)
    deliver(here, client, "Bom dia")
    clock.move(days=60)
    assert run(here, tenant) == (0, 0, 0)

    clock.move(days=1)
    assert run(here, tenant) == (1, 0, 0)
    state(here, tenant, dates={"last_contact_on": here.now().date()})
    assert run(here, tenant) == (0, 0, 1)


# --- pure ---------------------------------------------------------------------------------------


def test_reconcile_is_idempotent(here, tenant):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    (listed,) = queue(here, tenant)

    assert reconcile(listed.decision, [listed.item], ()) == Changes()
    assert reconcile(replace(listed.decision, is_fallback=True), [listed.item], ()).gone == (listed.item,)


# --- whose turn it is ---------------------------------------------------------------------------


def test_one_process_at_a_time(here, tenant):
    with here.store.write() as connection:
        assert turns.take(connection, tenant.id, "other", here.now())

    with pytest.raises(TurnTaken):
        run(here, tenant)

    here.now.now += LEASE
    run(here, tenant)


def test_the_schedule_evaluates_each_tenant_once_in_its_time(here, tenant, clock):
    state(here, tenant, usage_change_pct=-40)

    assert (here.scheduler.round(), here.scheduler.round()) == (1, 0)
    clock.move(minutes=59, seconds=59)
    assert here.scheduler.round() == 0
    clock.move(seconds=1)
    assert here.scheduler.round() == 1
    assert len(queue(here, tenant)) == 1


def test_a_turn_that_ended_early_is_begun_anew_at_once(here, tenant):
    state(here, tenant)
    run(here, tenant, between=lambda: False)

    assert here.scheduler.round() == 1


# --- the interface ------------------------------------------------------------------------------


def test_the_queue_is_paged_by_due_time(here, tenant, client, key):
    for number in range(5):
        state(here, tenant, f"c{number}", usage_change_pct=-40)
        here.now.move(minutes=1)
    run(here, tenant)
    seen, after = [], None
    while True:
        query = {"limit": 2, "function": "success"} | ({"after": after} if after else {})
        answer = client.get("/api/v1/work/acme", query_string=query, headers=key)
        assert WorkPageSchema().validate(answer.json) == {}
        seen += [one["customer"]["id"] for one in answer.json["items"]]
        if (after := answer.json["next"]) is None:
            break

    assert sorted(seen) == [f"c{number}" for number in range(5)]
    assert answer.json["waiting"] == {"support": 0, "success": 5, "account_management": 0}


def test_an_agent_settles_work_once(here, tenant, client, key):
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    (found,) = client.get("/api/v1/work/acme", headers=key).json["items"]
    path = f"/api/v1/work/acme/{found['id']}"

    whole = client.get(path, headers=key)
    first = client.post(path, json={"state": "accepted", "agent": "Bruna"}, headers=key)
    last = client.post(path, json={"state": "dismissed", "reason": "wrong_facts", "agent": "Bruna"}, headers=key)

    assert WorkWhySchema().validate(whole.json) == {}
    assert WorkItemSchema().validate(last.json) == {}
    assert (first.json["state"], last.json["state"], last.json["reason"]) == ("accepted", "dismissed", "wrong_facts")
    assert client.post(path, json={"state": "done"}, headers=key).status_code == 409
    assert client.get("/api/v1/work/acme", headers=key).json["items"] == []
    assert client.get("/api/v1/work/acme?state=dismissed", headers=key).json["items"] == [last.json]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"function": "sales"}, "function"), ({"limit": 0}, "limit"), ({"after": "x"}, "after"), ({"pages": 1}, "pages")],
)
def test_a_query_that_does_not_fit_is_named(client, key, query, field):
    answer = client.get("/api/v1/work/acme", query_string=query, headers=key)

    assert answer.status_code == 422
    assert field in answer.json["detail"]


def test_a_dismissal_needs_its_reason(client, key):
    assert client.post("/api/v1/work/acme/w_1", json={"state": "dismissed"}, headers=key).status_code == 422


def test_the_queue_is_the_tenants_own(here, tenant, client, key):
    other = plugin.new_tenant(here, "other", secret="another-secret-altogether-for-other")
    state(here, tenant, usage_change_pct=-40)
    run(here, tenant)
    (found,) = client.get("/api/v1/work/acme", headers=key).json["items"]
    theirs = {"Authorization": f"Bearer {other.api_keys[0]}"}
    token = {"Authorization": f"Bearer {issue_token(here.settings, 'acme', '7', 'Bruna')}"}

    assert client.get("/api/v1/work/acme").status_code == 401
    assert client.get("/api/v1/work/acme", headers=theirs).status_code == 401
    assert client.get("/api/v1/work/acme", headers=token).status_code == 403
    assert client.get("/api/v1/work/other", headers=theirs).json["items"] == []
    for call in (client.get, lambda path, **more: client.post(path, json={"state": "done"}, **more)):
        assert call(f"/api/v1/work/other/{found['id']}", headers=theirs).status_code == 404
