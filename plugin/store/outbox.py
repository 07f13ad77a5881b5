"""What is on its way to helpdesks: notes, tags, fields, groups. States: waiting -> sent | cancelled | dead."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, func, insert, or_, select, update

from connectors.base import Order
from plugin.store.errors import NotFound
from plugin.store.rows import storable
from plugin.store.schema import outbox, tenant
from rules.text import Text, filled

LEASE: Final = timedelta(minutes=10)
"""Longer than all the requests of one note may take; a dead process's leases are freed before."""

STATES: Final = ("waiting", "sent", "cancelled", "dead")
_NOT_DEAD: Final = Text(
    "{ref} não é uma ordem morta, ou uma mais nova tomou o lugar dela: sidecue outbox list --state dead",
    "{ref} is no dead order, or a newer one has taken its place: sidecue outbox list --state dead",
)


@dataclass(frozen=True, slots=True)
class LeasedOrder:
    """An order that this owner may carry out until the lease ends. `attempts` counts this one."""

    ref: str
    tenant_id: int
    ticket: str
    kind: str
    content: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An order as an operator sees it: without what it writes."""

    ref: str
    tenant: str
    connector: str
    kind: str
    ticket: str
    state: str
    carried: bool
    attempts: int
    due_at: datetime
    error: Text | None


def new_ref() -> str:
    """Return a reference that nobody can guess: whoever quotes one has seen our note."""
    return f"sc_{secrets.token_hex(10)}"


def enqueue(  # noqa: PLR0913 - a row's columns, by keyword
    connection: Connection,
    *,
    ref: str,
    tenant_id: int,
    ticket: str,
    kind: str,
    content: Mapping[str, Any],
    due_at: datetime,
    recommendation_id: str = "",
    carried: bool = False,
) -> None:
    """Have an order carried out at `due_at`: a capability of the connector, and what it needs.

    A note's content is `text`, which ends with its `ref`. `carried`: from then on, by the next answer to a webhook.
    """
    connection.execute(
        insert(outbox).values(
            ref=ref,
            tenant_id=tenant_id,
            ticket_external_id=storable(ticket, 200),
            recommendation_id=recommendation_id,
            kind=kind,
            content={key: storable(each, 20_000) if isinstance(each, str) else each for key, each in content.items()},
            carried=carried,
            state="waiting",
            attempts=0,
            due_at=due_at,
        )
    )


def lease(
    connection: Connection, owner: str, now: datetime, limit: int, *, but_tenants: frozenset[int] = frozenset()
) -> tuple[LeasedOrder, ...]:
    """Take up to `limit` orders that are due, oldest first and one per tenant, leaving out the tenants given."""
    free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
    busy = select(outbox.c.tenant_id).where(outbox.c.state == "waiting", outbox.c.lease_until > now)
    due = (
        select(func.min(outbox.c.due_at).label("due"), outbox.c.tenant_id)
        .where(
            outbox.c.state == "waiting",
            outbox.c.carried.is_(False),
            outbox.c.due_at <= now,
            free,
            outbox.c.tenant_id.not_in(but_tenants),
            outbox.c.tenant_id.not_in(busy),
        )
        .group_by(outbox.c.tenant_id)
        .order_by("due")
        .limit(limit)
        .subquery()
    )
    firsts = connection.execute(
        select(func.min(outbox.c.ref))
        .join(due, (due.c.tenant_id == outbox.c.tenant_id) & (due.c.due == outbox.c.due_at))
        .where(outbox.c.state == "waiting", outbox.c.carried.is_(False), free)
        .group_by(outbox.c.tenant_id)
    )
    refs = firsts.scalars().all()
    if not refs:
        return ()
    connection.execute(
        update(outbox)
        .where(outbox.c.ref.in_(refs))
        .values(lease_owner=owner, lease_until=now + LEASE, attempts=outbox.c.attempts + 1)
    )
    rows = connection.execute(
        select(
            outbox.c.ref,
            outbox.c.tenant_id,
            outbox.c.ticket_external_id,
            outbox.c.kind,
            outbox.c.content,
            outbox.c.attempts,
        )
        .where(outbox.c.ref.in_(refs))
        .order_by(outbox.c.due_at, outbox.c.ref)
    )
    return tuple(LeasedOrder(*row) for row in rows)


def sent(connection: Connection, ref: str, now: datetime) -> None:
    """It is done."""
    connection.execute(
        update(outbox)
        .where(outbox.c.ref == ref, outbox.c.state == "waiting")
        .values(state="sent", sent_at=now, error=None, lease_owner=None, lease_until=None)
    )


def fail(connection: Connection, ref: str, error: Text, due_at: datetime | None) -> None:
    """Have it tried again at `due_at`, or never (None: dead).

    What sets something at the helpdesk is taken back when a newer order of its kind waits: it would come after it.
    """
    values: dict[str, object] = {"lease_owner": None, "lease_until": None, "error": error}
    if due_at is None:
        values["state"] = "dead"
    else:
        other = outbox.alias()
        overtaken = _beside(other) & (other.c.state == "waiting")
        values |= {"due_at": due_at, "state": case((exists().where(overtaken), "cancelled"), else_="waiting")}
    connection.execute(update(outbox).where(outbox.c.ref == ref, outbox.c.state == "waiting").values(**values))


def retry(connection: Connection, now: datetime, ref: str | None = None) -> int:
    """Have one dead order (or, without a reference, every one) tried again; return how many that are.

    What a newer order has taken the place of stays dead. Raise NotFound when nothing comes of the one that was named.
    """
    other = outbox.alias()
    newer = (other.c.due_at > outbox.c.due_at) | ((other.c.due_at == outbox.c.due_at) & (other.c.ref > outbox.c.ref))
    overtaken = _beside(other) & (other.c.state != "cancelled") & newer
    again = update(outbox).where(outbox.c.state == "dead", ~exists().where(overtaken))
    if ref is not None:
        again = again.where(outbox.c.ref == ref)
    # One attempt counts: a note may have arrived, and is looked for before it is written again.
    number = connection.execute(again.values(state="waiting", attempts=1, due_at=now, error=None)).rowcount
    if ref is not None and number == 0:
        raise NotFound(filled(_NOT_DEAD, ref=ref))
    return number


def cancel(connection: Connection, tenant_id: int, recommendation_ids: Sequence[str], kind: str) -> bool:
    """Take back what was ordered of one kind about recommendations. False when it is sent, or may be on its way."""
    about = outbox.c.recommendation_id.in_(recommendation_ids)
    mine = (outbox.c.tenant_id == tenant_id) & about & (outbox.c.kind == kind)
    # What was tried once may have arrived although the answer was lost.
    gone = or_(outbox.c.state == "sent", (outbox.c.state == "waiting") & (outbox.c.attempts > 0))
    if connection.execute(select(outbox.c.ref).where(mine, gone).limit(1)).one_or_none() is not None:
        return False
    connection.execute(update(outbox).where(mine, outbox.c.state == "waiting").values(state="cancelled"))
    return True


def knows(connection: Connection, tenant_id: int, ref: str) -> bool:
    """Tell whether this tenant's note with this reference is ours (one that was never issued is anybody's)."""
    found = select(outbox.c.ref).where(outbox.c.tenant_id == tenant_id, outbox.c.ref == ref)
    return connection.execute(found).one_or_none() is not None


def supersede(connection: Connection, tenant_id: int, ticket: str, kind: str) -> None:
    """Take back a ticket's waiting orders of one kind, which sets something: the newer one that is ordered now counts.

    One that failed would come after it. One that is on its way goes before it; one that was not tried yet and is about
    a recommendation goes before it, too, because the newer one may still be undone.
    """
    connection.execute(
        update(outbox)
        .where(
            outbox.c.tenant_id == tenant_id,
            outbox.c.ticket_external_id == ticket,
            outbox.c.kind == kind,
            or_(outbox.c.recommendation_id == "", outbox.c.attempts > 0),
            outbox.c.state == "waiting",
            outbox.c.lease_owner.is_(None),
        )
        .values(state="cancelled")
    )


def newest(connection: Connection, tenant_id: int, ticket: str, kind: str) -> tuple[str, Mapping[str, Any]] | None:
    """Return reference and content of the ticket's newest order of a kind that stands or waits, or None."""
    found = (
        select(outbox.c.ref, outbox.c.content)
        .where(
            outbox.c.tenant_id == tenant_id,
            outbox.c.ticket_external_id == ticket,
            outbox.c.kind == kind,
            outbox.c.recommendation_id == "",
            outbox.c.state.in_(("waiting", "sent")),
        )
        .order_by(outbox.c.due_at.desc(), outbox.c.ref)
        .limit(1)
    )
    row = connection.execute(found).one_or_none()
    return (row.ref, row.content) if row is not None else None


