"""What Znuny is given to import fits what the connector reads; times without an offset; a tenant with an address."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from plugin_cases import START, Clock, new_app, new_services, new_tenant

from connectors import znuny
from connectors.base import Delivery, HostRequest, Installation
from connectors.proof import SECRET_HEADER
from connectors.registry import read_manifest
from connectors.znuny.mapping import EVENTS
from plugin.store.tenants import Back
from rules.errors import HostRequestInvalid, PayloadInvalid

FOLDER = Path(__file__).parents[3] / "connectors" / "znuny"
SECRET = "a-secret-of-the-znuny-long-enough-1"
WEBSERVICE = (FOLDER / "webservice.yml").read_text("utf-8")
CONFIG = yaml.safe_load(WEBSERVICE)
STORY = (FOLDER / "fixtures" / "story" / "1_opened.json").read_bytes()


def events(zone, body=STORY):
    settings = {} if zone is None else {"time_zone": zone}
    return znuny.parse(Delivery(body, {}, START), Installation("acme", "en", settings=settings))


def test_webservice_sends_the_events_that_are_read_and_no_other_from_the_background():
    told = CONFIG["Requester"]["Invoker"]["Sidecue"]["Events"]

    assert [each["Event"] for each in told] == sorted(EVENTS)
    assert set(read_manifest(FOLDER).event_types) == EVENTS
    assert {each["Asynchronous"] for each in told} == {"1"}


def test_webservice_brings_the_secret_to_the_tenants_address():
    transport = CONFIG["Requester"]["Transport"]
    config = transport["Config"]

    assert transport["Type"] == "HTTP::REST"
    assert config["AdditionalHeaders"] == {SECRET_HEADER: "SECRET"}
    assert config["InvokerControllerMapping"] == {"Sidecue": {"Command": "POST", "Controller": "/webhooks/znuny/acme"}}
    assert config["Host"] == "https://sidecue.example.org"
    assert (config["ContentType"], config["DefaultCommand"]) == ("JSON", "POST")
    assert CONFIG["Debugger"]["DebugThreshold"] == "error"


def test_every_value_of_the_webservice_that_perl_takes_for_a_text_is_one():
    """YAML would make numbers of them, and of Yes and No truth values; `IsStringWithData` wants texts."""

    def scalars(value):
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return [value] if children is None else [each for child in children for each in scalars(child)]

    assert {type(each) for each in scalars(CONFIG)} == {str}


def test_only_what_did_not_get_through_is_tried_again():
    """A directive that failed is not: its answer's other directives were carried out."""
    retry = CONFIG["Requester"]["ErrorHandling"]["Retry"]

    assert CONFIG["Requester"]["ErrorHandlingPriority"] == ["Retry"]
    assert retry["ErrorStageFilter"] == ["RequesterRequestPerform"]


def test_what_is_left_out_is_nothing_that_is_read():
    paths = CONFIG["Requester"]["Invoker"]["Sidecue"]["PayloadOmittedFields"]
    payload = json.loads((FOLDER / "fixtures" / "articlecreate.json").read_text("utf-8"))
    payload["Ticket"]["Article"]["Attachment"][1]["Content"] = "x" * 10
    for name in ("CreateByData", "CustomerCompany", "OwnerData", "QueueData"):
        payload["Ticket"][name] = {"Name": "x"}
    whole = events(None, json.dumps(payload).encode())
    for path in paths:
        _leave_out(payload, path.split("->"))

    assert events(None, json.dumps(payload).encode()) == whole
    assert "Content" not in payload["Ticket"]["Article"]["Attachment"][1]
    assert payload["Ticket"]["TicketID"]  # whom Znuny applies the answer to


def _leave_out(value, path):
    if isinstance(value, list):
        for each in value:
            _leave_out(each, path)
    elif path[0] in value:
        if len(path) == 1:
            del value[path[0]]
        else:
            _leave_out(value[path[0]], path[1:])


