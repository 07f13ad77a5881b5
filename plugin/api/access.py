"""Who asks: the tenant's API key opens the whole tenant, a sidebar token one ticket for one agent.

No cookie is read anywhere, so there is no ambient credential that a foreign page could ride on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response, request

from connectors.proof import same_secret
from plugin.problems import problem
from plugin.services import Services
from plugin.sessions import CredentialInvalid, SidebarSession, issue_token, may_renew, read_token
from plugin.store.sights import Owner
from plugin.store.tenants import Tenant
from rules.errors import ToldError
from rules.text import Text

API_KEY_AGENT: Final = "API"
"""Who is named in records when a program, and not a person, speaks for the tenant."""

RENEW: Final = "Sidecue-Renew"
TOKEN: Final = "Sidecue-Token"  # noqa: S105 - the name of a header
CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `ticket` is None for an API key, which may ask about every ticket of its tenant."""

    tenant: Tenant
    ticket: str | None
    agent: str
    session: SidebarSession | None = None

    def may_see(self, ticket: str) -> bool:
        """Tell whether the caller may look at this ticket of the tenant."""
        return self.ticket is None or self.ticket == ticket


_NOT_YOURS: Final = Text("isso não existe, ou não cabe a você ver", "there is no such thing, or it is not yours to see")
_ENDED: Final = Text("a sessão terminou: abra o chamado de novo", "the session has ended: open the ticket again")


class AccessRefused(ToldError):
    """The credential does not open this. `slug` is the kind of problem."""

    def __init__(self, slug: str, detail: Text) -> None:
        self.slug = slug
        super().__init__(detail)

    def response(self) -> Response:
        """Return the refusal as a problem."""
        return problem(self.slug, self.text, headers=CHALLENGE if self.slug == "credential-invalid" else None)


def bearer() -> str:
    """Return the bearer credential of the request. Raise AccessRefused when there is none."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise AccessRefused(
            "credential-invalid",
            Text(
                "envie Authorization: Bearer <chave de API ou token da barra lateral>",
                "send Authorization: Bearer <API key or sidebar token>",
            ),
        )
    return credential.strip()


def caller_for(here: Services, tenant_name: str, connector: str | None = None) -> Caller:
    """Return who asks about something of this tenant, or raise AccessRefused.

    A tenant that does not exist and a key that is not its own are refused alike: nobody can find out who is a customer.
    """
    credential = bearer()
    session = _session(here, credential)
    tenant = here.directory.by_name(tenant_name)
    if session is not None:
        if tenant is None or session.tenant != tenant.name or (connector is not None and tenant.connector != connector):
            raise AccessRefused(
                "forbidden", Text("este token foi feito para outro tenant", "this token was made for another tenant")
            )
        return Caller(tenant, session.ticket, session.agent, session)
    right_key = same_secret(credential, tenant.api_keys if tenant is not None else ())
    if tenant is None or not right_key or (connector is not None and tenant.connector != connector):
        raise AccessRefused(
            "credential-invalid",
            Text(
                "isto não é a chave de API do tenant nem um token válido",
                "this is neither the tenant's API key nor a valid token",
            ),
        )
    return Caller(tenant, None, API_KEY_AGENT)


def caller_of(here: Services, owner: Owner | None) -> Caller:
    """Return who asks about a decision or recommendation, given whose it is.

    Raise AccessRefused: not found when there is none, or when it is not the caller's: the two look alike from outside.
    """
    credential = bearer()
    session = _session(here, credential)
    tenant = here.directory.by_id(owner.tenant_id) if owner is not None else None
    missing = AccessRefused("not-found", _NOT_YOURS)
    if session is not None:
        if tenant is None or owner is None or (session.tenant, session.ticket) != (tenant.name, owner.ticket):
            raise missing
        return Caller(tenant, session.ticket, session.agent, session)
    if not same_secret(credential, tenant.api_keys if tenant is not None else ()) or tenant is None:
        raise missing
    return Caller(tenant, None, API_KEY_AGENT)


def renew(here: Services, caller: Caller, answer: Response) -> Response:
    """Put a fresh token on the answer when a sidebar asks for one with its valid old one, until its day is over."""
    session = caller.session
    if session is not None and request.headers.get(RENEW) and may_renew(session):
        answer.headers[TOKEN] = issue_token(
            here.settings, session.tenant, session.ticket, session.agent, began=session.began, roams=session.roams
        )
    return answer


def _session(here: Services, credential: str) -> SidebarSession | None:
    """Return the session of a sidebar token, or None for what is no token. Raise AccessRefused for one that is over."""
    try:
        return read_token(here.settings, credential)
    except CredentialInvalid as error:
        if error.expired:
            raise AccessRefused("credential-invalid", _ENDED) from None
        return None
