"""Tickets of the past that came from a file: kept beside the others, never open, and decided without being shown.

Their events carry no instant of arrival, so that a replay knows of each what had happened by then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, case, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from plugin.store import customers, event_json
from plugin.store.rows import Prepared, instant_of, instant_text, parts, storable
from plugin.store.schema import decision, ticket, ticket_event
from rules.model import TicketEvent

MARK: Final = "import:"
"""How the id of an event begins that came from a file."""
_BEHIND: Final = "import;"
"""The first id behind all of them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many events were new, were there already, or were left because the helpdesk itself tells their ticket."""

    new: int
    known: int
    left: int


@dataclass(frozen=True, slots=True)
class PastRow:
    """A ticket as deciding the past needs it. `waits`: there is no decision as of its last event yet."""

    id: int
    external_id: str
    customer_id: int | None
    opened_at: datetime
    updated_at: datetime
    digest: dict[str, Any]
    waits: bool


def keep(connection: Connection, tenant_id: int, events: Sequence[TicketEvent]) -> Kept:
    """Add what is not there yet to the tickets of the past, made when they are new. Doing it twice changes nothing.

    A ticket that the helpdesk itself has told us of is left as it is: its conversation would stand there twice.
    """
    named = [(storable(event.ticket_id, 200), event) for event in events]
    there = _there(connection, tenant_id, {name for name, _ in named})
    mine = [(name, event) for name, event in named if not (name in there and there[name].live)]
    ids = {name: row.id for name, row in there.items() if not row.live}
    known = _known(connection, tenant_id, ids.values())
    fresh: dict[tuple[str, str], TicketEvent] = {}
    for name, event in mine:
        if (ids.get(name), event.id) not in known:
            fresh.setdefault((name, event.id), event)
    if fresh:
        told = [(name, event) for (name, _), event in fresh.items()]
        ids |= _bring_up(connection, tenant_id, told, ids)
        _INSERT_EVENT.many(
            connection,
            [
                {
                    "tenant_id": tenant_id,
                    "ticket_id": ids[name],
                    "event_id": event.id,
                    "kind": event.kind.value,
                    "occurred_at": instant_text(event.occurred_at),
                    "received_at": None,
                    "payload": json.dumps(event_json.encode(event)),
                }
                for name, event in told
            ],
        )
    return Kept(len(fresh), len(mine) - len(fresh), len(events) - len(mine))


def waiting(connection: Connection, tenant_id: int) -> int:
    """Return how many imported tickets have no decision as of their last event."""
    return connection.execute(
        select(func.count()).select_from(ticket).where(ticket.c.tenant_id == tenant_id, _waits())
    ).scalar_one()


def customers_waiting(connection: Connection, tenant_id: int, *, after: int, limit: int) -> tuple[tuple[int, int], ...]:
    """Return (customer, tickets that wait) in the order of the customers' row ids, those behind `after`."""
    rows = connection.execute(
        select(ticket.c.customer_id, func.count())
        .where(ticket.c.tenant_id == tenant_id, ticket.c.customer_id > after, _waits())
        .group_by(ticket.c.customer_id)
        .order_by(ticket.c.customer_id)
        .limit(limit)
    )
    return tuple((customer_id, number) for customer_id, number in rows)


def nobodys_waiting(connection: Connection, tenant_id: int, *, after: int, limit: int) -> tuple[int, ...]:
    """Return the row ids of tickets that wait and are of no known customer, those behind `after`, in order."""
    rows = connection.execute(
        select(ticket.c.id)
        .where(ticket.c.tenant_id == tenant_id, ticket.c.customer_id.is_(None), ticket.c.id > after, _waits())
        .order_by(ticket.c.id)
        .limit(limit)
    )
    return tuple(rows.scalars())


def of_customers(connection: Connection, tenant_id: int, ids: Sequence[int]) -> list[PastRow]:
    """Return every ticket of some customers, by customer and by when it last changed."""
    return _rows(connection, tenant_id, ticket.c.customer_id, ids)


