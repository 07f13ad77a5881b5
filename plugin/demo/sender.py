"""Plays the helpdesk: sends the scenario to the real webhook over HTTP, signed as Zendesk signs.

The first tickets come within seconds, then a few events a minute; after the last one it begins again with new ids,
solving a customer's ticket of the round before first.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import requests

from connectors.zendesk.signature import SIGNATURE, TIMESTAMP, sign
from plugin.demo.scenario import Later, SampleTicket, Scenario
from plugin.store.tenants import Tenant

FIRST_ID: Final = 4701
AT_ONCE: Final = 6
"""How many tickets come in within the first seconds."""
FIRST_PAUSE: Final = 0.6
PAUSE: Final = 14.0
"""Seconds between two events later on, at speed 1."""
FOLLOW_UP_AFTER: Final = 3
"""A follow-up comes after this many other tickets, and none among those that come at once, so that somebody can see the
decision before and after."""
AGENT_ID: Final = "900"
TIMEOUT: Final = 10

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """One event on its way: what kind, about which ticket, and its body."""

    kind: str
    ticket: str
    body: Body


def events(scenario: Scenario, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[Sent]:
    """Yield the scenario's events for ever, in the order in which they come in."""
    open_tickets: dict[tuple[str, str], str] = {}
    numbers = itertools.count(FIRST_ID)
    while True:
        waiting: list[tuple[int, str, SampleTicket, Later]] = []
        for place, ticket in enumerate(scenario.tickets):
            key = (ticket.customer, ticket.subject)
            if key in open_tickets:
                yield _solved(open_tickets.pop(key), ticket, now())
            number = open_tickets[key] = str(next(numbers))
            yield _opened(number, ticket, now())
            waiting += [
                (max(place, AT_ONCE - 1) + FOLLOW_UP_AFTER * turn, number, ticket, later)
                for turn, later in enumerate(ticket.later, 1)
            ]
            for due in [one for one in waiting if one[0] <= place]:
                waiting.remove(due)
                yield _commented(due[1], due[2], due[3], scenario, now())
        for _, number, ticket, later in waiting:
            yield _commented(number, ticket, later, scenario, now())


def pauses(speed: float) -> Iterator[float]:
    """Yield the seconds to wait before each event."""
    yield from itertools.repeat(FIRST_PAUSE, AT_ONCE)
    yield from itertools.repeat(PAUSE / speed)


class Sender:
    """Sends in a thread of its own until told to stop."""

    def __init__(self, address: str, tenant: Tenant, scenario: Scenario, speed: float = 1.0) -> None:
        self._address = address
        self._tenant = tenant
        self._scenario = scenario
        self._speed = speed
        self._stopping = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False  # it speaks to this machine: no proxy, no ~/.netrc
        self._thread = threading.Thread(target=self._run, name="sidecue-demo-sender", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Stop sending."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self._session.close()

    def state_customers(self) -> None:
        """Tell Sidecue about the customers, by its API, as a billing system would."""
        today = datetime.now(UTC).date()
        for customer in self._scenario.customers.values():
            self._session.put(
                f"{self._address}/api/v1/customers/{self._tenant.name}/{customer.id}",
                json=customer.stated(today),
                headers={"Authorization": f"Bearer {self._tenant.api_key}"},
                timeout=TIMEOUT,
            ).raise_for_status()

    def send(self, sent: Sent) -> int:
        """Deliver one event and return the webhook's status."""
        body = json.dumps(sent.body, ensure_ascii=False).encode()
        timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = self._session.post(
            f"{self._address}/webhooks/{self._tenant.connector}/{self._tenant.name}",
            data=body,
            headers={
                "Content-Type": "application/json",
                TIMESTAMP: timestamp,
                SIGNATURE: sign(self._tenant.secrets[0], timestamp, body),
                "X-Zendesk-Webhook-Invocation-Id": uuid4().hex,
            },
            timeout=TIMEOUT,
        )
        return answer.status_code

    def _run(self) -> None:
        stated = False
        for pause, sent in zip(pauses(self._speed), events(self._scenario), strict=False):
            if self._stopping.wait(pause):
                return
            try:
                if not stated:
                    self.state_customers()
                    stated = True
                self.send(sent)
            except requests.RequestException:
                time.sleep(1)  # the server is starting or stopping; a helpdesk would try again too


def _opened(number: str, ticket: SampleTicket, at: datetime) -> Sent:
    return Sent("ticket.created", number, _event("ticket.created", number, ticket, at, status="NEW"))


def _solved(number: str, ticket: SampleTicket, at: datetime) -> Sent:
    body = _event("ticket.status_changed", number, ticket, at, status="SOLVED")
    body["event"] = {"current": "SOLVED", "previous": "OPEN"}
    return Sent("ticket.status_changed", number, body)


def _commented(number: str, ticket: SampleTicket, later: Later, scenario: Scenario, at: datetime) -> Sent:
    body = _event("ticket.comment_added", number, ticket, at, status="OPEN")
    staff = later.by == "agent"
    body["event"] = {
        "comment": {
            "id": uuid4().hex,
            "body": later.text,
            "is_public": True,
            "author": {
                "id": AGENT_ID if staff else ticket.customer,
                "is_staff": staff,
                "name": "Joana" if staff else scenario.customers[ticket.customer].name,
            },
        }
    }
    return Sent("ticket.comment_added", number, body)


def _event(name: str, number: str, ticket: SampleTicket, at: datetime, *, status: str) -> Body:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "type": f"zen:event-type:{name}",
        "account_id": 7_700_001,
        "id": str(uuid4()),
        "time": moment,
        "zendesk_event_version": "2022-11-06",
        "subject": f"zen:ticket:{number}",
        "detail": {
            "id": number,
            "subject": ticket.subject,
            "description": ticket.text,
            "status": status,
            "priority": (ticket.priority or "normal").upper(),
            "requester_id": ticket.customer,
            "assignee_id": None,
            "group_id": "0",
            "tags": [],
            "via": {"channel": ticket.channel},
            "created_at": moment if name == "ticket.created" else None,
            "updated_at": moment,
        },
        "event": {},
    }
