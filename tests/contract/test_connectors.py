"""What every connector folder promises. A new folder is tested by being there, before anybody writes a test."""

import contextlib
import copy
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from contract_folders import (
    INSTALLATION,
    RECEIVED_AT,
    beside,
    delivery_of,
    events_of,
    every_body,
    parse,
    payloads,
    places,
    plain,
    stem_of,
)
from contract_signing import CONNECTORS
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from laws import STEADY, law
from told_in_both import is_told_in_both

import rules.errors
from connectors.base import Delivery, Installation, Order
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import Author, EventKind, TicketEvent

# What depends on a body's being JSON is held for mails in test_email.py.
HEADINGS = ["Setup", "Events", "Permissions", "Limits", "Remove"]
MARKUP = re.compile(r"</?(?:p|div|br|span|a|b|i|ul|li)\b[^>]*>", re.IGNORECASE)
IDS = re.compile(r"(?:^|_)id$|[a-z]Id$")
ELSEWHERE = timezone(timedelta(hours=-3))


def without_ids(events):
    """Return events without their own ids, which may be digests of what was sent."""
    return [plain(replace(event, id="")) for event in events]


def changed(path: Path, change) -> Delivery:
    """Return a fixture's delivery with every value replaced by `change(path, value)`, in body and documents."""

    def walk(value, place=()):
        if isinstance(value, dict):
            return {key: walk(child, (*place, key)) for key, child in value.items()}
        if isinstance(value, list):
            return [walk(child, (*place, index)) for index, child in enumerate(value)]
        return change(place, value)

    delivery = delivery_of(path)
    body = json.dumps(walk(json.loads(delivery.body)), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return replace(delivery, body=body, documents={name: walk(each) for name, each in delivery.documents.items()})


def settled(name: str, delivery: Delivery) -> list[TicketEvent]:
    """Return what a delivery becomes; of documents that it turns out to need, the helpdesk has none."""
    hydrate = CONNECTORS[name].hook("hydrate")
    for _ in range(6):
        missing = hydrate(delivery, INSTALLATION) if hydrate else ()
        if not missing:
            break
        delivery = replace(delivery, documents={**delivery.documents, **dict.fromkeys(each.name for each in missing)})
    return parse(name, delivery)


@every_body("good")
def test_parse_turns_a_fixture_into_the_events_beside_it(name, path):
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))

    assert [plain(event) for event in parse(name, delivery_of(path))] == expected


@every_body("good")
def test_parse_is_pure(name, path):
    delivery = delivery_of(path)
    documents = copy.deepcopy(delivery.documents)

    assert parse(name, delivery) == parse(name, delivery)
    assert delivery.documents == documents
    for kept in delivery.__dict__.keys() & {"payload", "batch"}:
        assert delivery.__dict__[kept] == json.loads(delivery.body)


@every_body("good")
def test_parse_needs_nothing_that_is_known_only_at_the_door(name, path):
    """It runs again later, on what was kept: the body, the headers without secrets, and when it came."""
    delivery = delivery_of(path)
    at_the_door = replace(delivery, path_secret="s3cret", method="PUT", url="https://sidecue.example.org/x")

    assert parse(name, at_the_door) == parse(name, delivery)


@every_body("good")
def test_hydrate_asks_for_what_parse_needs_and_for_nothing_else(name, path):
    hydrate, documents = CONNECTORS[name].hook("hydrate"), beside(path, "documents")
    delivery = replace(delivery_of(path), documents={})
    for _ in range(5):
        asked = hydrate(delivery, INSTALLATION) if hydrate else ()
        if not asked:
            break
        assert len({each.name for each in asked}) == len(asked)
        assert all(each.path.startswith("/") for each in asked)
        assert not {each.name for each in asked} & delivery.documents.keys()
        fetched = {each.name: documents[each.name] for each in asked}
        delivery = replace(delivery, documents={**delivery.documents, **fetched})

    assert delivery.documents == documents


@every_body("good")
def test_documents_that_are_nothing_like_the_helpdesks_are_refused_by_name(name, path):
    """An API behind a proxy may answer anything that is JSON."""
    delivery = delivery_of(path)
    for document in delivery.documents:
        for odd in (7, True, "login", {"message": "moved"}, [7]):
            told = replace(delivery, documents={**delivery.documents, document: odd})
            with contextlib.suppress(PayloadInvalid, EventUnsupported):
                settled(name, told)


@every_body("good")
def test_parse_gives_events_the_store_can_hold(name, path):
    events = parse(name, delivery_of(path))
    ids = [(event.ticket_id, event.id) for event in events]

    assert events
    assert len(set(ids)) == len(ids)
    for event in events:
        assert event.occurred_at.utcoffset().total_seconds() == 0
        assert 0 < len(event.id) <= 200
        assert event.requester is None or event.requester.external_id or event.requester.email or event.requester.phone
        for message in event.messages:
            assert message.note_ref is None or message.note_ref in message.body
            assert MARKUP.search(message.body) is None


