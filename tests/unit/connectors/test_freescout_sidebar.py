"""FreeScout's sidebar tells no conversation's id: which one it means is found, or nothing is shown."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.base import HostRequest, Installation
from connectors.freescout import open_sidebar
from rules.errors import HelpdeskFailed, HostRequestInvalid

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEY = "key-of-the-sidebar"


class Answering(BaseHTTPRequestHandler):
    """Answers every request with what the test prepared."""

    conversations: object = None

    def do_GET(self):
        content = json.dumps(self.conversations).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def ask():
    """Return a function that asks for the sidebar at an installation with these conversations."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"

    def asked(conversations, subject="Contrato"):
        Answering.conversations = conversations
        body = {"secret": KEY, "customerEmail": "ana@cliente.example", "conversationSubject": subject}
        request = HostRequest("POST", "https://x/sidebar", {}, {}, {}, json.dumps(body).encode())
        return open_sidebar(request, Installation("acme", "en", url, "key", sidebar_keys=(KEY,)), NOW).ticket

    yield asked
    server.shutdown()
    server.server_close()


def listed(*subjects):
    return {"_embedded": {"conversations": [{"id": 40 + n, "subject": told} for n, told in enumerate(subjects)]}}


def test_the_last_changed_of_exactly_this_subject_is_meant(ask):
    assert ask(listed("Contrato novo", "Contrato", "Contrato")) == "41"


def test_a_conversation_that_is_not_known_shows_nothing(ask):
    with pytest.raises(HostRequestInvalid, match="no conversation"):
        ask(listed("Contrato novo"))


def test_an_answer_that_is_no_list_of_conversations_is_told(ask):
    with pytest.raises(HelpdeskFailed, match="not one of FreeScout's"):
        ask({"message": "Welcome"})
