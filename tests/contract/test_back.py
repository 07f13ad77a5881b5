"""What a connector writes back: once, only what it declares, and never over what a colleague did meanwhile."""

import contextlib
import re

import pytest
from contract_desks import DeskServer
from contract_openapi import ABSENT, DESCRIBED, FOLDER, faults
from contract_signing import CONNECTORS, brought

from connectors.base import CAPABILITIES, Installation, Note, Resource
from connectors.budget import Budget, Rate
from plugin.outbox.orders import carry_out
from plugin.store.outbox import LeasedOrder
from rules.errors import HelpdeskBusy, HelpdeskFailed

REF, OTHER = "sc_0123456789abcdef0123", "sc_ffffffffffffffffffff"
TEXT = f"Ana aceitou: registrar o cancelamento do #12, 100 % < sem multa & com protocolo.\n{REF}"
WRITING = [
    name
    for name, loaded in CONNECTORS.items()
    # what an answer to a webhook carries alone is shown by fixtures (test_connectors.py)
    if loaded.manifest.back and (brought(name, "desk") is not None or loaded.hook("reply") is None)
]
METHODS = {method for methods in CAPABILITIES.values() for method in methods}


def doing(capability: str) -> list[str]:
    return [name for name in WRITING if capability in CONNECTORS[name].manifest.back]


@pytest.fixture(scope="module")
def server():
    made = DeskServer()
    yield made
    made.close()


@pytest.fixture
def open_desk(server):
    """Return a function that starts a folder's fake helpdesk; what it was asked is held to the vendor's description."""
    opened = []

    def start(name):
        running = server.open(brought(name, "desk"))
        opened.append((name, running))
        return running, client_of(name, running)

    yield start
    for name, running in opened:
        if name in DESCRIBED and FOLDER.is_dir():
            left_out = running.module.get("UNDESCRIBED", ())
            described = [each for each in running.asked if (each.method, each.path) not in left_out]
            for asked in (each for each in described if "%" not in each.path):  # no hostile ids
                assert [*faults(name, asked.method, asked.path, dict(asked.query), asked.body)] == []


def client_of(name, running, budget=None):
    return CONNECTORS[name].module.client(running.installation(budget))


def order(running, kind, content, attempts=1):
    return LeasedOrder(REF, 1, running.ticket, kind, content, attempts)


def every_write(name, running):
    """Return one order for each of a connector's capabilities."""
    module = running.module
    contents = {
        "note": {"text": TEXT},
        "edit_note": {"note": REF, "text": TEXT},
        "tags": {"add": ["sidecue_success"], "remove": ["sidecue_support"]},
        "fields": {"name": module.get("FIELD"), "value": module.get("VALUE")},
        "assign": {"group": module.get("GROUP"), "assignee": module.get("ASSIGNEE")},
    }
    return [order(running, kind, contents[kind]) for kind in CONNECTORS[name].manifest.back]


@pytest.mark.parametrize("name", WRITING)
def test_folder_brings_a_fake_helpdesk_to_write_to(name):
    """fixtures/desk_<name>.py, written from the vendor's documents: without it nothing would prove the client."""
    assert brought(name, "desk") is not None


@pytest.mark.parametrize("name", WRITING)
def test_client_does_what_is_declared_and_nothing_else(name, open_desk):
    _, client = open_desk(name)
    declared = {method for capability in CONNECTORS[name].manifest.back for method in CAPABILITIES[capability]}

    assert {method for method in METHODS if hasattr(client, method)} == declared
    assert hasattr(client, "fetch") == (CONNECTORS[name].hook("hydrate") is not None)


@pytest.mark.parametrize("name", doing("note"))
def test_note_is_on_the_ticket_as_it_was_written_and_is_found(name, open_desk):
    running, client = open_desk(name)
    before = client.has_note(running.ticket, REF)
    client.post_note(running.ticket, Note(REF, TEXT))

    (kept,) = running.desk.notes(running.ticket)
    assert kept.endswith(REF)
    assert re.sub(r"\W", "", kept) == re.sub(r"\W", "", TEXT)
    assert not before
    assert not client.has_note(running.ticket, OTHER)


@pytest.mark.parametrize("name", doing("note"))
def test_note_whose_answer_was_lost_is_not_posted_again(name, open_desk):
    """Each of the requests in turn is carried out, and its answer lost on the way back."""
    running, client = open_desk(name)
    carry_out(client, order(running, "note", {"text": TEXT}))
    calls = len(running.asked)
    for lost in range(1, calls + 1):
        running.desk, begun = running.module["Desk"](), len(running.asked)

        def lose(number, wanted=begun + lost):
            running.faults = [(502, {}, True)] if number == wanted else []

        running.meanwhile = lose
        with pytest.raises(HelpdeskFailed):
            carry_out(client, order(running, "note", {"text": TEXT}))
        running.meanwhile = lambda _: None
        carry_out(client, order(running, "note", {"text": TEXT}, attempts=2))

        assert len(running.desk.notes(running.ticket)) == 1


@pytest.mark.parametrize("name", doing("edit_note"))
def test_note_that_is_edited_stays_one(name, open_desk):
    running, client = open_desk(name)
    for words in ("primeira", "segunda", "segunda"):
        client.edit_note(running.ticket, Note(REF, f"{words}\n{REF}"))

    (kept,) = running.desk.notes(running.ticket)
    assert "segunda" in kept
    assert "primeira" not in kept


