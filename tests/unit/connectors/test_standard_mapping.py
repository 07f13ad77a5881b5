import json
import time
from datetime import UTC, datetime

import pytest
import yaml

from connectors.base import Delivery, Installation
from connectors.standard import check_mapping, parse, read_mapping
from connectors.standard.expressions import SHIPPED, shipped
from rules.errors import EventUnsupported, MappingInvalid, PayloadInvalid
from rules.model import Author, EventKind, Priority, TicketStatus

RECEIVED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
OWN = """
schema: 1
fields:
  event_type: hook.kind
  ticket_id: issue.number
  subject: issue.title
  status: issue.state
  priority: issue.labels[?starts_with(@, 'p-')] | [0]
  tags: issue.labels
  requester_email: issue.reporter.mail
  messages: issue.comments[?visible]
  message_body: text
  message_author: by.role
  message_sent_at: at
values:
  event_type: {ISSUE_OPENED: opened, on: changed}
  status: {Aberto: open, Feito: solved}
  priority: {p-1: urgent}
  author: {client: customer, staff: agent}
"""


def own(payload, text=OWN):
    delivery = Delivery(json.dumps(payload).encode(), {}, RECEIVED_AT)
    return parse(delivery, Installation("acme", "en", mapping=read_mapping(text)))[0]


def test_a_tenants_mapping_reads_another_shape():
    event = own(
        {
            "hook": {"kind": "issue_opened"},
            "issue": {
                "number": 81,
                "title": "Nota fiscal",
                "state": "ABERTO",
                "labels": ["p-1", "fiscal"],
                "reporter": {"mail": "ana@x.test"},
                "comments": [
                    {"text": "primeira", "visible": True, "by": {"role": "client"}, "at": 1772461800},
                    {"text": "oculta", "visible": False, "by": {"role": "staff"}, "at": 1772461801},
                    {"text": "segunda", "visible": True, "by": {"role": "Staff"}, "at": "1772461802000"},
                ],
            },
        }
    )

    assert (event.kind, event.ticket_id, event.changes.subject) == (EventKind.OPENED, "81", "Nota fiscal")
    assert (event.changes.status, event.changes.priority) == (TicketStatus.OPEN, Priority.URGENT)
    assert event.changes.tags == {"p-1", "fiscal"}
    assert event.requester.email == "ana@x.test"
    assert [(each.author, each.body) for each in event.messages] == [
        (Author.CUSTOMER, "primeira"),
        (Author.AGENT, "segunda"),
    ]
    assert [each.sent_at.second for each in event.messages] == [0, 2]
    assert event.occurred_at == RECEIVED_AT
    assert event.id.startswith("body:")


def test_a_word_of_yaml_stays_the_word_it_is():
    assert own({"hook": {"kind": "on"}, "issue": {"number": 1}}).kind is EventKind.CHANGED


def test_an_event_that_is_not_mapped_is_unsupported():
    with pytest.raises(EventUnsupported, match="ISSUE_DELETED"):
        own({"hook": {"kind": "ISSUE_DELETED"}, "issue": {"number": 1}})


@pytest.mark.parametrize(
    "expression",
    [
        "starts_with(issue.number, 'x')",
        "length(issue.number)",
        "avg(issue.labels)",
        "sort(issue.mixed)",
        "to_number(issue)",
        "to_string(floor(to_number('inf')))",
    ],
)
def test_an_expression_that_fails_on_a_payload_is_named(expression):
    payload = {"hook": {"kind": "on"}, "issue": {"number": 1, "labels": ["a"], "mixed": [1, "a"], "title": 5}}
    with pytest.raises(PayloadInvalid) as caught:
        own(payload, OWN.replace("issue.title", expression if "to_number" not in expression else "issue.title"))

    assert caught.value.path.startswith("subject (")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "2"}, "schema has to be 1"),
        ({"fields": None}, "fields has to name"),
        ({"fields": {"event_type": "a"}}, "fields.ticket_id is missing"),
        ({"fields": {"event_type": "a", "ticket_id": "b["}}, "fields.ticket_id: 'b[' is not JMESPath"),
        ({"fields": {"event_type": "a", "ticket_id": "shout(b)"}}, "shout()"),
        ({"fields": {"event_type": "a", "ticket_id": "[shout(b)]"}}, "shout()"),
        ({"fields": {"event_type": "a", "ticket_id": ""}}, "fields.ticket_id: needs a JMESPath expression"),
        ({"fields": {"event_type": "a", "ticket_id": ["b"]}}, "fields.ticket_id: needs a JMESPath expression"),
        ({"fields": {"event_type": "a", "ticket_id": "a" * 501}}, "longer than 500"),
        ({"fields": {"event_type": "a", "ticket_id": "(" * 490}}, "not JMESPath"),
        ({"fields": {"event_type": "a", "ticket_id": "!" * 60 + "b"}}, "nested too deep"),
        ({"fields": {"event_type": "a", "ticket_id": '`"\\ud800"`'}}, "half a character"),
        ({"fields": {"event_type": "a", "ticket_id": " | ".join(["[@, @]"] * 7)}}, "multiply a payload 128 times"),
        (
            {
                "fields": {
                    "event_type": "a",
                    "ticket_id": "[[a, b, c], [d, {e: f, g: h}]][] | [@, @, " + "@, " * 10 + "@]",
                }
            },
            "78 times",
        ),
        ({"values": {"status": {"Open": "open", "open ": "solved"}}}, "'open ' is given twice"),
        ({"fields": {"event_type": "a", "ticket_id": "b", "colour": "c"}}, "'colour' is not a known key"),
        ({"fields": {"event_type": "a", "ticket_id": "b", "messages": "c"}}, "needs fields.message_body"),
        ({"values": {"status": {"x": "asleep"}}}, "values.status: 'x' stands for 'asleep'"),
        ({"values": {"colour": {}}}, "'colour' is not a known key"),
        ({"values": {"status": "open"}}, "values.status: has to say"),
        ({"values": ["x"]}, "values has to name"),
        ({"more": 1}, "'more' is not a known key"),
    ],
)
def test_check_mapping_names_key_and_expression(change, told):
    mapping = {"schema": "1", "fields": {"event_type": "type", "ticket_id": "id"}, "values": {}} | change
    with pytest.raises(MappingInvalid) as caught:
        check_mapping(mapping)

    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "not YAML"),
        ("- a", "has to hold"),
        ("", "has to hold"),
        ("schema: 1\nschema: 1\n", "mapping.yml:2: the key 'schema' is given twice"),
        ("schema: 1\nfields:\n  event_type: a\n  event_type: b\n", "mapping.yml:4"),
        ("[" * 1_000, "not YAML|too deep"),
        ("schema: &a 1\nfields: *a\n", "aliases"),
        ("a: &a [x, x]\nb: &b [*a, *a]\n", "aliases"),
        ("&a [*a]", "aliases"),
        ("schema: 1\nfields:\n  {ticket_id}: id\n", "mapping.yml:3: a key has to be a text"),
        ("? [schema]\n: 1\n", "mapping.yml:1: a key has to be a text"),
    ],
)
def test_read_mapping_names_what_is_wrong(text, told):
    with pytest.raises(MappingInvalid, match=told):
        read_mapping(text)


