import json
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from plugin.store import event_json
from rules.model import (
    Author,
    Channel,
    EventKind,
    Message,
    Priority,
    Requester,
    TicketChanges,
    TicketEvent,
    TicketStatus,
)

TEXT = st.text(max_size=20)
WHEN = st.datetimes(timezones=st.just(UTC))
MAYBE_TEXT = st.none() | TEXT
MESSAGES = st.builds(
    Message,
    id=TEXT,
    author=st.sampled_from(Author),
    body=TEXT,
    sent_at=WHEN,
    public=st.booleans(),
    note_ref=MAYBE_TEXT,
)
CHANGES = st.builds(
    TicketChanges,
    subject=MAYBE_TEXT,
    description=MAYBE_TEXT,
    status=st.none() | st.sampled_from(TicketStatus),
    priority=st.none() | st.sampled_from(Priority),
    channel=st.none() | st.sampled_from(Channel),
    language=MAYBE_TEXT,
    product=MAYBE_TEXT,
    plan_mentioned=MAYBE_TEXT,
    tags=st.none() | st.frozensets(TEXT, max_size=3),
    assignee=MAYBE_TEXT,
    group=MAYBE_TEXT,
    is_vip=st.none() | st.booleans(),
    csat=st.none() | st.integers(1, 5),
    opened_at=st.none() | WHEN,
)
REQUESTERS = st.builds(
    Requester, external_id=MAYBE_TEXT, name=MAYBE_TEXT, email=MAYBE_TEXT, phone=MAYBE_TEXT, locale=MAYBE_TEXT
)
EVENTS = st.builds(
    TicketEvent,
    id=TEXT,
    ticket_id=TEXT,
    kind=st.sampled_from(EventKind),
    occurred_at=WHEN,
    changes=CHANGES,
    requester=st.none() | REQUESTERS,
    messages=st.lists(MESSAGES, max_size=3).map(tuple),
)


@given(EVENTS)
def test_an_event_comes_back_from_json_as_it_was(event):
    encoded = json.loads(json.dumps(event_json.encode(event)))

    assert event_json.decode(event.id, event.ticket_id, event.kind.value, event.occurred_at, encoded) == event
