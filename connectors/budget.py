"""A vendor's stated rate, kept: never more calls within its window than it allows."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rules.errors import HelpdeskBusy
from rules.text import Text, filled

_USED_UP: Final = Text(
    "o helpdesk aceita {requests} chamadas em {seconds} s, e já as recebeu; o resto espera",
    "the helpdesk may be asked {requests} times in {seconds} s, and was; the rest waits",
)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `requests` calls in any `seconds` seconds, as the vendor says at `source`."""

    requests: int
    seconds: float
    source: str


class Budget:
    """What one tenant has left of a rate. Thread-safe; counts only what this process asks."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._asked: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count one call that is made now. Raise HelpdeskBusy, saying for how long, when it would be one too many."""
        with self._lock:
            now = self._monotonic()
            while self._asked and self._asked[0] <= now - self._rate.seconds:
                self._asked.popleft()
            if len(self._asked) >= self._rate.requests:
                wait = self._asked[0] + self._rate.seconds - now
                raise HelpdeskBusy(
                    filled(_USED_UP, requests=self._rate.requests, seconds=f"{self._rate.seconds:g}"),
                    retry_after=wait,
                )
            self._asked.append(now)
