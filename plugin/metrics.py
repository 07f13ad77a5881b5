"""Figures for Prometheus. Labels are connectors, outcomes and states: never a tenant, a ticket or a person."""

from __future__ import annotations

import threading
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from plugin.store import Store, deliveries, outbox

_MAX_EVENT_NAMES: Final = 200
"""Most names of unused event types that get a time series of their own; the rest is counted as `other`."""


class Metrics:
    """The figures of one application; two applications in one process (tests) do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "sidecue_deliveries",
            "Webhook deliveries by what they were answered",
            ["connector", "outcome"],
            registry=self.registry,
        )
        self._unused = Counter(
            "sidecue_events_unused",
            "Genuine events of types that the connector does not use",
            ["connector", "event_type"],
            registry=self.registry,
        )
        self.worked = Counter(
            "sidecue_deliveries_worked", "Deliveries by what became of them", ["outcome"], registry=self.registry
        )
        self.decision_seconds = Histogram(
            "sidecue_decision_seconds",
            "From a ticket's events to its stored decision",
            buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2),
            registry=self.registry,
        )
        self.waited_seconds = Histogram(
            "sidecue_decision_wait_seconds",
            "From the webhook's arrival to the stored decision",
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 300),
            registry=self.registry,
        )
        self.orders = Counter(
            "sidecue_orders",
            "Attempts to write to a helpdesk, by what was to be written and outcome",
            ["connector", "kind", "outcome"],
            registry=self.registry,
        )
        self.inbox = Gauge("sidecue_inbox_deliveries", "Deliveries by state", ["state"], registry=self.registry)
        self.outbox = Gauge(
            "sidecue_outbox_orders", "What is to be written to helpdesks, by state", ["state"], registry=self.registry
        )
        self.rulebook_version = Gauge(
            "sidecue_rulebook_version",
            "Number of the published rulebook that decides here, 0 when the rules come from files",
            registry=self.registry,
        )
        self.rulebooks = Counter(
            "sidecue_rulebooks", "Published rulebooks by what this process did", ["outcome"], registry=self.registry
        )
        self._names: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def count_unused(self, connector: str, event_type: str) -> None:
        """Count an event type that the connector does not use, by its name; names beyond 200 as `other`."""
        name = event_type[:80].encode("utf-8", "replace").decode("utf-8")
        with self._lock:
            if (connector, name) not in self._names:
                if len(self._names) >= _MAX_EVENT_NAMES:
                    name = "other"
                else:
                    self._names.add((connector, name))
        self._unused.labels(connector, name).inc()

    def expose(self, store: Store) -> bytes:
        """Return everything in Prometheus' text format; the inbox and outbox are counted now."""
        with store.read() as connection:
            for state, number in deliveries.counts(connection).items():
                self.inbox.labels(state).set(number)
            for state, number in outbox.counts(connection).items():
                self.outbox.labels(state).set(number)
        return generate_latest(self.registry)
