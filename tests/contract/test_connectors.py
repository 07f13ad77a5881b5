"""What every connector folder promises. A new folder is tested by being there, before anybody writes a test."""

import copy
import dataclasses
import json
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest
import yaml
from contract_signing import CONNECTORS
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from laws import STEADY, law

import rules.errors
from connectors.base import Installation, read_json
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import EventKind, TicketEvent

RECEIVED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
INSTALLATION = Installation("acme", "pt-BR")
HEADINGS = ["Setup", "Events", "Permissions", "Limits", "Remove"]
CHECKLIST = {
    "signature-on-raw-bytes",
    "constant-time-comparison",
    "replay-window",
    "delivery-key",
    "fixture-for-every-event",
    "named-errors",
    "own-notes-recognised",
    "note-posted-once",
    "rate-limits-honoured",
    "least-permission-documented",
    "checked-against-the-real-helpdesk",
    "documented-for-admins",
    "unverified",
}


def plain(value):
    """Return events as JSON has them, what is not said left out."""
    if dataclasses.is_dataclass(value):
        pairs = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: each for name, each in pairs.items() if each not in (None, [], {})}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, frozenset):
        return sorted(value)
    return [plain(each) for each in value] if isinstance(value, tuple | list) else value


def fixtures(kind: str):
    for name in CONNECTORS:
        for path in sorted((CONNECTORS[name].folder / "fixtures").glob("*.json")):
            is_payload = path.name.count(".") == 1
            if is_payload and path.stem.startswith("bad_") == (kind == "bad"):
                yield pytest.param(name, path, id=f"{name}:{path.stem}")


GOOD, BAD = list(fixtures("good")), list(fixtures("bad"))


def parse(name: str, payload):
    return CONNECTORS[name].module.parse(payload, INSTALLATION, RECEIVED_AT)


@pytest.mark.parametrize(("name", "path"), GOOD)
def test_parse_turns_a_fixture_into_the_events_beside_it(name, path):
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))

    assert [plain(event) for event in parse(name, read_json(path.read_bytes()))] == expected


@pytest.mark.parametrize(("name", "path"), GOOD)
def test_parse_is_pure(name, path):
    payload = read_json(path.read_bytes())
    untouched = copy.deepcopy(payload)

    assert parse(name, payload) == parse(name, payload)
    assert payload == untouched


@pytest.mark.parametrize(("name", "path"), GOOD)
def test_parse_gives_events_the_store_can_hold(name, path):
    events = parse(name, read_json(path.read_bytes()))
    ids = [event.id for event in events]

    assert events
    assert len(set(ids)) == len(ids)
    assert len({event.ticket_id for event in events}) == 1
    for event in events:
        assert event.occurred_at.utcoffset().total_seconds() == 0
        assert 0 < len(event.id) <= 200
        for message in event.messages:
            assert message.note_ref is None or message.note_ref in message.body


@pytest.mark.parametrize(("name", "path"), BAD)
def test_parse_names_what_is_wrong_with_a_bad_fixture(name, path):
    error, _, message = path.with_suffix(".error.txt").read_text("utf-8").strip().partition(": ")
    with pytest.raises(getattr(rules.errors, error)) as caught:
        parse(name, read_json(path.read_bytes()))

    assert str(caught.value) == message


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_has_a_fixture_for_every_declared_event_and_none_besides(name):
    stems = {path.values[1].stem.partition("__")[0] for path in GOOD if path.values[0] == name}

    assert stems == {event.replace(".", "_") for event in CONNECTORS[name].manifest.event_types}


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_has_a_bad_fixture_for_a_payload_and_for_an_unknown_event_or_shape(name):
    errors = [
        path.read_text("utf-8").partition(":")[0]
        for path in (CONNECTORS[name].folder / "fixtures").glob("bad_*.error.txt")
    ]

    assert "PayloadInvalid" in errors
    assert len(errors) >= 5


@pytest.mark.parametrize("name", CONNECTORS)
def test_folder_shows_a_note_of_our_own_that_comes_back_and_says_nothing_else(name):
    payloads = [path.values[1] for path in GOOD if path.values[0] == name]
    events = [event for path in payloads for event in parse(name, read_json(path.read_bytes()))]
    own = [event for event in events if any(message.note_ref for message in event.messages)]

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


@pytest.mark.parametrize("name", CONNECTORS)
def test_quality_answers_every_point_and_says_why_not(name):
    quality = yaml.safe_load((CONNECTORS[name].folder / "quality.yml").read_text("utf-8"))

    assert quality.keys() == CHECKLIST
    for point, answer in quality.items():
        if point == "unverified":
            assert all(isinstance(each, str) and len(each) > 10 for each in answer)
        elif answer != "done":
            assert answer.keys() == {"status", "comment"}
            assert answer["status"] in {"todo", "exempt"}
            assert len(answer["comment"]) > 10


@pytest.mark.parametrize("name", CONNECTORS)
def test_sidebar_may_be_framed_by_its_own_host_only(name):
    installation = Installation("acme", "en", api_url="https://desk.example.org:8443/base")
    host = CONNECTORS[name].module.sidebar(installation)

    assert host.frame_ancestors
    for source in host.frame_ancestors:
        assert source.startswith("https://")
        assert source != "https://*"
    assert all("{" not in source for source in host.frame_ancestors)


@pytest.mark.parametrize("name", CONNECTORS)
def test_client_needs_an_address(name):
    assert CONNECTORS[name].module.client(Installation("acme", "en")) is None


NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "0", "\ud800", "x" * 3_000, "2026-03-02T15:00:00", "zen:event-type:ticket.created", "<p>"]
    ),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "type", "current", "comment"]), st.none(), max_size=2),
)


def places(value, path=()):
    """Yield the path of every value within a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from places(child, (*path, key))


@pytest.mark.parametrize(("name", "path"), GOOD)
@law(
    quick=6,
    thorough=40,
    profile=settings(STEADY, suppress_health_check=[HealthCheck.too_slow]),
    data=st.data(),
)
def test_parse_survives_any_change_of_a_payload(name, path, data):
    """Whatever stands where: events, or an error that says what is wrong. (Drawing from a payload's paths is slow.)"""
    payload = read_json(path.read_bytes())
    for place in data.draw(st.lists(st.sampled_from(list(places(payload))[1:]), min_size=1, max_size=3)):
        holder = payload
        try:
            for key in place[:-1]:
                holder = holder[key]
            if data.draw(st.booleans()):
                holder[place[-1]] = data.draw(NASTY)
            else:
                del holder[place[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away

    try:
        events = parse(name, payload)
    except (PayloadInvalid, EventUnsupported):
        events = []

    assert all(isinstance(event, TicketEvent) for event in events)


@pytest.mark.parametrize("name", CONNECTORS)
@law(
    quick=20,
    thorough=100,
    payload=st.recursive(NASTY, lambda inner: st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8),
)
def test_parse_survives_any_payload(name, payload):
    with pytest.raises((PayloadInvalid, EventUnsupported)):
        parse(name, payload)


@pytest.mark.parametrize("name", CONNECTORS)
def test_fixtures_are_text_a_reader_can_follow(name):
    for path in (CONNECTORS[name].folder / "fixtures").glob("*.*"):
        assert path.stat().st_size < 20_000
        assert Path(path).read_text("utf-8").endswith("\n")
