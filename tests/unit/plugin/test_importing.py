"""A past that is imported: kept once, decided as it was known then, and nobody's work today."""

from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from laws import law
from past_cases import BOOK, DAY, bring, contents, judges_of_book, past, row, settle
from plugin_cases import START, Clock, deliver, new_app, new_services, new_tenant, opened
from sqlalchemy import func, select

from plugin.backtest.running import run
from plugin.backtest.sources import StoreHistory
from plugin.importing import deciding
from plugin.importing.deciding import Desk, decide
from plugin.proactive.evaluating import evaluate
from plugin.store import customers, decisions, tickets
from plugin.store.history import Period
from plugin.store.schema import customer, decision, metadata, outbox, recommendation, ticket, work_item
from plugin.store.tenants import Back
from rules.model import Customer, Function, Requester


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock(), judges_of_book)
    yield made
    made.store.close()


@pytest.fixture
def tenant(services):
    return new_tenant(services)


PAST = [
    row("1", 60, "A system is down today"),
    row("1", 59, "Still: the system is down", author="agent"),
    row("2", 50, "Quero cancelar"),
    row("3", 49, "Mais usuários, por favor"),
    row("2", 48, "Quero cancelar ainda"),
    row("4", 40, "Mais usuários, por favor", requester=None),
]


def test_a_past_is_kept_once_and_decided_once(services, tenant):
    first = bring(services, tenant, PAST)
    assert settle(services, tenant) == 4
    before = contents(services)

    again = bring(services, tenant, PAST)

    assert (first.new, first.known) == (6, 0)
    assert (again.new, again.known) == (0, 6)
    assert settle(services, tenant) == 0
    assert contents(services) == before


def test_each_ticket_is_decided_as_of_its_last_message_and_as_it_was_known_then(services, tenant):
    bring(services, tenant, PAST)
    settle(services, tenant)

    found = past(services, tenant)

    assert {name: START - one.taken_at for name, one in found.items()} == {
        "1": 59 * DAY,
        "2": 48 * DAY,
        "3": 49 * DAY,
        "4": 40 * DAY,
    }
    assert found["1"].primary is Function.SUPPORT
    assert found["2"].primary is Function.SUCCESS
    # ticket 2 was open then, and its second message not yet written: nobody had read it
    (other,) = found["3"].facts.collections["open_tickets"]
    assert (other["signals"], other["age_hours"]) == (frozenset(), 24.0)
    assert [one.action for one in found["3"].recommendations] == ["t.more_seats"]
    assert found["2"].facts.values["customer.tickets_30d"] == 3
    assert found["4"].facts.values["customer.tickets_30d"] == 1


def test_what_is_stated_about_a_customer_today_was_not_known_then(services, tenant):
    with services.store.write() as connection:
        customers.put(connection, tenant.id, Customer("500", attributes={"mrr": 9000.0}), START)
    bring(services, tenant, PAST)
    settle(services, tenant)

    assert "customer.mrr" not in past(services, tenant)["1"].facts.values


def test_nothing_of_the_past_is_anybodys_work(services):
    tenant = new_tenant(
        services, back=Back(notes="decided", tags=True), api_url="https://acme.zendesk.com", api_token="t"
    )
    bring(services, tenant, PAST)
    settle(services, tenant)
    evaluate(services.store, tenant, judges_of_book(), owner="test", now=START, clock=Clock())

    with services.store.write() as connection:
        customers.put(connection, tenant.id, Customer("500", attributes={"mrr": 9000.0}), START)
        moved = connection.execute(select(customer.c.id).where(customer.c.external_id == "500")).scalar_one()
        assert services.pipeline.decide_again(connection, tenant, moved, START) == 0
        for table in (outbox, recommendation, work_item):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert not tickets.any_woken(connection, START + 999 * DAY)
        assert decisions.current(connection, tenant.id, "1") is None
        assert tickets.revision(connection, tenant.id, "1") is None
        assert decisions.acceptance(connection, tenant.id) == {}
        assert not connection.execute(select(ticket.c.id).where(ticket.c.is_open)).all()


def test_a_backtest_replays_an_imported_past_with_its_texts(services, tenant):
    bring(services, tenant, PAST)
    settle(services, tenant)
    told = StoreHistory(services.store, Period(tenant.id, START - 55 * DAY, START - 45 * DAY), texts=True)

    same = run(BOOK, BOOK, told, workers=1)
    deaf = run(BOOK, replace(BOOK, signals={}, rules={}), told, workers=1)

    assert (same.cases, same.changed) == (2, 0)
    assert {one.ticket for one in deaf.differences} == {"2", "3"}
    (batch,) = told.batches()
    assert {text.text for one in batch.rows if one.ticket == "2" for text in one.conversation.messages} == {
        "Quero cancelar",
        "Quero cancelar ainda",
    }


