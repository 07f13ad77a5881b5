"""Regulated tenants: clocks in the facts, in the decision, on the panel and in the dossier, over the real parts."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import plugin_cases as plugin
import pytest

from plugin.api.sac_schemas import DossierSchema
from plugin.api.schemas import DecisionSchema
from plugin.i18n import words
from plugin.sac import dossier as dossiers
from plugin.sessions import issue_token
from plugin.sidebar import terms
from plugin.store import customers, decisions, tenants
from plugin.store.errors import NotFound, TenantInvalid
from rules.model import Customer

DECISION = "/api/v1/tickets/zendesk/bank/7/decision"
DOSSIER = "/api/v1/tickets/zendesk/bank/7/dossier"
DUE = "2026-03-16T23:59:59-03:00"


@pytest.fixture
def clock():
    return plugin.Clock()


@pytest.fixture
def here(tmp_path, clock):
    made = plugin.new_services(tmp_path, clock)
    yield made
    made.stop()


@pytest.fixture
def bank(here):
    return plugin.new_tenant(here, "bank", regulated=True)


@pytest.fixture
def client(here, bank):
    return plugin.new_app(here).test_client()


@pytest.fixture
def key(bank):
    return {"Authorization": f"Bearer {bank.api_key}"}


def send(client, here, *payloads, tenant="bank"):
    for payload in payloads:
        assert plugin.deliver(client, payload, tenant=tenant, at=here.now()).status_code == 202
        here.worker.drain()


def facts(here, tenant):
    with here.store.read() as connection:
        return decisions.current(connection, tenant.id, "7").decision.facts.values


def states(answer):
    return {one["id"]: one["state"] for one in answer.json["obligations"]}


def solved(**more):
    payload = plugin.opened(**more, status="SOLVED")
    return payload | {"type": "zen:event-type:ticket.status_changed", "event": {"current": "SOLVED", "previous": "NEW"}}


def test_the_clocks_of_a_regulated_tenant_are_facts(client, here, bank):
    send(client, here, plugin.opened())

    known = facts(here, bank)

    assert known["ticket.sac_running"] >= {"answer", "protocol", "no_selling"}
    assert known["ticket.sac_answer_hours_left"] == 159.0


def test_another_tenants_tickets_have_no_clock(client, here):
    plain = plugin.new_tenant(here)
    send(client, here, plugin.opened(), tenant="acme")

    assert not [name for name in facts(here, plain) if "sac" in name]


@pytest.mark.parametrize(("tenant", "stated", "holds"), [("acme", True, True), ("bank", False, False)])
def test_what_is_stated_about_the_customer_decides(client, here, bank, tenant, stated, holds):
    found = bank if tenant == "bank" else plugin.new_tenant(here)
    with here.store.write() as connection:
        customers.put(connection, found.id, Customer("500", attributes={"regulated_sector": stated}), here.now())
    send(client, here, plugin.opened(), tenant=tenant)

    assert ("ticket.sac_running" in facts(here, found)) is holds


def test_the_decision_tells_the_clocks(client, here, key):
    send(client, here, plugin.opened())

    answer = client.get(DECISION, headers=key)

    assert DecisionSchema().validate(answer.json) == {}
    assert [one["due_at"] for one in answer.json["obligations"] if one["id"] == "answer"] == [DUE]
    assert states(answer)["recording"] == "not_applicable"


def test_a_clock_that_runs_out_decides_the_ticket_again(client, here, bank, clock, key):
    send(client, here, plugin.opened())
    before = client.get(DECISION, headers=key)

    clock.move(days=6, hours=14, minutes=59, seconds=59)
    here.pipeline.wake(clock())
    here.worker.drain()
    assert "answer" not in facts(here, bank)["ticket.sac_overdue"]

    clock.move(seconds=1)
    assert here.pipeline.wake(clock()) == 1
    here.worker.drain()
    after = client.get(DECISION, headers=key)

    assert "answer" in facts(here, bank)["ticket.sac_overdue"]
    assert states(after)["answer"] == "overdue"
    assert after.json["revision"] > before.json["revision"]
    assert here.pipeline.wake(clock() + timedelta(days=30)) == 0


def test_an_answer_and_a_solved_ticket_are_the_evidence(client, here, key, clock):
    send(client, here, plugin.opened())
    clock.move(hours=1)
    reply = plugin.commented(words="O protocolo é 7.", event="ev-2", at=clock(), staff=True, comment="c-9")
    clock.move(hours=1)
    send(client, here, reply, solved(event="ev-3", at=clock()))

    found = {one["id"]: one for one in client.get(DECISION, headers=key).json["obligations"]}

    assert (found["answer"]["state"], found["answer"]["late"]) == ("met", False)
    assert found["protocol"]["met"] == {"proof": "message", "id": "c-9", "at": "2026-03-10T10:00:00-03:00"}
    assert found["record"]["due_at"] == "2028-03-10T23:59:59-03:00"


def test_the_dossier_is_whole_and_for_the_tenants_key_only(client, here, bank, key):
    send(client, here, plugin.opened(), plugin.commented(words="Nota", public=False, staff=True, comment="c-3"))

    answer = client.get(DOSSIER, headers=key)
    token = issue_token(here.settings, "bank", "7", "Bruna")

    assert DossierSchema().validate(answer.json) == {}
    assert (answer.json["protocol"], answer.json["regime"]["id"]) == ("7", "decree_11034")
    assert "Nota" not in answer.get_data(as_text=True)
    assert client.get(DOSSIER, headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert client.get(DOSSIER).status_code == 401
    assert client.get(DOSSIER.replace("/7/", "/8/"), headers=key).status_code == 404


@pytest.mark.parametrize(
    ("locale", "said"),
    [("pt-BR", ("Não verificado:", "às 23:59:59, inclusive")), ("en", ("Not verified:", "to 23:59:59 included"))],
)
def test_the_dossier_reads_in_both_languages(client, here, bank, locale, said):
    send(client, here, plugin.opened())
    with here.store.read() as connection:
        made = dossiers.of_ticket(connection, bank, "7", here.now())

    told = "\n".join(dossiers.lines(made, words(locale)))

    assert all(part in told for part in said)


def test_the_panel_shows_what_is_owed_in_words_the_overdue_first(client, here, bank, clock):
    send(client, here, plugin.opened())
    clock.move(days=8)
    with here.store.read() as connection:
        made = dossiers.of_ticket(connection, bank, "7", here.now())

    shown = terms.of(made.attendance, words("en"), here.now(), ZoneInfo("UTC"))

    assert [(one.title, one.said) for one in shown.owed] == [
        ("Answer to the demand", "overdue"),
        ("Protocol number", "pending"),
    ]


def test_the_page_tells_terms_by_the_tenants_days_wherever_it_is_read(client, here, key):
    """As decision and dossier tell them; an agent in Lisbon would else read the day after."""
    send(client, here, plugin.opened())

    at_home, abroad = (
        client.get(f"/sidebar/zendesk/bank?ticket=7&tz={zone}", headers=key).get_data(as_text=True)
        for zone in ("America/Sao_Paulo", "Europe/Lisbon")
    )

    machine = '<time datetime="2026-03-17T02:59:59Z" data-zone="America/Sao_Paulo" '
    assert f'{machine}title="segunda-feira, 16 de março de 2026, 23:59 (Horário Padrão de Brasília)">em 16' in at_home
    assert "em 16 de mar., 23:59</time>" in at_home
    assert machine in abroad
    assert "em 16 de mar., 23:59 BRT</time>" in abroad


def test_the_page_has_the_terms(client, here, key):
    send(client, here, plugin.opened())

    page = client.get("/sidebar/zendesk/bank?ticket=7", headers=key).get_data(as_text=True)

    assert 'data-testid="sac"' in page
    assert "Resposta à demanda" in page


def test_a_tenant_changes_what_is_given(here, bank):
    with here.store.write() as connection:
        changed = tenants.change(connection, here.vault, "bank", here.now(), regulated=False, time_zone="Europe/Lisbon")
        same = tenants.change(connection, here.vault, "bank", here.now(), locale="en")
        with pytest.raises(TenantInvalid, match="IANA"):
            tenants.change(connection, here.vault, "bank", here.now(), time_zone="Lisboa")
        with pytest.raises(NotFound):
            tenants.change(connection, here.vault, "bnak", here.now(), regulated=True)

    assert (bank.regulated, bank.time_zone) == (True, "America/Sao_Paulo")
    assert (changed.regulated, changed.time_zone, changed.api_keys) == (False, "Europe/Lisbon", bank.api_keys)
    assert (same.locale, same.time_zone) == ("en", "Europe/Lisbon")
