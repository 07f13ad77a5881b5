"""`sidecue sac`: the SAC decree on a regulated tenant's tickets."""

from __future__ import annotations

import json
from typing import Final

import click

from plugin.cli.opened import opened
from plugin.cli.options import FORMAT, LANG, language
from plugin.store.errors import NotFound
from rules.text import Text, filled

_NO_TICKET: Final = Text(
    "não há o chamado decidido {ticket!r} do tenant {tenant!r}",
    "there is no decided ticket {ticket!r} of the tenant {tenant!r}",
)


@click.group()
def sac() -> None:
    """The SAC decree: what is owed on a ticket, since when, until when, met by what."""


@sac.command()
@click.argument("tenant")
@click.argument("ticket")
@FORMAT
@LANG
def dossier(tenant: str, ticket: str, form: str, lang: str | None) -> None:
    """Print the dossier of TICKET, whose number is its protocol: every obligation with its evidence, and the record.

    It holds what the customer wrote: keep it as you keep the tickets themselves.
    """
    from plugin.clock import utc_now  # noqa: PLC0415 - `sac --help` needs no store
    from plugin.i18n import words  # noqa: PLC0415 - the same
    from plugin.sac import dossier as dossiers  # noqa: PLC0415 - the same
    from plugin.store import tenants  # noqa: PLC0415 - the same

    with opened() as here, here.store.read() as connection:
        found = tenants.by_name(connection, here.vault, tenant, utc_now())
        if found is None:
            raise NotFound(filled(tenants.NO_TENANT, name=tenant))
        made = dossiers.of_ticket(connection, found, ticket, utc_now())
    if made is None:
        raise NotFound(filled(_NO_TICKET, ticket=ticket, tenant=tenant))
    if form == "json":
        click.echo(json.dumps(dossiers.document(made), ensure_ascii=False, indent=2))
        return
    for line in dossiers.lines(made, words(language(lang))):
        click.echo(line)
