"""Proof that a delivery is from the plugin of this tenant's osTicket: the secret that it was given, as a header."""

from __future__ import annotations

from datetime import datetime

from connectors.base import Delivery, Installation, digest
from connectors.proof import require_secret


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings one of the tenant's secrets.

    There is no timestamp to check: what a replay would bring is a snapshot that is already known.
    """
    del now
    require_secret(delivery, installation.secrets)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: the plugin sends each snapshot once."""
    return f"body:{digest(delivery.body)}"
