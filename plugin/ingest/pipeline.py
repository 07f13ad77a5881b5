"""One delivery, from its raw body to the stored decision.

    make whole -> parse -> append events -> drop what is ours -> fold -> customer -> signals -> facts -> decide -> store

Everything a delivery changes is written in one transaction that first checks the lease: whoever lost it writes nothing,
so that "at least once" on the way in is "exactly once" in the store.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Unpack

import structlog
from sqlalchemy import Connection

from connectors.base import Delivery
from connectors.registry import LoadedConnector
from plugin.budgets import Budgets
from plugin.ingest.gist import gist
from plugin.ingest.hydration import made_whole
from plugin.judges import DeciderHolder, Judges
from plugin.metrics import Metrics
from plugin.outbox import orders
from plugin.outbox.ways import way_of
from plugin.sac.attendances import attendance, is_regulated
from plugin.store import Store, customers, decisions, deliveries, outbox, ticket_names, tickets, work
from plugin.store.deliveries import Leased, Outcome
from plugin.store.tenants import Tenant
from plugin.store.tickets import TicketRow
from rules import facts as facts_module
from rules.errors import EventUnsupported, FactsInvalid, PayloadInvalid
from rules.facts import Value
from rules.folding import customer_texts, fold
from rules.model import Customer, Decision, PastTicket, Ticket, TicketChanges, TicketEvent
from rules.obligations import values_of, wake_at
from rules.signals import SpokenText

HISTORY: Final = timedelta(days=31)
"""How far back closed tickets count; no history field of the vocabulary looks back further."""
MOST_SIBLINGS: Final = 20
"""How many other open tickets of a customer are decided again when one of them changed."""
_ACCEPTANCE_SECONDS: Final = 30.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What deciding one ticket led to. `spread`: what decisions about other tickets see has changed."""

    customer_id: int | None
    spread: bool