def note_of(connection: Connection, tenant_id: int, ticket: str, kind: str) -> str | None:
    """Return the reference of the note that tells a ticket's decisions, whatever became of it, or None."""
    found = (
        select(outbox.c.content)
        .where(
            outbox.c.tenant_id == tenant_id,
            outbox.c.ticket_external_id == ticket,
            outbox.c.kind == kind,
            outbox.c.recommendation_id == "",
        )
        .limit(1)
    )
    content = connection.execute(found).scalar_one_or_none()
    return content["note"] if content is not None else None


def state_of(connection: Connection, tenant_id: int, recommendation_id: str) -> str | None:
    """Return the state of the newest order about a recommendation, or None when there is none."""
    found = (
        select(outbox.c.state)
        .where(outbox.c.tenant_id == tenant_id, outbox.c.recommendation_id == recommendation_id)
        .order_by(outbox.c.due_at.desc())
        .limit(1)
    )
    return connection.execute(found).scalar_one_or_none()


def free_leases(connection: Connection, owners: frozenset[str]) -> int:
    """Give back every lease of these owners (processes that are gone); return how many there were."""
    if not owners:
        return 0
    freed = connection.execute(
        update(outbox).where(outbox.c.lease_owner.in_(owners)).values(lease_owner=None, lease_until=None)
    )
    return freed.rowcount


