"""FreeScout's API: internal notes, one custom field, and the mailbox and user that a conversation belongs to."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from connectors.base import Client, Installation, Note, Resource
from connectors.freescout.mapping import THREADS, path_of
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text


class FreeScoutClient:
    """What is read from and written to one FreeScout, in the name of the user whom the admin told."""

    def __init__(self, api: HelpdeskApi, user: str | None) -> None:
        self._api = api
        self._user = user

    def fetch(self, resource: Resource) -> Any:
        """Return the document as JSON, or None when FreeScout says that there is none."""
        return self._api.document(resource)

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the conversation, as the HTML that FreeScout takes."""
        words = html.escape(note.text, quote=False).replace("\n", "<br>")
        body = {"type": "note", "text": words, "user": self._writer()}
        self._api.call("POST", f"{path_of(ticket_id)}/threads", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the conversation's notes holds the reference."""
        answer = self._api.call("GET", path_of(ticket_id), query=THREADS)
        embedded = answer.get("_embedded") if isinstance(answer, dict) else None
        threads = embedded.get("threads") if isinstance(embedded, dict) else None
        if not isinstance(threads, list):
            raise _no_answer()
        notes = (each for each in threads if isinstance(each, dict) and each.get("type") == "note")
        return any(ref in str(note.get("body")) for note in notes)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Move the conversation to a mailbox, give it to a user, or both."""
        given = {"mailboxId": group, "assignTo": assignee}
        body = {name: _number(value) for name, value in given.items() if value is not None}
        self._api.call("PUT", path_of(ticket_id), body={"byUser": self._writer(), **body}, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field, by its number, this value.

        Whether the call leaves alone what it does not name is not told: all are read just before, and sent again.
        """
        number, answer = _number(name), self._api.call("GET", path_of(ticket_id))
        told = answer.get("customFields") if isinstance(answer, dict) else None
        if not isinstance(told, list | None):
            raise _no_answer()
        before = {each.get("id"): each.get("value") for each in told or () if isinstance(each, dict)}
        if before.get(number) == value:
            return
        fields = [{"id": each, "value": kept} for each, kept in {**before, number: value}.items()]
        self._api.call("PUT", f"{path_of(ticket_id)}/custom_fields", body={"customFields": fields}, reads=False)

    def newest_of(self, email: str, subject: str) -> str | None:
        """Return the id of a customer's conversation of exactly this subject: of several, the one last changed."""
        query = {"customerEmail": email, "subject": subject, "sortField": "updatedAt", "sortOrder": "desc"}
        answer = self._api.call("GET", "/api/conversations", query=query)
        embedded = answer.get("_embedded") if isinstance(answer, dict) else None
        found = embedded.get("conversations") if isinstance(embedded, dict) else None
        if not isinstance(found, list):
            raise _no_answer()
        same = (each for each in found if isinstance(each, dict) and each.get("subject") == subject)
        return next((str(each.get("id")) for each in same if each.get("id")), None)

    def _writer(self) -> int:
        if not self._user:
            raise HelpdeskFailed(
                Text(
                    "falta o user_id do tenant: sidecue tenants set --set user_id=…",
                    "the tenant's user_id is missing: sidecue tenants set --set user_id=…",
                ),
                retryable=False,
            )
        return _number(self._user)


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    return api_of(installation)


def api_of(installation: Installation) -> FreeScoutClient | None:
    """Return the same, with what only this connector asks of it."""
    key = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        headers={"X-FreeScout-API-Key": key} if key else None,
    )
    return FreeScoutClient(api, installation.settings.get("user_id")) if api is not None else None


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                "os ids do FreeScout são números; corrija os ajustes do tenant",
                "FreeScout's ids are numbers; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é do FreeScout; --api-url é o endereço dele?",
            "the answer is not one of FreeScout's; is --api-url its address?",
        ),
        retryable=False,
    )
