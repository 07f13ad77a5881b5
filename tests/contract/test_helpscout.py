"""What Help Scout alone has: an app's id and secret for a token, threads that come apart, an event in a header."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from contract_folders import INSTALLATION, RECEIVED_AT, delivery_of, payloads

from connectors import helpscout
from connectors.base import Delivery, Installation, Note
from rules.errors import HelpdeskFailed, PayloadInvalid
from rules.folding import fold
from rules.model import EventKind, TicketStatus

REF = "sc_0123456789abcdef0123"


def fixture(stem):
    return delivery_of(next(path for path in payloads("helpscout", "good") if path.stem == stem))


def told(delivery, event=None, **changes):
    body = {**json.loads(delivery.body), **changes}
    headers = {"x-helpscout-event": event} if event else delivery.headers
    return replace(delivery, body=json.dumps(body).encode(), headers=headers)


@pytest.mark.parametrize("token", ["", "app-id-alone", None])
def test_token_that_is_no_app_and_secret_is_named_before_anything_is_sent(token):
    client = helpscout.client(Installation("acme", "en", "http://127.0.0.1:9", token))

    with pytest.raises(HelpdeskFailed, match="APP_ID:APP_SECRET"):
        client.post_note("123", Note(REF, REF))


def test_threads_that_nobody_could_fetch_say_what_the_tenant_needs():
    delivery = replace(fixture("convo_created__without_threads"), documents={})

    with pytest.raises(PayloadInvalid, match="--api-url"):
        helpscout.parse(delivery, INSTALLATION)


def test_closing_is_heard_when_our_note_is_the_newest_thread():
    delivery = told(fixture("convo_note_created__own_note"), "convo.status", status="closed")
    events = helpscout.parse(delivery, INSTALLATION)

    assert fold(events).status is TicketStatus.CLOSED
    assert [event.kind for event in helpscout.parse(fixture("convo_note_created__own_note"), INSTALLATION)] == [
        EventKind.NOTED
    ]


def test_of_two_states_with_one_time_the_later_received_counts():
    first = fixture("convo_assigned")
    later = replace(told(first, tags=[{"tag": "vip"}]), received_at=RECEIVED_AT + timedelta(seconds=1))
    earlier = told(first, tags=[{"tag": "billing"}])

    for order in ([earlier, later], [later, earlier]):
        events = [event for delivery in order for event in helpscout.parse(delivery, INSTALLATION)]
        assert fold(events).tags == {"vip"}


def test_event_in_the_header_changes_nothing_that_the_body_says():
    """It is not signed: whoever could change it must not be able to change what was said."""
    delivery = fixture("convo_customer_reply_created")
    for event in ("convo.created", "convo.tags", "convo.note.created"):
        altered = Delivery(delivery.body, {"x-helpscout-event": event}, RECEIVED_AT)

        assert helpscout.parse(altered, INSTALLATION) == helpscout.parse(delivery, INSTALLATION)
        assert helpscout.delivery_key(altered) == helpscout.delivery_key(delivery)