class Pipeline:
    """Works deliveries. Holds no state of any ticket; used by one worker thread or several."""

    def __init__(
        self,
        store: Store,
        connectors: Mapping[str, LoadedConnector],
        holder: DeciderHolder,
        metrics: Metrics,
        budgets: Budgets,
    ) -> None:
        self._store = store
        self._connectors = connectors
        self._holder = holder
        self._metrics = metrics
        self._budgets = budgets
        self._acceptance: dict[int, tuple[float, dict[str, tuple[int, int]]]] = {}

    def work(self, leased: Leased, tenant: Tenant, owner: str, now: datetime) -> str:
        """Work one leased delivery and return what became of it: decided, ignored, unreadable, or lost (the lease).

        Anything it raises has changed nothing. Raise HelpdeskFailed when what the delivery names cannot be fetched.
        """
        if leased.again is not None:
            return self._again(leased, leased.again, tenant, owner, now)
        started = time.perf_counter()
        try:
            events = self._read(leased, tenant)
        except EventUnsupported as unsupported:
            return self._finish(
                leased, owner, now, "ignored", event_type=unsupported.event_type, error=unsupported.text
            )
        except PayloadInvalid as error:
            return self._finish(leased, owner, now, "unreadable", error=error.text)
        with self._store.write() as connection:
            if not deliveries.holds(connection, leased.id, owner, now):
                return "lost"
            events = ticket_names.resolved(connection, tenant.id, events)
            kept = self.take_in(connection, tenant, events, now)
            outcome = "decided" if kept else "ignored"
            deliveries.finish(
                connection,
                leased.id,
                outcome,
                now,
                event_type=events[0].kind.value if events else None,
                ticket=events[0].ticket_id if events else None,
            )
        self._metrics.decision_seconds.observe(time.perf_counter() - started)
        self._metrics.waited_seconds.observe(max(0.0, (now - leased.received_at).total_seconds()))
        return outcome

    def asks_the_helpdesk(self, leased: Leased, tenant: Tenant) -> bool:
        """Tell whether this delivery may have to be made whole first: that takes as long as the helpdesk takes."""
        return leased.again is None and self._connectors[tenant.connector].hook("hydrate") is not None

    def _read(self, leased: Leased, tenant: Tenant) -> Sequence[TicketEvent]:
        loaded, installation = self._connectors[tenant.connector], self._budgets.installation(tenant)
        delivery = Delivery(leased.body, leased.headers, leased.received_at)
        return loaded.module.parse(made_whole(loaded, delivery, installation), installation)

    def take_in(self, connection: Connection, tenant: Tenant, events: Sequence[TicketEvent], now: datetime) -> bool:
        """Append events to their tickets and decide those that changed. False when all of it was our own notes."""
        mine: dict[str, list[TicketEvent]] = {}
        for event in self._without_our_own(connection, tenant.id, events):
            mine.setdefault(event.ticket_id, []).append(event)
        for external_id, happened in mine.items():
            appended = tickets.append_events(connection, tenant.id, external_id, happened, now)
            names = dict.fromkeys(name for event in happened for name in event.known_as)
            ticket_names.remember(connection, tenant.id, appended.ticket_id, names)
            if appended.new:
                self._decide_customer(connection, tenant, appended.ticket_id, now)
        return bool(mine)

    def decide_again(
        self, connection: Connection, tenant: Tenant, customer_id: int, now: datetime, *, but: int | None = None
    ) -> int:
        """Have a customer's open tickets decided again, because what is known of the customer changed.

        Return how many. Each is work of its own, asked for in this transaction: many changes at once lead to one
        decision, and none holds the store for longer than one ticket takes. Wake the worker afterwards.
        """
        ids = tickets.open_of_customer(connection, tenant.id, customer_id, but=but, limit=MOST_SIBLINGS)
        for ticket_id in ids:
            deliveries.ask_again(connection, tenant.id, ticket_id, now)
        return len(ids)

    def wake(self, now: datetime) -> int:
        """Have every ticket decided again whose clock says so, and return how many: each is work of its own."""
        with self._store.read() as connection:
            if not tickets.any_woken(connection, now):
                return 0
        with self._store.write() as connection:
            woken = tickets.take_woken(connection, now)
            for tenant_id, ticket_id in woken:
                deliveries.ask_again(connection, tenant_id, ticket_id, now)
        return len(woken)

    def _again(self, leased: Leased, ticket_id: int, tenant: Tenant, owner: str, now: datetime) -> str:
        with self._store.write() as connection:
            if not deliveries.holds(connection, leased.id, owner, now):
                return "lost"
            if (row := tickets.by_id(connection, tenant.id, ticket_id)) is not None:
                self._decide(connection, tenant, row, now, happened=False)
            deliveries.forget(connection, leased.id)
        return "again"

    def _finish(self, leased: Leased, owner: str, now: datetime, state: str, **more: Unpack[Outcome]) -> str:
        with self._store.write() as connection:
            if not deliveries.holds(connection, leased.id, owner, now):
                return "lost"
            deliveries.finish(connection, leased.id, state, now, **more)
        return state

    def _without_our_own(
        self, connection: Connection, tenant_id: int, events: Iterable[TicketEvent]
    ) -> Iterable[TicketEvent]:
        """Yield the events without the notes we posted and the tags we set; one that is a note of ours alone is not.

        Only references that we issued count: a customer who writes one that looks like ours silences nothing.
        """
        for told in events:
            event = _without_our_tags(told)
            kept = tuple(
                message
                for message in event.messages
                if message.note_ref is None or not outbox.knows(connection, tenant_id, message.note_ref)
            )
            if len(kept) == len(event.messages):
                yield event
            elif kept or event.changes != TicketChanges():
                yield replace(event, messages=kept)

    def _decide_customer(self, connection: Connection, tenant: Tenant, ticket_id: int, now: datetime) -> None:
        """Decide a ticket, and have the customer's other open ones follow when they would see a difference."""
        row = tickets.by_id(connection, tenant.id, ticket_id)
        assert row is not None  # noqa: S101 - its row is held by this transaction
        judged = self._decide(connection, tenant, row, now)
        if judged.spread:
            for customer_id in {row.customer_id, judged.customer_id} - {None}:
                assert customer_id is not None  # noqa: S101 - taken out above
                self.decide_again(connection, tenant, customer_id, now, but=ticket_id)

    def _decide(
        self, connection: Connection, tenant: Tenant, row: TicketRow, now: datetime, *, happened: bool = True
    ) -> _Judged:
        """Decide one ticket and keep what is new. `happened`: there are new events, not only news of other tickets."""
        ticket_id = row.id
        events = tickets.events_of(connection, tenant.id, ticket_id)
        folded = fold(events)
        customer_id = (
            customers.resolve(connection, tenant.id, folded.requester, now) if folded.requester is not None else None
        )
        judges = self._holder.judges()
        decision = self._judge(judges, connection, tenant, row, folded, events, customer_id, now)
        digest: dict[str, Any] = {
            "signals": sorted(decision.facts.signals),
            "severity": decision.trace.derived.get("severity"),
            "primary": decision.primary.value,
            "reopen_count": folded.reopen_count,
        }
        spread = digest != row.digest or customer_id != row.customer_id or folded.status.is_open != row.is_open
        if spread or folded.updated_at != row.updated_at:
            tickets.save_ticket(
                connection, tenant.id, ticket_id, folded, customer_id=customer_id, digest=digest, now=now
            )
        current = decisions.current_of(connection, tenant.id, ticket_id)
        if current is not None and gist(current.decision, history=happened) == gist(decision, history=happened):
            return _Judged(customer_id, spread)
        decisions.save(connection, tenant.id, ticket_id, decision, now, rulebook_version=judges.version)
        self._tell_the_helpdesk(connection, tenant, row.external_id, now)
        log.info("ticket decided", tenant=tenant.name, ticket=row.external_id, primary=decision.primary.value)
        return _Judged(customer_id, spread)

    def _tell_the_helpdesk(self, connection: Connection, tenant: Tenant, ticket: str, now: datetime) -> None:
        back = tenant.back
        if not (back.tags or back.field_name or back.notes == "decided"):
            return
        way = way_of(tenant, self._connectors[tenant.connector])
        if way is None:
            return
        stored = decisions.current(connection, tenant.id, ticket)
        assert stored is not None  # noqa: S101 - saved in this transaction
        orders.decided(connection, tenant, way, stored, now=now)

    def _judge(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
        self,
        judges: Judges,
        connection: Connection,
        tenant: Tenant,
        row: TicketRow,
        folded: Ticket,
        events: Sequence[TicketEvent],
        customer_id: int | None,
        now: datetime,
    ) -> Decision:
        spoken = [SpokenText(*text) for text in customer_texts(folded)]
        reading = judges.reader.read(spoken, folded.language)
        customer: Customer | None = None
        others: tuple[PastTicket, ...] = ()
        contacts: list[dict[str, Any]] = []
        if customer_id is not None:
            customer = customers.load(connection, tenant.id, customer_id)
            others = tickets.others_of_customer(connection, tenant.id, customer_id, row.id, now - HISTORY)
            contacts = decisions.contacts_of_customer(connection, tenant.id, customer_id, now, but=row.id)
            taken_up = work.contacts_of_customers(connection, tenant.id, (customer_id,), now, live=True)
            contacts += taken_up.get(customer_id, [])
        clocks: Mapping[str, Value] = {}
        if is_regulated(tenant, customer):
            held = attendance(connection, tenant, row.id, folded, events, reading.hits, now)
            clocks = values_of(held, now)
            tickets.wake(connection, row.id, wake_at(held, now))
        else:
            tickets.wake(connection, row.id, None)
        history = (others, contacts, reading.signals, reading.language, tenant.regulated, now, clocks)
        try:
            facts = facts_module.build(folded, customer, *history)
        except FactsInvalid as error:
            if customer is None:
                raise
            # A wrong figure about a customer must not hold the customer's tickets back: they are decided without it.
            log.warning(
                "customer facts invalid", tenant=tenant.name, customer=customer_id, field=str(error).partition(":")[0]
            )
            facts = facts_module.build(folded, replace(customer, attributes={}, dates={}, collections={}), *history)
        return judges.decider.decide(
            facts,
            hits=reading.hits,
            language=reading.language,
            text_truncated=reading.truncated,
            acceptance=self._accepted(connection, tenant.id),
        )

    def _accepted(self, connection: Connection, tenant_id: int) -> Mapping[str, tuple[int, int]]:
        """Return how often each action was accepted, at most half a minute old: it changes slowly and costs a scan."""
        held = self._acceptance.get(tenant_id)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        counted = decisions.acceptance(connection, tenant_id)
        self._acceptance[tenant_id] = (time.monotonic() + _ACCEPTANCE_SECONDS, counted)
        return counted


def _without_our_tags(event: TicketEvent) -> TicketEvent:
    """Return the event without tags of ours: what we decided must not be a reason for the next decision."""
    tags = event.changes.tags
    if tags is None or not any(tag.startswith(orders.TAG) for tag in tags):
        return event
    kept = frozenset(tag for tag in tags if not tag.startswith(orders.TAG))
    return replace(event, changes=replace(event.changes, tags=kept))
