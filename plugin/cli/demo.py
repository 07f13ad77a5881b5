"""`sidecue demo`."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import ExitStack
from typing import Final

import click

from plugin.cli.options import LANG, language
from plugin.config import Settings
from rules.text import Text

_BEGUN: Final = Text(
    "\n  Abra  {where}/demo\n\n  Os chamados já estão chegando. Ctrl-C encerra.",
    "\n  Open  {where}/demo\n\n  Tickets come in now. Ctrl-C stops.",
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8300, show_default=True, help="Port to listen on.")
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 100),
    default=1.0,
    show_default=True,
    help="How many times faster than a few events a minute.",
)
@LANG
def demo(host: str, port: int, speed: float, lang: str | None) -> None:
    """Show Sidecue at work: made-up tickets come in through the real webhook, and /demo frames the sidebar.

    Everything is kept in a temporary folder and gone afterwards, unless SIDECUE_HOME names one.
    """
    # Late: `sidecue --help` reads this module, and needs none of these.
    from plugin.demo.scenario import scenario  # noqa: PLC0415 - see above
    from plugin.demo.sender import Sender  # noqa: PLC0415 - see above
    from plugin.demo.tenant import make_tenant  # noqa: PLC0415 - see above
    from plugin.serve import address, run  # noqa: PLC0415 - see above

    locale = language(lang)
    with ExitStack() as stack:
        environment = dict(os.environ)
        if not environment.get("SIDECUE_HOME"):
            environment["SIDECUE_HOME"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="sidecue-demo-"))
            environment.pop("SIDECUE_DATABASE_URL", None)
        environment.setdefault("SIDECUE_LOG_LEVEL", "warning")
        environment.setdefault("SIDECUE_LOG_FORMAT", "console")
        settings = Settings.from_environment(environment)
        where = address(host, port)
        tenant = make_tenant(settings, where, secrets.token_hex(16))
        sender = Sender(where, tenant, scenario(), speed)
        stack.callback(sender.stop)

        def begin(_: str) -> None:
            click.echo(_BEGUN.read(locale).format(where=where))
            sender.start()

        run(settings, host, port, locale, application="plugin.demo.wsgi:application", on_ready=begin)
