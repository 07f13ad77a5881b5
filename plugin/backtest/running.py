"""A history worked by processes, each with its own two engines; how many there are makes no difference to it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from plugin.backtest.batches import Batch
from plugin.backtest.sources import History
from plugin.parallel import spread, unpacked
from rules.backtest import Comparator, Comparison, Part
from rules.rulebook import Rulebook
from rules.signals import SignalReader


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
    yield from spread(
        _done,
        ((batch, _place(save, number)) for number, batch in numbered),
        workers=workers,
        begin=_begin,
        held=(before, after),
    )


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
    before, after = unpacked(packed)
    _held.append((Comparator(before, after), SignalReader(before.signals.values())))


def _done(placed: tuple[Batch, Path | None]) -> Part:
    comparator, reader = _held[0]
    batch, save = placed
    return _work(comparator, reader, batch, save)
