"""Intercom's API: internal notes, tags, one attribute, and who a conversation or ticket is given to."""

from __future__ import annotations

import html
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi
from connectors.intercom.mapping import TICKET
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

VERSION: Final = "2.15"
"""The version of the API that requests and answers are written for."""


class IntercomClient:
    """What is written to the conversations and tickets of one Intercom workspace.

    Everything is done in the name of the teammate whose access token it is; Intercom tells who that is.
    """

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the conversation or ticket, as the HTML that Intercom takes."""
        words = html.escape(note.text, quote=False).replace("\n", "<br>")
        body = {"message_type": "note", "type": "admin", "admin_id": self._admin(), "body": f"<p>{words}</p>"}
        self._api.call("POST", f"{_path(ticket_id)}/reply", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the newest 500 parts is internal and holds the reference."""
        kind = "ticket_parts" if ticket_id.startswith(TICKET) else "conversation_parts"
        told = self._read(ticket_id).get(kind)
        parts = told.get(kind) if isinstance(told, dict) else None
        if not isinstance(parts, list):
            raise _no_answer()
        notes = (each for each in parts if isinstance(each, dict) and str(each.get("part_type")).startswith("note"))
        return any(ref in str(note.get("body")) for note in notes)

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove tags one by one: no call touches another tag. A tag the workspace lacks is made."""
        path, admin = _path(ticket_id), self._admin()
        for name in sorted(add):
            tag = self._api.call("POST", "/tags", body={"name": name})
            if not isinstance(tag, dict) or "id" not in tag:
                raise _no_answer()
            self._api.call("POST", f"{path}/tags", body={"id": str(tag["id"]), "admin_id": admin}, reads=False)
        known = self._tags() if remove else {}
        for name in sorted(remove):
            if name.casefold() in known:
                self._untag(f"{path}/tags/{quote(known[name.casefold()], safe='')}", admin)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom attribute a value; Intercom leaves those alone that are not named."""
        kind = "ticket_attributes" if ticket_id.startswith(TICKET) else "custom_attributes"
        self._api.call("PUT", _path(ticket_id), body={kind: {name: value}}, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the conversation or ticket to a team, a teammate, or both, one after the other."""
        admin = self._admin()
        for kind, number in (("team", group), ("admin", assignee)):
            if number is None:
                continue
            if ticket_id.startswith(TICKET):
                body: dict[str, Any] = {"assignee_id": number, "admin_id": int(admin)}
                self._api.call("PUT", _path(ticket_id), body=body, reads=False)
            else:
                body = {"message_type": "assignment", "type": kind, "admin_id": admin, "assignee_id": number}
                self._api.call("POST", f"{_path(ticket_id)}/parts", body=body, reads=False)

    def _admin(self) -> str:
        """Return the id of the teammate whose token this is."""
        told = self._api.call("GET", "/me")
        number = str(told.get("id")) if isinstance(told, dict) else ""
        if not (number.isascii() and number.isdigit()):
            raise _no_answer()
        return number

    def _read(self, ticket_id: str) -> Mapping[str, Any]:
        query = None if ticket_id.startswith(TICKET) else {"display_as": "plaintext"}
        answer = self._api.call("GET", _path(ticket_id), query=query)
        if not isinstance(answer, dict):
            raise _no_answer()
        return answer

    def _tags(self) -> Mapping[str, str]:
        """Return the ids of the workspace's tags by their names, which Intercom compares in any case."""
        answer = self._api.call("GET", "/tags")
        tags = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(tags, list):
            raise _no_answer()
        return {str(tag.get("name")).casefold(): str(tag.get("id")) for tag in tags if isinstance(tag, dict)}

    def _untag(self, path: str, admin: str) -> None:
        try:
            self._api.call("DELETE", path, body={"admin_id": admin}, reads=False)
        except HelpdeskFailed as error:
            if error.status != HTTPStatus.NOT_FOUND:  # it is not there, or not any more
                raise


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"Bearer {token}" if token else None,
        headers={"Intercom-Version": VERSION},
    )
    return IntercomClient(api) if api is not None else None


def _path(ticket_id: str) -> str:
    number = quote(ticket_id.removeprefix(TICKET), safe="")
    return f"/tickets/{number}" if ticket_id.startswith(TICKET) else f"/conversations/{number}"


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é do Intercom; --api-url é https://api.intercom.io (ou api.eu, api.au)?",
            "the answer is not one of Intercom's; is --api-url https://api.intercom.io (or api.eu, api.au)?",
        ),
        retryable=False,
    )
