"""Mails of one conversation come to one ticket, however little each of them says of it."""

import pytest
from plugin_cases import START, Clock, new_app, new_services, new_tenant

from plugin.store import tickets

SECRETS = {"acme": "a-secret-of-acme-long-enough", "lua": "a-secret-of-lua-long-enough"}
SETTINGS = {"agents": "acme.example", "addresses": "ajuda@acme.example", "marker": "[#{ticket}]"}
ANA, DAVI = "ana@sol.example", "davi@acme.example"


@pytest.fixture
def services(tmp_path):
    made = new_services(tmp_path, Clock())
    for name, secret in SECRETS.items():
        new_tenant(made, name, "email", secret, settings=SETTINGS)
    yield made
    made.store.close()


@pytest.fixture
def send(services):
    """Hand mails over and have them worked on; return the tenant's tickets, with what was said in each."""
    client = new_app(services).test_client()

    def call(*mails, tenant="acme"):
        for mail in mails:
            path = f"/webhooks/email/{tenant}/{SECRETS[tenant]}"
            assert client.post(path, data=mail, content_type="message/rfc822").status_code == 202
            services.worker.drain()
        return told(services, tenant)

    return call


def told(services, tenant):
    found = services.directory.by_name(tenant)
    with services.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, external_id FROM ticket WHERE tenant_id = ? ORDER BY id", (found.id,)
        ).all()
        return {name: sorted(_said(connection, found.id, ticket_id)) for ticket_id, name in rows}


def _said(connection, tenant_id, ticket_id):
    events = tickets.events_of(connection, tenant_id, ticket_id)
    return [message.body for event in events for message in event.messages]


def mail(own, text, *, by=ANA, to="ajuda@acme.example", **headers):
    lines = {"From": by, "To": to, "Date": f"{START:%a, %d %b %Y} 11:00:00 +0000", "Message-ID": f"<{own}>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode() + b"\n" + text.encode()


OPENED = mail("m1@sol", "Caiu")
ANSWERED = mail("a1@acme", "Olhando", by=DAVI, to=ANA, In_Reply_To="<m1@sol>", Subject="Re: [#77] Oi")
REPLIED = mail("m2@sol", "Voltou", In_Reply_To="<a1@acme>")


def test_an_answer_that_names_its_predecessor_alone_is_in_the_conversation(send):
    assert send(OPENED, ANSWERED, REPLIED) == {"m1@sol": ["Olhando", "Voltou"]}


def test_a_number_leads_where_the_desk_wrote_it(send):
    numbered = mail("m3@sol", "E agora?", Subject="[#77] Oi")

    assert send(OPENED, ANSWERED, numbered) == {"m1@sol": ["E agora?", "Olhando"]}


def test_a_number_that_a_stranger_wrote_leads_nowhere(send):
    forged = mail("x1@evil", "Eu", by="eu@evil.example", Subject="[#77] Oi", References="<x0@evil>")

    assert send(forged, OPENED, ANSWERED, mail("m3@sol", "E agora?", Subject="[#77] Oi")) == {
        "x0@evil": ["Eu"],
        "m1@sol": ["E agora?", "Olhando"],
    }


def test_another_tenants_conversations_are_not_known(send):
    send(OPENED, ANSWERED)

    assert send(REPLIED, tenant="lua") == {"a1@acme": ["Voltou"]}


def test_what_comes_too_early_stays_apart_and_takes_nothing_along(send):
    assert send(REPLIED, OPENED, ANSWERED) == {"a1@acme": ["Voltou"], "m1@sol": ["Olhando"]}


def test_the_inbox_names_the_ticket_that_was_found(services, send):
    send(OPENED, ANSWERED, REPLIED)
    with services.store.read() as connection:
        named = connection.exec_driver_sql("SELECT DISTINCT ticket_external_id FROM delivery").scalars().all()

    assert named == ["m1@sol"]
