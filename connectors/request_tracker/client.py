"""Request Tracker's API, REST2: comments, a custom field of the ticket, its queue and its owner.

Read in its source, 5.0.3 (`lib/RT/REST2`):

- Nothing changes the words of a comment, and nobody takes one away.
- A change that RT refuses (no such user, no such value, no permission) is answered with 200 and a sentence in the
  language of the token's user. So what a change did is looked up, not believed.
- A comment on a ticket that is not there is a 400.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

PAGE: Final = 100
"""Rows of a list, RT's most."""
COMPARED: Final = 20
"""Comments whose words are looked at, a call each. A note that is looked for was written a short while ago."""


class RequestTrackerClient:
    """What is written to the tickets of one Request Tracker, in the name of the user whose token it is."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a comment on the ticket: agents see it, requestors do not."""
        body = {"Content": note.text, "ContentType": "text/plain"}
        self._api.call("POST", f"{_path(ticket_id)}/comment", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the ticket's newest comments holds the reference."""
        return any(ref in words for words in islice(self._comments(ticket_id), COMPARED))

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field, by its name or number, a value; RT leaves those alone that are not named."""
        self._api.call("PUT", _path(ticket_id), body={"CustomFields": {name: value}}, reads=False)
        fields = _rows(self._api.call("GET", _path(ticket_id)), "CustomFields")
        if not any(name in {each.get("name"), str(each.get("id"))} and value in _values(each) for each in fields):
            raise HelpdeskFailed(
                Text(
                    f"o Request Tracker não aceitou o valor do campo personalizado {name!r}: a fila do chamado tem "
                    "esse campo, ele admite o valor, e o usuário do token pode alterá-lo?",
                    f"Request Tracker did not take the value of the custom field {name!r}: does the ticket's queue "
                    "have it, does it allow this value, and may the token's user change it?",
                ),
                retryable=False,
            )

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Move the ticket to a queue, give it to an owner, or both, by their numbers."""
        given = {"Queue": group, "Owner": assignee}
        wanted = {name: _number(value) for name, value in given.items() if value is not None}
        self._api.call("PUT", _path(ticket_id), body=wanted, reads=False)
        terms = [f"id = {_number(ticket_id)}", *(f"{name} = {number}" for name, number in wanted.items())]
        found = self._api.call("GET", "/REST/2.0/tickets", query={"query": " AND ".join(terms)})
        if not _rows(found, "items"):
            raise HelpdeskFailed(
                Text(
                    f"o Request Tracker não mudou no chamado: {', '.join(wanted).lower()}; há um com esse número, e o "
                    "usuário do token pode fazer isso?",
                    f"Request Tracker did not change the ticket's {' and '.join(wanted).lower()}: is there one of this "
                    "number, and may the token's user do it?",
                ),
                retryable=False,
            )

    def _comments(self, ticket_id: str) -> Iterator[str]:
        """Yield the texts of the newest comments, newest first. Each is a call, so that no file is ever fetched."""
        comments = {row.get("id") for row in self._newest(ticket_id, "history", "Type") if row.get("Type") == "Comment"}
        for part in self._newest(ticket_id, "attachments", "ContentType,Filename,TransactionId"):
            is_text = part.get("ContentType") == "text/plain" and not part.get("Filename")
            if is_text and part.get("TransactionId") in comments:
                found = self._api.call("GET", f"/REST/2.0/attachment/{_number(str(part.get('id')))}")
                yield _decoded(found)

    def _newest(self, ticket_id: str, what: str, fields: str) -> list[Mapping[str, Any]]:
        query = {"fields": fields, "per_page": str(PAGE), "orderby": "id", "order": "DESC"}
        return _rows(self._api.call("GET", f"{_path(ticket_id)}/{what}", query=query), "items")


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"token {token}" if token else None,
    )
    return RequestTrackerClient(api) if api is not None else None


def _path(ticket_id: str) -> str:
    return f"/REST/2.0/ticket/{_number(ticket_id)}"


def _rows(answer: Any, key: str) -> list[Mapping[str, Any]]:
    rows = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise HelpdeskFailed(
            Text(
                "a resposta não é do Request Tracker; --api-url é o endereço dele?",
                "the answer is not one of Request Tracker's; is --api-url its address?",
            ),
            retryable=False,
        )
    return [each for each in rows if isinstance(each, dict)]


def _values(field: Mapping[str, Any]) -> list[Any]:
    values = field.get("values")
    return values if isinstance(values, list) else []


def _decoded(attachment: Any) -> str:
    """Return the text of an attachment, which RT writes in base64."""
    content = attachment.get("Content") if isinstance(attachment, dict) else None
    try:
        return base64.b64decode(str(content or "")).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _number(value: str) -> str:
    """Return a number as RT's addresses and queries have it, so that no other text ever stands in one."""
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                "os ids do Request Tracker são números; corrija os ajustes do tenant",
                "Request Tracker's ids are numbers; mend the tenant's settings",
            ),
            retryable=False,
        )
    return value
