"""Writes of several threads in one transaction: a disk takes about as long for ten deliveries as for one."""

from __future__ import annotations

import threading
from typing import Any

from plugin.store import Store, deliveries
from plugin.store.deliveries import Receipt
from plugin.store.errors import StoreUnavailable


class _Waiting:
    """One thread's row, and what became of it."""

    __slots__ = ("error", "receipt", "row")

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.receipt: Receipt | None = None
        self.error: Exception | None = None


class Together:
    """Inserts deliveries. Whoever comes first writes for all that wait by then; the others find theirs done."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: list[_Waiting] = []
        self._queue_lock = threading.Lock()
        self._writer = threading.Lock()

    def insert(self, **row: Any) -> Receipt:
        """Insert one delivery (the arguments of `deliveries.insert`); on disk when this returns.

        Raise StoreUnavailable, for every delivery of a transaction that the database did not take.
        """
        mine = _Waiting(row)
        with self._queue_lock:
            self._queue.append(mine)
        with self._writer:
            if mine.receipt is None and mine.error is None:
                self._write_all()
        if mine.error is not None:
            raise mine.error
        assert mine.receipt is not None  # noqa: S101 - written by this thread or by the one before
        return mine.receipt

    def _write_all(self) -> None:
        with self._queue_lock:
            batch, self._queue = self._queue, []
        try:
            self._write(batch)
        except StoreUnavailable as error:
            for waiting in batch:
                waiting.error = StoreUnavailable(str(error))
        except Exception as error:  # noqa: BLE001 - one bad row must not cost the others theirs
            if len(batch) == 1:
                batch[0].error = error
                return
            for waiting in batch:
                self._write_alone(waiting)

    def _write_alone(self, waiting: _Waiting) -> None:
        try:
            self._write([waiting])
        except Exception as error:  # noqa: BLE001 - its own thread raises it
            waiting.error = error

    def _write(self, batch: list[_Waiting]) -> None:
        with self._store.write() as connection:
            receipts = [deliveries.insert(connection, **waiting.row) for waiting in batch]
        for waiting, receipt in zip(batch, receipts, strict=True):
            waiting.receipt = receipt
