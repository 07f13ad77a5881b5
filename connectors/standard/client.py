"""Notes for a tool without an API of its own that we know: one POST to the address its admin gave."""

from __future__ import annotations

from pathlib import Path

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest


class StandardClient:
    """Posts notes to one address; the receiver tells repetitions by `Idempotency-Key`."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Post the note as JSON; doc.md documents its form."""
        body = {
            "type": "sidecue.note",
            "ticket_id": ticket_id,
            "note": {"ref": note.ref, "text": note.text, "public": False},
        }
        self._api.call("POST", "", body=body, headers={"Idempotency-Key": note.ref}, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Return False: there is nothing to ask. That a repeated note is kept once is the receiver's promise."""
        del ticket_id, ref
        return False


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"Bearer {token}" if token else None,
    )
    return StandardClient(api) if api is not None else None
