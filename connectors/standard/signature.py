"""Proof by the Standard Webhooks scheme: HMAC-SHA256 over id, timestamp and raw body, joined by dots."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.payload import MAX_ID
from connectors.proof import MISMATCH, require_fresh, require_secrets, required_header, same_hmac, unix_time
from rules.errors import SignatureInvalid
from rules.text import Text

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
KEY_PREFIX: Final = "whsec_"
MAX_SIGNATURES: Final = 20


def signed_content(message_id: str, timestamp: str, body: bytes) -> bytes:
    """Return the bytes that are signed: the id, the unix timestamp and the raw body, with a dot between."""
    return f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature header's value, for the demo and for replays."""
    signed = hmac.digest(_key(secret), signed_content(message_id, timestamp, body), hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode("ascii")


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the listed v1 signatures is of one of the secrets, and fresh.

    Signatures of other versions (`v1a,…`) stand in the header for other readers and are passed over.
    """
    require_secrets(installation.secrets)
    message_id, timestamp = required_header(delivery, ID), required_header(delivery, TIMESTAMP)
    given = _signatures(required_header(delivery, SIGNATURE))
    keys = [_key(secret) for secret in installation.secrets if secret]
    if not same_hmac(signed_content(message_id, timestamp, delivery.body), given, keys):
        raise SignatureInvalid(MISMATCH)
    require_fresh(unix_time(timestamp, header=TIMESTAMP, unit="s"), now)


def delivery_key(delivery: Delivery) -> str:
    """Return the message's id, which the signature covers and a retry keeps, and a digest of the body.

    A tool that gives every message the same id would lose all but the first, if the id were all that counted.
    """
    message_id, body = delivery.header(ID), digest(delivery.body)
    return f"message:{message_id}:{body}" if message_id and len(message_id) <= MAX_ID else f"body:{body}"


def _signatures(header: str) -> list[bytes]:
    found = []
    for part in header.split()[:MAX_SIGNATURES]:
        version, comma, encoded = part.partition(",")
        if not comma:
            raise SignatureInvalid(
                Text(
                    f"o cabeçalho {SIGNATURE} não é uma lista de VERSÃO,ASSINATURA separada por espaços",
                    f"the header {SIGNATURE} is not a list of VERSION,SIGNATURE separated by spaces",
                )
            )
        if version != "v1":
            continue
        try:
            found.append(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError):
            raise SignatureInvalid(
                Text(
                    f"uma assinatura no cabeçalho {SIGNATURE} não está em base64",
                    f"a signature in the header {SIGNATURE} is not base64",
                )
            ) from None
    if not found:
        raise SignatureInvalid(
            Text(
                f"o cabeçalho {SIGNATURE} não traz uma assinatura v1 (HMAC-SHA256)",
                f"the header {SIGNATURE} holds no v1 signature (HMAC-SHA256)",
            )
        )
    return found


def _key(secret: str) -> bytes:
    """Return the key's bytes: base64 after `whsec_`, else the text itself."""
    if not secret.startswith(KEY_PREFIX):
        return secret.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(secret.removeprefix(KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureInvalid(
            Text(
                f"o segredo deste tenant começa com {KEY_PREFIX}, mas o que segue não é base64; informe-o de novo",
                f"this tenant's secret begins with {KEY_PREFIX} but no base64 follows; set it again",
            )
        ) from None