@pytest.mark.parametrize("name", doing("tags"))
def test_tags_are_added_and_removed_and_the_others_stay(name, open_desk):
    running, client = open_desk(name)
    running.desk.tag(running.ticket, {"vip", "sidecue_support"}, set())
    for _ in range(2):
        client.change_tags(running.ticket, add={"sidecue_success"}, remove={"sidecue_support", "never_there"})

    assert {"vip", "sidecue_success"} <= running.desk.tags(running.ticket)
    assert "sidecue_support" not in running.desk.tags(running.ticket)


@pytest.mark.parametrize("name", doing("tags"))
def test_tags_that_colleagues_change_at_the_same_time_are_not_lost(name, open_desk):
    """A colleague adds one and removes one before each of our requests in turn, and once after the last."""
    running, client = open_desk(name)

    def trial(moment):
        running.desk = running.module["Desk"]()
        running.desk.tag(running.ticket, {"vip", "billing", "sidecue_support"}, set())
        begun = len(running.asked)

        def meanwhile(number):
            if number - begun == moment:
                running.desk.tag(running.ticket, {"urgent"}, {"billing"})

        running.meanwhile = meanwhile
        client.change_tags(running.ticket, add={"sidecue_success"}, remove={"sidecue_support"})
        running.meanwhile = lambda _: None
        return len(running.asked) - begun

    calls = trial(0)
    for moment in range(1, calls + 1):
        trial(moment)
        assert running.desk.tags(running.ticket) == {"vip", "urgent", "sidecue_success"}, f"before request {moment}"


@pytest.mark.parametrize("name", doing("fields"))
def test_field_is_set_and_set_again(name, open_desk):
    running, client = open_desk(name)
    for _ in range(2):
        client.set_field(running.ticket, running.module["FIELD"], running.module["VALUE"])

    assert running.desk.field(running.ticket, running.module["FIELD"]) == running.module["VALUE"]


@pytest.mark.parametrize("name", doing("assign"))
def test_ticket_is_given_to_a_group_or_a_person(name, open_desk):
    running, client = open_desk(name)
    group, assignee = running.module["GROUP"], running.module["ASSIGNEE"]
    if group is not None:
        client.assign(running.ticket, group=group)
        assert running.desk.given_to(running.ticket)[0] == group
    if assignee is not None:
        client.assign(running.ticket, assignee=assignee)
        assert running.desk.given_to(running.ticket) == (group, assignee)


@pytest.mark.parametrize("name", WRITING)
def test_a_pause_that_is_asked_for_is_told_by_every_write(name, open_desk):
    running, client = open_desk(name)
    for each in every_write(name, running):
        running.faults = [(429, {"Retry-After": "37"}, False)]
        with pytest.raises(HelpdeskBusy) as caught:
            carry_out(client, each)
        assert caught.value.retry_after == 37
        running.faults = []


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize(("status", "retryable"), [(401, False), (403, False), (422, False), (302, False), (500, True)])
def test_a_refusal_is_told_without_credentials_by_every_write(name, open_desk, status, retryable):
    running, client = open_desk(name)
    for each in every_write(name, running):
        asked = len(running.asked)
        running.faults = [(status, {"Location": "https://elsewhere.example.org/"}, False)]
        with pytest.raises(HelpdeskFailed) as caught:
            carry_out(client, each)
        told = f"{caught.value!s} {caught.value!r} {client!r}"
        assert caught.value.retryable is retryable
        assert running.module["API_TOKEN"].rpartition(":")[2] not in told
        assert len(running.asked) == asked + 1
        running.faults = []


@pytest.mark.parametrize("name", WRITING)
def test_a_ticket_id_never_becomes_another_address(name, open_desk):
    running, client = open_desk(name)
    for each in every_write(name, running):
        hostile = LeasedOrder(each.ref, 1, "9/../../users?role=admin#", each.kind, each.content, 1)
        with contextlib.suppress(HelpdeskFailed):
            carry_out(client, hostile)
        for asked in running.asked:
            assert "/users" not in asked.path
            assert "role" not in asked.query


@pytest.mark.parametrize("name", WRITING)
def test_every_request_counts_against_the_tenants_budget(name, open_desk):
    running, _ = open_desk(name)
    for each in every_write(name, running):
        client = client_of(name, running, Budget(Rate(1, 60.0, "https://vendor.example/limits"), lambda: 0.0))
        begun = len(running.asked)
        with pytest.raises(HelpdeskBusy, match="may be asked 1 times"):
            [carry_out(client, each) for _ in range(2)]
        assert len(running.asked) - begun == 1


@pytest.mark.parametrize("name", WRITING)
def test_client_calls_no_host_but_its_own(name):
    loaded, module = CONNECTORS[name], brought(name, "desk")
    if "{api_url}" in loaded.manifest.allowed_hosts:
        return
    elsewhere = Installation(
        "acme", "en", "https://desk.example.org", module["API_TOKEN"], settings=module.get("SETTINGS", {})
    )
    with pytest.raises(HelpdeskFailed, match="may call"):
        loaded.module.client(elsewhere).post_note("1", Note(REF, TEXT))


@pytest.mark.parametrize("name", [name for name in WRITING if CONNECTORS[name].hook("hydrate")])
def test_a_document_that_is_not_there_is_none(name, open_desk):
    running, client = open_desk(name)

    assert client.fetch(Resource("x", "/any")) is None
    assert running.asked[-1].path == "/any"


@pytest.mark.parametrize("name", [name for name in DESCRIBED if name in CONNECTORS])
def test_vendors_description_is_there_to_hold_requests_against(name):
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)
    assert all((FOLDER / each).is_file() for each in DESCRIBED[name])
