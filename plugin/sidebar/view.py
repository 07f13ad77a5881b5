"""`GET|POST /sidebar/<connector>/<tenant>`: the page that a helpdesk frames beside the ticket.

Opened by a link signed with the tenant's API key, by the key itself (a host that fetches for its agents), or by the
token of a page that is open already. Sets no cookie, loads nothing from elsewhere but the host's own SDK.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

import structlog
from flask import Blueprint, Response, request

from connectors.base import Installation, SidebarHost
from plugin.api.access import AccessRefused, caller_for
from plugin.feedback import leaves_notes
from plugin.i18n import words
from plugin.i18n.moments import zone_named
from plugin.problems import place
from plugin.sac import attendances
from plugin.services import Services, services
from plugin.sessions import CredentialInvalid, SidebarSession, issue_token, may_renew, open_link
from plugin.sidebar.assets import STATIC, serving
from plugin.sidebar.names import Names
from plugin.sidebar.page import ASSETS, DECIDED, THINKING, Session, render, render_end
from plugin.sidebar.panel import Occasion, Panel, PanelBuilder
from plugin.store import customers, decisions, sights, tickets
from plugin.store.decisions import StoredDecision
from plugin.store.errors import StoreUnavailable
from plugin.store.tenants import Tenant
from rules.text import LOCALES, Locale, locale_for

blueprint = Blueprint("sidebar", __name__)
files = serving("sidebar-files", ASSETS, STATIC)
log = structlog.get_logger(__name__)

_STATUS: Final[Mapping[str, int]] = {
    "error": 500,
    "signed_out": 401,
    "no_permission": 403,
    "unknown": 404,
    "incomplete": 400,
}


class PageRefused(Exception):
    """The page cannot be opened; `state` says which one is shown instead."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


@blueprint.route("/sidebar/<connector>/<tenant>", methods=["GET", "POST"])
def page(connector: str, tenant: str) -> Response:
    """Return the sidebar of one ticket, in whatever state it is."""
    here = services()
    nonce = secrets.token_urlsafe(12)
    found: Tenant | None = None
    try:
        found = _tenant(here, connector, tenant)
        return _open(here, found, _session(here, found), nonce)
    except PageRefused as refused:
        return _end(here, refused.state, found, connector, nonce)
    except StoreUnavailable as error:
        log.warning("sidebar waits for the store", error=str(error))
        return _end(here, "error", found, connector, nonce, status=503)
    except Exception as error:  # noqa: BLE001 - the agent is in the middle of a conversation: a page, not a stack trace
        code = secrets.token_hex(4)
        # The type and the place, never the message: it may quote what a customer wrote.
        log.error("sidebar failed", code=code, error=type(error).__name__, at=place(error))  # noqa: TRY400 - see above
        return _end(here, "error", found, connector, nonce, code=code)


def _tenant(here: Services, connector: str, name: str) -> Tenant:
    found = here.directory.by_name(name)
    if found is None or found.connector != connector or connector not in here.connectors:
        raise PageRefused("unknown")
    return found


def _session(here: Services, tenant: Tenant) -> SidebarSession:
    """Return who looks at which ticket. Raise PageRefused with the state that says why not."""
    given = request.values
    if request.headers.get("Authorization"):
        try:
            caller = caller_for(here, tenant.name, tenant.connector)
        except AccessRefused as refused:
            raise PageRefused("signed_out" if refused.slug == "credential-invalid" else "no_permission") from None
        if caller.session is not None and not may_renew(caller.session):
            raise PageRefused("signed_out")
        ticket = caller.ticket or given.get("ticket", "")
        if not ticket:
            raise PageRefused("incomplete")
        return caller.session or SidebarSession(tenant.name, ticket, given.get("agent", caller.agent))
    if not given.get("ticket"):
        raise PageRefused("incomplete")
    try:
        return open_link(tenant.api_keys, tenant.connector, tenant.name, given, here.now())
    except CredentialInvalid as error:
        raise PageRefused("signed_out" if error.expired else "no_permission") from None


