"""`/demo`: an inbox of living tickets, the conversation, and the sidebar framed as a helpdesk frames it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Connection

from plugin.demo.desk import TENANT, Notes
from plugin.demo.watch import Happened, Watch
from plugin.i18n import Words, words
from plugin.services import Services, services
from plugin.sessions import sign_link
from plugin.sidebar.assets import assets, serving
from plugin.sidebar.names import Names
from plugin.store import customers, decisions, tickets
from plugin.store.tenants import Tenant
from plugin.store.tickets import TicketRow
from rules.folding import fold
from rules.model import Author, Ticket
from rules.text import LOCALES, Locale, locale_for

ASSETS: Final = "/assets/demo"
STATIC: Final = Path(__file__).parent / "static"
AGENT: Final = "Joana"
MOST_TICKETS: Final = 40
LINK_FOR: Final = timedelta(hours=1)

_environment: Final = Environment(
    loader=PackageLoader("plugin.demo"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)


def demo_blueprint(notes: Notes, watch: Watch) -> Blueprint:
    """Return the demo's pages."""
    blueprint = Blueprint("demo", __name__)
    blueprint.register_blueprint(serving("demo-files", ASSETS, STATIC))
    inbox = Inbox()

    @blueprint.get("/demo")
    def page() -> Response:
        t = words(_locale())
        nonce = secrets.token_urlsafe(12)
        html = _environment.get_template("demo/page.html").render(
            t=t,
            nonce=nonce,
            locales=LOCALES,
            asset=lambda name: f"{ASSETS}/{assets(STATIC)[name].digest}/{name}",
            sprite=_sprite(),
            config={"locale": t.locale, "words": t.group("demo"), "functions": t.group("function")},
        )
        answer = Response(html, content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src data:; "
            "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @blueprint.get("/demo/state.json")
    def state() -> Response:
        here = services()
        tenant = _tenant(here)
        t = words(_locale())
        answer = jsonify(
            {
                "tickets": inbox.listed(here, tenant),
                "happened": [_told(here, tenant, t, one) for one in watch.last()],
                "conversation": _conversation(here, tenant, notes, request.args.get("ticket", "")),
            }
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @blueprint.get("/demo/panel")
    def panel() -> Response:
        """Send the frame to the sidebar by a link signed as a helpdesk signs it."""
        here = services()
        tenant = _tenant(here)
        ticket = request.args.get("ticket") or abort(400)
        until = here.now() + LINK_FOR
        link = sign_link(tenant.api_key, tenant.connector, tenant.name, ticket, AGENT, until)
        query = urlencode({**link, "lang": _locale()})
        return Response(status=303, headers={"Location": f"/sidebar/{tenant.connector}/{tenant.name}?{query}"})

    return blueprint


def _locale() -> Locale:
    preferred = request.accept_languages.best_match(("pt-BR", "pt", "en"))
    return locale_for(request.args.get("lang") or preferred, default="en")


def _tenant(here: Services) -> Tenant:
    return here.directory.by_name(TENANT) or abort(404)


def _sprite() -> str:
    return PackageLoader("plugin.sidebar").get_source(_environment, "sidebar/_icons.html")[0].split("#}", 1)[1]


class Inbox:
    """The list of tickets. A ticket is read again only when its revision changed."""

    def __init__(self) -> None:
        self._read: dict[int, tuple[int, dict[str, Any]]] = {}

    def listed(self, here: Services, tenant: Tenant) -> list[dict[str, Any]]:
        """Return the tickets, the ones that changed last first."""
        with here.store.read() as connection:
            rows = tickets.listing(connection, tenant.id, MOST_TICKETS)
            self._read = {row.id: self._of(connection, tenant, row) for row in rows}
        return [summary for _, summary in self._read.values()]

    def _of(self, connection: Connection, tenant: Tenant, row: TicketRow) -> tuple[int, dict[str, Any]]:
        held = self._read.get(row.id)
        if held is not None and held[0] == row.revision:
            return held
        folded = fold(tickets.events_of(connection, tenant.id, row.id))
        return row.revision, _summary(row, folded, _name(connection, tenant, row))


def _name(connection: Connection, tenant: Tenant, row: TicketRow) -> str:
    customer = customers.load(connection, tenant.id, row.customer_id) if row.customer_id is not None else None
    return (customer.name if customer is not None else None) or ""


def _summary(row: TicketRow, folded: Ticket, who: str) -> dict[str, Any]:
    return {
        "id": row.external_id,
        "subject": folded.subject,
        "who": who,
        "open": row.is_open,
        "at": row.updated_at.isoformat(),
        "revision": row.revision,
        "primary": row.digest.get("primary"),
        "messages": len(folded.messages) + 1,
    }


def _conversation(here: Services, tenant: Tenant, notes: Notes, ticket: str) -> list[dict[str, Any]]:
    with here.store.read() as connection:
        row = tickets.by_external_id(connection, tenant.id, ticket) if ticket else None
        if row is None:
            return []
        folded = fold(tickets.events_of(connection, tenant.id, row.id))
        who = _name(connection, tenant, row)
    said: list[dict[str, Any]] = [{"by": "customer", "who": who, "text": folded.description, "at": row.opened_at}]
    said += [
        {
            "by": "customer" if message.author is Author.CUSTOMER else "agent",
            "who": who if message.author is Author.CUSTOMER else AGENT,
            "text": message.body,
            "at": message.sent_at,
        }
        for message in folded.messages
        if message.public
    ]
    said += [{"by": "note", "who": "Sidecue", "text": note.text, "at": note.at} for note in notes.of(ticket)]
    said.sort(key=lambda one: one["at"])
    return [one | {"at": one["at"].isoformat()} for one in said]


def _told(here: Services, tenant: Tenant, t: Words, happened: Happened) -> dict[str, Any]:
    """Return what the strip says about one delivery."""
    names = Names(here.decider_holder.judges().rulebook, t.locale)
    with here.store.read() as connection:
        stored = decisions.current(connection, tenant.id, happened.ticket)
    fired = stored.decision.trace.fired if stored is not None else ()
    return {
        "delivery": happened.delivery,
        "ticket": happened.ticket,
        "ms": round(happened.milliseconds, 1),
        "rules": [{"id": one.rule, "title": names.rule(one.rule)} for one in fired],
        "primary": stored.decision.primary if stored is not None else None,
    }
