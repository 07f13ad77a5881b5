"""What every connector is made of: the port it fills, and the words it fills it with.

A connector is a folder. Five functions it must offer (`Connector`), some it may (`Hooks`); its client does what
`connector.json` lists under `back` and nothing else. All but the client is pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Protocol

from connectors.budget import Budget, Rate
from connectors.hosted import View
from connectors.payload import read_array, read_json
from rules.model import TicketChanges, TicketEvent
from rules.text import Text

__all__ = [
    "CAPABILITIES",
    "HOOKS",
    "NOTE_REF",
    "PORT",
    "Assigns",
    "ChangesTags",
    "Client",
    "Connector",
    "Delivery",
    "EditsNotes",
    "Fetches",
    "Hooks",
    "HostAction",
    "HostRequest",
    "Installation",
    "Manifest",
    "Note",
    "Order",
    "Reply",
    "Resource",
    "SetsFields",
    "Setting",
    "SidebarHost",
    "SidebarRequest",
    "digest",
    "note_ref",
    "read_json",
]

NOTE_REF: Final = re.compile(r"(?:^|\s)(sc_[0-9a-f]{20})\s*\Z")
"""The reference at the end of every note we post; `Message.note_ref` holds it when one comes back."""

_REF_WITHIN: Final = 200
"""Characters at a text's end in which its reference stands; more would only be white space."""


# --- what comes in ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """One webhook request exactly as it arrived. Header names are lower case; the repr tells no secret.

    `method`, `url` and `path_secret` are known while it is received; when it is worked on later, they are not.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    received_at: datetime
    path_secret: str | None = field(default=None, repr=False)
    method: str = "POST"
    url: str = field(default="", repr=False)
    """The whole address the helpdesk called, as it knows it: behind a proxy from SIDECUE_PUBLIC_URL."""
    documents: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What `hydrate` asked for, by the resource's name; None for what the helpdesk does not have (any more)."""

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return self.headers.get(name.lower())

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The body as a JSON object, read once. Raise PayloadInvalid as `read_json` does. To be read, never changed."""
        return read_json(self.body)

    @cached_property
    def batch(self) -> list[Any]:
        """The body as a JSON array, read once, for helpdesks that send several events at a time."""
        return read_array(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the helpdesk. Never holds a secret of ours; what it may echo was proved to come from there."""

    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Resource:
    """One document of the helpdesk's API that a delivery only names. `path` begins with a slash, its parts quoted."""

    name: str
    """What `parse` finds it under in `Delivery.documents`, such as `ticket:512`."""
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


