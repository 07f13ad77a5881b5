"""Help Scout's Inbox API: notes and their text, one custom field, the inbox and the user of a conversation.

Its access tokens last two days, so an app's id and secret are what a tenant gives, and every order begins by asking for
a token. Tags are not written: they can only be replaced as a whole, and a colleague's change would be lost.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note, Resource
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

MAX_PAGES: Final = 10
"""Pages of threads that are searched for a note; a conversation takes no more than a hundred threads."""


class HelpScoutClient:
    """What is written to the conversations of one Help Scout account."""

    def __init__(self, installation: Installation, door: HelpdeskApi) -> None:
        self._installation = installation
        self._door = door

    def __repr__(self) -> str:
        return f"HelpScoutClient({self._door!r})"

    def fetch(self, resource: Resource) -> Any:
        """Return a document, or None when Help Scout has none."""
        return self._signed_in().document(resource)

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a note on the conversation, which keeps its status: Help Scout may reopen it otherwise."""
        _post(self._signed_in(), ticket_id, note)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the conversation's threads is a note and holds the reference."""
        return _note(self._signed_in(), ticket_id, ref) is not None

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Give the note this text, or post it where there is none. Help Scout keeps the former text beside it."""
        api = self._signed_in()
        standing = _note(api, ticket_id, note.ref)
        if standing is None:
            _post(api, ticket_id, note)
        elif standing.get("body") != _words(note):
            path = _path(ticket_id, f"/threads/{quote(str(standing.get('id')), safe='')}")
            body = {"op": "replace", "path": "/text", "value": _words(note)}
            api.call("PATCH", path, body=body, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field a value.

        Help Scout takes all of them at once and removes what is left out: they are read just before, and sent again.
        """
        api, number = self._signed_in(), _number(name, "--field")
        told = _conversation(api, ticket_id).get("customFields")
        before = {each.get("id"): each.get("value") for each in told or () if isinstance(each, dict)}
        if before.get(number) == value:
            return
        fields = [{"id": each, "value": kept} for each, kept in {**before, number: value}.items()]
        api.call("PUT", _path(ticket_id, "/fields"), body={"fields": fields}, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Move the conversation to an inbox (which is a group here), give it to a user or team, or both."""
        api = self._signed_in()
        for operation, path, wanted in (("move", "/mailboxId", group), ("replace", "/assignTo", assignee)):
            if wanted is not None:
                body = {"op": operation, "path": path, "value": _number(wanted, "--group")}
                api.call("PATCH", _path(ticket_id), body=body, reads=False)

    def _signed_in(self) -> HelpdeskApi:
        """Return the API with a new access token."""
        app, colon, secret = (self._installation.api_token or "").strip().partition(":")
        if not colon:
            raise HelpdeskFailed(
                Text(
                    "--api-token precisa ser APP_ID:APP_SECRET, de um aplicativo em Your Profile",
                    "--api-token has to be APP_ID:APP_SECRET, of an app in Your Profile",
                ),
                retryable=False,
            )
        body = {"grant_type": "client_credentials", "client_id": app, "client_secret": secret}
        answer = self._door.call("POST", "/v2/oauth2/token", body=body)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        api = _api(self._installation, f"Bearer {token}") if isinstance(token, str) and token else None
        if api is None:
            raise _no_answer()
        return api


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    door = _api(installation, None)
    return HelpScoutClient(installation, door) if door is not None else None


def _api(installation: Installation, authorization: str | None) -> HelpdeskApi | None:
    return HelpdeskApi.of(installation, read_manifest(Path(__file__).parent), authorization=authorization)


def _post(api: HelpdeskApi, ticket_id: str, note: Note) -> None:
    status = _conversation(api, ticket_id).get("status")
    body = {"text": _words(note)} | ({"status": status} if isinstance(status, str) else {})
    api.call("POST", _path(ticket_id, "/notes"), body=body, reads=False)


def _note(api: HelpdeskApi, ticket_id: str, ref: str) -> Mapping[str, Any] | None:
    """Return the note that holds the reference, the newest threads looked at first."""
    for number in range(1, MAX_PAGES + 1):
        answer = api.call("GET", _path(ticket_id, "/threads"), query={"page": str(number)})
        held = answer.get("_embedded") if isinstance(answer, dict) else None
        threads = held.get("threads", []) if isinstance(held, dict) else None
        if not isinstance(threads, list):
            raise _no_answer()
        notes = (each for each in threads if isinstance(each, dict) and each.get("type") == "note")
        found = next((each for each in notes if ref in str(each.get("body"))), None)
        page = answer.get("page")
        pages = page.get("totalPages") if isinstance(page, dict) else None
        if found is not None or not isinstance(pages, int) or number >= pages:
            return found
    return None


def _words(note: Note) -> str:
    return html.escape(note.text, quote=False).replace("\n", "<br>")


def _conversation(api: HelpdeskApi, ticket_id: str) -> Mapping[str, Any]:
    answer = api.call("GET", _path(ticket_id))
    if not isinstance(answer, dict) or "id" not in answer:
        raise _no_answer()
    return answer


def _path(ticket_id: str, end: str = "") -> str:
    return f"/v2/conversations/{quote(ticket_id, safe='')}{end}"


def _number(value: str, what: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                f"{what} é um número no Help Scout; corrija os ajustes do tenant",
                f"{what} is a number in Help Scout; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é do Help Scout; --api-url é https://api.helpscout.net?",
            "the answer is not one of Help Scout's; is --api-url https://api.helpscout.net?",
        ),
        retryable=False,
    )
