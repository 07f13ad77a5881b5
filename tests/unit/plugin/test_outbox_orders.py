"""What is ordered at the helpdesk when something is decided or said: what was asked for, once, and the newest."""

from dataclasses import replace
from datetime import timedelta

import pytest
from plugin_cases import Clock, commented, deliver, new_app, new_services, new_tenant, opened

from connectors.registry import discover
from plugin.feedback import NOTE_AFTER, Said, Voice, correct, record
from plugin.outbox.orders import SETTLES_AFTER, handed_over
from plugin.outbox.ways import way_of
from plugin.store import decisions, outbox
from plugin.store.errors import UndoTooLate
from plugin.store.tenants import Back
from rules.model import Function
from rules.text import Text

NO_ANSWER = Text("sem resposta", "no answer")
API = {"api_url": "http://127.0.0.1:9", "api_token": "a:b"}


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    yield made
    made.store.close()


@pytest.fixture
def client(services):
    return new_app(services).test_client()


def tenant_with(services, connector="zendesk", **back):
    return new_tenant(services, connector=connector, back=Back(**back), **API)


def told(services, client, *payloads):
    for payload in payloads:
        assert deliver(client, payload, at=services.now()).status_code == 202
    services.worker.drain()


def waiting(services, *, after=timedelta(0)):
    """Take what is due in turn, as the sender does, and leave it done."""
    found = []
    services.now.move(seconds=after.total_seconds())
    while True:
        with services.store.write() as connection:
            leased = outbox.lease(connection, "me", services.now(), 1)
            for order in leased:
                outbox.sent(connection, order.ref, services.now())
        if not leased:
            return found
        found += [(order.kind, dict(order.content)) for order in leased]


def current(services, tenant, ticket="7"):
    with services.store.read() as connection:
        return decisions.current(connection, tenant.id, ticket)


OTHERS = {
    "success": ["sidecue_account_management", "sidecue_support"],
    "support": ["sidecue_account_management", "sidecue_success"],
}


def tag(function):
    return ("tags", {"add": [f"sidecue_{function}"], "remove": OTHERS[function]})


def test_nothing_is_ordered_that_the_tenant_did_not_ask_for(services, client):
    tenant_with(services)
    told(services, client, opened())

    assert waiting(services, after=timedelta(minutes=1)) == []


def test_tag_and_field_say_whose_work_it_is_once_for_as_long_as_that_stays(services, client):
    tenant_with(services, tags=True, field_name="360001")
    told(services, client, opened())
    first = waiting(services)
    told(services, client, commented(words="Quero mesmo cancelar"))
    again = waiting(services)
    told(services, client, opened(event="ev-3", words="O sistema está fora do ar", ticket="8"))

    assert sorted(first) == sorted([tag("success"), ("fields", {"name": "360001", "value": "success"})])
    assert again == []
    assert tag("support") in waiting(services)


def test_a_correction_is_ordered_after_the_undo_and_the_newest_one_alone(services, client):
    tenant = tenant_with(services, tags=True)
    told(services, client, opened())
    assert waiting(services) == [tag("success")]
    voice, decision = Voice(tenant, "7", "Bruna"), current(services, tenant).id
    correct(services, voice, decision, Function.SUPPORT)
    at_once = waiting(services)
    correct(services, voice, decision, None)
    correct(services, voice, decision, Function.SUPPORT)

    assert at_once == []
    assert waiting(services, after=NOTE_AFTER) == [tag("support")]


def test_a_correction_that_is_taken_back_at_once_changes_nothing_in_the_end(services, client):
    tenant = tenant_with(services, tags=True)
    told(services, client, opened())
    waiting(services)
    voice, decision = Voice(tenant, "7", "Bruna"), current(services, tenant).id
    correct(services, voice, decision, Function.SUPPORT)
    correct(services, voice, decision, None)

    assert waiting(services, after=NOTE_AFTER) in ([], [tag("success")])


def fail_what_is_due(services, *, again_after):
    """Have everything that is due tried without success, as by a helpdesk that is down."""
    with services.store.write() as connection:
        tried = [outbox.lease(connection, "me", services.now(), 1)]
        for order in tried[0]:
            outbox.fail(connection, order.ref, NO_ANSWER, services.now() + again_after)
    return [(order.kind, dict(order.content)) for order in tried[0]]


def test_what_failed_before_is_not_tried_again_after_what_was_ordered_later(services, client):
    """The helpdesk was down while the ticket became somebody else's: the old tag must not come last."""
    tenant_with(services, tags=True)
    told(services, client, opened())
    assert fail_what_is_due(services, again_after=timedelta(hours=1)) == [tag("success")]
    told(services, client, commented(words="O sistema está fora do ar", event="ev-9", comment="c-9"))

    assert waiting(services) == [tag("support")]
    assert waiting(services, after=timedelta(hours=2)) == []