# --- what is known of a connector and of a tenant -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an admin may have to tell besides address and credentials (`tenants add --set NAME=VALUE`)."""

    name: str
    kind: str
    """How its values are written: a key of `connectors.settings.KINDS`."""
    does: Text
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `connector.json` says; `name` equals the folder's name."""

    name: str
    display_name: str
    owner: str
    docs_url: str
    auth: str
    """`signature` (the secret never travels), `shared_secret` (it travels in the path or a header), or `either`
    (signed, but for older releases that cannot)."""
    media_types: tuple[str, ...]
    event_types: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    """Host patterns the client may call; `{api_url}` stands for the host the tenant gave."""
    frame_ancestors: tuple[str, ...]
    """CSP sources that may frame the sidebar; `{api_url}` and `{name of a setting}` stand for the origins of the
    addresses that the tenant gave."""
    locales: tuple[str, ...]
    stage: str
    back: tuple[str, ...] = ()
    """What the client can do: keys of CAPABILITIES."""
    rate: Rate | None = None
    """How often the vendor says its API may be asked, and where it says so."""
    settings: tuple[Setting, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What makes no sense without others that are told: names of settings, or `api_url`."""
    accepted: int = 202
    """The status that answers a delivery which is kept: 200 for helpdesks that take every other for a failure."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What a connector may know of a tenant: how to reach its helpdesk and be reached. Secrets stay out of the repr."""

    tenant: str
    locale: str
    api_url: str | None = None
    api_token: str | None = field(default=None, repr=False)
    mapping: Mapping[str, Any] | None = field(default=None, repr=False)
    """`standard` only: the tenant's own mapping file, instead of the shipped one."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Webhook secrets that are valid now, newest first; two while one is being replaced."""
    sidebar_keys: tuple[str, ...] = field(default=(), repr=False)
    """Made by us, newest first: what a host that can only be given a fixed text (in a URL, a header, an app's
    parameters) proves itself with when it asks for the sidebar. Opens nothing else."""
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the admin told, by the names that `connector.json` lists under `settings`."""
    budget: Budget | None = field(default=None, repr=False, compare=False)
    """What is left of the vendor's rate for this tenant; hand it to `HelpdeskApi`."""


# --- what goes back -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note for the agents. `ref` is unique, and stands at the end of `text`."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to be done at the helpdesk: a capability's name and what it needs, as JSON has it."""

    ref: str
    kind: str
    ticket: str
    content: Mapping[str, Any]


class Client(Protocol):
    """Calls to the helpdesk's API: capability `note`. Every failure is a HelpdeskFailed or HelpdeskBusy.

    Any call may come twice (an answer was lost): each leaves the ticket as one would have.
    """

    def post_note(self, ticket_id: str, note: Note) -> None:
        """Put an internal note on the ticket."""

    def has_note(self, ticket_id: str, ref: str) -> bool:
        """Tell whether a note with this reference is already on the ticket."""


class EditsNotes(Protocol):
    """Capability `edit_note`, for helpdesks without a sidebar: one note that is kept true instead of many."""

    def edit_note(self, ticket_id: str, note: Note) -> None:
        """Give the note with this reference this text; post it when it is not there."""


class ChangesTags(Protocol):
    """Capability `tags`."""

    def change_tags(self, ticket_id: str, *, add: AbstractSet[str], remove: AbstractSet[str]) -> None:
        """Add and remove these tags. What a colleague adds or removes at the same time is never undone."""


class SetsFields(Protocol):
    """Capability `fields`."""

    def set_field(self, ticket_id: str, name: str, value: str) -> None:
        """Give one custom field, by its name or id in the helpdesk, this value; leave every other as it is."""


class Assigns(Protocol):
    """Capability `assign`."""

    def assign(self, ticket_id: str, *, group: str | None = None, assignee: str | None = None) -> None:
        """Give the ticket to a group, a person, or both, by their ids in the helpdesk; None leaves that as it is."""


class Fetches(Protocol):
    """Needed by connectors that hydrate."""

    def fetch(self, resource: Resource) -> Any:
        """Return the document as JSON, or None when the helpdesk says that there is none."""


CAPABILITIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "note": ("post_note", "has_note"),
        "edit_note": ("edit_note",),
        "tags": ("change_tags",),
        "fields": ("set_field",),
        "assign": ("assign",),
    }
)
"""Capability -> the methods a client has when `connector.json` lists it under `back`, and only then."""


# --- the sidebar --------------------------------------------------------------------------------


@dataclass(frozen=True)
class HostRequest:
    """One request of a host for the sidebar, exactly as it arrived. Header names are lower case."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return self.headers.get(name.lower())

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The body as a JSON object, read once. Raise PayloadInvalid as `read_json` does."""
        return read_json(self.body)


@dataclass(frozen=True, slots=True)
class HostAction:
    """What the agent did in a sidebar that the host draws: a verdict about one recommendation."""

    recommendation: str
    verdict: str
    """accepted, dismissed, done, handed_over or undone."""
    reason: str | None = None
    """With dismissed: one of `View.reasons`."""


@dataclass(frozen=True, slots=True)
class SidebarRequest:
    """What a genuine host asks to see.

    `ticket` is None where the host tells it only to the browser: then our page comes, and `host.js` joins it to the
    ticket. `agent` is None where the host does not say who looks.
    """

    ticket: str | None
    agent: str | None = None
    locale: str | None = None
    action: HostAction | None = None
    once: str | None = field(default=None, repr=False)
    """Names this request among all of the tenant's where its proof may be used once only (a token with an id)."""
    unfolded: str | None = None
    """For hosts that draw: what the agent asked to see more of, as `render` named it."""


