"""An evaluation in plain lines, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.evaluation.figures import Evaluation, Held, cost_entries, number, score, share, shares
from plugin.evaluation.words import WORDS, said
from plugin.i18n import words
from rules.check.examples import leaf_in_words
from rules.evaluation import Error, stands_for
from rules.evaluation.measures import EVERYTHING
from rules.evaluation.reliability import BINS
from rules.rulebook import Classify, Function
from rules.text import Locale, Text

_UNKNOWN = Text("desconhecido", "unknown")
_SHOWN_OF_TEXT = 300


def lines(evaluation: Evaluation, locale: Locale, *, texts: bool) -> Iterator[str]:
    """Yield the lines; `texts`: also what the customer wrote in the dearest errors."""
    tally = evaluation.tally
    if not tally.whole.total:
        yield said("nothing", locale)
        return
    yield from _totals(evaluation, locale)
    yield ""
    yield f"{said('by_function', locale)}:"
    yield from _functions(evaluation, locale)
    yield ""
    yield f"{said('confusion', locale)} ({said('confusion_means', locale)}):"
    yield from _confusion(evaluation, locale)
    if evaluation.slices():
        yield ""
        yield f"{said('slices', locale)}:"
        yield from _slices(evaluation, locale)
    yield ""
    yield f"{said('rules', locale)} ({said('rules_mean', locale)}):"
    yield from _rules(evaluation, locale)
    yield ""
    yield f"{said('errors', locale)}:"
    yield from _errors(evaluation, locale, texts=texts)
    yield ""
    yield costs_line(evaluation, locale)
    for held in evaluation.held():
        yield floor_line(held, locale)


def floor_line(held: Held, locale: Locale) -> str:
    """Return a floor, what was found, and whether it is kept."""
    name = said("floor_all", locale) if held.floor.language == EVERYTHING else held.floor.language
    found = said("floor_none", locale) if held.found is None else score(held.found, locale)
    outcome = said("kept" if held.is_kept else "broken", locale)
    return f"{said('floor', locale, name=name, found=found, least=score(held.floor.least, locale))} — {outcome}"


def costs_line(evaluation: Evaluation, locale: Locale) -> str:
    """Return what was supposed of the costs."""
    names = _names(locale)
    told = ", ".join(
        f"{names[expected]} → {names[decided]} {number(cost, locale)}"
        for (expected, decided), cost in cost_entries(evaluation.costs)
    )
    return said("costs", locale, costs=told)


def error_line(error: Error, locale: Locale) -> str:
    """Return what went wrong, in one line."""
    names = _names(locale)
    line = said(
        "error",
        locale,
        line=error.line,
        id=error.id,
        expected=names[error.expected],
        decided=names[error.decided],
        cost=number(error.cost, locale),
        certainty=share(error.confidence, locale),
    )
    return f"{line}, {said('needs_triage', locale)}" if error.needs_triage else line


def _totals(evaluation: Evaluation, locale: Locale) -> Iterator[str]:
    tally, whole, prior = evaluation.tally, evaluation.tally.whole, evaluation.prior
    yield said("lead", locale, count=number(whole.total, locale), file=evaluation.file)
    yield f"{said('accuracy', locale)}: {share(whole.accuracy, locale)}"
    yield f"{said('macro_f1', locale)}: {score(whole.macro_f1, locale)}"
    yield f"{said('coverage', locale)}: {share(tally.coverage, locale)} ({said('coverage_means', locale)})"
    yield f"{said('triage', locale)}: {_of(tally.triage, whole.total, locale)}"
    error = tally.reliability.expected_error
    means = said("calibration_means", locale, bins=BINS)
    yield f"{said('calibration_error', locale)}: {score(error, locale)} ({means})"
    yield f"{said('mean_cost', locale)}: {number(whole.mean_cost(evaluation.costs), locale)}"
    asides = tally.asides
    if asides.collaborators:
        counted = _of(asides.collaborators_right, asides.collaborators, locale)
        yield f"{said('collaborators', locale)}: {counted}"
    if asides.recommendations:
        yield f"{said('first', locale)}: {_of(asides.first, asides.recommendations, locale)}"
        yield f"{said('shown', locale)}: {_of(asides.shown, asides.recommendations, locale)}"
    accuracy = f"{said('accuracy', locale).lower()} {share(whole.accuracy_at(prior), locale)}"
    cost = number(whole.mean_cost_at(evaluation.costs, prior), locale)
    yield f"{said('at_prior', locale)}: {accuracy}, {said('mean_cost', locale).lower()} {cost}"
    yield f"  {said('prior', locale, shares=shares(prior, _names(locale), locale))}"


def _functions(evaluation: Evaluation, locale: Locale) -> Iterator[str]:
    keys = ("function", "tickets", "precision", "precision_at_prior", "recall", "f1", "coverage")
    rows = [[said(key, locale) for key in keys]]
    whole, names = evaluation.tally.whole, _names(locale)
    rows += [
        [
            names[function],
            number(whole.expected(function), locale),
            share(whole.precision(function), locale),
            share(whole.precision_at(function, evaluation.prior), locale),
            share(whole.recall(function), locale),
            score(whole.f1(function), locale),
            share(evaluation.tally.coverage_of(function), locale),
        ]
        for function in Function
    ]
    yield from columns(rows)


def _confusion(evaluation: Evaluation, locale: Locale) -> Iterator[str]:
    names, whole = _names(locale), evaluation.tally.whole
    rows = [["", *(names[function] for function in Function)]]
    rows += [
        [names[meant], *(number(whole.count(meant, decided), locale) for decided in Function)] for meant in Function
    ]
    yield from columns(rows)


def _slices(evaluation: Evaluation, locale: Locale) -> Iterator[str]:
    rows = [[said(key, locale) for key in ("slice", "tickets", "accuracy", "macro_f1")]]
    rows += [
        [
            slice_name(name, value, locale),
            number(found.total, locale),
            share(found.accuracy, locale),
            score(found.macro_f1, locale),
        ]
        for (name, value), found in evaluation.slices()
    ]
    yield from columns(rows)


def slice_name(name: str, value: str, locale: Locale) -> str:
    """Return what a group is called: by our word for what it is told apart by, or by the name of the column."""
    key = f"by.{name}"
    return f"{said(key, locale) if key in WORDS else name}: {value}"


def _rules(evaluation: Evaluation, locale: Locale) -> Iterator[str]:
    rows = [[said(key, locale) for key in ("rule", "fired", "right", "precision", "misled", "stands_for")]]
    names = _names(locale)
    for name, count, in_shadow in evaluation.rules():
        meant = ", ".join(
            names[function] for function in Function if function in stands_for(evaluation.rulebook.rules[name])
        )
        rows.append(
            [
                f"{name} ({said('in_shadow', locale)})" if in_shadow else name,
                number(count.fired, locale),
                number(count.right, locale),
                share(count.precision, locale),
                number(count.misled, locale),
                meant or said("no_rules", locale),
            ]
        )
    yield from columns(rows, left=(0, 5))
    silent = evaluation.silent()
    if silent:
        yield f"  {said('silent', locale)}: {', '.join(silent)}"


def _errors(evaluation: Evaluation, locale: Locale, *, texts: bool) -> Iterator[str]:
    dearest = evaluation.tally.dearest()
    if not dearest and evaluation.tally.whole.accuracy == 1:
        yield f"  {said('no_errors', locale)}"
    for error in dearest:
        yield from _error(error, evaluation, locale, texts=texts)


def _error(error: Error, evaluation: Evaluation, locale: Locale, *, texts: bool) -> Iterator[str]:
    names = _names(locale)
    yield f"  {error_line(error, locale)}"
    if texts:
        text = " ".join(error.text.split())
        yield f"    “{text[:_SHOWN_OF_TEXT]}{'…' if len(text) > _SHOWN_OF_TEXT else ''}”"
    scores = ", ".join(f"{names[function]} {error.scores[function]}" for function in Function)
    yield f"    {said('scores', locale)}: {scores}"
    yield f"    {said('signals', locale)}: {', '.join(error.signals) or said('none', locale)}"
    if not error.fired:
        yield f"    {said('fired_rules', locale)}: {said('no_rules', locale)}"
    for fired in error.fired:
        then = evaluation.rulebook.rules[fired.rule].then
        votes = then.votes if isinstance(then, Classify) else {}
        told = ", ".join(f"{names[function]} {votes[function]:+}" for function in Function if function in votes)
        yield f"    {fired.rule}: {told}"
        for leaf in fired.leaves:
            yield f"      {leaf_in_words(leaf, _UNKNOWN.read(locale))}"


def columns(rows: Sequence[Sequence[str]], left: tuple[int, ...] = (0,)) -> Iterator[str]:
    """Yield the rows with their cells below each other, indented by two; figures to the right."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"  {'  '.join(cells)}".rstrip()


def _of(count: int, whole: int, locale: Locale) -> str:
    told = {"count": number(count, locale), "whole": number(whole, locale)}
    return said("of", locale, **told, share=share(count / whole, locale))


def _names(locale: Locale) -> dict[Function, str]:
    return {function: words(locale).of("function", function.value) for function in Function}
