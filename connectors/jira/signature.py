"""Proof that a delivery is Jira's: HMAC-SHA256 of the raw body where the webhook has a secret, or one in the path."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.proof import SECRET_HEADER, require_hmac, require_secret, require_secrets

SIGNATURE: Final = "X-Hub-Signature"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery is signed, or brings the secret itself.

    A secret that is given counts before any signature: a wrong one is never made good by another proof. Jira proves no
    time; a delivery that is sent again brings nothing that is not known.
    """
    del now
    require_secrets(installation.secrets)
    if delivery.path_secret or delivery.header(SECRET_HEADER) or not delivery.header(SIGNATURE):
        require_secret(delivery, installation.secrets)
        return
    require_hmac(
        delivery,
        installation.secrets,
        header=SIGNATURE,
        algorithm="sha256",
        encoding="hex",
        prefix="sha256=",
        signed=delivery.body,
    )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body, which Jira's retries send again.

    X-Atlassian-Webhook-Identifier stays the same over retries too, but the signature does not cover it: whoever
    replayed a delivery could choose it.
    """
    return f"body:{digest(delivery.body)}"
