"""Proof that a delivery is Znuny's: the tenant's secret, which its REST transport adds as a header.

Znuny signs nothing. Releases whose transport takes no headers of the admin's put the secret at the end of the path.
"""

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
    """Return a digest of the body: Znuny sends no id, and builds the body anew when it tries again.

    Such a repetition brings the same events under the same ids.
    """
    return f"body:{digest(delivery.body)}"
