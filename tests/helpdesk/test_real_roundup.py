"""A real Roundup with our detector: issues come in, notes go back, and no customer ever sees or is mailed one."""

import json
import re
import socket
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect
from roundup_tracker import AGENT, CUSTOMER, Tracker, why_not

from connectors.base import Installation, Note
from connectors.roundup import client as client_of

pytestmark = [pytest.mark.helpdesk, pytest.mark.slow, pytest.mark.xdist_group("roundup")]

TOKEN = "sidecue:s3nha-do-sidecue"
REF = re.compile(r"\bsc_[0-9a-f]{20}\b")
NOTE = "Ação: ligar & confirmar <hoje>\nsc_0123456789abcdef0123"
OPENING = "Bom dia. Quero cancelar o contrato da padaria São João, não usamos mais o sistema."
ANSWER = "Olá, Joana. Já verifico a situação do contrato."
REPLY = "Pensei melhor: desconsiderem o cancelamento, vamos continuar com vocês. Quanto custa o plano superior?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, new_sidecue):
    """Start Roundup and a Sidecue that it is connected to, each knowing of the other what an admin would type."""
    if reason := why_not():
        pytest.skip(reason)
    tracker, sidecue = Tracker(tmp_path_factory.mktemp("roundup") / "tracker"), new_sidecue()
    told = ["--locale", "pt-BR", "--api-url", tracker.url, "--api-token", TOKEN, "--notes", "decided"]
    tenant = sidecue.add_tenant("padoca", "roundup", *told)
    sidecue.run("tenants", "set", "padoca", "--tags", "--field", "area", "--set", "statuses=testing=pending")
    sidecue.start()
    try:
        tracker.install(sidecue.url, tenant, TOKEN)
        tracker.start()
        yield tracker, sidecue
    finally:
        tracker.stop()


def rows(sidecue, question, *values):
    with closing(sqlite3.connect(sidecue.home / "sidecue.db", timeout=30)) as database:
        return database.execute(question, values).fetchall()


def sent(sidecue, issue, kind):
    """Return how many orders of this kind were carried out. Cheaper to ask again and again than Roundup."""
    question = "SELECT count(*) FROM outbox WHERE state = 'sent' AND ticket_external_id = ? AND kind = ?"
    return rows(sidecue, question, issue, kind)[0][0]


def events(sidecue, issue):
    """Return what Sidecue knows happened to an issue, oldest first."""
    question = (
        "SELECT event.payload FROM ticket_event AS event JOIN ticket ON ticket.id = event.ticket_id "
        "WHERE ticket.external_id = ? ORDER BY event.occurred_at, event.id"
    )
    return [json.loads(row[0]) for row in rows(sidecue, question, issue)]


def said(sidecue, issue):
    return [message["body"] for event in events(sidecue, issue) for message in event.get("messages", ())]


def latest(sidecue, issue, name):
    told = [(event.get("changes") or {}).get(name) for event in events(sidecue, issue)]
    return next((value for value in reversed(told) if value), None)


def keywords(tracker, issue):
    return {each["name"] for each in tracker.issue(issue)["keyword"]}


def test_issue_is_decided_and_noted_for_agents_alone(desk, eventually):
    tracker, sidecue = desk
    issue = tracker.open("Rescisão: padaria São João", OPENING, nosy=["joana", "ana"], keyword=["vip"])
    for kind in ("edit_note", "fields", "tags"):
        eventually(lambda kind=kind: sent(sidecue, issue, kind), saying=f"Roundup never got {kind}")
    (first,) = tracker.notes(issue)

    assert REF.search(first)
    assert "Sucesso" in first
    assert tracker.issue(issue)["area"] == "success"
    assert keywords(tracker, issue) == {"vip", "sidecue_success"}
    assert latest(sidecue, issue, "description") == OPENING
    assert latest(sidecue, issue, "subject") == "Rescisão: padaria São João"
    for stranger in (CUSTOMER, None):
        assert tracker.rest("GET", "sidecue_note", stranger).status_code == 403

    tracker.say(issue, AGENT, ANSWER)
    tracker.send(f"Re: [issue{issue}] Rescisão: padaria São João", REPLY)
    eventually(lambda: REPLY in said(sidecue, issue))
    eventually(lambda: sent(sidecue, issue, "edit_note") > 1)
    (second,) = tracker.notes(issue)
    assert tracker.rest("PUT", f"issue/{issue}/status", AGENT, {"data": "testing"}).status_code == 200
    eventually(lambda: latest(sidecue, issue, "status") == "pending")

    assert second != first
    assert REF.search(second)[0] == REF.search(first)[0]
    assert said(sidecue, issue)[:2] == [ANSWER, REPLY]
    assert "joana@padaria.example" in tracker.mailed
    assert ANSWER in tracker.mailed
    for mine in (*REF.findall(first), first.splitlines()[0], "Sucesso", "sidecue_", "success"):
        assert mine not in tracker.mailed
    history = tracker.rest("GET", f"issue/{issue}", CUSTOMER).text
    assert "sidecue_note" not in history


def test_mail_opens_an_issue_with_its_channel_and_its_attachment(desk, eventually):
    tracker, sidecue = desk
    tracker.send("Não consigo emitir notas", "O emissor está fora do ar desde ontem à noite.")
    with closing(sqlite3.connect(tracker.home / "db" / "db")) as database:
        ((issue,),) = database.execute("SELECT id FROM _issue WHERE _title = 'Não consigo emitir notas'")

    eventually(lambda: latest(sidecue, str(issue), "description"))
    assert latest(sidecue, str(issue), "channel") == "email"
    assert latest(sidecue, str(issue), "description") == "O emissor está fora do ar desde ontem à noite."


