"""`sidecue db`: the database."""

from __future__ import annotations

from typing import Final

import click

from plugin.cli.options import LANG, language
from plugin.config import Settings
from plugin.store import HEAD, Store
from rules.text import Text

_BROUGHT: Final = Text("{url}: atualizado para a versão {version}", "{url}: brought to version {version}")
_IS_AT: Final = Text("{url}: já está na versão {version}", "{url}: is at version {version}")


@click.group()
def db() -> None:
    """The database: create it, or bring it up to date."""


@db.command()
@LANG
def upgrade(lang: str | None) -> None:
    """Create the database or bring it to this version's tables. Safe to run again."""
    settings = Settings.from_environment()
    store = Store(settings.database_url)
    try:
        changed = store.upgrade()
    finally:
        store.close()
    click.echo((_BROUGHT if changed else _IS_AT).read(language(lang)).format(url=store.url, version=HEAD))
