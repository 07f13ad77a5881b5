"""Front's Core API: comments, tags, one custom field, inbox and assignee of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from connectors.base import Client, Installation, Note, Resource
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

PER_PAGE: Final = 100
MAX_PAGES: Final = 50
"""Five thousand tags are searched for a name."""


class FrontClient:
    """What is written to the conversations of one Front company."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def fetch(self, resource: Resource) -> Any:
        """Return a document that a preview names, or None when Front has none."""
        return self._api.document(resource)

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a comment on the conversation, in the name of the API token."""
        self._api.call("POST", _path(ticket_id, "/comments"), body={"body": note.text}, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the conversation's comments holds the reference."""
        comments = _results(self._api.call("GET", _path(ticket_id, "/comments")))
        return any(ref in str(comment.get("body")) for comment in comments)

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove by the calls that touch no other tag. A tag the company lacks is made."""
        tagged = self._conversation(ticket_id).get("tags")
        on_it = {str(tag.get("name")): str(tag.get("id")) for tag in tagged or () if isinstance(tag, dict)}
        missing = sorted(add - on_it.keys())
        gone = sorted(on_it[name] for name in remove & on_it.keys())
        if missing:
            known = self._tags(set(missing))
            numbers = [known.get(name) or self._made(name) for name in missing]
            self._api.call("POST", _path(ticket_id, "/tags"), body={"tag_ids": numbers}, reads=False)
        if gone:
            self._api.call("DELETE", _path(ticket_id, "/tags"), body={"tag_ids": gone}, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field a value.

        Front takes all of them at once and erases what is left out: they are read just before, and sent again.
        """
        told = self._conversation(ticket_id).get("custom_fields")
        before = told if isinstance(told, dict) else {}
        if before.get(name) != value:
            body = {"custom_fields": {**before, name: value}}
            self._api.call("PATCH", _path(ticket_id), body=body, reads=False)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Move the conversation to an inbox (which is a group in Front), give it to a teammate, or both."""
        if group is not None:
            self._api.call("PATCH", _path(ticket_id), body={"inbox_id": group}, reads=False)
        if assignee is not None:
            self._api.call("PUT", _path(ticket_id, "/assignee"), body={"assignee_id": assignee}, reads=False)

    def _conversation(self, ticket_id: str) -> Mapping[str, Any]:
        answer = self._api.call("GET", _path(ticket_id))
        if not isinstance(answer, dict) or "id" not in answer:
            raise _no_answer()
        return answer

    def _tags(self, wanted: AbstractSet[str]) -> Mapping[str, str]:
        """Return the ids of these tags by their names, as far as there are such tags."""
        found: dict[str, str] = {}
        query = {"limit": str(PER_PAGE)}
        for _ in range(MAX_PAGES):
            answer = self._api.call("GET", "/tags", query=query)
            found |= {str(tag["name"]): str(tag.get("id")) for tag in _results(answer) if tag.get("name") in wanted}
            following = _next_page(answer)
            if following is None or found.keys() >= wanted:
                break
            query = {"limit": str(PER_PAGE), "page_token": following}
        return found

    def _made(self, name: str) -> str:
        answer = self._api.call("POST", "/tags", body={"name": name})
        if not isinstance(answer, dict) or "id" not in answer:
            raise _no_answer()
        return str(answer["id"])


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"Bearer {token}" if token else None,
    )
    return FrontClient(api) if api is not None else None


def _path(ticket_id: str, end: str = "") -> str:
    return f"/conversations/{quote(ticket_id, safe='')}{end}"


def _results(answer: Any) -> list[Mapping[str, Any]]:
    found = answer.get("_results") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise _no_answer()
    return [each for each in found if isinstance(each, dict)]


def _next_page(answer: Any) -> str | None:
    """Return the token of the next page, from the address that Front gives for it."""
    pages = answer.get("_pagination")
    address = pages.get("next") if isinstance(pages, dict) else None
    return parse_qs(urlsplit(address).query).get("page_token", [None])[0] if isinstance(address, str) else None


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é do Front; --api-url é https://api2.frontapp.com?",
            "the answer is not one of Front's; is --api-url https://api2.frontapp.com?",
        ),
        retryable=False,
    )