def test_sidecues_user_can_write_no_message_and_tells_nothing_of_itself(desk, eventually):
    tracker, sidecue = desk
    sidecue_user = tuple(TOKEN.split(":"))
    issue = tracker.open("Fatura em dobro", "Recebemos a fatura de março em dobro.")
    eventually(lambda: latest(sidecue, issue, "description"))
    known = len(events(sidecue, issue))
    for path, body in (("msg", {"author": "5", "content": "x"}), ("issue", {"title": "x"})):
        assert tracker.rest("POST", path, sidecue_user, body).status_code == 403
    assert tracker.rest("DELETE", f"issue/{issue}", sidecue_user).status_code == 403
    for name, value in (("title", "x"), ("messages", []), ("nosy", ["joana"])):
        assert tracker.rest("PUT", f"issue/{issue}/{name}", sidecue_user, {"data": value}).status_code == 403
    assert tracker.rest("GET", "user/3", sidecue_user).status_code == 403
    assert tracker.rest("PUT", f"issue/{issue}/assignedto", sidecue_user, {"data": "ana"}).status_code == 200

    assert len(events(sidecue, issue)) == known
    tracker.say(issue, CUSTOMER, "Podem estornar?")
    eventually(lambda: latest(sidecue, issue, "assignee") == "4")


def test_sidecue_that_is_down_or_hangs_costs_a_line_in_the_log_and_the_next_change_tells_what_was_missed(
    desk, eventually
):
    tracker, sidecue = desk
    issue = tracker.open("Sistema lento", "O sistema está lento hoje.")
    eventually(lambda: latest(sidecue, issue, "description"))
    sidecue.stop()
    tracker.say(issue, CUSTOMER, "Agora parou de vez. Ninguém consegue vender.")
    assert "Connection refused" in tracker.log
    with closing(socket.create_server(("127.0.0.1", sidecue.port))):
        tracker.say(issue, CUSTOMER, "Há alguém aí?")
    assert f"Sidecue is not told of issue{issue}: timed out" in tracker.log
    assert not [each for each in tracker.secrets if each in tracker.log]
    assert len(tracker.issue(issue)["messages"]) == 3

    sidecue.start()
    tracker.say(issue, AGENT, "Estamos aqui, Joana.")
    eventually(lambda: len(said(sidecue, issue)) >= 3)
    assert {"Agora parou de vez. Ninguém consegue vender.", "Há alguém aí?"} <= set(said(sidecue, issue))


def deliveries(sidecue):
    """Return how many deliveries Roundup has sent: what Sidecue asks of itself has other keys."""
    return rows(sidecue, "SELECT count(*) FROM delivery WHERE key LIKE 'body:%'")[0][0]


def test_what_is_rolled_back_is_not_told_and_what_is_committed_is_told_once_for_each_issue(desk):
    tracker, sidecue = desk
    before = deliveries(sidecue)
    tracker.admin(commands="create issue title=Nunca\nrollback\n")
    assert deliveries(sidecue) == before

    changes = "create issue title=Um\ncreate issue title=Dois\nset issue1 title=Outro\nset issue1 title=Este\ncommit\n"
    tracker.admin(commands=changes)
    assert deliveries(sidecue) == before + 3


def test_issue_with_more_words_than_a_delivery_holds_tells_its_first_and_its_newest(desk, eventually):
    tracker, sidecue = desk
    issue = tracker.open("Histórico longo", "Começou ontem.")
    added = [tracker.message(CUSTOMER, f"{number} " + "ação " * 30_000) for number in range(6)]
    answer = tracker.rest("PATCH", f"issue/{issue}", CUSTOMER, {"@op": "add", "messages": added})
    assert answer.status_code == 200, answer.text
    known = eventually(lambda: said(sidecue, issue))

    assert latest(sidecue, issue, "description") == "Começou ontem."
    assert [words.partition(" ")[0] for words in known] == ["2", "3", "4", "5"]
    assert all(words.endswith(" […]") for words in known)


@pytest.mark.browser
def test_agent_sees_the_sidebar_and_the_note_on_the_issues_page_and_the_customer_does_not(desk, browser, artefacts):
    tracker, _ = desk
    issue = tracker.open("Cancelamento", OPENING, nosy=["joana"])
    client_of(Installation("padoca", "pt-BR", tracker.url, TOKEN)).post_note(issue, Note(NOTE[-23:], NOTE))

    def opened_by(who):
        page = browser.new_page(locale="pt-BR", viewport={"width": 1280, "height": 1000})
        page.goto(f"{tracker.url}/issue{issue}")
        page.fill("input[name=__login_name]", who[0])
        page.fill("input[name=__login_password]", who[1])
        page.press("input[name=__login_password]", "Enter")
        page.wait_for_selector("table.messages")
        page.goto(f"{tracker.url}/issue{issue}")
        return page

    agent = opened_by(AGENT)
    panel = agent.frame_locator("iframe[title=Sidecue]")
    expect(panel.get_by_test_id("function")).to_contain_text("Sucesso", timeout=10_000)
    expect(agent.locator("table.sidecue")).to_contain_text("Ação: ligar & confirmar <hoje>")
    expect(agent.locator("table.sidecue")).to_contain_text("Notas para atendentes")
    agent.screenshot(path=artefacts / "real-roundup.png", full_page=True)
    customer = opened_by(CUSTOMER)

    expect(customer.locator("body")).to_contain_text("padaria São João")
    expect(customer.locator("iframe, table.sidecue")).to_have_count(0)
    assert REF.search(customer.content()) is None
