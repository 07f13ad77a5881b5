"""Backtests over the store: each ticket's last decision, as it was known then and never as it is known now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from decide_books import action, recommends, said
from plugin_cases import (
    SIGNALS,
    START,
    Clock,
    commented,
    deliver,
    new_app,
    new_services,
    new_tenant,
    opened,
    signal,
    small_rulebook,
)

from plugin.backtest.running import run
from plugin.backtest.sources import StoreHistory
from plugin.judges import Judges
from plugin.store import customers, decisions, feedback
from plugin.store.history import Period
from rules.backtest import Because, Cause
from rules.backtest.comparator import decided
from rules.conditions import All, Op, Test
from rules.decide import Decider, canonical
from rules.model import Customer
from rules.rulebook import Kind, Worth
from rules.signals import SignalReader

BOOK = replace(
    small_rulebook(),
    signals={found.name: found for found in SIGNALS},
    actions={
        **small_rulebook().actions,
        "t.listen": action("t.listen", Kind.RETAIN, worth=Worth("customer.mrr", 0.01, 1.0)),
    },
)


def judges_of_book():
    return Judges(Decider(BOOK), SignalReader(SIGNALS))


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock(), judges_of_book)
    yield made
    made.store.close()


@pytest.fixture
def tenant(services):
    made = new_tenant(services)
    learn(services, made, mrr=100.0)
    return made


@pytest.fixture
def client(services, tenant):
    return new_app(services).test_client()


def learn(services, tenant, **attributes):
    with services.store.write() as connection:
        customers.put(connection, tenant.id, Customer("500", attributes=attributes), services.now())


def send(client, services, *payloads):
    for payload in payloads:
        assert deliver(client, payload, at=services.now()).status_code == 202
        services.worker.drain()


def history(services, tenant=None, *, texts=False, **period):
    return StoreHistory(services.store, Period(tenant.id if tenant is not None else None, **period), texts)


def replayed(found):
    """The cases of a history, by ticket."""
    return {case.ticket: case for batch in found.batches() for case in batch.work(None).cases}


def stored(services, tenant, ticket="7"):
    with services.store.read() as connection:
        return decisions.current(connection, tenant.id, ticket)


def test_what_is_learned_later_does_not_alter_the_replay(client, services, tenant):
    send(client, services, opened(words="Quero cancelar"))
    then = stored(services, tenant)
    services.now.move(days=40)
    learn(services, tenant, mrr=9_000.0, opted_out=True)  # the decision is not taken again here
    with Decider(BOOK) as decider:
        again = decided(decider, replayed(history(services, tenant))["7"])

    assert again.facts.values["customer.mrr"] == 100.0
    assert "customer.opted_out" not in again.facts.values
    assert again.taken_at == START
    assert canonical(again) == canonical(then.decision)


def test_acceptance_is_what_it_was_then(client, services, tenant, tmp_path):
    send(client, services, opened("7", "Quero cancelar"))
    with services.store.write() as connection:
        decisions.mark_shown(connection, tenant.id, stored(services, tenant).id, services.now())
    restarted = new_services(tmp_path, services.now, judges_of_book)  # which counts anew
    send(new_app(restarted).test_client(), restarted, opened("8", "Quero cancelar", event="ev-8", requester="501"))
    restarted.store.close()
    then = stored(services, tenant, "8")
    shown = then.recommendations[0]
    with services.store.write() as connection:
        feedback.give(connection, tenant, shown.id, "accepted", None, None, "Bruna", services.now())
    with Decider(BOOK) as decider:
        again = decided(decider, replayed(history(services, tenant))["8"])

    assert again.trace.acceptance == {"t.listen": (0, 1)}
    assert canonical(again) == canonical(then.decision)


def test_the_same_rules_give_no_difference_over_the_store(client, services, tenant):
    send(client, services, opened("7", "Quero cancelar"), opened("8", "O sistema está fora do ar", event="ev-8"))
    found = run(BOOK, replace(BOOK, digest="copy"), history(services), workers=1)

    assert found.cases == 2
    assert not any(found.measures().values())


def test_a_planted_change_lists_exactly_its_tickets_with_their_values(client, services, tenant):
    send(
        client,
        services,
        opened("7", "Quero cancelar"),
        opened("8", "O sistema está fora do ar", event="ev-8", requester="501"),
        opened("9", "Quero cancelar", event="ev-9", requester="502"),
    )
    rich = All((said("cancel_intent"), Test("customer.mrr", Op.AT_LEAST, 50.0)))
    after = replace(BOOK, digest="after", rules={**BOOK.rules, "t.talk": recommends("t.talk", "t.listen", rich)})
    found = run(BOOK, after, history(services), workers=1)

    assert [d.ticket for d in found.differences] == ["acme/9"]  # nobody knows what the other customers pay
    assert [(leaf.field, leaf.actual) for leaf in found.differences[0].causes[0].after] == [("customer.mrr", None)]


def test_every_ticket_counts_once_with_its_last_decision_of_the_period(client, services, tenant):
    send(client, services, opened("7", "Bom dia"))
    services.now.move(days=2)
    send(client, services, commented("7", "Quero cancelar", at=services.now()))
    whole = replayed(history(services, tenant))
    first = replayed(history(services, tenant, until=START + timedelta(days=1)))
    last = history(services, tenant, since=START + timedelta(days=1))

    assert whole["7"].facts.signals == {"cancel_intent"}
    assert first["7"].facts.signals == frozenset()
    assert last.total == 1
    assert history(services, tenant, since=START + timedelta(days=3)).total == 0


def test_a_period_takes_its_beginning_and_not_its_end(client, services, tenant):
    send(client, services, opened("7", "Bom dia"))

    assert history(services, since=START).total == 1
    assert history(services, until=START).total == 0
    assert history(services, until=START + timedelta(microseconds=1)).total == 1


def test_only_the_tenant_that_is_asked_for_is_replayed(client, services, tenant):
    send(client, services, opened("7", "Quero cancelar"))
    other = new_tenant(services, "other")
    assert deliver(client, opened("7", "Bom dia"), tenant="other").status_code == 202
    services.worker.drain()

    assert list(replayed(history(services, tenant))) == ["7"]
    assert replayed(history(services, other))["7"].facts.signals == frozenset()
    assert sorted(replayed(history(services))) == ["acme/7", "other/7"]


def test_texts_are_read_again_without_what_was_written_later(client, services, tenant):
    send(client, services, opened("7", "Bom dia"))
    services.now.move(days=2)
    later = commented("7", "Adeus", at=services.now())
    later["detail"]["description"] = "Bom dia"
    send(client, services, later)
    farewell = signal("cancel_intent", "adeus", "farewell")
    after = replace(BOOK, digest="after", signals={**BOOK.signals, "cancel_intent": farewell})
    before_it = run(BOOK, after, history(services, tenant, texts=True, until=START + timedelta(days=1)), workers=1)
    with_it = run(BOOK, after, history(services, tenant, texts=True), workers=1)

    assert before_it.part.read_again == with_it.part.read_again == 1
    assert before_it.changed == 0
    assert [d.ticket for d in with_it.differences] == ["7"]
    assert with_it.differences[0].causes[0] == Cause(Because.SIGNAL_READ, "cancel_intent")


def test_what_was_delivered_later_is_not_read_though_it_happened_before(client, services, tenant):
    send(client, services, opened("7", "Bom dia"))
    first = stored(services, tenant)
    services.now.move(days=2)
    late = commented("7", "Adeus", at=START - timedelta(hours=1))
    late["detail"]["description"] = "Bom dia"
    send(client, services, late)
    before_it = read(history(services, tenant, texts=True, until=START + timedelta(days=1)))
    with_it = read(history(services, tenant, texts=True))

    assert stored(services, tenant).id != first.id
    assert "Adeus" not in before_it
    assert "Adeus" in with_it


def test_of_events_kept_before_their_receipt_was_those_count_that_had_happened(client, services, tenant):
    send(client, services, opened("7", "Bom dia"))
    services.now.move(days=2)
    later = commented("7", "Adeus", at=services.now())
    later["detail"]["description"] = "Bom dia"
    send(client, services, later)
    with services.store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket_event SET received_at = NULL")
    before_it = read(history(services, tenant, texts=True, until=START + timedelta(days=1)))
    with_it = read(history(services, tenant, texts=True))

    assert "Bom dia" in before_it
    assert "Adeus" not in before_it
    assert "Adeus" in with_it


def test_what_a_fast_clock_dates_after_the_decision_is_read_as_the_decision_read_it(client, services, tenant):
    ahead = START + timedelta(minutes=3)
    send(client, services, opened("7", "Quero cancelar", at=ahead))

    assert stored(services, tenant).decision.facts.signals == {"cancel_intent"}
    assert "Quero cancelar" in read(history(services, tenant, texts=True))


def read(found):
    """What the customer had written by ticket 7's decision."""
    return "\n".join(text.text for text in replayed(found)["7"].conversation.messages)


def test_the_period_of_a_comparison_is_that_of_its_decisions(client, services, tenant):
    send(client, services, opened("7", "Bom dia"))
    services.now.move(days=2)
    send(client, services, opened("8", "Quero cancelar", event="ev-8", requester="501", at=services.now()))
    part = run(BOOK, BOOK, history(services), workers=1).part

    assert (part.first, part.last) == (START, START + timedelta(days=2))
    assert part.days == {datetime(2026, 3, 10, tzinfo=UTC).date(): 1, datetime(2026, 3, 12, tzinfo=UTC).date(): 1}
