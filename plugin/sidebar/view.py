"""`GET|POST /sidebar/<connector>/<tenant>`: the page that a helpdesk frames beside the ticket, or what it draws itself.

Opened by a link signed with the tenant's API key, by the key itself (a host that fetches for its agents), by the
token of a page that is open already, or by the helpdesk's own proof. Sets no cookie, loads nothing from elsewhere but
the host's own SDK.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

import structlog
from flask import Blueprint, Response, request

from connectors.base import Installation, Reply, SidebarHost
from connectors.registry import FRAME, HOST_SCRIPT, LoadedConnector
from plugin.i18n import words
from plugin.outbox.ways import leaves_notes
from plugin.problems import place, problem
from plugin.services import Services, services
from plugin.sessions import SidebarSession, issue_token
from plugin.sidebar import hosted
from plugin.sidebar.assets import STATIC, asset, assets, serving
from plugin.sidebar.looking import Look, look
from plugin.sidebar.opening import Opening, PageRefused, opened
from plugin.sidebar.page import ASSETS, DECIDED, JOINING, THINKING, Session, render, render_end
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
_PROBLEMS: Final[Mapping[str, str]] = {
    "error": "internal",
    "signed_out": "credential-invalid",
    "no_permission": "signature-invalid",
    "incomplete": "request-invalid",
}


@blueprint.route("/sidebar/<connector>/<tenant>", methods=["GET", "POST"])
def page(connector: str, tenant: str) -> Response:
    """Return the sidebar of one ticket, in whatever state it is."""
    here = services()
    nonce = secrets.token_urlsafe(12)
    found: Tenant | None = None
    try:
        found = _tenant(here, connector, tenant)
        loaded = here.connectors[connector]
        opening = opened(here, found, loaded)
        return _drawn(here, found, loaded, opening) or _open(here, found, loaded, opening, nonce)
    except PageRefused as refused:
        if found is not None and _draws(here, found):
            return problem(_PROBLEMS[refused.state])
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


@blueprint.get("/assets/host/<connector>/<digest>/<filename>")
def host_script(connector: str, digest: str, filename: str) -> Response:
    """Return the part of a connector that speaks to its host in the browser."""
    loaded = services().connectors.get(connector)
    folder = FRAME if connector == FRAME.name else loaded.folder if loaded is not None else None
    return asset(folder if filename == HOST_SCRIPT else None, digest, filename)


def _draws(here: Services, tenant: Tenant) -> bool:
    """Tell whether this request wants what the host draws, and not our page.

    Where a host does both, what it frames is a page with a host script, and is asked for by GET.
    """
    loaded = here.connectors[tenant.connector]
    asks = not (request.headers.get("Authorization") or request.values.get("signature"))
    frames = request.method == "GET" and loaded.host_script is not None
    return asks and not frames and loaded.hook("render") is not None


def _drawn(here: Services, tenant: Tenant, loaded: LoadedConnector, opening: Opening) -> Response | None:
    """Return the sidebar in the host's own form; None where it frames our page."""
    render_for_host, asked = loaded.hook("render"), opening.asked
    if render_for_host is None or asked is None or asked.ticket is None:
        return None
    if asked.action is not None:
        hosted.act(here, tenant, opening.session, asked.action)
    t = words(_locale(locale_for(asked.locale, tenant.locale)))
    seen = look(here, tenant, opening.session, t)
    address = hosted.link(here, tenant, opening.session, _base(here))
    reply: Reply = render_for_host(hosted.view_of(t, seen.panel, address, notes=leaves_notes(tenant, loaded)), asked)
    answer = Response(reply.body, status=reply.status, content_type=reply.media_type)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _open(here: Services, tenant: Tenant, loaded: LoadedConnector, opening: Opening, nonce: str) -> Response:
    session = opening.session
    t = words(_locale(locale_for(opening.asked.locale, tenant.locale) if opening.asked else tenant.locale))
    host = loaded.module.sidebar(tenant.installation)
    inside = _inside(host, opening)
    scripts = (host.sdk,) if host.sdk is not None and inside else ()
    seen = look(here, tenant, session, t) if session.ticket else Look(None, None, None)
    kind = JOINING if not session.ticket else DECIDED if seen.panel is not None else THINKING
    html = render(
        t,
        kind,
        nonce=nonce,
        panel=seen.panel,
        session=_page_session(here, tenant, loaded, session, seen, host if inside else None, scripts),
    )
    answer = _answer(html, 200, host, nonce, scripts)
    if seen.etag is not None:
        answer.headers["ETag"] = seen.etag
    return answer


def _page_session(  # noqa: PLR0913, PLR0917 - all that one page is made of
    here: Services,
    tenant: Tenant,
    loaded: LoadedConnector,
    session: SidebarSession,
    seen: Look,
    host: SidebarHost | None,
    scripts: tuple[str, ...],
) -> Session:
    where = f"{quote(tenant.connector)}/{quote(tenant.name)}"
    kept = _kept("tz", *(host.keeps if host is not None else ()))
    known = {"ticket": session.ticket, "agent": session.agent} if session.ticket else {}
    script = _script_address(loaded.script_folder(host)) if host is not None else None
    token = issue_token(
        here.settings, tenant.name, session.ticket, session.agent, began=session.began, roams=session.roams
    )
    return Session(
        token=token,
        ticket=session.ticket,
        last_event=seen.last_event,
        etag=seen.etag,
        poll=f"/api/v1/tickets/{where}/{quote(session.ticket, safe='')}/decision",
        panel=f"/sidebar/{where}?{urlencode({**known, **kept})}",
        composer="host" if host is not None and host.inserts and script is not None else "copy",
        leaves_notes=leaves_notes(tenant, loaded),
        host_scripts=scripts,
        languages=[(each, f"?{urlencode({**request.args.to_dict(), 'lang': each})}") for each in LOCALES],
        host={"module": script, "origins": list(host.origins)} if host is not None and script is not None else None,
    )


def _inside(host: SidebarHost, opening: Opening) -> bool:
    """Tell whether the page is inside its host: nothing of the host's is loaded for a page of our own."""
    told = bool(host.keeps) and all(request.values.get(name) for name in host.keeps)
    return told or opening.session.roams


def _script_address(folder: Path | None) -> str | None:
    if folder is None:
        return None
    return f"/assets/host/{quote(folder.name)}/{assets(folder)[HOST_SCRIPT].digest}/{HOST_SCRIPT}"


def _base(here: Services) -> str:
    return here.settings.public_url or request.url_root.rstrip("/")


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
