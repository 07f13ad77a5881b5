"""What the `rules` commands share: their options, how they read the files, how they print."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from plugin.cli.options import Option
from plugin.cli.rules import say
from plugin.cli.rules.remembered import remembered
from plugin.cli.rules.scope import Scope
from rules.loader import Finding, Reading, as_json, read
from rules.model import LeafResult
from rules.rulebook import Rulebook
from rules.text import Locale

PATHS: Final[Option] = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))


def read_files(meant: Scope, form: str, locale: Locale) -> Reading:
    """Return what was read; end the command with the findings when it makes no rulebook."""
    with uncollected(), remembered() as faultless:
        reading = read(meant.paths, meant.overlays, meant.context, faultless=faultless)
    if reading.rulebook is None:
        if form == "json":
            print_json({"ok": False, "findings": as_json(reading.findings, locale)})
        else:
            print_findings(reading.findings, locale)
        raise SystemExit(1)
    return reading


@contextmanager
def uncollected() -> Iterator[None]:
    """Let garbage lie: reading makes a million small objects that all live on, and the process ends in seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # whoever runs the command may have frozen what is theirs
                gc.freeze()  # without going through them,
                gc.unfreeze()  # everything that was made is among the old objects now
            gc.enable()


def rulebook_of(reading: Reading) -> Rulebook:
    """Return the rulebook that was read; without one, end the command."""
    if reading.rulebook is None:
        raise SystemExit(1)
    return reading.rulebook


def print_findings(findings: Iterable[Finding], locale: Locale) -> None:
    """Print every finding: place and what, why, how to mend."""
    print_lines(line for found in findings for line in say.finding_lines(found, locale))


def print_lines(lines: Iterable[str]) -> None:
    """Print line by line."""
    for line in lines:
        click.echo(line)


def print_json(content: dict[str, Any]) -> None:
    """Print for a machine."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def leaves_json(leaves: Iterable[LeafResult]) -> list[dict[str, Any]]:
    """Return conditions with their values as plain data."""
    return [
        {"field": leaf.field, "op": leaf.op, "expected": leaf.expected, "actual": leaf.actual, "truth": leaf.truth}
        for leaf in leaves
    ]
