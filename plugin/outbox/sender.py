"""Carries the outbox's orders out: each once, and no tenant held up by another's broken helpdesk.

At most one order per tenant is on its way, so the sender's threads are never all stuck on one helpdesk; a tenant
whose helpdesk fails rests for a while, longer each time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from connectors.registry import LoadedConnector
from plugin.backoff import Backoff
from plugin.budgets import Budgets
from plugin.directory import Directory
from plugin.metrics import Metrics
from plugin.outbox.orders import carry_out
from plugin.problems import FAILED, place
from plugin.store import Store, outbox
from plugin.store.errors import StoreUnavailable
from plugin.store.outbox import LeasedOrder
from plugin.store.tenants import Tenant
from rules.errors import HelpdeskBusy, HelpdeskFailed
from rules.text import Text, filled

THREADS: Final = 4
IDLE_SECONDS: Final = 0.5
MAX_ATTEMPTS: Final = 12
retry_at: Final = Backoff(MAX_ATTEMPTS, first=timedelta(seconds=2), longest=timedelta(hours=1)).due_at
FIRST_REST: Final = 1.0
LONGEST_REST: Final = 300.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Circuit:
    """How a tenant's helpdesk has been doing: failures in a row, and until when it is left alone."""

    failures: int = 0
    rests_until: float = 0.0


class Sender:
    """Takes due orders and carries them out. `owner` signs the leases of this process."""

    def __init__(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
        self,
        store: Store,
        connectors: Mapping[str, LoadedConnector],
        directory: Directory,
        metrics: Metrics,
        budgets: Budgets,
        owner: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._directory = directory
        self._metrics = metrics
        self._budgets = budgets
        self._owner = owner
        self._now = now
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()
        self._circuits: dict[int, _Circuit] = {}
        self._lock = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether every thread runs."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin."""
        self._threads = tuple(
            threading.Thread(target=self._run, name=f"sidecue-sender-{number}", daemon=True)
            for number in range(1, THREADS + 1)
        )
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Say that something was ordered; it is done when it is due, never before. Never waits."""
        self._bell.set()

    def ask_to_stop(self) -> None:
        """Have every thread end after the order it is carrying out."""
        self._stopping.set()
        self._bell.set()

    def join(self, seconds: float) -> bool:
        """Wait for the threads to end; return whether all did."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def drain(self) -> int:
        """Carry out everything that is due, in this thread, and return how many attempts that were."""
        done = 0
        while (order := self._take()) is not None:
            self._post(order)
            done += 1
        return done

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                order = self._take()
                if order is not None:
                    self._post(order)
                    continue
            except StoreUnavailable as error:
                log.warning("sender waits for the store", error=str(error))
            except Exception as error:
                log.exception("sender round failed", error=type(error).__name__)
            self._bell.wait(IDLE_SECONDS)
            self._bell.clear()

    def _take(self) -> LeasedOrder | None:
        with self._store.read() as connection:
            due = outbox.next_due(connection)
        if due is None or due > self._now():
            return None  # the common case costs no write
        with self._lock:
            resting = frozenset(
                tenant for tenant, circuit in self._circuits.items() if circuit.rests_until > time.monotonic()
            )
        with self._store.write() as connection:
            leased = outbox.lease(connection, self._owner, self._now(), 1, but_tenants=resting)
        return leased[0] if leased else None

    def _post(self, leased: LeasedOrder) -> None:
        tenant = self._directory.by_id(leased.tenant_id)
        if tenant is None:
            return  # deleted meanwhile, and its notes with it
        try:
            posted = self._hand_over(tenant, leased)
        except HelpdeskBusy as error:
            self._failed(
                tenant, leased, error.text, self._now() + timedelta(seconds=max(1.0, error.retry_after)), "busy"
            )
            self._rest(tenant.id, error.retry_after)
        except HelpdeskFailed as error:
            due_at = retry_at(leased.attempts, self._now()) if error.retryable else None
            self._failed(tenant, leased, error.text, due_at, "failed" if due_at is not None else "dead")
            if error.retryable:
                self._rest(tenant.id)
        except Exception as error:  # whatever it was, the next one must go on
            log.exception("connector failed on an order", tenant=tenant.name, ref=leased.ref)
            due_at = retry_at(leased.attempts, self._now())
            why = filled(FAILED, kind=type(error).__name__, place=place(error))
            self._failed(tenant, leased, why, due_at, "failed")
            self._rest(tenant.id)
        else:
            with self._store.write() as connection:
                outbox.sent(connection, leased.ref, self._now())
            with self._lock:
                self._circuits.pop(tenant.id, None)
            self._metrics.orders.labels(tenant.connector, leased.kind, "sent" if posted else "found").inc()
            log.info(
                "order carried out",
                tenant=tenant.name,
                ticket=leased.ticket,
                ref=leased.ref,
                kind=leased.kind,
                attempts=leased.attempts,
            )

    def _hand_over(self, tenant: Tenant, leased: LeasedOrder) -> bool:
        """Carry the order out and return True; False when an earlier attempt, whose answer was lost, had done so."""
        loaded = self._connectors.get(tenant.connector)
        client = loaded.module.client(self._budgets.installation(tenant)) if loaded is not None else None
        if client is None:
            raise HelpdeskFailed(
                Text(
                    f"o tenant {tenant.name} não tem mais o endereço da API: informe um, ou deixe a nota de lado",
                    f"tenant {tenant.name} has no API address any more: give it one, or leave the note",
                ),
                retryable=False,
            )
        return carry_out(client, leased)

    def _failed(self, tenant: Tenant, leased: LeasedOrder, error: Text, due_at: datetime | None, outcome: str) -> None:
        with self._store.write() as connection:
            outbox.fail(connection, leased.ref, error, due_at)
        self._metrics.orders.labels(tenant.connector, leased.kind, outcome).inc()
        log.warning(
            "order not carried out",
            tenant=tenant.name,
            ref=leased.ref,
            kind=leased.kind,
            attempts=leased.attempts,
            outcome=outcome,
            error=error.en,
        )

    def _rest(self, tenant_id: int, at_least: float = 0.0) -> None:
        with self._lock:
            circuit = self._circuits.setdefault(tenant_id, _Circuit())
            circuit.failures += 1
            seconds = max(at_least, min(FIRST_REST * 2 ** (circuit.failures - 1), LONGEST_REST))
            circuit.rests_until = time.monotonic() + seconds
