"""The command `sidecue`. Every group is a module of this folder, imported only when it is used."""

from __future__ import annotations

import click

from plugin.cli.errors import told
from plugin.cli.lazy import Entry, LazyGroup


class _Commands(LazyGroup):
    entries = {  # noqa: RUF012 - stated once, never changed
        name: Entry(f"plugin.cli.{name}", name, does)
        for name, does in {
            "serve": "Start the web server with its worker.",
            "demo": "Show Sidecue at work on a sample tenant.",
            "classify": "Classify tickets from a file.",
            "rules": "Check, test, prove, try out and publish rules.",
            "connectors": "List helpdesks, write a new connector, try a delivery.",
            "manifest": "Build and check app packages for helpdesks.",
            "tenants": "Add, change and list helpdesk installations.",
            "proactive": "Evaluate customers without a ticket.",
            "sac": "Prove how a regulated tenant's tickets were attended.",
            "tickets": "Bring in tickets of the past.",
            "email": "Take mail in from a maildir.",
            "inbox": "See and mend what helpdesks delivered.",
            "outbox": "See and mend what was to be written at helpdesks.",
            "db": "Create the database or bring it up to date.",
            "bench": "Measure against named baselines.",
        }.items()
    }

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what the project raises on purpose is told in one line, with the right exit code."""
        with told(ctx):
            return super().invoke(ctx)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sidecue", message="%(prog)s %(version)s")
def main() -> None:
    """Tell a helpdesk agent, inside the ticket, whose work it is and what to do next."""
