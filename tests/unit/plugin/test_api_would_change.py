"""The API: what would take a recommendation off the screen."""

import sys
import threading
from dataclasses import replace

import plugin_cases as plugin
import pytest

from plugin.api.schemas import ProblemSchema, WouldChangeSchema
from plugin.judges import judges_of
from plugin.sessions import issue_token
from plugin.store import decisions
from plugin.what_if import MOST_KEPT, Busy, WhatIfDesk


@pytest.fixture
def clock():
    return plugin.Clock()


@pytest.fixture(scope="module")
def judges(shipped):
    return judges_of(shipped)


@pytest.fixture
def here(tmp_path, clock, judges):
    made = plugin.new_services(tmp_path, clock, judges=lambda: judges)
    yield made
    made.stop()


@pytest.fixture
def tenant(here):
    return plugin.new_tenant(here, api_url="http://127.0.0.1:9/api", api_token="a:b")


@pytest.fixture
def client(here, tenant):
    return plugin.new_app(here).test_client()


@pytest.fixture
def decided(here, client, tenant):
    plugin.deliver(client, plugin.opened("7", "Quero cancelar o contrato"))
    return current(here, tenant)


def current(here, tenant):
    here.worker.drain()
    with here.store.read() as connection:
        return decisions.current(connection, tenant.id, "7")


@pytest.fixture
def agent(here, tenant):
    return {"Authorization": f"Bearer {issue_token(here.settings, 'acme', '7', 'Bruna')}"}


def ask(client, decided, headers, rank=1):
    row = decided.recommendations[rank - 1]
    return client.get(f"/api/v1/recommendations/{row.id}/would-change", headers=headers)


@pytest.mark.slow
def test_answer_is_what_the_manual_describes_in_both_languages(client, decided, agent):
    answer = ask(client, decided, agent)

    assert answer.status_code == 200
    assert not WouldChangeSchema().validate(answer.json)
    assert answer.json["recommendation"] == decided.recommendations[0].id
    assert answer.json["would_be_shown"] is False
    assert "“Registrar o pedido de cancelamento”" in answer.json["sentence"]["pt-BR"]
    assert "“Register the cancellation request”" in answer.json["sentence"]["en"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.slow
def test_key_of_the_tenant_may_ask_and_nobody_elses(here, client, decided, tenant):
    plugin.new_tenant(here, "other", secret="another-secret-altogether-for-other")
    elsewhere = {"Authorization": f"Bearer {issue_token(here.settings, 'acme', '8', 'Bruna')}"}

    assert ask(client, decided, {"Authorization": f"Bearer {tenant.api_key}"}).status_code == 200
    assert ask(client, decided, elsewhere).status_code == 404
    assert ask(client, decided, {}).status_code == 401


def test_recommendation_of_a_decision_before_is_a_conflict(here, client, decided, tenant, agent):
    plugin.deliver(client, plugin.commented("7", "E o sistema está fora do ar para todos"))
    again = current(here, tenant)
    assert again.id != decided.id

    answer = ask(client, decided, agent)

    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert not ProblemSchema(unknown="include").validate(answer.json)


@pytest.mark.slow
def test_decision_of_earlier_rules_is_a_conflict(here, client, decided, agent, shipped):
    here.decider_holder.put(judges_of(replace(shipped, digest="another")))

    assert ask(client, decided, agent).status_code == 409


@pytest.mark.slow
def test_answers_are_kept_and_not_without_end(here, decided):
    first = here.what_if.answer(decided, decided.recommendations[0].recommendation.action)

    assert here.what_if.answer(decided, first.action) is first
    assert MOST_KEPT < 1_000


@pytest.mark.slow
def test_second_question_waits_and_then_says_busy(here, decided):
    desk = WhatIfDesk(here.decider_holder, wait_seconds=0.01)
    action = decided.recommendations[0].recommendation.action
    with desk._lock:
        refused = []
        asker = threading.Thread(target=lambda: refused.append(_refusal(desk, decided, action)))
        asker.start()
        asker.join(10)

    assert refused == [Busy]
    assert desk.answer(decided, action).action == action


def _refusal(desk, decided, action):
    try:
        desk.answer(decided, action)
    except Busy as error:
        return type(error)
    return None


@pytest.mark.slow
def test_rules_put_in_force_later_are_asked_from_then_on(here, client, decided, agent, shipped):
    assert ask(client, decided, agent).status_code == 200
    here.decider_holder.put(judges_of(shipped))

    assert here.what_if.answer(decided, decided.recommendations[-1].recommendation.action).sentences["en"]
    assert "z3" in sys.modules
