"""Payloads that others recorded come through, or fail by a name.

They are no part of the project: where they are absent, all is skipped. What becomes of each stands in the connector's
`fixtures/recorded.json`, by the file's stem: the kinds of its events, or the name of the error.
"""

import json
from pathlib import Path

import pytest
from contract_folders import INSTALLATION, RECEIVED_AT
from contract_signing import CONNECTORS, brought

from connectors.base import Delivery
from rules.errors import ConnectorError
from rules.model import EventKind

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "fixtures"
ABSENT = f"no recorded payloads: the folder {RECORDED} is not on this machine"


def folder_of(name: str) -> Path:
    return RECORDED / name.replace("_", "-")


def recorded():
    for name in CONNECTORS:
        for path in sorted(folder_of(name).glob("*.json")):
            yield pytest.param(name, path, id=f"{name}:{path.stem}")


CASES = list(recorded()) or [pytest.param(None, None, id="absent", marks=pytest.mark.skip(reason=ABSENT))]


def delivery_of(name: str, path: Path) -> Delivery:
    """Return the delivery; a capture keeps the body with its method, path and headers.

    Where the body does not say what happened, `fixtures/recorded_<name>.py` offers `headers(stem)`.
    """
    raw = json.loads(path.read_bytes())
    captured = isinstance(raw, dict) and {"method", "body"} <= raw.keys()
    body = json.dumps(raw["body"]).encode() if captured else path.read_bytes()
    tells = brought(name, "recorded")
    return Delivery(body, tells["headers"](path.stem) if tells else {}, RECEIVED_AT)


def outcome(name: str, path: Path) -> object:
    delivery, hydrate = delivery_of(name, path), CONNECTORS[name].hook("hydrate")
    try:
        asked = hydrate(delivery, INSTALLATION) if hydrate else ()
        if asked:
            return [each.name for each in asked]
        return [event.kind.value for event in CONNECTORS[name].module.parse(delivery, INSTALLATION)]
    except ConnectorError as error:
        return type(error).__name__


@pytest.mark.parametrize(("name", "path"), CASES)
def test_recorded_payload_becomes_what_its_connector_says(name, path):
    told = json.loads((CONNECTORS[name].folder / "fixtures" / "recorded.json").read_text("utf-8"))

    assert outcome(name, path) == told[path.stem]


@pytest.mark.skipif(not RECORDED.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("name", CONNECTORS)
def test_recorded_json_names_every_recorded_payload_and_no_other(name):
    file = CONNECTORS[name].folder / "fixtures" / "recorded.json"
    told = json.loads(file.read_text("utf-8")) if file.exists() else {}

    assert told.keys() == {path.stem for path in folder_of(name).glob("*.json")}


@pytest.mark.skipif(not (RECORDED / "django-helpdesk").is_dir(), reason=ABSENT)
def test_recorded_follow_ups_keep_their_ids_and_the_customers_subject():
    folder, parse = RECORDED / "django-helpdesk", CONNECTORS["django_helpdesk"].module.parse
    names = ["01-new-ticket.json", "02-followup.json", "05-followup.json"]
    deliveries = [parse(delivery_of("django_helpdesk", folder / name), INSTALLATION) for name in names]
    by_id = {event.id: event for events in deliveries for event in events}
    subjects = [event.changes.subject for event in sorted(by_id.values(), key=lambda each: each.occurred_at)]

    assert [key for key in by_id if key.startswith("followup:")] == ["followup:1", "followup:2", "followup:5"]
    assert [subject for subject in subjects if subject][-1].startswith("R")
    assert by_id["followup:1"].kind is EventKind.OPENED
    for events in deliveries:
        assert all(by_id[event.id] == event for event in events)
