"""`sidecue rules test --watch`: run again what a change touches, until somebody presses Ctrl-C."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from watchfiles import Change, watch

from plugin.cli.rules import say_testing
from plugin.cli.rules.options import print_findings, print_lines
from plugin.cli.rules.scope import Scope
from plugin.cli.rules.trying_out import Wanted, try_out
from rules.check.rerun import Rerun
from rules.errors import EngineFailed
from rules.loader import read
from rules.loader.memory import Memory
from rules.text import Locale

_LOOK_MS: Final = 200


def go_on(meant: Scope, wanted: Wanted, locale: Locale) -> None:
    """Run the examples, then again on every change of a rule file; return when interrupted.

    The screen is cleared on a terminal only. Broken files are told, and waited for to be mended.
    """
    memory, rerun = Memory(), Rerun()
    folders = _folders(meant)
    first = True
    try:
        # the first round, too, comes out of the watcher: what is saved while it runs is not missed
        for changes in watch(
            *folders, watch_filter=_may_matter, rust_timeout=_LOOK_MS, yield_on_timeout=True, raise_interrupt=True
        ):
            if changes or first:
                first = False
                memory.forget({Path(path) for _, path in changes})
                _round(meant, wanted, locale, memory, rerun)
                shown = ", ".join(map(str, folders))
                click.echo(say_testing.word("watching", locale, time=_clock(), paths=shown))
    except KeyboardInterrupt:
        click.echo()


def _round(meant: Scope, wanted: Wanted, locale: Locale, memory: Memory, rerun: Rerun) -> None:
    begun = time.perf_counter()
    now = _clock()
    reading = read(meant.paths, meant.overlays, meant.context, memory)
    click.clear()
    if reading.rulebook is None:
        print_findings(reading.findings, locale)
        click.echo(say_testing.word("broken", locale, time=now))
        return
    try:
        outcome = try_out(reading, reading.rulebook, wanted, rerun, begun)
    except EngineFailed as problem:
        click.echo(f"{now}  {problem}")
        return
    click.echo(say_testing.rerun_line(now, outcome.ran, locale))
    print_lines(outcome.lines(locale))


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")


def _folders(meant: Scope) -> tuple[Path, ...]:
    """Return the folders to look at: of a file its folder, for editors put a new file in the place of the old one."""
    found = [path if path.is_dir() else path.parent for path in (*meant.paths, *meant.overlays)]
    return tuple(dict.fromkeys(found))


def _may_matter(change: Change, path: str) -> bool:
    """Tell whether a change may be one of a rule file.

    A folder that is new, or gone, brings or takes its files along: of what was in it before it was watched, nothing
    else tells.
    """
    named = Path(path)
    if named.name.startswith("."):
        return False
    return named.suffix in {".yml", ".yaml"} or (change is not Change.modified and not named.suffix)
