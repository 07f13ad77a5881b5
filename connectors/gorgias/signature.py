"""Gorgias signs nothing: the tenant's secret comes along in a header that the admin enters, or in the path."""

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
    """Return a digest of the body: Gorgias sends no delivery id."""
    return f"body:{digest(delivery.body)}"
