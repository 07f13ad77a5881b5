"""What Front alone has: previews whose events are fetched by routes that Front's own description knows."""

import json

import pytest
from contract_folders import INSTALLATION, RECEIVED_AT, delivery_of, payloads
from contract_openapi import ABSENT, FOLDER, faults

from connectors import front
from connectors.base import Delivery
from rules.errors import EventUnsupported, PayloadInvalid
from rules.model import EventKind

PREVIEWS = [path for path in payloads("front", "good") if delivery_of(path).documents]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_what_a_preview_lacks_is_fetched_by_routes_that_front_describes():
    for path in PREVIEWS:
        delivery, documents = Delivery(path.read_bytes(), {}, RECEIVED_AT), delivery_of(path).documents
        known = {}
        while asked := front.hydrate(delivery, INSTALLATION):
            for each in asked:
                assert [*faults("front", "GET", each.path, dict(each.query), None)] == []
                known[each.name] = documents[each.name]
            delivery = Delivery(path.read_bytes(), {}, RECEIVED_AT, documents=known)

        assert known.keys() == documents.keys()
    assert len(PREVIEWS) > 1


def test_preview_that_nobody_could_fetch_says_what_the_tenant_needs():
    with pytest.raises(PayloadInvalid, match="--api-url"):
        front.parse(Delivery(PREVIEWS[0].read_bytes(), {}, RECEIVED_AT), INSTALLATION)


def test_event_of_a_rule_that_is_not_used_is_not_fetched():
    body = json.dumps({"id": "evt_1", "type": "call_started", "emitted_at": 1, "conversation": {"id": "cnv_1"}})
    with pytest.raises(EventUnsupported, match="call_started"):
        front.hydrate(Delivery(body.encode(), {}, RECEIVED_AT), INSTALLATION)


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("Re: RES: Fwd: ENC: Contrato", "Contrato"),
        ("re : Contrato", "Contrato"),
        ("Rescisão: contrato", "Rescisão: contrato"),
        ("Re:", None),
        (" ", None),
    ],
)
def test_subject_is_the_one_the_conversation_began_with(subject, kept):
    told = json.loads(next(path for path in payloads("front", "good") if path.stem == "assign").read_bytes())
    told["conversation"]["subject"] = subject
    (event,) = front.parse(Delivery(json.dumps(told).encode(), {}, RECEIVED_AT), INSTALLATION)

    assert event.kind is EventKind.CHANGED
    assert event.changes.subject == kept
