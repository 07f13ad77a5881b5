"""django-helpdesk signs nothing: the tenant's secret comes along, in the path or, through a proxy, in a header."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from connectors.base import Delivery, digest, same_secret
from rules.errors import SignatureInvalid

HEADER: Final = "X-Sidecue-Secret"


def verify(delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings one of the tenant's secrets.

    The first place that holds anything is the one that counts: the path, `X-Sidecue-Secret`, `Authorization: Bearer`.
    There is no timestamp to check: what a replay would bring is a snapshot that is already known.
    """
    del now
    if not any(secrets):
        raise SignatureInvalid("no secret is configured for this tenant")
    given = delivery.path_secret or delivery.header(HEADER) or _bearer(delivery.header("Authorization"))
    if not given:
        raise SignatureInvalid(f"the secret is missing: it belongs at the end of the path or in the header {HEADER}")
    if not same_secret(given, secrets):
        raise SignatureInvalid(
            "the secret is not this tenant's; `sidecue tenants list --show-secrets` shows the path to use"
        )


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body: django-helpdesk sends no delivery id, and never sends one thing twice."""
    return f"body:{digest(delivery.body)}"


def _bearer(authorization: str | None) -> str | None:
    scheme, _, value = (authorization or "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None
