"""Proof that a delivery is FreeScout's: the base64 HMAC-SHA1 of the raw body under the webhooks' secret."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.proof import require_hmac

SIGNATURE: Final = "X-FreeScout-Signature"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the tenant's secrets signed the body.

    FreeScout signs no time; a delivery only names a conversation, which is read anew from the API.
    """
    del now
    require_hmac(
        delivery, installation.secrets, header=SIGNATURE, algorithm="sha1", encoding="base64", signed=delivery.body
    )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: whether FreeScout sends a delivery id is not known."""
    return f"body:{digest(delivery.body)}"
