"""The durable inbox: what a webhook puts in, and what a worker takes out under a lease."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Unpack

from connectors.base import Delivery
from plugin.backoff import Backoff
from plugin.ingest.together import Together
from plugin.store import Store, deliveries, outbox
from plugin.store.deliveries import Known, Leased, Receipt
from plugin.store.tenants import Tenant
from rules.text import Text

MAX_ATTEMPTS: Final = 8
retry_at: Final = Backoff(MAX_ATTEMPTS, first=timedelta(seconds=1), longest=timedelta(minutes=5)).due_at

_NEVER_KEPT: Final = frozenset({"authorization", "proxy-authorization", "cookie"})


class Inbox:
    """Deliveries of every tenant. `owner` signs the leases of this process."""

    def __init__(self, store: Store, owner: str) -> None:
        self.store = store
        self._together = Together(store)
        self.owner = owner

    def receive(self, tenant: Tenant, key: str, delivery: Delivery, **known: Unpack[Known]) -> Receipt:
        """Keep a genuine delivery, once. When this returns, it is on disk. Raise StoreUnavailable.

        `known` tells of one that needs no work. Deliveries that arrive while another is being written are written
        together, with one wait for the disk.
        """
        return self._together.insert(
            tenant_id=tenant.id,
            key=key,
            headers=_without_secrets(delivery.headers, tenant),
            body=delivery.body,
            now=delivery.received_at,
            **known,
        )

    def take(self, now: datetime, limit: int) -> tuple[Leased, ...]:
        """Lease up to `limit` deliveries that are due."""
        with self.store.write() as connection:
            return deliveries.lease(connection, self.owner, now, limit)

    def put_back(
        self,
        leased: Leased,
        error: Text,
        now: datetime,
        retry: Callable[[int, datetime], datetime | None] = retry_at,
    ) -> bool:
        """Have a delivery that failed tried again later, or declare it dead. Return whether it is dead."""
        due_at = retry(leased.attempts, now)
        with self.store.write() as connection:
            deliveries.fail(connection, leased.id, self.owner, error, due_at, now)
        return due_at is None

    def release(self, leased: Leased) -> None:
        """Give a delivery back that was not worked on; the attempt does not count."""
        with self.store.write() as connection:
            deliveries.release(connection, leased.id, self.owner)

    def postpone(self, leased: Leased, due_at: datetime) -> None:
        """Give a delivery back that was not worked on until later; the attempt does not count."""
        with self.store.write() as connection:
            deliveries.postpone(connection, leased.id, self.owner, due_at)

    def extend(self, leased: Leased, until: datetime) -> bool:
        """Hold a delivery for longer; False when it was lost."""
        with self.store.write() as connection:
            return deliveries.extend(connection, leased.id, self.owner, until)

    def free_dead_leases(self) -> int:
        """Free the leases of processes of this host that are gone; return how many there were."""
        with self.store.write() as connection:
            gone = frozenset(
                owner
                for owner in deliveries.lease_owners(connection) | outbox.lease_owners(connection)
                if self._is_gone(owner)
            )
            return deliveries.free_leases(connection, gone) + outbox.free_leases(connection, gone)

    def _is_gone(self, owner: str) -> bool:
        host, _, rest = owner.rpartition(":")[0].rpartition(":")
        mine = self.owner.rpartition(":")[0].rpartition(":")[0]
        if owner == self.owner or host != mine or not rest.isdigit():
            return False
        if int(rest) == os.getpid():
            return True  # a process of our number that is not us came before us
        try:
            os.kill(int(rest), 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False


def _without_secrets(headers: Mapping[str, str], tenant: Tenant) -> dict[str, str]:
    """Return the headers that may be kept: no credential, and no value in which one of the tenant's secrets stands."""
    return {
        name: value
        for name, value in headers.items()
        if name not in _NEVER_KEPT and not any(secret in value for secret in tenant.secrets)
    }
