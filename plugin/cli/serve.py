"""`sidecue serve`."""

from __future__ import annotations

import click

from plugin.cli.options import LANG, language
from plugin.config import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option("--port", type=click.IntRange(1, 65535), default=8300, show_default=True, help="Port to listen on.")
@LANG
def serve(host: str, port: int, lang: str | None) -> None:
    """Start the web server with its worker; creates and migrates its database. Stops on SIGTERM or Ctrl-C."""
    settings = Settings.from_environment()
    from plugin.serve import run  # noqa: PLC0415 - wrong settings are told before anything heavy is imported

    run(settings, host, port, language(lang))
