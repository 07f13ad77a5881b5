"""`sidecue rules`: read, prove, list and explain the rules.

Exit codes: 0 all is well, 1 there is something to mend, 2 the command was called wrongly.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from plugin.cli import rules_say as say
from plugin.cli.rows import RowInvalid, facts_of, parse
from plugin.cli.rules_scope import Scope, language, scope
from rules import check as checker
from rules.decide import Decider, Explanation, NothingToExplain, canonical, why, why_not
from rules.errors import FactsInvalid
from rules.loader import Finding, Reading, as_json, read
from rules.loader.sources import Layer
from rules.model import Decision, LeafResult, Stage
from rules.rulebook import Recommend, Rule, Rulebook, RuleKind, Status
from rules.signals import SignalReader
from rules.text import LOCALES, Locale

Option = Callable[[Callable[..., Any]], Callable[..., Any]]

PATHS: Final[Option] = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
FORMAT: Final[Option] = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for machines.",
)
LANG: Final[Option] = click.option(
    "--lang", type=click.Choice(LOCALES), help="Language of the output; else SIDECUE_LANG, LANG, English."
)


@click.group()
def rules() -> None:
    """Check, test, list and explain the rules.

    Without PATH the shipped packs and the tenant's folder (SIDECUE_PACKS, or SIDECUE_HOME/packs) are meant. A PATH is a
    pack, a folder of packs, or one file; it may refer to the packs beside it and to the shipped ones.
    """


@rules.command("check")
@PATHS
@FORMAT
@LANG
def check_command(paths: tuple[Path, ...], form: str, lang: str | None) -> None:
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
        _print_json({"ok": report.ok, **say.counts(report), "findings": as_json(report.findings, locale)})
    else:
        _print_findings(report.findings, locale)
        click.echo(say.check_summary(report, seconds, locale))
    raise SystemExit(0 if report.ok else 1)


@rules.command("test")
@PATHS
@FORMAT
@LANG
def test_command(paths: tuple[Path, ...], form: str, lang: str | None) -> None:
    """Run the examples inside the rules, by the live engine and by its reference.

    JSON: {"ok": bool, "rules": n, "examples": n, "failed": n, "failures": [{"rule", "example", "path", "line",
    "expected", "actual", "reference", "problem", "leaves": [{"field", "op", "expected", "actual", "truth"}]}]}; of
    files that cannot be read {"ok": false, "findings": […]} as in `check`. Exit 1 when an example fails.
    """
    locale = language(lang)
    begun = time.perf_counter()
    reading = _read(scope(paths), form, locale)
    asked = {draft.id for draft in reading.drafts.values() if draft.layer is not Layer.CONTEXT}
    report = checker.test(_rulebook(reading), asked)
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
                "leaves": _leaves(result.leaves),
            }
            for result in report.failures
        ]
        run = len({result.rule for result in report.results})
        totals = {"rules": run, "examples": len(report.results), "failed": len(failures)}
        _print_json({"ok": report.ok, **totals, "failures": failures})
    else:
        _print_lines(line for result in report.failures for line in say.failure_lines(result, locale))
        click.echo(say.test_summary(report, seconds, locale))
    raise SystemExit(0 if report.ok else 1)


@rules.command("list")
@click.option("--kind", type=click.Choice([kind.value for kind in RuleKind]), help="Only rules of this kind.")
@click.option("--pack", help="Only rules of this pack.")
@FORMAT
@LANG
def list_command(kind: str | None, pack: str | None, form: str, lang: str | None) -> None:
    """List the rules in force, the tenant's included, with where each was written.

    JSON: {"digest": hex, "rules": [{"id", "version", "kind", "status", "title", "pack", "owner", "path", "line",
    "overlay" (the tenant's file that changes it, or null)}]}.
    """
    locale = language(lang)
    rulebook = _rulebook(_read(scope(()), form, locale))
    if pack is not None and pack not in rulebook.packs:
        raise click.BadParameter(f"there is no pack {pack!r}; the packs are {', '.join(rulebook.packs)}")
    found = [
        rule
        for rule in rulebook.rules.values()
        if kind in {None, rule.kind.value} and pack in {None, rule.id.partition(".")[0]}
    ]
    if form == "json":
        _print_json({"digest": rulebook.digest, "rules": [_listed(rule, locale) for rule in found]})
        return
    rows = [
        (rule.id, f"v{rule.version}", rule.kind.value, rule.status.value, rule.title.read(locale), _origin(rule))
        for rule in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]))


@rules.command("explain")
@click.argument("ticket", type=click.File("rb"))
@click.option("--rule", "name", help="Only why (not) this rule or action.")
@FORMAT
@LANG
def explain_command(ticket: Any, name: str | None, form: str, lang: str | None) -> None:
    """Say why a ticket is decided as it is, and why not otherwise.

    TICKET is a file with one JSON object as for `classify` (id, text, subject, lang, customer, ticket, and the
    collections of the vocabulary), or `-`.

    JSON: {"id", "decision": {…}, "why": [explanation], "why_not": [explanation]}; explanation = {"subject", "stage",
    "by", "reason", "rules", "leaves"}. With --rule {"id", "primary", "explanation": explanation}.
    """
    locale = language(lang)
    try:
        row = parse(ticket.read())
    except RowInvalid as problem:
        raise click.BadParameter(str(problem), param_hint="TICKET") from problem
    rulebook = _rulebook(_read(scope(()), form, locale))
    reader = SignalReader(rulebook.signals.values())
    try:
        facts, reading = facts_of(row, reader, datetime.now(UTC).replace(microsecond=0))
    except FactsInvalid as problem:
        raise click.BadParameter(str(problem), param_hint="TICKET") from problem
    with Decider(rulebook) as decider:
        decision = decider.decide(facts, reading.hits, reading.language, reading.truncated)
    if name is not None:
        _explain_one(rulebook, decision, row.id, name, form, locale)
        return
    shown = [why(decision, found.action) for found in decision.recommendations]
    fallen = _fallen(rulebook, decision)
    if form == "json":
        entries = {"why": [_explained(e, locale) for e in shown], "why_not": [_explained(e, locale) for e in fallen]}
        _print_json({"id": row.id, "decision": json.loads(canonical(decision)), **entries})
        return
    _print_lines(say.decision_lines(row.id, decision, locale))
    if fallen:
        click.echo(f"\n{say.word('why_not', locale)}:")
        _print_lines(line for found in fallen for line in say.explanation_lines(found, locale))


def _explain_one(rulebook: Rulebook, decision: Decision, ticket: str, name: str, form: str, locale: Locale) -> None:  # noqa: PLR0913, PLR0917 - what a command was told
    try:
        found = why_not(rulebook, decision, name)
    except NothingToExplain as problem:
        raise click.BadParameter(str(problem), param_hint="--rule") from problem
    if form == "json":
        entry = _explained(found, locale)
        _print_json({"id": ticket, "primary": decision.primary.value, "explanation": entry})
    else:
        _print_lines(say.explanation_lines(found, locale))


def _fallen(rulebook: Rulebook, decision: Decision) -> list[Explanation]:
    """Return where each recommendation that is not shown fell out; the stages nearest to being shown first."""
    shown = {found.action for found in decision.recommendations}
    actions = {
        rule.then.action
        for rule in rulebook.rules.values()
        if isinstance(rule.then, Recommend) and rule.status is not Status.DEPRECATED
    }
    found = [why_not(rulebook, decision, action) for action in sorted(actions - shown)]
    order = list(Stage)
    return sorted(found, key=lambda entry: -order.index(entry.stage) if entry.stage is not None else 1)


def _read(meant: Scope, form: str, locale: Locale) -> Reading:
    """Return what was read; end the command with the findings when it makes no rulebook."""
    reading = read(meant.paths, meant.overlays, meant.context)
    if reading.rulebook is None:
        if form == "json":
            _print_json({"ok": False, "findings": as_json(reading.findings, locale)})
        else:
            _print_findings(reading.findings, locale)
        raise SystemExit(1)
    return reading


def _rulebook(reading: Reading) -> Rulebook:
    if reading.rulebook is None:
        raise SystemExit(1)
    return reading.rulebook


def _print_findings(findings: Iterable[Finding], locale: Locale) -> None:
    _print_lines(line for found in findings for line in say.finding_lines(found, locale))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_json(content: dict[str, Any]) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _origin(rule: Rule) -> str:
    own = f"{rule.origin.path}:{rule.origin.line}"
    return f"{own} + {rule.origin.overlay}" if rule.origin.overlay is not None else own


def _listed(rule: Rule, locale: Locale) -> dict[str, Any]:
    return {
        "id": rule.id,
        "version": rule.version,
        "kind": rule.kind.value,
        "status": rule.status.value,
        "title": rule.title.read(locale),
        "pack": rule.id.partition(".")[0],
        "owner": rule.owner,
        "path": rule.origin.path,
        "line": rule.origin.line,
        "overlay": rule.origin.overlay,
    }


def _explained(found: Explanation, locale: Locale) -> dict[str, Any]:
    return {
        "subject": found.subject,
        "stage": found.stage.value if found.stage is not None else None,
        "by": found.by,
        "reason": found.reason.read(locale),
        "rules": list(found.rules),
        "leaves": _leaves(found.leaves),
    }


def _leaves(leaves: Iterable[LeafResult]) -> list[dict[str, Any]]:
    return [
        {"field": leaf.field, "op": leaf.op, "expected": leaf.expected, "actual": leaf.actual, "truth": leaf.truth}
        for leaf in leaves
    ]