def lease_owners(connection: Connection) -> frozenset[str]:
    """Return everybody who holds a lease, running out or not."""
    found = select(outbox.c.lease_owner).where(outbox.c.lease_owner.is_not(None)).distinct()
    return frozenset(connection.execute(found).scalars())


def listing(connection: Connection, *, states: tuple[str, ...] = (), limit: int = 100) -> tuple[Listed, ...]:
    """Return the newest orders, of all states or of the given ones."""
    found = (
        select(
            outbox.c.ref,
            tenant.c.name,
            tenant.c.connector,
            outbox.c.kind,
            outbox.c.ticket_external_id,
            outbox.c.state,
            outbox.c.carried,
            outbox.c.attempts,
            outbox.c.due_at,
            outbox.c.error,
        )
        .join(tenant, tenant.c.id == outbox.c.tenant_id)
        .order_by(outbox.c.due_at.desc(), outbox.c.ref)
        .limit(limit)
    )
    if states:
        found = found.where(outbox.c.state.in_(states))
    return tuple(Listed(*tuple(row)) for row in connection.execute(found))


def counts(connection: Connection) -> dict[str, int]:
    """Return how many orders are in each state; every state is a key."""
    rows = connection.execute(select(outbox.c.state, func.count().label("number")).group_by(outbox.c.state))
    return dict.fromkeys(STATES, 0) | {row.state: row.number for row in rows}


def next_due(connection: Connection) -> datetime | None:
    """Return when the next order that waits for a call of ours is due, or None when none does."""
    waits = (outbox.c.state == "waiting") & outbox.c.carried.is_(False)
    return connection.execute(select(func.min(outbox.c.due_at)).where(waits)).scalar_one_or_none()


def take_along(connection: Connection, tenant_id: int, ticket: str, now: datetime) -> tuple[Order, ...]:
    """Return what the answer to a webhook about this ticket is to carry, and take it for done.

    Whether the answer arrives nobody will know; the helpdesk's next one would be about something else.
    """
    due = (
        outbox.c.tenant_id == tenant_id,
        outbox.c.ticket_external_id == ticket,
        outbox.c.carried.is_(True),
        outbox.c.state == "waiting",
        outbox.c.due_at <= now,
    )
    columns = (outbox.c.ref, outbox.c.kind, outbox.c.ticket_external_id, outbox.c.content)
    rows = connection.execute(select(*columns).where(*due).order_by(outbox.c.due_at, outbox.c.ref)).all()
    connection.execute(update(outbox).where(*due).values(state="sent", sent_at=now))
    return tuple(Order(row.ref, row.kind, row.ticket_external_id, row.content) for row in rows)


def _beside(other: FromClause) -> ColumnElement[bool]:
    """Tell of an order whether `other` sets the same thing of the same ticket. Notes set nothing; each says its own."""
    return and_(
        other.c.tenant_id == outbox.c.tenant_id,
        other.c.ticket_external_id == outbox.c.ticket_external_id,
        other.c.kind == outbox.c.kind,
        other.c.kind != "note",
        other.c.ref != outbox.c.ref,
    )