@every_body("good", ".json")
def test_parse_takes_ids_as_texts_and_as_numbers(name, path):
    """Helpdesks change from one to the other between two versions of an API, and between two of their APIs."""

    def other_type(place, value):
        key = next((str(part) for part in reversed(place) if isinstance(part, str)), "")
        if not IDS.search(key):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return int(value) if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,17}", value) else value

    assert without_ids(settled(name, changed(path, other_type))) == without_ids(parse(name, delivery_of(path)))


@every_body("good", ".json")
def test_parse_reads_one_instant_in_whatever_zone_it_is_written(name, path):
    def moved(_, value):
        if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\dT", value):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            return value
        return value if instant.tzinfo is None else instant.astimezone(ELSEWHERE).isoformat()

    assert without_ids(settled(name, changed(path, moved))) == without_ids(parse(name, delivery_of(path)))


@every_body("good", ".json")
def test_parse_minds_no_key_that_it_does_not_know(name, path):
    """A vendor adds keys without asking. Where a foreign key is a sign of forgery, the error says so."""

    def grown(value):
        if isinstance(value, dict):
            return {**{key: grown(child) for key, child in value.items()}, "x_added_later": {"of": ["any", 1, None]}}
        return [grown(child) for child in value] if isinstance(value, list) else value

    delivery = delivery_of(path)
    documents = {name: grown(each) for name, each in delivery.documents.items()}
    try:
        events = settled(
            name, replace(delivery, body=json.dumps(grown(json.loads(delivery.body))).encode(), documents=documents)
        )
    except PayloadInvalid as error:
        assert "keys" in str(error)  # noqa: PT017 - the other way to keep the promise
        return

    assert without_ids(events) == without_ids(parse(name, delivery_of(path)))


@every_body("bad")
def test_parse_names_what_is_wrong_with_a_bad_fixture(name, path):
    error, _, message = path.with_suffix(".error.txt").read_text("utf-8").strip().partition(": ")
    with pytest.raises(getattr(rules.errors, error)) as caught:
        settled(name, delivery_of(path))

    assert str(caught.value) == message
    is_told_in_both(caught.value)


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_has_a_fixture_for_every_declared_event_and_none_besides(name):
    stems = {path.stem.partition("__")[0] for path in payloads(name, "good")}

    assert stems == {stem_of(event) for event in CONNECTORS[name].manifest.event_types}


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_has_a_bad_fixture_for_a_payload_and_for_an_unknown_event_or_shape(name):
    errors = [
        path.read_text("utf-8").partition(":")[0]
        for path in (CONNECTORS[name].folder / "fixtures").glob("bad_*.error.txt")
    ]

    assert "PayloadInvalid" in errors
    assert len(errors) >= 5


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_tells_customers_agents_and_ourselves_apart(name):
    events = events_of(name)
    said = [message for event in events for message in event.messages]
    own = [event for event in events if any(message.note_ref for message in event.messages)]

    assert any(message.public and message.author is Author.AGENT for message in said)
    assert any(message.public and message.author is Author.CUSTOMER for message in said)
    assert own
    assert all(event.kind is EventKind.NOTED and not plain(event.changes) for event in own)


@pytest.mark.parametrize("name", CONNECTORS)
def test_doc_leads_an_admin_from_setup_to_removal(name):
    text = (CONNECTORS[name].folder / "doc.md").read_text("utf-8")
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]

    assert headings == HEADINGS
    assert "sidecue tenants add" in text
    for event in CONNECTORS[name].manifest.event_types:
        assert f"`{event}`" in text
    for setting in CONNECTORS[name].manifest.settings:
        assert f"{setting.name}=" in text


@pytest.mark.parametrize("name", CONNECTORS)
def test_sidebar_may_be_framed_by_its_own_host_only(name):
    installation = Installation("acme", "en", api_url="https://desk.example.org:8443/base")
    host = CONNECTORS[name].module.sidebar(installation)

    for source in (*host.frame_ancestors, *host.origins, *([host.sdk] if host.sdk else [])):
        assert source.startswith("https://")
        assert source != "https://*"
        assert "{" not in source


@pytest.mark.parametrize("name", CONNECTORS)
def test_client_needs_an_address(name):
    assert CONNECTORS[name].module.client(Installation("acme", "en")) is None


HANDSHAKES = [
    pytest.param(name, path, id=f"{name}:{path.stem}")
    for name in CONNECTORS
    for path in sorted((CONNECTORS[name].folder / "fixtures").glob("handshake_*.json"))
]


