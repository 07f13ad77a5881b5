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
from plugin.cli.opened import NONE_YET, opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.tenant_options import about_the_helpdesk, api_url_of, back_of, connector_named, duration_of
from plugin.cli.tenant_settings import require_whole, settings_of
from rules.text import LOCALES, Locale, Text, filled

if TYPE_CHECKING:
    from connectors.registry import LoadedConnector
    from plugin.store.tenants import Tenant

_PATH_SAFE: Final = re.compile(r"[A-Za-z0-9._~-]+")
_SHORT_SECRET: Final = 16
_TOGETHER: Final = Text(
    "--api-url e --api-token andam juntas: informe as duas, ou nenhuma",
    "--api-url and --api-token belong together: give both, or neither",
)
_NO_CHANGE: Final = Text(
    "diga o que mudar: sidecue tenants set --help lista tudo",
    "say what is to change: sidecue tenants set --help lists it all",
)
_IN_THE_PATH: Final = Text(
    "--secret faz parte do caminho do webhook aqui: use só letras sem acento, algarismos, - . _ ~",
    "--secret stands in the webhook's path here: use letters, digits, - . _ ~ only",
)
_SHORT: Final = Text(
    "Aviso: um segredo de {length} caracteres é fácil de adivinhar; deixe --secret de fora",
    "Warning: a secret of {length} characters is easy to guess; leave --secret out",
)
_NO_MAPPING: Final = Text(
    "--mapping é do conector standard; {connector} lê o que o próprio helpdesk envia: deixe a opção de fora",
    "--mapping is for the connector standard; {connector} reads its helpdesk's own payloads: leave it out",
)
_NOT_TEXT: Final = Text(
    "--mapping {path}: não pode ser lido como texto ({why}); informe um arquivo YAML ou JSON em UTF-8",
    "--mapping {path}: it cannot be read as text ({why}); name a YAML or JSON file in UTF-8",
)
_NO_API: Final = Text("sem API: nada volta para o helpdesk", "no API: writes nothing back")
_NOTHING: Final = Text("nada", "nothing")
_YES_NO: Final = {True: Text("sim", "yes"), False: Text("não", "no")}
_BACK: Final = {
    "notes": Text("notas: {when}", "notes: {when}"),
    "tags": Text("etiquetas", "tags"),
    "field": Text("campo: {name}", "field: {name}"),
    "group": Text("grupo de {function}: {group}", "group of {function}: {group}"),
}
_LABELS: Final = {
    "tenant": Text("tenant", "tenant"),
    "connector": Text("conector", "connector"),
    "webhook_path": Text("caminho do webhook", "webhook path"),
    "webhook_path_unsigned": Text(
        "caminho do webhook para versões que não assinam", "webhook path for releases that do not sign"
    ),
    "locale": Text("idioma", "language"),
    "sac": Text("decreto do SAC", "SAC decree"),
    "time_zone": Text("fuso horário", "time zone"),
    "posts_notes": Text("deixa notas", "posts notes"),
    "writes_back": Text("volta para o helpdesk", "writes back"),
    "secret": Text("segredo", "secret"),
    "api_key": Text("chave de API", "API key"),
    "sidebar_key": Text("chave da barra lateral", "sidebar key"),
    "old_secret_until": Text("o segredo antigo vale até", "old secret until"),
}
"""What JSON calls it -> what people call it."""


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
@FORMAT
@LANG
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
    lang: str | None,
    time_zone: str | None,
    *,
    tags: bool | None,
    sac: bool,
) -> None:
    """Add the helpdesk installation NAME and print its webhook path and secret."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no store
    from plugin.store import tenants as store  # noqa: PLC0415 - the same

    loaded = connector_named(connector)
    if (api_url is None) != (api_token is None):
        raise UsageFault(_TOGETHER)
    settings = settings_of(loaded.manifest, told)
    require_whole(loaded.manifest, settings, api_url)
    secret = _secret(loaded, secret, language(lang))
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
    _print(_told(tenant, loaded, tenant.secrets[0]) | _secrets_of(tenant), form, language(lang))


@tenants.command("set")
@click.argument("name")
@about_the_helpdesk
@click.option("--sac/--no-sac", default=None, help="Turn the clocks of the SAC decree on, or off.")
@click.option("--time-zone", help="Whose calendar those clocks go by, such as America/Sao_Paulo.")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of notes.")
@FORMAT
@LANG
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
    lang: str | None,
    *,
    tags: bool | None,
    sac: bool | None,
) -> None:
    """Change what is given about the installation NAME; the rest stays. A running server knows it in seconds."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no clock
    from plugin.store import tenants as store  # noqa: PLC0415 - nor a store

    given = (api_url, api_token, notes, tags, field, time_zone, locale, sac)
    if all(each is None for each in given) and not told and not groups:
        raise UsageFault(_NO_CHANGE)
    with opened() as here, here.store.write() as connection:
        before = _there(store.by_name(connection, here.vault, name, utc_now()), name)
        loaded = connector_named(before.connector)
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
    _print(_told(tenant, loaded, "…"), form, language(lang))


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
@FORMAT
@LANG
def rotate_secret(  # noqa: PLR0913 - one parameter per option
    name: str, secret: str | None, keep_old: str, form: str, lang: str | None, *, with_key: bool
) -> None:
    """Give the installation NAME a new webhook secret; the old one is valid beside it for a while.

    Where deliveries are signed the secret is the API key too, so both change.
    """
    from plugin.clock import utc_now  # noqa: PLC0415 - `tenants --help` needs no clock
    from plugin.store import tenants as store  # noqa: PLC0415 - nor a store

    now = utc_now()
    until = now + duration_of(keep_old)
    with opened() as here, here.store.write() as connection:
        loaded = connector_named(_there(store.by_name(connection, here.vault, name, now), name).connector)
        new = _secret(loaded, secret, language(lang))
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
    _print(told | {"old_secret_until": until.isoformat(timespec="seconds")}, form, language(lang))


