"""`sidecue rules calibrate`: confidence fitted to labelled tickets, as a change to the calibration file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules.evidence import PACKS, WRITE, evidence_of, fitting_libraries, print_proposed, print_why_not
from plugin.cli.rules.labelled import LABEL, LABELLED, NOW, REPORT, WORKERS, must_have_a_folder, print_refused
from plugin.cli.rules.options import print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import scope, tenant_folder
from plugin.fitting.words import WORDS, said
from rules.evaluation import MeasureInvalid, parse_prior
from rules.loader import SHIPPED, Reading
from rules.loader.sources import FileKind, real
from rules.rulebook import Function
from rules.text import filled

if TYPE_CHECKING:
    from plugin.fitting.staging import Staged
    from rules.rulebook import Calibration


@click.command("calibrate")
@LABELLED
@PACKS
@LABEL
@click.option("--prior", metavar="F=P,…", help="Weigh the functions as a live helpdesk has them, as support=0.8.")
@WRITE
@REPORT
@NOW
@WORKERS
@FORMAT
@LANG
def calibrate(  # noqa: PLR0913 - the options of the command
    *,
    file: Path,
    paths: tuple[Path, ...],
    label: str,
    prior: str | None,
    write: bool,
    report: Path | None,
    now: str | None,
    workers: int | None,
    form: str,
    lang: str | None,
) -> None:
    r"""Fit the confidence of decisions to how often they are right on tickets that people have labelled.

    Rows are as for `rules evaluate`. Confidence is a logistic function of the margin between the two highest scores and
    of the highest one; three numbers in calibration.yml say which. They are fitted by logistic regression, and judged
    on tickets that the fit did not see: each source (without sources: each tenth of the rows) is told its confidence by
    numbers fitted without it. Nothing is proposed that does not make what came out likelier there (log loss).

    The expected calibration error is the mean gap between the confidence told and the share that is right, over ten
    bins of equal width, weighted by their tickets. Labelled files often hold as many tickets of
    each function, which no helpdesk does: --prior says what the mix is there.

    What changes is the calibration in force: the file of PACKS, or the shipped one in a checkout of the program; else a
    calibration.yml in the tenant's folder, which takes its place.

    Needs numpy and scipy: pip install 'sidecue[fit]'.

    JSON: {"schema", "proposed", "why_not", "diff", "written": [path], "file", "tickets", "right", "left_out"
    (source|part), "folds", "prior", "calibration": {"intercept", "margin", "strength", "fitted_on"}, "before":
    {"expected_error", "log_loss", "brier", "bins": [{"low", "high", "decisions", "confidence", "accuracy"}]}, "after",
    "refused"}.
    """
    locale = language(lang)
    must_have_a_folder(report)
    with fitting_libraries():
        from plugin.fitting import told_confidence  # noqa: PLC0415 - numpy and scipy, only for those who fit
        from rules.fitting import confidence  # noqa: PLC0415 - the same
    supposed = _prior(prior) if prior is not None else None
    reading = read_files(scope(paths), form, locale)
    rulebook = rulebook_of(reading)
    outcome = evidence_of(file, rulebook, label, now, workers, locale)
    try:
        found = confidence.calibrate(outcome.count, rulebook, supposed)
    except confidence.OneSided as error:
        outcome_word = WORDS["right_ones" if error.all_right else "wrong_ones"]
        raise UsageFault(filled(WORDS["one_sided"], outcome=outcome_word)) from error
    made = told_confidence.with_origin(found, file.name, supposed)
    staged = _staged(reading, made) if found.helps else None
    written = _written(staged) if staged is not None and write else []
    why_not = None if found.helps else said("no_better", locale)
    told = told_confidence.Told(file.name, found, made, rulebook.calibration, supposed)
    if report is not None:
        from plugin.fitting.report import page  # noqa: PLC0415 - Jinja, only for those who want a report

        report.write_text(page(told, locale), "utf-8")
    if form == "json":
        print_json(
            {
                "proposed": staged is not None,
                "why_not": why_not,
                "diff": staged.diff() if staged is not None else "",
                "written": written,
                **told_confidence.as_document(told),
                "refused": [{"line": one.line, "error": one.problem.read(locale)} for one in outcome.refused],
            }
        )
    else:
        print_lines(told_confidence.lines(told, locale))
        if staged is not None:
            print_proposed(staged, written, locale)
        print_why_not(why_not)
        if report is not None:
            click.echo(said("report", locale, path=report))
    print_refused(file, outcome.refused, locale)
    raise SystemExit(1 if outcome.refused else 0)


def _staged(reading: Reading, made: Calibration) -> Staged:
    from plugin.fitting.rewriting import calibration_file, with_calibration  # noqa: PLC0415 - only for a proposal
    from plugin.fitting.staging import FileChange, Staged, shown  # noqa: PLC0415 - the same

    path = _place(reading)
    before = path.read_bytes().decode("utf-8") if path.is_file() else None
    after = calibration_file(made) if before is None else with_calibration(shown(path), before, made)
    return Staged((FileChange(path, shown(path), before, after),))


def _place(reading: Reading) -> Path:
    """Return where the calibration is, or is to be: never in the installed program, which an update replaces."""
    draft = reading.drafts.get((FileKind.CALIBRATION, "calibration"))
    held = real(draft.source.path) if draft is not None else None
    is_shipped = held is not None and held.is_relative_to(real(SHIPPED))
    if held is not None and (not is_shipped or held.is_relative_to(real(Path.cwd()))):
        return held
    return tenant_folder(os.environ) / "calibration.yml"


def _written(staged: Staged) -> list[str]:
    try:
        for change in staged.files:
            change.path.parent.mkdir(parents=True, exist_ok=True)
        staged.write()
    except OSError as problem:
        raise UsageFault(filled(WORDS["unwritten"], file=problem.filename, why=problem.strerror)) from problem
    return [change.shown for change in staged.files]


def _prior(text: str) -> Mapping[Function, float]:
    try:
        return parse_prior(text)
    except MeasureInvalid as error:
        raise UsageFault(error.text, option="--prior") from error