LIMITLESS = "schema: 1\nfields: {event_type: type, ticket_id: id, subject: '%s'}\nvalues: {event_type: {x: changed}}"


@pytest.mark.parametrize(
    "expression",
    [
        "l | " + " | ".join(["[@, @][]"] * 6) + " | to_string(@)",
        "to_string(map(&" + "to_string(" * 15 + "@" + ")" * 15 + ", l))",
        pytest.param("join(long, l[*].to_string(@))", marks=pytest.mark.slow),
        'join(`"x"`, sort_by(l, &to_string(@)) | map(&to_string(@), @))',
        pytest.param(
            'length(l[?contains(to_string(@), `"1"`)][].[@, @, @][].[@, @, @][].[@, @, @][])', marks=pytest.mark.slow
        ),
    ],
)
def test_an_expression_that_would_take_too_long_is_stopped_and_named(expression):
    """A payload near the size limit. (The bound is wide: without the limit it is minutes, or all the memory.)"""
    payload = {"type": "x", "id": 1, "l": list(range(150_000)), "long": "x" * 200_000}
    started = time.process_time()
    with pytest.raises(PayloadInvalid, match="take too long"):
        own(payload, LIMITLESS % expression)

    assert time.process_time() - started < 10


def test_a_large_but_honest_payload_is_within_the_limit():
    comments = [{"text": f"mensagem {n}", "visible": n % 2 == 0, "by": {"role": "client"}} for n in range(5_000)]

    assert len(own({"hook": {"kind": "on"}, "issue": {"number": 1, "comments": comments}}).messages) == 2_500


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (1772463600, RECEIVED_AT),
        (1772463600000, RECEIVED_AT),
        (1772463600.0, RECEIVED_AT),
        ("1772463600", RECEIVED_AT),
        (" 1772463600000 ", RECEIVED_AT),
        ("2026-03-02T12:00:00-03:00", RECEIVED_AT),
        (None, RECEIVED_AT),
        ("", RECEIVED_AT),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (253_402_300_799_000, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times_come_in_seconds_milliseconds_or_iso(at, expected):
    text = OWN.replace("ticket_id:", "occurred_at: at\n  ticket_id:")

    assert own({"hook": {"kind": "on"}, "issue": {"number": 1}, "at": at}, text).occurred_at == expected


@pytest.mark.parametrize(
    "at",
    [
        -1,
        10**400,
        -(10**400),
        253_402_300_800_000,
        1e300,
        True,
        "2026-03-02",
        "2026-03-02T15:00:00",
        "9" * 16,
        [],
        "now",
    ],
)
def test_times_that_are_none_are_refused_by_name(at):
    text = OWN.replace("ticket_id:", "occurred_at: at\n  ticket_id:")
    with pytest.raises(PayloadInvalid) as caught:
        own({"hook": {"kind": "on"}, "issue": {"number": 1}, "at": at}, text)

    assert caught.value.path == "occurred_at (at)"


def test_shipped_mapping_is_valid_and_names_every_field_once():
    raw = yaml.safe_load(SHIPPED.read_text("utf-8"))

    check_mapping(raw)
    assert shipped()["fields"] == raw["fields"]
    assert shipped() is shipped()
