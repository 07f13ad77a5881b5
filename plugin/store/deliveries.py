"""The inbox: every genuine delivery, from its receipt to what became of it.

States: received -> decided | ignored | unreadable | failed (tried again when due) | dead.
A worker leases a delivery for a while; whoever no longer holds the lease writes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypedDict

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from plugin.store.errors import NotFound
from plugin.store.rows import driver, instant_text, new_id, reason_text, storable
from plugin.store.schema import delivery, tenant
from rules.text import Text, filled

LEASE: Final = timedelta(seconds=30)
OPEN_STATES: Final = ("received", "failed")
STATES: Final = ("received", "decided", "ignored", "unreadable", "failed", "dead")
AGAIN: Final = "again"
"""The event type of our own requests to decide a ticket again; operators do not see them."""
_AGAIN: Final = "again:ticket:"
_MAX_KEY: Final = 200
_NO_DELIVERY: Final = Text(
    "não há a entrega {id!r}: sidecue inbox list mostra os ids",
    "there is no delivery {id!r}: sidecue inbox list shows their ids",
)
_NOTHING_TO_TRY: Final = Text(
    "a entrega {id} está no estado {state}: não há o que tentar de novo",
    "delivery {id} is {state}: there is nothing to try again",
)
_STAYS: Final = Text(
    "a entrega {id} está no estado {state}: ela fica, como registro da origem do chamado",
    "delivery {id} is {state}: it stays as the record of where its ticket came from",
)
# The one statement that a helpdesk waits for: said to the driver itself, which takes a fifth of the time.
_INSERT: Final = (
    "INSERT OR IGNORE INTO delivery (id, tenant_id, key, received_at, headers, body, state, attempts, due_at,"
    " event_type, error, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DELIVERED: Final = delivery.c.event_type.is_(None) | (delivery.c.event_type != AGAIN)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an arrival: the delivery's id, and whether it was there before."""

    id: str
    duplicate: bool

    @property
    def status(self) -> str:
        """`accepted` or `duplicate`, as the answer says it."""
        return "duplicate" if self.duplicate else "accepted"


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that this owner may work on until the lease ends. `attempts` counts this one."""

    id: str
    tenant_id: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    attempts: int
    again: int | None
    """Row id of a ticket to decide again; None for what a helpdesk delivered."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery as an operator sees it: without its body."""

    id: str
    tenant: str
    connector: str
    state: str
    received_at: datetime
    attempts: int
    due_at: datetime
    event_type: str | None
    ticket: str | None
    error: Text | None


class Known(TypedDict, total=False):
    """What may be known of a delivery before it is worked on."""

    state: str
    event_type: str
    error: Text


class Outcome(TypedDict, total=False):
    """What may be said of a delivery that is finished: its type, its ticket, why it came to nothing."""

    event_type: str
    ticket: str
    error: Text


def insert(  # noqa: PLR0913 - a row's columns, by keyword
    connection: Connection,
    *,
    tenant_id: int,
    key: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    state: str = "received",
    event_type: str | None = None,
    error: Text | None = None,
) -> Receipt:
    """Keep a delivery unless one with this key is there; the receipt names the one that is kept."""
    kept_key = _kept(key)
    delivery_id = new_id("dl", now)
    at = instant_text(now)
    inserted = driver(connection).execute(
        _INSERT,
        (
            delivery_id,
            tenant_id,
            kept_key,
            at,
            json.dumps(dict(headers)),
            body,
            state,
            0,
            at,
            storable(event_type, 120) if event_type is not None else None,
            reason_text(error) if error is not None else None,
            None if state in OPEN_STATES else at,
        ),
    )
    if inserted.rowcount == 1:
        return Receipt(delivery_id, duplicate=False)
    there = select(delivery.c.id).where(delivery.c.tenant_id == tenant_id, delivery.c.key == kept_key)
    return Receipt(connection.execute(there).scalar_one(), duplicate=True)


