"""Proof that a delivery is HubSpot's: one of three ways, of which the newest that a delivery brings counts.

Version 3 is an HMAC over method, address, body and a time. Versions 1 and 2 are plain digests that begin with the
secret, and know no time: a delivery taken out of its version 3 headers can come again, and is then a repetition.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from connectors.base import Delivery, Installation, digest
from connectors.proof import (
    MISMATCH,
    Asked,
    mac_given,
    require_fresh,
    require_hmac,
    require_secrets,
    required_header,
    same_sha256,
    unix_time,
)
from rules.errors import SignatureInvalid
from rules.text import Text

SIGNATURE: Final = "X-HubSpot-Signature-v3"
TIMESTAMP: Final = "X-HubSpot-Request-Timestamp"
OLDER: Final = "X-HubSpot-Signature"
VERSION: Final = "X-HubSpot-Signature-Version"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed this delivery, as lately as its version can tell."""
    require_secrets(installation.secrets)
    if delivery.header(OLDER) and not delivery.header(SIGNATURE):
        _verify_older(delivery, installation)
        return
    require_v3(delivery, delivery.method, delivery.url, delivery.body, installation.secrets, now)


def require_v3(  # noqa: PLR0913, PLR0917 - what is signed, with whose secrets, and when
    request: Asked, method: str, url: str, body: bytes, secrets: Sequence[str], now: datetime
) -> None:
    """Require the HMAC of version 3 over method, address, body and a time that is now."""
    required_header(request, SIGNATURE)
    timestamp = required_header(request, TIMESTAMP)
    require_hmac(
        request,
        secrets,
        header=SIGNATURE,
        algorithm="sha256",
        encoding="base64",
        signed=_place(method, url) + body + timestamp.encode("utf-8", "surrogatepass"),
    )
    require_fresh(unix_time(timestamp, header=TIMESTAMP, unit="ms"), now)


def _verify_older(delivery: Delivery, installation: Installation) -> None:
    given = mac_given(delivery, OLDER, encoding="hex")
    version = required_header(delivery, VERSION)
    if version not in ("v1", "v2"):
        raise SignatureInvalid(
            Text(f"o cabeçalho {VERSION} não é v1 nem v2", f"the header {VERSION} is neither v1 nor v2")
        )
    signed = (_place(delivery.method, delivery.url) if version == "v2" else b"") + delivery.body
    texts = [secret.encode("utf-8", "surrogatepass") + signed for secret in installation.secrets if secret]
    if not same_sha256(texts, given):
        raise SignatureInvalid(MISMATCH)


def _place(method: str, url: str) -> bytes:
    """Return method and address as HubSpot writes them before what it signs."""
    return f"{method}{url}".encode("utf-8", "surrogatepass")


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: each event in it has an id and a time of its own."""
    return f"body:{digest(delivery.body)}"
