"""Work spread over processes, each with what it needs built once; the results come in the order of the work."""

from __future__ import annotations

import io
import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from types import MappingProxyType
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD: Final = 2
"""Items that wait for each worker: enough that none is idle, few enough that memory stays flat."""


def cores() -> int:
    """Return how many processes may run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Item], Result], items: Iterable[Item], *, workers: int, begin: Callable[[bytes], None], held: object
) -> Generator[Result, None, None]:
    """Yield the result for every item. `begin` is called once in each process, with `held` as `unpacked` reads it.

    `work` and `begin` are functions of a module: each process imports it anew.
    """
    # a fresh interpreter each: an engine and a thread pool do not survive a fork
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begun, initargs=(begin, _packed(held))
    )
    with pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > workers * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def unpacked(packed: bytes) -> Any:
    """Return what `spread` was given to hold."""
    return pickle.loads(packed)  # noqa: S301 - written by the process that started this one


def _begun(begin: Callable[[bytes], None], packed: bytes) -> None:
    """Begin in a new process, which ends with the one that started it: killed, that one could not tell it to."""
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    begin(packed)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


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
