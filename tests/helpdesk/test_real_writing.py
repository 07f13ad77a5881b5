"""What the connector writes to a real django-helpdesk, and what that sets off: nothing but what was asked for."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from email.message import EmailMessage

import pytest

from connectors.base import Installation, Note
from connectors.django_helpdesk import client as client_of
from rules.errors import HelpdeskFailed

pytestmark = [pytest.mark.helpdesk, pytest.mark.slow, pytest.mark.xdist_group("helpdesk")]

REF = "sc_0123456789abcdef0123"


@pytest.fixture
def client(desk):
    return client_of(Installation("desk", "pt-BR", f"{desk.url}/helpdesk", f"{desk.agent}:{desk.password}"))


@pytest.fixture
def ticket(desk):
    """Open a ticket with a file through the helpdesk's API, and return its number."""
    told = {"queue": "1", "title": "Nota em branco", "description": "A nota sai em branco.", "priority": "3"}
    told |= {"submitter_email": "rui@oficina.example", "status": "1", "custom_plano": "Pro"}
    made = desk.api("POST", "tickets/", data=told, files={"attachment": ("nota.txt", b"vazia", "text/plain")})
    return str(made["id"])


def asked(desk, question):
    with closing(sqlite3.connect(desk.sidecue.home / "sidecue.db")) as database:
        return database.execute(question).fetchall()


def deliveries(desk):
    """Return how many webhooks Sidecue has had; what it does of its own accord waits in the same table."""
    return asked(desk, "SELECT count(*) FROM delivery WHERE key LIKE 'body:%'")[0][0]


def of(desk, ticket):
    return desk.api("GET", f"tickets/{ticket}/")


def notes(desk, ticket):
    return [each for each in of(desk, ticket)["followup_set"] if "sc_" in (each["comment"] or "")]


def test_note_is_posted_and_edited_without_renaming_the_ticket_and_an_edit_sends_no_webhook(desk, client, ticket):
    before = deliveries(desk)
    client.edit_note(ticket, Note(REF, f"Sidecue: sucesso. Veja #1 e {{{{ ticket }}}}.\n{REF}"))
    posted = deliveries(desk)
    for _ in range(2):
        client.edit_note(ticket, Note(REF, f"Sidecue: suporte. Veja #1 e {{% now %}}.\n{REF}"))

    (note,) = notes(desk, ticket)
    assert note["comment"] == f"Sidecue: suporte. Veja # 1 e {{ % now % }}.\n{REF}"
    assert note["public"] is False
    assert of(desk, ticket)["title"] == "Nota em branco"
    assert client.has_note(ticket, REF)
    assert posted == before + 1
    assert deliveries(desk) == posted


def test_note_that_a_colleague_made_public_is_not_edited_under_the_customers_eyes(desk, client, ticket):
    client.edit_note(ticket, Note(REF, f"primeira\n{REF}"))
    desk.api("PATCH", f"followups/{notes(desk, ticket)[0]['id']}/", json={"public": True})
    client.edit_note(ticket, Note(REF, f"segunda\n{REF}"))

    assert [(each["public"], each["comment"][:7]) for each in notes(desk, ticket)] == [
        (True, "primeir"),
        (False, "segunda"),
    ]


def test_note_on_a_resolved_ticket_leaves_the_resolution_that_was_written(desk, client, ticket):
    told = {"ticket": ticket, "comment": "Corrigido na versão 4.", "public": True, "new_status": 3}
    desk.api("POST", "followups/", json=told)
    for words in ("primeira", "segunda"):
        client.edit_note(ticket, Note(REF, f"{words}\n{REF}"))

    assert of(desk, ticket)["resolution"] == "Corrigido na versão 4."


def test_field_queue_and_owner_are_set_alone_and_send_no_webhook(desk, client, ticket):
    before, sent = of(desk, ticket), deliveries(desk)
    for _ in range(2):
        client.set_field(ticket, "sidecue_team", "success")
        client.assign(ticket, group="2", assignee="1")
    changed = {"custom_sidecue_team": "success", "queue": 2, "assigned_to": 1}

    assert of(desk, ticket) == before | changed
    assert of(desk, ticket)["custom_plano"] == "Pro"
    assert deliveries(desk) == sent


def test_field_that_is_not_there_or_does_not_take_the_value_is_told(client, ticket):
    with pytest.raises(HelpdeskFailed, match="no custom field named 'time'"):
        client.set_field(ticket, "time", "success")
    with pytest.raises(HelpdeskFailed, match="answered 400"):
        client.set_field(ticket, "plano", "success")
    with pytest.raises(HelpdeskFailed, match="by number"):
        client.assign(ticket, group="sucesso")
    with pytest.raises(HelpdeskFailed, match="answered 400"):
        client.assign(ticket, group="99")


def first_words(desk, title):
    """Return what Sidecue holds as the description of the ticket with this title."""
    rows = asked(desk, "SELECT ticket_id, kind, payload FROM ticket_event")
    told = [(ticket, kind, json.loads(payload)["changes"]) for ticket, kind, payload in rows]
    found = {ticket for ticket, _, changes in told if changes.get("subject") == title}
    return [changes["description"] for ticket, kind, changes in told if kind == "opened" and ticket in found]


def test_files_that_came_with_a_ticket_are_told_by_name(desk, ticket, eventually):
    """A mail's own HTML, which django-helpdesk keeps as a file too, is none of them."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Joana <joana@padariasol.example>", "atendimento@desk.example"
    mail["Subject"], mail["Message-ID"] = "Foto da nota", "<foto-1@padariasol.example>"
    mail.set_content("Veja a foto.")
    mail.add_alternative("<p>Veja a <b>foto</b>.</p>", subtype="html")
    mail.add_attachment(b"\xff\xd8\xff\xe0", maintype="image", subtype="jpeg", filename="nota.jpg")
    (desk.mail / "foto").write_bytes(mail.as_bytes())
    desk.manage("get_email")
    eventually(lambda: first_words(desk, "Foto da nota"))

    assert "[📎 nota.txt]" in first_words(desk, of(desk, ticket)["title"])[0]
    assert first_words(desk, "Foto da nota") == ["Veja a foto.\n[📎 part-1_nota.jpg]"]