@tenants.command("list")
@click.option("--show-secrets", is_flag=True, help="Show webhook paths whole, with the secret that ends some of them.")
@FORMAT
@LANG
def list_(form: str, lang: str | None, *, show_secrets: bool) -> None:
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
        click.echo(_json(rows))
        return
    locale = language(lang)
    if not rows:
        click.echo(NONE_YET.read(locale))
    for row in rows:
        notes = ", ".join(each.read(locale) for each in row["writes_back"]) or _NO_API.read(locale)
        sac = f"  SAC, {row['time_zone']}" if row["sac"] else ""
        click.echo(f"{row['tenant']}  {row['connector']}  {row['locale']}  {row['webhook_path']}  {notes}{sac}")
        for key in ("sidebar_key", "webhook_path_unsigned") if show_secrets else ():
            if key in row:
                click.echo(f"  {_LABELS[key].read(locale)}: {row[key]}")


def _there(tenant: Tenant | None, name: str) -> Tenant:
    if tenant is None:
        from plugin.store.tenants import NO_TENANT  # noqa: PLC0415 - `tenants --help` needs no store

        raise UsageFault(filled(NO_TENANT, name=name))
    return tenant


def _secret(loaded: LoadedConnector, given: str | None, locale: Locale) -> str:
    secret = given or _made(loaded.manifest.name)
    if loaded.manifest.auth == "shared_secret" and _PATH_SAFE.fullmatch(secret) is None:
        raise UsageFault(_IN_THE_PATH)
    if len(secret) < _SHORT_SECRET:
        click.echo(_SHORT.read(locale).format(length=len(secret)), err=True)
    return secret


def _made(connector: str) -> str:
    if connector == "standard":  # the form that Standard Webhooks prescribes
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)


def _mapping(connector: str, path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    if connector != "standard":
        raise UsageFault(filled(_NO_MAPPING, connector=connector))
    from connectors.standard import read_mapping  # noqa: PLC0415 - this option alone needs it

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFault(filled(_NOT_TEXT, path=path, why=error)) from None
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


def _back(tenant: Tenant, loaded: LoadedConnector | None) -> list[Text]:
    """Return what is written back to the helpdesk; nothing where there is no way to it."""
    from plugin.outbox.ways import way_of  # noqa: PLC0415 - `tenants --help` needs no connector

    if loaded is None or way_of(tenant, loaded) is None:
        return []
    back = tenant.back
    told = [filled(_BACK["notes"], when=back.notes)] if back.notes != "off" else []
    told += [_BACK["tags"]] if back.tags else []
    told += [filled(_BACK["field"], name=back.field_name)] if back.field_name else []
    groups = sorted(back.groups.items())
    return told + [filled(_BACK["group"], function=function, group=group) for function, group in groups]


def _secrets_of(tenant: Tenant) -> dict[str, str]:
    return {"secret": tenant.secrets[0], "api_key": tenant.api_key, "sidebar_key": tenant.sidebar_keys[0]}


def _print(told: dict[str, Any], form: str, locale: Locale) -> None:
    if form == "json":
        click.echo(_json(told))
        return
    for key, value in told.items():
        click.echo(f"{_LABELS[key].read(locale)}: {_shown(value, locale)}")


def _shown(value: object, locale: Locale) -> str:
    if isinstance(value, list):
        return ", ".join(each.read(locale) for each in value) or _NOTHING.read(locale)
    return _YES_NO[value].read(locale) if isinstance(value, bool) else str(value)


def _json(told: object) -> str:
    """Return it for a machine, whose texts are the English ones."""
    return json.dumps(told, ensure_ascii=False, indent=2, default=lambda text: text.en)
