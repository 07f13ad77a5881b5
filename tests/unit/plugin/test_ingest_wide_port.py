"""Deliveries that are more than one signed object: probes and challenges, batches of ids, answers that carry orders."""

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import desks
import pytest
from desks.batch_desk import signature
from plugin_cases import START, Clock, deliver, new_app, new_services, new_tenant, opened

from connectors import registry
from plugin.store import decisions, deliveries, outbox
from plugin.store.tenants import Back

SECRET = "a-secret-of-the-batch-desk-long-enough"
PUBLIC = "https://sidecue.example.org/base"
WORDS = "Quero cancelar o contrato"


class Api:
    """The batch desk's API on loopback: what it holds, what it was asked, and what it answers instead."""

    def __init__(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                time.sleep(outer.slow)
                status, headers = outer.faults.pop(0) if outer.faults else (200, {})
                held = outer.documents.get(self.path)
                status = 404 if status == 200 and held is None else status
                content = json.dumps(held).encode() if status == 200 else b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.documents, self.asked, self.faults, self.slow = {}, [], [], 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def hold(self, ticket, person="5", text=WORDS, tags=()):
        at = int(START.timestamp())
        self.documents[f"/tickets/{ticket}"] = {"person": person, "text": text, "at": at, "tags": list(tags)}
        self.documents[f"/people/{person}"] = {"name": "Ana Lima"}

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def api():
    made = Api()
    yield made
    made.close()


@pytest.fixture
def services(tmp_path):
    known = {**registry.discover(), **registry.discover(Path(desks.__file__).parent, "desks")}
    made = new_services(tmp_path, Clock(), connectors=known, public_url=PUBLIC)
    yield made
    made.store.close()


@pytest.fixture
def client(services):
    return new_app(services).test_client()


def batch_tenant(services, api_url, name="lote", **more):
    return new_tenant(services, name, "batch_desk", SECRET, api_url=api_url, api_token="t" if api_url else None, **more)


def send(client, *tickets, tenant="lote", query="", headers=None, url=PUBLIC):
    body = json.dumps([{"ticket": ticket} for ticket in tickets]).encode()
    address = f"/webhooks/batch_desk/{tenant}{query}"
    signed = {"X-Batch-Signature": signature(SECRET, "POST", url + address, body), **(headers or {})}
    return client.post(address, data=body, headers={"Content-Type": "application/json", **signed})


def states(services):
    with services.store.read() as connection:
        return [(row.state, row.attempts, row.error) for row in deliveries.listing(connection)]


def primary(services, tenant, ticket):
    with services.store.read() as connection:
        stored = decisions.current(connection, tenant.id, ticket)
    return stored.decision.primary.value if stored else None


def test_a_probe_is_answered_by_those_who_are_probed_and_tells_nothing(client, services, api):
    batch_tenant(services, api.url)
    new_tenant(services, "acme")
    told = {
        (method, path): client.open(path, method=method).status_code
        for method in ("GET", "HEAD")
        for path in ("/webhooks/batch_desk/lote", "/webhooks/batch_desk/nobody", "/webhooks/zendesk/acme")
    }

    assert [status for (_, path), status in told.items() if path.endswith("lote")] == [200, 200]
    assert [status for (_, path), status in told.items() if path.endswith("nobody")] == [404, 404]
    assert [status for (_, path), status in told.items() if path.endswith("acme")] == [405, 405]
    assert client.get("/webhooks/zendesk/acme").headers["Allow"] == "POST"
    assert states(services) == []


def test_a_challenge_is_echoed_only_when_it_is_signed_and_is_not_kept(client, services, api):
    batch_tenant(services, api.url)
    answered = send(client, "7", headers={"X-Batch-Challenge": "c-1"})
    forged = send(client, "7", headers={"X-Batch-Challenge": "c-1", "X-Batch-Signature": "00"})

    assert (answered.status_code, answered.text) == (200, "c-1")
    assert forged.status_code == 401
    assert states(services) == []


def test_the_signed_address_is_the_public_one_whatever_the_proxy_calls_us(client, services, api):
    batch_tenant(services, api.url)

    assert send(client, "7", query="?from=desk&x=%20").status_code == 202
    assert send(client, "7", url="http://localhost").status_code == 401


def test_a_delivery_that_cannot_be_proved_now_is_to_come_again(client, services, api):
    batch_tenant(services, api.url)
    answer = send(client, "7", headers={"X-Batch-Keys": "gone"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert states(services) == []


def test_a_batch_of_ids_is_fetched_and_every_ticket_decided(client, services, api):
    tenant = batch_tenant(services, api.url)
    api.hold("7")
    api.hold("8", person="6", text="Estamos fora do ar")
    answer = send(client, "7", "8")
    asked_at_the_door = list(api.asked)
    services.worker.drain()

    assert answer.status_code == 202
    assert asked_at_the_door == []
    assert sorted(api.asked) == ["/people/5", "/people/6", "/tickets/7", "/tickets/8"]
    assert (primary(services, tenant, "7"), primary(services, tenant, "8")) == ("success", "support")


def test_what_a_batch_says_wrongly_is_told_before_anything_is_fetched(client, services, api):
    batch_tenant(services, api.url)

    assert send(client, "unused").status_code == 202
    assert client.post("/webhooks/batch_desk/lote", data=b"{}").status_code == 415
    assert [state for state, *_ in states(services)] == ["ignored"]
    assert api.asked == []


def test_a_ticket_that_is_gone_is_left_out(client, services, api):
    tenant = batch_tenant(services, api.url)
    api.hold("8")
    send(client, "7", "8")
    services.worker.drain()

    assert (primary(services, tenant, "7"), primary(services, tenant, "8")) == (None, "success")


def test_a_helpdesk_that_fails_is_asked_again_later_and_the_delivery_is_not_lost(client, services, api):
    tenant = batch_tenant(services, api.url)
    api.hold("7")
    api.faults = [(500, {}), (502, {})]
    send(client, "7")
    seen = []
    for seconds in (0, 2, 4):
        services.now.move(seconds=seconds)
        services.worker.drain()
        seen.append([state for state, *_ in states(services)])

    assert seen == [["failed"], ["failed"], ["decided"]]
    assert primary(services, tenant, "7") == "success"


def test_a_pause_that_is_asked_for_costs_no_attempt(client, services, api):
    batch_tenant(services, api.url)
    api.hold("7")
    api.faults = [(429, {"Retry-After": "90"})]
    send(client, "7")
    services.worker.drain()
    services.now.move(seconds=89)
    early = services.worker.drain()
    services.now.move(seconds=1)
    services.worker.drain()

    assert early == 0
    assert [(state, attempts) for state, attempts, _ in states(services)] == [("decided", 1)]


def test_a_tenant_without_an_address_is_told_what_to_do(client, services):
    batch_tenant(services, None)
    send(client, "7")
    services.worker.drain()

    ((state, _, error),) = states(services)
    assert state == "dead"
    assert "sidecue tenants set --api-url" in error.en


def test_the_vendors_rate_is_kept_over_deliveries(client, services, api):
    batch_tenant(services, api.url)
    for ticket in range(1, 6):
        api.hold(str(ticket))
        send(client, str(ticket))
    services.worker.drain()

    assert len(api.asked) == 6


def test_a_helpdesk_that_hangs_holds_up_nobody_else(client, services, api, eventually):
    slow, other = batch_tenant(services, api.url), new_tenant(services, "acme")
    api.hold("7")
    api.slow = 1.0
    services.worker.start()
    try:
        send(client, "7")
        eventually(lambda: api.asked)
        begun = time.monotonic()
        deliver(client, opened("9"))
        eventually(lambda: primary(services, other, "9"))
        before = primary(services, slow, "7")
        eventually(lambda: primary(services, slow, "7") == "success")
    finally:
        services.worker.ask_to_stop()
        services.worker.join(5)

    assert before is None, f"the other tenant waited {time.monotonic() - begun:.1f} s"


def test_our_own_tags_are_no_reason_for_a_decision(client, services, api):
    tenant = batch_tenant(services, api.url)
    api.hold("7", tags=["vip", "sidecue_support"])
    send(client, "7")
    services.worker.drain()

    with services.store.read() as connection:
        facts = decisions.current(connection, tenant.id, "7").decision.facts
    assert facts.values["ticket.tags"] == {"vip"}


CARRYING = Back(notes="decided", tags=True, field_name="trabalho")


def test_a_helpdesk_that_carries_orders_is_told_them_in_the_answer_to_its_own_delivery(client, services):
    tenant = new_tenant(services, "lote", "batch_desk", SECRET, back=CARRYING)
    services.worker.start()
    try:
        inline = {"person": "5", "text": WORDS, "at": int(START.timestamp()), "tags": []}
        body = json.dumps([{"ticket": "7", "inline": inline}]).encode()
        address = "/webhooks/batch_desk/lote"
        signed = {"X-Batch-Signature": signature(SECRET, "POST", PUBLIC + address, body)}
        first = client.post(address, data=body, headers={"Content-Type": "application/json", **signed})
        again = client.post(address, data=body, headers={"Content-Type": "application/json", **signed})
    finally:
        services.worker.ask_to_stop()
        services.worker.join(5)

    told = {each.pop("do"): each for each in first.get_json()}
    assert primary(services, tenant, "7") == "success"
    assert told["tags"]["add"] == ["sidecue_success"]
    assert told["fields"] == {"name": "trabalho", "value": "success"}
    assert told["note"]["text"].startswith("Recomendações do Sidecue")
    assert again.get_json() == []


def test_the_worker_does_not_step_aside_for_a_request_that_waits_for_it(services, eventually):
    new_tenant(services, "lote", "batch_desk", SECRET, back=CARRYING)
    answers = []
    inline = {"person": "5", "text": WORDS, "at": int(START.timestamp()), "tags": []}
    body = json.dumps([{"ticket": "7", "inline": inline}]).encode()
    signed = {"X-Batch-Signature": signature(SECRET, "POST", PUBLIC + "/webhooks/batch_desk/lote", body)}

    def post():
        headers = {"Content-Type": "application/json", **signed}
        answers.append(new_app(services).test_client().post("/webhooks/batch_desk/lote", data=body, headers=headers))

    waits = threading.Thread(target=post)
    waits.start()
    eventually(lambda: states(services) == [("received", 0, None)])
    eventually(lambda: services.traffic.in_flight == 0)
    still_waits = not answers
    services.worker.drain()
    waits.join(5)

    assert still_waits
    assert answers[0].get_json()
    assert services.traffic.in_flight == 0


def test_a_carried_order_is_taken_along_once_and_when_it_is_due(services):
    tenant = new_tenant(services, "lote", "batch_desk", SECRET, back=CARRYING)
    with services.store.write() as connection:
        outbox.enqueue(
            connection,
            ref="sc_" + "a" * 20,
            tenant_id=tenant.id,
            ticket="7",
            kind="note",
            content={"text": "first"},
            due_at=START,
            carried=True,
        )
        outbox.enqueue(
            connection,
            ref="sc_" + "b" * 20,
            tenant_id=tenant.id,
            ticket="7",
            kind="note",
            content={"text": "later"},
            due_at=START + timedelta(minutes=5),
            carried=True,
        )
        taken = outbox.take_along(connection, tenant.id, "7", START)
        again = outbox.take_along(connection, tenant.id, "7", START)
        later = outbox.take_along(connection, tenant.id, "7", START + timedelta(minutes=5))

    assert [order.content["text"] for order in taken] == ["first"]
    assert again == ()
    assert [order.content["text"] for order in later] == ["later"]
    assert services.sender.drain() == 0
