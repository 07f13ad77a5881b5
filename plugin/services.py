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
from plugin.budgets import Budgets
from plugin.clock import utc_now
from plugin.config import Settings
from plugin.directory import Directory
from plugin.ingest.inbox import Inbox
from plugin.ingest.pipeline import Pipeline
from plugin.ingest.traffic import Traffic
from plugin.ingest.worker import Worker
from plugin.judges import DeciderHolder, Judges, judges_of_files
from plugin.metrics import Metrics
from plugin.outbox.sender import Sender
from plugin.proactive.scheduler import Scheduler
from plugin.publish.archive import files_layers
from plugin.publish.books import Books
from plugin.publish.watch import BookWatch
from plugin.store import Store, tenants
from plugin.vault import Vault
from plugin.what_if import WhatIfDesk


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one running application. `now` is its clock (tests put another one in)."""

    settings: Settings
    store: Store
    vault: Vault
    connectors: Mapping[str, LoadedConnector]
    decider_holder: DeciderHolder
    books: Books
    book_watch: BookWatch
    directory: Directory
    metrics: Metrics
    traffic: Traffic
    inbox: Inbox
    pipeline: Pipeline
    worker: Worker
    sender: Sender
    what_if: WhatIfDesk
    scheduler: Scheduler
    now: Callable[[], datetime]

    @classmethod
    def build(
        cls,
        settings: Settings,
        now: Callable[[], datetime] = utc_now,
        judges: Callable[[], Judges] | None = None,
        connectors: Mapping[str, LoadedConnector] | None = None,
    ) -> Services:
        """Make every part. Nothing is started, and the database is not touched yet.

        `judges` makes the rulebook that counts until one is published, in place of the shipped packs under the
        tenant's; `connectors` stand in for those that are found.
        """
        store = Store(settings.database_url)
        vault = Vault(settings.secret_key)
        connectors = connectors if connectors is not None else registry.discover()
        directory = Directory(store, vault, now)
        metrics = Metrics()
        books = Books(store, settings.home, metrics, judges or (lambda: judges_of_files(settings.packs)))
        traffic = Traffic(settings.threads)
        owner = process_name()
        inbox = Inbox(store, owner)
        budgets = Budgets(connectors)
        pipeline = Pipeline(store, connectors, books.holder, metrics, budgets)
        return cls(
            settings=settings,
            store=store,
            vault=vault,
            connectors=connectors,
            decider_holder=books.holder,
            books=books,
            book_watch=BookWatch(books),
            directory=directory,
            metrics=metrics,
            traffic=traffic,
            inbox=inbox,
            pipeline=pipeline,
            worker=Worker(inbox, pipeline, directory, metrics, traffic, now),
            sender=Sender(store, connectors, directory, metrics, budgets, owner, now),
            what_if=WhatIfDesk(books.holder),
            scheduler=Scheduler(store, vault, books.holder, traffic, owner, now, settings.proactive_minutes),
            now=now,
        )

    def start(self) -> None:
        """Import the connectors in use, load the rulebook, free what dead processes left behind; start every thread."""
        with self.store.read() as connection:
            used = tenants.connectors_in_use(connection)
        for name in sorted(used & self.connectors.keys()):
            _ = self.connectors[name].module  # one that is not whole stops the start
        self.decider_holder.judges()
        self.books.compare(files_layers(self.settings.packs))
        self.book_watch.start()
        self.worker.start()
        self.sender.start()
        self.scheduler.start()

    def stop(self, seconds: float = 8.0) -> bool:
        """Let worker, sender and schedule finish what they hold; return whether all did in time."""
        self.book_watch.ask_to_stop()
        self.worker.ask_to_stop()
        self.sender.ask_to_stop()
        self.scheduler.ask_to_stop()
        stopped = self.worker.join(seconds / 2) & self.sender.join(seconds / 2)
        stopped &= self.scheduler.join(1)
        self.book_watch.join(1)
        self.store.close()
        return stopped


def process_name() -> str:
    """Return what this process signs its leases with: host, process id, and something no other process has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(6)}"


def services() -> Services:
    """Return the services of the application that answers the present request."""
    return cast("Services", current_app.extensions["sidecue"])