def _open(here: Services, tenant: Tenant, session: SidebarSession, nonce: str) -> Response:
    locale = _locale(tenant.locale)
    t = words(locale)
    host = here.connectors[tenant.connector].module.sidebar(tenant.installation)
    scripts = _host_scripts(host)
    with here.store.read() as connection:
        stored = decisions.current(connection, tenant.id, session.ticket)
        revision = stored.revision if stored else tickets.revision(connection, tenant.id, session.ticket)
        seen = sights.glimpse(connection, tenant.id, stored.ticket_id) if stored else sights.Glimpse(None, None)
        customer = (
            customers.load(connection, tenant.id, stored.customer_id)
            if stored is not None and stored.customer_id is not None
            else None
        )
        held = attendances.of_decided(connection, tenant, stored, here.now()) if stored is not None else None
    panel: Panel | None = None
    if stored is not None:
        zone = zone_named(request.values.get("tz"), locale)
        named = customer.name if customer is not None else None
        occasion = Occasion(here.now(), zone, session.ticket, session.agent, seen.requester, named, held)
        panel = PanelBuilder(t, Names(here.decider_holder.judges().rulebook, locale)).build(stored, occasion)
        _mark_shown(here, tenant, stored)
    where = f"{quote(tenant.connector)}/{quote(tenant.name)}"
    own = urlencode({"ticket": session.ticket, "agent": session.agent, **_kept("tz", "app_guid", "origin")})
    html = render(
        t,
        DECIDED if panel is not None else THINKING,
        nonce=nonce,
        panel=panel,
        session=Session(
            token=issue_token(here.settings, tenant.name, session.ticket, session.agent, began=session.began),
            ticket=session.ticket,
            last_event=seen.last.id if seen.last is not None else None,
            etag=f'"{revision}"' if revision is not None and stored is not None else None,
            poll=f"/api/v1/tickets/{where}/{quote(session.ticket, safe='')}/decision",
            panel=f"/sidebar/{where}?{own}",
            composer="zaf" if scripts else "copy",
            leaves_notes=leaves_notes(tenant),
            host_scripts=scripts,
            languages=[(each, f"?{urlencode({**request.args.to_dict(), 'lang': each})}") for each in LOCALES],
        ),
    )
    answer = _answer(html, 200, host, nonce, scripts)
    if revision is not None and stored is not None:
        answer.headers["ETag"] = f'"{revision}"'
    return answer


def _mark_shown(here: Services, tenant: Tenant, stored: StoredDecision) -> None:
    """Remember the first time an agent saw it: offers have a cap per customer. Never in the way of the page."""
    if all(one.shown_at is not None for one in stored.recommendations):
        return
    try:
        with here.store.write() as connection:
            decisions.mark_shown(connection, tenant.id, stored.id, here.now())
    except StoreUnavailable as error:
        log.warning("shown was not kept", decision=stored.id, error=str(error))


def _host_scripts(host: SidebarHost) -> tuple[str, ...]:
    """Return the host's SDK, but only inside the host: nothing is fetched from elsewhere for a page of our own."""
    inside = host.keeps and all(request.values.get(name) for name in host.keeps)
    return (host.sdk,) if host.sdk is not None and inside else ()


def _kept(*names: str) -> dict[str, str]:
    return {name: request.values[name] for name in names if request.values.get(name)}


def _locale(default: Locale) -> Locale:
    return locale_for(request.values.get("lang"), default)


def _end(  # noqa: PLR0913 - the parts of an answer
    here: Services,
    state: str,
    tenant: Tenant | None,
    connector: str,
    nonce: str,
    *,
    status: int | None = None,
    code: str = "",
) -> Response:
    preferred = locale_for(request.accept_languages.best_match(("pt-BR", "pt", "en")), default="en")
    t = words(_locale(tenant.locale if tenant is not None else preferred))
    loaded = here.connectors.get(connector)
    installation = tenant.installation if tenant is not None else Installation("", t.locale)
    host = loaded.module.sidebar(installation) if loaded is not None else SidebarHost(())
    html = render_end(t, state, nonce=nonce, code=code or f"HTTP {status or _STATUS[state]}")
    return _answer(html, status or _STATUS[state], host, nonce, ())


def _answer(html: str, status: int, host: SidebarHost, nonce: str, scripts: tuple[str, ...]) -> Response:
    sources = " ".join(("'self'", f"'nonce-{nonce}'", *scripts))
    framers = " ".join(dict.fromkeys(("'self'", *host.frame_ancestors)))
    policy = (
        "default-src 'none'",
        f"script-src {sources}",
        "style-src 'self'",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {framers}",
    )
    answer = Response(html, status=status, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = "; ".join(policy)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
