"""Roundup's REST API: notes of our detector's own class, keywords, fields of the schema's own, and the assignee.

Read in its source, 2.6.0 (`rest.py`, `cgi/client.py`), and tried on it:

- It takes no change without `X-Requested-With`, and without an `Origin` that is the tracker's own.
- Every change of an item needs the ETag that it had. One that was changed meanwhile answers 412: it is read again.
- A property that cannot be found answers 400 like every other mistake, so items are looked for by filter instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from connectors.base import Client, Installation, Note
from connectors.http import HelpdeskApi, basic
from connectors.registry import read_manifest
from rules.errors import HelpdeskFailed
from rules.text import Text

DATA: Final = "/rest/data"
NOTES: Final = f"{DATA}/sidecue_note"
ATTEMPTS: Final = 5
"""How often a change is tried on an item that others change at the same moment."""


class RoundupClient:
    """What is written to the issues of one tracker, in the name of the user with the role `Sidecue`."""

    def __init__(self, api: HelpdeskApi) -> None:
        self._api = api

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put a note on the issue: no message, so that nobody is mailed it."""
        body = {"issue": _number(ticket_id), "ref": note.ref, "text": note.text}
        self._api.call("POST", NOTES, body=body, reads=False)

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether the issue has the note with this reference."""
        return self._note(ticket_id, ref) is not None

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Give the note with this reference this text; post it when it is not there."""
        standing = self._note(ticket_id, note.ref)
        if standing is None:
            self.post_note(ticket_id, note)
        elif standing.get("text") != note.text:
            self._put(f"{NOTES}/{_number(str(standing.get('id')))}", "text", lambda _: note.text)

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove keywords, those that the tracker does not have yet made first.

        All in one request that Roundup refuses when the issue was changed meanwhile; then what the colleague left is
        read again.
        """
        ids = {name: self._keyword(name) for name in sorted(add)}

        def wanted(present: Any) -> list[str] | None:
            named = {str(each.get("name")): str(each.get("id")) for each in _listed(present)}
            kept = {name: number for name, number in named.items() if name not in remove}
            after = sorted({*kept.values(), *ids.values()})
            return after if after != sorted(named.values()) else None

        self._put(_path(ticket_id), "keyword", wanted)

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one property of the issue a value: a text, or the key of what it links to."""
        self._put(_path(ticket_id), name, lambda _: value)

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the issue to a user, by number or user name. Roundup knows no groups: one counts as a user too."""
        user = assignee if assignee is not None else group
        if user is not None:
            self._put(_path(ticket_id), "assignedto", lambda _: user)

    def _put(self, path: str, name: str, value: Callable[[Any], Any]) -> None:
        """Give a property the value made of its present one; None leaves it. Tried anew after every change between."""
        for attempt in range(1, ATTEMPTS + 1):
            item = self._data(path, {"@fields": name, "@verbose": "2"})
            etag, attributes = item.get("@etag"), item.get("attributes")
            if not isinstance(etag, str) or not isinstance(attributes, dict):
                raise _no_answer()
            wanted = value(attributes.get(name))
            if wanted is None:
                return
            target = f"{path}/{quote(name, safe='')}"
            try:
                self._api.call("PUT", target, body={"data": wanted}, headers={"If-Match": etag}, reads=False)
            except HelpdeskFailed as error:
                if error.status != HTTPStatus.PRECONDITION_FAILED:
                    raise
                if attempt == ATTEMPTS:
                    raise HelpdeskFailed(
                        Text(
                            f"outros alteraram {path} {ATTEMPTS} vezes enquanto isso",
                            f"{path} was changed by others {ATTEMPTS} times meanwhile",
                        ),
                        retryable=True,
                    ) from None
            else:
                return

    def _note(self, ticket_id: str, ref: str) -> Mapping[str, Any] | None:
        found = self._found(NOTES, {"ref": ref, "@fields": "ref,issue,text"})
        issue = _number(ticket_id)
        return next((each for each in found if each.get("ref") == ref and _linked(each.get("issue")) == issue), None)

    def _keyword(self, name: str) -> str:
        """Return the number of a keyword, made when there is none of this name."""
        same = self._known_keyword(name)
        if same is None:
            try:
                answer = self._api.call("POST", f"{DATA}/keyword", body={"name": name})
                same = answer.get("data") if isinstance(answer, dict) else None
            except HelpdeskFailed as error:
                if error.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT}:
                    raise
                same = self._known_keyword(name)  # names are unique: somebody else made it meanwhile
                if same is None:
                    raise
        if not isinstance(same, dict) or not same.get("id"):
            raise _no_answer()
        return str(same["id"])

    def _known_keyword(self, name: str) -> Mapping[str, Any] | None:
        known = self._found(f"{DATA}/keyword", {"name": name, "@fields": "name"})
        return next((each for each in known if each.get("name") == name), None)

    def _found(self, path: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """Return the items that a filter finds; a text is found within others too."""
        return _listed(self._data(path, query).get("collection"))

    def _data(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        answer = self._api.call("GET", path, query=query)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise _no_answer()
        return data


def client(installation: Installation) -> Client | None:
    """Return a client, or None when the tenant gave no API address.

    --api-token is USER:PASSWORD, or a JSON Web Token without a colon where the tracker takes these.
    """
    token = (installation.api_token or "").strip()
    parts = urlsplit(installation.api_url or "")
    api = HelpdeskApi.of(
        installation,
        read_manifest(Path(__file__).parent),
        authorization=(basic(token) if ":" in token else f"Bearer {token}") if token else None,
        headers={"X-Requested-With": "Sidecue", "Origin": f"{parts.scheme}://{parts.netloc}"},
    )
    return RoundupClient(api) if api is not None else None


def _path(ticket_id: str) -> str:
    return f"{DATA}/issue/{_number(ticket_id)}"


def _linked(value: Any) -> str:
    return str(value.get("id")) if isinstance(value, dict) else ""


def _listed(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _no_answer()
    return value


def _number(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise HelpdeskFailed(
            Text("um chamado do Roundup tem um número", "an issue of Roundup has a number"), retryable=False
        )
    return value


def _no_answer() -> HelpdeskFailed:
    return HelpdeskFailed(
        Text(
            "a resposta não é do Roundup; --api-url é o endereço do tracker, abaixo do qual fica /rest?",
            "the answer is not one of Roundup's; is --api-url the tracker's address, below which /rest is?",
        ),
        retryable=False,
    )
