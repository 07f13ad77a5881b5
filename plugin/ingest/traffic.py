"""How many requests are being answered right now, so that background work can step aside for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

POLL_SECONDS: Final = 0.002


class Traffic:
    """Counts requests in flight. One interpreter runs one thread at a time: who answers a helpdesk goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_flight = 0

    @property
    def in_flight(self) -> int:
        """Requests being answered."""
        return self._in_flight

    def let_pass(self, at_most: float) -> None:
        """Return when no request is in flight, or after `at_most` seconds: background work never starves."""
        until = time.monotonic() + at_most
        while self._in_flight and time.monotonic() < until:
            time.sleep(POLL_SECONDS)

    def counted(self, application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """Return a WSGI application that is counted while it answers."""

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            with self._lock:
                self._in_flight += 1
            try:
                return application(environ, start_response)
            finally:
                with self._lock:
                    self._in_flight -= 1

        return answer
