"""`sidecue rules fit`: the votes that labelled tickets propose, as a diff that a person accepts or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from plugin.cli.errors import UsageFault
from plugin.cli.options import FORMAT, LANG, language
from plugin.cli.rules.evidence import (
    PACKS,
    WRITE,
    evidence_of,
    fitting_libraries,
    must_be_ours,
    print_proposed,
    print_why_not,
)
from plugin.cli.rules.labelled import LABEL, LABELLED, NOW, WORKERS, print_refused
from plugin.cli.rules.options import print_findings, print_json, print_lines, read_files, rulebook_of
from plugin.cli.rules.scope import scope
from plugin.fitting.words import WORDS
from rules.loader import Reading
from rules.loader.sources import Layer
from rules.rulebook import Rule
from rules.text import filled

if TYPE_CHECKING:
    from plugin.fitting.staging import Staged
    from rules.fitting.anchors import Anchors


@click.command("fit")
@LABELLED
@PACKS
@LABEL
@WRITE
@click.option(
    "--fewest",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    metavar="N",
    help="Rules that fire in fewer tickets keep their votes.",
)
@NOW
@WORKERS
@FORMAT
@LANG
def fit(  # noqa: PLR0913 - the options of the command
    *,
    file: Path,
    paths: tuple[Path, ...],
    label: str,
    write: bool,
    fewest: int,
    now: str | None,
    workers: int | None,
    form: str,
    lang: str | None,
) -> None:
    """Propose votes for the classification rules of PACKS, from tickets that people have labelled.

    \b
    A row is one as for `rules evaluate`; where it says its source, whole sources are left out in turn:
      {"id": "1", "text": "…", "primary": "success", "source": "chat-2025"}

    Votes are fitted by multinomial regression over the rules that fired, held to the votes in force, each from -5 to 5
    and whole. Every function weighs the same, however many tickets it has. What is told of the result is out of fold:
    each source (without sources: each tenth of the rows) is decided by votes fitted without it. Nothing is proposed
    that does not raise the macro-F1 there and mend more tickets than it breaks. Guardrails are never touched, nor how
    the packs' example files are classified; a rule keeps at least one vote for the function that it stands for.

    The diff holds the changed votes, a new version of each rule and pack, and the lock. `git apply` and `patch -p1`
    take it. Nothing is learned while tickets are decided: the rules stay as somebody accepted them.

    Needs numpy and scipy: pip install 'sidecue[fit]'.

    JSON: {"schema", "proposed", "why_not", "diff", "written": [path], "file", "tickets", "left_out" (source|part),
    "held_out": [{"name", "before", "after"}], "before": {"tickets", "accuracy", "macro_f1"}, "after", "mended",
    "broken", "pull", "few", "votes": [{"rule", "function", "before", "after", "fired"}], "refused"}.
    """  # noqa: D301 - click reads the mark \b, it is no escape of ours
    locale = language(lang)
    with fitting_libraries():
        from plugin.fitting import told_votes  # noqa: PLC0415 - numpy and scipy, only for those who fit
        from plugin.fitting.staging import Scope, staged_votes  # noqa: PLC0415 - the same
        from rules.fitting.proposal import Fitter  # noqa: PLC0415 - the same
    meant = scope(paths)
    must_be_ours(meant, write=write)
    reading = read_files(meant, form, locale)
    outcome = evidence_of(file, rulebook_of(reading), label, now, workers, locale)
    found = Fitter(rulebook_of(reading), _mine(reading), _anchors(reading), fewest).propose(outcome.count)
    staged = None
    if found.helps:
        changed = {change.rule: found.votes[change.rule] for change in found.changes}
        staged = staged_votes(reading, Scope(meant.paths, meant.overlays, meant.context), changed)
    why_not = told_votes.verdict(found, staged, locale)
    proposed = staged if why_not is None else None
    written = _written(proposed) if proposed is not None and write else []
    if form == "json":
        document = told_votes.as_document(found, str(file), outcome.count.total)
        print_json(
            {
                "proposed": proposed is not None,
                "why_not": why_not,
                "diff": proposed.diff() if proposed is not None else "",
                "written": written,
                **document,
                "refused": [{"line": one.line, "error": one.problem.read(locale)} for one in outcome.refused],
            }
        )
    else:
        print_lines(told_votes.lines(found, str(file), outcome.count.total, fewest, locale))
        if proposed is not None:
            print_proposed(proposed, written, locale)
        else:
            print_why_not(why_not)
            print_findings(staged.findings if staged is not None else (), locale)
    print_refused(file, outcome.refused, locale)
    raise SystemExit(1 if outcome.refused else 0)


def _written(staged: Staged) -> list[str]:
    try:
        staged.write()
    except OSError as problem:
        raise UsageFault(filled(WORDS["not_all"], file=problem.filename, why=problem.strerror)) from problem
    return [change.shown for change in staged.files]


def _mine(reading: Reading) -> frozenset[str]:
    """Return the rules that were asked for: those of the packs that may change."""
    own = (draft.item for draft in reading.own.values() if draft.layer is not Layer.CONTEXT)
    return frozenset(item.id for item in own if isinstance(item, Rule))


def _anchors(reading: Reading) -> Anchors:
    """Return what must stay: how the example files that come out as they should are classified."""
    from rules.check.example_files import Situations, asked_for, comes_out  # noqa: PLC0415 - only for those who fit
    from rules.decide import Decider  # noqa: PLC0415 - the same
    from rules.engine import ReferenceEvaluator  # noqa: PLC0415 - the same
    from rules.fitting.anchors import Anchors  # noqa: PLC0415 - the same

    rulebook = rulebook_of(reading)
    situations = Situations(rulebook)
    with Decider(rulebook, ReferenceEvaluator) as decider:
        known = [(example, situations.facts(example)) for example in asked_for(reading)]
        return Anchors.of(decider, [facts for example, facts in known if comes_out(example, decider.decide(facts))])
