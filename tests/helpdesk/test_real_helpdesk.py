"""The main job on a real helpdesk: a customer writes, the agent sees whose work it is, accepts, and a note is left."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.helpdesk, pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("helpdesk")]

MESSAGE = "Bom dia. Quero cancelar o contrato da nossa padaria, não usamos mais o sistema."
FOLLOW_UP = "Pensei melhor: desconsiderem o cancelamento, vamos continuar com vocês. Quanto custa o plano superior?"


def follow_ups(desk) -> list[dict]:
    """Read the ticket's follow-ups from the helpdesk's own database."""
    printed = desk.manage(
        "shell",
        "--verbosity",
        "0",
        "--command",
        "import json; from helpdesk.models import FollowUp;"
        "print(json.dumps([{'comment': f.comment, 'public': f.public, 'user': f.user and f.user.username}"
        " for f in FollowUp.objects.filter(ticket_id=1).order_by('id')]))",
    )
    return json.loads(printed)


def notes(desk) -> list[dict]:
    return [found for found in follow_ups(desk) if re.search(r"\bsc_[0-9a-f]{20}\b", found["comment"] or "")]


def signed_in(desk, browser, **context):
    """Return a page of an agent who has just signed in."""
    agent = browser.new_page(**context)
    agent.goto(f"{desk.url}/helpdesk/login/")
    agent.fill("input[name=username]", desk.agent)
    agent.fill("input[name=password]", desk.password)
    agent.press("input[name=password]", "Enter")
    agent.wait_for_url("**/helpdesk/tickets/**")
    return agent


def test_a_ticket_of_a_real_helpdesk_is_decided_shown_accepted_and_noted(desk, browser, artefacts, eventually):
    customer = browser.new_page(locale="pt-BR")
    customer.goto(f"{desk.url}/helpdesk/tickets/submit/")
    customer.select_option("#id_queue", label="Atendimento")
    customer.fill("#id_title", "Cancelamento")
    customer.fill("#id_body", MESSAGE)
    customer.fill("#id_submitter_email", "joana@padariasol.example")
    customer.click("main button[type=submit], form[method=post] button[type=submit]")
    customer.wait_for_url("**/helpdesk/view/**")

    agent = signed_in(desk, browser, locale="pt-BR", viewport={"width": 1440, "height": 1000})
    agent.goto(f"{desk.url}/helpdesk/tickets/1/")
    panel = agent.frame_locator("iframe[title=Sidecue]")

    expect(panel.get_by_test_id("function")).to_contain_text("Sucesso", timeout=10_000)
    first = panel.get_by_test_id("recommendation").first
    expect(first).to_contain_text("cancelamento")
    agent.screenshot(path=artefacts / "real-helpdesk-decided.png")

    first.get_by_test_id("accept").click()
    note = eventually(lambda: notes(desk), seconds=25, saying="the note never reached the helpdesk")

    assert len(note) == 1
    assert note[0]["public"] is False
    assert desk.agent in note[0]["comment"]
    agent.reload()
    expect(agent.get_by_text(re.compile(r"sc_[0-9a-f]{20}")).first).to_be_attached()
    agent.screenshot(path=artefacts / "real-helpdesk-accepted.png", full_page=True)

    reply = EmailMessage()
    reply["From"] = "Joana <joana@padariasol.example>"
    reply["To"] = "atendimento@desk.example"
    reply["Subject"] = "Re: [atendimento-1] Cancelamento"
    reply["Message-ID"] = "<reply-1@padariasol.example>"
    reply.set_content(FOLLOW_UP)
    (desk.mail / "reply").write_bytes(reply.as_bytes())
    desk.manage("get_email")
    assert FOLLOW_UP in follow_ups(desk)[-1]["comment"]
    agent.goto(f"{desk.url}/helpdesk/tickets/1/")
    expect(panel.get_by_test_id("collaborators")).to_contain_text("Gestão de contas", timeout=10_000)
    expect(panel.get_by_text("Registrar o pedido de cancelamento")).to_have_count(0)
    agent.screenshot(path=artefacts / "real-helpdesk-followed-up.png")

    assert len(notes(desk)) == 1


def test_the_frame_is_for_one_agent_once_in_the_language_of_the_page_and_its_key_stays_on_the_server(
    desk, browser, artefacts
):
    told = {"queue": "1", "title": "Factura", "description": "Please cancel our contract.", "priority": "3"}
    ticket = desk.api("POST", "tickets/", data=told | {"submitter_email": "rui@oficina.example", "status": "1"})["id"]
    agent = signed_in(desk, browser, locale="en", viewport={"width": 1440, "height": 1000})
    with agent.expect_response(f"{desk.sidecue.url}/sidebar/**") as answered:
        agent.goto(f"{desk.url}/helpdesk/tickets/{ticket}/")
    address = agent.locator("iframe[title=Sidecue]").get_attribute("src")
    panel = agent.frame_locator("iframe[title=Sidecue]")
    expect(panel.locator("html")).to_have_attribute("lang", "en")
    expect(panel.get_by_test_id("function")).to_have_text("Success", timeout=10_000)

    ancestors = answered.value.headers["content-security-policy"].rpartition("frame-ancestors ")[2]
    assert ancestors == f"'self' {desk.url}"
    assert desk.key not in agent.content()
    assert "once=" in address
    for forged in (address, address.replace(f"ticket={ticket}", "ticket=1"), re.sub("once=[0-9a-f]+&", "", address)):
        shown = browser.new_page()
        refused = shown.goto(forged)
        assert refused.status == (401 if forged == address else 403)
        expect(shown.get_by_test_id("function")).to_have_count(0)
        shown.close()
    panel.get_by_test_id("insert").first.click()
    expect(panel.locator("#say")).to_have_text("Reply inserted into the conversation")
    expect(agent.locator("#commentBox")).to_be_focused()
    assert agent.locator("#commentBox").input_value() == panel.locator("blockquote").first.text_content()
    agent.screenshot(path=artefacts / "real-helpdesk-inserted.png", full_page=True)
    agent.locator("#commentBox").fill("")
    (frame,) = [each for each in agent.frames if each.url.startswith(desk.sidecue.url)]
    ask = "text => parent.postMessage({ sidecue: 'insert', id: 9, text }, '*')"
    frame.evaluate(ask, "{{ user }} {# nada #} {% now %}")
    expect(agent.locator("#commentBox")).to_have_value("{ { user }} { # nada #} {% now %}")
    agent.goto(f"{desk.url}/helpdesk/dashboard/")
    agent.go_back()
    expect(panel.get_by_test_id("function")).to_have_text("Success", timeout=10_000)
    assert agent.locator("iframe[title=Sidecue]").get_attribute("src") == address  # the page is the one from before


def test_a_project_without_the_key_is_told_before_it_starts(desk):
    told = desk.manage("check", SIDECUE_SIDEBAR_KEY="", expect=1)

    assert "sidecue_panel.E001" in told
    assert "tenants list --show-secrets" in told
