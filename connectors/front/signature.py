"""Proof that a delivery is Front's: one header for two kinds of webhooks, told apart by a second header.

An application's webhook comes with a timestamp, and is signed by SHA-256 over it, a colon and the raw body; a rule's
comes without one, and is signed by SHA-1 over the raw body. Both are HMACs in base64, each under a secret of its own.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, Reply, digest
from connectors.proof import require_fresh, require_hmac, required_header, unix_time

SIGNATURE: Final = "X-Front-Signature"
TIMESTAMP: Final = "X-Front-Request-Timestamp"
CHALLENGE: Final = "X-Front-Challenge"
MAX_CHALLENGE: Final = 1_000


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed this body in the way of its kind of webhook."""
    if not delivery.header(TIMESTAMP):
        require_hmac(
            delivery,
            installation.secrets,
            header=SIGNATURE,
            algorithm="sha1",
            encoding="base64",
            signed=delivery.body,
        )
        return
    timestamp = required_header(delivery, TIMESTAMP)
    require_hmac(
        delivery,
        installation.secrets,
        header=SIGNATURE,
        algorithm="sha256",
        encoding="base64",
        signed=timestamp.encode("utf-8", "surrogatepass") + b":" + delivery.body,
    )
    require_fresh(unix_time(timestamp, header=TIMESTAMP, unit="ms"), now)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: it holds the event's id, and is the same when Front tries again."""
    return f"body:{digest(delivery.body)}"


def handshake(delivery: Delivery, installation: Installation) -> Reply | None:
    """Give back the challenge that Front sends when an application's webhook is saved; keep everything else."""
    del installation
    challenge = delivery.header(CHALLENGE)
    if delivery.method != "POST" or not challenge or len(challenge) > MAX_CHALLENGE:
        return None
    return Reply(json.dumps({"challenge": challenge}).encode("ascii"), "application/json")
