"""Histories, in batches: the store's decisions, a JSONL file, or a folder that an earlier backtest saved."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Protocol, TypeVar

from sqlalchemy import Connection

from plugin.backtest.batches import Batch, FileBatch, HistoryInvalid, StoreBatch, Stored
from plugin.store import Store, history
from plugin.store.history import PastDecision, Period
from plugin.ticket_rows import TOO_LONG
from rules.backtest import CHUNK, Conversation
from rules.folding import customer_texts, fold
from rules.signals import SpokenText
from rules.text import Text, filled, placed

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
_NOT_READ: Final = Text(
    "{path}: não pode ser lido ({why}); informe um arquivo que possa ser lido",
    "{path}: it cannot be read ({why}); name a file that may be read",
)

Item = TypeVar("Item")


class History(Protocol):
    """Decisions of the past in an order of their own. `total` is None when counting would mean reading it all."""

    @property
    def total(self) -> int | None:
        """How many there are."""

    def batches(self) -> Generator[Batch, None, None]:
        """Yield all of them, a batch at a time."""


@dataclass(frozen=True, slots=True)
class StoreHistory:
    """Each ticket's last decision of a period. `texts`: with what the customer had written by then.

    Events that came in after the decision are left out, so that nothing is read that nobody had.
    """

    store: Store
    period: Period
    texts: bool

    @property
    def total(self) -> int:
        """How many tickets were decided in the period."""
        with self.store.read() as connection:
            return history.count(connection, self.period)

    def batches(self) -> Generator[StoreBatch, None, None]:
        """Yield them by tenant and ticket, all as of one moment of the store."""
        with self.store.read() as connection, _second(self.store, wanted=self.texts) as other:
            found = history.decisions(connection, self.period)
            for some in _batched(found):
                yield StoreBatch(tuple(self._stored(past, other) for past in some))

    def _stored(self, past: PastDecision, connection: Connection | None) -> Stored:
        ticket = past.ticket if self.period.tenant_id is not None else f"{past.tenant}/{past.ticket}"
        return Stored(ticket, past.document, _conversation(connection, past) if connection is not None else None)


@dataclass(frozen=True, slots=True)
class FileHistory:
    """A JSONL file: canonical decisions, or rows as `classify` takes them; `now` is the clock of rows without one."""

    path: Path
    now: datetime

    @property
    def total(self) -> None:
        """Nobody knows before it is read."""
        return

    def batches(self) -> Generator[FileBatch, None, None]:
        """Yield them in the order of the file; empty lines are passed over."""
        try:
            with self.path.open("rb") as source:
                for some in _batched(_lines(source, self.path)):
                    yield FileBatch(self.path, tuple(some), self.now)
        except OSError as error:
            raise HistoryInvalid(filled(_NOT_READ, path=self.path, why=error.strerror)) from None


def _lines(source: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    # never more than a line may have: a file without line ends would come into memory whole
    for number, line in enumerate(iter(lambda: source.readline(MAX_LINE_BYTES + 1), b""), start=1):
        if len(line) > MAX_LINE_BYTES:
            raise HistoryInvalid(placed(f"{path}:{number}", filled(TOO_LONG, limit=MAX_LINE_BYTES)))
        if line.strip():
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _batched(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    source = iter(items)
    while some := tuple(islice(source, CHUNK)):
        yield some


def _second(store: Store, *, wanted: bool) -> AbstractContextManager[Connection | None]:
    """Return a connection for the texts: the first one is busy giving decisions."""
    return store.read() if wanted else nullcontext()


def _conversation(connection: Connection, past: PastDecision) -> Conversation | None:
    """Return what the customer had written by then; None when no event of then is left."""
    events = history.events_by(connection, past)
    if not events:
        return None
    folded = fold(events)
    return Conversation(tuple(SpokenText(*text) for text in customer_texts(folded)), folded.language)
