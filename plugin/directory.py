"""Tenants by name and id, remembered for a few seconds so that a webhook costs one statement and not two."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from plugin.store import Store, tenants
from plugin.store.tenants import Tenant
from plugin.vault import Vault

TTL_SECONDS: Final = 3.0
"""How long a changed secret, or the end of an old one, may go unnoticed by a running server."""


class Directory:
    """Looks tenants up. That a tenant is missing is never remembered: a new one works at once."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._vault = vault
        self._now = now
        self._monotonic = monotonic
        self._names: dict[str, tuple[float, Tenant]] = {}
        self._ids: dict[int, tuple[float, Tenant]] = {}

    def by_name(self, name: str) -> Tenant | None:
        """Return the tenant of this name, or None."""
        held = self._names.get(name)
        if held is not None and held[0] > self._monotonic():
            return held[1]
        with self._store.read() as connection:
            found = tenants.by_name(connection, self._vault, name, self._now())
        return self._remember(name, found)

    def by_id(self, tenant_id: int) -> Tenant | None:
        """Return the tenant with this row id, or None."""
        held = self._ids.get(tenant_id)
        if held is not None and held[0] > self._monotonic():
            return held[1]
        with self._store.read() as connection:
            found = tenants.by_id(connection, self._vault, tenant_id, self._now())
        return self._remember(found.name, found) if found is not None else None

    def forget(self) -> None:
        """Look everything up anew."""
        self._names.clear()
        self._ids.clear()

    def _remember(self, name: str, found: Tenant | None) -> Tenant | None:
        if found is None:
            self._names.pop(name, None)
            return None
        until = self._monotonic() + TTL_SECONDS
        self._names[found.name] = (until, found)
        self._ids[found.id] = (until, found)
        return found
