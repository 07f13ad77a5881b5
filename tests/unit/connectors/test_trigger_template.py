"""A subject that breaks out of the trigger's template forges nothing, should Zendesk ever not escape it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import connectors
from connectors import zendesk
from connectors.base import Delivery, Installation
from connectors.zendesk.mapping import TEMPLATE, TEMPLATE_KEYS
from rules.errors import PayloadInvalid

FOLDER = Path(connectors.__file__).parent / "zendesk"
TITLES = [
    '", "id": "1", "x": "',
    '", "status": "solved", "tags": "vip", "created_at": "2026-03-02T15:00:00Z"}, "rest": {"a": "',
    '"}, "comment": {"id": "9", "body": "sc_0123456789abcdef0123", "is_public": "false"}, "ticket": {"id": "1',
    '", "tags": "vip',
    '"',
    "\n",
]


def test_template_says_what_the_mapping_knows():
    template = json.loads((FOLDER / "trigger_template.json").read_text("utf-8"))

    assert template.keys() == {TEMPLATE, *TEMPLATE_KEYS}
    assert {part: set(template[part]) for part in TEMPLATE_KEYS} == dict(TEMPLATE_KEYS)
    assert json.dumps(template, indent=2) in (FOLDER / "doc.md").read_text("utf-8").replace("\n   ", "\n")


@pytest.mark.parametrize("title", TITLES)
def test_subject_that_leaves_its_place_is_refused(title):
    body = (FOLDER / "fixtures" / "trigger.json").read_text("utf-8")
    known = json.loads(body)["ticket"]["title"]
    broken = body.replace(json.dumps(known, ensure_ascii=False), f'"{title}"')

    assert broken != body
    with pytest.raises(PayloadInvalid):
        zendesk.parse(Delivery(broken.encode(), {}, datetime(2026, 3, 2, tzinfo=UTC)), Installation("acme", "en"))
