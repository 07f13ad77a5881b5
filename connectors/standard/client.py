"""Notes for a tool without an API of its own that we know: one POST to the address its admin gave."""

from __future__ import annotations

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi


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
    if not installation.api_url:
        return None
    token = (installation.api_token or "").strip()
    return StandardClient(
        HelpdeskApi(
            api_url=installation.api_url,
            allowed_hosts=("{api_url}",),
            authorization=f"Bearer {token}" if token else None,
        )
    )
