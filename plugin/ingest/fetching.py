"""A few threads for deliveries that have to be made whole by asking a helpdesk: nobody else waits for its answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from plugin.backoff import Backoff

THREADS: Final = 4
LEASE: Final = timedelta(minutes=10)
"""Longer than the requests for one delivery may take; the leases of a dead process are freed when it starts again."""
TURN: Final = timedelta(seconds=1)
"""When a delivery is looked at again whose tenant had another one under way."""
MAX_ATTEMPTS: Final = 12
retry_at: Final = Backoff(MAX_ATTEMPTS, first=timedelta(seconds=2), longest=timedelta(hours=1)).due_at
"""Helpdesks are away for longer than a database is."""


class Fetching:
    """At most one delivery per tenant is under way, so a helpdesk that hangs holds up nobody else's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: set[int] = set()
        self._rests: dict[int, float] = {}

    def free_for(self, tenant_id: int) -> bool:
        """Tell whether a delivery of this tenant would be begun now."""
        with self._lock:
            rests = self._rests.get(tenant_id, 0.0) > time.monotonic()
            return not rests and tenant_id not in self._busy and len(self._busy) < THREADS

    def begin(self, tenant_id: int, work: Callable[[], None]) -> None:
        """Have `work` done in a thread of its own; ask `free_for` first, in the one thread that begins."""
        with self._lock:
            self._busy.add(tenant_id)
        # A daemon: the end of the process waits for no helpdesk; the lease is freed at the next start.
        threading.Thread(target=self._done, args=(tenant_id, work), name="sidecue-fetch", daemon=True).start()

    def rest(self, tenant_id: int, seconds: float) -> None:
        """Leave a tenant's helpdesk alone for a while: it asked for it, or does not answer."""
        with self._lock:
            self._rests[tenant_id] = time.monotonic() + seconds

    def _done(self, tenant_id: int, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._busy.discard(tenant_id)
