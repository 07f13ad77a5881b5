"""`sidecue rules check`: everything that is wrong with rule files."""

from __future__ import annotations

import time
from pathlib import Path

import click

from plugin.cli.rules import say
from plugin.cli.rules.options import FORMAT, LANG, PATHS, print_findings, print_json
from plugin.cli.rules.scope import language, scope
from rules import check as checker
from rules.loader import as_json


@click.command("check")
@PATHS
@FORMAT
@LANG
def check(paths: tuple[Path, ...], form: str, lang: str | None) -> None:
    """Find everything that is wrong with rule files, with file, line, why, and how to mend it.

    JSON: {"ok": bool, "files": n, "rules": n, "signals": n, "actions": n, "findings": [{"code", "severity"
    (error|warning), "path", "line", "column", "what", "why", "mend"}]}. Exit 1 when a finding is an error.
    """
    locale = language(lang)
    begun = time.perf_counter()
    meant = scope(paths)
    report = checker.check(meant.paths, meant.overlays, meant.context)
    seconds = time.perf_counter() - begun
    if form == "json":
        print_json({"ok": report.ok, **say.counts(report), "findings": as_json(report.findings, locale)})
    else:
        print_findings(report.findings, locale)
        click.echo(say.check_summary(report, seconds, locale))
    raise SystemExit(0 if report.ok else 1)
