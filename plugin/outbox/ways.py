"""How a tenant's orders get to its helpdesk: by calls of ours, or in the answers to its own."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.registry import LoadedConnector
from plugin.store.tenants import Tenant


@dataclass(frozen=True, slots=True)
class Way:
    """What can be ordered; `carried`: it waits for the next webhook, whose answer takes it along."""

    can: frozenset[str]
    carried: bool


def way_of(tenant: Tenant, loaded: LoadedConnector) -> Way | None:
    """Return how a tenant's orders go, or None when they cannot: no API address, and no answer that could carry them.

    Calls are the better way, where the connector has a client and the tenant an address: what a call did is known.
    """
    if tenant.api_url is not None and loaded.module.client(tenant.installation) is not None:
        return Way(frozenset(loaded.manifest.back), carried=False)
    return Way(frozenset(loaded.manifest.back), carried=True) if loaded.hook("reply") is not None else None


def leaves_notes(tenant: Tenant, loaded: LoadedConnector) -> bool:
    """Tell whether accepting leaves a note: the tenant wants it, and there is a way."""
    way = way_of(tenant, loaded)
    return tenant.back.notes == "accepted" and way is not None and "note" in way.can
