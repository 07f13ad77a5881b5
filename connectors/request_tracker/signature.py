"""Request Tracker signs nothing: the scrip, which is ours, brings the tenant's secret in a header."""

from __future__ import annotations

from datetime import datetime

from connectors.base import Delivery, Installation, digest
from connectors.proof import require_secret


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings one of the tenant's secrets.

    There is no timestamp to check: what a replay would bring is known already, under the same ids.
    """
    del now
    require_secret(delivery, installation.secrets)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: the scrip never sends one thing twice."""
    return f"body:{digest(delivery.body)}"