@dataclass(frozen=True, slots=True)
class SidebarHost:
    """How the sidebar page lives in this helpdesk.

    The folder's `host.js` speaks to the host in the browser; without one, replies go by the clipboard.
    """

    frame_ancestors: tuple[str, ...]
    sdk: str | None = None
    """Address of the host's own SDK, the only third-party script the page may load, and only inside the host."""
    keeps: tuple[str, ...] = ()
    """Query parameters that the SDK looks for in the page's address; all of them given means: inside the host."""
    inserts: bool = False
    """Whether `host.js` can put a reply into the host's composer."""
    origins: tuple[str, ...] = ()
    """Origins whose messages `host.js` listens to; nobody else's."""
    framed: bool = False
    """Whether the page around may know our own words: then the script is `connectors/frame/host.js`, and `keeps` names
    what the page says it by."""


class Connector(Protocol):
    """What `connectors/<name>/__init__.py` must offer, as module-level names."""

    def verify(self, delivery: Delivery, installation: Installation, now: datetime) -> None:
        """Raise SignatureInvalid unless a secret of the tenant (newest first) proves the delivery genuine and fresh."""

    def delivery_key(self, delivery: Delivery) -> str:
        """Return what makes two deliveries the same one; for the helpdesk's retries it never changes."""

    def parse(self, delivery: Delivery, installation: Installation) -> Sequence[TicketEvent]:
        """Return what the delivery says happened. Pure. Raise PayloadInvalid or EventUnsupported."""

    def client(self, installation: Installation) -> Client | None:
        """Return a client, or None when the tenant gave no API address or the helpdesk's API can do nothing of it."""

    def sidebar(self, installation: Installation) -> SidebarHost:
        """Return how the sidebar page lives in this helpdesk."""


class Hooks(Protocol):
    """What `connectors/<name>/__init__.py` may offer besides, by name. All but `open_sidebar` are pure."""

    def handshake(self, delivery: Delivery, installation: Installation) -> Reply | None:
        """Answer a probe, challenge or ping at once, or return None for a delivery to be kept.

        A POST was verified before; a GET or HEAD was not, so its answer must tell nothing. None to those is a 405.
        """

    def hydrate(self, delivery: Delivery, installation: Installation) -> Sequence[Resource]:
        """Return what `parse` needs and `delivery.documents` lacks: nothing when all is there.

        Asked again after each fetch, so one document may lead to the next. Raise PayloadInvalid or EventUnsupported.
        """

    def open_sidebar(self, request: HostRequest, installation: Installation, now: datetime) -> SidebarRequest:
        """Return what a genuine host asks to see. Raise HostRequestInvalid for a forged or expired request.

        Once the request is proved, the helpdesk may be asked what it leaves out; HelpdeskFailed when that fails.
        """

    def render(self, view: View, request: SidebarRequest) -> Reply:
        """Return the sidebar in the host's own form, for hosts that draw it themselves and frame no page."""

    def reply(self, delivery: Delivery, orders: Sequence[Order]) -> Reply:
        """Return an answer to the webhook that has the helpdesk carry these orders out, where an answer can."""


PORT: Final = ("verify", "delivery_key", "parse", "client", "sidebar")
HOOKS: Final = ("handshake", "hydrate", "open_sidebar", "render", "reply")


def digest(value: bytes | object) -> str:
    """Return 32 hex characters that name a body, or a JSON value whatever the order of its keys."""
    if not isinstance(value, bytes):
        value = json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")
    return hashlib.sha256(value).hexdigest()[:32]


def state_id(state: TicketChanges, at: datetime) -> str:
    """Return the id of a ticket's state at an instant, for helpdesks that tell all of it: one state is one event."""
    said = [state.subject, state.status, state.priority, state.assignee, state.group, at.isoformat()]
    return f"state:{digest(said)}"


def note_ref(text: str) -> str | None:
    """Return the reference of a note that Sidecue posted, when `text` is one: it ends with it.

    A reference elsewhere is somebody writing about a note, and what they write counts. Ask for texts of the helpdesk's
    own people that customers cannot see, never for a customer's: a customer must not be able to make words unheard.
    """
    found = NOTE_REF.search(text[-_REF_WITHIN:])
    return found[1] if found else None
