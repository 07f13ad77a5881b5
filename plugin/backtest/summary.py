"""A comparison in a few lines, for a terminal: what changes, what was limited, and which rules are behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.numbers import format_decimal, format_percent

from plugin.backtest.books import NamedBook
from plugin.backtest.words import said
from plugin.i18n import words
from rules.backtest import Comparison, Verdict
from rules.text import Locale

__all__ = ["caveats", "lines", "said"]


def lines(
    comparison: Comparison, before: NamedBook, after: NamedBook, verdicts: Sequence[Verdict], locale: Locale
) -> Iterator[str]:
    """Yield the lines of a summary."""
    yield f"{before.name.read(locale)} → {after.name.read(locale)}"
    if not comparison.cases:
        yield said("no_cases", locale)
    else:
        counted = _of(comparison.changed, comparison.cases, locale)
        yield f"{said('changed', locale)}: {counted}"
        yield from _aspects(comparison, locale)
        yield from _functions(comparison, locale)
        yield from _rules(comparison, locale)
        yield from _lists(comparison, locale)
        yield ""
        yield from caveats(comparison, locale)
    if verdicts:
        yield ""
        for verdict in verdicts:
            outcome = said("kept" if verdict.is_kept else "broken", locale)
            yield f"{verdict.budget.text}: {_number(verdict.used, locale)} — {outcome}"


def caveats(comparison: Comparison, locale: Locale) -> Iterator[str]:
    """Yield how far the replay can be trusted: how texts were read, and what was not known any more."""
    part = comparison.part
    if not part.read_again and not part.unread:
        yield said("read_same", locale)
    if part.read_again:
        yield said("read_again", locale, count=_number(part.read_again, locale))
    if part.unread:
        yield said("unread", locale, count=_number(part.unread, locale))
    if part.guessed:
        yield said("guessed", locale, count=_number(part.guessed, locale))
    same = comparison.cases - part.decided
    yield said("screened", locale, decided=_number(part.decided, locale), same=_number(same, locale))


def _aspects(comparison: Comparison, locale: Locale) -> Iterator[str]:
    for aspect, count in sorted(comparison.part.aspects.items(), key=lambda found: -found[1]):
        yield f"  {said(f'aspect.{aspect}', locale)}: {_number(count, locale)}"


def _functions(comparison: Comparison, locale: Locale) -> Iterator[str]:
    yield ""
    yield f"{said('by_function', locale)}:"
    called = words(locale)
    for was, now in comparison.workload():
        tickets = _step(said("tickets", locale), was.tickets, now.tickets, locale)
        recommended = _step(said("recommendations", locale), was.recommendations, now.recommendations, locale)
        yield f"  {called.of('function', was.function.value)}: {tickets}; {recommended}"


def _rules(comparison: Comparison, locale: Locale) -> Iterator[str]:
    counts = [count for count in comparison.rule_counts() if count.differs]
    if counts:
        yield ""
        yield f"{said('rules', locale)}:"
    for count in counts:
        fired = _step("", count.fired_before, count.fired_after, locale)
        shadow = ""
        if count.shadow_before or count.shadow_after:
            steps = _step("", count.shadow_before, count.shadow_after, locale)
            shadow = f" ({said('in_shadow', locale, count=steps)})"
        yield f"  {count.rule}: {fired}{shadow}"


def _lists(comparison: Comparison, locale: Locale) -> Iterator[str]:
    blocked = [found.rule for found in comparison.blocked()]
    for key, names in (("never_fired", comparison.never_fired()), ("never_shown", blocked)):
        if names:
            yield ""
            yield f"{said(key, locale)}: {', '.join(names)}"


def _step(label: str, before: int, after: int, locale: Locale) -> str:
    steps = _number(before, locale) if before == after else f"{_number(before, locale)} → {_number(after, locale)}"
    return f"{label} {steps}".strip()


def _of(count: int, whole: int, locale: Locale) -> str:
    share = format_percent(count / whole, format="#,##0.##%", locale=locale.replace("-", "_"))
    return said("of_tickets", locale, count=_number(count, locale), whole=_number(whole, locale), share=share)


def _number(value: int, locale: Locale) -> str:
    return format_decimal(value, locale=locale.replace("-", "_"))
