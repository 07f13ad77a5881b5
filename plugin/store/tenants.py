"""Tenants: one helpdesk installation each. Credentials are sealed before they reach the database."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from connectors.base import Installation
from connectors.settings import KINDS
from plugin.clock import HOME_ZONES
from plugin.store.errors import NotFound, TenantExists, TenantInvalid, VaultSealed
from plugin.store.rows import insert_or_ignore
from plugin.store.schema import tenant
from plugin.vault import Vault
from rules.text import LOCALES, Locale, Text, filled, locale_for

NOTES: Final = ("accepted", "decided", "off")
"""When a note is written: about what an agent accepted, about each decision (where there is no sidebar), or never."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
NO_TENANT: Final = Text(
    "não há o tenant {name!r} (sidecue tenants list mostra todos)",
    "there is no tenant {name!r} (sidecue tenants list shows them all)",
)
_NO_NAME: Final = Text(
    "nome de tenant {name!r}: ele faz parte do endereço do webhook; use de 1 a 63 letras sem acento, algarismos, "
    "hifens e sublinhados, e comece por letra ou algarismo (por exemplo: padaria-sol)",
    "tenant name {name!r}: it stands in the webhook address, so use 1 to 63 letters without accents, digits, hyphens "
    "and underscores, the first one a letter or digit (for example: padaria-sol)",
)
_NO_SECRET: Final = Text(
    "tenant {name!r}: um segredo vazio deixaria qualquer um entrar; informe um, ou deixe a opção de fora",
    "tenant {name!r}: an empty secret would let anybody in; give one, or leave it out",
)
_EXISTS: Final = Text(
    "já há um tenant {name!r}: escolha outro nome (sidecue tenants list mostra todos)",
    "there is a tenant {name!r} already: choose another name (sidecue tenants list shows them all)",
)
_NO_LOCALE: Final = Text("idioma {locale!r}: use um destes: {known}", "locale {locale!r}: use one of {known}")
_NO_ZONE: Final = Text("fuso horário {name!r}: {form}", "time zone {name!r}: {form}")


@dataclass(frozen=True, slots=True)
class Back:
    """What goes back to the helpdesk: one of NOTES, and what else the tenant asked for."""

    notes: str = "accepted"
    tags: bool = False
    """Whether the ticket gets a tag that says whose work it is."""
    field_name: str | None = None
    """The custom field that says so, by its name or id in the helpdesk."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """Function -> the helpdesk's id of the group that a ticket handed over to it goes to."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One helpdesk installation, as it is valid at the moment it was read. Secrets stay out of the repr.

    `secrets` and `api_keys` begin with the newest; those that were replaced stand behind it for as long as they were
    given. An API key signs sidebar links and opens the API for the whole tenant; for connectors that sign their
    webhooks it is the webhook secret itself, for the others a secret of its own. `regulated` turns the clocks of the
    SAC decree on for every customer; they run by the calendar of `time_zone`.
    """

    id: int
    name: str
    connector: str
    locale: Locale
    regulated: bool
    time_zone: str
    secrets: tuple[str, ...] = field(repr=False)
    api_keys: tuple[str, ...] = field(repr=False)
    api_url: str | None = None
    api_token: str | None = field(default=None, repr=False)
    mapping: Mapping[str, Any] | None = field(default=None, repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the connector asks to be told besides (`connector.json`, settings)."""
    back: Back = Back()

    @property
    def api_key(self) -> str:
        """The newest API key."""
        return self.api_keys[0]

    @property
    def sidebar_keys(self) -> tuple[str, ...]:
        """What a host proves itself with that can only be given a fixed text; made of the API keys, newest first."""
        return tuple(_sidebar_key(key, self.connector, self.name) for key in self.api_keys)

    @property
    def installation(self) -> Installation:
        """What the tenant's connector may know of it."""
        return Installation(
            self.name,
            self.locale,
            self.api_url,
            self.api_token,
            self.mapping,
            secrets=self.secrets,
            sidebar_keys=self.sidebar_keys,
            settings=self.settings,
        )


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
    time_zone: str | None = None,
    api_url: str | None = None,
    api_token: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    settings: Mapping[str, str] | None = None,
    back: Back | None = None,
) -> Tenant:
    """Store a new tenant. Raise TenantInvalid or TenantExists, with what to do about it.

    Without a `time_zone` it is that of the locale's home.
    """
    if NAME.fullmatch(name) is None:
        raise TenantInvalid(filled(_NO_NAME, name=name))
    _require_locale(locale)
    if not secrets or "" in secrets or not api_key:
        raise TenantInvalid(filled(_NO_SECRET, name=name))
    inserted = insert_or_ignore(
        connection,
        tenant,
        {
            "name": name,
            "connector": connector,
            "locale": locale,
            "regulated": regulated,
            "time_zone": _zone(time_zone) if time_zone is not None else HOME_ZONES[locale],
            "credentials": vault.seal(
                {
                    "secrets": [[secret, None] for secret in secrets],
                    "api_keys": [[api_key, None]],
                    "api_token": api_token,
                    "settings": dict(settings or {}),
                }
            ),
            "back": asdict(back or Back()),
            "api_url": api_url,
            "mapping": dict(mapping) if mapping is not None else None,
            "created_at": now,
        },
    )
    if not inserted:
        raise TenantExists(filled(_EXISTS, name=name))
    added = by_name(connection, vault, name, now)
    assert added is not None  # noqa: S101 - inserted in this transaction
    return added


def by_name(connection: Connection, vault: Vault, name: str, now: datetime) -> Tenant | None:
    """Return the tenant of this name as it is valid now, or None."""
    row = connection.execute(select(tenant).where(tenant.c.name == name)).one_or_none()
    return _tenant(row, vault, now) if row is not None else None


