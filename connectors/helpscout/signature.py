"""Proof that a request is Help Scout's: base64 HMAC-SHA1 of the raw body. Its legacy apps sign in the same way.

Apps that frame a page sign the query they add to its address: what PHP's json_encode makes of it, in its order.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connectors.base import Delivery, HostRequest, Installation, digest
from connectors.proof import MISMATCH, keys_of, require_hmac, require_secrets, same_hmac
from rules.errors import SignatureInvalid
from rules.text import Text

SIGNATURE: Final = "X-HelpScout-Signature"


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed this body. Nothing in it says when it was sent."""
    del now
    require_signature(delivery, delivery.body, installation)


def require_signature(request: Delivery | HostRequest, body: bytes, installation: Installation) -> None:
    """Require that one of the tenant's secrets signed this body."""
    require_hmac(request, installation.secrets, header=SIGNATURE, algorithm="sha1", encoding="base64", signed=body)


def require_signed_query(query: Mapping[str, str], installation: Installation) -> None:
    """Require that one of the tenant's secrets signed the query of an address that has none of its own."""
    require_secrets(installation.secrets)
    told = {name: value for name, value in query.items() if name != SIGNATURE}
    # json_encode writes a slash with a backslash before it, and what is not ASCII as json.dumps does.
    signed = json.dumps(told, separators=(",", ":")).replace("/", "\\/").encode("ascii")
    try:
        given = base64.b64decode(query.get(SIGNATURE, ""), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureInvalid(
            Text(f"o parâmetro {SIGNATURE} não está em base64", f"the parameter {SIGNATURE} is not base64")
        ) from None
    if not same_hmac(signed, [given], keys_of(installation.secrets), "sha1"):
        raise SignatureInvalid(MISMATCH)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: the header that names the event is not signed, and no id comes with it."""
    return f"body:{digest(delivery.body)}"
