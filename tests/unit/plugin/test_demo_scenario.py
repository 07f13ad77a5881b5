"""The demo's customers and tickets: whole, ours, and deciding what they are there to show."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from itertools import islice, pairwise

import plugin_cases as plugin
import pytest

from connectors.base import Delivery, Installation
from connectors.zendesk import parse
from connectors.zendesk.signature import sign
from plugin.api.customer_facts import customer_of
from plugin.api.schemas import CustomerSchema
from plugin.config import Settings
from plugin.demo.desk import PREFIX, TENANT
from plugin.demo.scenario import scenario
from plugin.demo.sender import AT_ONCE, events, pauses
from plugin.demo.tenant import DemoElsewhere, make_tenant
from plugin.demo.wsgi import make
from plugin.store import decisions
from rules.model import EventKind, Function

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ROUND = sum(1 + len(ticket.later) for ticket in scenario().tickets)


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'sidecue.db'}", secret_key=plugin.KEY)


@pytest.fixture
def tenant(settings):
    return make_tenant(settings, "http://127.0.0.1:8300", "token")


@pytest.fixture
def app(settings, tenant):
    made = make(settings, start_worker=False)
    yield made
    made.extensions["sidecue"].stop()


def deliver(client, tenant, sent):
    body = json.dumps(sent.body).encode()
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return client.post(
        f"/webhooks/zendesk/{TENANT}",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Zendesk-Webhook-Signature": sign(tenant.secrets[0], stamp, body),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        },
    )


def test_customers_are_what_the_vocabulary_takes():
    for customer in scenario().customers.values():
        stated = CustomerSchema().load(customer.stated(date(2026, 3, 10)))

        assert customer_of(customer.id, stated).name == customer.name


def test_every_ticket_is_of_a_customer_and_says_what_it_shows():
    for ticket in scenario().tickets:
        assert ticket.customer in scenario().customers
        assert ticket.shows
        assert ticket.text.strip()


def test_scenario_speaks_both_languages_about_equally():
    spoken = [scenario().customers[ticket.customer].locale for ticket in scenario().tickets]

    assert len(spoken) >= 20
    assert min(spoken.count("pt-BR"), spoken.count("en")) >= 7


def test_events_are_read_by_the_real_connector():
    installation = Installation(TENANT, "pt-BR")

    for sent in islice(events(scenario(), lambda: NOW), 2 * ROUND):
        (event,) = parse(Delivery(json.dumps(sent.body).encode(), {}, NOW), installation)
        assert event.ticket_id == sent.ticket


def test_tickets_go_on_with_new_ids_and_the_old_ones_are_solved_first():
    sent = list(islice(events(scenario(), lambda: NOW), 3 * ROUND))
    opened = [one.ticket for one in sent if one.kind == "ticket.created"]
    solved = {one.ticket for one in sent if one.kind == "ticket.status_changed"}

    assert len(set(opened)) == len(opened) > len(scenario().tickets)
    assert len({one.body["id"] for one in sent}) == len(sent)
    assert solved <= set(opened)
    assert set(opened[: len(scenario().tickets) // 2]) & solved


def test_follow_ups_come_after_their_ticket_and_before_the_round_ends():
    sent = list(islice(events(scenario(), lambda: NOW), ROUND))
    seen = set()
    for one in sent:
        if one.kind == "ticket.created":
            seen.add(one.ticket)
        assert one.ticket in seen

    assert sum(one.kind == "ticket.comment_added" for one in sent) == sum(len(t.later) for t in scenario().tickets)


def test_first_tickets_stand_for_a_while_before_a_follow_up_changes_them():
    sent = list(islice(events(scenario(), lambda: NOW), AT_ONCE + 3))

    assert {one.kind for one in sent} == {"ticket.created"}


def test_first_tickets_come_within_seconds_then_a_few_a_minute():
    waits = list(islice(pauses(1.0), AT_ONCE + 4))

    assert sum(waits[:AT_ONCE]) < 5
    assert all(3 <= 60 / wait <= 6 for wait in waits[AT_ONCE:])
    assert [waits[-1] / wait for wait in islice(pauses(2.0), AT_ONCE + 4)][-1] == 2
    assert all(first <= second for first, second in pairwise(waits))


def test_signature_is_the_one_zendesk_documents():
    body, stamp = b'{"a": 1}', "2026-03-10T12:00:00Z"

    expected = base64.b64encode(hmac.digest(b"secret", stamp.encode() + body, hashlib.sha256)).decode()
    assert sign("secret", stamp, body) == expected


@pytest.mark.slow
def test_round_of_the_demo_shows_every_function_intersections_and_what_was_held_back(app, tenant):
    here, client = app.extensions["sidecue"], app.test_client()
    for customer in scenario().customers.values():
        answer = client.put(
            f"/api/v1/customers/{TENANT}/{customer.id}",
            json=customer.stated(datetime.now(UTC).date()),
            headers={"Authorization": f"Bearer {tenant.api_key}"},
        )
        assert answer.status_code == 200, answer.text
    before, after = {}, {}
    for sent in islice(events(scenario()), ROUND):
        assert deliver(client, tenant, sent).status_code == 202
        here.worker.drain()
        with here.store.read() as connection:
            current = decisions.current(connection, tenant.id, sent.ticket).decision
        before.setdefault(sent.ticket, current)
        after[sent.ticket] = current
    first = {ticket.shows: before[number] for ticket, number in zip(scenario().tickets, before, strict=True)}

    assert {decision.primary for decision in first.values()} == set(Function)
    assert first["cancellation with the contract in sight, taken back later"].primary is Function.SUCCESS
    assert len(first["severe failure at a key customer close to renewal"].collaborators) >= 1
    assert first["too little said, the panel asks whose work it is"].needs_triage
    assert any(decision.primary != after[number].primary for number, decision in before.items())
    assert any(one.stage == "suppressed" for decision in before.values() for one in decision.not_shown)
    assert all(decision.recommendations for decision in after.values())


def test_demo_is_mounted_only_in_the_demo(app, settings, tmp_path):
    services = plugin.new_services(tmp_path, plugin.Clock())
    plain = plugin.new_app(services).test_client()

    assert plain.get("/demo").status_code == 404
    assert plain.get("/demo/state.json").status_code == 404
    assert app.test_client().get("/demo").status_code == 200
    services.stop()


def test_state_tells_tickets_conversation_and_what_happened(app, tenant):
    here, client = app.extensions["sidecue"], app.test_client()
    (sent,) = islice(events(scenario()), 1)
    deliver(client, tenant, sent)
    here.worker.drain()

    state = client.get("/demo/state.json", query_string={"ticket": sent.ticket, "lang": "en"}).json

    assert state["tickets"][0]["id"] == sent.ticket
    assert state["tickets"][0]["primary"] == "success"
    assert state["conversation"][0]["text"] == scenario().tickets[0].text
    assert state["happened"][0]["ticket"] == sent.ticket
    assert state["happened"][0]["delivery"].startswith("dl_")
    assert state["happened"][0]["ms"] > 0
    assert "retention.cancel" in [rule["id"] for rule in state["happened"][0]["rules"]]


def test_frame_is_opened_by_a_link_signed_as_a_helpdesk_signs_it(app, tenant):
    client = app.test_client()

    answer = client.get("/demo/panel", query_string={"ticket": "4701", "lang": "en"})

    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200


def test_helpdesk_of_the_demo_takes_notes_from_its_connector_only(app, tenant):
    client = app.test_client()
    path, body = f"{PREFIX}/api/v2/tickets/4701.json", {"ticket": {"comment": {"body": "x sc_1", "public": False}}}
    right = "Basic " + base64.b64encode(b"demo@sidecue.example/token:token").decode()

    refused = client.put(path, json=body)
    taken = client.put(path, json=body, headers={"Authorization": right})
    listed = client.get(f"{PREFIX}/api/v2/tickets/4701/comments.json", headers={"Authorization": right})

    assert (refused.status_code, taken.status_code) == (401, 200)
    assert listed.json["comments"] == [{"body": "x sc_1", "public": False}]


def test_kept_home_goes_on_at_the_same_address_and_says_no_at_another(settings, tenant):
    assert make_tenant(settings, "http://127.0.0.1:8300", "other") == tenant
    with pytest.raises(DemoElsewhere, match=r"made for http://127\.0\.0\.1:8300, not for http://127\.0\.0\.1:9"):
        make_tenant(settings, "http://127.0.0.1:9", "token")


def test_every_kind_of_event_of_the_demo_is_met():
    kinds = {
        parse(Delivery(json.dumps(sent.body).encode(), {}, NOW), Installation(TENANT, "pt-BR"))[0].kind
        for sent in islice(events(scenario(), lambda: NOW), 2 * ROUND)
    }

    assert {EventKind.OPENED, EventKind.REPLIED, EventKind.ANSWERED, EventKind.CHANGED} <= kinds
