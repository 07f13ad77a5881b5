"""Whose turn it is to evaluate a tenant's customers: one process at a time, and not more often than asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, or_, select, update

from plugin.store.rows import insert_or_ignore
from plugin.store.schema import proactive_turn

LEASE: Final = timedelta(minutes=2)
"""A process that says nothing for so long is taken for dead, and another one begins anew."""


def take(connection: Connection, tenant_id: int, owner: str, now: datetime, *, every: timedelta | None = None) -> bool:
    """Take the turn; False while another process has it, or when the last one began less than `every` ago."""
    values = {"started_at": now, "finished_at": None, "lease_owner": owner, "lease_until": now + LEASE}
    if insert_or_ignore(connection, proactive_turn, {"tenant_id": tenant_id, **values}):
        return True
    free = or_(proactive_turn.c.lease_until.is_(None), proactive_turn.c.lease_until <= now)
    wanted = [proactive_turn.c.tenant_id == tenant_id, free]
    if every is not None:
        # one that never finished is begun anew at once
        wanted.append(or_(proactive_turn.c.started_at <= now - every, proactive_turn.c.finished_at.is_(None)))
    return connection.execute(update(proactive_turn).where(*wanted).values(**values)).rowcount == 1


def holds(connection: Connection, tenant_id: int, owner: str, now: datetime) -> bool:
    """Tell whether the turn is still this owner's, and keep it a while longer. Ask in the transaction that writes."""
    mine = proactive_turn.c.lease_owner == owner
    return (
        connection.execute(
            update(proactive_turn).where(proactive_turn.c.tenant_id == tenant_id, mine).values(lease_until=now + LEASE)
        ).rowcount
        == 1
    )


def give_back(connection: Connection, tenant_id: int, owner: str, now: datetime, *, finished: bool) -> None:
    """End the turn."""
    values = {"lease_owner": None, "lease_until": None, **({"finished_at": now} if finished else {})}
    mine = proactive_turn.c.lease_owner == owner
    connection.execute(update(proactive_turn).where(proactive_turn.c.tenant_id == tenant_id, mine).values(**values))


def last(connection: Connection, tenant_id: int) -> datetime | None:
    """Return when a tenant's customers were last evaluated to the end, or None."""
    return connection.execute(
        select(proactive_turn.c.finished_at).where(proactive_turn.c.tenant_id == tenant_id)
    ).scalar_one_or_none()
