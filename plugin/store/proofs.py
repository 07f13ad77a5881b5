"""Proofs of hosts that may be used once: a token that somebody copied opens nothing after its owner used it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete

from plugin.store.rows import insert_or_ignore
from plugin.store.schema import host_proof

KEPT: Final = timedelta(days=1)
"""Longer than any host's token is believed by its own time."""


def first_time(connection: Connection, tenant_id: int, name: str, now: datetime) -> bool:
    """Remember a proof by its name and return whether this tenant had not shown it before."""
    connection.execute(delete(host_proof).where(host_proof.c.until <= now))
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return insert_or_ignore(connection, host_proof, {"tenant_id": tenant_id, "digest": digest, "until": now + KEPT})
