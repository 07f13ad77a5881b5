"""Decisions about imported tickets, each as of its last message: with what was known then, and nothing later.

A customer's tickets are decided by one process in the order in which they changed, because a decision sees what was
read in the tickets before it. What a CRM states about the customer is of today and takes no part; nothing had been
recommended to anybody then.
"""

from __future__ import annotations

import signal
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final, NamedTuple

from plugin.collecting import collect_seldom, collected_seldom
from plugin.judges import Judges, judges_of
from plugin.parallel import spread, unpacked
from plugin.store import Store, decisions, imported
from plugin.store.imported import PastRow
from rules.facts import build
from rules.folding import customer_texts, fold
from rules.model import Decision, Function, PastTicket, Ticket, TicketEvent
from rules.rulebook import Rulebook
from rules.signals import Reading, SpokenText

HISTORY: Final = timedelta(days=31)
"""How far back a customer's other tickets count, as for live ones."""
_MOST_OTHERS: Final = 500
_ENOUGH: Final = 500
"""Tickets of one piece of work: a fraction of a second, some megabytes of decisions."""
_MOST_AT_ONCE: Final = 1_000
"""Most tickets of one customer that are decided in one round; the next one goes on with the others."""
_MOST_IN_THE_LOG: Final = 5_000
"""Decisions after which the store's log is emptied: some ten kilobytes each."""
_AT_A_TIME: Final = 100
_MOST_HELD: Final = 16 * 1024 * 1024
"""Characters of texts after which what is held of them is decided before more is read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one process decides at a time: all that waits of some customers, or some tickets of nobody's."""

    customers: tuple[int, ...] = ()
    tickets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """Rows of decisions, and the digests of their tickets."""

    rows: list[dict[str, Any]]
    digests: list[tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose past is decided, by which rules: the published version, or None for files."""

    url: str
    tenant_id: int
    regulated: bool
    rulebook: Rulebook
    version: int | None


def decide(store: Store, desk: Desk, *, workers: int, advance: Callable[[int], None]) -> int:
    """Decide every imported ticket that has no decision as of its last event; return how many. `advance` is told each.

    Each piece is kept in a transaction of its own, so that an interruption costs what was being decided just then.
    The outcome does not depend on the number of workers, nor on interruptions. Raise StoreUnavailable.
    """
    whole = unwritten = 0
    while True:
        number = 0
        with closing(_results(store, desk, workers)) as results:
            for decided in results:
                with store.write() as connection:
                    imported.save_decisions(connection, decided.rows, decided.digests)
                number += len(decided.rows)
                if (unwritten := unwritten + len(decided.rows)) >= _MOST_IN_THE_LOG:
                    store.empty_log()  # the other processes read all the time
                    unwritten = 0
                advance(len(decided.rows))
        whole += number
        if number == 0:
            return whole


def _results(store: Store, desk: Desk, workers: int) -> Generator[Decided, None, None]:
    pieces = _pieces(store, desk.tenant_id)
    first = next(pieces, None)
    if first is None:  # no process is started for nothing
        return
    all_of_them = chain((first,), pieces)
    if workers == 1:
        with closing(_Worker(desk, store)) as worker, collected_seldom():
            yield from map(worker.decide, all_of_them)
        return
    yield from spread(_decide, all_of_them, workers=workers, begin=_begin, held=desk)


def _pieces(store: Store, tenant_id: int) -> Iterator[Piece]:
    """Yield what waits, a page of the store at a time, so that no transaction stays open."""
    after = 0
    while True:
        with store.read() as connection:
            page = imported.customers_waiting(connection, tenant_id, after=after, limit=_ENOUGH)
        if not page:
            break
        some: list[int] = []
        waiting = 0
        for customer_id, number in page:
            some.append(customer_id)
            waiting += number
            if waiting >= _ENOUGH:
                yield Piece(customers=tuple(some))
                some, waiting = [], 0
        if some:
            yield Piece(customers=tuple(some))
        after = page[-1][0]
    after = 0
    while True:
        with store.read() as connection:
            ids = imported.nobodys_waiting(connection, tenant_id, after=after, limit=_ENOUGH)
        if not ids:
            return
        yield Piece(tickets=ids)
        after = ids[-1]


class _Worker:
    """Decides pieces with one engine. Close it."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._judges: Judges = judges_of(desk.rulebook, desk.version)

    def close(self) -> None:
        """Free the engine's memory."""
        self._judges.decider.close()

    def decide(self, piece: Piece) -> Decided:
        """Return the decisions of a piece, as of one moment of the store."""
        decided = Decided([], [])
        tenant_id = self._desk.tenant_id
        with self._store.read() as connection:
            lanes = (
                _by_customer(imported.of_customers(connection, tenant_id, piece.customers))
                if piece.customers
                else [[row] for row in imported.by_ids(connection, tenant_id, piece.tickets)]
            )
            due = [(lane, row) for lane in map(_Lane, lanes) for row in lane.waiting()]
            held: list[_Told] = []
            characters = 0
            for start in range(0, len(due), _AT_A_TIME):
                some = due[start : start + _AT_A_TIME]
                events = imported.events_of(connection, tenant_id, [row for _, row in some])
                held.append(_Told(some, [events[row.id] for _, row in some]))
                characters += held[-1].characters
                if characters > _MOST_HELD:
                    self._settle(held, decided)
                    held, characters = [], 0
        # nothing is read any more: whoever empties the store's log need not wait until the rest is decided
        self._settle(held, decided)
        return decided

    def _settle(self, held: Iterable[_Told], decided: Decided) -> None:
        """Decide tickets in their order, a hundred at a time and one kind of work after the other.

        That is a fifth faster than one by one: what reading needs, and what deciding needs, is more than a processor
        holds next to it at a time.
        """
        for told in held:
            self._settle_some(told.due, told.events, decided)

    def _settle_some(
        self, due: Sequence[tuple[_Lane, PastRow]], told: Sequence[Sequence[TicketEvent]], decided: Decided
    ) -> None:
        folded = [fold(events) for events in told]
        read = self._judges.reader.read
        readings = [read([SpokenText(*text) for text in customer_texts(one)], one.language) for one in folded]
        taken = [
            self._judge(lane, row, one, reading)
            for (lane, row), one, reading in zip(due, folded, readings, strict=True)
        ]
        for (_, row), (decision, digest) in zip(due, taken, strict=True):
            decided.rows.append(decisions.row_of(self._desk.tenant_id, row.id, decision, self._desk.version))
            decided.digests.append((row.id, digest))

    def _judge(self, lane: _Lane, row: PastRow, folded: Ticket, reading: Reading) -> tuple[Decision, dict[str, Any]]:
        """Return the decision of a ticket, and what later ones see of it."""
        facts = build(
            folded,
            None,
            lane.others(row),
            (),
            reading.signals,
            reading.language,
            self._desk.regulated,
            row.updated_at,
        )
        decision = self._judges.decider.decide(
            facts,
            hits=reading.hits,
            language=reading.language,
            text_truncated=reading.truncated,
            acceptance={},
        )
        digest = {
            "signals": sorted(facts.signals),
            "severity": decision.trace.derived.get("severity"),
            "primary": decision.primary.value,
            "reopen_count": folded.reopen_count,
        }
        lane.decided(row, digest)
        return decision, digest


class _Told(NamedTuple):
    """Some tickets to decide, and what happened to each."""

    due: Sequence[tuple[_Lane, PastRow]]
    events: Sequence[Sequence[TicketEvent]]

    @property
    def characters(self) -> int:
        """Return how long the messages are together."""
        return sum(len(message.body) for events in self.events for event in events for message in event.messages)


class _Lane:
    """The tickets of one customer (or one of nobody's), as they look from an instant of the past."""

    def __init__(self, rows: Sequence[PastRow]) -> None:
        self._rows = {row.id: row for row in sorted(rows, key=lambda row: (row.opened_at, row.external_id))}
        self._order = tuple(self._rows)
        self._opened: list[datetime] = [row.opened_at for row in self._rows.values()]

    def waiting(self) -> Sequence[PastRow]:
        """Return the tickets to decide, the one that changed first first; of very many the earliest."""
        waiting = sorted((row for row in self._rows.values() if row.waits), key=_changed)
        return waiting[:_MOST_AT_ONCE]

    def decided(self, row: PastRow, digest: dict[str, Any]) -> None:
        """Keep what was read in a ticket, for those that changed later."""
        self._rows[row.id] = replace(row, digest=digest)

    def others(self, row: PastRow) -> tuple[PastTicket, ...]:
        """Return the customer's other tickets as they stood when `row` last changed: those opened not long before.

        Whatever had more to come was open. What was read in it is known only when its last message is not later.
        """
        begin = bisect_left(self._opened, row.updated_at - HISTORY)
        end = bisect_right(self._opened, row.updated_at)
        ids = self._order[max(begin, end - _MOST_OTHERS) : end]
        return tuple(_past(self._rows[one], row) for one in ids if one != row.id)


def _past(other: PastRow, seen_from: PastRow) -> PastTicket:
    over = _changed(other) < _changed(seen_from)
    digest = other.digest if over else {}
    primary = digest.get("primary")
    return PastTicket(
        id=other.external_id,
        opened_at=other.opened_at,
        is_open=other.updated_at > seen_from.updated_at,
        signals=frozenset(digest.get("signals", ())),
        severity=digest.get("severity"),
        primary=Function(primary) if primary is not None else None,
        reopen_count=digest.get("reopen_count", 0),
    )


def _changed(row: PastRow) -> tuple[datetime, str]:
    """Return what orders tickets by when they last changed; never by a row id, which the order of the file gives."""
    return row.updated_at, row.external_id


def _by_customer(rows: Sequence[PastRow]) -> list[list[PastRow]]:
    lanes: dict[int | None, list[PastRow]] = {}
    for row in rows:
        lanes.setdefault(row.customer_id, []).append(row)
    return list(lanes.values())


# --- in a worker --------------------------------------------------------------------------------

_held: list[_Worker] = []


def _begin(packed: bytes) -> None:
    """Open store and engine, once for the life of the process. Whoever started it hears the interrupt and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    desk: Desk = unpacked(packed)
    _held.append(_Worker(desk, Store(desk.url)))
    collect_seldom()


def _decide(piece: Piece) -> Decided:
    return _held[0].decide(piece)
