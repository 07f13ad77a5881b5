"""The API: decisions, verdicts and corrections, and whose they are."""

from __future__ import annotations

import re
import time

import plugin_cases as plugin
import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import event

from plugin import sessions
from plugin.api.access import RENEW, TOKEN
from plugin.api.schemas import DecisionSchema, ProblemSchema
from plugin.feedback import NOTE_AFTER
from plugin.sessions import issue_token
from plugin.store import decisions, outbox

DECISION = "/api/v1/tickets/zendesk/acme/7/decision"


@pytest.fixture
def clock():
    return plugin.Clock()


@pytest.fixture
def here(tmp_path, clock):
    made = plugin.new_services(tmp_path, clock)
    yield made
    made.stop()


@pytest.fixture
def tenant(here):
    return plugin.new_tenant(here, api_url="http://127.0.0.1:9/api", api_token="a:b")


@pytest.fixture
def other(here):
    return plugin.new_tenant(here, "other", secret="another-secret-altogether-for-other")


@pytest.fixture
def client(here, tenant):
    return plugin.new_app(here).test_client()


@pytest.fixture
def decided(here, client, tenant):
    plugin.deliver(client, plugin.opened("7", "Quero cancelar o contrato"))
    here.worker.drain()
    with here.store.read() as connection:
        return decisions.current(connection, tenant.id, "7")


@pytest.fixture
def key(tenant):
    return {"Authorization": f"Bearer {tenant.api_key}"}


@pytest.fixture
def agent(here, tenant):
    return {"Authorization": f"Bearer {issue_token(here.settings, 'acme', '7', 'Bruna')}"}


def feedback(client, decided, headers, rank=1, **said):
    row = decided.recommendations[rank - 1]
    return client.post(f"/api/v1/recommendations/{row.id}/feedback", json=said, headers=headers)


def correction(client, decided, headers, **said):
    return client.post(f"/api/v1/decisions/{decided.id}/correction", json=said, headers=headers)


def notes(here):
    with here.store.read() as connection:
        return outbox.counts(connection)


def assert_problem(answer, status):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert not ProblemSchema(unknown="include").validate(answer.json)
    assert answer.json["status"] == status


# --- reading ------------------------------------------------------------------------------------


def test_decision_is_the_document_the_manual_describes(client, decided, key):
    answer = client.get(DECISION, headers=key)

    assert answer.status_code == 200
    assert not DecisionSchema().validate(answer.json)
    assert (answer.json["primary"], answer.json["ticket"], answer.json["id"]) == ("success", "7", decided.id)
    assert answer.json["recommendations"][0]["id"] == decided.recommendations[0].id
    assert answer.json["last_event"] == {"id": "ev-1", "kind": "opened"}
    assert answer.headers["ETag"] == f'"{answer.json["revision"]}"'


def test_decision_that_did_not_change_is_an_empty_304(client, decided, agent):
    etag = client.get(DECISION, headers=agent).headers["ETag"]

    same = client.get(DECISION, headers=agent | {"If-None-Match": etag})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)


