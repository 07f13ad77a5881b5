"""A real application on a small rulebook, and webhooks signed as Zendesk signs them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from decide_books import action, book, recommends, said, suppresses, text, votes

from plugin import create_app
from plugin.config import Settings
from plugin.judges import Judges
from plugin.services import Services
from plugin.store import Store, tenants
from rules.decide import Decider
from rules.rulebook import Function, Kind, Origin, Signal, SignalExamples
from rules.signals import SignalReader

SECRET = "a-secret-of-the-tenant-acme-long-enough"
START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
KEY = "0123456789abcdef" * 3


def plain_logs():
    """Log as structlog does by itself, but for tracebacks: with the values of all variables one takes half a second."""
    structlog.reset_defaults()
    told = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], told])


plain_logs()


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=START):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


def signal(name, pt_br, en):
    return Signal(
        name=name,
        title=text(name),
        phrases={"pt-BR": (pt_br,), "en": (en,)},
        not_when={"pt-BR": (), "en": ()},
        negatable=False,
        clears=(),
        examples={"pt-BR": SignalExamples((), ()), "en": SignalExamples((), ())},
        origin=Origin("test", 1),
    )


SIGNALS = (
    signal("cancel_intent", "quero ~2 cancelar", "want ~2 cancel"),
    signal("outage", "fora do ar", "system is down"),
    signal("wants_upgrade", "mais usuários", "more seats"),
)


def small_rulebook():
    """Cancelling is success' work, an outage support's, more seats account management's; no sale while cancelling."""
    return book(
        votes("t.cancel", said("cancel_intent"), success=4),
        votes("t.outage", said("outage"), support=4),
        votes("t.seats", said("wants_upgrade"), account_management=4),
        recommends("t.talk", "t.listen", said("cancel_intent")),
        recommends("t.fix", "t.restore", said("outage")),
        recommends("t.sell", "t.more_seats", said("wants_upgrade")),
        suppresses("t.no_sale", said_anywhere("cancel_intent"), kinds=(Kind.UPSELL,)),
        action("t.listen", Kind.RETAIN, function=Function.SUCCESS),
        action("t.restore", Kind.RESOLVE),
        action("t.more_seats", Kind.UPSELL, function=Function.ACCOUNT_MANAGEMENT),
    )


def said_anywhere(name):
    """On this ticket or on another open one of the customer."""
    from rules.conditions import AnyOf, Exists, Op, Test  # noqa: PLC0415 - one use

    return AnyOf((said(name), Exists("open_tickets", Test("signals", Op.HAS, name))))


@cache
def small_judges():
    """The judges of the small rulebook. They cannot be changed, so the same ones serve all."""
    return Judges(Decider(small_rulebook()), SignalReader(SIGNALS))


def new_settings(folder, **more):
    return Settings(home=folder, database_url=f"sqlite:///{folder / 'sidecue.db'}", secret_key=KEY, **more)


def new_services(folder, clock, judges=small_judges, connectors=None, **more):
    lay_database(folder / "sidecue.db")
    made = Services.build(new_settings(folder, **more), now=clock, judges=judges, connectors=connectors)
    made.store.upgrade()
    return made


def lay_database(path):
    """Make a database as `Store.upgrade` makes it, where there is none: most tests need one, few look at its making."""
    if not path.exists():
        path.touch(0o600)
        path.write_bytes(_database())


@cache
def _database():
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sidecue.db"
        store = Store(f"sqlite:///{path}")
        store.upgrade()
        store.close()
        return path.read_bytes()


def new_tenant(services, name="acme", connector="zendesk", secret=SECRET, **more):
    with services.store.write() as connection:
        return tenants.add(
            connection,
            services.vault,
            name=name,
            connector=connector,
            secrets=(secret,),
            api_key=secret,
            now=services.now(),
            **more,
        )


def new_app(services):
    return create_app(services=services)


def opened(ticket="7", words="Quero cancelar o contrato", *, event="ev-1", at=START, requester="500", **detail):
    """A `ticket.created` as Zendesk writes it."""
    stamp = at.isoformat().replace("+00:00", "Z")
    return {
        "type": "zen:event-type:ticket.created",
        "account_id": 1,
        "id": event,
        "time": stamp,
        "zendesk_event_version": "2022-11-06",
        "subject": f"zen:ticket:{ticket}",
        "detail": {
            "id": ticket,
            "subject": "Contrato",
            "description": words,
            "status": "NEW",
            "priority": "NORMAL",
            "requester_id": requester,
            "created_at": stamp,
            "updated_at": stamp,
            "tags": [],
            "via": {"channel": "email"},
            **detail,
        },
        "event": {},
    }


def commented(ticket="7", words="Alguma novidade?", *, event="ev-2", at=START, staff=False, public=True, comment="c-1"):
    """A `ticket.comment_added` as Zendesk writes it."""
    payload = opened(ticket, event=event, at=at)
    payload["type"] = "zen:event-type:ticket.comment_added"
    payload["event"] = {
        "comment": {"id": comment, "body": words, "is_public": public, "author": {"id": "9", "is_staff": staff}}
    }
    return payload


def signed(body, *, secret=SECRET, at=START):
    """The headers of a genuine delivery of these bytes."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = hmac.digest(secret.encode(), stamp.encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "X-Zendesk-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }


def deliver(client, payload, *, tenant="acme", secret=SECRET, at=START):
    """Post a payload (or raw bytes) as the helpdesk does."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return client.post(f"/webhooks/zendesk/{tenant}", data=body, headers=signed(body, secret=secret, at=at))
