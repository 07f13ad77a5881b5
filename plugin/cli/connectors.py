"""`sidecue connectors`: the helpdesks a tenant can be on."""

from __future__ import annotations

import json
from typing import Any

import click

from plugin.cli.lazy import Entry, LazyGroup


class _Connectors(LazyGroup):
    entries = {  # noqa: RUF012 - stated once, never changed
        "list": Entry("plugin.cli.connectors", "list_", "Show every connector."),
        "new": Entry("plugin.cli.connectors_new", "new", "Write the folder of a new connector."),
        "replay": Entry("plugin.cli.connectors_replay", "replay", "Show what a connector makes of a delivery."),
    }


@click.group(cls=_Connectors)
def connectors() -> None:
    """Helpdesks Sidecue can be connected to, one folder each."""


@click.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(form: str) -> None:
    """Show every connector: how its webhooks prove themselves, and which events it reads."""
    from connectors.registry import discover, webhook_path  # noqa: PLC0415 - `connectors --help` imports no connector

    rows: list[dict[str, Any]] = [
        {
            "name": loaded.manifest.name,
            "display_name": loaded.manifest.display_name,
            "stage": loaded.manifest.stage,
            "auth": loaded.manifest.auth,
            "webhook_path": webhook_path(loaded.manifest, "TENANT", "SECRET"),
            "event_types": list(loaded.manifest.event_types),
            "media_types": list(loaded.manifest.media_types),
            "locales": list(loaded.manifest.locales),
            "owner": loaded.manifest.owner,
            "docs_url": loaded.manifest.docs_url,
        }
        for loaded in discover().values()
    ]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    columns = ("name", "display_name", "stage", "auth", "webhook_path")
    widths = [
        max(len(str(row[column])) for row in [*rows, dict(zip(columns, columns, strict=True))]) for column in columns
    ]
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        line = "  ".join(str(row[column]).ljust(width) for column, width in zip(columns, widths, strict=True))
        click.echo(line.rstrip())