@pytest.mark.parametrize(("name", "path"), HANDSHAKES)
def test_handshake_answers_as_its_fixture_says(name, path):
    told = json.loads(path.read_text("utf-8"))
    body = told["body"].encode() if isinstance(told["body"], str) else json.dumps(told["body"]).encode()
    delivery = Delivery(body, told["headers"], RECEIVED_AT, method=told["method"])
    reply = CONNECTORS[name].hook("handshake")(delivery, INSTALLATION)
    found = (
        None
        if reply is None
        else {"status": reply.status, "media_type": reply.media_type, "body": reply.body.decode("utf-8")}
    )

    assert found == told["reply"]


@pytest.mark.parametrize("name", CONNECTORS)
def test_handshake_has_fixtures_where_there_is_one_and_leaves_deliveries_alone(name):
    handshake = CONNECTORS[name].hook("handshake")
    shown = [case for case in HANDSHAKES if case.values[0] == name]

    assert bool(shown) == (handshake is not None)
    if handshake is not None:
        assert all(handshake(delivery_of(path), INSTALLATION) is None for path in payloads(name, "good"))


REPLIES = [
    pytest.param(name, path, id=f"{name}:{path.stem}")
    for name in CONNECTORS
    for path in sorted((CONNECTORS[name].folder / "fixtures").glob("reply_*.json"))
]


@pytest.mark.parametrize(("name", "path"), REPLIES)
def test_reply_carries_its_orders_as_its_fixture_says(name, path):
    told = json.loads(path.read_text("utf-8"))
    orders = [Order("sc_0123456789abcdef0123", each["kind"], "7", each["content"]) for each in told["orders"]]
    reply = CONNECTORS[name].hook("reply")(Delivery(b"{}", {}, RECEIVED_AT), orders)

    found = {"status": reply.status, "media_type": reply.media_type, "body": reply.body.decode("utf-8")}
    assert found == told["reply"]


@pytest.mark.parametrize("name", CONNECTORS)
def test_reply_has_a_fixture_for_everything_it_can_carry_and_for_nothing(name):
    shown = [json.loads(case.values[1].read_text("utf-8")) for case in REPLIES if case.values[0] == name]
    loaded = CONNECTORS[name]

    assert bool(shown) == (loaded.hook("reply") is not None)
    if shown:
        assert {order["kind"] for each in shown for order in each["orders"]} == set(loaded.manifest.back)
        assert any(not each["orders"] for each in shown)


NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "0", "\ud800", "x" * 3_000, "2026-03-02T15:00:00", "zen:event-type:ticket.created", "<p>"]
    ),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "type", "current", "comment"]), st.none(), max_size=2),
)


@pytest.mark.parametrize("name", [name for name in CONNECTORS if payloads(name, "good", ".json")])
@law(
    quick=20,
    thorough=200,
    profile=settings(STEADY, suppress_health_check=[HealthCheck.too_slow]),
    data=st.data(),
)
def test_parse_survives_any_change_of_a_payload(name, data):
    """Whatever stands where: events, or an error that says what is wrong. (Drawing from a payload's paths is slow.)"""
    delivery = delivery_of(data.draw(st.sampled_from(payloads(name, "good", ".json"))))
    told = {"body": json.loads(delivery.body), "documents": copy.deepcopy(dict(delivery.documents))}
    known = [place for place in places(told) if place not in ((), ("body",), ("documents",))]
    for place in data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3)):
        holder = told
        try:
            for key in place[:-1]:
                holder = holder[key]
            if data.draw(st.booleans()):
                holder[place[-1]] = data.draw(NASTY)
            elif place[:-1]:
                del holder[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away

    body = json.dumps(told["body"]).encode()
    try:
        events = settled(name, replace(delivery, body=body, documents=told["documents"]))
    except (PayloadInvalid, EventUnsupported):
        events = []

    assert all(isinstance(event, TicketEvent) for event in events)


@pytest.mark.parametrize("name", CONNECTORS)
@law(
    quick=8,
    thorough=40,
    payload=st.recursive(NASTY, lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8),
)
def test_parse_survives_any_payload(name, payload):
    body = json.dumps(payload).encode()
    try:
        events = settled(name, Delivery(body, {}, RECEIVED_AT))
    except (PayloadInvalid, EventUnsupported):
        events = []

    assert events == []


@pytest.mark.parametrize("name", CONNECTORS)
def test_fixtures_are_text_a_reader_can_follow(name):
    for path in (CONNECTORS[name].folder / "fixtures").rglob("*.*"):
        if "__pycache__" not in path.parts:
            assert path.stat().st_size < 20_000
            assert Path(path).read_text("utf-8").endswith("\n")
