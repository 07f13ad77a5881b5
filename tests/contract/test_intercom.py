"""What Intercom alone has: two kinds of tickets with routes of their own, and a canvas with panes."""

import json

import panel_cases as cases
import pytest
from contract_desks import DeskServer
from contract_openapi import FOLDER, faults
from contract_signing import brought

from connectors import intercom
from connectors.base import HostRequest, Installation, Note, SidebarRequest
from connectors.hosted import Choice, HostedCard, View
from rules.errors import HelpdeskFailed, PayloadInvalid

REF = "sc_0123456789abcdef0123"
CARD = HostedCard(
    "r_1",
    1,
    "Ligar",
    "retention",
    "Sucesso",
    "vence hoje",
    (),
    "Olá, [Ana](https://x)",
    "Porque sim",
    "Fica",
    ("pede: cancelar",),
    "open",
    "",
)
WORDS = ("accept", "done", "dismiss", "dismiss_ask", "why", "reply", "steps", "due", "benefit", "conditions", "open")


def view(card=CARD, **more):
    words = {name: name.upper() for name in (*WORDS, "back")}
    reasons = (Choice("bad_timing", "Agora não"), Choice("other", "Outro motivo"))
    told = {"state": "decided", "locale": "pt-BR", "title": "Sidecue", "whose": "Sucesso", "with_whom": ""}
    told |= {"certainty": "", "customer": "", "facts": (), "message": "", "held_back": (), "link": "https://s.test/x"}
    return View(**told | more, cards=(card,), reasons=reasons, words=words)


def drawn(view, unfolded=None):
    reply = intercom.render(view, SidebarRequest("7", unfolded=unfolded))
    return json.loads(reply.body)["canvas"]["content"]["components"]


def asked(**more):
    installation = Installation("acme", "en", secrets=("s3cret",))
    parts = brought("intercom", "host")["request"]("acme", "7", "Bruna", installation, None, **more)
    headers = {name.lower(): value for name, value in parts["headers"].items()}
    return intercom.open_sidebar(
        HostRequest("POST", "https://s.test", headers, {}, {}, parts["body"]), installation, cases.NOW
    )


@pytest.fixture
def tickets():
    server = DeskServer()
    running = server.open(brought("intercom", "desk"))
    yield running, intercom.client(running.installation()), f"ticket:{running.ticket}"
    server.close()


def test_ticket_is_written_to_by_its_own_routes(tickets):
    running, client, ticket = tickets
    assert not client.has_note(ticket, REF)
    client.post_note(ticket, Note(REF, f"Ana aceitou.\n{REF}"))
    client.change_tags(ticket, add={"sidecue_success"}, remove={"vip", "never_there"})
    client.set_field(ticket, "Área", "success")
    client.assign(ticket, group="5017691", assignee="5017690")

    assert client.has_note(ticket, REF)
    assert running.desk.tags(None) == {"sidecue_success"}
    assert running.desk.field(None, "Área") == "success"
    assert running.desk.given_to(None) == ("5017691", "5017690")
    assert not [each.path for each in running.asked if each.path.startswith("/conversations")]
    if FOLDER.is_dir():
        for each in running.asked:
            assert [*faults("intercom", each.method, each.path, dict(each.query), each.body)] == []


@pytest.mark.parametrize("call", ["post_note", "has_note", "change_tags"])
def test_answer_that_is_not_intercoms_is_named(tickets, call, monkeypatch):
    running, client, ticket = tickets
    monkeypatch.setattr(running.desk, "answer", lambda *_: (200, ["somebody else"]))
    arguments = {
        "post_note": lambda: client.post_note(ticket, Note(REF, REF)),
        "has_note": lambda: client.has_note(ticket, REF),
        "change_tags": lambda: client.change_tags(ticket, add=set(), remove={"vip"}),
    }

    with pytest.raises(HelpdeskFailed, match=r"api\.intercom\.io"):
        arguments[call]()


def test_canvas_unfolds_what_was_pressed_and_leads_back():
    for pressed, shown in (("why:r_1", "pede: cancelar"), ("reply:r_1", "Olá, [Ana]"), ("dismiss:r_1", "Agora não")):
        request = asked(component_id=pressed, input_values={})
        pane = drawn(view(), request.unfolded)

        assert request.action is None
        assert shown in json.dumps(pane, ensure_ascii=False)
        assert pane[-1]["id"] == "back"
    assert asked(component_id="back").unfolded is None


def test_canvas_hears_a_reason_and_what_was_accepted():
    told = asked(component_id="reason:r_1", input_values={"reason:r_1": "bad_timing"}).action
    assert (told.recommendation, told.verdict, told.reason) == ("r_1", "dismissed", "bad_timing")
    assert asked(component_id="accept:r_1", input_values={}).action.verdict == "accepted"
    assert asked(component_id="open").action is None


def test_canvas_makes_no_link_of_what_a_customer_wrote():
    assert "](" not in json.dumps(drawn(view(), "reply:r_1"))


def test_canvas_of_a_pane_that_is_gone_is_the_whole_one():
    assert drawn(view(), "why:r_9") == drawn(view())


def test_canvas_needs_a_conversation():
    with pytest.raises(PayloadInvalid, match="conversation"):
        asked(conversation=None)
