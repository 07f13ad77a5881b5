"""Customers: who asked, and what a CRM or billing system stated about them.

A requester whom nobody stated anything about gets a row too, so that their tickets hang together; its external id
starts with `requester:` or `email:`. When the facts arrive later, that row's tickets move to the stated customer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from plugin.store.errors import CustomerInvalid
from plugin.store.rows import Prepared, instant_text, parts, storable, storable_or_none
from plugin.store.schema import customer, evaluation, recommendation, ticket, work_item
from rules.model import Customer, Requester
from rules.text import Text, filled

MAX_ID: Final = 180
"""Longest id of a customer, in characters."""
_NO_ID: Final = Text(
    "id de cliente {id!r}: está vazio, ou começa como os ids de solicitantes desconhecidos",
    "customer id {id!r}: it is empty, or starts as the ids of unknown requesters do",
)
_LONG_ID: Final = Text(
    "um id de cliente tem no máximo {limit} caracteres: dois ids cortados poderiam ser o mesmo",
    "a customer id has at most {limit} characters: two cut ones could be the same",
)

_MET: Final = ("requester:", "email:")
"""How the external id of a customer starts whom we only met as a requester."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A customer with the row id it is kept under."""

    id: int
    customer: Customer


def resolve(connection: Connection, tenant_id: int, requester: Requester, now: datetime) -> int | None:
    """Return the row id of the customer who asks: by the helpdesk's id, else by e-mail; None for nobody's ticket.

    An e-mail that two stated customers share proves neither.
    """
    return resolve_all(connection, tenant_id, (requester,), now)[0]


def resolve_all(
    connection: Connection, tenant_id: int, requesters: Sequence[Requester], now: datetime
) -> list[int | None]:
    """Return what `resolve` returns for each of some requesters, one after the other, in few queries."""
    asked = [(storable_or_none(one.external_id, MAX_ID), _email(one.email)) for one in requesters]
    known = _Known(connection, tenant_id, asked)
    found: list[int | None] = []
    for requester, (external_id, email) in zip(requesters, asked, strict=True):
        if external_id is None and email is None:
            found.append(None)
            continue
        row_id = known.of(external_id, email)
        if row_id is None:
            met_as = _met_as(external_id, email)
            met = Customer(met_as, requester.name, email, requester.phone, requester.locale)
            row_id = _insert(connection, tenant_id, met, now)
            known.add(row_id, met_as, email)
        found.append(row_id)
    return found


class _Known:
    """The customers that some requesters may be, by every id and e-mail that is asked for."""

    def __init__(self, connection: Connection, tenant_id: int, asked: Sequence[tuple[str | None, str | None]]) -> None:
        self._by_id: dict[str, int] = {}
        self._stated: dict[str, set[int]] = {}
        self._met: dict[str, int] = {}
        ids = {one for one, _ in asked if one is not None} | {_met_as(*one) for one in asked if one != (None, None)}
        emails = {one for _, one in asked if one is not None}
        for column, values in ((customer.c.external_id, ids), (customer.c.email, emails)):
            for some in parts(sorted(values)):
                rows = connection.execute(
                    select(customer.c.id, customer.c.external_id, customer.c.email)
                    .where(customer.c.tenant_id == tenant_id, column.in_(some))
                    .order_by(customer.c.id)
                )
                for row in rows:
                    self.add(row.id, row.external_id, row.email)

    def add(self, row_id: int, external_id: str, email: str | None) -> None:
        """Know one more customer; of those only met under an e-mail the first counts."""
        self._by_id[external_id] = row_id
        if email is None:
            return
        if external_id.startswith(_MET):
            self._met[email] = min(row_id, self._met.get(email, row_id))
        else:
            self._stated.setdefault(email, set()).add(row_id)

    def of(self, external_id: str | None, email: str | None) -> int | None:
        """Return the row id of the one who asks, or None when nobody like this was met."""
        if external_id is not None and external_id in self._by_id:
            return self._by_id[external_id]
        stated = self._stated.get(email, set()) if email is not None else set()
        if len(stated) == 1:
            return next(iter(stated))
        if (found := self._by_id.get(_met_as(external_id, email))) is not None:
            return found
        return self._met.get(email) if email is not None else None


def _met_as(external_id: str | None, email: str | None) -> str:
    return storable(f"requester:{external_id}" if external_id is not None else f"email:{email}", 200)


