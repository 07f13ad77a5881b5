"""The examples run, and what they prove measured: one round of `sidecue rules test`, alone or while watching."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plugin.cli.rules import say_testing
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
class TriedOut:
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


def try_out(reading: Reading, rulebook: Rulebook, wanted: Wanted, rerun: Rerun, begun: float) -> TriedOut:
    """Run the examples that `rerun` does not know the outcome of, and measure what is wanted.

    `begun`: the time.perf_counter() from which the seconds are counted.
    """
    report, ran = rerun.test(reading, rulebook)
    examples = bench(reading, rulebook) if wanted.coverage or wanted.mutate else None
    coverage = cover(examples) if examples is not None and wanted.coverage else None
    mutation = mutate(examples) if examples is not None and wanted.mutate else None
    return TriedOut(report, ran, coverage, mutation, wanted.threshold, time.perf_counter() - begun)
