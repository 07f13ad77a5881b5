"""What `rules test` prints, in both languages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from plugin.cli.rules import say
from plugin.cli.rules.options import leaves_json
from rules.check import TestReport
from rules.check.coverage import Coverage, LeafCover, percent
from rules.check.example_files import FileResult, Mismatch
from rules.check.mutants import CHANGES, Mutant
from rules.check.mutation import Mutation
from rules.text import Locale, Text

WORDS: Final[Mapping[str, Text]] = {
    "files": Text("{files} arquivos de exemplo; {failed} falharam", "{files} example files; {failed} failed"),
    "file_failed": Text("{place}: o exemplo “{name}” falhou", "{place}: example “{name}” failed"),
    "primary": Text("primary: espera {expected}, deu {actual}", "primary: expects {expected}, came out {actual}"),
    "collaborators": Text(
        "collaborators: espera {expected}, deu {actual}", "collaborators: expects {expected}, came out {actual}"
    ),
    "shows": Text("{expected} não é recomendada: {actual}", "{expected} is not recommended: {actual}"),
    "hides": Text("{expected} é recomendada, por {actual}", "{expected} is recommended, by {actual}"),
    "fires": Text("a regra {expected} não dispara", "the rule {expected} does not fire"),
    "silent": Text("a regra {expected} dispara", "the rule {expected} fires"),
    "engine": Text(
        "o motor decide {actual}, a referência decide {expected}",
        "the engine decides {actual}, the reference decides {expected}",
    ),
    "nobody": Text("ninguém", "nobody"),
    "not_fired": Text("nenhuma regra dela disparou", "no rule for it fired"),
    "coverage": Text("Folhas que os exemplos decidem", "Leaves that examples decide"),
    "never_true": Text("nenhum exemplo muda por ela ser verdadeira", "no example turns on its being true"),
    "never_false": Text("nenhum exemplo muda por ela ser falsa", "no example turns on its being false"),
    "never": Text("nenhum exemplo muda por causa dela", "no example turns on it"),
    "mutation": Text("Falhas pequenas que os exemplos notam", "Small faults that examples notice"),
    "survives": Text("nenhum exemplo nota", "no example notices"),
    "left_out": Text("sem {before}", "without {before}"),
    "added": Text("com {after}", "with {after}"),
    "instead": Text("{before} vira {after}", "{before} becomes {after}"),
    "equivalent": Text("{count} nada mudariam e não contam", "{count} would change nothing and do not count"),
    "total": Text("total", "total"),
    "below": Text(
        "{what}: {percent:.1f} % está abaixo de {threshold:g} %", "{what}: {percent:.1f} % is below {threshold:g} %"
    ),
    "watching": Text(
        "{time}  esperando mudanças em {paths}; Ctrl-C termina", "{time}  waiting for changes in {paths}; Ctrl-C ends"
    ),
    "rerun": Text("{time}  exemplos rodados: {count}: {names}", "{time}  examples run: {count}: {names}"),
    "rerun_none": Text("{time}  nenhum exemplo muda com isso", "{time}  no example depends on that"),
    "more": Text("e mais {count}", "and {count} more"),
    "threshold_of_what": Text(
        "--threshold é uma parte de --coverage ou de --mutate: peça um deles",
        "--threshold is a share of --coverage or --mutate: ask for one of them",
    ),
    "watch_json": Text(
        "--watch fala com pessoas: tire --format json, ou rode sem --watch",
        "--watch talks to people: leave --format json out, or run without --watch",
    ),
    "broken": Text("{time}  os arquivos não formam um conjunto de regras", "{time}  the files make no rulebook"),
}

_NAMES_SHOWN: Final = 5


def word(key: str, locale: Locale, **slots: object) -> str:
    """Return one of the words, with its slots filled."""
    return WORDS[key].read(locale).format(**slots)


def report_lines(report: TestReport, seconds: float, locale: Locale) -> Iterator[str]:
    """Yield every failing example, then the totals."""
    for result in report.failures:
        yield from say.failure_lines(result, locale)
    for failed in report.file_failures:
        yield from _file_lines(failed, locale)
    if report.files:
        yield word("files", locale, files=len(report.files), failed=len(report.file_failures))
    yield say.test_summary(report, seconds, locale)


def _file_lines(result: FileResult, locale: Locale) -> Iterator[str]:
    yield word("file_failed", locale, place=f"{result.path}:{result.line}", name=result.name)
    if result.problem is not None:
        yield f"    {result.problem}"
    for found in result.mismatches:
        expected = ", ".join(found.expected) or word("nobody", locale)
        yield f"    {word(found.word, locale, expected=expected, actual=_actual(found, locale))}"
        yield from (f"    {line}" for line in say.leaf_lines(found.leaves, locale, say.word("decided_by", locale)))


def _actual(found: Mismatch, locale: Locale) -> str:
    if found.word == "shows":
        stages = [say.word(f"stage.{name}", locale) if f"stage.{name}" in say.WORDS else name for name in found.actual]
        return ", ".join(stages) or word("not_fired", locale)
    return ", ".join(found.actual) or word("nobody", locale)


def coverage_lines(coverage: Coverage, locale: Locale) -> Iterator[str]:
    """Yield the rules that are not covered wholly, worst first, with their leaves; then the packs and the total."""
    yield ""
    yield f"{word('coverage', locale)}:"
    for rule in coverage.rules:
        if rule.covered == len(rule.leaves):
            continue
        yield _row(rule.covered, len(rule.leaves), rule.rule)
        for leaf in rule.leaves:
            if not leaf.covered:
                place = f"{rule.path}:{leaf.line}:{leaf.column}"
                yield f"    {place}: “{leaf.said(locale)}”: {word(_missing(leaf), locale)}"
    for pack, covered, leaves in coverage.packs():
        yield _row(covered, leaves, pack)
    yield _row(coverage.covered, coverage.leaves, word("total", locale))


def _missing(leaf: LeafCover) -> str:
    if leaf.when_true is None and leaf.when_false is None:
        return "never"
    return "never_true" if leaf.when_true is None else "never_false"


def mutation_lines(mutation: Mutation, locale: Locale) -> Iterator[str]:
    """Yield the rules with faults that nobody notices, worst first, with the faults; then the packs and the total."""
    yield ""
    yield f"{word('mutation', locale)}:"
    packs: dict[str, tuple[int, int]] = {}
    for score in mutation.rules:
        noticed, counted = packs.get(score.pack, (0, 0))
        packs[score.pack] = noticed + score.noticed, counted + score.counted
        if score.noticed == score.counted:
            continue
        yield _row(score.noticed, score.counted, score.rule)
        for mutant in score.survivors():
            yield f"    {mutant.path}:{mutant.line}:{mutant.column}: {mutant_words(mutant, locale)}"
    for pack, (noticed, counted) in sorted(packs.items()):
        yield _row(noticed, counted, pack)
    equivalent = f" ({word('equivalent', locale, count=mutation.equivalent)})" if mutation.equivalent else ""
    yield _row(mutation.noticed, mutation.counted, word("total", locale)) + equivalent


def mutant_words(mutant: Mutant, locale: Locale) -> str:
    """Return what the fault is, in words."""
    key = "left_out" if mutant.after is None else "instead" if mutant.before else "added"
    return f"{CHANGES[mutant.change].read(locale)}: {word(key, locale, before=mutant.before, after=mutant.after)}"


def _row(part: int, whole: int, name: str) -> str:
    return f"{_shown(percent(part, whole), 100):5.1f} %  {f'{part}/{whole}':>9}  {name}"


def _shown(found: float, below: float) -> float:
    """Return a percentage with one decimal place, cut where rounding would bring it up to what it is below."""
    rounded = round(found, 1)
    return math.floor(found * 10) / 10 if found < below <= rounded else rounded


def below_line(what: str, found: float, threshold: float, locale: Locale) -> str:
    """Return that something is below the threshold; `what`: coverage or mutation."""
    return word("below", locale, what=word(what, locale), percent=_shown(found, threshold), threshold=threshold)


def rerun_line(time: str, names: tuple[str, ...], locale: Locale) -> str:
    """Return which rules and example files were run this time."""
    if not names:
        return word("rerun_none", locale, time=time)
    shown = list(names[:_NAMES_SHOWN])
    if len(names) > _NAMES_SHOWN:
        shown.append(word("more", locale, count=len(names) - _NAMES_SHOWN))
    return word("rerun", locale, time=time, count=len(names), names=", ".join(shown))


def report_json(report: TestReport) -> dict[str, Any]:
    """Return the report as plain data."""
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
    files = [
        {
            "id": result.id,
            "name": result.name,
            "path": result.path,
            "line": result.line,
            "problem": result.problem,
            "mismatches": [
                {
                    "word": found.word,
                    "expected": list(found.expected),
                    "actual": list(found.actual),
                    "leaves": leaves_json(found.leaves),
                }
                for found in result.mismatches
            ],
        }
        for result in report.file_failures
    ]
    return {
        "rules": len({result.rule for result in report.results}),
        "examples": len(report.results),
        "failed": len(failures),
        "failures": failures,
        "files": len(report.files),
        "files_failed": len(files),
        "file_failures": files,
    }


def coverage_json(coverage: Coverage, locale: Locale) -> dict[str, Any]:
    """Return the coverage as plain data; every rule is there, with the leaves that are not covered."""
    rules = [
        {
            "rule": rule.rule,
            "path": rule.path,
            "line": rule.line,
            "percent": round(rule.percent, 2),
            "covered": rule.covered,
            "leaves": len(rule.leaves),
            "uncovered": [
                {
                    "leaf": leaf.words,
                    "said": leaf.said(locale),
                    "line": leaf.line,
                    "column": leaf.column,
                    "when_true": leaf.when_true,
                    "when_false": leaf.when_false,
                }
                for leaf in rule.leaves
                if not leaf.covered
            ],
        }
        for rule in coverage.rules
    ]
    packs = [
        {"pack": pack, "percent": round(percent(covered, leaves), 2), "covered": covered, "leaves": leaves}
        for pack, covered, leaves in coverage.packs()
    ]
    totals = {"percent": round(coverage.percent, 2), "covered": coverage.covered, "leaves": coverage.leaves}
    return {**totals, "packs": packs, "rules": rules}


def mutation_json(mutation: Mutation) -> dict[str, Any]:
    """Return the mutation score as plain data; every rule is there, with the faults that nobody notices."""
    rules = [
        {
            "rule": score.rule,
            "path": score.path,
            "line": score.line,
            "percent": round(score.percent, 2),
            "noticed": score.noticed,
            "counted": score.counted,
            "equivalent": len(score.verdicts) - score.counted,
            "survivors": [
                {
                    "change": mutant.change,
                    "before": mutant.before or None,
                    "after": mutant.after,
                    "line": mutant.line,
                    "column": mutant.column,
                }
                for mutant in score.survivors()
            ],
        }
        for score in mutation.rules
    ]
    totals = {"percent": round(mutation.percent, 2), "noticed": mutation.noticed, "counted": mutation.counted}
    return {**totals, "equivalent": mutation.equivalent, "rules": rules}
