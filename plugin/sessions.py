"""Who may look at a ticket: signed sidebar links, and the short-lived tokens they are exchanged for.

No cookie is ever set, so a foreign page has no ambient credential to ride on, and no CSRF token is needed.
A link is signed by whoever frames the sidebar, with the tenant's sidebar key or API key; it opens one ticket for one
agent until it expires, and once only when it says so. The page it opens carries a token (30 minutes, one tenant, one
ticket, one agent) for its own requests.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from plugin.config import Settings
from plugin.vault import derive
from rules.errors import SidecueError

TOKEN_SECONDS: Final = 1_800
LONGEST_SESSION_SECONDS: Final = 43_200
"""How long a page may go on renewing its token, counted from the link or key that opened it: one working day."""
LONGEST_LINK_SECONDS: Final = 86_400
"""Farthest a link's expiry may lie ahead: a link that never expires is a password in a browser's history."""

_MAX_PART: Final = 320


class CredentialInvalid(SidecueError):
    """A link or token that opens nothing. `expired` says that a new one from the same place would."""

    def __init__(self, message: str, *, expired: bool = False) -> None:
        self.expired = expired
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class SidebarSession:
    """One agent looking at one ticket of one tenant, since `began` (Unix seconds; 0: no token was issued yet).

    `roams`: opened by the helpdesk itself, whose agent may go on to another ticket of the tenant in the same frame;
    `ticket` is empty until the browser has told the first one, and opens none.
    """

    tenant: str
    ticket: str
    agent: str
    began: int = field(default=0, compare=False)
    roams: bool = field(default=False, compare=False)


def sign_link(  # noqa: PLR0913, PLR0917 - the order in which the link is signed
    key: str,
    connector: str,
    tenant: str,
    ticket: str,
    agent: str,
    expires: int | datetime,
    *,
    once: str | None = None,
) -> dict[str, str]:
    """Return the query of `/sidebar/<connector>/<tenant>` that opens this ticket for this agent until `expires`.

    With `once`, a text that no other link has, it opens it the first time alone.
    """
    until = str(int(expires.timestamp()) if isinstance(expires, datetime) else expires)
    told = {"ticket": ticket, "agent": agent, "expires": until} | ({"once": once} if once else {})
    return told | {"signature": _signature(key, connector, tenant, *told.values())}


def open_link(
    keys: Sequence[str], connector: str, tenant: str, query: Mapping[str, str], now: datetime
) -> SidebarSession:
    """Return whom a link lets in that one of the keys signed. Raise CredentialInvalid when it is altered or expired.

    Whether a link with `once` comes for the first time is for the caller to find out.
    """
    ticket, agent, until = query.get("ticket", ""), query.get("agent", ""), query.get("expires", "")
    signed = [ticket, agent, until, *([query["once"]] if query.get("once") else [])]
    if not ticket or not agent or not until:
        raise CredentialInvalid("the link misses its ticket, agent or expiry")
    # A line break in one part could pass for the border between two.
    if any(len(part) > _MAX_PART or not part.isprintable() for part in signed):
        raise CredentialInvalid("the link holds what no ticket or agent is called")
    given = query.get("signature", "").encode("utf-8", "surrogateescape")
    right = [hmac.compare_digest(given, _signature(key, connector, tenant, *signed).encode()) for key in keys]
    if not any(right):
        raise CredentialInvalid("the link's signature does not match")
    if not until.isascii() or not until.isdigit() or int(until) > now.timestamp() + LONGEST_LINK_SECONDS:
        raise CredentialInvalid("the link's expiry is no time within the next day")
    if int(until) < now.timestamp():
        raise CredentialInvalid("the link has expired", expired=True)
    return SidebarSession(tenant, ticket, agent)


def issue_token(  # noqa: PLR0913 - what a session is made of
    settings: Settings, tenant: str, ticket: str, agent: str, *, began: int = 0, roams: bool = False
) -> str:
    """Return the token with which the page of this session makes its own requests, for 30 minutes.

    `began` carries over when a token is renewed; 0 begins a session now. `roams` carries over too.
    """
    told: list[object] = [tenant, ticket, agent, began or int(time.time())]
    return _serializer(settings).dumps([*told, True] if roams else told)


def may_renew(session: SidebarSession) -> bool:
    """Tell whether a session may go on: after one working day it ends, so that a stolen token ends too."""
    return time.time() - session.began < LONGEST_SESSION_SECONDS


def read_token(settings: Settings, token: str) -> SidebarSession:
    """Return the session of a token. Raise CredentialInvalid when it is not ours, altered or too old."""
    try:
        tenant, ticket, agent, began, *roams = _serializer(settings).loads(token, max_age=TOKEN_SECONDS)
    except SignatureExpired:
        raise CredentialInvalid("the session has ended: open the ticket again", expired=True) from None
    except (BadSignature, ValueError, TypeError):
        raise CredentialInvalid("this is no token of ours") from None
    return SidebarSession(str(tenant), str(ticket), str(agent), int(began), roams=bool(roams))


def _signature(key: str, *parts: str) -> str:
    signed = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def _serializer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        derive(settings.secret_key, "sessions"), salt="sidebar", signer_kwargs={"digest_method": hashlib.sha256}
    )
