import base64

import pytest

from connectors import django_helpdesk, standard, zendesk
from connectors.base import Installation, Note
from connectors.django_helpdesk.client import authorization as desk_authorization
from connectors.django_helpdesk.client import harmless
from connectors.zendesk.client import authorization as zendesk_authorization
from rules.errors import HelpdeskFailed

REF = "sc_0123456789abcdef0123"
NOTE = Note(REF, f"Ana aceitou: registrar {{{{ o cancelamento }}}} do #12.\n{REF}")


def plain(header: str) -> str:
    return base64.b64decode(header.removeprefix("Basic ")).decode()


@pytest.mark.parametrize("token", ["a@x.test/token:T:1", "a@x.test:T:1", " a@x.test:T:1\n"])
def test_zendesk_sends_an_api_token_as_basic(token):
    assert plain(zendesk_authorization(token)) == "a@x.test/token:T:1"


def test_authorization_by_token_alone():
    assert zendesk_authorization("abc") == "Bearer abc"
    assert desk_authorization("abc") == "Token abc"
    assert plain(desk_authorization("sidecue:pass:word")) == "sidecue:pass:word"
    assert zendesk_authorization(None) is None
    assert desk_authorization("") is None


def test_zendesk_posts_a_private_comment(desk):
    client = zendesk.client(Installation("acme", "en", desk.url, "a@x.test:T"))
    client.post_note("90/41", NOTE)

    asked = desk.asked[0]
    assert (asked.method, asked.path) == ("PUT", "/api/v2/tickets/90%2F41.json")
    assert asked.body == {"ticket": {"comment": {"body": NOTE.text, "public": False}}}


def test_zendesk_finds_a_private_note_on_a_later_page(desk):
    def answer(asked):
        second = "page=2" in asked.path
        first = [{"public": True, "body": REF}, {"body": None}]
        comments = [{"public": False, "body": f"x\n{REF}"}] if second else first
        return 200, {}, {"comments": comments, "next_page": None if second else "https://elsewhere.test/"}

    desk.answer = answer
    client = zendesk.client(Installation("acme", "en", desk.url, "a@x.test:T"))

    assert client.has_note("9041", REF)
    assert not client.has_note("9041", "sc_ffffffffffffffffffff")
    assert len(desk.asked) == 4


@pytest.mark.parametrize("body", [[], {}, {"comments": None}])
def test_zendesk_names_an_answer_that_is_none_of_its_own(desk, body):
    desk.answer = lambda _: (200, {}, body)

    with pytest.raises(HelpdeskFailed, match="api-url"):
        zendesk.client(Installation("acme", "en", desk.url)).has_note("1", REF)


def test_zendesk_calls_no_host_but_its_own():
    with pytest.raises(HelpdeskFailed, match="may call"):
        zendesk.client(Installation("acme", "en", "https://desk.test")).has_note("1", REF)


class HelpdeskTicket:
    """What django-helpdesk 2.6.1 does with a follow-up, as its source has it."""

    def __init__(self, status=1, resolution=None):
        self.ticket = {"id": 12, "title": "Cancelar", "status": status, "resolution": resolution, "followup_set": []}
        self.patch_fails = False

    def add(self, comment, *, public, title=None):
        entries = self.ticket["followup_set"]
        self.ticket["title"] = title or self.ticket["title"]
        entry = {"id": len(entries) + 1, "comment": comment, "public": public, "title": self.ticket["title"]}
        entries.append(entry)
        if self.ticket["status"] == 3 or (self.ticket["status"] == 4 and self.ticket["resolution"] is None):
            self.ticket["resolution"] = comment

    def __call__(self, asked):
        if asked.method == "POST":
            self.add(asked.body["comment"], public=asked.body["public"], title=asked.body.get("title"))
        if asked.method == "PATCH":
            if self.patch_fails:
                return 500, {}, {}
            self.ticket |= asked.body
        return 200, {}, self.ticket


