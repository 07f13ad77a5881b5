"""`sidecue connectors`: the helpdesks a tenant can be on."""

from __future__ import annotations

import json
from typing import Any, Final

import click

from plugin.cli.lazy import Entry, LazyGroup
from plugin.cli.options import FORMAT, LANG, language
from rules.text import Text

_COLUMNS: Final = {
    "name": Text("nome", "name"),
    "display_name": Text("helpdesk", "helpdesk"),
    "stage": Text("fase", "stage"),
    "auth": Text("prova", "proof"),
    "webhook_path": Text("caminho do webhook", "webhook path"),
}


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
@FORMAT
@LANG
def list_(form: str, lang: str | None) -> None:
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
    locale = language(lang)
    table = [[title.read(locale) for title in _COLUMNS.values()], *([row[name] for name in _COLUMNS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
