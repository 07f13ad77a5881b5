"""Jira Cloud's API: internal comments of a request, its labels, one custom field and its assignee.

Labels are added and removed by the issue's own `update` operations, which touch no other label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
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
"""Two thousand internal comments are searched for a note; no request is as long as that."""
FIELD: Final = re.compile(r"customfield_[0-9]{1,12}", re.ASCII)


class JiraClient:
    """What is written to the requests of one Jira site, in the name of the user whose token it is."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def __repr__(self) -> str:
        return f"JiraClient({self._api!r})"

    def fetch(self, resource: Resource) -> Any:
        """Return a document, or None when Jira has none."""
        return self._api.document(resource)

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal comment on the request."""
        self._api.call("POST", _request(ticket_id), body={"body": note.text, "public": False}, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the request's internal comments holds the reference."""
        for page in range(MAX_PAGES):
            query = {"public": "false", "internal": "true", "start": str(page * PER_PAGE), "limit": str(PER_PAGE)}
            answer = self._api.call("GET", _request(ticket_id), query=query)
            comments = answer.get("values") if isinstance(answer, dict) else None
            if not isinstance(comments, list):
                raise HelpdeskFailed(
                    Text(
                        "a resposta não é do Jira; --api-url é https://SITE.atlassian.net?",
                        "the answer is not one of Jira's; is --api-url https://SITE.atlassian.net?",
                    ),
                    retryable=False,
                )
            internal = (each for each in comments if isinstance(each, dict) and each.get("public") is False)
            if any(ref in str(each.get("body")) for each in internal):
                return True
            if answer.get("isLastPage") is not False:
                return False
        return False

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove labels in one call; Jira leaves alone those that are not named."""
        operations = [{"add": each} for each in sorted(add)] + [{"remove": each} for each in sorted(remove)]
        if operations:
            self._edit(ticket_id, {"update": {"labels": operations}})

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field, a text by its id, a value; Jira leaves those alone that are not named."""
        if not FIELD.fullmatch(name):
            raise HelpdeskFailed(
                Text(
                    "no Jira um campo é nomeado pelo id, como customfield_10050; corrija a --field do tenant",
                    "a field is named by its id in Jira, such as customfield_10050; mend the tenant's --field",
                ),
                retryable=False,
            )
        self._edit(ticket_id, {"fields": {name: value}})

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the request to a person by their account id. Jira knows no groups: one counts as a person's id too."""
        person = assignee if assignee is not None else group
        if person is not None:
            self._edit(ticket_id, {"fields": {"assignee": {"accountId": person}}})

    def _edit(self, ticket_id: str, body: Mapping[str, Any]) -> None:
        self._api.call("PUT", f"/rest/api/2/issue/{quote(ticket_id, safe='')}", body=body, reads=False)


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address.

    --api-token is EMAIL:API_TOKEN, or an OAuth access token without a colon.
    """
    token = (installation.api_token or "").strip()
    authorization = (basic(token) if ":" in token else f"Bearer {token}") if token else None
    api = HelpdeskApi.of(installation, read_manifest(Path(__file__).parent), authorization=authorization)
    return JiraClient(api) if api is not None else None


def _request(ticket_id: str) -> str:
    return f"/rest/servicedeskapi/request/{quote(ticket_id, safe='')}/comment"
