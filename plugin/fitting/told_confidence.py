"""A fitted calibration as plain lines, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from plugin.evaluation.document import reliability_document
from plugin.evaluation.figures import number, score, share, shares
from plugin.evaluation.summary import columns
from plugin.fitting.words import said
from plugin.i18n import words
from rules.evaluation.reliability import BINS
from rules.fitting.confidence import Calibrated, Honesty
from rules.rulebook import Calibration, Function
from rules.text import Locale

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A fit with its file, the calibration it made (which says where it comes from), and the one in force."""

    file: str
    found: Calibrated
    made: Calibration
    in_force: Calibration
    prior: Mapping[Function, float] | None


def with_origin(found: Calibrated, file: str, prior: Mapping[Function, float] | None) -> Calibration:
    """Return the calibration with a word on what it was fitted on and how it did there; no ticket is named."""
    kind = "source" if found.by_source else "tenth of the rows"
    error = found.after.reliability.expected_error or 0.0
    mix = "" if prior is None else f", weighed as {', '.join(f'{name} {prior[name]:g}' for name in Function)}"
    return replace(
        found.calibration,
        fitted_on=f"{found.tickets} labelled tickets of {file}{mix}; {found.right / found.tickets:.0%} of them went to "
        f"the right function. With each {kind} left out in turn ({found.folds}): expected calibration error "
        f"{error:.3f} over {BINS} bins of equal width, log loss {found.after.log_loss:.3f}.",
    )


def lines(told: Told, locale: Locale) -> Iterator[str]:
    """Yield how honest confidence is, as it was and as it would be, on tickets that the fit did not see."""
    found = told.found
    yield lead(told, locale)
    yield left_out(told, locale)
    yield ""
    yield from columns([["", said("before", locale), said("after", locale)], *figures(told, locale)])
    yield f"  ({said('calibration_error', locale)}: {said('calibration_means', locale, bins=BINS)})"
    for key, honesty in (("before", found.before), ("after", found.after)):
        yield ""
        yield f"{said(key, locale)}:"
        yield from columns(
            [
                [said(name, locale) for name in ("stretch", "tickets", "confidence", "right_share")],
                *_bins(honesty, locale),
            ]
        )
    yield ""
    yield f"{said('formula', locale)}"
    yield from columns([["", said("before", locale), said("after", locale)], *numbers(told, locale)])


def lead(told: Told, locale: Locale) -> str:
    """Return what was looked at."""
    found = told.found
    line = said(
        "calibration_lead",
        locale,
        count=number(found.tickets, locale),
        file=told.file,
        right=share(found.right / found.tickets, locale),
    )
    if told.prior is None:
        return line
    names = {function: words(locale).of("function", function.value) for function in Function}
    return f"{line} {said('at_prior', locale, shares=shares(told.prior, names, locale))}"


def left_out(told: Told, locale: Locale) -> str:
    """Return what was left out of the fit, and so how far its figures can be trusted."""
    return said(f"left_out.{'source' if told.found.by_source else 'part'}", locale, folds=told.found.folds)


def figures(told: Told, locale: Locale) -> list[list[str]]:
    """Return (name, before, after) of each figure."""
    before, after = told.found.before, told.found.after
    pairs = (
        ("calibration_error", before.reliability.expected_error, after.reliability.expected_error),
        ("log_loss", before.log_loss, after.log_loss),
        ("brier", before.brier, after.brier),
    )
    return [[said(name, locale), score(was, locale), score(now, locale)] for name, was, now in pairs]


def numbers(told: Told, locale: Locale) -> list[list[str]]:
    """Return (name, before, after) of each of the calibration's numbers."""
    return [
        [said(name, locale), score(getattr(told.in_force, name), locale), score(getattr(told.made, name), locale)]
        for name in ("intercept", "margin", "strength")
    ]


def as_document(told: Told) -> dict[str, Any]:
    """Return every figure as it is."""
    found, made = told.found, told.made
    return {
        "schema": SCHEMA,
        "file": told.file,
        "tickets": found.tickets,
        "right": found.right,
        "left_out": "source" if found.by_source else "part",
        "folds": found.folds,
        "prior": None if told.prior is None else {function.value: told.prior[function] for function in Function},
        "calibration": {name: getattr(made, name) for name in ("intercept", "margin", "strength", "fitted_on")},
        "before": _honesty(found.before),
        "after": _honesty(found.after),
    }


def _honesty(found: Honesty) -> dict[str, Any]:
    return {**reliability_document(found.reliability), "log_loss": found.log_loss, "brier": found.brier}


def _bins(found: Honesty, locale: Locale) -> list[list[str]]:
    return [
        [
            f"{share(one.low, locale)} – {share(one.high, locale)}",  # noqa: RUF001 - a dash between numbers
            number(one.decisions, locale),
            share(one.confidence, locale),
            share(one.accuracy, locale),
        ]
        for one in found.reliability.bins
    ]
