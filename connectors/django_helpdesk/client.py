"""django-helpdesk's API: internal notes, as follow-ups that are not public; a custom field, queue and owner.

Read in its source, 2.6.1 (`serializers.py`, `update_ticket.py`):

- A follow-up's `title` becomes the ticket's title. Left out, the ticket's own title is used and nothing is renamed.
- The comment is rendered as a Django template, so braces are kept apart: a customer's "{{" must stay text.
- "#12" in a comment writes a reference on ticket 12, so the number sign is kept apart from digits.
- On a resolved ticket every follow-up's comment, an internal one too, becomes the ticket's public resolution
  (on a closed one when it has none). So the resolution is put back after the note.
- A PATCH, of a ticket or a follow-up, changes what it names and nothing else; it sends no webhook and no mail.
- A key that the ticket does not have is passed over in silence, so a custom field that is not there has to be noticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note, note_ref
from connectors.http import HelpdeskApi, basic
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

_TEMPLATE: Final = re.compile(r"\{(?=[{%#])|(?<=[}%#])\}")
_TICKET_LINK: Final = re.compile(r"#(?=\d)")


def authorization(api_token: str | None) -> str | None:
    """Return the Authorization header for a tenant's --api-token.

    `user:password` is sent as Basic; text without a colon as `Token …`, which rest_framework.authtoken understands.
    """
    if not api_token:
        return None
    text = api_token.strip()
    return basic(text) if ":" in text else f"Token {text}"


def harmless(text: str) -> str:
    """Return the text so that django-helpdesk shows it as it is: no template tag, no link to another ticket."""
    apart = _TEMPLATE.sub(lambda brace: "{ " if brace.group() == "{" else " }", text)
    return _TICKET_LINK.sub("# ", apart)


class DjangoHelpdeskClient:
    """What is written to the tickets of one django-helpdesk."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal follow-up on the ticket, its title and its resolution unchanged.

        Called again after a failure half way, it finishes what is missing.
        """
        before = self._ticket(ticket_id)
        if _note(before, note.ref) is None:
            body = {"ticket": before["id"], "comment": harmless(note.text), "public": False}
            self._api.call("POST", "/api/followups/", body=body)
        self._put_resolution_back(ticket_id, before)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether the note is on the ticket, and has not been left behind as its public resolution."""
        ticket = self._ticket(ticket_id)
        return _note(ticket, ref) is not None and note_ref(ticket.get("resolution") or "") is None

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Give the internal follow-up this text, its title as it is; post it where it is not, or is public by now."""
        before = self._ticket(ticket_id)
        kept = _note(before, note.ref)
        if kept is None:
            self.post_note(ticket_id, note)
            return
        if kept["comment"] != harmless(note.text):
            path = f"/api/followups/{quote(str(kept.get('id')), safe='')}/"
            self._api.call("PATCH", path, body={"comment": harmless(note.text)})
        self._put_resolution_back(ticket_id, before)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give a custom field, by the name it has in the admin, this value. The others stay as they are."""
        key = f"custom_{name}"
        answer = self._api.call("PATCH", _path(ticket_id), body={key: value})
        if not isinstance(answer, dict) or key not in answer:
            raise HelpdeskFailed(
                Text(
                    f"o django-helpdesk não tem o campo personalizado {name!r}: crie-o no admin, ou corrija a --field "
                    "do tenant",
                    f"django-helpdesk has no custom field named {name!r}: add it in the admin or mend the tenant's "
                    "--field",
                ),
                retryable=False,
            )

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Put the ticket into a queue, give it to a user, or both, by their numbers."""
        told = {"queue": group, "assigned_to": assignee}
        body = {name: _number(value) for name, value in told.items() if value is not None}
        if body:
            self._api.call("PATCH", _path(ticket_id), body=body)

    def _put_resolution_back(self, ticket_id: str, before: Mapping[str, Any]) -> None:
        wanted = _resolution_without_notes(before)
        if self._ticket(ticket_id).get("resolution") != wanted:
            self._api.call("PATCH", _path(ticket_id), body={"resolution": wanted})

    def _ticket(self, ticket_id: str) -> Mapping[str, Any]:
        answer = self._api.call("GET", _path(ticket_id))
        if not isinstance(answer, dict) or "id" not in answer or not isinstance(answer.get("followup_set"), list):
            raise HelpdeskFailed(
                Text(
                    "a resposta não é um chamado do django-helpdesk; --api-url é o endereço abaixo do qual fica "
                    "/api/tickets/?",
                    "the answer is not a django-helpdesk ticket; is --api-url the address below which /api/tickets/ "
                    "is?",
                ),
                retryable=False,
            )
        return answer


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address; that address may end in /api or before it."""
    base = installation.api_url.rstrip("/").removesuffix("/api") if installation.api_url else None
    api = HelpdeskApi.of(
        replace(installation, api_url=base),
        read_manifest(Path(__file__).parent),
        authorization=authorization(installation.api_token),
    )
    return DjangoHelpdeskClient(api) if api is not None else None


def _note(ticket: Mapping[str, Any], ref: str) -> Mapping[str, Any] | None:
    """Return the internal follow-up that holds the reference; a later one that quotes it is a colleague's."""
    return next((each for each in _follow_ups(ticket, public=False) if ref in each["comment"]), None)


def _resolution_without_notes(ticket: Mapping[str, Any]) -> str | None:
    """Return the ticket's resolution, or the one it had before a note of ours took its place."""
    resolution: str | None = ticket.get("resolution")
    if resolution is None or note_ref(resolution) is None:
        return resolution
    written = [each["comment"] for each in _follow_ups(ticket, public=True) if note_ref(each["comment"]) is None]
    return written[-1] if written else None


def _follow_ups(ticket: Mapping[str, Any], *, public: bool) -> list[Mapping[str, Any]]:
    """Return the follow-ups with words, public or internal, in the order in which they were written."""
    entries = [
        each
        for each in ticket["followup_set"]
        if isinstance(each, dict) and isinstance(each.get("comment"), str) and each.get("public") is public
    ]
    return sorted(entries, key=lambda each: str(each.get("id")).zfill(20))


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                "o django-helpdesk conhece filas e usuários por número, o que está no endereço deles no admin; "
                "corrija a --group do tenant",
                "django-helpdesk knows queues and users by number: the one in their address in the admin; mend "
                "the tenant's --group",
            ),
            retryable=False,
        )
    return int(value)


def _path(ticket_id: str) -> str:
    return f"/api/tickets/{quote(ticket_id, safe='')}/"
