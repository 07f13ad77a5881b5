"""The in-process worker: one thread that takes deliveries out of the inbox and has them decided."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from plugin.directory import Directory
from plugin.ingest import fetching
from plugin.ingest.inbox import MAX_ATTEMPTS, Inbox, retry_at
from plugin.ingest.pipeline import Pipeline
from plugin.ingest.traffic import Traffic
from plugin.metrics import Metrics
from plugin.problems import FAILED, place
from plugin.store.deliveries import Leased
from plugin.store.errors import StoreUnavailable
from plugin.store.tenants import Tenant
from rules.errors import HelpdeskBusy, HelpdeskFailed
from rules.text import Text, filled

BATCH: Final = 10
IDLE_SECONDS: Final = 1.0
"""How long the worker sleeps when nothing wakes it: retries and other processes' deliveries are found by then."""
YIELD_SHARE: Final = 16
"""While requests keep coming, the worker rests this many times as long as it worked."""
LONGEST_YIELD_SECONDS: Final = 0.5

log = structlog.get_logger(__name__)

_KILLS: Final = Text(
    "o processo morreu todas as vezes em que esta entrega foi tratada; veja o log, e depois sidecue inbox retry ID",
    "the process ended each time this delivery was worked on; see the log, then sidecue inbox retry ID",
)


class Worker:
    """Works the inbox off. A delivery that fails is tried again later; nothing in a delivery can stop the thread."""

    def __init__(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
        self,
        inbox: Inbox,
        pipeline: Pipeline,
        directory: Directory,
        metrics: Metrics,
        traffic: Traffic,
        now: Callable[[], datetime],
    ) -> None:
        self._inbox = inbox
        self._pipeline = pipeline
        self._directory = directory
        self._metrics = metrics
        self._traffic = traffic
        self._now = now
        self._fetching = fetching.Fetching()
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._rest = 0.05
        self._wakes_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether the thread runs and takes work."""
        return self._thread is not None and self._thread.is_alive() and not self._stopping.is_set()

    def start(self) -> None:
        """Free what dead processes of this host hold, and begin."""
        freed = self._inbox.free_dead_leases()
        if freed:
            log.info("leases of dead processes freed", leases=freed)
        self._thread = threading.Thread(target=self._run, name="sidecue-worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that there is work; never waits."""
        self._bell.set()

    def ask_to_stop(self) -> None:
        """Have the thread end after the delivery it is working on."""
        self._stopping.set()
        self._bell.set()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; return whether it did."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def drain(self) -> int:
        """Work on everything that is due, in this thread, and return how many deliveries that were."""
        done = 0
        while batch := self._inbox.take(self._now(), BATCH):
            for leased in batch:
                self._work(leased)
            done += len(batch)
        return done

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._wake_tickets()
                worked = self._round()
            except StoreUnavailable as error:
                log.warning("worker waits for the store", error=str(error))
                worked = 0
            except Exception as error:
                log.exception("worker round failed", error=type(error).__name__)
                worked = 0
            if worked == 0:
                self._bell.wait(IDLE_SECONDS)
                self._bell.clear()

    def _wake_tickets(self) -> None:
        """Once a second, have the tickets decided again whose clock says so."""
        if time.monotonic() >= self._wakes_at:
            self._wakes_at = time.monotonic() + IDLE_SECONDS
            self._pipeline.wake(self._now())

    def _round(self) -> int:
        batch = self._inbox.take(self._now(), BATCH)
        for leased in batch:
            if self._stopping.is_set():
                self._give_back(leased)
                continue
            self._traffic.let_pass(self._rest)
            started = time.monotonic()
            self._work(leased, aside=True)
            self._rest = min(YIELD_SHARE * (time.monotonic() - started), LONGEST_YIELD_SECONDS)
        return len(batch)

    def _work(self, leased: Leased, *, aside: bool = False) -> None:
        """Work on a delivery; with `aside`, one that must ask its helpdesk is done by another thread."""
        try:
            tenant = self._directory.by_id(leased.tenant_id)
            if tenant is None:
                return  # deleted meanwhile, and its deliveries with it
            asks = self._pipeline.asks_the_helpdesk(leased, tenant)
            if leased.attempts > (fetching.MAX_ATTEMPTS if asks else MAX_ATTEMPTS):
                # The process died each time it was worked on: whatever is in it, it must not happen again.
                self._inbox.put_back(leased, _KILLS, self._now())
                self._metrics.worked.labels("dead").inc()
                return
            if not asks or not aside:
                self._complete(leased, tenant)
            elif not self._fetching.free_for(tenant.id):
                self._inbox.postpone(leased, self._now() + fetching.TURN)
            elif self._inbox.extend(leased, self._now() + fetching.LEASE):
                self._fetching.begin(tenant.id, lambda: self._complete(leased, tenant))
        except StoreUnavailable as error:
            log.warning("delivery waits for the store", delivery=leased.id, error=str(error))
            self._failed(leased, error.text)

    def _complete(self, leased: Leased, tenant: Tenant) -> None:
        started = time.perf_counter()
        try:
            outcome = self._pipeline.work(leased, tenant, self._inbox.owner, self._now())
        except HelpdeskBusy as error:
            seconds = max(1.0, error.retry_after)
            self._fetching.rest(tenant.id, seconds)
            self._postponed(leased, self._now() + timedelta(seconds=seconds))
        except HelpdeskFailed as error:
            log.warning("helpdesk not reached", delivery=leased.id, tenant=tenant.name, error=str(error))
            self._fetching.rest(tenant.id, 1.0)
            self._failed(leased, error.text, fetching.retry_at if error.retryable else _never)
        except StoreUnavailable as error:
            log.warning("delivery waits for the store", delivery=leased.id, error=str(error))
            self._failed(leased, error.text)
        except Exception as error:  # whatever it was, the next one must go on
            log.exception("delivery failed", delivery=leased.id, attempts=leased.attempts)
            self._failed(leased, filled(FAILED, kind=type(error).__name__, place=place(error)))
        else:
            self._metrics.worked.labels(outcome).inc()
            log.info(
                "delivery worked",
                delivery=leased.id,
                outcome=outcome,
                milliseconds=round((time.perf_counter() - started) * 1000, 2),
            )

    def _failed(
        self, leased: Leased, error: Text, retry: Callable[[int, datetime], datetime | None] = retry_at
    ) -> None:
        try:
            dead = self._inbox.put_back(leased, error, self._now(), retry)
            self._metrics.worked.labels("dead" if dead else "failed").inc()
        except StoreUnavailable:
            return  # the lease runs out and it is tried again

    def _postponed(self, leased: Leased, due_at: datetime) -> None:
        try:
            self._inbox.postpone(leased, due_at)
        except StoreUnavailable:
            return  # the lease runs out and it is tried again

    def _give_back(self, leased: Leased) -> None:
        try:
            self._inbox.release(leased)
        except StoreUnavailable:
            return  # the next start frees it


def _never(attempts: int, now: datetime) -> None:
    """Say that trying again would change nothing: an admin has to mend the tenant first."""
    del attempts, now
