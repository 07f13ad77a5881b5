"""`sidecue rules test`: the examples of the rules, and what they prove."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from plugin.cli.errors import UsageFault
from plugin.cli.rules import say_testing
from plugin.cli.rules.options import FORMAT, LANG, PATHS, print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import language, scope
from rules.check import TestReport
from rules.check.coverage import Coverage, cover
from rules.check.mutation import Mutation, mutate
from rules.check.rerun import Rerun
from rules.check.witnesses import bench
from rules.loader import Reading
from rules.rulebook import Rulebook
from rules.text import Locale


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured besides running the examples, and the least share that will do, in per cent."""

    coverage: bool
    mutate: bool
    threshold: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the examples came out, and what they prove. `ran` are the rules and example files run this time."""

    report: TestReport
    ran: tuple[str, ...]
    coverage: Coverage | None
    mutation: Mutation | None
    threshold: float | None
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every example passes and nothing measured is below the threshold."""
        return self.report.ok and not list(self.below())

    def below(self) -> Iterator[tuple[str, float]]:
        """Yield (what was measured, its share in per cent) for everything below the threshold."""
        for what, found in (("coverage", self.coverage), ("mutation", self.mutation)):
            if found is not None and self.threshold is not None and found.percent < self.threshold:
                yield what, found.percent

    def lines(self, locale: Locale) -> Iterator[str]:
        """Yield what a person reads: what was measured, what failed, the totals."""
        if self.coverage is not None:
            yield from say_testing.coverage_lines(self.coverage, locale)
            yield ""
        if self.mutation is not None:
            yield from say_testing.mutation_lines(self.mutation, locale)
            yield ""
        yield from say_testing.report_lines(self.report, self.seconds, locale)
        for what, found in self.below():
            yield say_testing.below_line(what, found, self.threshold or 0, locale)

    def plain(self, locale: Locale) -> dict[str, Any]:
        """Return the same as plain data."""
        content: dict[str, Any] = {"ok": self.ok, **say_testing.report_json(self.report)}
        if self.coverage is not None:
            content["coverage"] = say_testing.coverage_json(self.coverage, locale)
        if self.mutation is not None:
            content["mutation"] = say_testing.mutation_json(self.mutation)
        return content


def try_out(reading: Reading, rulebook: Rulebook, wanted: Wanted, rerun: Rerun, begun: float) -> Outcome:
    """Run the examples that `rerun` does not know the outcome of, and measure what is wanted.

    `begun`: the time.perf_counter() from which the seconds are counted.
    """
    report, ran = rerun.test(reading, rulebook)
    examples = bench(reading, rulebook) if wanted.coverage or wanted.mutate else None
    coverage = cover(examples) if examples is not None and wanted.coverage else None
    mutation = mutate(examples) if examples is not None and wanted.mutate else None
    return Outcome(report, ran, coverage, mutation, wanted.threshold, time.perf_counter() - begun)


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
