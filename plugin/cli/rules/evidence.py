"""What `rules fit` and `rules calibrate` share: their options, the evidence, and how a proposed change is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import Option
from plugin.cli.rules.labelled import clock, decided, print_refused
from plugin.cli.rules.scope import Scope
from plugin.evaluation.labelled import Reading
from plugin.evaluation.running import Outcome, Question
from plugin.fitting.words import WORDS, said
from rules.fitting.evidence import Evidence
from rules.loader import SHIPPED
from rules.rulebook import Rulebook
from rules.text import Locale, filled

if TYPE_CHECKING:
    from plugin.fitting.staging import Staged

PACKS: Final[Option] = click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[PACKS]..."
)
WRITE: Final[Option] = click.option("--write", is_flag=True, help="Apply the diff. Not given: nothing is written.")
LEAST: Final = 20
"""With fewer tickets, what is left out says nothing."""

_LIBRARIES: Final = frozenset({"numpy", "scipy"})


@contextmanager
def fitting_libraries() -> Iterator[None]:
    """Name what to install when what is imported inside needs numpy or scipy, and they are not there."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its arrays are small: threads would only wait for each other
    try:
        yield
    except ImportError as error:
        name = (error.name or "").split(".")[0]
        if name not in _LIBRARIES:
            raise
        raise UsageFault(filled(WORDS["missing"], name=name)) from error


def must_be_ours(meant: Scope, *, write: bool) -> None:
    """Raise UsageFault where writing would change packs of the installed program."""
    for path in meant.paths:
        is_shipped = path.resolve().is_relative_to(SHIPPED.resolve())
        if write and is_shipped and not SHIPPED.resolve().is_relative_to(Path.cwd().resolve()):
            raise UsageFault(filled(WORDS["shipped"], path=path))


def evidence_of(  # noqa: PLR0913, PLR0917 - what a command was told
    file: Path, rulebook: Rulebook, label: str, now: str | None, workers: int | None, locale: Locale
) -> Outcome[Evidence]:
    """Return what the labelled tickets say. Raise UsageFault for too few of them."""
    outcome = decided(file, rulebook, Question(Reading(label, ()), clock(now), Evidence()), workers)
    if outcome.count.total < LEAST:
        print_refused(file, outcome.refused, locale)
        raise UsageFault(filled(WORDS["too_few"], count=outcome.count.total, least=LEAST))
    return outcome


def print_proposed(staged: Staged, written: list[str], locale: Locale) -> None:
    """Print the diff, and what became of it."""
    click.echo("")
    click.echo(staged.diff(), nl=False)
    click.echo("")
    for path in written:
        click.echo(said("written", locale, path=path))
    if not written:
        click.echo(said("accept", locale))


def print_why_not(why_not: str | None) -> None:
    """Print why nothing is proposed."""
    if why_not is not None:
        click.echo("")
        click.echo(why_not)
