"""What operators rely on: logs without secrets, honest health, work that steps aside."""

import io
import json
import logging
import threading
import time
from contextlib import ExitStack

import pytest
import structlog
from plugin_cases import Clock, new_app, new_services, new_tenant, plain_logs
from sqlalchemy import select

from plugin import logs
from plugin.directory import TTL_SECONDS, Directory
from plugin.ingest.together import Together
from plugin.ingest.traffic import Traffic
from plugin.store import deliveries, tenants
from plugin.store.schema import delivery


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def written():
    """What is logged while a test runs; the logging of pytest and structlog is put back afterwards."""
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure("info", "json")
    stream = io.StringIO()
    root.handlers[0].stream = stream
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    plain_logs()


def test_a_log_line_is_one_json_object(written):
    structlog.get_logger("x").info("ticket decided", ticket="7\n8")
    line = written()[0]

    assert (line["event"], line["ticket"], line["level"]) == ("ticket decided", "7\n8", "info")
    assert line["at"].endswith("Z")


def test_the_secret_at_the_end_of_a_webhook_path_is_redacted_wherever_it_comes_from(written):
    structlog.get_logger("x").warning("seen", path="POST /webhooks/django_helpdesk/desk/s3cret-of-the-path?x=1")
    logging.getLogger("somebody").warning("GET %s", "/webhooks/django_helpdesk/desk/s3cret-of-the-path")

    assert "s3cret" not in json.dumps(written())
    assert [("/webhooks/django_helpdesk/desk/…" in json.dumps(line, ensure_ascii=False)) for line in written()] == [
        True,
        True,
    ]


def test_an_exception_is_logged_by_type_and_place_without_its_words(written):
    try:
        int("quero cancelar, meu CPF é 123")
    except ValueError:
        structlog.get_logger("x").exception("delivery failed")
    line = written()[0]

    assert (line["error"], "test_operations.py:" in line["where"]) == ("ValueError", True)
    assert "CPF" not in json.dumps(line)


def test_debug_is_silent_unless_asked_for(written):
    structlog.get_logger("x").debug("noise")

    assert written() == []


def test_ready_means_that_work_is_done_here(services):
    client = new_app(services).test_client()
    before = client.get("/readyz")
    services.start()
    after = client.get("/readyz")
    services.stop()
    stopped = client.get("/readyz")

    assert [answer.status_code for answer in (before, after, stopped)] == [503, 200, 503]
    assert before.json["checks"]["worker"] == "not running"
    assert client.get("/healthz").status_code == 200


def test_a_started_worker_decides_what_wakes_it_and_stops_when_told(services, eventually):
    tenant = new_tenant(services)
    services.start()
    with services.store.write() as connection:
        deliveries.insert(
            connection, tenant_id=tenant.id, key="k", headers={}, body=b"[]", now=services.now(), state="received"
        )
    services.worker.wake()
    eventually(lambda: count(services, "unreadable") == 1)

    assert services.stop()
    assert not services.worker.alive


def count(services, state):
    with services.store.read() as connection:
        return deliveries.counts(connection)[state]


def test_a_new_tenant_is_found_at_once_and_a_changed_one_after_a_moment(services):
    moment = [0.0]
    directory = Directory(services.store, services.vault, services.now, lambda: moment[0])
    before = directory.by_name("acme")
    tenant = new_tenant(services)
    found = directory.by_name("acme")
    with services.store.write() as connection:
        connection.exec_driver_sql("UPDATE tenant SET regulated = 1")
    held = directory.by_id(tenant.id)
    moment[0] = TTL_SECONDS + 0.1
    fresh = directory.by_id(tenant.id)

    assert before is None
    assert (found, held.regulated, fresh.regulated) == (tenant, False, True)


def test_background_work_waits_for_answers_but_never_for_ever():
    traffic = Traffic(threads=8)
    gate, inside = threading.Event(), threading.Event()

    def application(_environ, _start):
        inside.set()
        gate.wait(5)
        return []

    answering = threading.Thread(target=traffic.counted(application), args=({}, None))
    answering.start()
    inside.wait(5)
    busy = traffic.in_flight
    begun = time.monotonic()
    traffic.let_pass(0.05)
    waited = time.monotonic() - begun
    gate.set()
    answering.join()

    assert (busy, traffic.in_flight) == (1, 0)
    assert waited >= 0.05


@pytest.mark.parametrize(("threads", "waiting"), [(8, 4), (3, 1), (1, 1)])
def test_at_most_half_of_the_threads_wait_for_the_work_that_their_answers_carry(threads, waiting):
    traffic = Traffic(threads)

    with ExitStack() as stack:
        allowed = [stack.enter_context(traffic.waiting()) for _ in range(threads)]
    with traffic.waiting() as afterwards:
        pass

    assert allowed == [True] * waiting + [False] * (threads - waiting)
    assert afterwards
    assert traffic.in_flight == 0


def test_one_bad_row_costs_the_others_nothing(services):
    tenant = new_tenant(services)
    together = Together(services.store)
    outcomes = {}

    def put(key, now):
        try:
            outcomes[key] = together.insert(tenant_id=tenant.id, key=key, headers={}, body=b"", now=now)
        except ValueError as error:
            outcomes[key] = error

    threads = [threading.Thread(target=put, args=(f"k{number}", services.now())) for number in range(4)]
    threads.append(threading.Thread(target=put, args=("bad", services.now().replace(tzinfo=None))))
    together._somebody_writes = True  # all of them queue, and are written as one
    for thread in threads:
        thread.start()
    while len(together._queue) < len(threads):
        time.sleep(0.001)
    together._queue[0].turn.release()
    for thread in threads:
        thread.join()

    assert isinstance(outcomes.pop("bad"), ValueError)
    assert [outcome.duplicate for outcome in outcomes.values()] == [False] * 4


def test_many_threads_each_have_their_own_row_written(services):
    tenant = new_tenant(services)
    together = Together(services.store)
    receipts = {}

    def put_fifty(thread):
        for number in range(50):
            key = f"{thread}-{number}"
            receipts[key] = together.insert(tenant_id=tenant.id, key=key, headers={}, body=b"", now=services.now())

    threads = [threading.Thread(target=put_fifty, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with services.store.read() as connection:
        kept = set(connection.execute(select(delivery.c.id)).scalars())

    assert {receipt.id for receipt in receipts.values()} == kept
    assert len(kept) == 400
    assert (together._queue, together._somebody_writes) == ([], False)


def test_tenants_are_listed_in_order(services):
    for name in ("b", "a"):
        new_tenant(services, name)
    with services.store.read() as connection:
        names = [tenant.name for tenant in tenants.all(connection, services.vault, services.now())]

    assert names == ["a", "b"]
