"""The ways into the sidebar: a page that is open already, a link we signed, or the helpdesk's own proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from flask import request

from connectors.base import HostRequest, SidebarRequest
from connectors.registry import LoadedConnector
from plugin.api.access import AccessRefused, caller_for
from plugin.ingest.webhooks import public_url
from plugin.services import Services
from plugin.sessions import CredentialInvalid, SidebarSession, may_renew, open_link
from plugin.store import proofs
from plugin.store.tenants import Tenant
from rules.errors import HelpdeskFailed, HostRequestInvalid, PayloadInvalid, SignatureInvalid

_MOST_OF_A_NAME: Final = 300

log = structlog.get_logger(__name__)


class PageRefused(Exception):
    """The sidebar cannot be opened; `state` says which page is shown instead."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


@dataclass(frozen=True, slots=True)
class Opening:
    """Who looks at which ticket; `asked` is the host's own request, where it was one."""

    session: SidebarSession
    asked: SidebarRequest | None = None


def opened(here: Services, tenant: Tenant, loaded: LoadedConnector) -> Opening:
    """Return whom this request lets in. Raise PageRefused with the state that says why not."""
    if request.headers.get("Authorization"):
        return Opening(_by_token(here, tenant))
    if request.values.get("ticket") and request.values.get("signature"):
        return Opening(_by_link(here, tenant))
    told = request.args or request.get_data() or request.form
    if loaded.hook("open_sidebar") is None or not told:
        raise PageRefused("no_permission" if request.values.get("ticket") else "incomplete")
    return _by_host(here, tenant, loaded)


def _by_token(here: Services, tenant: Tenant) -> SidebarSession:
    given = request.values
    try:
        caller = caller_for(here, tenant.name, tenant.connector)
    except AccessRefused as refused:
        raise PageRefused("signed_out" if refused.slug == "credential-invalid" else "no_permission") from None
    session = caller.session
    if session is not None and not may_renew(session):
        raise PageRefused("signed_out")
    wanted = given.get("ticket", "")
    if session is not None and not (session.roams and wanted):
        if not session.ticket:
            raise PageRefused("incomplete")
        return session
    if not wanted:
        raise PageRefused("incomplete")
    if session is None:
        return SidebarSession(tenant.name, wanted, given.get("agent", caller.agent))
    return SidebarSession(tenant.name, wanted, session.agent or given.get("agent", ""), began=session.began, roams=True)


def _by_link(here: Services, tenant: Tenant) -> SidebarSession:
    keys = (*tenant.api_keys, *tenant.sidebar_keys)
    try:
        session = open_link(keys, tenant.connector, tenant.name, request.values, here.now())
    except CredentialInvalid as error:
        raise PageRefused("signed_out" if error.expired else "no_permission") from None
    if request.values.get("once"):
        _first_time(here, tenant, f"link:{request.values['once']}")
    return session


def _by_host(here: Services, tenant: Tenant, loaded: LoadedConnector) -> Opening:
    open_sidebar = loaded.hook("open_sidebar")
    assert open_sidebar is not None  # noqa: S101 - asked before
    body = request.get_data()
    asked = HostRequest(
        method=request.method,
        url=public_url(here),
        headers={name.lower(): value for name, value in request.headers.items()},
        query=request.args.to_dict(),
        form=request.form.to_dict(),
        body=body,
    )
    try:
        found: SidebarRequest = open_sidebar(asked, tenant.installation, here.now())
    except SignatureInvalid as error:
        log.info("sidebar request refused", connector=tenant.connector, tenant=tenant.name, reason=str(error))
        over = isinstance(error, HostRequestInvalid) and error.expired
        raise PageRefused("signed_out" if over else "no_permission") from None
    except PayloadInvalid as error:
        log.info("sidebar request unreadable", connector=tenant.connector, tenant=tenant.name, path=error.path)
        raise PageRefused("incomplete") from None
    except HelpdeskFailed as error:
        log.warning("sidebar request cannot be proved now", connector=tenant.connector, reason=str(error))
        raise PageRefused("error") from None
    if found.once is not None:
        _first_time(here, tenant, found.once)
    agent = " ".join((found.agent or "").split())[:_MOST_OF_A_NAME]
    return Opening(SidebarSession(tenant.name, found.ticket or "", agent, roams=True), found)


def _first_time(here: Services, tenant: Tenant, name: str) -> None:
    with here.store.write() as connection:
        if not proofs.first_time(connection, tenant.id, name, here.now()):
            log.warning("sidebar request used twice", connector=tenant.connector, tenant=tenant.name)
            raise PageRefused("signed_out")