def by_ids(connection: Connection, tenant_id: int, ids: Sequence[int]) -> list[PastRow]:
    """Return tickets by their row ids, by when they last changed."""
    return _rows(connection, tenant_id, ticket.c.id, ids)


def events_of(connection: Connection, tenant_id: int, tickets: Sequence[PastRow]) -> dict[int, list[TicketEvent]]:
    """Return what happened to some tickets, by ticket, in order."""
    names = {row.id: row.external_id for row in tickets}
    found: dict[int, list[TicketEvent]] = {row.id: [] for row in tickets}
    rows = _EVENTS.found(connection, {"tenant": tenant_id, "ids": json.dumps(list(names))})
    for ticket_id, event_id, kind, occurred_at, payload in rows:
        event = event_json.decode(event_id, names[ticket_id], kind, instant_of(occurred_at), json.loads(payload))
        found[ticket_id].append(event)
    return found


def save_decisions(
    connection: Connection, rows: Sequence[dict[str, Any]], digests: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Keep decisions about the past (rows as `decisions.row_of` makes them) and the digests of their tickets.

    No ticket shows them: they are nobody's current decision, and have no recommendations to act on. What came live
    meanwhile keeps its own digest.
    """
    if not rows:
        return
    _INSERT_DECISION.many(connection, [{**row, "taken_at": instant_text(row["taken_at"])} for row in rows])
    _KEEP_DIGEST.many(
        connection, [{"row_id": ticket_id, "new_digest": json.dumps(digest)} for ticket_id, digest in digests]
    )


def _waits() -> ColumnElement[bool]:
    """Tell of a ticket whether it is of the past alone and has no decision as of its last event."""
    from_a_file = exists().where(
        ticket_event.c.tenant_id == ticket.c.tenant_id,
        ticket_event.c.ticket_id == ticket.c.id,
        ticket_event.c.event_id >= MARK,
        ticket_event.c.event_id < _BEHIND,
    )
    decided = exists().where(
        decision.c.tenant_id == ticket.c.tenant_id,
        decision.c.ticket_id == ticket.c.id,
        decision.c.taken_at == ticket.c.updated_at,
    )
    return and_(ticket.c.decision_id.is_(None), ~ticket.c.is_open, from_a_file, ~decided)


class _There(NamedTuple):
    """A ticket that the store has. `live`: some of its events did not come from a file."""

    id: int
    live: bool


def _there(connection: Connection, tenant_id: int, names: Iterable[str]) -> dict[str, _There]:
    """Return those of some tickets that are there, by name."""
    other = exists().where(
        ticket_event.c.tenant_id == ticket.c.tenant_id,
        ticket_event.c.ticket_id == ticket.c.id,
        (ticket_event.c.event_id < MARK) | (ticket_event.c.event_id >= _BEHIND),
    )
    return {
        name: _There(row_id, live)
        for some in parts(sorted(names))
        for name, row_id, live in connection.execute(
            select(ticket.c.external_id, ticket.c.id, other).where(
                ticket.c.tenant_id == tenant_id, ticket.c.external_id.in_(some)
            )
        )
    }


def _known(connection: Connection, tenant_id: int, ids: Iterable[int]) -> set[tuple[int, str]]:
    return {
        (ticket_id, event_id)
        for some in parts(list(ids))
        for ticket_id, event_id in connection.execute(
            select(ticket_event.c.ticket_id, ticket_event.c.event_id).where(
                ticket_event.c.tenant_id == tenant_id, ticket_event.c.ticket_id.in_(some)
            )
        )
    }


def _bring_up(
    connection: Connection, tenant_id: int, fresh: Sequence[tuple[str, TicketEvent]], ids: Mapping[str, int]
) -> dict[str, int]:
    """Make the tickets that are not there yet, as over, and bring the others (`ids`) up to their new events.

    Whose they are, when they began and when they last changed. Return the row ids of those that were made.
    """
    latest = sorted(fresh, key=lambda told: (told[1].occurred_at, told[1].id))
    asked = [(name, event.requester) for name, event in latest if event.requester is not None]
    rows = customers.resolve_all(
        connection, tenant_id, [requester for _, requester in asked], latest[-1][1].occurred_at
    )
    whose = {name: row for (name, _), row in zip(asked, rows, strict=True) if row is not None}
    spans: dict[str, tuple[datetime, datetime]] = {}
    for name, event in fresh:
        opened, changed = event.changes.opened_at or event.occurred_at, event.occurred_at
        begun, last = spans.get(name, (opened, changed))
        spans[name] = min(begun, opened), max(last, changed)
    told = {
        name: {"customer": whose.get(name), "began": instant_text(begun), "ended": instant_text(last)}
        for name, (begun, last) in spans.items()
    }
    _BRING_UP.many(connection, [{"row_id": ids[name], **values} for name, values in told.items() if name in ids])
    made = [name for name in told if name not in ids]
    _INSERT_TICKET.many(
        connection,
        [
            {
                "tenant_id": tenant_id,
                "external_id": name,
                "customer_id": told[name]["customer"],
                "is_open": False,
                "opened_at": told[name]["began"],
                "updated_at": told[name]["ended"],
                "digest": "{}",
                "revision": 0,
            }
            for name in made
        ],
    )
    return {name: row.id for name, row in _there(connection, tenant_id, made).items()}


def _rows(connection: Connection, tenant_id: int, column: ColumnElement[Any], ids: Sequence[int]) -> list[PastRow]:
    found: list[PastRow] = []
    for some in parts(ids):
        rows = connection.execute(
            select(
                ticket.c.id,
                ticket.c.external_id,
                ticket.c.customer_id,
                ticket.c.opened_at,
                ticket.c.updated_at,
                ticket.c.digest,
                _waits().label("waits"),
            )
            .where(ticket.c.tenant_id == tenant_id, column.in_(some))
            .order_by(ticket.c.customer_id, ticket.c.updated_at, ticket.c.id)
        )
        found += [PastRow(*row) for row in rows]
    return found


def _bringing_up() -> Update:
    ended = bindparam("ended", type_=ticket.c.updated_at.type)
    whom = func.coalesce(bindparam("customer", type_=ticket.c.customer_id.type), ticket.c.customer_id)
    return (
        update(ticket)
        .where(ticket.c.id == bindparam("row_id"))
        .values(
            # of several requesters the latest counts, as in `rules.folding`
            customer_id=case(
                ((ticket.c.customer_id.is_(None)) | (ticket.c.updated_at <= ended), whom), else_=ticket.c.customer_id
            ),
            opened_at=func.min(ticket.c.opened_at, bindparam("began", type_=ticket.c.opened_at.type)),
            updated_at=func.max(ticket.c.updated_at, ended),
        )
    )


_INSERT_TICKET: Final = Prepared(
    insert(ticket),
    ["tenant_id", "external_id", "customer_id", "is_open", "opened_at", "updated_at", "digest", "revision"],
)
_INSERT_EVENT: Final = Prepared(
    insert(ticket_event).on_conflict_do_nothing(),
    ["tenant_id", "ticket_id", "event_id", "kind", "occurred_at", "received_at", "payload"],
)
_BRING_UP: Final = Prepared(_bringing_up())
_EVENTS: Final = Prepared(
    select(
        ticket_event.c.ticket_id,
        ticket_event.c.event_id,
        ticket_event.c.kind,
        ticket_event.c.occurred_at,
        ticket_event.c.payload,
    )
    .where(
        ticket_event.c.tenant_id == bindparam("tenant"),
        ticket_event.c.ticket_id.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value)),
    )
    .order_by(ticket_event.c.ticket_id, ticket_event.c.occurred_at, ticket_event.c.event_id)
)
_INSERT_DECISION: Final = Prepared(
    insert(decision).on_conflict_do_nothing(),
    [
        "id",
        "tenant_id",
        "ticket_id",
        "taken_at",
        "rulebook",
        "rulebook_version",
        "primary_function",
        "confidence",
        "document",
    ],
)
_KEEP_DIGEST: Final = Prepared(
    update(ticket)
    .where(ticket.c.id == bindparam("row_id"), ticket.c.decision_id.is_(None))
    .values(digest=bindparam("new_digest"))
)
