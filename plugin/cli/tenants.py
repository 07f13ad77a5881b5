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
@click.option("--api-url", help="The helpdesk's API, for notes; without it no note is posted.")
@click.option("--api-token", help="The credential for that API.")
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
    mapping: Path | None,
    form: str,
    time_zone: str | None,
    *,
    sac: bool,
) -> None:
    """Add the helpdesk installation NAME and print its webhook path and secret."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no store
    from plugin.store import tenants as store  # noqa: PLC0415 - the same

    loaded = _connector(connector)
    if (api_url is None) != (api_token is None):
        raise UsageFault("--api-url and --api-token belong together: give both, or neither")
    secret = secret or _made(connector)
    signs = loaded.manifest.auth == "signature"
    if not signs and _PATH_SAFE.fullmatch(secret) is None:
        raise UsageFault("--secret stands in the webhook's path here: use letters, digits, - . _ ~ only")
    if len(secret) < _SHORT_SECRET:
        click.echo(f"Warning: a secret of {len(secret)} characters is easy to guess; leave --secret out", err=True)
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
            api_url=_api_url(api_url),
            api_token=api_token,
            mapping=_mapping(connector, mapping),
        )
    told = _told(tenant, loaded, tenant.secrets[0]) | {"secret": tenant.secrets[0], "api_key": tenant.api_key}
    _print(told, form)


@tenants.command("set")
@click.argument("name")
@click.option("--sac/--no-sac", default=None, help="Turn the clocks of the SAC decree on, or off.")
@click.option("--time-zone", help="Whose calendar those clocks go by, such as America/Sao_Paulo.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of notes.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def set_(name: str, time_zone: str | None, locale: Locale | None, form: str, *, sac: bool | None) -> None:
    """Change what is given about the installation NAME; the rest stays. A running server knows it in seconds."""
    from connectors.registry import discover  # noqa: PLC0415 - `tenants --help` needs no connector
    from plugin.clock import utc_now  # noqa: PLC0415 - nor a clock
    from plugin.store import tenants as store  # noqa: PLC0415 - nor a store

    if sac is None and time_zone is None and locale is None:
        raise UsageFault("say what is to change: --sac, --no-sac, --time-zone or --locale")
    with opened() as here, here.store.write() as connection:
        tenant = store.change(
            connection, here.vault, name, utc_now(), locale=locale, regulated=sac, time_zone=time_zone
        )
    _print(_told(tenant, discover().get(tenant.connector), "…"), form)


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
        _told(tenant, connectors.get(tenant.connector), tenant.secrets[0] if show_secrets else "…") for tenant in found
    ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("No tenant yet. Add one: sidecue tenants add NAME --connector C")
    for row in rows:
        notes = "posts notes" if row["posts_notes"] else "no API: posts no notes"
        sac = f"  SAC, {row['time_zone']}" if row["sac"] else ""
        click.echo(f"{row['tenant']}  {row['connector']}  {row['locale']}  {row['webhook_path']}  {notes}{sac}")


def _connector(name: str) -> LoadedConnector:
    from connectors.registry import discover  # noqa: PLC0415 - `tenants --help` needs no connector

    connectors = discover()
    if name not in connectors:
        raise UsageFault(f"--connector {name}: there is no such connector; there are {', '.join(connectors)}")
    return connectors[name]


def _made(connector: str) -> str:
    if connector == "standard":  # the form that Standard Webhooks prescribes
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)


def _api_url(given: str | None) -> str | None:
    if given is None:
        return None
    if re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", given) is None:
        raise UsageFault(f"--api-url {given}: write it as https://host or https://host/path, without user or query")
    return given.rstrip("/")


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
    from connectors.registry import webhook_path  # noqa: PLC0415 - `tenants --help` needs no connector

    path = unquote(webhook_path(loaded.manifest, tenant.name, path_secret)) if loaded is not None else None
    return {
        "tenant": tenant.name,
        "connector": tenant.connector,
        "webhook_path": path,
        "locale": tenant.locale,
        "sac": tenant.regulated,
        "time_zone": tenant.time_zone,
        "posts_notes": tenant.api_url is not None,
    }


def _print(told: dict[str, Any], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for key, value in told.items():
        click.echo(f"{key}: {value}")
