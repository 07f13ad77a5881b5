"""Writes of several threads in one transaction: a disk takes about as long for ten deliveries as for one."""

from __future__ import annotations

import threading
from typing import Any

from plugin.store import Store, deliveries
from plugin.store.deliveries import Receipt
from plugin.store.errors import StoreUnavailable


class _Waiting:
    """One thread's row, what became of it, and the lock that the thread sleeps on until somebody releases it."""

    __slots__ = ("error", "receipt", "row", "turn")

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.receipt: Receipt | None = None
        self.error: Exception | None = None
        self.turn = threading.Lock()
        self.turn.acquire()


class Together:
    """Inserts deliveries. Whoever comes first writes for all that wait by then, and then wakes the next to write.

    Those whose rows are written are woken at once, each by a lock of its own: a lock that all of them had to pass
    through one after the other would cost more than the disk.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: list[_Waiting] = []
        self._lock = threading.Lock()
        self._somebody_writes = False

    def insert(self, **row: Any) -> Receipt:
        """Insert one delivery (the arguments of `deliveries.insert`); on disk when this returns.

        Raise StoreUnavailable, for every delivery of a transaction that the database did not take.
        """
        mine = _Waiting(row)
        with self._lock:
            self._queue.append(mine)
            must_wait, self._somebody_writes = self._somebody_writes, True
        if must_wait:
            mine.turn.acquire()
        if mine.receipt is None and mine.error is None:
            self._write_all()
        if mine.error is not None:
            raise mine.error
        assert mine.receipt is not None  # noqa: S101 - written by this thread or by the one before
        return mine.receipt

    def _write_all(self) -> None:
        with self._lock:
            batch, self._queue = self._queue, []
        try:
            self._write_batch(batch)
        finally:
            with self._lock:
                following = self._queue[:1]
                self._somebody_writes = bool(following)
            for waiting in (*following, *batch):
                if waiting.turn.locked():
                    waiting.turn.release()

    def _write_batch(self, batch: list[_Waiting]) -> None:
        try:
            self._write(batch)
        except StoreUnavailable as error:
            for waiting in batch:
                waiting.error = StoreUnavailable(error.text)
        except Exception as error:  # noqa: BLE001 - one bad row must not cost the others theirs
            if len(batch) == 1:
                batch[0].error = error
                return
            for waiting in batch:
                self._write_alone(waiting)

    def _write_alone(self, waiting: _Waiting) -> None:
        try:
            self._write([waiting])
        except Exception as error:  # noqa: BLE001 - told to the thread whose row it is
            waiting.error = error

    def _write(self, batch: list[_Waiting]) -> None:
        with self._store.write() as connection:
            receipts = [deliveries.insert(connection, **waiting.row) for waiting in batch]
        for waiting, receipt in zip(batch, receipts, strict=True):
            waiting.receipt = receipt
