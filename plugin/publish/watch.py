"""The thread that notices a newly published rulebook: two seconds after the commit every process decides with it."""

from __future__ import annotations

import threading
from typing import Final

import structlog

from plugin.publish.books import Books
from plugin.store.errors import StoreError

PERIOD_SECONDS: Final = 0.25
"""How often the store is asked for its newest version: one row from the end of an index.

SQLite's `data_version` would not be cheaper to ask for, and every delivery changes it.
"""

log = structlog.get_logger(__name__)


class BookWatch:
    """Looks for a newer rulebook until it is told to stop. Making it ready goes on beside the decisions."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive() and not self._stopping.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="sidecue-rulebooks", daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Have the thread end after the look it is taking."""
        self._stopping.set()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; return whether it did."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        told: str | None = None  # what went wrong at the last look, said once
        while not self._stopping.wait(PERIOD_SECONDS):
            try:
                self._books.look()
            except StoreError as error:
                if told != (told := str(error)):
                    log.warning("rulebook watch waits for the store", error=told)
            except Exception as error:
                if told != (told := type(error).__name__):
                    log.exception("rulebook watch failed", error=told)
            else:
                told = None
