"""One turn: every customer of a tenant evaluated as a ticket is, by the same rules, and the queue brought up to date.

Customers are read in pages and decided outside of any transaction; what changes is written a page at a time, in a
transaction that first checks the turn. A turn that ends early leaves whole pages behind, and the next one goes over all
of them again: what is as it should be is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from plugin.judges import Judges
from plugin.proactive.reconcile import Changes, reconcile
from plugin.sac.attendances import is_regulated
from plugin.store import Store, customers, decisions, tickets, turns, work
from plugin.store.customers import Kept
from plugin.store.tenants import Tenant
from rules import facts as facts_module
from rules.decide.apart import give_way
from rules.errors import FactsInvalid
from rules.model import Decision
from rules.text import Text

PAGE: Final = 200
HISTORY: Final = timedelta(days=31)
"""As for tickets: no history field looks back further."""

log = structlog.get_logger(__name__)


class TurnTaken(Exception):
    """Another process evaluates this tenant's customers now."""


class TurnLost(Exception):
    """The turn went to another process, because this one said nothing for too long. It goes on where this one ends."""


@dataclass(slots=True)
class Tally:
    """What a turn came to. `invalid` are customers whose stated facts do not fit, by their ids, with what is wrong."""

    customers: int = 0
    opened: int = 0
    renewed: int = 0
    gone: int = 0
    waiting: int = 0
    invalid: list[tuple[str, Text]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Evaluated:
    customer_id: int
    decision: Decision
    changes: Changes


def evaluate(  # noqa: PLR0913 - by keyword
    store: Store,
    tenant: Tenant,
    judges: Judges,
    *,
    owner: str,
    now: datetime,
    clock: Callable[[], datetime],
    every: timedelta | None = None,
    advance: Callable[[int], None] = lambda _number: None,
    between: Callable[[], bool] = lambda: True,
) -> Tally:
    """Evaluate a tenant's customers as of `now`; leases go by `clock`.

    `advance` is told how many were done, `between` is asked after each page whether to go on.
    Raise TurnTaken when it is another process's turn (or too soon, with `every`), TurnLost when it became so.
    """
    with store.write() as connection:
        if not turns.take(connection, tenant.id, owner, clock(), every=every):
            raise TurnTaken
    tally = Tally()
    finished = False
    try:
        finished = _turn(store, tenant, judges, owner, now, clock, tally, advance, between)
    finally:
        with store.write() as connection:
            turns.give_back(connection, tenant.id, owner, clock(), finished=finished)
            tally.waiting = sum(work.counts(connection, tenant.id).values())
    return tally


def _turn(  # noqa: PLR0913, PLR0917 - as evaluate
    store: Store,
    tenant: Tenant,
    judges: Judges,
    owner: str,
    now: datetime,
    clock: Callable[[], datetime],
    tally: Tally,
    advance: Callable[[int], None],
    between: Callable[[], bool],
) -> bool:
    after = 0
    while True:
        with store.read() as connection:
            page = customers.page(connection, tenant.id, after=after, limit=PAGE)
            evaluated = list(_evaluated(connection, tenant, judges, page, now, tally))
        if not page:
            return True
        after = page[-1].id
        with store.write() as connection:
            if not turns.holds(connection, tenant.id, owner, clock()):
                raise TurnLost
            for one in evaluated:
                _apply(connection, tenant, one, judges.version, now, tally)
        tally.customers += len(page)
        advance(len(page))
        if not between():
            return False


def _evaluated(  # noqa: PLR0913, PLR0917 - as evaluate
    connection: Connection, tenant: Tenant, judges: Judges, page: Sequence[Kept], now: datetime, tally: Tally
) -> Iterator[_Evaluated]:
    """Decide a page of customers; who needs no change is left out."""
    ids = [kept.id for kept in page]
    live = work.live_of(connection, tenant.id, ids)
    done = work.contacts_of_customers(connection, tenant.id, ids, now, live=False)
    shown = decisions.contacts_of_customers(connection, tenant.id, ids, now)
    elsewhere = work.shown_on_open_tickets(connection, tenant.id, ids)
    contacted = work.last_contacts(connection, tenant.id, ids)
    past = tickets.of_customers(connection, tenant.id, ids, now - HISTORY)
    for kept in page:
        contacts = [*shown.get(kept.id, ()), *done.get(kept.id, ())]
        regulated = is_regulated(tenant, kept.customer)
        history = (past.get(kept.id, ()), contacts, contacted.get(kept.id), regulated, now)
        try:
            facts = facts_module.scheduled(kept.customer, *history)
        except FactsInvalid as error:
            # A wrong figure must not hide what the rest says: the customer is evaluated without what is stated.
            tally.invalid.append((kept.customer.external_id, error.text))
            log.warning("customer facts invalid", tenant=tenant.name, customer=kept.id)
            bare = replace(kept.customer, attributes={}, dates={}, collections={})
            facts = facts_module.scheduled(bare, *history)
        decision = give_way(
            judges.decider.decide(facts, language=tenant.locale),
            elsewhere.get(kept.id, frozenset()),
            judges.rulebook.actions,
        )
        changes = reconcile(decision, live.get(kept.id, ()), done.get(kept.id, ()))
        if changes != Changes():
            yield _Evaluated(kept.id, decision, changes)


def _apply(  # noqa: PLR0913, PLR0917 - as evaluate
    connection: Connection, tenant: Tenant, one: _Evaluated, version: int | None, now: datetime, tally: Tally
) -> None:
    for item in one.changes.gone:
        work.let_go(connection, item, now)
        tally.gone += 1
    if not one.changes.needs_evaluation:
        return
    kept = work.keep_evaluation(connection, tenant.id, one.customer_id, one.decision, version)
    for item, recommendations in one.changes.renewed:
        work.renew(connection, item, kept, recommendations, now)
        tally.renewed += 1
    for function, recommendations in one.changes.opened:
        opened = work.open_item(connection, tenant.id, one.customer_id, function, kept, recommendations, now)
        tally.opened += opened
