"""Proof that a delivery is Chatwoot's: HMAC-SHA256 over timestamp, a dot and the raw body; or a secret in the path.

Releases up to 4.12 sign nothing; for them the webhook's address ends in the secret.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.proof import (
    SECRET_HEADER,
    require_fresh,
    require_hmac,
    require_secret,
    require_secrets,
    required_header,
    unix_time,
)

SIGNATURE: Final = "X-Chatwoot-Signature"
TIMESTAMP: Final = "X-Chatwoot-Timestamp"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery is signed and fresh, or brings the secret itself.

    A secret that is given counts before any signature: a wrong one is never made good by another proof.
    """
    require_secrets(installation.secrets)
    if delivery.path_secret or delivery.header(SECRET_HEADER) or not delivery.header(SIGNATURE):
        require_secret(delivery, installation.secrets)
        return
    timestamp = required_header(delivery, TIMESTAMP)
    require_hmac(
        delivery,
        installation.secrets,
        header=SIGNATURE,
        algorithm="sha256",
        encoding="hex",
        prefix="sha256=",
        signed=timestamp.encode("utf-8", "surrogatepass") + b"." + delivery.body,
    )
    require_fresh(unix_time(timestamp, header=TIMESTAMP, unit="s"), now)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: the delivery's id stands in a header that nothing proves, and nothing is retried."""
    return f"body:{digest(delivery.body)}"
