"""Every answer of the webhook endpoint, over the real application."""

import json
import threading
from datetime import timedelta
from io import BytesIO

import pytest
from plugin_cases import SECRET, START, Clock, commented, deliver, new_app, new_services, new_tenant, opened, signed
from sqlalchemy import select

from plugin.store import Store, deliveries
from plugin.store.schema import delivery as delivery_table

PATH = "/webhooks/zendesk/acme"


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def client(services):
    new_tenant(services)
    return new_app(services).test_client()


def kept(services):
    with services.store.read() as connection:
        return [(found.state, found.event_type) for found in deliveries.listing(connection)]


def test_a_genuine_delivery_is_accepted_then_known(client, services):
    first, second = deliver(client, opened()), deliver(client, opened())

    assert (first.status_code, first.json["status"]) == (202, "accepted")
    assert (second.status_code, second.json) == (200, {"status": "duplicate", "delivery": first.json["delivery"]})
    assert kept(services) == [("received", None)]


@pytest.mark.parametrize("event", ["Ticket_Add", "Contact_Update"], ids=["used", "not used"])
def test_a_helpdesk_that_takes_nothing_but_a_200_gets_one(services, event):
    """Zoho Desk counts every other answer as a failure."""
    new_tenant(services, connector="zoho_desk")
    path = f"/webhooks/zoho_desk/acme/{SECRET}"
    answer = new_app(services).test_client().post(path, json=[{"eventType": event, "payload": {"id": "7"}}])

    assert (answer.status_code, answer.json["status"]) == (200, "accepted")


@pytest.mark.parametrize(
    ("head", "state", "named"),
    [
        (b"From: ana@sol.example", "received", None),
        (b"From: ana@sol.example\nAuto-Submitted: auto-replied", "ignored", "auto_reply"),
        (b"To: ana@sol.example", "unreadable", None),
    ],
)
def test_a_mail_is_a_body_like_any_other(services, head, state, named):
    """Nothing but the connector's media types says that its bodies are no JSON."""
    new_tenant(services, connector="email")
    client, path = new_app(services).test_client(), f"/webhooks/email/acme/{SECRET}"
    taken = client.post(path, data=head + b"\n\nOi", content_type="message/rfc822; charset=utf-8")
    refused = client.post(path, data=head + b"\n\nOi", content_type="application/json")

    assert (taken.status_code, kept(services)) == (422 if state == "unreadable" else 202, [(state, named)])
    assert (refused.status_code, refused.json["accepts"]) == (415, ["message/rfc822", "message/global"])


def altered(body):
    return body.replace(b"Contrato", b"Contrat0")


def without(name):
    return lambda headers: {key: value for key, value in headers.items() if key != name}


STAMP, SIGNATURE = "X-Zendesk-Webhook-Signature-Timestamp", "X-Zendesk-Webhook-Signature"


@pytest.mark.parametrize(
    ("change_body", "change_headers", "sent"),
    [
        pytest.param(altered, dict, START, id="altered byte"),
        pytest.param(bytes, dict, START - timedelta(minutes=5, seconds=1), id="stale"),
        pytest.param(bytes, dict, START + timedelta(minutes=5, seconds=1), id="from the future"),
        pytest.param(bytes, without(SIGNATURE), START, id="no signature"),
        pytest.param(bytes, without(STAMP), START, id="no timestamp"),
        pytest.param(bytes, lambda headers: headers | {SIGNATURE: "=?!"}, START, id="not base64"),
        pytest.param(bytes, lambda headers: headers | {SIGNATURE: ""}, START, id="empty signature"),
        pytest.param(bytes, lambda headers: headers | {SIGNATURE: "é" * 20}, START, id="not ASCII"),
        pytest.param(bytes, lambda headers: headers | {STAMP: "yesterday"}, START, id="no time"),
        pytest.param(bytes, lambda headers: headers | {STAMP: "9" * 5000}, START, id="endless timestamp"),
    ],
)
def test_what_cannot_be_proved_is_refused_and_not_kept(client, services, change_body, change_headers, sent):
    body = json.dumps(opened()).encode()
    headers = change_headers(signed(body, at=sent))
    answer = client.post(PATH, data=change_body(body), headers=headers)

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.json["type"] == "urn:sidecue:problem:signature-invalid"
    assert kept(services) == []


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/zendesk/nobody",
        "/webhooks/nothing/acme",
        "/webhooks/standard/acme",
        "/webhooks/a/b/c",
        "/webhooks/zendesk/acme/more",
    ],
)
def test_an_unknown_connector_or_tenant_gets_one_answer(client, path):
    body = json.dumps(opened()).encode()
    answer = client.post(path, data=body, headers=signed(body))
    known_shape = client.post("/webhooks/zendesk/other", data=body, headers=signed(body))

    assert answer.status_code == 404
    assert answer.data == known_shape.data


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_another_media_type_is_refused(client, services, media_type):
    body = json.dumps(opened()).encode()
    answer = client.post(PATH, data=body, headers=signed(body) | {"Content-Type": media_type})

    assert (answer.status_code, answer.json["accepts"]) == (415, ["application/json"])
    assert kept(services) == []


