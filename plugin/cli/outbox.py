"""`sidecue outbox`: what was to be written at helpdesks, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import opened


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
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(states: tuple[str, ...], limit: int, form: str) -> None:
    """Show what was to be written at helpdesks, newest first, and why it was not; its text is not shown."""
    from plugin.store import outbox as orders  # noqa: PLC0415 - `outbox --help` needs no store

    with opened() as here, here.store.read() as connection:
        found = orders.listing(connection, states=states, limit=limit)
        counts = orders.counts(connection)
    rows = [asdict(order) | {"due_at": order.due_at.isoformat()} for order in found]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        error = f"  {row['error']}" if row["error"] else ""
        carried = " (for the answer to the next webhook)" if row["carried"] and row["state"] == "waiting" else ""
        click.echo(
            f"{row['ref']}  {row['due_at']}  {row['tenant']}  {row['kind']}  {row['state']}{carried}"
            f"  ticket {row['ticket']}  attempts {row['attempts']}{error}"
        )
    click.echo("  ".join(f"{state} {number}" for state, number in counts.items() if number) or "The outbox is empty.")


@outbox.command()
@click.argument("ref", required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead order that no newer one has taken the place of.")
def retry(ref: str | None, *, everything: bool) -> None:
    """Have a dead order tried again, once what was wrong is mended; no note is written twice."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `outbox --help` needs no store
    from plugin.store import outbox as orders  # noqa: PLC0415 - the same

    if (ref is None) == (not everything):
        raise UsageFault("say which: sidecue outbox retry REF, or sidecue outbox retry --all")
    with opened() as here, here.store.write() as connection:
        number = orders.retry(connection, utc_now(), ref)
    click.echo(f"{number} to be tried again")
