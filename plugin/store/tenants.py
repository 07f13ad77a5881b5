"""Tenants: one helpdesk installation each. Credentials are sealed before they reach the database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from connectors.base import Installation
from plugin.store.errors import TenantExists, TenantInvalid, VaultSealed
from plugin.store.rows import insert_or_ignore
from plugin.store.schema import tenant
from plugin.vault import Vault
from rules.text import LOCALES, Locale, locale_for

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Tenant:
    """One helpdesk installation. Secrets stay out of the repr.

    `api_key` signs sidebar links and opens the API for the whole tenant; for connectors that sign their webhooks it
    is the newest webhook secret itself, for the others a secret of its own.
    """

    id: int
    name: str
    connector: str
    locale: Locale
    regulated: bool
    secrets: tuple[str, ...] = field(repr=False)
    api_key: str = field(repr=False)
    api_url: str | None = None
    api_token: str | None = field(default=None, repr=False)
    mapping: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def installation(self) -> Installation:
        """What the tenant's connector may know of it."""
        return Installation(self.name, self.locale, self.api_url, self.api_token, self.mapping)


def add(  # noqa: PLR0913 - a tenant is told in one call, by keyword
    connection: Connection,
    vault: Vault,
    *,
    name: str,
    connector: str,
    secrets: Sequence[str],
    api_key: str,
    now: datetime,
    locale: Locale = "pt-BR",
    regulated: bool = False,
    api_url: str | None = None,
    api_token: str | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> Tenant:
    """Store a new tenant. Raise TenantInvalid or TenantExists, with what to do about it."""
    if NAME.fullmatch(name) is None:
        raise TenantInvalid(
            f"tenant name {name!r}: it stands in the webhook address, so use 1 to 63 letters without "
            "accents, digits, hyphens and underscores, the first one a letter or digit (for example: padaria-sol)"
        )
    if locale not in LOCALES:
        raise TenantInvalid(f"locale {locale!r}: use one of {', '.join(LOCALES)}")
    if not secrets or "" in secrets or not api_key:
        raise TenantInvalid(f"tenant {name!r}: an empty secret would let anybody in; give one, or leave it out")
    inserted = insert_or_ignore(
        connection,
        tenant,
        {
            "name": name,
            "connector": connector,
            "locale": locale,
            "regulated": regulated,
            "credentials": vault.seal({"secrets": list(secrets), "api_key": api_key, "api_token": api_token}),
            "api_url": api_url,
            "mapping": dict(mapping) if mapping is not None else None,
            "created_at": now,
        },
    )
    if not inserted:
        raise TenantExists(
            f"there is a tenant {name!r} already: choose another name (sidecue tenants list shows them all)"
        )
    added = by_name(connection, vault, name)
    assert added is not None  # noqa: S101 - inserted in this transaction
    return added


def by_name(connection: Connection, vault: Vault, name: str) -> Tenant | None:
    """Return the tenant of this name, or None."""
    row = connection.execute(select(tenant).where(tenant.c.name == name)).one_or_none()
    return _tenant(row, vault) if row is not None else None


def by_id(connection: Connection, vault: Vault, tenant_id: int) -> Tenant | None:
    """Return the tenant with this row id, or None."""
    row = connection.execute(select(tenant).where(tenant.c.id == tenant_id)).one_or_none()
    return _tenant(row, vault) if row is not None else None


def all(connection: Connection, vault: Vault) -> tuple[Tenant, ...]:  # noqa: A001 - read as `tenants.all`
    """Return every tenant in name order."""
    rows = connection.execute(select(tenant).order_by(tenant.c.name))
    return tuple(_tenant(row, vault) for row in rows)


def require_key(connection: Connection, vault: Vault) -> None:
    """Raise VaultSealed when there are tenants and the key opens not one of them: it is another installation's."""
    refused: VaultSealed | None = None
    for sealed in connection.execute(select(tenant.c.credentials)).scalars():
        try:
            vault.open(sealed)
        except VaultSealed as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def _tenant(row: Row[Any], vault: Vault) -> Tenant:
    credentials = vault.open(row.credentials)
    return Tenant(
        id=row.id,
        name=row.name,
        connector=row.connector,
        locale=locale_for(row.locale),
        regulated=row.regulated,
        secrets=tuple(credentials["secrets"]),
        api_key=credentials["api_key"],
        api_url=row.api_url,
        api_token=credentials.get("api_token"),
        mapping=row.mapping,
    )
