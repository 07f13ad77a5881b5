"""Work without a ticket: what is to be done about a customer, by whom, until when, and what became of it.

An item is one function's work about one customer; of each pair at most one is live (open or accepted) at a time.
States: open -> accepted -> done | dismissed; gone when the reason for it is.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from plugin.store.errors import NotFound, VerdictRefused
from plugin.store.rows import insert_or_ignore, new_id, storable, storable_or_none
from plugin.store.schema import customer, evaluation, recommendation, ticket, work_item
from rules.decide import canonical, from_canonical
from rules.model import Decision, Function, Recommendation
from rules.text import Text, filled

STATES: Final = ("open", "accepted", "done", "dismissed", "gone")
LIVE: Final = ("open", "accepted")
_NEXT: Final[Mapping[str, frozenset[str]]] = {
    "open": frozenset({"accepted", "done", "dismissed"}),
    "accepted": frozenset({"done", "dismissed"}),
}
_CONTACTS_SINCE: Final = timedelta(days=400)
_REFUSED: Final = Text(
    "o item de trabalho está no estado {state} e não passa a {verdict}",
    "the work item is {state}; it cannot become {verdict}",
)
NO_ITEM: Final = Text("não há o item de trabalho {id!r}", "there is no work item {id!r}")


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work. `actions` are (action, kind), best first; `evaluation` is the id of the decision behind it."""

    id: str
    customer_id: int
    function: Function
    evaluation: str
    actions: tuple[tuple[str, str], ...]
    state: str
    due_at: datetime
    opened_at: datetime
    changed_at: datetime
    acted_at: datetime | None = None
    agent: str | None = None
    reason: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An item with the customer it is about, and the decision that says why."""

    item: Item
    customer: str
    name: str | None
    decision: Decision
    rulebook_version: int | None

    @property
    def recommendations(self) -> tuple[Recommendation, ...]:
        """What is to be done, as decided."""
        mine = {action for action, _ in self.item.actions}
        return tuple(one for one in self.decision.recommendations if one.action in mine)


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, by due time, and where the next page begins (None: there is none)."""

    items: tuple[Listed, ...]
    following: str | None


# --- evaluations --------------------------------------------------------------------------------


def keep_evaluation(
    connection: Connection, tenant_id: int, customer_id: int, taken: Decision, rulebook_version: int | None
) -> str:
    """Keep what was decided about a customer and return its id, which sorts by time."""
    evaluation_id = new_id("e", taken.taken_at)
    connection.execute(
        insert(evaluation).values(
            id=evaluation_id,
            tenant_id=tenant_id,
            customer_id=customer_id,
            taken_at=taken.taken_at,
            rulebook_version=rulebook_version,
            document=canonical(taken).decode("utf-8"),
        )
    )
    return evaluation_id


# --- items, as an evaluation changes them -------------------------------------------------------


def live_of(connection: Connection, tenant_id: int, customers: Iterable[int]) -> dict[int, tuple[Item, ...]]:
    """Return the live items of some customers, by customer."""
    found = select(work_item).where(
        work_item.c.tenant_id == tenant_id,
        work_item.c.customer_id.in_(list(customers)),
        work_item.c.state.in_(LIVE),
    )
    by_customer: dict[int, tuple[Item, ...]] = {}
    for row in connection.execute(found.order_by(work_item.c.function)):
        by_customer[row.customer_id] = (*by_customer.get(row.customer_id, ()), _item(row))
    return by_customer


def open_item(  # noqa: PLR0913, PLR0917 - a row's columns
    connection: Connection,
    tenant_id: int,
    customer_id: int,
    function: Function,
    evaluation_id: str,
    recommendations: Sequence[Recommendation],
    now: datetime,
) -> bool:
    """Add a piece of work; False when another process was first."""
    return insert_or_ignore(
        connection,
        work_item,
        {
            "id": new_id("w", now),
            "tenant_id": tenant_id,
            "customer_id": customer_id,
            "function": function.value,
            "evaluation_id": evaluation_id,
            "recommendations": _actions(recommendations),
            "state": "open",
            "due_at": min(one.due_at for one in recommendations),
            "opened_at": now,
            "changed_at": now,
        },
    )


