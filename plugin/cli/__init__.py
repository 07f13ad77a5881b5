"""The command `sidecue`. Every group is a module of this folder, imported only when it is used."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Final

import click

from plugin.cli.errors import told

COMMANDS: Final = {
    "serve": "Start the web server with its worker.",
    "demo": "Show Sidecue at work on a sample tenant.",
    "classify": "Classify tickets from a file.",
    "rules": "Check, test, list and explain rules.",
    "connectors": "List the helpdesks Sidecue can be connected to.",
    "tenants": "Add and list helpdesk installations.",
    "inbox": "See and mend what helpdesks delivered.",
    "db": "Create the database or bring it up to date.",
    "bench": "Measure against named baselines.",
}
"""Command -> what `sidecue --help` says of it; the module and the command in it have the same name."""


class Commands(click.Group):
    """The commands whose modules are there, found by name: `sidecue --help` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order people meet them."""
        return [name for name in COMMANDS if importlib.util.find_spec(f"plugin.cli.{name}") is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(importlib.import_module(f"plugin.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what the project raises on purpose is told in one line, with the right exit code."""
        with told():
            return super().invoke(ctx)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sidecue", message="%(prog)s %(version)s")
def main() -> None:
    """Tell a helpdesk agent, inside the ticket, whose work it is and what to do next."""
