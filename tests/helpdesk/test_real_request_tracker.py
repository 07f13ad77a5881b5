"""The main job on a real Request Tracker, set up as its document says: scrip in, our page beside the ticket, back."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from socket import create_server, socket
from typing import Any

import pytest
from playwright.sync_api import expect
from real_request_tracker import CONNECTOR, PANEL, RequestTracker, missing, panel, scrip

from connectors.base import Installation, Note
from connectors.request_tracker.client import client
from rules.errors import HelpdeskFailed

ABSENT = missing()
pytestmark = [
    pytest.mark.helpdesk,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("request_tracker"),
    pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT)),
]

SUBJECT = "Cancelamento — não usamos mais"
MESSAGE = "Bom dia. Quero cancelar o contrato da nossa padaria, não usamos mais o sistema. “Ação” já. 🥖"
SECOND_THOUGHT = (
    "Pensei melhor: desconsiderem o cancelamento, vamos continuar com vocês. Quanto custa o plano superior?"
)
MISSED = "A nota de março veio errada; está tudo aí, João?"
REFERENCE = re.compile(r"sc_[0-9a-f]{20}\b")
ADDRESS = "/webhooks/request_tracker/acme"


@dataclass(frozen=True)
class Connected:
    """A Request Tracker and the Sidecue that it is connected to."""

    rt: RequestTracker
    sidecue: Any
    missed: int
    """A ticket that a customer opened while Sidecue was down."""
    hanging: socket
    """Takes calls and answers none: what the scrip of the queue Espera tells its news."""

    def kept(self, query: str, *tickets: int) -> list[tuple]:
        """Return rows of Sidecue's own database; each ? in the query stands for a ticket."""
        with closing(sqlite3.connect(self.sidecue.home / "sidecue.db", timeout=30)) as connection:
            return connection.execute(query, [str(ticket) for ticket in tickets]).fetchall()

    def said(self, ticket: int) -> list[str]:
        """Return the words that Sidecue knows of a ticket, in the order in which they were written."""
        query = "SELECT payload FROM ticket_event JOIN ticket ON ticket.id = ticket_id WHERE external_id = ?"
        events = [json.loads(payload) for (payload,) in self.kept(f"{query} ORDER BY occurred_at", ticket)]
        opening = [event["changes"]["description"] for event in events if "description" in event.get("changes", {})]
        return opening + [message["body"] for event in events for message in event.get("messages", [])]


def documented_rights() -> tuple[str, ...]:
    """Return the rights that doc.md has an admin give to Sidecue's user."""
    section = (CONNECTOR / "doc.md").read_text("utf-8").partition("## Permissions")[2]
    rights = re.findall(r"`([A-Z]\w+)`", section.partition("and the owner")[0])
    return tuple(dict.fromkeys(rights))


@pytest.fixture(scope="module")
def connected(tmp_path_factory, spare_port, new_sidecue) -> Iterator[Connected]:
    """Start both, set up as the document says; Sidecue when RT has had news for it already."""
    rt = RequestTracker(tmp_path_factory.mktemp("rt"), spare_port())
    rt.prepare(documented_rights())
    sidecue = new_sidecue()
    tenant = sidecue.add_tenant(
        "acme",
        "request_tracker",
        *("--locale", "pt-BR", "--api-url", rt.url, "--api-token", rt.prepared["users"]["sidecue"]["token"]),
        *("--field", "Trabalho"),
    )
    file = rt.folder / PANEL
    file.parent.mkdir(parents=True)
    file.write_text(panel(sidecue.url, "acme", tenant["sidebar_key"]), "utf-8")
    with create_server(("127.0.0.1", 0)) as hanging:
        try:
            rt.start()
            rt.add_scrip(scrip(sidecue.url + ADDRESS, tenant["secret"]), "Atendimento")
            rt.add_scrip(scrip(f"http://127.0.0.1:{hanging.getsockname()[1]}{ADDRESS}", "SECRET"), "Espera")
            missed = opened(rt, MISSED)
            assert "Sidecue did not take the news" in rt.log
            assert tenant["secret"] not in rt.log
            sidecue.start()
            yield Connected(rt, sidecue, missed, hanging)
        finally:
            rt.stop()


def signed_in(browser, rt, name, password, **how):
    """Return a page of somebody who has signed in; RT's start page, which takes it seconds, is left out."""
    page = browser.new_page(**how)
    name, value = rt.sign_in(name, password)
    page.context.add_cookies([{"name": name, "value": value, "url": rt.url}])
    return page


