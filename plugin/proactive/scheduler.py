"""The schedule inside `serve`: one thread that evaluates each tenant's customers every so often.

Several processes may run it: a tenant's turn is leased, so that each is evaluated once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from plugin.ingest.traffic import Traffic
from plugin.judges import DeciderHolder
from plugin.proactive.evaluating import TurnLost, TurnTaken, evaluate
from plugin.store import Store, tenants
from plugin.store.errors import StoreUnavailable
from plugin.vault import Vault

CHECK_SECONDS: Final = 30.0
"""How often it is asked whose turn has come."""
_REST_SECONDS: Final = 0.2
"""How long requests in flight are let pass between two pages."""

log = structlog.get_logger(__name__)


class Scheduler:
    """Evaluates customers every `minutes`; 0 turns it off. Nothing that a tenant holds can stop the thread."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a turn needs
        self,
        store: Store,
        vault: Vault,
        holder: DeciderHolder,
        traffic: Traffic,
        owner: str,
        now: Callable[[], datetime],
        minutes: int,
    ) -> None:
        self._store = store
        self._vault = vault
        self._holder = holder
        self._traffic = traffic
        self._owner = owner
        self._now = now
        self._every = timedelta(minutes=minutes)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless it is turned off."""
        if self._every:
            self._thread = threading.Thread(target=self._run, name="sidecue-schedule", daemon=True)
            self._thread.start()

    def ask_to_stop(self) -> None:
        """Have the thread end after the page it is working on."""
        self._stopping.set()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; return whether it did."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def round(self) -> int:
        """Evaluate every tenant whose turn has come, in this thread, and return how many that were."""
        with self._store.read() as connection:
            found = tenants.all(connection, self._vault, self._now())
        return sum(self._evaluate(tenant) for tenant in found if not self._stopping.is_set())

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.round()
            except StoreUnavailable as error:
                log.warning("schedule waits for the store", error=str(error))
            except Exception as error:  # whatever it was, the next round must come
                log.exception("schedule round failed", error=type(error).__name__)
            self._stopping.wait(CHECK_SECONDS)

    def _evaluate(self, tenant: tenants.Tenant) -> bool:
        try:
            tally = evaluate(
                self._store,
                tenant,
                self._holder.judges(),
                owner=self._owner,
                now=self._now(),
                clock=self._now,
                every=self._every,
                between=self._between,
            )
        except TurnTaken:
            return False
        except TurnLost:
            log.warning("turn lost", tenant=tenant.name)
            return False
        log.info(
            "customers evaluated",
            tenant=tenant.name,
            customers=tally.customers,
            opened=tally.opened,
            renewed=tally.renewed,
            gone=tally.gone,
            invalid=len(tally.invalid),
        )
        return True

    def _between(self) -> bool:
        self._traffic.let_pass(_REST_SECONDS)
        return not self._stopping.is_set()
