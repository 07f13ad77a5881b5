"""Zendesk's API: internal notes as private comments, tags, one custom field, group and assignee."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi, basic
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

PER_PAGE: Final = 100
MOST_COLLISIONS: Final = 5
"""How often somebody else may change the ticket between our reading and our writing before we come back later."""
MAX_PAGES: Final = 10
"""The newest thousand comments are searched for a note; no note of ours is that old when it is looked for."""


def authorization(api_token: str | None) -> str | None:
    """Return the Authorization header for a tenant's --api-token.

    `email/token:TOKEN` as Zendesk writes it, or the shorter `email:TOKEN`, is an API token;
    text without a colon is an OAuth access token. Passwords are never sent.
    """
    if not api_token:
        return None
    user, colon, token = api_token.strip().partition(":")
    if not colon:
        return f"Bearer {user}"
    return basic(f"{user.removesuffix('/token')}/token:{token}")


class ZendeskClient:
    """What is written to the tickets of one Zendesk account."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a private comment on the ticket."""
        self._api.call(
            "PUT", _path(ticket_id, ".json"), body={"ticket": {"comment": {"body": note.text, "public": False}}}
        )

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the ticket's newest comments is private and holds the reference."""
        for page in range(1, MAX_PAGES + 1):
            query = {"sort_order": "desc", "per_page": str(PER_PAGE), "page": str(page)}
            answer = self._api.call("GET", _path(ticket_id, "/comments.json"), query=query)
            comments = answer.get("comments") if isinstance(answer, dict) else None
            if not isinstance(comments, list):
                raise HelpdeskFailed(
                    Text(
                        "a resposta do Zendesk não traz a lista de comentários; --api-url é "
                        "https://SUBDOMÍNIO.zendesk.com?",
                        "Zendesk's answer holds no list of comments; is --api-url https://SUBDOMAIN.zendesk.com?",
                    ),
                    retryable=False,
                )
            for comment in comments:
                if isinstance(comment, dict) and comment.get("public") is False and ref in str(comment.get("body")):
                    return True
            if not answer.get("next_page"):
                return False
        return False

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove tags by the calls that touch no other, each only if the ticket is as it was when read.

        Zendesk's own addition is a reading and a writing, between which a colleague's tags could be lost; with
        `safe_update` it refuses instead (409), and we read again.
        """
        collisions = 0
        while collisions < MOST_COLLISIONS:
            ticket = self._ticket(ticket_id)
            tags = frozenset(map(str, ticket.get("tags") or ()))
            missing, left = sorted(add - tags), sorted(remove & tags)
            if not missing and not left:
                return
            body = {"tags": missing or left, "updated_stamp": ticket.get("updated_at"), "safe_update": "true"}
            try:
                self._api.call("PUT" if missing else "DELETE", _path(ticket_id, "/tags.json"), body=body, reads=False)
            except HelpdeskFailed as error:
                if error.status != HTTPStatus.CONFLICT:
                    raise
                collisions += 1
        raise HelpdeskFailed(
            Text(
                "o chamado muda o tempo todo; as etiquetas esperam",
                "the ticket is being changed all the time; its tags wait",
            ),
            retryable=True,
        )

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field a value; Zendesk leaves those alone that are not named."""
        field = {"id": _number(name, "--field"), "value": value}
        self._api.call("PUT", _path(ticket_id, ".json"), body={"ticket": {"custom_fields": [field]}}, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to a group, an agent, or both."""
        given = {"group_id": group, "assignee_id": assignee}
        numbers = {name: _number(value, name) for name, value in given.items() if value is not None}
        if numbers:
            self._api.call("PUT", _path(ticket_id, ".json"), body={"ticket": numbers}, reads=False)

    def _ticket(self, ticket_id: str) -> Mapping[str, Any]:
        answer = self._api.call("GET", _path(ticket_id, ".json"))
        ticket = answer.get("ticket") if isinstance(answer, dict) else None
        if not isinstance(ticket, dict):
            raise HelpdeskFailed(
                Text(
                    "a resposta do Zendesk não traz um chamado; --api-url é https://SUBDOMÍNIO.zendesk.com?",
                    "Zendesk's answer holds no ticket; is --api-url https://SUBDOMAIN.zendesk.com?",
                ),
                retryable=False,
            )
        return ticket


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=authorization(installation.api_token),
    )
    return ZendeskClient(api) if api is not None else None


def _path(ticket_id: str, end: str) -> str:
    return f"/api/v2/tickets/{quote(ticket_id, safe='')}{end}"


def _number(value: str, what: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                f"{what} é um número no Zendesk; corrija os ajustes do tenant",
                f"{what} is a number in Zendesk; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)
