"""A history from a file to stored decisions, as `sidecue tickets import --decide` works, on one core.

The baseline is deciding the same texts and keeping nothing: whatever the ratio is above 1 is what reading the file,
the store and the customers' earlier tickets cost.
"""

from __future__ import annotations

import csv
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from plugin.bench import tickets
from plugin.clock import utc_now
from plugin.importing.deciding import Desk, decide
from plugin.importing.rows import Clock, batches
from plugin.importing.taking import Tally, take
from plugin.store import Store, tenants
from plugin.ticket_rows import Row, facts_of
from plugin.vault import Vault
from rules.decide import Decider, canonical
from rules.loader import load
from rules.rulebook import Rulebook
from rules.signals import SignalReader

TICKETS: Final = 3_000
MESSAGES: Final = 3
"""Rows of each ticket in the second file: what the customer wrote, an answer, and what the customer wrote then."""
BEGINNING: Final = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
_ANSWER: Final = "Thank you for writing. We are looking into it."


def measure() -> dict[str, object]:
    """Return the ratios to deciding alone for a row per ticket and for a row per message, and rows a second."""
    book = load()
    alone = _deciding_alone(book)
    figures: dict[str, object] = {"tickets": TICKETS}
    for name, messages in (("a_row_per_ticket", 1), ("a_row_per_message", MESSAGES)):
        taking, deciding, grown = _imported(book, messages)
        rows = TICKETS * messages
        figures[f"ratio_to_deciding_alone_{name}"] = round((taking + deciding) / alone, 2)
        figures[f"rows_a_second_on_one_core_{name}"] = round(rows / (taking + deciding))
        figures[f"rows_a_second_without_decisions_{name}"] = round(rows / taking)
        figures[f"memory_grown_after_the_first_third_mib_{name}"] = grown
    return figures


def rows(messages: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of a history as its file has them: ticket, sent_at, text, author, email; one customer in four."""
    for number in range(TICKETS):
        _language, story = tickets.STORIES[number % len(tickets.STORIES)]
        for message in range(messages):
            sent_at = BEGINNING + timedelta(minutes=20 * number, hours=message)
            text, author = (_ANSWER, "agent") if message % 2 else (f"{story} ({number}, {message})", "customer")
            yield f"T{number}", sent_at.isoformat(), text, author, f"c{number % (TICKETS // 4)}@customer.example"


def _imported(book: Rulebook, messages: int) -> tuple[float, float, float]:
    """Return the processor time of keeping and of deciding a file, and by how many MiB the peak grew on the way."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "past.csv"
        with file.open("w", encoding="utf-8", newline="") as sink:
            writer = csv.writer(sink)
            writer.writerow(("ticket", "sent_at", "text", "author", "email"))
            writer.writerows(rows(messages))
        with closing(Store(f"sqlite:///{folder}/bench.db")) as store:
            store.upgrade()
            desk = Desk(store.url, _tenant(store), False, book, None)
            peaks: list[int] = []
            taken = batches(file, Clock(utc_now()))
            taking = _seconds(lambda: take(store, desk.tenant_id, taken, Tally(), lambda _bytes: peaks.append(_peak())))
            kept = len(peaks)
            deciding = _seconds(lambda: decide(store, desk, workers=1, advance=lambda _tickets: peaks.append(_peak())))
    decided = peaks[kept:]
    return taking, deciding, round((decided[-1] - decided[len(decided) // 3]) / 1024, 1)


def _deciding_alone(book: Rulebook) -> float:
    """Return the processor time of reading, deciding and writing down each ticket's text, with nothing kept."""
    reader = SignalReader(book.signals.values())
    with Decider(book) as decider:

        def work() -> None:
            for name, _sent_at, text, _author, _email in rows(1):
                facts, reading = facts_of(Row(name, name, text, "", None, {}), reader, tickets.NOW)
                canonical(decider.decide(facts, reading.hits, reading.language, reading.truncated))

        return _seconds(work)


def _tenant(store: Store) -> int:
    with store.write() as connection:
        return tenants.add(
            connection,
            Vault("of a benchmark, thrown away with it: 48 characters"),
            name="bench",
            connector="standard",
            secrets=("whsec_" + "A" * 43 + "=",),
            api_key="of-a-benchmark-thrown-away-with-it",
            now=utc_now(),
        ).id


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
