"""How many requests are being answered right now, so that background work can step aside for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

POLL_SECONDS: Final = 0.02
QUIET_SECONDS: Final = 0.01
"""How long nothing must have been answered for the next request not to be just behind."""


class Traffic:
    """Counts requests in flight. One interpreter runs one thread at a time: who answers a helpdesk goes first."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._in_flight = 0
        self._last = 0.0
        self._may_wait = threading.BoundedSemaphore(max(1, threads // 2))

    @property
    def in_flight(self) -> int:
        """Requests being answered."""
        return self._in_flight

    def let_pass(self, at_most: float) -> None:
        """Return when requests have stopped coming, or after `at_most` seconds: background work never starves."""
        now = time.monotonic()
        until = now + at_most
        while (self._in_flight or now - self._last < QUIET_SECONDS) and now < until:
            time.sleep(POLL_SECONDS)
            now = time.monotonic()

    @contextmanager
    def waiting(self) -> Iterator[bool]:
        """Leave a request uncounted while it waits for the background work that would step aside for it.

        Yields whether it may wait at all: at most half of the server's threads do at a time, so that one helpdesk's
        answers never keep the other helpdesks out.
        """
        may_wait = self._may_wait.acquire(blocking=False)
        self._count(-1)
        try:
            yield may_wait
        finally:
            self._count(1)
            if may_wait:
                self._may_wait.release()

    def counted(self, application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """Return a WSGI application that is counted while it answers."""

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            self._count(1)
            try:
                return application(environ, start_response)
            finally:
                self._last = time.monotonic()
                self._count(-1)

        return answer

    def _count(self, more: int) -> None:
        with self._lock:
            self._in_flight += more
