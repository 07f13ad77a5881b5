"""The demo's tenant: a Zendesk whose API is the demo itself."""

from __future__ import annotations

import secrets
from typing import Final

from plugin.clock import utc_now
from plugin.config import Settings
from plugin.demo.desk import PREFIX, TENANT
from plugin.store import Store, tenants
from plugin.store.tenants import Tenant
from plugin.vault import Vault
from rules.errors import ToldError
from rules.text import Text, filled

_ELSEWHERE: Final = Text(
    "{home} guarda uma demonstração feita para {made_for}, não para {address}: informe aquele host e porta, indique "
    "outra pasta em SIDECUE_HOME, ou deixe-a de fora e uma nova é criada",
    "{home} holds a demo made for {made_for}, not for {address}: give that host and port, name another folder in "
    "SIDECUE_HOME, or unset it and a fresh one is made",
)
_NO_ADDRESS: Final = Text("nenhum endereço", "no address")


class DemoElsewhere(ToldError):
    """The folder holds a demo made for another address, to which its notes would go."""


def make_tenant(settings: Settings, address: str, token: str) -> Tenant:
    """Return the demo's tenant, made in a fresh database or taken from the last run at the same address.

    `token` is what the connector shows to the demo's helpdesk.
    """
    store, vault = Store(settings.database_url), Vault(settings.secret_key)
    try:
        store.upgrade()
        with store.write() as connection:
            known = tenants.by_name(connection, vault, TENANT, utc_now())
            if known is not None:
                _require_same_address(known, address, settings)
                return known
            secret = secrets.token_urlsafe(32)
            return tenants.add(
                connection,
                vault,
                name=TENANT,
                connector="zendesk",
                secrets=[secret],
                api_key=secret,
                now=utc_now(),
                locale="pt-BR",
                api_url=address + PREFIX,
                api_token=f"demo@sidecue.example/token:{token}",
            )
    finally:
        store.close()


def _require_same_address(known: Tenant, address: str, settings: Settings) -> None:
    if known.api_url != address + PREFIX:
        made_for = known.api_url.removesuffix(PREFIX) if known.api_url else _NO_ADDRESS
        raise DemoElsewhere(filled(_ELSEWHERE, home=settings.home, made_for=made_for, address=address))
