"""`sidecue outbox`: what was to be written at helpdesks, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import opened
from plugin.cli.options import FORMAT, LANG, language
from rules.text import Text

_EMPTY: Final = Text("A caixa de saída está vazia.", "The outbox is empty.")
_CARRIED: Final = Text("(vai na resposta ao próximo webhook)", "(goes with the answer to the next webhook)")
_AGAIN: Final = Text("{number} para tentar de novo", "{number} to be tried again")
_WHICH: Final = Text(
    "diga qual: sidecue outbox retry REF, ou sidecue outbox retry --all",
    "say which: sidecue outbox retry REF, or sidecue outbox retry --all",
)
_LINE: Final = Text(
    "{ref}  {due_at}  {tenant}  {kind}  {state}  chamado {ticket}  tentativas {attempts}",
    "{ref}  {due_at}  {tenant}  {kind}  {state}  ticket {ticket}  attempts {attempts}",
)


@click.group()
def outbox() -> None:
    """Orders to helpdesks: waiting, sent, cancelled or dead."""


@outbox.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["waiting", "sent", "cancelled", "dead"]),
    help="Only these states (may be given several times).",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Newest first.")
@FORMAT
@LANG
def list_(states: tuple[str, ...], limit: int, form: str, lang: str | None) -> None:
    """Show what was to be written at helpdesks, newest first, and why it was not; its text is not shown."""
    from plugin.store import outbox as orders  # noqa: PLC0415 - `outbox --help` needs no store

    locale = language(lang)
    with opened() as here, here.store.read() as connection:
        found = orders.listing(connection, states=states, limit=limit)
        counts = orders.counts(connection)
    rows = [
        asdict(order)
        | {"due_at": order.due_at.isoformat(), "error": order.error.read(locale) if order.error is not None else None}
        for order in found
    ]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        carried = _CARRIED.read(locale) if row["carried"] and row["state"] == "waiting" else ""
        told = (_LINE.read(locale).format(**row), carried, row["error"])
        click.echo("  ".join(each for each in told if each))
    summary = "  ".join(f"{state} {number}" for state, number in counts.items() if number)
    click.echo(summary or _EMPTY.read(locale))


@outbox.command()
@click.argument("ref", required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead order that no newer one has taken the place of.")
@LANG
def retry(ref: str | None, lang: str | None, *, everything: bool) -> None:
    """Have a dead order tried again, once what was wrong is mended; no note is written twice."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `outbox --help` needs no store
    from plugin.store import outbox as orders  # noqa: PLC0415 - the same

    locale = language(lang)
    if (ref is None) == (not everything):
        raise UsageFault(_WHICH)
    with opened() as here, here.store.write() as connection:
        number = orders.retry(connection, utc_now(), ref)
    click.echo(_AGAIN.read(locale).format(number=number))
