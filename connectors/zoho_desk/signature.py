"""Proof that a delivery is Zoho's: a secret at the end of the address, and the token that Zoho signs for the webhook.

Zoho's token says which organization and which webhook send, for a short time; the body it does not cover. Whoever saw
one could send another body with it, so the address ends in a secret besides, and nothing of a body but ids is believed
(`mapping.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from connectors.base import Delivery, Installation, Reply, digest
from connectors.proof import require_secret, required_header
from connectors.registry import read_manifest
from connectors.tokens import KeySet, claims_of, key_id_of, published
from rules.errors import HelpdeskBusy, HelpdeskFailed, SignatureInvalid
from rules.text import Text

TOKEN: Final = "X-ZDesk-JWT"  # noqa: S105 - the name of a header
KEYS: Final = "/.well-known/jwks.json"
CLAIMS: Final = ("iss", "aud", "iat", "exp")


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings the secret and, once the webhook is told, its token too."""
    require_secret(delivery, installation.secrets)
    webhook = installation.settings.get("webhook_id")
    if not webhook:
        return
    organization = installation.settings.get("org_id")
    if not organization or not installation.api_url:
        raise SignatureInvalid(
            Text(
                "este tenant informa webhook_id, que precisa também de org_id e --api-url",
                "this tenant tells webhook_id, which needs org_id and --api-url too",
            )
        )
    token = required_header(delivery, TOKEN)
    claims_of(
        token,
        _keys(installation.api_url, key_id_of(token)),
        now=now,
        audience=f"webhookId:{webhook}",
        issuer=f"orgId:{organization}",
        needs=CLAIMS,
    )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: Zoho numbers its events and not its deliveries."""
    return f"body:{digest(delivery.body)}"


def handshake(delivery: Delivery, installation: Installation) -> Reply | None:
    """Answer the GET by which Zoho sees whether an address is there before it keeps a webhook."""
    del installation
    return Reply() if delivery.method == "GET" else None


def _keys(api_url: str, key_id: str | None) -> Sequence[Any]:
    try:
        return _key_set(api_url).keys_for(key_id)
    except (HelpdeskFailed, HelpdeskBusy):
        raise SignatureInvalid(
            Text(
                "as chaves do Zoho não podem ser buscadas agora: --api-url é a do seu data center?",
                "Zoho's keys cannot be fetched now: is --api-url that of your data center?",
            )
        ) from None


@lru_cache(maxsize=64)
def _key_set(api_url: str) -> KeySet:
    return KeySet(published(api_url, KEYS, allowed_hosts=read_manifest(Path(__file__).parent).allowed_hosts))
