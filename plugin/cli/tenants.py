"""`sidecue tenants`: helpdesk installations."""

from __future__ import annotations

import base64
import json
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import opened
from plugin.cli.tenant_options import about_the_helpdesk, api_url_of, back_of, duration_of
from plugin.cli.tenant_settings import require_whole, settings_of
from rules.text import LOCALES, Locale

if TYPE_CHECKING:
    from connectors.registry import LoadedConnector
    from plugin.store.tenants import Tenant

_PATH_SAFE: Final = re.compile(r"[A-Za-z0-9._~-]+")
_SHORT_SECRET: Final = 16


@click.group()
def tenants() -> None:
    """Helpdesk installations: who may send webhooks, and where notes go."""


@tenants.command()
@click.argument("name")
@click.option("--connector", required=True, help="Which helpdesk it is (sidecue connectors list).")
@click.option("--secret", help="The webhook's secret; made when not given.")
@click.option("--locale", type=click.Choice(LOCALES), default="pt-BR", show_default=True, help="Language of notes.")
@about_the_helpdesk
@click.option("--sac", is_flag=True, help="The tenant is under the SAC decree: its clocks run for every customer.")
@click.option("--time-zone", help="Whose calendar those clocks go by, such as America/Sao_Paulo; else the locale's.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON or YAML file that maps any tool's payload (connector standard only).",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def add(  # noqa: PLR0913, PLR0917 - a row's columns, in the order every caller knows
    name: str,
    connector: str,
    secret: str | None,
    locale: Locale,
    api_url: str | None,
    api_token: str | None,
    told: tuple[str, ...],
    notes: str | None,
    field: str | None,
    groups: tuple[str, ...],
    mapping: Path | None,
    form: str,
    time_zone: str | None,
    *,
    tags: bool | None,
    sac: bool,
) -> None:
    """Add the helpdesk installation NAME and print its webhook path and secret."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no store
    from plugin.store import tenants as store  # noqa: PLC0415 - the same

    loaded = _connector(connector)
    if (api_url is None) != (api_token is None):
        raise UsageFault("--api-url and --api-token belong together: give both, or neither")
    settings = settings_of(loaded.manifest, told)
    require_whole(loaded.manifest, settings, api_url)
    secret = _secret(loaded, secret)
    signs = loaded.manifest.auth == "signature"
    with opened() as here, here.store.write() as connection:
        tenant = store.add(
            connection,
            here.vault,
            name=name,
            connector=connector,
            secrets=(secret,),
            # What signs never travels, so it may be the API key too; what travels opens nothing but the webhook.
            api_key=secret if signs else secrets.token_urlsafe(32),
            now=utc_now(),
            locale=locale,
            regulated=sac,
            time_zone=time_zone,
            api_url=api_url_of(loaded.manifest, api_url),
            api_token=api_token,
            mapping=_mapping(connector, mapping),
            settings=settings,
            back=back_of(loaded.manifest, store.Back(), notes=notes, tags=tags, field=field, groups=groups),
        )
    _print(_told(tenant, loaded, tenant.secrets[0]) | _secrets_of(tenant), form)


@tenants.command("set")
@click.argument("name")
@about_the_helpdesk
@click.option("--sac/--no-sac", default=None, help="Turn the clocks of the SAC decree on, or off.")
@click.option("--time-zone", help="Whose calendar those clocks go by, such as America/Sao_Paulo.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of notes.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def set_(  # noqa: PLR0913, PLR0917 - what may be changed
    name: str,
    api_url: str | None,
    api_token: str | None,
    told: tuple[str, ...],
    notes: str | None,
    field: str | None,
    groups: tuple[str, ...],
    time_zone: str | None,
    locale: Locale | None,
    form: str,
    *,
    tags: bool | None,
    sac: bool | None,
) -> None:
    """Change what is given about the installation NAME; the rest stays. A running server knows it in seconds."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no clock
    from plugin.store import tenants as store  # noqa: PLC0415 - nor a store

    given = (api_url, api_token, notes, tags, field, time_zone, locale, sac)
    if all(each is None for each in given) and not told and not groups:
        raise UsageFault("say what is to change: sidecue tenants set --help lists it all")
    with opened() as here, here.store.write() as connection:
        before = _there(store.by_name(connection, here.vault, name, utc_now()), name)
        loaded = _connector(before.connector)
        settings = settings_of(loaded.manifest, told)
        if told or api_url is not None:  # what lacks something from before hinders no other change
            require_whole(loaded.manifest, {**before.settings, **settings}, api_url or before.api_url)
        tenant = store.change(
            connection,
            here.vault,
            name,
            utc_now(),
            api_url=api_url_of(loaded.manifest, api_url),
            api_token=api_token,
            settings=settings,
            back=back_of(loaded.manifest, before.back, notes=notes, tags=tags, field=field, groups=groups),
            locale=locale,
            regulated=sac,
            time_zone=time_zone,
        )
    _print(_told(tenant, loaded, "…"), form)


@tenants.command("rotate-secret")
@click.argument("name")
@click.option("--secret", help="The new secret, where the helpdesk makes it; made here when not given.")
@click.option(
    "--keep-old",
    default="24h",
    show_default=True,
    metavar="TIME",
    help="How long the old secret still opens: 30m, 24h, 7d, or 0.",
)
@click.option("--api-key", "with_key", is_flag=True, help="Replace the API key and the sidebar key too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rotate_secret(name: str, secret: str | None, keep_old: str, form: str, *, with_key: bool) -> None:
    """Give the installation NAME a new webhook secret; the old one is valid beside it for a while.

    Where deliveries are signed the secret is the API key too, so both change.
    """
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no clock
    from plugin.store import tenants as store  # noqa: PLC0415 - nor a store

    now = utc_now()
    until = now + duration_of(keep_old)
    with opened() as here, here.store.write() as connection:
        loaded = _connector(_there(store.by_name(connection, here.vault, name, now), name).connector)
        new = _secret(loaded, secret)
        signs = loaded.manifest.auth == "signature"
        tenant = store.rotate(
            connection,
            here.vault,
            name,
            now,
            secret=new,
            api_key=new if signs else secrets.token_urlsafe(32) if with_key else None,
            old_until=until,
        )
    told = _told(tenant, loaded, tenant.secrets[0]) | _secrets_of(tenant)
    _print(told | {"old_secret_until": until.isoformat(timespec="seconds")}, form)


@tenants.command("list")
@click.option("--show-secrets", is_flag=True, help="Show webhook paths whole, with the secret that ends some of them.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(form: str, *, show_secrets: bool) -> None:
    """Show every tenant. The secret at the end of a webhook path is hidden unless asked for."""
    from connectors.registry import discover  # noqa: PLC0415 - `tenants --help` needs no connector
    from plugin.clock import utc_now  # noqa: PLC0415 - nor a clock
    from plugin.store import tenants as store  # noqa: PLC0415 - the same

    connectors = discover()
    with opened() as here, here.store.read() as connection:
        found = store.all(connection, here.vault, utc_now())
    rows = [
        _told(tenant, connectors.get(tenant.connector), tenant.secrets[0] if show_secrets else "…")
        | ({"sidebar_key": tenant.sidebar_keys[0]} if show_secrets else {})
        for tenant in found
    ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("No tenant yet. Add one: sidecue tenants add NAME --connector C")
    for row in rows:
        notes = ", ".join(row["writes_back"]) or "no API: writes nothing back"
        sac = f"  SAC, {row['time_zone']}" if row["sac"] else ""
        click.echo(f"{row['tenant']}  {row['connector']}  {row['locale']}  {row['webhook_path']}  {notes}{sac}")
        if show_secrets:
            click.echo(f"  sidebar key: {row['sidebar_key']}")
            if "webhook_path_unsigned" in row:
                click.echo(f"  webhook path for releases that do not sign: {row['webhook_path_unsigned']}")


def _connector(name: str) -> LoadedConnector:
    from connectors.registry import discover  # noqa: PLC0415 - `tenants --help` needs no connector

    connectors = discover()
    if name not in connectors:
        raise UsageFault(f"--connector {name}: there is no such connector; there are {', '.join(connectors)}")
    return connectors[name]


def _there(tenant: Tenant | None, name: str) -> Tenant:
    if tenant is None:
        raise UsageFault(f"there is no tenant {name!r} (sidecue tenants list shows them all)")
    return tenant


def _secret(loaded: LoadedConnector, given: str | None) -> str:
    secret = given or _made(loaded.manifest.name)
    if loaded.manifest.auth == "shared_secret" and _PATH_SAFE.fullmatch(secret) is None:
        raise UsageFault("--secret stands in the webhook's path here: use letters, digits, - . _ ~ only")
    if len(secret) < _SHORT_SECRET:
        click.echo(f"Warning: a secret of {len(secret)} characters is easy to guess; leave --secret out", err=True)
    return secret


def _made(connector: str) -> str:
    if connector == "standard":  # the form that Standard Webhooks prescribes
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)


def _mapping(connector: str, path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    if connector != "standard":
        raise UsageFault(f"--mapping is for the connector standard; {connector} reads its helpdesk's own payloads")
    from connectors.standard import read_mapping  # noqa: PLC0415 - this option alone needs it

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(f"--mapping {path}: it cannot be read as text ({error})") from None
    return dict(read_mapping(text, str(path)))


def _told(tenant: Tenant, loaded: LoadedConnector | None, path_secret: str) -> dict[str, Any]:
    from connectors.registry import unsigned_path, webhook_path  # noqa: PLC0415 - `tenants --help` needs no connector
    from plugin.outbox.ways import leaves_notes  # noqa: PLC0415 - the same

    path = unquote(webhook_path(loaded.manifest, tenant.name, path_secret)) if loaded is not None else None
    unsigned = unsigned_path(loaded.manifest, tenant.name, path_secret) if loaded is not None else None
    return {
        "tenant": tenant.name,
        "connector": tenant.connector,
        "webhook_path": path,
        **({"webhook_path_unsigned": unquote(unsigned)} if unsigned is not None else {}),
        "locale": tenant.locale,
        "sac": tenant.regulated,
        "time_zone": tenant.time_zone,
        "posts_notes": loaded is not None and leaves_notes(tenant, loaded),
        "writes_back": _back(tenant, loaded),
    }


def _back(tenant: Tenant, loaded: LoadedConnector | None) -> list[str]:
    """Return what is written back to the helpdesk; nothing where there is no way to it."""
    from plugin.outbox.ways import way_of  # noqa: PLC0415 - `tenants --help` needs no connector

    if loaded is None or way_of(tenant, loaded) is None:
        return []
    back = tenant.back
    told = [f"notes: {back.notes}"] if back.notes != "off" else []
    told += ["tags"] if back.tags else []
    told += [f"field: {back.field_name}"] if back.field_name else []
    told += [f"group of {function}: {group}" for function, group in sorted(back.groups.items())]
    return told


def _secrets_of(tenant: Tenant) -> dict[str, str]:
    return {"secret": tenant.secrets[0], "api_key": tenant.api_key, "sidebar_key": tenant.sidebar_keys[0]}


def _print(told: dict[str, Any], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for key, value in told.items():
        click.echo(f"{key}: {', '.join(value) or 'nothing' if isinstance(value, list) else value}")
