"""Zammad's API: internal notes, tags, one field of the ticket, its group and its owner.

Read in its source (`ticket_articles_controller.rb`, `article_policy.rb`): no call changes the words of an article, but
whoever wrote a note may delete it, for as long as the installation allows (`ui_ticket_zoom_article_delete_timeframe`,
ten minutes unless it was changed). So a note is replaced: the new one is written first, then the old one deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from connectors.base import Client, Installation, Note
from connectors.html import looks_like_html, to_text
from connectors.http import HelpdeskApi
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

STAYS: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""What Zammad answers when a note is too old to be deleted, or is gone already."""


class ZammadClient:
    """What is written to the tickets of one Zammad, in the name of the agent whose token it is."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the ticket."""
        body = {
            "ticket_id": _number(ticket_id),
            "body": note.text,
            "content_type": "text/plain",
            "type": "note",
            "internal": True,
        }
        self._api.call("POST", "/api/v1/ticket_articles", body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether one of the ticket's internal articles holds the reference."""
        return bool(self._notes(ticket_id, ref))

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Put the note with its new text and delete the one before it, where Zammad still allows that.

        In this order the ticket is never without its note, and what a failure left half done is finished when it is
        called again.
        """
        standing = self._notes(ticket_id, note.ref)
        current = [each for each in standing if _words(each) == " ".join(note.text.split())]
        if not current:
            self.post_note(ticket_id, note)
        for each in standing:
            if each not in current[-1:]:
                self._delete(each)

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove tags one by one: no call touches another tag."""
        number = _number(ticket_id)
        answer = self._api.call("GET", "/api/v1/tags", query={"object": "Ticket", "o_id": str(number)})
        tags = answer.get("tags") if isinstance(answer, dict) else None
        if not isinstance(tags, list):
            raise _no_answer()
        present = frozenset(map(str, tags))
        for method, path, names in (("POST", "add", add - present), ("DELETE", "remove", remove & present)):
            for name in sorted(names):
                body = {"item": name, "object": "Ticket", "o_id": number}
                self._api.call(method, f"/api/v1/tags/{path}", body=body, reads=False)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one attribute of the ticket a value; Zammad leaves those alone that are not named."""
        self._change(ticket_id, {name: value})

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to a group, an owner, or both."""
        given = {"group_id": group, "owner_id": assignee}
        self._change(ticket_id, {name: _number(value) for name, value in given.items() if value is not None})

    def _change(self, ticket_id: str, body: Mapping[str, Any]) -> None:
        self._api.call("PUT", f"/api/v1/tickets/{quote(ticket_id, safe='')}", body=body, reads=False)

    def _notes(self, ticket_id: str, ref: str) -> list[Mapping[str, Any]]:
        """Return the ticket's internal articles that hold the reference, oldest first."""
        articles = self._api.call("GET", f"/api/v1/ticket_articles/by_ticket/{quote(ticket_id, safe='')}")
        if not isinstance(articles, list):
            raise _no_answer()
        internal = (each for each in articles if isinstance(each, dict) and each.get("internal") is True)
        return [each for each in internal if ref in str(each.get("body"))]

    def _delete(self, article: Mapping[str, Any]) -> None:
        try:
            path = f"/api/v1/ticket_articles/{quote(str(article.get('id')), safe='')}"
            self._api.call("DELETE", path, reads=False)
        except HelpdeskFailed as error:
            if error.status not in STAYS:
                raise


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address."""
    token = (installation.api_token or "").strip()
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=f"Token token={token}" if token else None,
    )
    return ZammadClient(api) if api is not None else None


def _words(article: Mapping[str, Any]) -> str:
    text = str(article.get("body"))
    return " ".join((to_text(text) if looks_like_html(text) else text).split())


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text(
                "os ids do Zammad são números; corrija os ajustes do tenant",
                "Zammad's ids are numbers; mend the tenant's settings",
            ),
            retryable=False,
        )
    return int(value)


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é do Zammad; --api-url é o endereço dele?",
            "the answer is not one of Zammad's; is --api-url its address?",
        ),
        retryable=False,
    )
