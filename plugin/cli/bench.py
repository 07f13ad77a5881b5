"""`sidecue bench`: the project's own figures, as ratios against a named baseline of the same run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import click


def _decide() -> dict[str, object]:
    from plugin.bench import stages  # noqa: PLC0415 - a benchmark loads only what it measures

    return stages.measure()


def _webhook() -> dict[str, object]:
    from plugin.bench import webhooks  # noqa: PLC0415 - as above

    return webhooks.measure()


def _sidebar() -> dict[str, object]:
    from plugin.bench import sidebar  # noqa: PLC0415 - as above

    return sidebar.measure()


def _bulk() -> dict[str, object]:
    from plugin.bench import bulk  # noqa: PLC0415 - as above

    return bulk.measure()


def _memory() -> dict[str, object]:
    from plugin.bench import memory  # noqa: PLC0415 - as above

    return memory.measure()


PARTS: Mapping[str, Callable[[], dict[str, object]]] = {
    "decide": _decide,
    "webhook": _webhook,
    "sidebar": _sidebar,
    "bulk": _bulk,
    "memory": _memory,
}


@click.command()
@click.argument("part", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def bench(part: tuple[str, ...], output: str) -> None:
    """Measure this installation on this machine.

    PART is one of decide, webhook, sidebar, bulk, memory; all of them when none is named (about five minutes).
    Quote the ratios: absolute times belong to one machine on one day.
    """
    figures: dict[str, dict[str, object]] = {}
    for name in part or PARTS:
        if output == "text":
            click.echo(f"{name} …")
        figures[name] = PARTS[name]()
        if output == "text":
            for label, value in figures[name].items():
                click.echo(f"  {label.replace('_', ' ')}: {_plain(value)}")
    if output == "json":
        click.echo(json.dumps(figures, indent=2))


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return str(value)
