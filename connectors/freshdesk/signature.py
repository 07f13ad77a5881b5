"""Freshdesk signs nothing: the tenant's secret comes along, in a header or in the path."""

from __future__ import annotations

from datetime import datetime

from connectors.base import Delivery, Installation, digest
from connectors.freshdesk.mapping import TEMPLATE
from connectors.proof import require_secret
from rules.errors import PayloadInvalid


def verify(delivery: Delivery, installation: Installation, now: datetime) -> None:
    """Raise SignatureInvalid unless the delivery brings one of the tenant's secrets.

    There is no timestamp to check: a replay brings events that are already known, or has the ticket read again.
    """
    del now
    require_secret(delivery, installation.secrets)


def delivery_key(delivery: Delivery) -> str:
    """Return a digest of the body, and for an automation's also when it came.

    An automation tells nothing but a ticket's number, so a later change of the ticket has the same bytes. Reading the
    ticket once too often changes nothing, because its events have ids; once too seldom would lose what was said.
    """
    body = digest(delivery.body)
    try:
        is_template = delivery.payload.get(TEMPLATE) is not None
    except PayloadInvalid:
        is_template = False
    return f"ask:{delivery.received_at.isoformat()}:{body}" if is_template else f"body:{body}"
