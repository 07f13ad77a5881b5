"""A helpdesk's API on loopback that answers what a test tells it to and keeps what it was asked."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Desk:
    """`answer(asked)` returns (status, headers, body); a body that is not bytes is sent as JSON."""

    url: str
    answer: Callable[[Asked], tuple[int, dict[str, str], Any]] = lambda _: (200, {}, {})
    asked: list[Asked] = field(default_factory=list)
    drip: float = 0.0
    """Seconds between two bytes of an answer's body."""


@pytest.fixture
def desk():
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, json.loads(raw) if raw else None)
            found.asked.append(asked)
            status, headers, body = found.answer(asked)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not found.drip:
                self.wfile.write(content)
                return
            for byte in content:
                time.sleep(found.drip)
                self.wfile.write(bytes([byte]))

        do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815 - the names http.server looks for

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """A client that hangs up half way is part of some tests."""

    server = Server(("127.0.0.1", 0), Handler)
    found = Desk(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
