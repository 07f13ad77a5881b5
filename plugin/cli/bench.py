"""`sidecue bench`: the project's own figures, as ratios against a named baseline of the same run."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

PARTS: Final[Mapping[str, str]] = {
    "decide": "plugin.bench.stages",
    "classify": "plugin.bench.classify",
    "rules": "plugin.bench.rule_files",
    "webhook": "plugin.bench.webhooks",
    "connectors": "plugin.bench.connectors",
    "sidebar": "plugin.bench.sidebar",
    "bulk": "plugin.bench.bulk",
    "backtest": "plugin.bench.backtest",
    "import": "plugin.bench.importing",
    "peers": "plugin.bench.peers.contest",
    "memory": "plugin.bench.memory",
}
"""Part -> the module whose `measure` takes its figures; only what is measured is imported."""


@click.command()
@click.argument("part", nargs=-1, type=click.Choice(list(PARTS)))
@click.option(
    "--peers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For the part `peers`: the Python of the environment they are installed in (`make bench-peers` makes it).",
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def bench(part: tuple[str, ...], peers: Path | None, output: str) -> None:
    """Measure this installation on this machine.

    PART is one of decide, classify, rules, webhook, connectors, sidebar, bulk, backtest, import, peers, memory; all
    of them when none is named (about ten minutes).
    Quote the ratios: absolute times belong to one machine on one day.
    """
    figures: dict[str, dict[str, object]] = {}
    for name in part or PARTS:
        if output == "text":
            click.echo(f"{name} …")
        measure = importlib.import_module(PARTS[name]).measure
        figures[name] = measure(peers) if name == "peers" else measure()
        if output == "text":
            for label, value in figures[name].items():
                click.echo(f"  {label.replace('_', ' ')}: {_plain(value)}")
    if output == "json":
        click.echo(json.dumps(figures, indent=2))


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return str(value)