def test_a_media_type_with_parameters_is_taken(client):
    body = json.dumps(opened()).encode()
    answer = client.post(PATH, data=body, headers=signed(body) | {"Content-Type": "Application/JSON; charset=utf-8"})

    assert answer.status_code == 202


def test_five_megabytes_are_refused_whether_their_length_is_said_or_not(client, services):
    body = json.dumps(opened(words="x" * 5_000_000)).encode()
    said = client.post(PATH, data=body, headers=signed(body))
    unsaid = client.post(
        PATH,
        input_stream=BytesIO(body),
        headers=signed(body) | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert (said.status_code, unsaid.status_code) == (413, 413)
    assert said.json["limit_bytes"] == 1_048_576
    assert kept(services) == []


def test_a_chunked_body_within_the_limit_is_taken(client):
    body = json.dumps(opened()).encode()
    answer = client.post(
        PATH,
        input_stream=BytesIO(body),
        headers=signed(body) | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert answer.status_code == 202


def nested(depth):
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b'{"id": ', id="not JSON"),
        pytest.param(b'{"id": NaN}', id="NaN"),
        pytest.param(b'{"id": 1e999}', id="infinite"),
        pytest.param(b'{"id": ' + b"9" * 5000 + b"}", id="endless number"),
        pytest.param(nested(10_000), id="10,000 nested arrays"),
        pytest.param(b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, id="10,000 nested objects"),
        pytest.param(b"[]", id="a list"),
        pytest.param(json.dumps(opened() | {"detail": None}).encode(), id="null for an object"),
        pytest.param(json.dumps(opened() | {"type": None}).encode(), id="null for a type"),
        pytest.param(json.dumps(opened() | {"time": "soon"}).encode(), id="no time"),
        pytest.param(json.dumps(opened(subject=None) | {"id": None}).encode(), id="null for an id"),
    ],
)
def test_what_is_genuine_but_unreadable_is_kept_for_inspection(client, services, body):
    answer, again = deliver(client, body), deliver(client, body)

    assert (answer.status_code, again.status_code) == (422, 422)
    assert answer.json["type"] == "urn:sidecue:problem:unreadable"
    assert again.json["delivery"] == answer.json["delivery"]
    assert kept(services) == [("unreadable", None)]
    assert services.worker.drain() == 0


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("a" * 200_000, id="200,000 characters"),
        pytest.param("\ud83d half an emoji \x00", id="lone surrogate"),
        pytest.param("{{7*7}} '; DROP TABLE delivery;-- <script>", id="hostile"),
        pytest.param("\u202e\u200b" * 1000, id="invisible"),
    ],
)
def test_awkward_texts_are_taken_and_decided(client, services, words):
    answer = deliver(client, opened(words="Quero cancelar. " + words, subject=words))
    services.worker.drain()

    assert answer.status_code == 202
    assert kept(services) == [("decided", "opened")]


def test_an_event_type_nobody_uses_is_acknowledged_and_counted_by_name(client, services):
    answer = deliver(client, opened() | {"type": "zen:event-type:ticket.sneezed"})
    figures = client.get("/metrics").text

    assert (answer.status_code, kept(services)) == (202, [("ignored", "zen:event-type:ticket.sneezed")])
    assert 'sidecue_events_unused_total{connector="zendesk",event_type="zen:event-type:ticket.sneezed"} 1.0' in figures


