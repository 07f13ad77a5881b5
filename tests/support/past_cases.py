"""A past that is imported into an application on the small rulebook, and what stands in the store then."""

from dataclasses import replace
from datetime import timedelta

from plugin_cases import SIGNALS, START, small_rulebook
from sqlalchemy import select

from plugin.importing.deciding import Desk, decide
from plugin.importing.rows import Batch, event_of
from plugin.importing.rows import Clock as RowClock
from plugin.importing.taking import Tally, take
from plugin.judges import Judges
from plugin.store import history
from plugin.store.history import Period
from plugin.store.schema import metadata
from rules.decide import Decider, from_canonical
from rules.signals import SignalReader

BOOK = replace(small_rulebook(), signals={found.name: found for found in SIGNALS})
DAY = timedelta(days=1)


def judges_of_book():
    return Judges(Decider(BOOK), SignalReader(SIGNALS))


def row(ticket, days_ago, text, **more):
    return {"ticket": ticket, "sent_at": (START - days_ago * DAY).isoformat(), "text": text, "requester": "500", **more}


def bring(services, tenant, rows, size=1000):
    tally = Tally()
    events = [event_of(one, RowClock(START)) for one in rows]
    parts = [Batch(tuple(events[at : at + size]), (), 1) for at in range(0, len(events), size)]
    take(services.store, tenant.id, parts, tally, lambda _bytes: None)
    return tally


def settle(services, tenant, workers=1):
    desk = Desk(services.store.url, tenant.id, tenant.regulated, BOOK, None)
    return decide(services.store, desk, workers=workers, advance=lambda _tickets: None)


def contents(services):
    """Everything in the database."""
    with services.store.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }


def past(services, tenant):
    with services.store.read() as connection:
        found = list(history.decisions(connection, Period(tenant.id)))
    return {one.ticket: from_canonical(one.document) for one in found}