def test_a_ticket_that_the_helpdesk_tells_of_is_left_as_it_is(services, tenant):
    assert deliver(new_app(services).test_client(), opened("2")).status_code < 300
    services.worker.drain()
    before = contents(services)

    tally = bring(services, tenant, [one for one in PAST if one["ticket"] == "2"])

    assert (tally.new, tally.left) == (0, 2)
    assert contents(services) == before
    assert settle(services, tenant) == 0


def test_a_ticket_of_the_past_comes_alive_when_the_helpdesk_tells_of_it(services, tenant):
    bring(services, tenant, PAST)
    settle(services, tenant)
    deliver(new_app(services).test_client(), opened("2", "Mais usuários"))
    services.worker.drain()

    with services.store.read() as connection:
        current = decisions.current(connection, tenant.id, "2")
        assert tickets.by_external_id(connection, tenant.id, "2").is_open
        assert tickets.revision(connection, tenant.id, "2") > 0
        assert connection.execute(select(func.count()).where(decision.c.ticket_id == current.ticket_id)).scalar() == 2
    assert current.taken_at == START
    assert {"cancel_intent", "wants_upgrade"} <= current.decision.facts.signals


def test_the_log_of_the_store_is_emptied_on_the_way(services, tenant, monkeypatch):
    monkeypatch.setattr(deciding, "_MOST_IN_THE_LOG", 1)
    bring(services, tenant, PAST)
    log = services.settings.home / "sidecue.db-wal"
    before = log.stat().st_size

    settle(services, tenant)

    assert before > 0
    assert log.stat().st_size == 0


def test_tenants_do_not_see_each_others_past(services, tenant):
    other = new_tenant(services, "other")
    bring(services, tenant, PAST)

    assert settle(services, other) == 0
    assert bring(services, other, PAST).new == 6
    assert settle(services, tenant) == 4
    assert past(services, other) == {}


def test_more_of_a_ticket_leads_to_one_more_decision(services, tenant):
    bring(services, tenant, PAST[:1])
    settle(services, tenant)
    bring(services, tenant, PAST)

    assert settle(services, tenant) == 4
    assert START - past(services, tenant)["1"].taken_at == 59 * DAY


@pytest.mark.slow
def test_the_order_of_rows_batches_processes_and_interruptions_make_no_difference(
    services, tenant, tmp_path, monkeypatch
):
    rows = [
        row(str(number % 40), 1 + number % 37, ("quero cancelar", "fora do ar", "oi")[number * number % 7 % 3])
        | {"requester": str(number % 40 % 3) if number % 5 else None}
        for number in range(120)
    ]
    bring(services, tenant, rows)
    settle(services, tenant, workers=2)
    shuffled = [*rows[1::2][::-1], *rows[::2]]
    (tmp_path / "other").mkdir()
    with closing(new_services(tmp_path / "other", Clock(), judges_of_book).store) as store:
        other = replace_store(services, store)
        again = new_tenant(other)
        for part in range(0, 120, 50):
            bring(other, again, shuffled[part : part + 50], size=7)
        monkeypatch.setattr(deciding, "_ENOUGH", 2)
        monkeypatch.setattr(deciding, "_MOST_AT_ONCE", 3)

        def stop(_number):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            decide(store, Desk(store.url, again.id, again.regulated, BOOK, None), workers=1, advance=stop)
        settle(other, again)

        assert past(other, again) == past(services, tenant)


def replace_store(services, store):
    class Other:
        def __init__(self):
            self.store, self.vault, self.now = store, services.vault, services.now

    return Other()


NAMES = st.none() | st.sampled_from(["1", "2", "3"])
EMAILS = st.none() | st.sampled_from(["a@x.example", "B@x.example", "c@x.example"])
PEOPLE = st.lists(st.builds(Requester, external_id=NAMES, email=EMAILS), max_size=6)
STATED = st.lists(st.builds(Customer, external_id=st.sampled_from(["1", "2", "9"]), email=EMAILS), max_size=3)


@law(quick=5, thorough=25, stated=STATED, met=PEOPLE, asked=PEOPLE)
def test_many_requesters_are_resolved_as_one_after_the_other(tmp_path_factory, stated, met, asked):
    with closing(new_services(tmp_path_factory.mktemp("many"), Clock()).store) as store:
        ids = []
        for name in ("one", "many"):
            tenant_id = _tenant(store, name)
            with store.write() as connection:
                for known in stated:
                    customers.put(connection, tenant_id, known, START)
                for one in met:
                    customers.resolve(connection, tenant_id, one, START)
                if name == "many":
                    found = customers.resolve_all(connection, tenant_id, asked, START)
                else:
                    found = [customers.resolve(connection, tenant_id, one, START) for one in asked]
                ids.append([one and customers.load(connection, tenant_id, one).external_id for one in found])

        assert ids[0] == ids[1]


def _tenant(store, name):
    with store.write() as connection:
        made = connection.execute(
            metadata.tables["tenant"].insert(),
            {"name": name, "connector": "zendesk", "locale": "en", "credentials": b"", "created_at": START},
        )
        return made.inserted_primary_key[0]
