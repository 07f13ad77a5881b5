"""A history from a file to stored decisions, as `sidecue tickets import --decide` works.

The baseline is deciding the same texts and keeping nothing: whatever the ratio is above 1 is what reading the file,
the store and the customers' earlier tickets cost. What a process costs before its first decision is told apart, since
a history of a hundred thousand rows pays it once.
"""

from __future__ import annotations

import csv
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

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
from rules.text import LOCALES, Locale

TICKETS: Final = 6_000
LONG: Final = 99_999
"""Rows of the long history."""
MESSAGES: Final = 3
"""Rows of each ticket in the second file: what the customer wrote, an answer, and what the customer wrote then."""
BEGINNING: Final = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
_ANSWER: Final = "Thank you for writing. We are looking into it."
_STRIDES: Final = (7, 11, 13)
"""Steps through the examples of which a text is made; none divides their number, so texts hardly come again."""


def measure() -> dict[str, object]:
    """Return for a row per ticket and a row per message: ratio to deciding alone, and rows a second by CPU time.

    On two cores a long history is timed by the clock, for there it counts how well the work is shared: rows are kept
    by one process, and decided by two while it writes what they decided. Nothing else should run then.
    """
    book = load()
    alone = _deciding_alone(book)
    figures: dict[str, object] = {"tickets": TICKETS}
    for name, messages in (("a_row_per_ticket", 1), ("a_row_per_message", MESSAGES)):
        one = _imported(book, TICKETS, messages, workers=1)
        rows = TICKETS * messages
        figures[f"ratio_to_deciding_alone_{name}"] = round((one.taking + one.deciding) / alone, 2)
        figures[f"rows_a_second_on_one_core_{name}"] = round(rows / (one.taking + one.deciding))
        figures[f"rows_a_second_without_decisions_{name}"] = round(rows / one.taking)
        figures[f"memory_grown_after_the_first_third_mib_{name}"] = one.grown
        figures[f"seconds_to_begin_{name}"] = round(one.beginning, 2)
        two = _imported(book, LONG // messages, messages, workers=2)
        figures[f"rows_a_second_by_the_clock_on_two_cores_{name}"] = round(LONG / two.elapsed)
        figures[f"memory_grown_on_two_cores_mib_{name}"] = two.grown
    return figures


def rows(book: Rulebook, tickets_told: int, messages: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of a history as its file has them: ticket, sent_at, text, author, email; one customer in four.

    Each text is one example that meets a signal between two that meet theirs not, in either language in turn.
    """
    told = [_examples(book, language) for language in LOCALES]
    for number in range(tickets_told):
        met, unmet = told[number % len(told)]
        for message in range(messages):
            sent_at = BEGINNING + timedelta(minutes=5 * number, hours=message)
            first, second, third = (stride * (number + message) for stride in _STRIDES)
            story = f"{unmet[first % len(unmet)]}. {met[second % len(met)]}, {unmet[third % len(unmet)]}"
            text, author = (_ANSWER, "agent") if message % 2 else (f"{story} ({number}, {message})", "customer")
            yield f"T{number}", sent_at.isoformat(), text, author, f"c{number % (tickets_told // 4)}@customer.example"


def _examples(book: Rulebook, language: Locale) -> tuple[Sequence[str], Sequence[str]]:
    """Return all examples of signals in a language: those that meet one, and those that do not."""
    found = [signal.examples[language] for signal in book.signals.values() if language in signal.examples]
    return [text for one in found for text in one.match], [text for one in found for text in one.no_match]


class _Taken(NamedTuple):
    """CPU seconds of each part, seconds by the clock of all but the first decision, MiB by which the peak grew."""

    taking: float
    beginning: float
    deciding: float
    elapsed: float
    grown: float


def _imported(book: Rulebook, tickets_told: int, messages: int, *, workers: int) -> _Taken:
    def told() -> Iterator[tuple[str, str, str, str, str]]:
        return rows(book, tickets_told, messages)

    with tempfile.TemporaryDirectory() as folder:
        first, rest = Path(folder) / "first.csv", Path(folder) / "rest.csv"
        for file, some in ((first, islice(told(), 1)), (rest, told())):
            with file.open("w", encoding="utf-8", newline="") as sink:
                writer = csv.writer(sink)
                writer.writerow(("ticket", "sent_at", "text", "author", "email"))
                writer.writerows(some)
        with closing(Store(f"sqlite:///{folder}/bench.db")) as store:
            store.upgrade()
            desk = Desk(store.url, _tenant(store), False, book, None)
            peaks: list[int] = []

            def keep(file: Path) -> None:
                taken = batches(file, Clock(utc_now()))
                take(store, desk.tenant_id, taken, Tally(), lambda _bytes: None)

            def settle() -> None:
                peaks.clear()
                decide(store, desk, workers=workers, advance=lambda _tickets: peaks.append(_peak()))

            keep(first)
            beginning = _seconds(settle)
            begun = time.perf_counter()
            taking = _seconds(lambda: keep(rest))
            deciding = _seconds(settle)
            elapsed = time.perf_counter() - begun
    grown = (peaks[-1] - peaks[len(peaks) // 3]) / 1024
    return _Taken(taking, beginning, max(deciding - beginning, 0.0), elapsed, round(grown, 1))


def _deciding_alone(book: Rulebook) -> float:
    """Return the processor time of reading, deciding and writing down each ticket's text, with nothing kept."""
    reader = SignalReader(book.signals.values())
    with Decider(book) as decider:

        def work() -> None:
            for name, _sent_at, text, _author, _email in rows(book, TICKETS, 1):
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
    """Return the CPU time of the work, that of the processes it starts and ends included."""
    begun = _used()
    work()
    return _used() - begun


def _used() -> float:
    used = (resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
