"""Zendesk's API: internal notes, as private comments."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi, basic
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed

PER_PAGE: Final = 100
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
    """Notes on the tickets of one Zendesk account."""

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
                    "Zendesk's answer holds no list of comments; is --api-url https://SUBDOMAIN.zendesk.com?",
                    retryable=False,
                )
            for comment in comments:
                if isinstance(comment, dict) and comment.get("public") is False and ref in str(comment.get("body")):
                    return True
            if not answer.get("next_page"):
                return False
        return False


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
