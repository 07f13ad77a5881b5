"""`sidecue connectors replay`: what a connector makes of a delivery that lies in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import LANG, language
from plugin.cli.tenant_options import connector_named
from plugin.cli.tenant_settings import settings_of
from rules.text import Text, filled

_NO_HEADER: Final = Text("--header {given}: escreva NOME=VALOR", "--header {given}: write NAME=VALUE")


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--connector", required=True, help="Which helpdesk sent it (sidecue connectors list).")
@click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="A header that came with it.")
@click.option("--set", "told", multiple=True, metavar="NAME=VALUE", help="What the tenant tells the connector besides.")
@LANG
def replay(file: Path, connector: str, headers: tuple[str, ...], told: tuple[str, ...], lang: str | None) -> None:
    """Print, as JSON, the events that the body in FILE becomes, or what is wrong with it. Nothing is kept or decided.

    A delivery that only names documents is told with those it would be completed by. Exit 1 when it cannot be read.
    """
    from connectors.base import Delivery, Installation  # noqa: PLC0415 - `connectors --help` imports no connector
    from plugin.clock import utc_now  # noqa: PLC0415 - the same
    from plugin.store.event_json import encode  # noqa: PLC0415 - the same

    loaded = connector_named(connector)
    given = dict(_header(each) for each in headers)
    delivery = Delivery(file.read_bytes(), given, utc_now())
    installation = Installation("replay", language(lang), settings=settings_of(loaded.manifest, told))
    hydrate = loaded.hook("hydrate")
    asked = hydrate(delivery, installation) if hydrate is not None else ()
    shown: Any = {"needs": [each.path for each in asked]} if asked else None
    if shown is None:
        shown = [
            {
                "id": event.id,
                "ticket": event.ticket_id,
                "kind": event.kind.value,
                "at": event.occurred_at.isoformat(),
                **encode(event),
            }
            for event in loaded.module.parse(delivery, installation)
        ]
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def _header(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise UsageFault(filled(_NO_HEADER, given=given))
    return name.lower(), value
