"""Proof that a delivery is from the tenant's Roundup: the detector sends the tenant's secret in a header."""

from __future__ import annotations

from datetime import datetime

from connectors.base import Delivery, Installation, digest
from connectors.proof import require_secret


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings one of the tenant's secrets.

    Nothing signs the time that the detector writes into the body: what a replay would bring is known already.
    """
    del now
    require_secret(delivery, installation.secrets)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: the detector sends nothing twice, and each body holds its own microsecond."""
    return f"body:{digest(delivery.body)}"
