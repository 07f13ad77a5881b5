"""Freshdesk's API, version 2: private notes, one custom field, group and agent, and the tickets that are read."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note, Resource
from connectors.http import HelpdeskApi, basic
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

PER_PAGE: Final = 100
MAX_PAGES: Final = 20
"""The first two thousand entries of a ticket are searched for a note: Freshdesk lists the oldest first."""


def authorization(api_token: str | None) -> str | None:
    """Return the Authorization header for a tenant's --api-token: an agent's API key, with X as its password."""
    return basic(f"{api_token.strip().removesuffix(':X')}:X") if api_token else None


class FreshdeskClient:
    """What is written to and read of the tickets of one Freshdesk account."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a private note on the ticket, as the HTML that Freshdesk takes."""
        words = html.escape(note.text, quote=False).replace("\n", "<br>")
        body = {"body": f"<div>{words}</div>", "private": True}
        self._api.call("POST", f"{_path(ticket_id)}/notes", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether an entry of the ticket is private and holds the reference."""
        for page in range(1, MAX_PAGES + 1):
            query = {"per_page": str(PER_PAGE), "page": str(page)}
            entries = self._api.call("GET", f"{_path(ticket_id)}/conversations", query=query)
            if not isinstance(entries, list):
                raise HelpdeskFailed(
                    Text(
                        "a resposta do Freshdesk não traz a lista de conversas; --api-url é "
                        "https://EMPRESA.freshdesk.com?",
                        "Freshdesk's answer holds no list of conversations; is --api-url https://COMPANY.freshdesk.com?",
                    ),
                    retryable=False,
                )
            if any(_is_note(entry, ref) for entry in entries):
                return True
            if len(entries) < PER_PAGE:
                return False
        return False

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field a value; Freshdesk leaves those alone that are not named."""
        self._api.call("PUT", _path(ticket_id), body={"custom_fields": {name: value}}, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to a group, an agent, or both."""
        given = {"group_id": group, "responder_id": assignee}
        numbers = {name: _number(value, name) for name, value in given.items() if value is not None}
        if numbers:
            self._api.call("PUT", _path(ticket_id), body=numbers, reads=False)

    def fetch(self, resource: Resource) -> Any:
        """Return a ticket or a page of its conversations, or None when there is none."""
        return self._api.document(resource)


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=authorization(installation.api_token),
    )
    return FreshdeskClient(api) if api is not None else None


def _is_note(entry: object, ref: str) -> bool:
    if not isinstance(entry, dict) or entry.get("private") is not True:
        return False
    return ref in f"{entry.get('body_text')} {entry.get('body')}"


def _path(ticket_id: str) -> str:
    return f"/api/v2/tickets/{quote(ticket_id, safe='')}"


def _number(value: str, what: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                f"{what} é um número no Freshdesk; corrija os ajustes do tenant",
                f"{what} is a number in Freshdesk; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)