def renew(
    connection: Connection,
    item: Item,
    evaluation_id: str,
    recommendations: Sequence[Recommendation],
    now: datetime,
) -> None:
    """Let an item be about other actions; what was due stays due when it was."""
    due_at = min(item.due_at, *(one.due_at for one in recommendations))
    _change(
        connection,
        item,
        {
            "evaluation_id": evaluation_id,
            "recommendations": _actions(recommendations),
            "due_at": due_at,
            "changed_at": now,
        },
    )


def let_go(connection: Connection, item: Item, now: datetime) -> None:
    """Close an item whose reason is gone."""
    _change(connection, item, {"state": "gone", "changed_at": now})


def _change(connection: Connection, item: Item, values: Mapping[str, Any]) -> None:
    live = work_item.c.state.in_(LIVE)  # an agent may have said something meanwhile: that stands
    connection.execute(update(work_item).where(work_item.c.id == item.id, live).values(**values))


# --- items, as agents change them ---------------------------------------------------------------


def say(  # noqa: PLR0913 - who said what about what, and when
    connection: Connection,
    tenant_id: int,
    item_id: str,
    verdict: str,
    *,
    agent: str,
    now: datetime,
    reason: str | None = None,
    comment: str | None = None,
) -> Item:
    """Keep what an agent says about an item and return it; said twice, it is kept once.

    Raise NotFound, or VerdictRefused when it cannot follow what was said before.
    """
    found = _one(connection, tenant_id, item_id)
    if found.state == verdict:
        return found
    if verdict not in _NEXT.get(found.state, frozenset()):
        raise VerdictRefused(filled(_REFUSED, state=found.state, verdict=verdict))
    connection.execute(
        update(work_item)
        .where(work_item.c.id == item_id)
        .values(
            state=verdict,
            acted_at=now,
            changed_at=now,
            agent=storable(agent, 320),
            reason=storable_or_none(reason, 64),
            comment=storable_or_none(comment, 500),
        )
    )
    return _one(connection, tenant_id, item_id)


def _one(connection: Connection, tenant_id: int, item_id: str) -> Item:
    row = connection.execute(
        select(work_item).where(work_item.c.tenant_id == tenant_id, work_item.c.id == item_id)
    ).one_or_none()
    if row is None:
        raise NotFound(filled(NO_ITEM, id=item_id))
    return _item(row)


# --- looking ------------------------------------------------------------------------------------


