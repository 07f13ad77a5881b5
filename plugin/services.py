"""Everything a request or a worker needs, made once per process and reached through `services()`."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from connectors import registry
from connectors.registry import LoadedConnector
from plugin.clock import utc_now
from plugin.config import Settings
from plugin.directory import Directory
from plugin.ingest.inbox import Inbox
from plugin.ingest.pipeline import Pipeline
from plugin.ingest.traffic import Traffic
from plugin.ingest.worker import Worker
from plugin.judges import DeciderHolder, Judges, judges_of
from plugin.metrics import Metrics
from plugin.outbox.sender import Sender
from plugin.store import Store
from plugin.vault import Vault


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one running application. `now` is its clock (tests put another one in)."""

    settings: Settings
    store: Store
    vault: Vault
    connectors: Mapping[str, LoadedConnector]
    decider_holder: DeciderHolder
    directory: Directory
    metrics: Metrics
    traffic: Traffic
    inbox: Inbox
    pipeline: Pipeline
    worker: Worker
    sender: Sender
    now: Callable[[], datetime]

    @classmethod
    def build(
        cls,
        settings: Settings,
        now: Callable[[], datetime] = utc_now,
        judges: Callable[[], Judges] | None = None,
    ) -> Services:
        """Make every part. Nothing is started, and the database is not touched yet.

        `judges` makes another rulebook's than the shipped packs under the tenant's.
        """
        store = Store(settings.database_url)
        vault = Vault(settings.secret_key)
        connectors = registry.discover()
        holder = DeciderHolder(judges or (lambda: judges_of(settings.packs)))
        directory = Directory(store, vault)
        metrics = Metrics()
        traffic = Traffic()
        owner = process_name()
        inbox = Inbox(store, owner)
        pipeline = Pipeline(store, connectors, holder, metrics)
        return cls(
            settings=settings,
            store=store,
            vault=vault,
            connectors=connectors,
            decider_holder=holder,
            directory=directory,
            metrics=metrics,
            traffic=traffic,
            inbox=inbox,
            pipeline=pipeline,
            worker=Worker(inbox, pipeline, directory, metrics, traffic, now),
            sender=Sender(store, connectors, directory, metrics, owner, now),
            now=now,
        )

    def start(self) -> None:
        """Load the rulebook, free what dead processes left behind, and start worker and sender."""
        self.decider_holder.judges()
        self.worker.start()
        self.sender.start()

    def stop(self, seconds: float = 8.0) -> bool:
        """Let worker and sender finish what they hold; return whether both did in time."""
        self.worker.ask_to_stop()
        self.sender.ask_to_stop()
        stopped = self.worker.join(seconds / 2) & self.sender.join(seconds / 2)
        self.store.close()
        return stopped


def process_name() -> str:
    """Return what this process signs its leases with: host, process id, and something no other process has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(6)}"


def services() -> Services:
    """Return the services of the application that answers the present request."""
    return cast("Services", current_app.extensions["sidecue"])
