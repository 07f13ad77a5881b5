"""One budget per tenant of its vendor's rate, shared by everything in this process that asks the helpdesk."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Installation
from connectors.budget import Budget
from connectors.registry import LoadedConnector
from plugin.store.tenants import Tenant


class Budgets:
    """Hands each tenant's connector what is left of the rate that its `connector.json` states."""

    def __init__(self, connectors: Mapping[str, LoadedConnector]) -> None:
        self._connectors = connectors
        self._budgets: dict[int, Budget] = {}
        self._lock = threading.Lock()

    def installation(self, tenant: Tenant) -> Installation:
        """Return what the tenant's connector may know, with its budget where the vendor states a rate."""
        loaded = self._connectors.get(tenant.connector)
        rate = loaded.manifest.rate if loaded is not None else None
        if rate is None:
            return tenant.installation
        with self._lock:
            budget = self._budgets.setdefault(tenant.id, Budget(rate))
        return replace(tenant.installation, budget=budget)
