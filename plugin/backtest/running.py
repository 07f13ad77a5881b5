"""A history worked by processes, each with its own two engines; how many there are makes no difference to it."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from plugin.backtest.batches import Batch
from plugin.backtest.sources import History
from rules.backtest import Comparator, Comparison, Part
from rules.rulebook import Rulebook
from rules.signals import SignalReader

_AHEAD: Final = 2
"""Batches that wait for each worker: enough that none is idle, few enough that memory stays flat."""


def cores() -> int:
    """Return how many processes may run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(  # noqa: PLR0913 - what is compared, over what, by how many, and who is told
    before: Rulebook,
    after: Rulebook,
    history: History,
    *,
    workers: int,
    save: Path | None = None,
    advance: Callable[[int], None] = lambda _cases: None,
) -> Comparison:
    """Return how a history differs between two rulebooks; `advance` is told of the cases as they are done.

    `save`: a folder in which each batch is kept as columns, by its number. The order of the parts is that of the
    history, whoever was first. Raise HistoryInvalid.
    """
    whole = Part()
    # closed here and now, whatever is raised: a history holds a file or a transaction open while it is read
    with contextlib.closing(history.batches()) as batches:
        parts = _parts(before, after, batches, workers, save)
        with contextlib.closing(parts):
            for part in parts:
                whole.add(part)
                advance(part.cases)
    return Comparison(before, after, whole)


def _parts(
    before: Rulebook, after: Rulebook, batches: Iterable[Batch], workers: int, save: Path | None
) -> Generator[Part, None, None]:
    numbered = enumerate(batches)
    if workers == 1:
        with Comparator(before, after) as comparator:
            reader = SignalReader(before.signals.values())
            for number, batch in numbered:
                yield _work(comparator, reader, batch, _place(save, number))
        return
    # a fresh interpreter each: an engine and a thread pool do not survive a fork
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(_packed((before, after)),)
    )
    with pool:
        waiting: deque[Future[Part]] = deque()
        try:
            for number, batch in numbered:
                waiting.append(pool.submit(_done, batch, _place(save, number)))
                if len(waiting) > workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _work(comparator: Comparator, reader: SignalReader, batch: Batch, save: Path | None) -> Part:
    worked = batch.work(reader)
    if save is not None:
        from plugin.backtest import saved  # noqa: PLC0415 - Polars is slow to import, and most runs save nothing

        saved.write_part(save, worked.cases)
    return comparator.compare(worked.cases, worked.columns)


def _place(save: Path | None, number: int) -> Path | None:
    return save / f"{number:06}" if save is not None else None


# --- in a worker --------------------------------------------------------------------------------

_held: list[tuple[Comparator, SignalReader]] = []


def _begin(packed: bytes) -> None:
    """Build the engines, once for the life of the process."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # the processes are the parallel part
    before, after = pickle.loads(packed)  # noqa: S301 - written by the process that started this one
    _held.append((Comparator(before, after), SignalReader(before.signals.values())))


def _done(batch: Batch, save: Path | None) -> Part:
    comparator, reader = _held[0]
    return _work(comparator, reader, batch, save)


class _Packer(pickle.Pickler):
    """Pickles what a rulebook is made of, read-only mappings included."""

    def reducer_override(self, held: Any) -> Any:
        """Rebuild a read-only mapping from its items."""
        return (_read_only, (dict(held),)) if isinstance(held, MappingProxyType) else NotImplemented


def _read_only(items: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Return a read-only mapping; its own type cannot be pickled by name."""
    return MappingProxyType(items)


def _packed(held: object) -> bytes:
    stream = io.BytesIO()
    _Packer(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(held)
    return stream.getvalue()
