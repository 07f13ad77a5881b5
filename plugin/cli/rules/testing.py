"""`sidecue rules test`: the examples of the rules, and what they prove."""

from __future__ import annotations

import time
from pathlib import Path

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules import say_testing
from plugin.cli.rules.options import PATHS, print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from plugin.cli.rules.trying_out import Wanted, try_out
from rules.check.rerun import Rerun


@click.command("test")
@PATHS
@click.option("--coverage", is_flag=True, help="Show which conditions no example turns on.")
@click.option("--mutate", is_flag=True, help="Show which small faults in the rules no example would notice.")
@click.option("--threshold", type=click.FloatRange(0, 100), help="Exit 1 when what is shown is below, in per cent.")
@click.option("--watch", is_flag=True, help="Go on, and run again what every change touches. Ctrl-C ends.")
@FORMAT
@LANG
def test(  # noqa: PLR0913, PLR0917 - one parameter per option
    paths: tuple[Path, ...],
    coverage: bool,  # noqa: FBT001 - an option
    mutate: bool,  # noqa: FBT001 - the same
    threshold: float | None,
    watch: bool,  # noqa: FBT001 - the same
    form: str,
    lang: str | None,
) -> None:
    """Run the examples of the rules, by the live engine and by its reference.

    The examples are those inside the rules, and the example files of the packs (PACK/examples/NAME.yml), which say what
    the whole rulebook makes of a situation.

    JSON: {"ok": bool, "rules": n, "examples": n, "failed": n, "failures": [{"rule", "example", "path", "line",
    "expected", "actual", "reference", "problem", "leaves": [{"field", "op", "expected", "actual", "truth"}]}], "files":
    n, "files_failed": n, "file_failures": [{"id", "name", "path", "line", "problem", "mismatches": [{"word"
    (primary|collaborators|shows|hides|fires|silent|engine), "expected", "actual", "leaves"}]}]}; of files that cannot
    be read {"ok": false, "findings": […]} as in `check`.

    With --coverage also "coverage": {"percent", "covered", "leaves", "packs": [{"pack", "percent", "covered",
    "leaves"}], "rules": [{"rule", "path", "line", "percent", "covered", "leaves", "uncovered": [{"leaf", "said",
    "line", "column", "when_true", "when_false"}]}]}, the last two the example in which the leaf decides by being so, or
    null.

    With --mutate also "mutation": {"percent", "noticed", "counted", "equivalent", "rules": [{"rule", "path", "line",
    "percent", "noticed", "counted", "equivalent", "survivors": [{"change", "before", "after", "line", "column"}]}]}.

    Exit 1 when an example fails, or when what was measured is below --threshold.
    """
    if threshold is not None and not (coverage or mutate):
        raise UsageFault(say_testing.WORDS["threshold_of_what"])
    if watch and form == "json":
        raise UsageFault(say_testing.WORDS["watch_json"])
    locale = language(lang)
    meant = scope(paths)
    wanted = Wanted(coverage, mutate, threshold)
    if watch:
        from plugin.cli.rules.watching import go_on  # noqa: PLC0415 - the watcher is only needed here

        go_on(meant, wanted, locale)
        return
    begun = time.perf_counter()
    reading = read_files(meant, form, locale)
    outcome = try_out(reading, rulebook_of(reading), wanted, Rerun(), begun)
    if form == "json":
        print_json(outcome.plain(locale))
    else:
        print_lines(outcome.lines(locale))
    raise SystemExit(0 if outcome.ok else 1)
