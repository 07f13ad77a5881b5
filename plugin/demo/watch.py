"""What just happened, for the strip on the demo page: delivery, time to the decision, rules that fired."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.base import read_json
from plugin.ingest.pipeline import Pipeline
from plugin.store.deliveries import Leased
from plugin.store.tenants import Tenant

REMEMBERED: Final = 8


@dataclass(frozen=True, slots=True)
class Happened:
    """One delivery that was worked: `milliseconds` from taking it up to the stored decision."""

    delivery: str
    ticket: str
    outcome: str
    milliseconds: float


class Watch:
    """Times a pipeline's work and remembers the last deliveries, newest first."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._worked: deque[Happened] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()
        work = pipeline.work

        def timed(leased: Leased, tenant: Tenant, owner: str, now: datetime) -> str:
            started = time.perf_counter()
            outcome = work(leased, tenant, owner, now)
            taken = (time.perf_counter() - started) * 1000
            if not leased.body:
                return outcome  # no delivery: a customer's other ticket, decided again
            with self._lock:
                self._worked.appendleft(Happened(leased.id, _ticket(leased), outcome, taken))
            return outcome

        pipeline.work = timed  # type: ignore[method-assign]  # the demo looks over the real pipeline's shoulder

    def last(self) -> tuple[Happened, ...]:
        """Return what happened, newest first."""
        with self._lock:
            return tuple(self._worked)


def _ticket(leased: Leased) -> str:
    """Return which ticket a delivery is about; the demo sends nothing but event webhooks."""
    return str(read_json(leased.body)["detail"]["id"])
