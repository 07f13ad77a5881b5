"""A mail proves nothing by itself; whoever hands it over brings the tenant's secret, in the path or a header."""

from __future__ import annotations

from datetime import datetime

from connectors.base import Delivery, Installation, digest
from connectors.email.reading import without_envelope
from connectors.proof import require_secret


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings one of the tenant's secrets.

    What the mail says of its own authenticity (Authentication-Results, DKIM) is not asked: anybody can write it.
    """
    del now
    require_secret(delivery, installation.secrets)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the whole mail: one that is handed over again is the same one.

    The line in which a mail server says when it tries is no part of it.
    """
    return f"body:{digest(without_envelope(delivery.body))}"