def customers_mail(ticket: int, words: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Joana <joana@padariasol.example>"
    mail["To"] = "atendimento@rt.example"
    mail["Subject"] = f"Re: [rt.example #{ticket}] {SUBJECT}"
    mail.set_content(words)
    return mail.as_bytes()


def opened(rt: RequestTracker, words: str, queue: str = "Atendimento") -> int:
    """Open a customer's ticket, as a form on the company's site would."""
    ticket = {"Queue": queue, "Subject": SUBJECT, "Requestor": "joana@padariasol.example"}
    return int(rt.call("POST", "/ticket", ticket | {"Content": words, "ContentType": "text/plain"})["id"])


def test_a_ticket_of_a_real_request_tracker_is_decided_shown_accepted_and_noted(
    connected, browser, artefacts, eventually
):
    rt = connected.rt
    ticket = opened(rt, MESSAGE)
    look = {"locale": "pt-BR", "viewport": {"width": 1440, "height": 1000}}
    agent = signed_in(browser, rt, "ana", "uma-senha-de-teste", **look)
    agent.goto(f"{rt.url}/Ticket/Display.html?id={ticket}")
    shown = agent.frame_locator("iframe[title=Sidecue]")

    expect(shown.get_by_test_id("function")).to_contain_text("Sucesso", timeout=10_000)
    first = shown.get_by_test_id("recommendation").first
    expect(first).to_contain_text("cancelamento")
    agent.screenshot(path=artefacts / "request-tracker-decided.png")
    first.get_by_test_id("accept").click()
    (comment,) = eventually(lambda: rt.comments(ticket), seconds=25, saying="the note never reached RT")

    assert comment["by"] == "sidecue"
    assert comment["text"].startswith("Sidecue: ana aceitou a recomendação")
    assert REFERENCE.search(comment["text"])
    fields = rt.call("GET", f"/ticket/{ticket}")["CustomFields"]
    assert [each["values"] for each in fields if each["name"] == "Trabalho"] == [["success"]]

    rt.mail(customers_mail(ticket, SECOND_THOUGHT))
    agent.reload()
    expect(shown.get_by_test_id("collaborators")).to_contain_text("Gestão de contas", timeout=20_000)
    agent.screenshot(path=artefacts / "request-tracker-followed-up.png")
    agent.close()
    rt.call("PUT", f"/ticket/{ticket}", {"Status": "resolved"})
    eventually(
        lambda: connected.kept("SELECT 1 FROM ticket WHERE external_id = ? AND NOT is_open", ticket),
        saying="it was never solved",
    )

    assert connected.said(ticket) == [MESSAGE, SECOND_THOUGHT]
    assert len(rt.comments(ticket)) == 1
    back = "SELECT body FROM delivery WHERE state = 'ignored'"
    assert [REFERENCE.search(body.decode()) is not None for (body,) in connected.kept(back)] == [True]


def test_what_sidecue_missed_while_it_was_down_comes_with_the_next_news(connected, eventually):
    comment = {"Content": "visto pela gerência", "ContentType": "text/plain"}
    connected.rt.call("POST", f"/ticket/{connected.missed}/comment", comment)

    eventually(lambda: connected.said(connected.missed), saying="what was missed never came")
    assert connected.said(connected.missed) == [MISSED, comment["Content"]]


def test_request_tracker_waits_once_for_a_sidecue_that_hangs_and_goes_on(connected):
    rt, hanging = connected.rt, connected.hanging
    ticket = opened(rt, MESSAGE, "Espera")
    hanging.accept()[0].close()
    rt.call("PUT", f"/ticket/{ticket}", {"Status": "open", "Subject": "Três mudanças", "Priority": 50})

    hanging.setblocking(False)
    with pytest.raises(BlockingIOError):
        hanging.accept()
    now = rt.call("GET", f"/ticket/{ticket}")
    assert (now["Status"], now["Subject"], now["Priority"]) == ("open", "Três mudanças", "50")


def test_what_the_client_promises_is_so_on_a_real_request_tracker(connected):
    rt = connected.rt
    ticket = str(opened(rt, MESSAGE))
    user, queues = rt.prepared["users"], rt.prepared["queues"]
    back = client(Installation("acme", "pt-BR", rt.url, user["sidecue"]["token"]))
    note = Note("sc_0123456789abcdef0123", "Próximo passo: ligação <às 10h> & “ata”\n\nsc_0123456789abcdef0123")

    assert not back.has_note(ticket, note.ref)
    back.post_note(ticket, note)
    assert back.has_note(ticket, note.ref)
    assert [each["text"].rstrip() for each in rt.comments(ticket) if note.ref in each["text"]] == [note.text]

    back.assign(ticket, assignee=str(user["ana"]["id"]))
    back.assign(ticket, group=str(queues["Sucesso"]))
    now = rt.call("GET", f"/ticket/{ticket}")
    assert (now["Owner"]["id"], now["Queue"]["id"]) == ("ana", str(queues["Sucesso"]))
    for refused in (
        lambda: back.assign(ticket, group="99"),
        lambda: back.assign(ticket, assignee="99"),
        lambda: back.set_field(ticket, "Inexistente", "x"),
        lambda: back.post_note("9999", note),
    ):
        with pytest.raises(HelpdeskFailed) as caught:
            refused()
        assert not caught.value.retryable
