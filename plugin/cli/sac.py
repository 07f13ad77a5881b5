"""`sidecue sac`: the SAC decree on a regulated tenant's tickets."""

from __future__ import annotations

import json

import click

from plugin.cli.opened import opened
from plugin.cli.options import ASKED_LANGUAGE, language
from plugin.store.errors import NotFound
from rules.text import LOCALES


@click.group()
def sac() -> None:
    """The SAC decree: what is owed on a ticket, since when, until when, met by what."""


@sac.command()
@click.argument("tenant")
@click.argument("ticket")
@click.option("--lang", type=click.Choice(LOCALES), help="Language of the text; else SIDECUE_LANG, LANG, English.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def dossier(context: click.Context, tenant: str, ticket: str, lang: str | None, form: str) -> None:
    """Print the dossier of TICKET, whose number is its protocol: every obligation with its evidence, and the record.

    It holds what the customer wrote: keep it as you keep the tickets themselves.
    """
    from plugin.clock import utc_now  # noqa: PLC0415 - `sac --help` needs no store
    from plugin.i18n import words  # noqa: PLC0415 - the same
    from plugin.sac import dossier as dossiers  # noqa: PLC0415 - the same
    from plugin.store import tenants  # noqa: PLC0415 - the same

    context.meta[ASKED_LANGUAGE] = lang
    with opened() as here, here.store.read() as connection:
        found = tenants.by_name(connection, here.vault, tenant, utc_now())
        if found is None:
            raise NotFound(f"there is no tenant {tenant!r} (sidecue tenants list shows them all)")
        made = dossiers.of_ticket(connection, found, ticket, utc_now())
    if made is None:
        raise NotFound(f"there is no decided ticket {ticket!r} of the tenant {tenant!r}")
    if form == "json":
        click.echo(json.dumps(dossiers.document(made), ensure_ascii=False, indent=2))
        return
    for line in dossiers.lines(made, words(language(lang))):
        click.echo(line)
