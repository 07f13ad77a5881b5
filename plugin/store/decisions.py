"""Decisions, their recommendations, and what was shown to whom. A ticket's newest decision is its current one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, case, func, insert, select, true, update

from plugin.store.rows import insert_or_ignore
from plugin.store.schema import decision as decision_table
from plugin.store.schema import recommendation, ticket
from rules.decide import canonical, from_canonical
from rules.model import Decision, Recommendation

OUTCOMES: Final[Mapping[str, str]] = {
    "open": "shown",
    "handed_over": "shown",
    "accepted": "accepted",
    "dismissed": "dismissed",
    "done": "done",
}
"""State of a recommendation -> the outcome that the `contacts` collection says."""

_CONTACTS_SINCE: Final = timedelta(days=400)
"""How far back contacts are looked at; longer than any cooldown or cap."""


@dataclass(frozen=True, slots=True)
class StoredRecommendation:
    """A recommendation with what agents did about it. `steps_done` holds indexes of steps."""

    id: str
    rank: int
    state: str
    steps_done: tuple[int, ...]
    shown_at: datetime | None
    recommendation: Recommendation


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A ticket's current decision. `correction` is the agent's: {primary, by, at}, or None.

    `rulebook_version` is the published version that it was taken with, None when the rules came from files.
    """

    id: str
    ticket_id: int
    ticket: str
    customer_id: int | None
    revision: int
    taken_at: datetime
    decision: Decision
    recommendations: tuple[StoredRecommendation, ...]
    correction: Mapping[str, str] | None
    rulebook_version: int | None = None


def save(  # noqa: PLR0913 - a row's columns
    connection: Connection,
    tenant_id: int,
    ticket_id: int,
    taken: Decision,
    now: datetime,  # noqa: ARG001 - every write says when
    *,
    rulebook_version: int | None = None,
) -> str:
    """Make a decision the ticket's current one and return its id, which its content gives.

    Where the decision before recommended the same action, the agent's verdict on it stays, and so do the steps done;
    an agent's correction stays as well: it says what the ticket is.
    """
    new = row_of(tenant_id, ticket_id, taken, rulebook_version)
    decision_id = str(new["id"])
    before = connection.execute(
        select(ticket.c.decision_id, ticket.c.customer_id).where(
            ticket.c.tenant_id == tenant_id, ticket.c.id == ticket_id
        )
    ).one()
    inserted = insert_or_ignore(
        connection,
        decision_table,
        {**new, "correction": _kept_correction(connection, before.decision_id)},
    )
    if inserted:
        verdicts = _rows_by_action(connection, before.decision_id)
        for rank, recommended in enumerate(taken.recommendations, start=1):
            known = verdicts.get(recommended.action)
            connection.execute(
                insert(recommendation).values(
                    id=_content_id("r", f"{decision_id}|{recommended.action}".encode()),
                    tenant_id=tenant_id,
                    decision_id=decision_id,
                    ticket_id=ticket_id,
                    customer_id=before.customer_id,
                    action=recommended.action,
                    kind=recommended.kind.value,
                    rules=list(recommended.rules),
                    rank=rank,
                    state=known.state if known is not None else "open",
                    steps_done=known.steps_done if known is not None else [],
                    shown_at=known.shown_at if known is not None else None,
                )
            )
    connection.execute(
        update(ticket)
        .where(ticket.c.tenant_id == tenant_id, ticket.c.id == ticket_id)
        .values(decision_id=decision_id, revision=ticket.c.revision + 1)
    )
    return decision_id


def row_of(tenant_id: int, ticket_id: int, taken: Decision, rulebook_version: int | None) -> dict[str, Any]:
    """Return the columns of a decision; its content gives its id."""
    document = canonical(taken)
    return {
        "id": _content_id("d", f"{tenant_id}|{ticket_id}|".encode() + document),
        "tenant_id": tenant_id,
        "ticket_id": ticket_id,
        "taken_at": taken.taken_at,
        "rulebook": taken.rulebook,
        "rulebook_version": rulebook_version,
        "primary_function": taken.primary.value,
        "confidence": taken.confidence,
        "document": document.decode("utf-8"),
    }


def current(connection: Connection, tenant_id: int, external_id: str) -> StoredDecision | None:
    """Return a ticket's current decision, or None when the ticket or its decision is not there (yet)."""
    return _current(connection, (ticket.c.tenant_id == tenant_id) & (ticket.c.external_id == external_id))


def current_of(connection: Connection, tenant_id: int, ticket_id: int) -> StoredDecision | None:
    """Return the current decision by the ticket's row id, as `current` does."""
    return _current(connection, (ticket.c.tenant_id == tenant_id) & (ticket.c.id == ticket_id))


def by_id(connection: Connection, tenant_id: int, decision_id: str) -> StoredDecision | None:
    """Return a decision of this tenant, current or not, or None."""
    row = connection.execute(
        _selection().where(decision_table.c.tenant_id == tenant_id, decision_table.c.id == decision_id)
    ).one_or_none()
    return _stored(connection, row) if row is not None else None


