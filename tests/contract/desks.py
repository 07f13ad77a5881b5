"""Fake helpdesks on loopback, one per folder, written from the vendor's documents and not from our client.

`fixtures/desk_<name>.py` offers what its vendor's API does with what we send:

    API_TOKEN, SETTINGS      what the tenant told (SETTINGS may be left out)
    BASE                     what follows the host in the tenant's address; "" when left out
    TICKET                   the id of a ticket that is there
    FIELD, VALUE             a custom field's name or id, and a value it takes      (capability fields)
    UNDESCRIBED              (method, path) of calls that the vendor's OpenAPI leaves out (optional; give a reason)
    GROUP, ASSIGNEE          ids that a ticket can be given to; None where not      (capability assign)
    class Desk:
        answer(method, path, query, headers, body) -> (status, body)     or (status, body, headers)
        notes(ticket) -> list[str]          the texts of its internal notes, oldest first
        tags(ticket) -> set[str]            and tag(ticket, add, remove): what a colleague does     (tags)
        field(ticket, name)                 (fields)
        given_to(ticket) -> (group, assignee)                                                      (assign)
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.base import Installation
from connectors.budget import Budget


@dataclass(frozen=True)
class Asked:
    """One request that a client made."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class RunningDesk:
    """A fake helpdesk that answers on loopback."""

    desk: Any
    module: Mapping[str, Any]
    url: str
    asked: list[Asked] = field(default_factory=list)
    meanwhile: Callable[[int], None] = lambda _: None
    """Called with the number of each request, from 1, before it is answered: what colleagues do in between."""
    faults: list[tuple[int, dict[str, str], bool]] = field(default_factory=list)
    """Status, headers, and whether the request was carried out all the same, for the next requests."""

    def installation(self, budget: Budget | None = None) -> Installation:
        return Installation(
            "acme",
            "pt-BR",
            api_url=self.url + self.module.get("BASE", ""),
            api_token=self.module["API_TOKEN"],
            settings=self.module.get("SETTINGS", {}),
            budget=budget,
        )

    @property
    def ticket(self) -> str:
        return self.module["TICKET"]


class DeskServer:
    """One loopback server for all tests of a module; each test gives it a desk of its own."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, content = outer.carry_out(self.command, self.path, dict(self.headers.items()), raw)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the names http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        self.running: RunningDesk | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def open(self, module: Mapping[str, Any]) -> RunningDesk:
        self.running = RunningDesk(module["Desk"](), module, self.url)
        return self.running

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def carry_out(
        self, method: str, target: str, headers: dict[str, str], raw: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        running = self.running
        assert running is not None
        parts = urlsplit(target)
        path = parts.path.removeprefix(running.module.get("BASE", ""))
        given = {name.lower(): value for name, value in headers.items()}
        asked = Asked(method, path, dict(parse_qsl(parts.query)), given, json.loads(raw) if raw else None)
        running.asked.append(asked)
        running.meanwhile(len(running.asked))
        fault = running.faults.pop(0) if running.faults else None
        if fault is not None and not fault[2]:
            return fault[0], fault[1], b""
        answered = running.desk.answer(asked.method, asked.path, asked.query, asked.headers, asked.body)
        status, body, more = (*answered, {})[:3]
        if fault is not None:
            return fault[0], fault[1], b""
        content = b"" if body is None else json.dumps(body).encode()
        return status, {"Content-Type": "application/json", **more}, content
