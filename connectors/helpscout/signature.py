"""Proof that a request is Help Scout's: base64 HMAC-SHA1 of the raw body. Its legacy apps sign in the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, HostRequest, Installation, digest
from connectors.proof import require_hmac

SIGNATURE: Final = "X-HelpScout-Signature"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed this body. Nothing in it says when it was sent."""
    del now
    require_signature(delivery, delivery.body, installation)


def require_signature(request: Delivery | HostRequest, body: bytes, installation: Installation) -> None:
    """Require that one of the tenant's secrets signed this body."""
    require_hmac(request, installation.secrets, header=SIGNATURE, algorithm="sha1", encoding="base64", signed=body)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: the header that names the event is not signed, and no id comes with it."""
    return f"body:{digest(delivery.body)}"
