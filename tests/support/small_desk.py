"""A small helpdesk API on loopback, as django-helpdesk's: tickets with follow-ups, and the faults one asks for."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SmallDesk:
    """A helpdesk of a few lines; it answers Zendesk's calls about comments too.

    `faults`: (status, headers, whether the note is kept all the same) for the next posts; then all goes well.
    """

    def __init__(self):
        self.notes = []
        self.asked = []
        self.faults = []
        self.delay = threading.Event()
        self.delay.set()
        desk = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                desk.asked.append(self.path)
                if "/comments.json" in self.path:
                    comments = [{"body": text, "public": False} for text in desk.notes]
                    return self._send(200, {"comments": comments, "next_page": None})
                ticket = self.path.rstrip("/").rpartition("/")[2]
                notes = [{"id": number, "comment": text, "public": False} for number, text in enumerate(desk.notes)]
                return self._send(200, {"id": int(ticket), "followup_set": notes, "resolution": None})

            def do_PUT(self):
                self.do_POST()

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                desk.delay.wait(10)
                status, headers, keeps = desk.faults.pop(0) if desk.faults else (201, {}, True)
                if keeps:
                    of_zendesk = isinstance(body.get("ticket"), dict)
                    desk.notes.append(body["ticket"]["comment"]["body"] if of_zendesk else body["comment"])
                self._send(status, {}, headers)

            def _send(self, status, body, headers=None):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.delay.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
