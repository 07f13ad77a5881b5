"""Proof that a notification is Intercom's: hex HMAC-SHA1 of the raw body under the app's client secret."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, Reply, digest
from connectors.proof import require_hmac
from rules.errors import PayloadInvalid

SIGNATURE: Final = "X-Hub-Signature"
PREFIX: Final = "sha1="
PING: Final = "ping"
PROBE: Final = "HEAD"
COUNTS_ATTEMPTS: Final = frozenset({"delivery_attempts", "delivery_status", "delivered_at"})
"""What another attempt at the same notification changes in its body."""


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed this body. Nothing in it says when it was sent."""
    del now
    require_hmac(
        delivery,
        installation.secrets,
        header=SIGNATURE,
        algorithm="sha1",
        encoding="hex",
        signed=delivery.body,
        prefix=PREFIX,
    )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of what was notified, without what counts the attempts; of the bytes when they are no JSON."""
    try:
        told = delivery.payload
    except PayloadInvalid:
        return f"body:{digest(delivery.body)}"
    return f"notification:{digest({name: value for name, value in told.items() if name not in COUNTS_ATTEMPTS})}"


def handshake(delivery: Delivery, installation: Installation) -> Reply | None:
    """Answer the probe of the address and the ping of a new subscription; everything else is to be kept."""
    del installation
    if delivery.method == PROBE:
        return Reply()
    if delivery.method != "POST":
        return None
    try:
        return Reply() if delivery.payload.get("topic") == PING else None
    except PayloadInvalid:
        return None