def by_id(connection: Connection, vault: Vault, tenant_id: int, now: datetime) -> Tenant | None:
    """Return the tenant with this row id as it is valid now, or None."""
    row = connection.execute(select(tenant).where(tenant.c.id == tenant_id)).one_or_none()
    return _tenant(row, vault, now) if row is not None else None


def all(connection: Connection, vault: Vault, now: datetime) -> tuple[Tenant, ...]:  # noqa: A001 - read as `tenants.all`
    """Return every tenant in name order, as it is valid now."""
    rows = connection.execute(select(tenant).order_by(tenant.c.name))
    return tuple(_tenant(row, vault, now) for row in rows)


def connectors_in_use(connection: Connection) -> frozenset[str]:
    """Return the connectors that tenants are on."""
    return frozenset(connection.execute(select(tenant.c.connector).distinct()).scalars())


def change(  # noqa: PLR0913 - what may be changed, by keyword
    connection: Connection,
    vault: Vault,
    name: str,
    now: datetime,
    *,
    api_url: str | None = None,
    api_token: str | None = None,
    settings: Mapping[str, str] | None = None,
    back: Back | None = None,
    locale: Locale | None = None,
    regulated: bool | None = None,
    time_zone: str | None = None,
) -> Tenant:
    """Change what is given and leave the rest; `settings` are merged, an empty one is taken out.

    Raise NotFound, or TenantInvalid for a locale or time zone there is not.
    """
    row, credentials = _opened(connection, vault, name)
    if api_token is not None:
        credentials["api_token"] = api_token
    told = {**credentials.get("settings", {}), **(settings or {})}
    credentials["settings"] = {key: value for key, value in told.items() if value}
    values: dict[str, Any] = {"credentials": vault.seal(credentials)}
    if api_url is not None:
        values["api_url"] = api_url
    if back is not None:
        values["back"] = asdict(back)
    if locale is not None:
        _require_locale(locale)
        values["locale"] = locale
    if regulated is not None:
        values["regulated"] = regulated
    if time_zone is not None:
        values["time_zone"] = _zone(time_zone)
    connection.execute(update(tenant).where(tenant.c.id == row.id).values(**values))
    changed = by_name(connection, vault, name, now)
    assert changed is not None  # noqa: S101 - its row was just updated
    return changed


def rotate(  # noqa: PLR0913 - by keyword
    connection: Connection,
    vault: Vault,
    name: str,
    now: datetime,
    *,
    secret: str,
    api_key: str | None,
    old_until: datetime,
) -> Tenant:
    """Put a new secret, and API key where one is given, before those there are: these stay valid until `old_until`.

    Raise NotFound. One that was to end sooner still does; one that is over is forgotten.
    """
    row, credentials = _opened(connection, vault, name)
    for held, new in (("secrets", secret), ("api_keys", api_key)):
        if new is None:
            continue
        kept = [
            [value, min(until or old_until, old_until).isoformat()]
            for value, until in _held(credentials, held)
            if until is None or now < until
        ]
        credentials[held] = [[new, None], *kept]
    connection.execute(update(tenant).where(tenant.c.id == row.id).values(credentials=vault.seal(credentials)))
    changed = by_name(connection, vault, name, now)
    assert changed is not None  # noqa: S101 - its row was just updated
    return changed


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


def _require_locale(locale: str) -> None:
    if locale not in LOCALES:
        raise TenantInvalid(filled(_NO_LOCALE, locale=locale, known=", ".join(LOCALES)))


def _zone(name: str) -> str:
    """Return the name of a time zone, or raise TenantInvalid: a clock by a guessed calendar would be wrong."""
    kind = KINDS["time_zone"]
    if kind.wrong(name) is not None:
        raise TenantInvalid(filled(_NO_ZONE, name=name, form=kind.form))
    return name


def _opened(connection: Connection, vault: Vault, name: str) -> tuple[Row[Any], dict[str, Any]]:
    row = connection.execute(select(tenant).where(tenant.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(filled(NO_TENANT, name=name))
    return row, vault.open(row.credentials)


def _held(credentials: Mapping[str, Any], name: str) -> list[tuple[str, datetime | None]]:
    """Return credentials with the instant until which each is valid, newest first.

    Tenants that were added before secrets could be replaced have one API key, and secrets without an end.
    """
    kept = credentials.get(name) or [credentials["api_key"]]
    pairs = [(each, None) if isinstance(each, str) else each for each in kept]
    return [(value, datetime.fromisoformat(until) if until else None) for value, until in pairs]


def _valid(credentials: Mapping[str, Any], name: str, now: datetime) -> tuple[str, ...]:
    return tuple(value for value, until in _held(credentials, name) if until is None or now < until)


def _sidebar_key(api_key: str, connector: str, name: str) -> str:
    """Return a key that opens the sidebar alone: of the API key nothing can be learnt from it."""
    told = f"sidebar\n{connector}\n{name}".encode()
    return hmac.new(api_key.encode("utf-8", "surrogatepass"), told, hashlib.sha256).hexdigest()


def _tenant(row: Row[Any], vault: Vault, now: datetime) -> Tenant:
    credentials = vault.open(row.credentials)
    return Tenant(
        id=row.id,
        name=row.name,
        connector=row.connector,
        locale=locale_for(row.locale),
        regulated=row.regulated,
        time_zone=row.time_zone,
        secrets=_valid(credentials, "secrets", now),
        api_keys=_valid(credentials, "api_keys", now),
        api_url=row.api_url,
        api_token=credentials.get("api_token"),
        mapping=row.mapping,
        settings=credentials.get("settings", {}),
        back=Back(**row.back),
    )
