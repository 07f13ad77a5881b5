"""The helpdesk's side of the demo: the two calls of Zendesk's API that a note needs, kept in memory.

What is posted here comes from the real connector over HTTP; the conversation on the demo page shows it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from connectors.proof import same_secret
from connectors.zendesk.client import authorization
from plugin.problems import problem
from plugin.services import services

TENANT: Final = "demo"
PREFIX: Final = "/demo/helpdesk"
MOST_NOTES: Final = 500


@dataclass(frozen=True, slots=True)
class PostedNote:
    """A note on a ticket of the demo's helpdesk."""

    ticket: str
    text: str
    at: datetime


class Notes:
    """What was posted, oldest first; the oldest are forgotten."""

    def __init__(self) -> None:
        self._posted: list[PostedNote] = []
        self._lock = threading.Lock()

    def post(self, ticket: str, text: str) -> None:
        """Keep a note."""
        with self._lock:
            self._posted.append(PostedNote(ticket, text, datetime.now(UTC)))
            del self._posted[:-MOST_NOTES]

    def of(self, ticket: str) -> tuple[PostedNote, ...]:
        """Return a ticket's notes."""
        with self._lock:
            return tuple(note for note in self._posted if note.ticket == ticket)


def desk_blueprint(notes: Notes) -> Blueprint:
    """Return the demo helpdesk's API."""
    blueprint = Blueprint("demo-helpdesk", __name__, url_prefix=PREFIX)

    @blueprint.before_request
    def _known() -> Response | None:
        tenant = services().directory.by_name(TENANT)
        expected = authorization(tenant.api_token) if tenant is not None else None
        if expected is None or not same_secret(request.headers.get("Authorization"), [expected]):
            return problem("credential-invalid")
        return None

    @blueprint.put("/api/v2/tickets/<ticket>.json")
    def put_ticket(ticket: str) -> Response:
        body: Any = request.get_json()
        notes.post(ticket, str(body["ticket"]["comment"]["body"]))
        return jsonify({"ticket": {"id": ticket}})

    @blueprint.get("/api/v2/tickets/<ticket>/comments.json")
    def comments(ticket: str) -> Response:
        told = [{"body": note.text, "public": False} for note in notes.of(ticket)]
        return jsonify({"comments": told, "next_page": None})

    return blueprint
