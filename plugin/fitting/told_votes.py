"""Proposed votes as plain lines, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from plugin.evaluation.figures import number, score, share
from plugin.evaluation.summary import columns
from plugin.fitting.staging import Staged
from plugin.fitting.words import said
from plugin.i18n import words
from rules.evaluation import Confusion
from rules.fitting.proposal import HeldOut, Proposal
from rules.rulebook import Function
from rules.text import Locale

SCHEMA: Final = 1


def lines(proposal: Proposal, file: str, tickets: int, fewest: int, locale: Locale) -> Iterator[str]:
    """Yield what the fit found, and how it does where it was not fitted."""
    yield said("lead", locale, count=number(tickets, locale), file=file)
    kind = "source" if proposal.by_source else "part"
    yield said(f"left_out.{kind}", locale, folds=len(proposal.held_out))
    yield ""
    yield from columns([_heads(kind, locale), *_rows(proposal, locale)])
    yield ""
    yield said("moved", locale, mended=number(proposal.mended, locale), broken=number(proposal.broken, locale))
    if proposal.few:
        yield said("few", locale, fewest=fewest, rules=", ".join(proposal.few))
    if proposal.changes:
        yield ""
        yield f"{said('votes', locale)}:"
        yield from columns(list(_changes(proposal, locale)), left=(0, 1))


def verdict(proposal: Proposal, staged: Staged | None, locale: Locale) -> str | None:
    """Return why nothing is proposed, or None when something is."""
    if not proposal.changes:
        return said("nothing", locale)
    if not proposal.helps:
        return said("does_not_help", locale)
    if staged is not None and any(found.is_error for found in staged.findings):
        return said("spoils", locale)
    return None


def as_document(proposal: Proposal, file: str, tickets: int) -> dict[str, Any]:
    """Return every figure as it is; null is a figure that has nothing to count."""
    return {
        "schema": SCHEMA,
        "file": file,
        "tickets": tickets,
        "left_out": "source" if proposal.by_source else "part",
        "held_out": [
            {"name": one.name, "before": _figures(one.before), "after": _figures(one.after)}
            for one in proposal.held_out
        ],
        "before": _figures(proposal.before),
        "after": _figures(proposal.after),
        "mended": proposal.mended,
        "broken": proposal.broken,
        "pull": proposal.pull,
        "few": list(proposal.few),
        "votes": [
            {
                "rule": change.rule,
                "function": change.function.value,
                "before": change.before,
                "after": change.after,
                "fired": change.fired,
            }
            for change in proposal.changes
        ],
    }


def _heads(kind: str, locale: Locale) -> list[str]:
    accuracy, macro_f1 = said("accuracy", locale), said("macro_f1", locale)
    before, after = said("before", locale).lower(), said("after", locale).lower()
    figures = [f"{name}, {when}" for name in (accuracy, macro_f1) for when in (before, after)]
    return [said(kind, locale), said("tickets", locale), *figures]


def _rows(proposal: Proposal, locale: Locale) -> Iterator[list[str]]:
    whole = HeldOut(said("whole", locale), proposal.before, proposal.after)
    for one in (*proposal.held_out, whole):
        yield [
            one.name or said("no_source", locale),
            number(one.before.total, locale),
            share(one.before.accuracy, locale),
            share(one.after.accuracy, locale),
            score(one.before.macro_f1, locale),
            score(one.after.macro_f1, locale),
        ]


def _changes(proposal: Proposal, locale: Locale) -> Iterator[list[str]]:
    yield [said(key, locale) for key in ("rule", "function", "before", "after", "fired")]
    for change in proposal.changes:
        name = words(locale).of("function", Function(change.function).value)
        yield [change.rule, name, f"{change.before:+}", f"{change.after:+}", number(change.fired, locale)]


def _figures(found: Confusion) -> dict[str, Any]:
    return {"tickets": found.total, "accuracy": found.accuracy, "macro_f1": found.macro_f1}