def put(connection: Connection, tenant_id: int, stated: Customer, now: datetime) -> int:
    """Keep what is stated about a customer, whole (what is not stated any more is forgotten); return the row id.

    Tickets of a requester who turns out to be this customer, by id or e-mail, become the customer's.
    Raise CustomerInvalid for an id that cannot be one.
    """
    external_id = storable(stated.external_id, MAX_ID + 1)
    if not external_id.strip() or external_id.startswith(_MET):
        raise CustomerInvalid(filled(_NO_ID, id=external_id))
    if len(external_id) > MAX_ID:
        raise CustomerInvalid(filled(_LONG_ID, limit=MAX_ID))
    row_id = _by_external_id(connection, tenant_id, external_id)
    if row_id is None:
        row_id = _insert(connection, tenant_id, stated, now)
    else:
        connection.execute(update(customer).where(customer.c.id == row_id).values(**_values(stated, now)))
    same = [customer.c.external_id == f"requester:{external_id}"]
    email = _email(stated.email)
    if email is not None:
        same.append((customer.c.email == email) & _only_met())
    met = select(customer.c.id).where(customer.c.tenant_id == tenant_id, customer.c.id != row_id, or_(*same))
    for met_id in connection.execute(met).scalars().all():
        for table in (ticket, recommendation, evaluation):
            connection.execute(update(table).where(table.c.customer_id == met_id).values(customer_id=row_id))
        # what is still to be done was decided without the facts: the next evaluation says it anew
        over = work_item.c.customer_id == met_id, work_item.c.state.not_in(("open", "accepted"))
        connection.execute(update(work_item).where(*over).values(customer_id=row_id))
        connection.execute(delete(customer).where(customer.c.id == met_id))
    return row_id


def load(connection: Connection, tenant_id: int, row_id: int) -> Customer | None:
    """Return what is known about a customer, or None."""
    row = connection.execute(
        select(customer).where(customer.c.tenant_id == tenant_id, customer.c.id == row_id)
    ).one_or_none()
    return _customer(row) if row is not None else None


def page(connection: Connection, tenant_id: int, *, after: int, limit: int) -> tuple[Kept, ...]:
    """Return a tenant's customers in the order of their row ids, those behind `after`."""
    rows = connection.execute(
        select(customer)
        .where(customer.c.tenant_id == tenant_id, customer.c.id > after)
        .order_by(customer.c.id)
        .limit(limit)
    )
    return tuple(Kept(row.id, _customer(row)) for row in rows)


def count(connection: Connection, tenant_id: int) -> int:
    """Return how many customers a tenant has."""
    return connection.execute(
        select(func.count()).select_from(customer).where(customer.c.tenant_id == tenant_id)
    ).scalar_one()


def by_external_id(connection: Connection, tenant_id: int, external_id: str) -> Customer | None:
    """Return what is stated about a customer, by the id it was stated under, or None."""
    row_id = _by_external_id(connection, tenant_id, storable(external_id, MAX_ID))
    return load(connection, tenant_id, row_id) if row_id is not None else None


def _by_external_id(connection: Connection, tenant_id: int, external_id: str) -> int | None:
    return connection.execute(
        select(customer.c.id).where(customer.c.tenant_id == tenant_id, customer.c.external_id == external_id)
    ).scalar_one_or_none()


def _insert(connection: Connection, tenant_id: int, known: Customer, now: datetime) -> int:
    values = _values(known, now)
    kept = {name: json.dumps(values[name]) for name in ("attributes", "dates", "collections")}
    key = {"tenant_id": tenant_id, "external_id": storable(known.external_id, 200), "updated_at": instant_text(now)}
    return _INSERT.one(connection, {**values, **kept, **key})


_INSERT: Final = Prepared(insert(customer), [column.name for column in customer.columns if not column.primary_key])


def _values(known: Customer, now: datetime) -> dict[str, Any]:
    return {
        "name": storable_or_none(known.name, 300),
        "email": _email(known.email),
        "phone": storable_or_none(known.phone, 40),
        "locale": storable_or_none(known.locale, 16),
        "attributes": dict(known.attributes),
        "dates": {name: day.isoformat() for name, day in known.dates.items()},
        "collections": {name: [dict(item) for item in items] for name, items in known.collections.items()},
        "updated_at": now,
    }


def _customer(row: Row[Any]) -> Customer:
    collections: Mapping[str, list[dict[str, Any]]] = row.collections
    return Customer(
        external_id=row.external_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        locale=row.locale,
        attributes=row.attributes,
        dates={name: date.fromisoformat(day) for name, day in row.dates.items()},
        collections={name: tuple(items) for name, items in collections.items()},
    )


def _email(given: str | None) -> str | None:
    email = storable_or_none(given, 320)
    return email.strip().casefold() if email is not None else None


def _only_met() -> Any:
    return or_(*(customer.c.external_id.startswith(start) for start in _MET))
