"""Chatwoot's application API: private notes, labels, a custom attribute, team and assignee."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

MAX_PAGES: Final = 25
"""Pages of twenty messages that are searched for a note; no note of ours is that old when it is looked for."""


class ChatwootClient:
    """What is written to the conversations of one account."""

    def __init__(self, api: HelpdeskApi, account: str | None) -> None:
        self._api = api
        self._account = account

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a private note into the conversation."""
        body = {"content": note.text, "message_type": "outgoing", "private": True}
        self._api.call("POST", self._path(ticket_id, "/messages"), body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the conversation's newest messages is private and holds the reference."""
        query: dict[str, str] | None = None
        for _ in range(MAX_PAGES):
            messages = self._messages(ticket_id, query)
            if any(each.get("private") is True and ref in str(each.get("content")) for each in messages):
                return True
            ids = [each["id"] for each in messages if isinstance(each.get("id"), int)]
            if not ids:
                return False
            query = {"before": str(min(ids))}
        return False

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove labels by the bulk action, which is told what to change and not what shall stand.

        The call for one conversation's labels replaces them all, and would undo what a colleague does meanwhile.
        """
        labels = frozenset(map(str, self._conversation(ticket_id).get("labels") or ()))
        missing, left = sorted(add - labels), sorted(remove & labels)
        if not missing and not left:
            return
        body = {"type": "Conversation", "ids": [_number(ticket_id)], "labels": {"add": missing, "remove": left}}
        self._api.call("POST", f"{self._root()}/bulk_actions", body=body, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom attribute a value.

        Newer releases take it beside the others. Older ones replace all of them, so the others are sent back as they
        are; what a colleague changes in that instant is undone there.
        """
        known = self._conversation(ticket_id).get("custom_attributes")
        attributes = dict(known) if isinstance(known, Mapping) else {}
        if attributes.get(name) == value:
            return
        if self._merges(ticket_id):
            body: dict[str, Any] = {"custom_attributes": {name: value}, "merge": True}
        else:
            body = {"custom_attributes": {**attributes, name: value}}
        self._api.call("POST", self._path(ticket_id, "/custom_attributes"), body=body, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the conversation to a team, an agent, or both: Chatwoot takes one of them in a call."""
        for name, value in (("team_id", group), ("assignee_id", assignee)):
            if value is not None:
                self._api.call("POST", self._path(ticket_id, "/assignments"), body={name: _number(value)}, reads=False)

    def _messages(self, ticket_id: str, query: Mapping[str, str] | None) -> list[Mapping[str, Any]]:
        answer = self._api.call("GET", self._path(ticket_id, "/messages"), query=query)
        found = answer.get("payload") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise _none_of_its_own("messages")
        return [each for each in found if isinstance(each, dict)]

    def _conversation(self, ticket_id: str) -> Mapping[str, Any]:
        answer = self._api.call("GET", self._path(ticket_id))
        if not isinstance(answer, dict) or "id" not in answer:
            raise _none_of_its_own("conversation")
        return answer

    def _merges(self, ticket_id: str) -> bool:
        """Tell whether this release takes attributes one by one: it came together with the call that removes some.

        An older release passes over `merge` without a word and would drop the other attributes, so it is not tried.
        """
        try:
            path = self._path(ticket_id, "/destroy_custom_attributes")
            self._api.call("POST", path, body={"custom_attributes": []}, reads=False)
        except HelpdeskFailed as error:
            if error.retryable or error.status is None:
                raise
            return False  # it is not known there, or not to this token
        return True

    def _root(self) -> str:
        if not self._account:
            raise HelpdeskFailed(
                Text(
                    "falta o account_id do tenant: sidecue tenants set --set account_id=…",
                    "the tenant's account_id is missing: sidecue tenants set --set account_id=…",
                ),
                retryable=False,
            )
        return f"/api/v1/accounts/{quote(self._account, safe='')}"

    def _path(self, ticket_id: str, end: str = "") -> str:
        return f"{self._root()}/conversations/{quote(ticket_id, safe='')}{end}"


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        headers={"api_access_token": token} if token else None,
    )
    return ChatwootClient(api, installation.settings.get("account_id")) if api is not None else None


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                "os ids do Chatwoot são números; corrija os ajustes do tenant",
                "Chatwoot's ids are numbers; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)


def _none_of_its_own(what: str) -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            f"a resposta do Chatwoot não traz {what!r}; --api-url é o endereço dele?",
            f"Chatwoot's answer holds no {what!r}; is --api-url its address?",
        ),
        retryable=False,
    )