def mark_shown(connection: Connection, tenant_id: int, decision_id: str, now: datetime) -> int:
    """Remember that an agent saw this decision's recommendations; only the first time counts. Return how many."""
    return connection.execute(
        update(recommendation)
        .where(
            recommendation.c.tenant_id == tenant_id,
            recommendation.c.decision_id == decision_id,
            recommendation.c.shown_at.is_(None),
        )
        .values(shown_at=now)
    ).rowcount


def contacts_of_customer(
    connection: Connection, tenant_id: int, customer_id: int, now: datetime, *, but: int
) -> list[dict[str, Any]]:
    """Return what was shown about the customer on tickets other than `but`, as items of `contacts`.

    A ticket's own offers are left out: they must not use up their own cooldown when the ticket is decided again.
    """
    return _contacts(connection, tenant_id, (customer_id,), now, recommendation.c.ticket_id != but).get(customer_id, [])


def contacts_of_customers(
    connection: Connection, tenant_id: int, customers: Sequence[int], now: datetime
) -> dict[int, list[dict[str, Any]]]:
    """Return what was shown about some customers on any ticket, as items of `contacts`, by customer."""
    return _contacts(connection, tenant_id, customers, now, true())


def _contacts(
    connection: Connection, tenant_id: int, customers: Sequence[int], now: datetime, which: ColumnElement[bool]
) -> dict[int, list[dict[str, Any]]]:
    one = recommendation.c
    rows = connection.execute(
        select(
            one.customer_id,
            one.action,
            one.kind,
            func.max(one.shown_at, type_=one.shown_at.type).label("last"),
            one.state,
        )
        .where(
            one.tenant_id == tenant_id,
            one.customer_id.in_(list(customers)),
            which,
            one.shown_at >= now - _CONTACTS_SINCE,
        )
        .group_by(one.customer_id, one.ticket_id, one.action, one.kind, one.state)
        .order_by(one.ticket_id, one.action, one.state)
    )
    by_customer: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_customer.setdefault(row.customer_id, []).append(
            {
                "action": row.action,
                "kind": row.kind,
                "days_ago": max(0.0, round((now - row.last) / timedelta(days=1), 6)),
                "outcome": OUTCOMES[row.state],
            }
        )
    return by_customer


def acceptance(connection: Connection, tenant_id: int) -> dict[str, tuple[int, int]]:
    """Return for each action on how many tickets it was accepted, and on how many it was shown."""
    took = recommendation.c.state.in_(("accepted", "done"))
    rows = connection.execute(
        select(
            recommendation.c.action,
            func.count(case((took, recommendation.c.ticket_id)).distinct()),
            func.count(recommendation.c.ticket_id.distinct()),
        )
        .where(recommendation.c.tenant_id == tenant_id, recommendation.c.shown_at.is_not(None) | took)
        .group_by(recommendation.c.action)
    )
    return {action: (accepted, shown) for action, accepted, shown in rows}


def _selection() -> Any:
    return select(
        decision_table.c.id,
        decision_table.c.tenant_id,
        decision_table.c.taken_at,
        decision_table.c.rulebook_version,
        decision_table.c.document,
        decision_table.c.correction,
        ticket.c.id.label("ticket_id"),
        ticket.c.external_id,
        ticket.c.customer_id,
        ticket.c.revision,
    ).join(ticket, ticket.c.id == decision_table.c.ticket_id)


def _current(connection: Connection, which: Any) -> StoredDecision | None:
    row = connection.execute(_selection().where(which, ticket.c.decision_id == decision_table.c.id)).one_or_none()
    return _stored(connection, row) if row is not None else None


def _stored(connection: Connection, row: Row[Any]) -> StoredDecision:
    taken = from_canonical(row.document.encode("utf-8"))
    by_action = {recommended.action: recommended for recommended in taken.recommendations}
    rows = connection.execute(
        select(recommendation).where(recommendation.c.decision_id == row.id).order_by(recommendation.c.rank)
    )
    return StoredDecision(
        id=row.id,
        ticket_id=row.ticket_id,
        ticket=row.external_id,
        customer_id=row.customer_id,
        revision=row.revision,
        taken_at=row.taken_at,
        decision=taken,
        recommendations=tuple(
            StoredRecommendation(
                id=found.id,
                rank=found.rank,
                state=found.state,
                steps_done=tuple(found.steps_done),
                shown_at=found.shown_at,
                recommendation=by_action[found.action],
            )
            for found in rows
        ),
        correction=row.correction,
        rulebook_version=row.rulebook_version,
    )


def _rows_by_action(connection: Connection, decision_id: str | None) -> dict[str, Row[Any]]:
    if decision_id is None:
        return {}
    rows = connection.execute(select(recommendation).where(recommendation.c.decision_id == decision_id))
    return {row.action: row for row in rows}


def _kept_correction(connection: Connection, decision_id: str | None) -> Mapping[str, str] | None:
    if decision_id is None:
        return None
    kept: Mapping[str, str] | None = connection.execute(
        select(decision_table.c.correction).where(decision_table.c.id == decision_id)
    ).scalar_one_or_none()
    return kept


def _content_id(prefix: str, content: bytes) -> str:
    return f"{prefix}_{hashlib.sha256(content).hexdigest()[:20]}"
