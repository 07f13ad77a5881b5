"""Kustomer's API: internal notes and custom attributes of conversations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note, Resource
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

LONGEST: Final = 10_240
"""Characters of a note, as Kustomer bounds them."""


class KustomerClient:
    """What is written to the conversations of one organisation, in the name of the API key."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def fetch(self, resource: Resource) -> Any:
        """Return the document as JSON, or None when Kustomer says that there is none."""
        return self._api.document(resource)

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the conversation."""
        body = {"conversation": ticket_id, "body": _within(note)}
        self._api.call("POST", "/v1/notes", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the conversation's notes holds the reference."""
        return bool(self._notes(ticket_id, ref))

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Give the note its new text, or post it where there is none."""
        standing = self._notes(ticket_id, note.ref)
        if not standing:
            self.post_note(ticket_id, note)
            return
        path = f"/v1/notes/{quote(str(standing[-1].get('id')), safe='')}"
        self._api.call("PATCH", path, body={"body": _within(note)}, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom attribute a value. The others are sent back as they are, in case all are replaced."""
        path = f"/v1/conversations/{quote(ticket_id, safe='')}"
        known = _attributes(_data(self._api.call("GET", path), "conversation")).get("custom")
        custom = dict(known) if isinstance(known, Mapping) else {}
        if custom.get(name) != value:
            self._api.call("PATCH", path, body={"custom": {**custom, name: value}}, reads=False)

    def _notes(self, ticket_id: str, ref: str) -> list[Mapping[str, Any]]:
        answer = self._api.call("GET", f"/v1/conversations/{quote(ticket_id, safe='')}/notes")
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            raise _no_answer("notes")
        notes = (each for each in data if isinstance(each, dict))
        return [each for each in notes if ref in str(_attributes(each).get("body"))]


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"Bearer {token}" if token else None,
    )
    return KustomerClient(api) if api is not None else None


def _within(note: Note) -> str:
    """Return a note's text within Kustomer's bound; its reference, at the end, is never cut off."""
    if len(note.text) <= LONGEST:
        return note.text
    end = f" […]\n{note.ref}"
    return note.text[: LONGEST - len(end)] + end


def _data(answer: Any, what: str) -> Mapping[str, Any]:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise _no_answer(what)
    return data


def _attributes(data: Mapping[str, Any]) -> Mapping[str, Any]:
    found = data.get("attributes")
    return found if isinstance(found, dict) else {}


def _no_answer(what: str) -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            f"a resposta do Kustomer não traz {what!r}; --api-url é https://ORGANIZAÇÃO.api.kustomerapp.com?",
            f"Kustomer's answer holds no {what!r}; is --api-url https://ORGANISATION.api.kustomerapp.com?",
        ),
        retryable=False,
    )