def listing(  # noqa: PLR0913 - by keyword
    connection: Connection,
    tenant_id: int,
    *,
    functions: Sequence[str] = (),
    states: Sequence[str] = LIVE,
    customer_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of a tenant's work, by due time. Raise ValueError for an `after` of somebody else's."""
    wanted: list[ColumnElement[bool]] = [work_item.c.tenant_id == tenant_id, work_item.c.state.in_(states)]
    if functions:
        wanted.append(work_item.c.function.in_(functions))
    if customer_id is not None:
        wanted.append(customer.c.external_id == customer_id)
    if after is not None:
        due_at, item_id = _place(after)
        wanted.append(or_(work_item.c.due_at > due_at, and_(work_item.c.due_at == due_at, work_item.c.id > item_id)))
    found = _looked_at().where(*wanted).order_by(work_item.c.due_at, work_item.c.id).limit(limit + 1)
    rows = connection.execute(found).all()
    return Page(
        tuple(_listed(row) for row in rows[:limit]),
        _cursor(rows[limit - 1]) if len(rows) > limit else None,
    )


def one(connection: Connection, tenant_id: int, item_id: str) -> Listed | None:
    """Return an item of this tenant, or None."""
    row = connection.execute(
        _looked_at().where(work_item.c.tenant_id == tenant_id, work_item.c.id == item_id)
    ).one_or_none()
    return _listed(row) if row is not None else None


def counts(connection: Connection, tenant_id: int) -> dict[str, int]:
    """Return how many live items each function has."""
    rows = connection.execute(
        select(work_item.c.function, func.count())
        .where(work_item.c.tenant_id == tenant_id, work_item.c.state.in_(LIVE))
        .group_by(work_item.c.function)
    )
    counted = {row.function: row[1] for row in rows}
    return {function.value: counted.get(function.value, 0) for function in Function}


def contacts_of_customers(
    connection: Connection, tenant_id: int, customers: Sequence[int], now: datetime, *, live: bool
) -> dict[int, list[dict[str, Any]]]:
    """Return what agents took up, did or dismissed for customers without a ticket, as items of `contacts`.

    What only waits in the queue is no contact. `live`: with what is taken up and not done yet; an evaluation leaves
    that out, or the work would end itself.
    """
    states = ("accepted", "done", "dismissed") if live else ("done", "dismissed")
    rows = connection.execute(
        select(work_item.c.customer_id, work_item.c.recommendations, work_item.c.state, work_item.c.acted_at)
        .where(
            work_item.c.tenant_id == tenant_id,
            work_item.c.customer_id.in_(list(customers)),
            work_item.c.state.in_(states),
            work_item.c.acted_at >= now - _CONTACTS_SINCE,
        )
        .order_by(work_item.c.acted_at, work_item.c.id)
    )
    by_customer: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        ago = max(0.0, round((now - row.acted_at) / timedelta(days=1), 6))
        by_customer.setdefault(row.customer_id, []).extend(
            {"action": one["action"], "kind": one["kind"], "days_ago": ago, "outcome": row.state}
            for one in row.recommendations
        )
    return by_customer


def shown_on_open_tickets(
    connection: Connection, tenant_id: int, customers: Sequence[int]
) -> dict[int, frozenset[str]]:
    """Return the actions that customers' open tickets show and that are not settled, by customer."""
    rows = connection.execute(
        select(ticket.c.customer_id, recommendation.c.action)
        .join(recommendation, recommendation.c.decision_id == ticket.c.decision_id)
        .where(
            ticket.c.tenant_id == tenant_id,
            ticket.c.customer_id.in_(list(customers)),
            ticket.c.is_open,
            recommendation.c.state != "dismissed",
        )
    )
    by_customer: dict[int, frozenset[str]] = {}
    for customer_id, action in rows:
        by_customer[customer_id] = by_customer.get(customer_id, frozenset()) | {action}
    return by_customer


def last_contacts(connection: Connection, tenant_id: int, customers: Sequence[int]) -> dict[int, date]:
    """Return the UTC day on which something last happened on a ticket of each customer, or work about them was done."""
    wanted = list(customers)
    on_tickets = (
        select(ticket.c.customer_id, func.max(ticket.c.updated_at, type_=ticket.c.updated_at.type))
        .where(ticket.c.tenant_id == tenant_id, ticket.c.customer_id.in_(wanted))
        .group_by(ticket.c.customer_id)
    )
    by_hand = (
        select(work_item.c.customer_id, func.max(work_item.c.acted_at, type_=work_item.c.acted_at.type))
        .where(work_item.c.tenant_id == tenant_id, work_item.c.customer_id.in_(wanted), work_item.c.state == "done")
        .group_by(work_item.c.customer_id)
    )
    days: dict[int, date] = {}
    for found in (on_tickets, by_hand):
        for customer_id, at in connection.execute(found):
            day = at.astimezone(UTC).date()
            days[customer_id] = max(day, days.get(customer_id, day))
    return days


# --- rows ---------------------------------------------------------------------------------------


def _looked_at() -> Any:
    return (
        select(
            work_item,
            customer.c.external_id,
            customer.c.name.label("customer_name"),
            evaluation.c.document,
            evaluation.c.rulebook_version,
        )
        .join(customer, customer.c.id == work_item.c.customer_id)
        .join(evaluation, evaluation.c.id == work_item.c.evaluation_id)
    )


def _listed(row: Row[Any]) -> Listed:
    taken = from_canonical(row.document.encode("utf-8"))
    return Listed(_item(row), row.external_id, row.customer_name, taken, row.rulebook_version)


def _item(row: Row[Any]) -> Item:
    return Item(
        id=row.id,
        customer_id=row.customer_id,
        function=Function(row.function),
        evaluation=row.evaluation_id,
        actions=tuple((found["action"], found["kind"]) for found in row.recommendations),
        state=row.state,
        due_at=row.due_at,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        acted_at=row.acted_at,
        agent=row.agent,
        reason=row.reason,
        comment=row.comment,
    )


def _actions(recommendations: Iterable[Recommendation]) -> list[dict[str, str]]:
    return [{"action": found.action, "kind": found.kind.value} for found in recommendations]


def _cursor(row: Row[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.due_at.isoformat(), row.id]).encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        due_at, item_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(due_at)
    except (binascii.Error, ValueError, TypeError, UnicodeError):
        raise ValueError("`after` is not a place that an answer gave as `next`") from None
    if at.tzinfo is None or not isinstance(item_id, str):
        raise ValueError("`after` is not a place that an answer gave as `next`")
    return at, item_id
