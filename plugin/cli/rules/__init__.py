"""`sidecue rules`: read, check, test and explain the rules.

Exit codes: 0 all is well, 1 there is something to mend, 2 the command was called wrongly.
"""

from __future__ import annotations

import click

from plugin.cli.lazy import Entry, LazyGroup


class _Commands(LazyGroup):
    entries = {  # noqa: RUF012 - stated once, never changed
        "check": Entry("plugin.cli.rules.checking", "check", "Find everything that is wrong with rule files."),
        "test": Entry("plugin.cli.rules.testing", "test", "Run the examples of the rules."),
        "prove": Entry("plugin.cli.rules.proving", "prove", "Prove what the rules keep, whatever the facts."),
        "new": Entry("plugin.cli.rules.new", "new", "Write a rule, signal or action to begin with."),
        "list": Entry("plugin.cli.rules.listing", "list_rules", "List the rules in force."),
        "explain": Entry(
            "plugin.cli.rules.explaining", "explain", "Explain a ticket's decision, or read a rule aloud."
        ),
        "backtest": Entry(
            "plugin.cli.rules.backtesting", "backtest", "Replay past decisions with other rules, and list what changes."
        ),
        "evaluate": Entry(
            "plugin.cli.rules.evaluating", "evaluate", "Hold decisions against tickets that people have labelled."
        ),
        "fit": Entry("plugin.cli.rules.fitting", "fit", "Propose votes from tickets that people have labelled."),
        "calibrate": Entry(
            "plugin.cli.rules.calibrating", "calibrate", "Fit confidence to tickets that people have labelled."
        ),
        "publish": Entry("plugin.cli.rules.publishing", "publish_rules", "Check, prove and put rules in force."),
        "history": Entry("plugin.cli.rules.history", "history", "See, verify and export what was published."),
        "rollback": Entry("plugin.cli.rules.publishing", "rollback_rules", "Put an older version in force again."),
    }


@click.group(cls=_Commands)
def rules() -> None:
    """Check, test, list and explain the rules.

    Without PATH the shipped packs and the tenant's folder (SIDECUE_PACKS, or SIDECUE_HOME/packs) are meant. A PATH is a
    pack, a folder of packs, or one file; it may refer to the packs beside it and to the shipped ones.
    """
