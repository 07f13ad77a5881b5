"""Zoho Desk's API: private comments of a ticket, one custom field and its agent.

Tags are not written: no call for them could be verified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from connectors.base import Client, Installation, Note, Resource
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from connectors.zoho_desk.access import AccessTokens
from rules.errors import HelpdeskFailed
from rules.text import Text

FIELD: Final = re.compile(r"cf_[A-Za-z0-9_]{1,100}", re.ASCII)
NEWEST: Final = "100"
TOKENS: Final = AccessTokens()


class ZohoDeskClient:
    """What is written to the tickets of one organization, in the name of the agent who gave the credentials."""

    def __init__(self, installation: Installation, accounts: HelpdeskApi) -> None:
        self._installation = installation
        self._accounts = accounts

    def __repr__(self) -> str:
        return f"ZohoDeskClient({self._accounts!r})"

    def fetch(self, resource: Resource) -> Any:
        """Return a document, or None when Zoho has none."""
        try:
            return self._call("GET", resource.path, query=resource.query or None)
        except HelpdeskFailed as error:
            if error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                return None
            raise

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a private comment on the ticket."""
        body = {"content": note.text, "contentType": "plainText", "isPublic": False}
        self._call("POST", _path(ticket_id, "/comments"), body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the ticket's newest comments is private and holds the reference."""
        query = {"limit": NEWEST, "sortBy": "-commentedTime"}
        answer = self._call("GET", _path(ticket_id, "/comments"), query=query)
        if answer is None:  # no comments: 204
            return False
        comments = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(comments, list):
            raise HelpdeskFailed(
                Text(
                    "a resposta não é do Zoho Desk; --api-url é a do seu data center, como https://desk.zoho.com?",
                    "the answer is not one of Zoho Desk's; is --api-url that of your data center, as "
                    "https://desk.zoho.com?",
                ),
                retryable=False,
            )
        private = (each for each in comments if isinstance(each, dict) and each.get("isPublic") is False)
        return any(ref in str(each.get("content")) for each in private)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field, a text by its API name, a value; Zoho leaves those alone that are not named."""
        if not FIELD.fullmatch(name):
            raise HelpdeskFailed(
                Text(
                    "no Zoho Desk um campo é nomeado pelo nome de API, como cf_function; corrija a --field do tenant",
                    "a field is named by its API name in Zoho Desk, such as cf_function; mend the tenant's --field",
                ),
                retryable=False,
            )
        self._change(ticket_id, {"cf": {name: value}})

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to an agent by their id. Only agents can be given a ticket here: a group counts as one."""
        agent = assignee if assignee is not None else group
        if agent is not None:
            self._change(ticket_id, {"assigneeId": agent})

    def _change(self, ticket_id: str, body: Mapping[str, Any]) -> None:
        self._call("PATCH", _path(ticket_id), body=body, reads=False)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        told = self._installation
        organization = told.settings.get("org_id")
        if not organization:
            raise HelpdeskFailed(
                Text(
                    "o tenant não informou org_id: sidecue tenants set --set org_id=…",
                    "the tenant has not told org_id: sidecue tenants set --set org_id=…",
                ),
                retryable=False,
            )
        place, given = told.api_url or "", told.api_token or ""
        token = TOKENS.token(self._accounts, place, given)
        api = HelpdeskApi.of(
            told,
            read_manifest(Path(__file__).parent),
            authorization=f"Zoho-oauthtoken {token}",
            headers={"orgId": organization},
        )
        if api is None:
            raise HelpdeskFailed(Text("o tenant não tem --api-url", "the tenant has no --api-url"), retryable=False)
        try:
            return api.call(method, path, **more)
        except HelpdeskFailed as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                TOKENS.forget(place, given)
            raise


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    if not installation.api_url:
        return None
    accounts = HelpdeskApi(
        api_url=accounts_of(installation.api_url),
        allowed_hosts=read_manifest(Path(__file__).parent).allowed_hosts,
        authorization=None,
        budget=installation.budget,
    )
    return ZohoDeskClient(installation, accounts)


def accounts_of(api_url: str) -> str:
    """Return where a data center gives its tokens: `accounts.` beside `desk.`."""
    parts = urlsplit(api_url)
    place = f"accounts.{parts.netloc[5:]}" if parts.netloc.lower().startswith("desk.") else parts.netloc
    return f"{parts.scheme}://{place}"


def _path(ticket_id: str, end: str = "") -> str:
    return f"/api/v1/tickets/{quote(ticket_id, safe='')}{end}"
