"""Alembic, run from inside: the migrations are package data, and no alembic.ini is needed."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration; with a connection, migrations run on it and in its transaction."""
    config = Config()
    config.set_main_option("script_location", "plugin.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run every migration that the database has not seen."""
    command.upgrade(configuration(connection), "head")


def head() -> str | None:
    """Return the newest migration there is."""
    return ScriptDirectory.from_config(configuration()).get_current_head()
