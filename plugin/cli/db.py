"""`sidecue db`: the database."""

from __future__ import annotations

import click

from plugin.config import Settings
from plugin.store import HEAD, Store


@click.group()
def db() -> None:
    """The database: create it, or bring it up to date."""


@db.command()
def upgrade() -> None:
    """Create the database or bring it to this version's tables. Safe to run again."""
    settings = Settings.from_environment()
    store = Store(settings.database_url)
    try:
        changed = store.upgrade()
    finally:
        store.close()
    click.echo(f"{store.url}: {'brought to' if changed else 'is at'} version {HEAD}")
