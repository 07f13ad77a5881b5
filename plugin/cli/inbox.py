"""`sidecue inbox`: what helpdesks delivered, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import opened
from plugin.cli.options import FORMAT, LANG, language
from rules.text import Locale, Text

if TYPE_CHECKING:
    from plugin.store.deliveries import Listed

_EMPTY: Final = Text("A caixa de entrada está vazia.", "The inbox is empty.")
_AGAIN: Final = Text("{number} para tratar de novo", "{number} to be worked on again")
_DROPPED: Final = Text("{id} descartada", "{id} dropped")
_WHICH: Final = Text(
    "diga qual: sidecue inbox retry ID, ou sidecue inbox retry --all",
    "say which: sidecue inbox retry ID, or sidecue inbox retry --all",
)
_LINE: Final = Text(
    "{id}  {received_at}  {tenant}  {state}  chamado {ticket}  tentativas {attempts}",
    "{id}  {received_at}  {tenant}  {state}  ticket {ticket}  attempts {attempts}",
)


@click.group()
def inbox() -> None:
    """Deliveries: waiting, decided, unreadable or dead."""


@inbox.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["received", "decided", "ignored", "unreadable", "failed", "dead"]),
    help="Only these states (may be given several times).",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Newest first.")
@FORMAT
@LANG
def list_(states: tuple[str, ...], limit: int, form: str, lang: str | None) -> None:
    """Show deliveries, newest first; what customers wrote is not shown."""
    from plugin.store import deliveries  # noqa: PLC0415 - `inbox --help` needs no store

    locale = language(lang)
    with opened() as here, here.store.read() as connection:
        found = deliveries.listing(connection, states=states, limit=limit)
        counts = deliveries.counts(connection)
    rows = [_row(delivery, locale) for delivery in found]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        line = _LINE.read(locale).format(**row | {"ticket": row["ticket"] or "-"})
        click.echo(f"{line}  {row['error']}" if row["error"] else line)
    summary = "  ".join(f"{state} {number}" for state, number in counts.items() if number)
    click.echo(summary or _EMPTY.read(locale))


@inbox.command()
@click.argument("delivery_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every failed, dead and unreadable delivery.")
@LANG
def retry(delivery_id: str | None, lang: str | None, *, everything: bool) -> None:
    """Have a delivery worked on again, from its start."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `inbox --help` needs no store
    from plugin.store import deliveries  # noqa: PLC0415 - the same

    if (delivery_id is None) == (not everything):
        raise UsageFault(_WHICH)
    with opened() as here, here.store.write() as connection:
        number = deliveries.retry(connection, utc_now(), delivery_id)
    click.echo(_AGAIN.read(language(lang)).format(number=number))


@inbox.command()
@click.argument("delivery_id")
@LANG
def drop(delivery_id: str, lang: str | None) -> None:
    """Delete a delivery that nobody should work on. A decided one stays."""
    from plugin.store import deliveries  # noqa: PLC0415 - `inbox --help` needs no store

    with opened() as here, here.store.write() as connection:
        deliveries.drop(connection, delivery_id)
    click.echo(_DROPPED.read(language(lang)).format(id=delivery_id))


def _row(delivery: Listed, locale: Locale) -> dict[str, Any]:
    return asdict(delivery) | {
        "received_at": delivery.received_at.isoformat(),
        "due_at": delivery.due_at.isoformat(),
        "error": delivery.error.read(locale) if delivery.error is not None else None,
    }