def test_what_is_on_its_way_is_waited_for_and_not_tried_again_after_what_was_ordered_meanwhile(services, client):
    tenant_with(services, tags=True)
    told(services, client, opened())
    with services.store.write() as connection:
        (on_its_way,) = outbox.lease(connection, "me", services.now(), 1)
    told(services, client, commented(words="O sistema está fora do ar", event="ev-9", comment="c-9"))
    meanwhile = waiting(services)
    with services.store.write() as connection:
        outbox.fail(connection, on_its_way.ref, NO_ANSWER, services.now() + timedelta(hours=1))

    assert meanwhile == []
    assert waiting(services) == [tag("support")]
    assert waiting(services, after=timedelta(hours=2)) == []


def test_a_ticket_handed_over_twice_ends_in_the_group_of_the_second_time(services, client):
    tenant = tenant_with(services, groups={"support": "77", "success": "88"})
    way = way_of(tenant, services.connectors[tenant.connector])

    def hand_over(to, recommendation):
        with services.store.write() as connection:
            assert handed_over(connection, tenant, way, "7", to, recommendation, services.now())

    hand_over(Function.SUPPORT, "first")
    assert fail_what_is_due(services, again_after=timedelta(hours=1)) == [("assign", {"group": "77"})]
    hand_over(Function.SUCCESS, "second")

    assert waiting(services) == [("assign", {"group": "88"})]
    assert waiting(services, after=timedelta(hours=2)) == []


def test_a_ticket_handed_over_goes_to_the_group_of_that_function_unless_it_is_undone(services, client):
    tenant = tenant_with(services, groups={"support": "77"})
    told(services, client, opened())
    row = current(services, tenant).recommendations[0]
    voice = Voice(tenant, "7", "Bruna")
    record(services, voice, row.id, Said("handed_over", to=Function.SUPPORT))
    record(services, voice, row.id, Said("undone"))
    undone = waiting(services, after=NOTE_AFTER)
    record(services, voice, row.id, Said("handed_over", to=Function.ACCOUNT_MANAGEMENT))
    no_group = waiting(services, after=NOTE_AFTER)
    record(services, voice, row.id, Said("undone"))
    record(services, voice, row.id, Said("handed_over", to=Function.SUPPORT))
    ordered = waiting(services, after=NOTE_AFTER)

    assert (undone, no_group, ordered) == ([], [], [("assign", {"group": "77"})])
    with pytest.raises(UndoTooLate):
        record(services, voice, row.id, Said("undone"))


def test_accepting_leaves_no_note_where_notes_are_off(services, client):
    tenant = tenant_with(services, notes="off")
    told(services, client, opened())
    record(services, Voice(tenant, "7", "Bruna"), current(services, tenant).recommendations[0].id, Said("accepted"))

    assert waiting(services, after=NOTE_AFTER) == []


def test_a_note_about_the_decision_is_written_once_where_it_cannot_be_edited(services, client):
    tenant_with(services, notes="decided")
    told(services, client, opened())
    early = waiting(services)
    (first,) = waiting(services, after=SETTLES_AFTER)
    told(services, client, commented(words="E o sistema está fora do ar"))

    kind, content = first
    assert early == []
    assert kind == "note"
    assert content["text"].startswith("Recomendações do Sidecue para este chamado\nDe quem é: Sucesso")
    assert content["text"].endswith(content["note"])
    assert waiting(services, after=SETTLES_AFTER) == []


def test_a_note_about_the_decision_is_kept_true_where_it_can_be_edited(tmp_path):
    """One reference for the ticket's note; of a burst of decisions the last one alone is written."""
    zendesk = discover()["zendesk"]
    edits = replace(zendesk, manifest=replace(zendesk.manifest, back=("note", "edit_note")))
    services = new_services(tmp_path, Clock(), connectors={"zendesk": edits})
    client = new_app(services).test_client()
    tenant_with(services, notes="decided")
    told(services, client, opened())
    told(services, client, commented(words="E o sistema está fora do ar"))
    (first,) = waiting(services, after=SETTLES_AFTER)
    told(services, client, commented(words="Queremos mais usuários", event="ev-4", comment="c-4"))
    (second,) = waiting(services, after=SETTLES_AFTER)
    services.store.close()

    assert first[0] == second[0] == "edit_note"
    assert first[1]["note"] == second[1]["note"]
    assert first[1]["text"] != second[1]["text"]
    assert second[1]["text"].endswith(second[1]["note"])


def test_nothing_is_ordered_without_a_way_to_the_helpdesk(services, client):
    new_tenant(services, back=Back(tags=True, notes="decided"))
    told(services, client, opened())

    with services.store.read() as connection:
        assert sum(outbox.counts(connection).values()) == 0


def test_a_helpdesk_that_cannot_do_it_is_never_ordered_it(services, client):
    tenant_with(services, tags=True, field_name="x", notes="decided")
    desk = new_tenant(services, "desk", "django_helpdesk", back=Back(tags=True, field_name="x"), **API)
    told(services, client, opened())

    with services.store.read() as connection:
        kinds = connection.exec_driver_sql("SELECT kind FROM outbox WHERE tenant_id = ?", (desk.id,)).scalars().all()
    assert kinds == []
