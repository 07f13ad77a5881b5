"""What the `rules` commands that read labelled tickets share: their options, the reading, and rows that do not do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import Option
from plugin.clock import InstantInvalid, stated_instant, utc_now
from plugin.evaluation.running import ALONE, Counted, Outcome, Question, Refused, run
from plugin.evaluation.words import said
from plugin.parallel import cores
from rules.rulebook import Rulebook
from rules.text import Locale, Text, filled

NO_FOLDER: Final = Text(
    "{folder} não é uma pasta; indique uma que exista", "{folder} is no folder; name one that exists"
)
_NOT_READ: Final = Text(
    "{file}: não pode ser lido ({why}); informe um arquivo que possa ser lido",
    "{file}: it cannot be read ({why}); name a file that may be read",
)
_NOW: Final = Text("--now {text!r} {why}", "--now {text!r} {why}")

LABELLED: Final[Option] = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="LABELLED.jsonl"
)
LABEL: Final[Option] = click.option(
    "--label", default="primary", show_default=True, metavar="COLUMN", help="Where the right function is."
)
NOW: Final[Option] = click.option(
    "--now", metavar="ISO", help="The clock of the whole run, like 2026-03-10T12:00:00Z. Not given: now."
)
WORKERS: Final[Option] = click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="How many processes. Not given: one for each core."
)
REPORT: Final[Option] = click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.html", help="Write a report."
)


def must_have_a_folder(report: Path | None) -> None:
    """Raise UsageFault for a report that could not be written in the end."""
    if report is not None and not report.parent.is_dir():
        raise UsageFault(filled(NO_FOLDER, folder=report.parent), option="--report")


def decided(file: Path, rulebook: Rulebook, question: Question[Counted], workers: int | None) -> Outcome[Counted]:
    """Return what a labelled file adds up to, with a progress bar when somebody watches."""
    size = file.stat().st_size
    many = workers or (1 if size <= ALONE else cores())
    try:
        with _progress(size) as advance:
            return run(file, rulebook, question, workers=many, advance=advance)
    except OSError as error:
        raise UsageFault(filled(_NOT_READ, file=file, why=error.strerror)) from error


def print_refused(file: Path, refused: list[Refused], locale: Locale) -> None:
    """Name every row that could not be used, on the standard error."""
    for one in refused:
        told = said("refused_line", locale, file=file, line=one.line, problem=one.problem.read(locale))
        click.echo(told, err=True)
    if refused:
        click.echo(said("refused", locale, count=len(refused)), err=True)


def clock(text: str | None) -> datetime:
    """Return the instant that `--now` states, else now. Raise UsageFault."""
    if text is None:
        return utc_now()
    try:
        return stated_instant(text)
    except InstantInvalid as error:
        raise UsageFault(filled(_NOW, text=text, why=error.text)) from error


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """Yield what takes note of the bytes that are done: it draws a bar when somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _bytes: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for somebody who watches
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("evaluate", total=size)
        yield lambda done: progress.advance(task, done)
