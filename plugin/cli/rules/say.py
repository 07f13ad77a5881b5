"""What the `rules` commands print, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from rules.check import ExampleResult, Report, TestReport
from rules.check.examples import leaf_in_words, said
from rules.check.locks import Written
from rules.decide.canonical import said_at
from rules.loader.findings import Finding, Severity
from rules.model import Decision, Fired, LeafResult, Recommendation
from rules.text import Locale, Text, number_text
from rules.vocabulary.words import FUNCTION_WORDS

if TYPE_CHECKING:
    from rules.decide import Explanation

UNKNOWN: Final = Text("desconhecido", "unknown")
WORDS: Final[Mapping[str, Text]] = {
    "error": Text("erro", "error"),
    "warning": Text("aviso", "warning"),
    "why": Text("por quê", "why"),
    "mend": Text("como corrigir", "how to mend"),
    "checked": Text(
        "{files} arquivos: {rules} regras, {signals} sinais, {actions} ações; {errors} erros, {warnings} avisos; "
        "{seconds:.2f} s",
        "{files} files: {rules} rules, {signals} signals, {actions} actions; {errors} errors, {warnings} warnings; "
        "{seconds:.2f} s",
    ),
    "locked": Text("{path}: gravado", "{path}: written"),
    "locked_already": Text("{path}: já estava em dia", "{path}: was up to date"),
    "not_locked": Text(
        "Nenhum versions.lock foi gravado: corrija antes os erros.",
        "No versions.lock was written: mend the errors first.",
    ),
    "tested": Text(
        "{examples} exemplos de {rules} regras; {failed} falharam; {seconds:.2f} s",
        "{examples} examples of {rules} rules; {failed} failed; {seconds:.2f} s",
    ),
    "failed": Text(
        "{place}: {rule}: o exemplo “{name}” espera {expected}, deu {actual}",
        "{place}: {rule}: example “{name}” expects {expected}, came out {actual}",
    ),
    "disagree": Text(
        "o motor diz {engine}, a referência diz {reference}",
        "the engine says {engine}, the reference says {reference}",
    ),
    "decided_by": Text("decidiu", "decided by"),
    "ticket": Text(
        "Chamado {id}: {primary}{with_}, certeza {confidence:.0%}",
        "Ticket {id}: {primary}{with_}, confidence {confidence:.0%}",
    ),
    "with": Text(" com {functions}", " with {functions}"),
    "triage": Text(
        "Ainda é preciso triar: nenhuma área teve votos bastantes.",
        "Still to be triaged: no function had votes enough.",
    ),
    "signals": Text("Sinais", "Signals"),
    "derived": Text("Derivado", "Derived"),
    "none": Text("nenhum", "none"),
    "shown": Text("Recomendado", "Recommended"),
    "fired": Text("Regras que dispararam", "Rules that fired"),
    "shadow": Text("Em experiência (sem efeito)", "In shadow (without effect)"),
    "why_not": Text("Por que não", "Why not"),
    "would_change": Text("O que mudaria", "What would change it"),
    "until": Text("até {due}", "until {due}"),
    "stage": Text("etapa", "stage"),
    "stage.shown": Text("mostrada", "shown"),
    "stage.not_fired": Text("a regra não disparou", "the rule did not fire"),
    "stage.shadow": Text("em experiência", "in shadow"),
    "stage.not_applicable": Text("a ação não se aplica", "the action does not apply"),
    "stage.suppressed": Text("detida por um guardrail", "held back by a guardrail"),
    "stage.contact_limit": Text("limite de contatos", "contact limit"),
    "stage.conflict": Text("contradiz uma melhor", "contradicts a better one"),
    "stage.rank": Text("abaixo das três mostradas", "below the three shown"),
    "by": Text("por", "by"),
    "instead": Text("no lugar: {rules}", "instead: {rules}"),
}


def word(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    return WORDS[key].read(locale).format(**slots)


def finding_lines(finding: Finding, locale: Locale) -> Iterator[str]:
    """Yield a finding: the place and what, then why, then how to mend."""
    yield f"{finding.place}: {word(finding.severity.value, locale)} {finding.code}: {finding.what(locale)}"
    yield f"    {word('why', locale)}: {finding.why(locale)}"
    yield f"    {word('mend', locale)}: {finding.mend(locale)}"


def counts(report: Report) -> dict[str, int]:
    """Return how many files were asked for, and what the whole rulebook holds."""
    book = report.rulebook
    return {
        "files": report.files,
        "rules": len(book.rules) if book is not None else 0,
        "signals": len(book.signals) if book is not None else 0,
        "actions": len(book.actions) if book is not None else 0,
    }


def lock_lines(written: Iterable[Written] | None, locale: Locale, *, asked: bool) -> Iterator[str]:
    """Yield what became of the locks; nothing when nobody asked for them."""
    if asked and written is None:
        yield word("not_locked", locale)
    for one in written or ():
        yield word("locked" if one.is_new else "locked_already", locale, path=one.path)


def check_summary(report: Report, findings: Sequence[Finding], seconds: float, locale: Locale) -> str:
    """Return the last line of `rules check`."""
    errors = sum(found.severity is Severity.ERROR for found in findings)
    warnings = len(findings) - errors
    return word("checked", locale, **counts(report), errors=errors, warnings=warnings, seconds=seconds)


def test_summary(report: TestReport, seconds: float, locale: Locale) -> str:
    """Return the last line of `rules test`."""
    rules = len({result.rule for result in report.results})
    failed = len(report.failures)
    return word("tested", locale, examples=len(report.results), rules=rules, failed=failed, seconds=seconds)


def failure_lines(result: ExampleResult, locale: Locale) -> Iterator[str]:
    """Yield a failing example: where, what was expected, and the conditions that decided."""
    place = f"{result.path}:{result.line}"
    expected, actual = said(result.expected), "-" if result.actual is None else said(result.actual)
    yield word("failed", locale, place=place, rule=result.rule, name=result.example, expected=expected, actual=actual)
    if result.problem is not None:
        yield f"    {result.problem}"
    elif result.actual != result.reference:
        engine, reference = said(result.actual), said(result.reference)
        yield f"    {word('disagree', locale, engine=engine, reference=reference)}"
    yield from leaf_lines(result.leaves, locale, word("decided_by", locale))


def leaf_lines(leaves: Iterable[LeafResult], locale: Locale, label: str = "") -> Iterator[str]:
    """Yield each condition with the value it saw, in brackets."""
    for leaf in leaves:
        yield f"    {label + ': ' if label else ''}{leaf_in_words(leaf, UNKNOWN.read(locale))}"


def decision_lines(ticket: str, decision: Decision, locale: Locale) -> Iterator[str]:
    """Yield the decision: whose work, what is recommended and why, which rules fired."""
    functions = ", ".join(FUNCTION_WORDS[found].read(locale) for found in decision.collaborators)
    with_ = word("with", locale, functions=functions) if functions else ""
    primary = FUNCTION_WORDS[decision.primary].read(locale)
    yield word("ticket", locale, id=ticket, primary=primary, with_=with_, confidence=decision.confidence)
    if decision.needs_triage:
        yield word("triage", locale)
    none = word("none", locale)
    signals = ", ".join(sorted(decision.facts.signals)) or none
    yield f"{word('signals', locale)}: {signals}"
    derived = ", ".join(f"{name}={value}" for name, value in sorted(decision.trace.derived.items())) or none
    yield f"{word('derived', locale)}: {derived}"
    yield ""
    yield f"{word('shown', locale)}:"
    for number, shown in enumerate(decision.recommendations, start=1):
        yield from _shown(number, shown, locale)
    for key, fired in (("fired", decision.trace.fired), ("shadow", decision.trace.shadow)):
        if fired:
            yield ""
            yield f"{word(key, locale)}:"
            for entry in fired:
                yield from _fired(entry, locale)


def _shown(number: int, shown: Recommendation, locale: Locale) -> Iterator[str]:
    due = word("until", locale, due=said_at(shown.due_at))
    yield f"  {number}. {shown.title.read(locale)} ({shown.action}, {shown.kind.value}, {due})"
    yield f"    {word('why', locale)}: {shown.reason.read(locale)}"
    for factor in shown.factors:
        yield f"    {factor.name} = {number_text(factor.value)} ({factor.because})"


def _fired(entry: Fired, locale: Locale) -> Iterator[str]:
    yield f"  {entry.rule} v{entry.version} ({entry.kind.value})"
    yield from leaf_lines(entry.leaves, locale)


def explanation_lines(found: Explanation, locale: Locale) -> Iterator[str]:
    """Yield why something is not shown: stage, reason, and the conditions that decided."""
    stage = word(f"stage.{found.stage.value if found.stage is not None else 'shown'}", locale)
    by = f" {word('by', locale)} {found.by}" if found.by and found.by != found.subject else ""
    yield f"  {found.subject}: {stage}{by}"
    yield f"    {found.reason.read(locale)}"
    yield from leaf_lines(found.leaves, locale)
