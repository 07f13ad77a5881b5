"""Proof that a delivery is Zendesk's: base64 HMAC-SHA256 over the timestamp header followed by the raw body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.payload import MAX_ID, instant
from connectors.proof import require_fresh, require_hmac, require_secrets, required_header
from rules.errors import PayloadInvalid, SignatureInvalid
from rules.text import Text

SIGNATURE: Final = "X-Zendesk-Webhook-Signature"
TIMESTAMP: Final = "X-Zendesk-Webhook-Signature-Timestamp"
_FORM: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
"""Nothing stands between timestamp and body in what is signed: where the one ends must be no matter of reading."""


def signed_content(timestamp: str, body: bytes) -> bytes:
    """Return the bytes Zendesk signs: the timestamp header as sent, then the raw body, nothing between them."""
    return timestamp.encode("utf-8", "surrogatepass") + body


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature header's value, for the demo and for replays."""
    signed = hmac.digest(secret.encode("utf-8", "surrogatepass"), signed_content(timestamp, body), hashlib.sha256)
    return base64.b64encode(signed).decode("ascii")


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed this body with a fresh timestamp."""
    require_secrets(installation.secrets)
    required_header(delivery, SIGNATURE)
    timestamp = required_header(delivery, TIMESTAMP)
    require_hmac(
        delivery,
        installation.secrets,
        header=SIGNATURE,
        algorithm="sha256",
        encoding="base64",
        signed=signed_content(timestamp, delivery.body),
    )
    sent_at = instant(timestamp) if _FORM.fullmatch(timestamp) else None
    if sent_at is None:
        raise SignatureInvalid(
            Text(
                f"o cabeçalho {TIMESTAMP} não é um instante ISO 8601 com o deslocamento do fuso",
                f"the header {TIMESTAMP} is not an ISO 8601 time with its offset",
            )
        )
    require_fresh(sent_at, now)


def delivery_key(delivery: Delivery) -> str:
    """Return the event's id and a digest of the body, or the digest alone: nothing that the signature does not cover.

    Trigger webhooks carry no event id. The invocation's id is not signed: whoever replayed a delivery could choose it,
    and so have another delivery taken for a repetition.
    """
    body = digest(delivery.body)
    try:
        event_id = delivery.payload.get("id")
    except PayloadInvalid:
        event_id = None
    if isinstance(event_id, int) and not isinstance(event_id, bool) and abs(event_id) < 10**MAX_ID:
        event_id = str(event_id)
    return f"event:{event_id}:{body}" if isinstance(event_id, str) and 0 < len(event_id) <= MAX_ID else f"body:{body}"
