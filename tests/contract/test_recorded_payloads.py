"""Payloads that others recorded come through, or fail by a name.

They are no part of the project: where they are absent, all is skipped.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.base import Installation, read_json
from connectors.registry import discover
from rules.errors import ConnectorError
from rules.model import EventKind

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "fixtures"
FOLDERS = {"zendesk": "zendesk", "django_helpdesk": "django-helpdesk"}
RECEIVED_AT = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
ABSENT = f"no recorded payloads: the folder {RECORDED} is not on this machine"


def recorded():
    for name, folder in FOLDERS.items():
        for path in sorted((RECORDED / folder).glob("*.json")):
            yield pytest.param(name, path, id=f"{name}:{path.stem}")


CASES = list(recorded()) or [pytest.param(None, None, id="absent", marks=pytest.mark.skip(reason=ABSENT))]


def body_of(path: Path) -> bytes:
    """Return the body; a capture keeps it with its method, path and headers."""
    raw = json.loads(path.read_bytes())
    return json.dumps(raw["body"]).encode() if {"method", "body"} <= raw.keys() else path.read_bytes()


def parse(name: str, path: Path):
    module = discover()[name].module
    return module.parse(read_json(body_of(path)), Installation("acme", "en"), RECEIVED_AT)


@pytest.mark.parametrize(("name", "path"), CASES)
def test_recorded_payload_comes_through_or_fails_by_name(name, path):
    """A file that is no webhook (an API's list) is refused, not misread."""
    if "list" in path.stem:
        with pytest.raises(ConnectorError):
            parse(name, path)
        return

    assert any(event.requester is not None for event in parse(name, path))


@pytest.mark.skipif(not (RECORDED / "django-helpdesk").is_dir(), reason=ABSENT)
def test_recorded_follow_ups_keep_their_ids_and_the_customers_subject():
    folder = RECORDED / "django-helpdesk"
    names = ["01-new-ticket.json", "02-followup.json", "05-followup.json"]
    deliveries = [parse("django_helpdesk", folder / name) for name in names]
    by_id = {event.id: event for events in deliveries for event in events}
    subjects = [event.changes.subject for event in sorted(by_id.values(), key=lambda each: each.occurred_at)]

    assert [key for key in by_id if key.startswith("followup:")] == ["followup:1", "followup:2", "followup:5"]
    assert [subject for subject in subjects if subject][-1].startswith("R")
    assert by_id["followup:1"].kind is EventKind.OPENED
    for events in deliveries:
        assert all(by_id[event.id] == event for event in events)
