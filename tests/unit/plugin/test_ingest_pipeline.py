"""From a stored delivery to the stored decision, over the real parts and a small rulebook."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from plugin_cases import START, Clock, commented, deliver, new_app, new_services, new_tenant, opened, small_rulebook

from plugin.ingest.inbox import MAX_ATTEMPTS, retry_at
from plugin.judges import Judges
from plugin.store import customers, decisions, deliveries, outbox, tickets
from rules.decide import Decider
from rules.model import Customer, Function
from rules.signals import SignalReader
from rules.vocabulary import CUSTOMER_DATES


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def tenant(services):
    return new_tenant(services, api_url="http://127.0.0.1:9", api_token="a:b")


@pytest.fixture
def client(services, tenant):
    return new_app(services).test_client()


def current(services, tenant, ticket="7"):
    with services.store.read() as connection:
        return decisions.current(connection, tenant.id, ticket)


def actions(stored):
    return [found.recommendation.action for found in stored.recommendations]


def counted(services, table):
    with services.store.read() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - our own names


def send(client, services, *payloads):
    for payload in payloads:
        assert deliver(client, payload, at=services.now()).status_code == 202
        services.worker.drain()


def test_a_ticket_is_decided(client, services, tenant):
    send(client, services, opened())
    stored = current(services, tenant)

    assert stored.decision.primary is Function.SUCCESS
    assert actions(stored) == ["t.listen"]
    assert [found.state for found in stored.recommendations] == ["open"]
    assert stored.decision.rulebook == "digest"
    assert stored.decision.taken_at == START


def test_a_follow_up_changes_the_decision(client, services, tenant):
    send(client, services, opened())
    before = current(services, tenant)
    services.now.move(minutes=5)
    send(client, services, commented(words="E o sistema está fora do ar", at=services.now()))
    after = current(services, tenant)

    assert after.revision > before.revision
    assert set(actions(after)) == {"t.listen", "t.restore"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_in_any_order_lead_to_the_same_decision(client, services, tenant, order):
    happened = [
        opened(words="Bom dia"),
        commented(event="ev-2", words="o sistema está fora do ar", comment="c-2", at=START + timedelta(minutes=1)),
        commented(event="ev-3", words="quero cancelar", comment="c-3", at=START + timedelta(minutes=2)),
    ]
    for payload in happened:
        payload["detail"]["description"] = "Bom dia"
    services.now.move(minutes=3)
    send(client, services, *(happened[index] for index in order))
    stored = current(services, tenant)

    assert sorted(actions(stored)) == ["t.listen", "t.restore"]
    assert [hit.message_id for hit in stored.decision.trace.signals] == ["c-2", "c-3"]


def test_the_same_event_in_another_delivery_adds_nothing(client, services, tenant):
    send(client, services, opened())
    revision = current(services, tenant).revision
    again = opened()
    again["sidecue_seen"] = "in another body, under the same event id"
    with services.store.write() as connection:
        for number in range(3):
            deliveries.insert(
                connection,
                tenant_id=tenant.id,
                key=f"another key {number}",
                headers={},
                body=json.dumps(again).encode(),
                now=START,
            )
    services.worker.drain()

    assert (counted(services, "ticket_event"), counted(services, "decision")) == (1, 1)
    assert current(services, tenant).revision == revision


def test_what_changes_nothing_makes_no_new_decision(client, services, tenant):
    send(client, services, opened())
    services.now.move(hours=5)
    unchanged = opened(event="ev-9", at=services.now(), assignee_id="77")
    unchanged["type"] = "zen:event-type:ticket.agent_assignment_changed"
    send(client, services, unchanged)

    assert (counted(services, "ticket_event"), counted(services, "decision")) == (2, 1)


def test_our_own_note_starts_nothing_and_a_forged_one_counts(client, services, tenant):
    send(client, services, opened())
    ours, forged = "sc_" + "a" * 20, "sc_" + "b" * 20
    with services.store.write() as connection:
        outbox.enqueue(
            connection,
            ref=ours,
            tenant_id=tenant.id,
            ticket="7",
            recommendation_id="r_1",
            kind="note",
            content={"text": f"note {ours}"},
            due_at=START,
        )
    before = current(services, tenant).revision
    send(client, services, commented(event="n-1", comment="n-1", words=f"aceito. {ours}", staff=True, public=False))
    events_after_ours = counted(services, "ticket_event")
    send(client, services, commented(event="n-2", comment="n-2", words=f"meu. {forged}", staff=True, public=False))

    assert current(services, tenant).revision >= before
    assert (events_after_ours, counted(services, "ticket_event")) == (1, 2)


def test_a_customer_cannot_silence_a_message_with_a_made_up_reference(client, services, tenant):
    send(client, services, opened(words="Bom dia"))
    send(client, services, commented(words=f"quero cancelar sc_{'c' * 20}"))

    assert actions(current(services, tenant)) == ["t.listen"]


def test_a_note_of_another_tenant_is_an_ordinary_note(client, services, tenant):
    other = new_tenant(services, "other", secret="another-secret-of-another-tenant")
    theirs = "sc_" + "d" * 20
    with services.store.write() as connection:
        outbox.enqueue(
            connection, ref=theirs, tenant_id=other.id, ticket="7", kind="note", content={"text": "x"}, due_at=START
        )
    send(client, services, opened(), commented(event="n-1", words=theirs, staff=True, public=False))

    assert counted(services, "ticket_event") == 2


def test_two_tickets_of_one_customer_never_contradict_each_other(client, services, tenant):
    send(client, services, opened("1", "Queremos mais usuários", event="e-1"))
    selling = actions(current(services, tenant, "1"))
    send(client, services, opened("2", "Quero cancelar", event="e-2"))
    afterwards = current(services, tenant, "1")

    assert selling == ["t.more_seats"]
    assert "t.more_seats" not in actions(afterwards)
    assert [(held.action, held.by) for held in afterwards.decision.not_shown] == [("t.more_seats", "t.no_sale")]


def test_the_other_ticket_recovers_when_the_cause_is_solved(client, services, tenant):
    send(client, services, opened("1", "Queremos mais usuários", event="e-1"), opened("2", event="e-2"))
    services.now.move(minutes=1)
    solved = opened("2", event="e-3", at=services.now(), status="SOLVED")
    solved["type"], solved["event"] = "zen:event-type:ticket.status_changed", {"current": "SOLVED", "previous": "NEW"}
    send(client, services, solved)

    assert actions(current(services, tenant, "1")) == ["t.more_seats"]


def test_tickets_of_different_customers_do_not_touch(client, services, tenant):
    send(client, services, opened("1", "Queremos mais usuários", event="e-1", requester="1"))
    revision = current(services, tenant, "1").revision
    send(client, services, opened("2", event="e-2", requester="2"))

    assert current(services, tenant, "1").revision == revision


def test_facts_about_the_customer_reach_the_decision(client, services, tenant):
    with services.store.write() as connection:
        customers.put(connection, tenant.id, Customer("500", attributes={"mrr": 900.0}), START)
    send(client, services, opened())

    assert current(services, tenant).decision.facts.values["customer.mrr"] == 900.0


def test_a_wrong_figure_about_a_customer_holds_no_ticket_back(client, services, tenant):
    with services.store.write() as connection:
        customers.put(connection, tenant.id, Customer("500", attributes={"mrr": "much"}), START)
    send(client, services, opened())
    stored = current(services, tenant)

    assert stored is not None
    assert "customer.mrr" not in stored.decision.facts.values


def test_new_facts_have_open_tickets_decided_again(client, services, tenant):
    send(client, services, opened())
    with services.store.write() as connection:
        row = customers.put(connection, tenant.id, Customer("500", attributes={"plan": "pro"}), START)
        asked = services.pipeline.decide_again(connection, tenant, row, services.now())
    services.worker.drain()

    assert asked == 1
    assert current(services, tenant).decision.facts.values["customer.plan"] == "pro"


@pytest.mark.parametrize(("name", "away"), [("renewal_on", (0, 31)), ("last_login_on", (-90, -1))])
def test_a_date_stated_anew_reaches_the_decision(client, services, tenant, name, away):
    send(client, services, opened())
    for days in away:
        with services.store.write() as connection:
            stated = Customer("500", dates={name: START.date() + timedelta(days=days)})
            row = customers.put(connection, tenant.id, stated, START)
            services.pipeline.decide_again(connection, tenant, row, services.now())
        services.worker.drain()

    assert current(services, tenant).decision.facts.values[CUSTOMER_DATES[name]] == abs(away[-1])


def test_a_day_that_passes_makes_no_new_decision(client, services, tenant):
    with services.store.write() as connection:
        stated = Customer(
            "500", dates={"renewal_on": START.date() + timedelta(days=200), "customer_since": START.date()}
        )
        row = customers.put(connection, tenant.id, stated, START)
    send(client, services, opened())
    before = current(services, tenant)
    services.now.move(days=3)
    with services.store.write() as connection:
        services.pipeline.decide_again(connection, tenant, row, services.now())
    services.worker.drain()

    assert current(services, tenant).id == before.id


def test_a_regulated_tenant_says_so_in_the_facts(services):
    regulated = new_tenant(services, "bank", regulated=True)
    client = new_app(services).test_client()
    deliver(client, opened(), tenant="bank")
    services.worker.drain()

    assert current(services, regulated).decision.facts.values["customer.regulated_sector"] is True


def test_the_same_ticket_number_of_two_tenants_is_two_tickets(client, services, tenant):
    other = new_tenant(services, "other")
    send(client, services, opened())
    deliver(client, opened(words="fora do ar"), tenant="other")
    services.worker.drain()

    assert actions(current(services, tenant)) == ["t.listen"]
    assert actions(current(services, other)) == ["t.restore"]


class Broken(SignalReader):
    """A reader that fails on a word, as a bug would."""

    def read(self, messages, language):
        if any("veneno" in message.text for message in messages):
            raise RecursionError("poison")
        return super().read(messages, language)


@pytest.fixture
def fragile(tmp_path):
    def judges():
        return Judges(Decider(small_rulebook()), Broken(()))

    made = new_services(tmp_path, Clock(), judges=judges)
    yield made
    made.store.close()


def test_poison_is_tried_again_then_dead_and_the_next_one_is_worked(fragile):
    tenant = new_tenant(fragile)
    client = new_app(fragile).test_client()
    poison = deliver(client, opened("1", "veneno", event="e-1")).json["delivery"]
    deliver(client, opened("2", "quero cancelar", event="e-2", requester="2"))
    for _ in range(MAX_ATTEMPTS + 2):
        fragile.worker.drain()
        fragile.now.move(minutes=6)
    with fragile.store.read() as connection:
        states = {found.id: (found.state, found.attempts, found.error) for found in deliveries.listing(connection)}
    state, attempts, error = states.pop(poison)

    assert (state, attempts) == ("dead", MAX_ATTEMPTS)
    assert error.en.startswith("RecursionError at ")
    assert "veneno" not in error.en + error.pt_br
    assert [found[0] for found in states.values()] == ["decided"]
    assert current(fragile, tenant, "1") is None


def test_a_failed_delivery_leaves_nothing_behind(fragile):
    new_tenant(fragile)
    deliver(new_app(fragile).test_client(), opened("1", "veneno"))
    fragile.worker.drain()

    assert [counted(fragile, table) for table in ("ticket", "ticket_event", "customer", "decision")] == [0, 0, 0, 0]


def test_retries_wait_longer_each_time_up_to_a_cap():
    waits = [(retry_at(attempts, START) - START).total_seconds() for attempts in range(1, MAX_ATTEMPTS)]

    assert waits == [1, 2, 4, 8, 16, 32, 64]
    assert retry_at(MAX_ATTEMPTS, START) is None


def test_a_delivery_that_ends_the_process_each_time_is_given_up(client, services, tenant):
    deliver(client, opened())
    for _ in range(MAX_ATTEMPTS):
        with services.store.write() as connection:
            deliveries.lease(connection, "a process that dies", services.now(), 1)
        services.now.move(seconds=31)
    services.worker.drain()
    with services.store.read() as connection:
        listed = deliveries.listing(connection)[0]

    assert (listed.state, current(services, tenant)) == ("dead", None)
    assert "process ended" in listed.error.en


def test_leases_of_dead_processes_of_this_host_are_freed_at_once(services, tenant, client):
    deliver(client, opened())
    host = services.inbox.owner.split(":")[0]
    with services.store.write() as connection:
        deliveries.lease(connection, f"{host}:999999999:abc", services.now(), 1)
    idle = services.worker.drain()
    freed = services.inbox.free_dead_leases()

    assert (idle, freed, services.worker.drain()) == (0, 1, 1)


def test_leases_of_living_processes_and_of_other_hosts_stay(services, tenant, client):
    host = services.inbox.owner.split(":")[0]
    for number, owner in enumerate([f"{host}:1:abc", "elsewhere:999999999:abc", services.inbox.owner]):
        deliver(client, opened(event=f"e-{number}"))
        with services.store.write() as connection:
            deliveries.lease(connection, owner, services.now(), 1)

    assert services.inbox.free_dead_leases() == 0


def test_whoever_lost_the_lease_writes_nothing(services, tenant, client):
    deliver(client, opened())
    leased = services.inbox.take(services.now(), 1)[0]
    with services.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET lease_owner = 'somebody else'")
    outcome = services.pipeline.work(leased, tenant, services.inbox.owner, services.now())

    assert (outcome, counted(services, "ticket")) == ("lost", 0)


def test_the_requester_of_a_ticket_may_change(client, services, tenant):
    send(client, services, opened("1", "Queremos mais usuários", event="e-1", requester="1"))
    send(client, services, opened("2", event="e-2", requester="2"))
    services.now.move(minutes=1)
    moved = opened("2", event="e-3", at=services.now(), requester="1")
    moved["type"] = "zen:event-type:ticket.tags_changed"
    send(client, services, moved)

    assert "t.more_seats" not in actions(current(services, tenant, "1"))
    with services.store.read() as connection:
        ids = {tickets.by_external_id(connection, tenant.id, number).customer_id for number in "12"}
    assert len(ids) == 1