def lease(connection: Connection, owner: str, now: datetime, limit: int) -> tuple[Leased, ...]:
    """Take up to `limit` deliveries that are due and in nobody's hands, oldest first."""
    free = or_(delivery.c.lease_until.is_(None), delivery.c.lease_until <= now)
    due = (
        select(delivery.c.id)
        .where(delivery.c.state.in_(OPEN_STATES), delivery.c.due_at <= now, free)
        .order_by(delivery.c.due_at, delivery.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(due).scalars().all()
    if not ids:
        return ()
    connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids))
        .values(lease_owner=owner, lease_until=now + LEASE, attempts=delivery.c.attempts + 1)
    )
    rows = connection.execute(select(delivery).where(delivery.c.id.in_(ids)).order_by(delivery.c.due_at, delivery.c.id))
    return tuple(
        Leased(
            row.id,
            row.tenant_id,
            row.headers,
            row.body,
            row.received_at,
            row.attempts,
            int(row.key.removeprefix(_AGAIN)) if row.event_type == AGAIN else None,
        )
        for row in rows
    )


def ask_again(connection: Connection, tenant_id: int, ticket_id: int, now: datetime) -> None:
    """Have a ticket decided again soon, because something it depends on changed. Asked twice, it is done once.

    The request is a delivery of our own, so it survives a crash as every other one; `forget` ends it.
    """
    insert(
        connection,
        tenant_id=tenant_id,
        key=f"{_AGAIN}{ticket_id}",
        headers={},
        body=b"",
        now=now,
        event_type=AGAIN,
    )


def forget(connection: Connection, delivery_id: str) -> None:
    """Delete a request of our own that is done, so that the next one is not taken for it."""
    connection.execute(delete(delivery).where(delivery.c.id == delivery_id, delivery.c.event_type == AGAIN))


def holds(connection: Connection, delivery_id: str, owner: str, now: datetime) -> bool:
    """Tell whether `owner` still has the lease; ask first in the transaction that writes the results."""
    mine = and_(
        delivery.c.id == delivery_id,
        delivery.c.lease_owner == owner,
        delivery.c.lease_until > now,
        delivery.c.state.in_(OPEN_STATES),
    )
    return connection.execute(select(delivery.c.id).where(mine).with_for_update()).one_or_none() is not None


def finish(  # noqa: PLR0913 - a row's columns, by keyword
    connection: Connection,
    delivery_id: str,
    state: str,
    now: datetime,
    *,
    event_type: str | None = None,
    ticket: str | None = None,
    error: Text | None = None,
) -> None:
    """Say what became of it (`decided`, `ignored`, `unreadable`, `dead`) and give the lease back."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id)
        .values(
            state=state,
            finished_at=now,
            lease_owner=None,
            lease_until=None,
            event_type=storable(event_type, 120) if event_type is not None else delivery.c.event_type,
            ticket_external_id=storable(ticket, 200) if ticket is not None else None,
            error=error,
        )
    )


def fail(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
    connection: Connection, delivery_id: str, owner: str, error: Text, due_at: datetime | None, now: datetime
) -> bool:
    """Have it tried again at `due_at`, or never (None: dead). False when `owner` has lost the lease."""
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.lease_owner == owner, delivery.c.state.in_(OPEN_STATES))
        .values(
            state="failed" if due_at is not None else "dead",
            due_at=due_at or now,
            finished_at=None if due_at is not None else now,
            error=error,
            lease_owner=None,
            lease_until=None,
        )
    )
    if due_at is None:
        forget(connection, delivery_id)  # kept dead, it would stand in the way of the next request for this ticket
    return changed.rowcount == 1


def release(connection: Connection, delivery_id: str, owner: str) -> None:
    """Give a lease back unused: whoever takes it next makes the same attempt."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=None, attempts=delivery.c.attempts - 1)
    )