def test_the_names_of_unused_events_cannot_fill_the_memory(client, services):
    for number in range(300):
        services.metrics.count_unused("zendesk", f"name-{number}")
    figures = client.get("/metrics").text

    assert figures.count("sidecue_events_unused_total{") == 201
    assert 'event_type="other"} 100.0' in figures


def test_a_store_that_is_locked_answers_503_and_says_when_to_come_back(client, services):
    deliver(client, opened())
    services.store._busy_seconds = 0.05
    for connection in [services.store.engine.raw_connection()]:
        connection.driver_connection.execute("PRAGMA busy_timeout=50")
        connection.close()
    other = Store(services.store.url)
    with other.write():
        answer = deliver(client, opened(event="ev-2"))
    afterwards = deliver(client, opened(event="ev-2"))
    other.close()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content_type == "application/problem+json"
    assert afterwards.status_code == 202


def test_a_full_disk_answers_503_and_keeps_nothing(client, services):
    deliver(client, opened())
    with services.store.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    for connection in [services.store.engine.raw_connection()]:
        connection.driver_connection.execute(f"PRAGMA max_page_count={pages}")
        connection.close()
    answers = [deliver(client, opened(event=f"ev-{number}", words="x" * 9000)).status_code for number in range(2, 6)]

    assert set(answers) == {503}
    assert kept(services) == [("received", None)]


def test_the_secret_of_one_tenant_opens_no_other(client, services):
    new_tenant(services, "other", secret="another-secret-of-another-tenant")
    crossed = deliver(client, opened(), tenant="other", secret=SECRET)
    own = deliver(client, opened(), tenant="other", secret="another-secret-of-another-tenant")

    assert (crossed.status_code, own.status_code) == (401, 202)


def test_a_secret_in_the_path_opens_its_tenant_and_is_never_kept(services):
    new_tenant(services, "desk", connector="django_helpdesk", secret="path-secret-0123456789")
    client = new_app(services).test_client()
    answers = [
        client.post(f"/webhooks/django_helpdesk/desk{end}", json={"ticket": {}}, headers=headers).status_code
        for end, headers in [
            ("/path-secret-0123456789", {}),
            ("/path-secret-0123456780", {}),
            ("", {}),
            ("", {"X-Sidecue-Secret": "path-secret-0123456789"}),
            ("", {"Authorization": "Bearer path-secret-0123456789"}),
        ]
    ]
    with services.store.read() as connection:
        headers = connection.execute(select(delivery_table.c.headers)).scalars().all()

    assert answers == [422, 401, 401, 422, 422]
    assert "path-secret" not in json.dumps(headers)


def test_the_same_delivery_from_eight_threads_is_one(client, services):
    app = new_app(services)
    answers = []

    def send():
        with app.test_client() as mine:
            answers.extend(deliver(mine, opened()).status_code for _ in range(7))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200] * 55 + [202]
    assert kept(services) == [("received", None)]


def test_arrivals_of_many_threads_all_stay(client, services):
    app = new_app(services)
    answers = []

    def send(number):
        with app.test_client() as mine:
            answers.extend(deliver(mine, opened(event=f"e-{number}-{turn}")).status_code for turn in range(5))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [202] * 40
    assert len(kept(services)) == 40


def test_only_post_is_answered(client):
    answer = client.get(PATH)

    assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)
    assert answer.content_type == "application/problem+json"


def test_problems_speak_the_language_that_is_asked_for(client):
    body = json.dumps(opened()).encode()
    told = [
        client.post(PATH, data=body, headers={"Content-Type": "application/json", "Accept-Language": tag}).json
        for tag in ("pt-BR", "en-GB", "de")
    ]

    assert [each["title"] for each in told] == [
        "A assinatura não confere",
        "The signature does not hold",
        "The signature does not hold",
    ]
    assert told[0]["detail"].startswith("falta o cabeçalho X-Zendesk-Webhook-Signature")
    assert told[1]["detail"].startswith("the header X-Zendesk-Webhook-Signature")


def test_a_comment_for_a_ticket_that_never_opened_is_taken(client, services):
    answer = deliver(client, commented(words="o sistema está fora do ar"))
    services.worker.drain()

    assert (answer.status_code, kept(services)) == (202, [("decided", "replied")])