@pytest.mark.parametrize("end", ["/helpdesk", "/helpdesk/", "/helpdesk/api", "/helpdesk/api/"])
def test_django_helpdesk_takes_its_address_with_or_without_api(desk, end):
    desk.answer = HelpdeskTicket()
    django_helpdesk.client(Installation("acme", "pt-BR", desk.url + end)).has_note("12", REF)

    assert desk.asked[0].path == "/helpdesk/api/tickets/12/"


def test_django_helpdesk_notes_neither_rename_nor_render(desk):
    desk.answer = helpdesk = HelpdeskTicket()
    client = django_helpdesk.client(Installation("acme", "pt-BR", f"{desk.url}/helpdesk/", "sidecue:pw"))
    client.post_note("12", NOTE)

    assert helpdesk.ticket["title"] == "Cancelar"
    entry = helpdesk.ticket["followup_set"][0]
    assert entry["public"] is False
    assert entry["comment"] == "Ana aceitou: registrar { { o cancelamento } } do # 12.\n" + REF
    assert [asked.method for asked in desk.asked] == ["GET", "POST", "GET"]
    assert desk.asked[1].path == "/helpdesk/api/followups/"
    assert client.has_note("12", REF)
    assert not client.has_note("12", "sc_ffffffffffffffffffff")


@pytest.mark.parametrize("status", [3, 4])
@pytest.mark.parametrize("resolution", [None, "Devolvido ontem."])
def test_django_helpdesk_notes_leave_the_public_resolution_alone(desk, status, resolution):
    desk.answer = helpdesk = HelpdeskTicket(status, resolution)
    django_helpdesk.client(Installation("acme", "pt-BR", desk.url)).post_note("12", NOTE)

    assert helpdesk.ticket["resolution"] == resolution


def test_django_helpdesk_finishes_a_note_that_failed_half_way(desk):
    """The note is there, its text stands as the public resolution: not done, and done by calling again."""
    desk.answer = helpdesk = HelpdeskTicket(status=3)
    helpdesk.add("Devolvido ontem.", public=True)
    helpdesk.patch_fails = True
    client = django_helpdesk.client(Installation("acme", "pt-BR", desk.url))
    with pytest.raises(HelpdeskFailed):
        client.post_note("12", NOTE)
    left_half_way = client.has_note("12", REF)
    helpdesk.patch_fails = False
    client.post_note("12", NOTE)

    assert not left_half_way
    assert client.has_note("12", REF)
    assert helpdesk.ticket["resolution"] == "Devolvido ontem."
    assert len(helpdesk.ticket["followup_set"]) == 2


@pytest.mark.parametrize("body", [[], {}, {"id": 1}, {"id": 1, "followup_set": {}}, "x"])
def test_django_helpdesk_names_an_answer_that_is_no_ticket(desk, body):
    desk.answer = lambda _: (200, {}, body)

    with pytest.raises(HelpdeskFailed, match="api-url"):
        django_helpdesk.client(Installation("acme", "pt-BR", desk.url)).has_note("1", REF)


@pytest.mark.parametrize("text", ["{{ x }}", "{% load %}", "{# c #}", "{{{a}}}", "#1 e #22", "{%", "%}", "{{%#}}"])
def test_harmless_leaves_no_template_and_no_ticket_link(text):
    shown = harmless(text)

    assert not any(mark in shown for mark in ("{{", "}}", "{%", "%}", "{#", "#}", "#1", "#2"))
    assert shown.replace(" ", "") == text.replace(" ", "")


def test_standard_posts_one_note_to_one_address(desk):
    desk.answer = lambda _: (201, {}, b"thanks")
    client = standard.client(Installation("acme", "en", f"{desk.url}/notes", "T0K"))
    client.post_note("T-77", NOTE)

    asked = desk.asked[0]
    assert (asked.method, asked.path) == ("POST", "/notes")
    assert asked.headers["authorization"] == "Bearer T0K"
    assert asked.headers["idempotency-key"] == REF
    note = {"ref": REF, "text": NOTE.text, "public": False}
    assert asked.body == {"type": "sidecue.note", "ticket_id": "T-77", "note": note}
    assert not client.has_note("T-77", REF)
