"""`sidecue rules test`: the examples inside the rules."""

from __future__ import annotations

import time
from pathlib import Path

import click

from plugin.cli.rules import say
from plugin.cli.rules.options import FORMAT, LANG, PATHS, leaves_json, print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import language, scope
from rules import check as checker
from rules.loader.sources import Layer


@click.command("test")
@PATHS
@FORMAT
@LANG
def test(paths: tuple[Path, ...], form: str, lang: str | None) -> None:
    """Run the examples inside the rules, by the live engine and by its reference.

    JSON: {"ok": bool, "rules": n, "examples": n, "failed": n, "failures": [{"rule", "example", "path", "line",
    "expected", "actual", "reference", "problem", "leaves": [{"field", "op", "expected", "actual", "truth"}]}]}; of
    files that cannot be read {"ok": false, "findings": […]} as in `check`. Exit 1 when an example fails.
    """
    locale = language(lang)
    begun = time.perf_counter()
    reading = read_files(scope(paths), form, locale)
    asked = {draft.id for draft in reading.drafts.values() if draft.layer is not Layer.CONTEXT}
    report = checker.test(rulebook_of(reading), asked)
    seconds = time.perf_counter() - begun
    if form == "json":
        failures = [
            {
                "rule": result.rule,
                "example": result.example,
                "path": result.path,
                "line": result.line,
                "expected": result.expected,
                "actual": result.actual,
                "reference": result.reference,
                "problem": result.problem,
                "leaves": leaves_json(result.leaves),
            }
            for result in report.failures
        ]
        run = len({result.rule for result in report.results})
        totals = {"rules": run, "examples": len(report.results), "failed": len(failures)}
        print_json({"ok": report.ok, **totals, "failures": failures})
    else:
        print_lines(line for result in report.failures for line in say.failure_lines(result, locale))
        click.echo(say.test_summary(report, seconds, locale))
    raise SystemExit(0 if report.ok else 1)