def test_document_shows_the_list_for_releases_that_read_it_from_the_system_configuration():
    (told,) = re.findall(r"^ +(OldTicketData;\S+)$", (FOLDER / "doc.md").read_text("utf-8"), re.MULTILINE)
    paths = CONFIG["Requester"]["Invoker"]["Sidecue"]["PayloadOmittedFields"]

    # There, paths begin below Event and Ticket.
    assert sorted(told.split(";")) == sorted(path.partition("->")[2] for path in paths)


def test_document_fills_in_each_mark_of_the_webservice_once():
    text = (FOLDER / "doc.md").read_text("utf-8")
    changes = re.findall(r"-e 's\|([^|]+)\|([^|]+)\|'", text)
    filled = WEBSERVICE
    for old, new in changes:
        assert WEBSERVICE.count(old) == 1
        filled = filled.replace(old, new)
    config = yaml.safe_load(filled)["Requester"]["Transport"]["Config"]

    assert config["Host"] == "https://SIDECUE"
    assert config["InvokerControllerMapping"]["Sidecue"]["Controller"] == "/webhooks/znuny/TENANT"
    assert config["AdditionalHeaders"][SECRET_HEADER] == "3odHU7I7"


@pytest.mark.parametrize(("zone", "hour"), [(None, 12), ("UTC", 12), ("America/Sao_Paulo", 15), ("Europe/Berlin", 11)])
def test_times_without_an_offset_are_in_the_time_zone_that_the_admin_told(zone, hour):
    opened, *_, state = events(zone)

    assert opened.occurred_at == state.occurred_at == datetime(2026, 3, 2, hour, tzinfo=UTC)


def test_articles_have_a_time_of_their_own_that_needs_no_zone():
    body = (FOLDER / "fixtures" / "story" / "2_agent_answers.json").read_bytes()
    said = {zone: [each for each in events(zone, body) if each.messages] for zone in ("UTC", "Asia/Kolkata")}

    assert said["UTC"] == said["Asia/Kolkata"]


@pytest.mark.parametrize("zone", ["Sao Paulo", "../UTC", "/etc/passwd", "America"])
def test_a_time_zone_that_is_none_is_named(zone):
    with pytest.raises(PayloadInvalid, match="setting time_zone is no time zone"):
        events(zone)


@pytest.mark.parametrize("ticket", [None, "", "x", "7 or 1", "\u0667"])
def test_link_without_a_ticket_is_refused(ticket):
    request = HostRequest("GET", "", {}, {"key": "k" * 30} | ({} if ticket is None else {"ticket": ticket}), {})

    with pytest.raises(HostRequestInvalid, match=r"\[% Data.TicketID"):
        znuny.open_sidebar(request, Installation("acme", "en", sidebar_keys=("k" * 30,)), START)


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


def test_a_tenant_with_an_address_is_answered_all_the_same_and_its_own_note_starts_nothing(services):
    """There is no client that an address could be for."""
    back = Back(notes="decided", field_name="Sidecue")
    new_tenant(services, "acme", "znuny", SECRET, api_url="https://znuny.acme.example", api_token="t", back=back)
    client, headers = new_app(services).test_client(), {"Content-Type": "application/json", SECRET_HEADER: SECRET}
    services.worker.start()
    try:
        first = client.post("/webhooks/znuny/acme", data=STORY, headers=headers).get_json()
        payload = json.loads(STORY)
        note = {"ArticleID": 402, "SenderType": "agent", "IsVisibleForCustomer": 0, "CreateTime": "2026-03-02 12:00:09"}
        note["Body"] = first["OTRS_TicketArticleAdd"]["Body"]
        payload["Event"]["ArticleID"] = note["ArticleID"]
        payload["Ticket"] |= {"Article": note, "Articles": [*payload["Ticket"]["Articles"], note]}
        again = client.post("/webhooks/znuny/acme", data=json.dumps(payload), headers=headers)
    finally:
        services.worker.ask_to_stop()
        services.worker.join(5)

    assert sorted(first) == ["OTRS_TicketArticleAdd", "OTRS_TicketDynamicFieldSet_Sidecue"]
    assert first["OTRS_TicketDynamicFieldSet_Sidecue"] == "support"
    assert (again.status_code, again.text) == (200, "{}")
