"""What every connector is made of: the port it fills, and the few things all of them share."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, Protocol

from connectors.payload import read_json
from rules.errors import SignatureInvalid
from rules.model import TicketEvent

__all__ = [
    "NOTE_REF",
    "TOLERANCE",
    "Client",
    "Connector",
    "Delivery",
    "Installation",
    "Manifest",
    "Note",
    "SidebarHost",
    "digest",
    "note_ref",
    "read_json",
    "require_fresh",
    "same_hmac",
    "same_secret",
]

TOLERANCE: Final = timedelta(minutes=5)
"""How far a delivery's own timestamp may lie from our clock, either side."""

NOTE_REF: Final = re.compile(r"(?:^|\s)(sc_[0-9a-f]{20})\s*\Z")
"""The reference at the end of every note we post; `Message.note_ref` holds it when one comes back."""

_REF_WITHIN: Final = 200
"""Characters at a text's end in which its reference stands; more would only be white space."""


@dataclass(frozen=True)
class Delivery:
    """One webhook request exactly as it arrived. Header names are lower case; the repr tells no secret."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    received_at: datetime
    path_secret: str | None = field(default=None, repr=False)

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return self.headers.get(name.lower())

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The body as JSON, read once. Raise PayloadInvalid as `read_json` does. To be read, never changed."""
        return read_json(self.body)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `connector.json` says; `name` equals the folder's name."""

    name: str
    display_name: str
    owner: str
    docs_url: str
    auth: str
    """`signature` (the secret never travels) or `shared_secret` (it travels in the path or a header)."""
    media_types: tuple[str, ...]
    event_types: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    """Host patterns the client may call; `{api_url}` stands for the host the tenant gave."""
    frame_ancestors: tuple[str, ...]
    """CSP sources that may frame the sidebar; `{api_url}` stands for the origin the tenant gave."""
    locales: tuple[str, ...]
    stage: str


@dataclass(frozen=True, slots=True)
class Installation:
    """What a connector may know of a tenant: how to reach its helpdesk. Secrets stay out of the repr."""

    tenant: str
    locale: str
    api_url: str | None = None
    api_token: str | None = field(default=None, repr=False)
    mapping: Mapping[str, Any] | None = None
    """`standard` only: the tenant's own mapping file, instead of the shipped one."""


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note for the agents. `ref` is unique, and stands at the end of `text`."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class SidebarHost:
    """How the sidebar page lives in this helpdesk."""

    frame_ancestors: tuple[str, ...]
    script_sources: tuple[str, ...] = ()
    """The host's own SDK, the only third-party script the page may load."""
    composer: str = "copy"
    """`zaf`: the reply can be put into the host's composer; `copy`: it is copied to the clipboard."""


class Client(Protocol):
    """Calls to the helpdesk's API. Every failure is a HelpdeskFailed or HelpdeskBusy."""

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the ticket."""

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether a note with this reference is already on the ticket."""


class Connector(Protocol):
    """What `connectors/<name>/__init__.py` must offer, as module-level names; nothing else is looked at."""

    def verify(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:
        """Raise SignatureInvalid unless a secret of the tenant (newest first) proves the delivery genuine and fresh."""

    def delivery_key(self, delivery: Delivery) -> str:
        """Return what makes two deliveries the same one; for the helpdesk's retries it never changes."""

    def parse(self, payload: Any, installation: Installation, received_at: datetime) -> Sequence[TicketEvent]:
        """Return what the payload says happened. Pure. Raise PayloadInvalid or EventUnsupported."""

    def client(self, installation: Installation) -> Client | None:
        """Return a client, or None when the tenant gave no API address."""

    def sidebar(self, installation: Installation) -> SidebarHost:
        """Return how the sidebar lives in this helpdesk."""


def same_secret(given: str | None, secrets: Sequence[str]) -> bool:
    """Compare in constant time with every secret, so that the time tells neither which nor how much of it was right."""
    offered = (given or "").encode("utf-8", "surrogatepass")
    matches = [hmac.compare_digest(offered, secret.encode("utf-8", "surrogatepass")) for secret in secrets if secret]
    return any(matches)


def same_hmac(signed: bytes, given: Sequence[bytes], keys: Sequence[bytes]) -> bool:
    """Tell whether one signature is the HMAC-SHA256 of `signed` under one of the keys; all are always compared."""
    # HMAC fills a short key up with zeros: one of nothing but zeros is the empty key, which everybody knows.
    expected = [hmac.digest(key, signed, hashlib.sha256) for key in keys if key.strip(b"\x00")]
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    return any(matches)


def digest(value: bytes | object) -> str:
    """Return 32 hex characters that name a body, or a JSON value whatever the order of its keys."""
    if not isinstance(value, bytes):
        value = json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
    return hashlib.sha256(value).hexdigest()[:32]


def note_ref(text: str) -> str | None:
    """Return the reference of a note that Sidecue posted, when `text` is one: it ends with it.

    A reference elsewhere is somebody writing about a note, and what they write counts. Ask for texts of the helpdesk's
    own people that customers cannot see, never for a customer's: a customer must not be able to make words unheard.
    """
    found = NOTE_REF.search(text[-_REF_WITHIN:])
    return found[1] if found else None


def require_fresh(sent_at: datetime, now: datetime) -> None:
    """Raise SignatureInvalid when the delivery says it was sent too long ago, or in the future."""
    if abs(now - sent_at) > TOLERANCE:
        raise SignatureInvalid(
            f"the delivery's timestamp is more than {TOLERANCE.seconds // 60} minutes from this server's clock: "
            "a replay, or one of the two clocks is wrong"
        )