def postpone(connection: Connection, delivery_id: str, owner: str, due_at: datetime) -> None:
    """Give a lease back until later; the attempt does not count."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=None, attempts=delivery.c.attempts - 1, due_at=due_at)
    )


def extend(connection: Connection, delivery_id: str, owner: str, until: datetime) -> bool:
    """Hold a lease for longer. False when `owner` has lost it."""
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.id == delivery_id, delivery.c.lease_owner == owner, delivery.c.state.in_(OPEN_STATES))
        .values(lease_until=until)
    )
    return changed.rowcount == 1


def free_leases(connection: Connection, owners: frozenset[str]) -> int:
    """Give back every lease of these owners (processes that are gone); return how many there were."""
    if not owners:
        return 0
    freed = connection.execute(
        update(delivery).where(delivery.c.lease_owner.in_(owners)).values(lease_owner=None, lease_until=None)
    )
    return freed.rowcount


def lease_owners(connection: Connection) -> frozenset[str]:
    """Return everybody who holds a lease, running out or not."""
    found = select(delivery.c.lease_owner).where(delivery.c.lease_owner.is_not(None)).distinct()
    return frozenset(connection.execute(found).scalars())


def outcome(connection: Connection, delivery_id: str) -> tuple[str | None, str | None]:
    """Return a delivery's state and its ticket, as far as they are known; None for one that is not there (any more)."""
    found = select(delivery.c.state, delivery.c.ticket_external_id).where(delivery.c.id == delivery_id)
    row = connection.execute(found).one_or_none()
    return (row.state, row.ticket_external_id) if row is not None else (None, None)


def retry(connection: Connection, now: datetime, delivery_id: str | None = None) -> int:
    """Have one delivery (or, without an id, every failed, dead and unreadable one) worked on again, from its start.

    Raise NotFound when there is no such delivery, or when it is not in one of those states.
    """
    again = update(delivery).where(delivery.c.state.in_(("failed", "dead", "unreadable")))
    if delivery_id is not None:
        again = again.where(delivery.c.id == delivery_id)
    changed = connection.execute(
        again.values(
            state="received",
            attempts=0,
            due_at=now,
            error=None,
            finished_at=None,
            lease_owner=None,
            lease_until=None,
        )
    ).rowcount
    if delivery_id is not None and changed == 0:
        raise NotFound(_why_not(connection, delivery_id, _NOTHING_TO_TRY))
    return changed


def drop(connection: Connection, delivery_id: str) -> None:
    """Delete a delivery that nobody should work on. Raise NotFound for one that is decided, or not there."""
    gone = connection.execute(
        delete(delivery).where(
            delivery.c.id == delivery_id, delivery.c.state.in_(("received", "failed", "dead", "unreadable"))
        )
    ).rowcount
    if gone == 0:
        raise NotFound(_why_not(connection, delivery_id, _STAYS))


def listing(connection: Connection, *, states: tuple[str, ...] = (), limit: int = 100) -> tuple[Listed, ...]:
    """Return the newest deliveries, of all states or of the given ones."""
    found = (
        select(
            delivery.c.id,
            tenant.c.name,
            tenant.c.connector,
            delivery.c.state,
            delivery.c.received_at,
            delivery.c.attempts,
            delivery.c.due_at,
            delivery.c.event_type,
            delivery.c.ticket_external_id,
            delivery.c.error,
        )
        .join(tenant, tenant.c.id == delivery.c.tenant_id)
        .where(_DELIVERED)
        .order_by(delivery.c.received_at.desc(), delivery.c.id.desc())
        .limit(limit)
    )
    if states:
        found = found.where(delivery.c.state.in_(states))
    return tuple(Listed(*tuple(row)) for row in connection.execute(found))


def counts(connection: Connection) -> dict[str, int]:
    """Return how many deliveries are in each state; every state is a key."""
    rows = connection.execute(
        select(delivery.c.state, func.count().label("number")).where(_DELIVERED).group_by(delivery.c.state)
    )
    return dict.fromkeys(STATES, 0) | {row.state: row.number for row in rows}


def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """Return since when the delivery that has waited longest is due, or None when none is."""
    due = select(func.min(delivery.c.due_at)).where(delivery.c.state.in_(OPEN_STATES), delivery.c.due_at <= now)
    return connection.execute(due).scalar_one_or_none()


def _kept(key: str) -> str:
    plain = storable(key, len(key) + 1)
    if plain == key and len(key) <= _MAX_KEY:
        return key
    # Digested, not cut: two long keys that differ at their end are two deliveries.
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _why_not(connection: Connection, delivery_id: str, refusal: Text) -> Text:
    state = connection.execute(select(delivery.c.state).where(delivery.c.id == delivery_id)).scalar_one_or_none()
    if state is None:
        return filled(_NO_DELIVERY, id=delivery_id)
    return filled(refusal, id=delivery_id, state=state)
