"""Proof that a delivery is Zammad's: HMAC-SHA1 of the raw body where the webhook has a token, or a secret in the path.

Zammad's documentation calls the header a hash of the token; its source signs the body with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.proof import SECRET_HEADER, require_hmac, require_secret, require_secrets

SIGNATURE: Final = "X-Hub-Signature"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery is signed, or brings the secret itself.

    A secret that is given counts before any signature: a wrong one is never made good by another proof. Zammad signs
    no time; a delivery that is sent again brings nothing that is not known.
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
        algorithm="sha1",
        encoding="hex",
        prefix="sha1=",
        signed=delivery.body,
    )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: X-Zammad-Delivery stands in a header that the signature does not cover.

    Whoever replayed a delivery could choose it. A repetition for which Zammad wrote the body anew brings the same
    events under the same ids.
    """
    return f"body:{digest(delivery.body)}"
