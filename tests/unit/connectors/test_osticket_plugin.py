"""The plugin that is shipped for osTicket, run by PHP within a stand-in for osTicket, against a real Sidecue."""

import json
import re
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from plugin_cases import Clock, new_app, new_services, new_tenant
from werkzeug.serving import WSGIRequestHandler, make_server

from connectors import osticket
from connectors.base import Delivery, Installation
from connectors.payload import CUT, MAX_BODY
from plugin.sessions import open_link
from plugin.store.tenants import Back
from rules.model import EventKind

ROOT = Path(__file__).parents[3]
PLUGIN = ROOT / "connectors" / "osticket" / "plugin"
SECRET, KEY = "a-secret-of-the-osticket-long-enough", "the-sidebar-key-of-the-osticket"
PHP = shutil.which("php")

pytestmark = pytest.mark.skipif(PHP is None, reason="osTicket's plugin needs PHP (`apt-get install php-cli`)")

WORDS = "Olá, quero cancelar o plano."
OPENED = {"type": "M", "user_id": 31, "body": f"<p>{WORDS}</p>", "format": "html"}
TICKET = {"number": "482193", "subject": "Cancelamento", "state": "open", "source": "Email", "staff_id": None}


def request(config=(), **told):
    """Return what one request to osTicket did."""
    settings = {"url": "http://127.0.0.1:9", "tenant": "acme", "secret": SECRET, "sidebar_key": KEY} | dict(config)
    scenario = json.dumps({"config": settings, "ticket": TICKET, **told})
    command = [PHP, "-n", "-d", "allow_url_fopen=1", ROOT / "tests" / "support" / "osticket" / "run.php", PLUGIN]
    done = subprocess.run(command, input=scenario, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


class Listener:
    """Takes deliveries on loopback, and answers each with what stands next in `answers`."""

    def __init__(self):
        outer = self
        self.heard, self.answers = [], []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append((self.path, dict(self.headers.items()), body))
                status, headers, content = outer.answers.pop(0) if outer.answers else (200, {}, "{}")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content.encode())))
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def events(self, number=-1):
        return osticket.parse(Delivery(self.heard[number][2], {}, None), Installation("acme", "pt-BR"))


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize("file", sorted(PLUGIN.glob("*.php")), ids=lambda file: file.name)
def test_plugin_is_php(file):
    subprocess.run([PHP, "-n", "-l", file], check=True, capture_output=True, timeout=60)


def test_a_new_ticket_is_told_once_and_whole_to_the_tenants_address(listener):
    photo, inline = {"name": "tela ☃.png", "inline": 0}, {"name": "logo.png", "inline": 1}
    done = request(
        {"url": listener.url + "/base/"},
        entries=[
            OPENED | {"attachments": [photo, inline]},
            {"type": "R", "staff_id": 4, "body": "Já vejo &amp; digo."},
        ],
        signals={"model.updated": {"dirty": {"status_id": 1}}, "ticket.created": None},
    )
    ((path, headers, body),) = listener.heard
    opened, answered, state = listener.events()

    assert path == "/base/webhooks/osticket/acme"
    assert headers["X-Sidecue-Secret"] == SECRET
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["event"] == "ticket.created"
    assert opened.changes.description == f"{WORDS}\n[📎 tela ☃.png]"
    assert (answered.kind, answered.messages[0].body) == (EventKind.ANSWERED, "Já vejo & digo.")
    assert (opened.occurred_at.isoformat(), state.occurred_at.isoformat()) == (
        "2026-03-02T12:00:00+00:00",
        "2026-03-02T12:20:00+00:00",
    )
    assert (done["notes"], done["log"], done["page"]) == ([], [], "")


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        ({"signals": {"model.updated": {"dirty": {"lock_id": 0, "updated": 0}}}}, 0),
        ({"signals": {"model.updated": {"dirty": {"updated": 0, "staff_id": 0}}}}, 1),
        ({"signals": {"model.updated": None}}, 1),
        ({"entries": [OPENED | {"thread_id": 12}]}, 0),  # of a task
        ({}, 0),
    ],
)
def test_what_says_nothing_of_a_ticket_is_not_told(listener, told, heard):
    request({"url": listener.url}, **told)

    assert len(listener.heard) == heard


def test_what_the_answer_holds_is_carried_out_and_not_told_again(listener):
    note = "Recomendações\nlinha & <b>linha</b>\nsc_0123456789abcdef0123"
    listener.answers = [(200, {}, json.dumps({"notes": [note], "department_id": "3"}))]
    done = request({"url": listener.url}, entries=[OPENED])
    request({"url": listener.url}, entries=[OPENED, {"type": "N", "body": done["notes"][0][2]}])

    assert done["log"] == []
    assert [each[:2] + each[3:] for each in done["notes"]] == [["Sidecue", "TextThreadEntryBody", "Sidecue", False]]
    assert done["department"] == 3
    assert len(listener.heard) == 2
    came_back = listener.events()[1]
    assert (came_back.kind, came_back.messages[0].body) == (EventKind.NOTED, note)
    assert came_back.messages[0].note_ref == "sc_0123456789abcdef0123"


def test_an_edited_entry_stays_the_message_that_it_was_and_a_hidden_one_is_not_told(listener):
    before = {"type": "R", "staff_id": 4, "body": "antes", "id": 250, "flags": 4}
    after = {"type": "R", "staff_id": 4, "body": "depois", "id": 251, "pid": 250, "flags": 2}
    request({"url": listener.url}, entries=[OPENED, before, after])

    assert [(each.id, each.messages[0].body) for each in listener.events() if each.messages] == [
        ("entry:250", "depois")
    ]


