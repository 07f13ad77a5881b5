"""A file of past tickets into the store, a batch and a transaction at a time: what is kept stays, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from plugin.collecting import collected_seldom
from plugin.importing.rows import Batch, Fault
from plugin.store import Store, imported

MOST_FAULTS: Final = 20
"""Most faults that are kept to be told; all of them are counted."""


@dataclass(slots=True)
class Tally:
    """What became of the rows so far. `left`: rows of tickets that the helpdesk itself tells us of."""

    new: int = 0
    known: int = 0
    left: int = 0
    refused: int = 0
    faults: list[Fault] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.new + self.known + self.left + self.refused


def take(store: Store, tenant_id: int, batches: Iterable[Batch], tally: Tally, advance: Callable[[int], None]) -> None:
    """Keep what a file tells of the past; `tally` and `advance` (bytes) are told of each batch when it is on disk.

    Doing it again, or going on after an interruption, keeps what is not there yet and nothing else.
    Raise StoreUnavailable, and what reading the batches raises.
    """
    with collected_seldom():
        for batch in batches:
            if batch.events:
                with store.write() as connection:
                    kept = imported.keep(connection, tenant_id, batch.events)
                tally.new += kept.new
                tally.known += kept.known
                tally.left += kept.left
            tally.refused += len(batch.faults)
            tally.faults += batch.faults[: MOST_FAULTS - len(tally.faults)]
            tally.unread += batch.unread
            advance(batch.read)
