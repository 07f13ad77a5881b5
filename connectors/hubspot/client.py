"""HubSpot's API: notes on tickets, ticket properties, owners, and the tickets and messages that are read."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note, Resource
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

NOTE_TO_TICKET: Final = 228
"""HubSpot's own number for the association of a note with a ticket."""
MOST_NOTES: Final = 100
"""The newest notes of a ticket that are searched, which is also the most that one reading takes."""


class HubspotClient:
    """What is written to and read of the tickets of one HubSpot account."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a note on the ticket's timeline, which customers do not see, as the HTML that HubSpot takes."""
        words = html.escape(note.text, quote=False).replace("\n", "<br>")
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        association = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_TICKET}
        body = {
            "properties": {"hs_note_body": words, "hs_timestamp": now},
            "associations": [{"to": {"id": ticket_id}, "types": [association]}],
        }
        self._api.call("POST", "/crm/v3/objects/notes", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the ticket's newest notes holds the reference.

        Read by id: HubSpot's search finds a new note only some seconds after it was written.
        """
        ticket = self._api.call("GET", _path(ticket_id), query={"associations": "notes"})
        if not isinstance(ticket, dict) or "id" not in ticket:
            raise _no_answer("ticket")
        linked = ((ticket.get("associations") or {}).get("notes") or {}).get("results") or []
        ids = sorted({str(each["id"]) for each in linked}, key=lambda each: (len(each), each))[-MOST_NOTES:]
        if not ids:
            return False
        body = {"inputs": [{"id": each} for each in ids], "properties": ["hs_note_body"], "propertiesWithHistory": []}
        found = self._api.call("POST", "/crm/v3/objects/notes/batch/read", body=body)
        notes = found.get("results") if isinstance(found, dict) else None
        if not isinstance(notes, list):
            raise _no_answer("notes")
        return any(ref in str((note.get("properties") or {}).get("hs_note_body")) for note in notes)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one property of the ticket a value; HubSpot leaves those alone that are not named."""
        self._api.call("PATCH", _path(ticket_id), body={"properties": {name: value}}, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to an owner, the only one that HubSpot knows: the assignee's id before the group's."""
        owner = assignee or group
        if owner is not None:
            self.set_field(ticket_id, "hubspot_owner_id", owner)

    def fetch(self, resource: Resource) -> Any:
        """Return a ticket, contact, thread or message, or None when there is none."""
        return self._api.document(resource)


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"Bearer {token}" if token else None,
    )
    return HubspotClient(api) if api is not None else None


def _path(ticket_id: str) -> str:
    return f"/crm/v3/objects/tickets/{quote(ticket_id, safe='')}"


def _no_answer(what: str) -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            f"a resposta do HubSpot não traz {what!r}; --api-url é https://api.hubapi.com?",
            f"HubSpot's answer holds no {what!r}; is --api-url https://api.hubapi.com?",
        ),
        retryable=False,
    )
