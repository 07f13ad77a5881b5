"""A real server with a ticket in every state, and the system's Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import panel_cases as cases
import pytest
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import update

from plugin.sessions import sign_link
from plugin.store import Store, customers, decisions, feedback, tickets
from plugin.store.schema import recommendation
from rules.model import Customer, Decision, EventKind, Function, Requester, TicketEvent

AGENT = "Bruna"
CUSTOMER = "500"
LONG_WORDS = "Rechtsschutzversicherungsgesellschaften"


@dataclass(frozen=True)
class Seeded:
    """A running Sidecue whose tenant's tickets were put into the store by hand."""

    sidecue: Any
    tenant: dict[str, Any]
    store: Store = field(repr=False)
    tenant_id: int

    def link(self, ticket: str, *, lang: str = "en", seconds: int = 600, **change: str) -> str:
        """Return the address that a helpdesk would frame."""
        signed = sign_link(
            self.tenant["api_key"], "zendesk", self.tenant["tenant"], ticket, AGENT, int(time.time()) + seconds
        )
        return (
            f"{self.sidecue.url}/sidebar/zendesk/{self.tenant['tenant']}?{urlencode(signed | {'lang': lang} | change)}"
        )

    def decide(self, ticket: str, taken: Decision, kind: EventKind = EventKind.OPENED) -> str:
        """Have a ticket decided so, as a delivery of this kind would."""
        now = datetime.now(UTC)
        event = TicketEvent(
            f"{ticket}-{now.isoformat()}", ticket, kind, now, requester=Requester(CUSTOMER, name="Ana Lima")
        )
        with self.store.write() as connection:
            appended = tickets.append_events(connection, self.tenant_id, ticket, [event], now)
            row = customers.resolve(connection, self.tenant_id, Requester(CUSTOMER), now)
            connection.exec_driver_sql("UPDATE ticket SET customer_id = ? WHERE id = ?", (row, appended.ticket_id))
            return decisions.save(connection, self.tenant_id, appended.ticket_id, cases.moved(taken, now), now)

    def say(self, ticket: str, *states: str) -> None:
        """Set what agents said about a ticket's recommendations."""
        with self.store.write() as connection:
            for row, state in zip(
                decisions.current(connection, self.tenant_id, ticket).recommendations, states, strict=False
            ):
                connection.execute(update(recommendation).where(recommendation.c.id == row.id).values(state=state))

    def correct(self, ticket: str, primary: Function) -> None:
        """Have a colleague correct a ticket."""
        with self.store.write() as connection:
            current = decisions.current(connection, self.tenant_id, ticket)
            tenant = type("Tenant", (), {"id": self.tenant_id})()
            feedback.correct(connection, tenant, current.id, primary, "Rui", datetime.now(UTC))


@pytest.fixture(scope="session")
def seed() -> type[Seeded]:
    """Return what puts tickets into the store of a running Sidecue by hand."""
    return Seeded


@pytest.fixture(scope="session")
def seeded(new_lasting_sidecue: Callable[..., Any]) -> Iterator[Seeded]:
    """Start a server with a ticket in every state."""
    sidecue = new_lasting_sidecue()
    tenant = sidecue.add_tenant(
        "acme", "zendesk", "--locale", "pt-BR", "--api-url", "http://127.0.0.1:9", "--api-token", "a:b"
    )
    store = Store(f"sqlite:///{sidecue.home / 'sidecue.db'}")
    with store.write() as connection:
        tenant_id = connection.exec_driver_sql("SELECT id FROM tenant").scalar_one()
        customers.put(connection, tenant_id, Customer(CUSTOMER, name="Padaria Sol"), datetime.now(UTC))
    made = Seeded(sidecue, tenant, store, tenant_id)
    made.decide("decided", cases.decision())
    made.decide("settled", cases.decision())
    made.say("settled", "accepted", "dismissed", "done")
    made.decide("unsure", cases.unsure())
    made.decide("nothing", cases.nothing_specific())
    made.decide("empty", cases.empty())
    made.decide("corrected", cases.decision())
    made.correct("corrected", Function.ACCOUNT_MANAGEMENT)
    made.decide("long", cases.with_long_words(LONG_WORDS))
    sidecue.start()
    yield made
    store.close()


@dataclass
class Watched:
    """A page, and everything it logged and asked for."""

    page: Page
    logged: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def hand_on(self, origin: str, server: str) -> None:
        """Have the server answer for an https origin: its page may frame nothing of this machine by its own address."""

        def answer(route: Route) -> None:
            route.fulfill(response=route.fetch(url=route.request.url.replace(origin, server)))

        self.page.route(f"{origin}/**", answer)


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[..., Any]]:
    """Return a context manager that opens a page of a size, a colour scheme and a zone, and watches it."""

    @contextmanager
    def open_page(width: int = 360, scheme: str = "light", height: int = 760, **more: Any) -> Iterator[Watched]:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            permissions=["clipboard-read", "clipboard-write"],
            **{"timezone_id": "America/Sao_Paulo"} | more,
        )
        page = context.new_page()
        found = Watched(page)
        page.on("console", lambda message: found.logged.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: found.logged.append(f"error: {error}"))
        page.on("request", lambda request: found.asked.append(request.url))
        try:
            yield found
        finally:
            # What the page still asks for has no answer once the context is gone, and would fail the next test.
            page.unroute_all(behavior="ignoreErrors")
            context.close()

    return open_page
