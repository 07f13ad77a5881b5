"""Gorgias' API: internal notes, tags, one custom field, and who a ticket is given to."""

from __future__ import annotations

import html
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any
from urllib.parse import quote

from connectors.base import Client, Installation, Note
from connectors.gorgias.mapping import NOTE
from connectors.http import HelpdeskApi, basic
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text


class GorgiasClient:
    """What is written to the tickets of one account, in the name of the user whose API key it is."""

    def __init__(self, api: HelpdeskApi, user: str) -> None:
        self._api = api
        self._user = user

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the ticket."""
        self._api.call("POST", f"{_path(ticket_id)}/messages", body=self._message(note), reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the ticket's internal notes holds the reference."""
        return self._note(ticket_id, ref) is not None

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Give the internal note this text, or post it where there is none."""
        standing = self._note(ticket_id, note.ref)
        if standing is None:
            self.post_note(ticket_id, note)
        elif standing.get("body_text") != note.text:
            path = f"{_path(ticket_id)}/messages/{quote(str(standing.get('id')), safe='')}"
            self._api.call("PUT", path, body=self._message(note), reads=False)

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove tags by their names: neither call touches another tag."""
        tags = self._ticket(ticket_id).get("tags")
        if not isinstance(tags, list):
            raise _no_answer()
        present = frozenset(str(each.get("name")) for each in tags if isinstance(each, dict))
        for method, names in (("POST", add - present), ("DELETE", remove & present)):
            if names:
                self._api.call(method, f"{_path(ticket_id)}/tags", body={"names": sorted(names)}, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field, by its number, a value; the body is the value itself."""
        path = f"{_path(ticket_id)}/custom-fields/{quote(name, safe='')}"
        self._api.call("PUT", path, body=value, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to a team, a user, or both."""
        given = {"assignee_team": group, "assignee_user": assignee}
        body = {name: {"id": _number(value)} for name, value in given.items() if value is not None}
        self._api.call("PUT", _path(ticket_id), body=body, reads=False)

    def _message(self, note: Note) -> Mapping[str, Any]:
        return {
            "channel": NOTE,
            "via": "api",
            "from_agent": True,
            "public": False,
            "sender": {"email": self._user},
            "source": {"type": NOTE},
            "body_text": note.text,
            "body_html": html.escape(note.text, quote=False).replace("\n", "<br>"),
        }

    def _note(self, ticket_id: str, ref: str) -> Mapping[str, Any] | None:
        messages = self._ticket(ticket_id).get("messages")
        if not isinstance(messages, list):
            raise _no_answer()
        notes = (each for each in messages if isinstance(each, dict) and each.get("channel") == NOTE)
        return next((each for each in notes if ref in f"{each.get('body_text')} {each.get('body_html')}"), None)

    def _ticket(self, ticket_id: str) -> Mapping[str, Any]:
        answer = self._api.call("GET", _path(ticket_id))
        if not isinstance(answer, dict) or "id" not in answer:
            raise _no_answer()
        return answer


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=basic(token) if token else None,
    )
    return GorgiasClient(api, token.partition(":")[0]) if api is not None else None


def _path(ticket_id: str) -> str:
    return f"/api/tickets/{quote(ticket_id, safe='')}"


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                "os ids da Gorgias são números; corrija os ajustes do tenant",
                "Gorgias' ids are numbers; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é da Gorgias; --api-url é https://CONTA.gorgias.com?",
            "the answer is not one of Gorgias'; is --api-url https://ACCOUNT.gorgias.com?",
        ),
        retryable=False,
    )