def test_of_a_thread_too_large_for_sidecue_the_first_words_and_the_newest_are_told(listener):
    noted = {"type": "N", "staff_id": 4, "body": "Ligou ontem.", "id": 1}
    long = [{"type": "R", "staff_id": 4, "body": f"{number}: " + '"' * 50_000, "id": number} for number in range(3, 23)]
    newest = {"type": "M", "user_id": 31, "body": f"<p>{'á' * 150_000}</p><p>fim</p>", "format": "html", "id": 23}
    request({"url": listener.url}, entries=[noted, OPENED | {"id": 2}, *long, newest])
    opened, *said, _ = listener.events()

    assert len(listener.heard[0][2]) < 1_048_576
    assert opened.changes.description == WORDS
    assert [each.messages[0].id for each in said][-1] == "23"
    assert 1 < len(said) < 20
    assert said[-1].messages[0].body == "á" * (MAX_BODY - len(CUT)) + CUT


def test_a_text_that_is_cut_says_so_and_holds_no_half_of_a_tag(listener):
    words = "<b>sim</b> " * 18_180
    request({"url": listener.url}, entries=[OPENED | {"body": f'<p>{words}<a href="https://{"x" * 99}">fim</a></p>'}])

    assert listener.events()[0].changes.description == ("sim " * 18_180).strip() + CUT


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}, "{}"), "401"),
        ((307, {"Location": "http://127.0.0.1:9/elsewhere"}, ""), "307"),
        ((200, {}, "<html>"), None),
        ((200, {}, '{"notes": null, "department_id": "3 or 4"}'), None),
    ],
)
def test_an_answer_that_is_none_changes_nothing_and_is_logged_without_a_secret(listener, answer, said):
    listener.answers = [answer]
    done = request({"url": listener.url}, entries=[OPENED])

    assert (done["notes"], done["department"], len(listener.heard)) == ([], 1, 1)
    assert [said in message for _, message, alert in done["log"] if not alert] == ([True] if said else [])
    assert SECRET not in json.dumps(done)


def test_a_sidecue_that_is_away_is_only_logged():
    done = request(entries=[OPENED])

    ((title, message, alert),) = done["log"]
    assert (title, alert) == ("Sidecue", False)
    assert message.startswith("no answer from http://127.0.0.1:9/webhooks/osticket/acme")


@pytest.mark.parametrize("missing", ["url", "tenant", "secret"])
def test_a_plugin_that_is_not_set_up_does_nothing(missing):
    done = request({missing: " "}, entries=[OPENED], staff="Ana", signals={"ticket.view.more": []})

    assert (done["log"], done["page"]) == ([], "")


def test_the_menus_link_opens_the_page_for_the_agent_who_sees_it():
    agent = "Ana D'Ávila <b>& Cia"
    page = request({"url": "https://sidecue.example.org"}, staff=agent, signals={"ticket.view.more": []})["page"]
    (href,) = re.findall(r'href="([^"]+)"', page)
    url = urlsplit(unescape(href))
    session = open_link([KEY], "osticket", "acme", dict(parse_qsl(url.query)), datetime.now(UTC))

    assert (url.scheme, url.netloc, url.path) == ("https", "sidecue.example.org", "/sidebar/osticket/acme")
    assert (session.ticket, session.agent) == ("93", agent)
    assert page.startswith("<li><a ")
    assert "<b>" not in page


def test_without_a_sidebar_key_or_an_agent_there_is_no_link():
    signals = {"ticket.view.more": []}

    assert request({"sidebar_key": ""}, staff="Ana", signals=signals)["page"] == ""
    assert request(signals=signals)["page"] == ""


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://sidecue.example.org", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1", True),
        ("http://sidecue.example.org", False),
        ("http://localhost.example.org", False),
        ("ftp://localhost/", False),
        ("", False),
    ],
)
def test_the_secret_is_sent_to_no_address_in_the_clear(url, taken):
    saved, errors, _ = json.loads(request({"url": ""}, configure={"url": url})["page"])

    assert (saved, list(errors)) == (taken, [] if taken else ["err"])


def test_the_settings_are_labelled_in_both_languages_and_the_secrets_hidden():
    fields = {
        language: json.loads(request({"secret": ""}, configure={"url": ""}, language=language)["page"])[2]
        for language in ("pt_BR", "en_US")
    }
    english, portuguese = fields["en_US"], fields["pt_BR"]

    assert {name for name, field in english.items() if field["0"] == "PasswordField"} == {"secret", "sidebar_key"}
    assert [name for name, field in english.items() if field["required"]] == ["url", "tenant", "secret"]
    assert all(english[name]["label"] != portuguese[name]["label"] for name in english)


@pytest.fixture
def sidecue(tmp_path):
    """A Sidecue on loopback, with its address."""

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_):
            pass

    services = new_services(tmp_path, Clock())
    server = make_server("127.0.0.1", 0, new_app(services), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    services.worker.start()
    yield services, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    services.worker.ask_to_stop()
    services.worker.join(5)
    services.store.close()


@pytest.mark.slow
def test_what_sidecue_decides_is_noted_in_the_ticket_once(sidecue):
    services, url = sidecue
    new_tenant(services, "acme", "osticket", SECRET, back=Back(notes="decided"))
    first = request({"url": url}, entries=[OPENED], signals={"ticket.created": None})
    note = {"type": "N", "body": first["notes"][0][2]}
    again = request({"url": url}, entries=[OPENED, note, {"type": "M", "user_id": 31, "body": "E então?"}])

    assert first["log"] == again["log"] == []
    assert len(first["notes"]) == 1
    assert re.search(r"sc_[0-9a-f]{20}$", first["notes"][0][2])
    assert again["notes"] == []
