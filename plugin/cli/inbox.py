"""`sidecue inbox`: what helpdesks delivered, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from plugin.cli.errors import UsageFault
from plugin.cli.opened import opened


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
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(states: tuple[str, ...], limit: int, form: str) -> None:
    """Show deliveries, newest first; what customers wrote is not shown."""
    from plugin.store import deliveries  # noqa: PLC0415 - `inbox --help` needs no store

    with opened() as here, here.store.read() as connection:
        found = deliveries.listing(connection, states=states, limit=limit)
        counts = deliveries.counts(connection)
    rows = [_row(asdict(delivery)) for delivery in found]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        error = f"  {row['error']}" if row["error"] else ""
        kind = f" ({row['event_type']})" if row["state"] == "ignored" and row["event_type"] else ""
        click.echo(
            f"{row['id']}  {row['received_at']}  {row['tenant']}  {row['state']}{kind}"
            f"  ticket {row['ticket'] or '-'}  attempts {row['attempts']}{error}"
        )
    click.echo("  ".join(f"{state} {number}" for state, number in counts.items() if number) or "The inbox is empty.")


@inbox.command()
@click.argument("delivery_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every failed, dead and unreadable delivery.")
def retry(delivery_id: str | None, *, everything: bool) -> None:
    """Have a delivery worked on again, from its start."""
    from plugin.clock import utc_now  # noqa: PLC0415 - `inbox --help` needs no store
    from plugin.store import deliveries  # noqa: PLC0415 - the same

    if (delivery_id is None) == (not everything):
        raise UsageFault("say which: sidecue inbox retry ID, or sidecue inbox retry --all")
    with opened() as here, here.store.write() as connection:
        number = deliveries.retry(connection, utc_now(), delivery_id)
    click.echo(f"{number} to be worked on again")


@inbox.command()
@click.argument("delivery_id")
def drop(delivery_id: str) -> None:
    """Delete a delivery that nobody should work on. A decided one stays."""
    from plugin.store import deliveries  # noqa: PLC0415 - `inbox --help` needs no store

    with opened() as here, here.store.write() as connection:
        deliveries.drop(connection, delivery_id)
    click.echo(f"{delivery_id} dropped")


def _row(delivery: dict[str, Any]) -> dict[str, Any]:
    for name in ("received_at", "due_at"):
        delivery[name] = delivery[name].isoformat()
    return delivery
