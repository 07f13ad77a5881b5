"""`sidecue rules check`: everything that is wrong with rule files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import click

from plugin.cli.errors import RunFault, UsageFault
from plugin.cli.options import LANG, language
from plugin.cli.rules import say
from plugin.cli.rules.options import PATHS, print_findings, print_json, print_lines, uncollected
from plugin.cli.rules.remembered import remembered
from plugin.cli.rules.scope import scope
from rules import check as checker
from rules.check import Report, locks
from rules.loader import as_json
from rules.text import Locale, Text, filled

_WHOLE_PACKS: Final = Text(
    "--lock vale para pacotes inteiros: informe um pacote ou uma pasta de pacotes, não um arquivo",
    "--lock is for whole packs: give a pack or a folder of packs, not a file",
)
_NOT_LOCKED: Final = Text(
    "{file}: {why}; o lock não foi gravado: confira as permissões da pasta",
    "{file}: {why}; the lock was not written: mend the folder's permissions",
)


@click.command("check")
@PATHS
@click.option("--lock", is_flag=True, help="Write each pack's versions.lock, when nothing is wrong with the packs.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="For people, for machines, or for code scanning and editors (SARIF 2.1.0).",
)
@click.option("--no-solver", is_flag=True, help="Leave out rules in vain and holes in the guardrails: faster.")
@LANG
def check(paths: tuple[Path, ...], lock: bool, form: str, no_solver: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of the command line
    """Find everything that is wrong with rule files, with file, line, why, and how to mend it.

    A rule whose `when` or `then` changed under the same version is wrong, and so is a pack whose version does not
    tell of its changes: major when something is gone or a guardrail changed, minor when something is new or decides
    otherwise, patch when only texts changed. What was before is in the versions.lock that --lock writes.

    JSON: {"ok": bool, "files": n, "rules": n, "signals": n, "actions": n, "findings": [{"code", "severity"
    (error|warning), "path", "line", "column", "what", "why", "mend"}]}; with --lock also "locks": [{"path",
    "is_new"}]. Exit 1 when a finding is an error.
    """
    locale = language(lang)
    begun = time.perf_counter()
    meant = scope(paths)
    with uncollected(), remembered() as faultless:
        report = checker.check(meant.paths, meant.overlays, meant.context, solver=not no_solver, faultless=faultless)
    written = _locked(report) if lock and report.ok else None
    findings = [found for found in report.findings if written is None or found.code not in locks.ENDED_BY_WRITING]
    if form == "sarif":
        print_json(_sarif(findings, locale))
    elif form == "json":
        made = {} if written is None else {"locks": [{"path": one.path, "is_new": one.is_new} for one in written]}
        print_json({"ok": report.ok, **say.counts(report), "findings": as_json(findings, locale), **made})
    else:
        print_findings(findings, locale)
        print_lines(say.lock_lines(written, locale, asked=lock))
        click.echo(say.check_summary(report, findings, time.perf_counter() - begun, locale))
    raise SystemExit(0 if report.ok else 1)


def _locked(report: Report) -> tuple[locks.Written, ...]:
    if not report.reading.folders:
        raise UsageFault(_WHOLE_PACKS)
    try:
        return locks.write(report.reading)
    except OSError as problem:
        raise RunFault(filled(_NOT_LOCKED, file=problem.filename, why=problem.strerror)) from problem


def _sarif(findings: list[Any], locale: Locale) -> dict[str, Any]:
    from importlib.metadata import version  # noqa: PLC0415 - only a SARIF log names the version

    from rules.check.sarif import as_sarif  # noqa: PLC0415 - the same

    return as_sarif(findings, locale, Path.cwd(), version("sidecue"))