def test_decision_that_did_not_change_costs_one_statement(here, client, decided, agent):
    etag = client.get(DECISION, headers=agent).headers["ETag"]
    asked = []
    event.listen(here.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    client.get(DECISION, headers=agent | {"If-None-Match": etag})

    assert [statement.split()[0] for statement in asked] == ["BEGIN", "SELECT"]


def test_decision_changes_with_a_follow_up(here, client, decided, agent):
    etag = client.get(DECISION, headers=agent).headers["ETag"]
    at = plugin.START.replace(minute=1)
    plugin.deliver(client, plugin.commented("7", "O sistema está fora do ar", at=at))
    here.worker.drain()

    answer = client.get(DECISION, headers=agent | {"If-None-Match": etag})

    assert answer.status_code == 200
    assert answer.json["last_event"] == {"id": "ev-2", "kind": "replied"}


def test_ticket_on_its_way_is_pending_for_a_sidebar_and_missing_for_a_program(here, client, tenant, key):
    path = "/api/v1/tickets/zendesk/acme/8/decision"
    token = {"Authorization": f"Bearer {issue_token(here.settings, 'acme', '8', 'Bruna')}"}

    waiting, missing = client.get(path, headers=token), client.get(path, headers=key)

    assert (waiting.status_code, waiting.json) == (202, {"status": "pending"})
    assert waiting.headers["Retry-After"] == "1"
    assert_problem(missing, 404)


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer nonsense", "Bearer é"])
def test_nobody_gets_in_without_a_credential(client, decided, header):
    headers = {"Authorization": header.encode("utf-8").decode("latin-1")} if header else {}

    answer = client.get(DECISION, headers=headers)

    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_key_of_another_tenant_opens_nothing(client, decided, other, key):
    theirs = {"Authorization": f"Bearer {other.api_key}"}

    assert_problem(client.get(DECISION, headers=theirs), 401)
    assert_problem(client.get("/api/v1/tickets/zendesk/other/7/decision", headers=key), 401)
    assert_problem(feedback(client, decided, theirs, verdict="accepted"), 404)
    assert_problem(correction(client, decided, theirs, primary="support"), 404)
    assert_problem(client.put("/api/v1/customers/acme/1", json={}, headers=theirs), 401)
    assert_problem(client.put("/api/v1/customers/other/1", json={}, headers=key), 401)


def test_token_opens_its_own_ticket_and_tenant_only(here, client, decided, other):
    for tenant, ticket, status in (("other", "7", 403), ("acme", "8", 403)):
        token = {"Authorization": f"Bearer {issue_token(here.settings, tenant, ticket, 'Mallory')}"}

        assert_problem(client.get(DECISION, headers=token), status)
        assert_problem(feedback(client, decided, token, verdict="accepted"), 404)
        assert_problem(correction(client, decided, token, primary="support"), 404)


def test_token_cannot_state_facts_about_customers(client, decided, agent):
    assert_problem(client.put("/api/v1/customers/acme/500", json={}, headers=agent), 403)


def test_what_there_is_not_looks_like_what_is_not_yours(client, decided, other):
    theirs = {"Authorization": f"Bearer {other.api_key}"}
    nothing = client.post(f"/api/v1/recommendations/r_{'0' * 20}/feedback", json={"verdict": "done"}, headers=theirs)
    not_theirs = feedback(client, decided, theirs, verdict="done")

    assert nothing.json == not_theirs.json


def test_connector_must_be_the_tenants(client, decided, key, agent):
    path = DECISION.replace("zendesk", "standard")

    assert_problem(client.get(path, headers=key), 401)
    assert_problem(client.get(path, headers=agent), 403)


def test_token_is_renewed_when_asked_and_ends_when_not(client, decided, agent):
    renewed = client.get(DECISION, headers=agent | {RENEW: "1"}).headers[TOKEN]

    assert client.get(DECISION, headers={"Authorization": f"Bearer {renewed}"}).status_code == 200
    assert TOKEN not in client.get(DECISION, headers=agent).headers


def test_session_is_not_renewed_for_ever(here, client, decided):
    long_ago = int(time.time()) - sessions.LONGEST_SESSION_SECONDS
    token = issue_token(here.settings, "acme", "7", "Bruna", began=long_ago)

    answer = client.get(DECISION, headers={"Authorization": f"Bearer {token}", RENEW: "1"})

    assert answer.status_code == 200
    assert TOKEN not in answer.headers


def test_renewed_token_remembers_when_the_session_began(here, client, decided):
    began = int(time.time()) - 600
    token = issue_token(here.settings, "acme", "7", "Bruna", began=began)

    renewed = client.get(DECISION, headers={"Authorization": f"Bearer {token}", RENEW: "1"}).headers[TOKEN]

    assert sessions.read_token(here.settings, renewed).began == began


def test_token_that_is_over_says_so(here, client, decided):
    class Earlier(TimestampSigner):
        def get_timestamp(self):
            return super().get_timestamp() - sessions.TOKEN_SECONDS - 1

    serializer = sessions._serializer(here.settings)
    serializer.signer = Earlier

    answer = client.get(DECISION, headers={"Authorization": f"Bearer {serializer.dumps(['acme', '7', 'Bruna', 0])}"})

    assert_problem(answer, 401)
    assert "open the ticket again" in answer.json["detail"]


# --- verdicts -----------------------------------------------------------------------------------


def test_accepting_twice_is_one_verdict_and_one_note(here, client, decided, agent, clock):
    first = feedback(client, decided, agent, verdict="accepted")
    second = feedback(client, decided, agent, verdict="accepted")

    assert first.json["state"] == second.json["state"] == "accepted"
    assert first.json["revision"] == second.json["revision"] == first.json["revision_before"] + 1
    assert notes(here)["waiting"] == 1


def test_note_says_who_accepted_what_and_why_and_ends_with_its_reference(here, client, decided, agent, clock):
    feedback(client, decided, agent, verdict="accepted")
    clock.move(seconds=NOTE_AFTER.total_seconds() - 0.5)
    with here.store.write() as connection:
        early = outbox.lease(connection, "me", clock(), 5)
    clock.move(seconds=1)
    with here.store.write() as connection:
        (note,) = outbox.lease(connection, "me", clock(), 5)

    assert early == ()
    assert note.ticket == "7"
    assert "Bruna aceitou a recomendação" in note.content["text"]
    assert decided.recommendations[0].recommendation.reason.pt_br in note.content["text"]
    assert re.fullmatch(r"sc_[0-9a-f]{20}", note.content["text"].splitlines()[-1])


@pytest.fixture
def accepted_note(here, client, tenant, agent, clock):
    """The note that accepting leaves on a ticket of this text, after an agent's correction if there is one."""

    def accept(text, corrected_to):
        plugin.deliver(client, plugin.opened("7", text))
        here.worker.drain()
        with here.store.read() as connection:
            stored = decisions.current(connection, tenant.id, "7")
        if corrected_to:
            correction(client, stored, agent, primary=corrected_to)
        feedback(client, stored, agent, verdict="accepted")
        clock.move(seconds=NOTE_AFTER.total_seconds() + 1)
        with here.store.write() as connection:
            (note,) = outbox.lease(connection, "me", clock(), 5)
        return note.content["text"]

    return accept


@pytest.mark.parametrize(
    ("text", "corrected_to", "said"),
    [
        ("Quero cancelar o contrato", None, r"De quem é: .* \(certeza de \d+%\)"),
        ("Oi", None, r"De quem é: .* \(certeza baixa\)"),
        ("Quero cancelar o contrato", "support", r"De quem é: Atendimento.* \(segundo Bruna\)"),
    ],
)
def test_note_says_how_sure_it_is_whose_work_the_ticket_is(accepted_note, text, corrected_to, said):
    assert re.fullmatch(said, accepted_note(text, corrected_to).splitlines()[1])


def test_undone_in_time_leaves_no_note(here, client, decided, agent):
    feedback(client, decided, agent, verdict="accepted")

    undone = feedback(client, decided, agent, verdict="undone")

    assert undone.json["state"] == "open"
    assert notes(here) == {"waiting": 0, "sent": 0, "cancelled": 1, "dead": 0}


def test_accepted_undone_and_accepted_again_is_one_note(here, client, decided, agent):
    for verdict in ("accepted", "undone", "accepted"):
        assert feedback(client, decided, agent, verdict=verdict).status_code == 200

    assert notes(here)["waiting"] == 1


def test_undo_after_the_note_left_is_refused(here, client, decided, agent, clock):
    feedback(client, decided, agent, verdict="accepted")
    clock.move(seconds=10)
    with here.store.write() as connection:
        (note,) = outbox.lease(connection, "me", clock(), 5)
        outbox.sent(connection, note.ref, clock())

    assert_problem(feedback(client, decided, agent, verdict="undone"), 409)


def test_tenant_without_an_api_address_gets_its_verdict_without_a_note(here, client, other):
    plugin.deliver(client, plugin.opened("7"), tenant="other", secret=other.secrets[0])
    here.worker.drain()
    with here.store.read() as connection:
        theirs = decisions.current(connection, other.id, "7")

    answer = feedback(client, theirs, {"Authorization": f"Bearer {other.api_key}"}, verdict="accepted")

    assert answer.json["state"] == "accepted"
    assert notes(here)["waiting"] == 0


def test_steps_are_kept_without_a_verdict(here, client, decided, agent):
    answer = feedback(client, decided, agent, steps_done=[0])

    assert (answer.json["state"], answer.json["steps_done"]) == ("open", [0])


def test_steps_of_an_accepted_recommendation_do_not_reopen_it(client, decided, agent):
    feedback(client, decided, agent, verdict="accepted")

    assert feedback(client, decided, agent, steps_done=[0]).json["state"] == "accepted"


@pytest.mark.parametrize("verdict", [{}, {"verdict": "accepted"}])
def test_step_the_action_has_not_is_refused_and_nothing_of_it_is_kept(here, client, decided, agent, verdict):
    steps = len(decided.recommendations[0].recommendation.steps)

    answer = feedback(client, decided, agent, steps_done=[0, steps], **verdict)

    assert_problem(answer, 422)
    assert [fault["field"] for fault in answer.json["errors"]] == ["steps_done.1"]
    assert f"{steps} steps" in answer.json["errors"][0]["why"]
    standing = client.get(DECISION, headers=agent).json["recommendations"][0]
    assert (standing["state"], standing["steps_done"]) == ("open", [])
    assert notes(here)["waiting"] == 0


def test_last_step_of_the_action_can_be_ticked_off(client, decided, agent):
    last = len(decided.recommendations[0].recommendation.steps) - 1

    assert feedback(client, decided, agent, steps_done=[last]).json["steps_done"] == [last]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"verdict": "dismissed", "reason": "bad_timing", "comment": "amanhã"}, "dismissed"),
        ({"verdict": "handed_over", "to": "support"}, "handed_over"),
        ({"verdict": "done", "steps_done": [0]}, "done"),
    ],
)
def test_verdicts_are_kept(client, decided, agent, said, state):
    assert feedback(client, decided, agent, **said).json["state"] == state


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "verdict"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": "handed_over"}, "to"),
        ({"verdict": "accepted", "to": "support"}, "to"),
        ({"verdict": "accepted", "reason": "other"}, "reason"),
        ({"verdict": "dismissed", "reason": "because"}, "reason"),
        ({"verdict": "done", "comment": "x" * 501}, "comment"),
        ({"steps_done": [-1]}, "steps_done.0"),
        ({"steps_done": ["1"]}, "steps_done.0"),
        ({"steps_done": 1}, "steps_done"),
        ({"verdict": "done", "nonsense": 1}, "nonsense"),
    ],
)
def test_feedback_that_makes_no_sense_names_the_field(client, decided, agent, said, field):
    answer = feedback(client, decided, agent, **said)

    assert_problem(answer, 422)
    assert field in [fault["field"] for fault in answer.json["errors"]]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'"x"'])
