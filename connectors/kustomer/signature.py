"""Proof that a delivery is Kustomer's: the bare hex HMAC-SHA256 of the raw body under the webhook's token."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.proof import require_hmac

SIGNATURE: Final = "X-Kustomer-Webhook-Signature"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the tenant's tokens signed the body.

    Kustomer signs no time; an event that is sent again has the id that it had, and brings nothing new.
    """
    del now
    require_hmac(
        delivery, installation.secrets, header=SIGNATURE, algorithm="sha256", encoding="hex", signed=delivery.body
    )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: it holds the event's id, and is the same when Kustomer tries again."""
    return f"body:{digest(delivery.body)}"
