"""`sidecue rules evaluate`: how well the rules decide tickets that people have labelled."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules.labelled import (
    LABEL,
    LABELLED,
    NOW,
    REPORT,
    WORKERS,
    clock,
    decided,
    must_have_a_folder,
    print_refused,
)
from plugin.cli.rules.options import print_json, print_lines, uncollected
from plugin.cli.rules.scope import tenant_packs
from plugin.evaluation import summary
from plugin.evaluation.document import as_document
from plugin.evaluation.figures import Evaluation
from plugin.evaluation.labelled import SLICES, Reading
from plugin.evaluation.running import Question
from plugin.evaluation.words import said
from rules.evaluation import DEFAULT_COSTS, DEFAULT_PRIOR, MeasureInvalid, Tally, parse_costs, parse_floors, parse_prior
from rules.loader import load

_BY: Final = f"Tell results apart by it; repeat for more. Not given: {', '.join(SLICES)}."

Read = TypeVar("Read")


@click.command("evaluate")
@LABELLED
@LABEL
@click.option(
    "--packs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Folder of rule packs laid over the shipped ones; repeat for more. Not given: the tenant's folder.",
)
@click.option(
    "--by",
    multiple=True,
    metavar="COLUMN",
    help=_BY,
)
@click.option("--prior", metavar="F=P,…", help="Shares in a live helpdesk. Not given: support=0.8, the rest evenly.")
@click.option("--costs", metavar="F:F=N,…", help="What an error costs, as expected:decided=number.")
@click.option("--min-macro-f1", "floors", metavar="L=N,…", help="Exit 1 below it, as en=0.88,pt-BR=0.92 or all=0.9.")
@click.option(
    "--errors", "keep", type=click.IntRange(0, 10_000), default=10, show_default=True, help="Dearest errors told."
)
@click.option("--texts", is_flag=True, help="Tell with each error what the customer wrote; mind who reads it.")
@REPORT
@NOW
@WORKERS
@FORMAT
@LANG
def evaluate(  # noqa: PLR0913 - the options of the command
    *,
    file: Path,
    label: str,
    packs: tuple[Path, ...],
    by: tuple[str, ...],
    prior: str | None,
    costs: str | None,
    floors: str | None,
    keep: int,
    texts: bool,
    report: Path | None,
    now: str | None,
    workers: int | None,
    form: str,
    lang: str | None,
) -> None:
    """Decide every ticket of LABELLED.jsonl; say how often that is right, what errors cost and where they come from.

    \b
    A row is one as for `classify`, with the function that a person says is right:
      {"id": "1", "text": "…", "primary": "success", "source": "chat-2025", "customer": {"tier": "key"}}
    and, where they are known, also what else is right:
      "collaborators": ["support"], "recommendations": ["success.retention_call"]

    Precision is also told for a realistic mix of tickets (--prior), by Bayes' rule from the confusion. Coverage is the
    share of tickets in which a rule fired that votes for the right function. A rule was right when the ticket was the
    work of the function it votes for; it misled when the ticket went there wrongly. The calibration error is the mean
    gap between confidence and accuracy over ten bins of equal width, weighted by their tickets.

    A row that cannot be used is named on the standard error with what is wrong; the others go on, and the exit code is
    then 1, as it is below a floor of --min-macro-f1.

    JSON: {"schema", "ok", "file", "rulebook", "taken_at", "tickets", "accuracy", "macro_f1", "coverage",
    "needs_triage", "mean_cost", "at_prior", "functions", "confusion": {expected: {decided: n}}, "slices", "rules",
    "silent_rules", "calibration": {"expected_error", "bins"}, "asides", "costs", "errors", "floors", "refused"}.
    """  # noqa: D301 - click reads the mark \b, it is no escape of ours
    locale = language(lang)
    must_have_a_folder(report)
    supposed = _read(parse_prior, prior, "--prior") if prior is not None else DEFAULT_PRIOR
    dear = _read(parse_costs, costs, "--costs") if costs is not None else DEFAULT_COSTS
    least = _read(parse_floors, floors, "--min-macro-f1") if floors is not None else ()
    columns = (*SLICES[:1], *(name for name in by if name not in SLICES[:1])) if by else SLICES
    question = Question(Reading(label, columns), clock(now), Tally(dict(dear), keep))
    with uncollected():
        rulebook = load(overlays=packs or tenant_overlays())
    outcome = decided(file, rulebook, question, workers)
    evaluation = Evaluation(str(file), rulebook, question.now, outcome.count, tuple(outcome.refused), supposed, least)
    if report is not None:
        from plugin.evaluation.report import written  # noqa: PLC0415 - Jinja, only for those who want a report

        report.write_text(written(evaluation, locale, texts=texts), "utf-8")
    if form == "json":
        print_json(as_document(evaluation, locale, texts=texts))
    else:
        print_lines(summary.lines(evaluation, locale, texts=texts))
        if report is not None:
            click.echo(said("report", locale, path=report))
    print_refused(file, outcome.refused, locale)
    kept = all(floor.is_kept for floor in evaluation.held())
    raise SystemExit(0 if kept and not outcome.refused and outcome.count.whole.total else 1)


def tenant_overlays() -> tuple[Path, ...]:
    """Return the tenant's folder of packs, where there is one."""
    tenant = tenant_packs(os.environ)
    return (tenant,) if tenant is not None else ()


def _read(parse: Callable[[str], Read], text: str, option: str) -> Read:
    try:
        return parse(text)
    except MeasureInvalid as error:
        raise UsageFault(error.text, option=option) from error