def test_feedback_that_is_no_json_object_is_refused(client, decided, agent, body):
    row = decided.recommendations[0]
    answer = client.post(
        f"/api/v1/recommendations/{row.id}/feedback", data=body, headers=agent, content_type="application/json"
    )

    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"


def test_agent_of_a_token_cannot_be_another(here, client, decided, agent, tenant):
    feedback(client, decided, agent, verdict="accepted", agent="Somebody else")
    with here.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT agent FROM feedback").scalars().all()

    assert rows == ["Bruna"]


def test_api_key_may_speak_for_a_person(here, client, decided, key):
    correction(client, decided, key, primary="support", agent="Rui")

    assert client.get(DECISION, headers=key).json["correction"]["by"] == "Rui"


# --- corrections --------------------------------------------------------------------------------


def test_correction_is_kept_and_can_be_taken_back(client, decided, agent):
    given = correction(client, decided, agent, primary="account_management")
    kept = client.get(DECISION, headers=agent).json["correction"]
    taken = correction(client, decided, agent, primary=None)

    assert given.json["primary"] == "account_management"
    assert (kept["primary"], kept["by"]) == ("account_management", "Bruna")
    assert taken.json["primary"] is None
    assert client.get(DECISION, headers=agent).json["correction"] is None


def test_agreeing_when_nobody_asked_takes_a_correction_back(client, decided, agent):
    correction(client, decided, agent, primary="support")
    decision = client.get(DECISION, headers=agent).json

    answer = correction(client, decided, agent, primary=decision["primary"])

    assert answer.json["primary"] in (None, decision["primary"])


def test_agreeing_when_asked_is_remembered(here, client, tenant, agent):
    plugin.deliver(client, plugin.opened("7", "Oi"))
    here.worker.drain()
    with here.store.read() as connection:
        unsure = decisions.current(connection, tenant.id, "7")

    correction(client, unsure, agent, primary=unsure.decision.primary)

    assert unsure.decision.needs_triage
    assert client.get(DECISION, headers=agent).json["correction"]["primary"] == unsure.decision.primary


@pytest.mark.parametrize("primary", ["sales", "", 3, ["support"]])
def test_correction_to_no_function_is_refused(client, decided, agent, primary):
    assert_problem(correction(client, decided, agent, primary=primary), 422)
