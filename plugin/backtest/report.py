"""A comparison as one HTML file: no network, no script; for screens, for paper, and for being read aloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from plugin.backtest import plots, summary
from plugin.backtest.books import NamedBook
from plugin.backtest.words import said
from plugin.i18n import words
from plugin.i18n.moments import certainty
from plugin.reports import rendered
from plugin.sidebar.names import Names
from plugin.sidebar.phrases import Line, Phrases
from rules.backtest import MEASURES, Because, Cause, Comparison, Difference, Verdict, Work
from rules.backtest.budget import RECOMMENDATIONS
from rules.backtest.comparison import RuleCount
from rules.backtest.outcome import Held, Outcome
from rules.model import LeafResult
from rules.rulebook import Function, Recommend
from rules.text import Locale

MOST_LISTED: Final = 500
"""Changed tickets that a report lists; beyond, a person filters the JSON."""

_FOLDER: Final = Path(__file__).parent
_TITLED: Final = frozenset({Because.SIGNAL_READ, Because.SIGNAL_NOT_READ})


def written(
    comparison: Comparison, before: NamedBook, after: NamedBook, verdicts: Sequence[Verdict], locale: Locale
) -> str:
    """Return the report. It names tickets by their id and no customer at all."""
    page = Page(comparison, before, after, tuple(verdicts), locale)
    return rendered(_FOLDER / "templates", "report.html", page=page, plots=plots)


@dataclass(frozen=True)
class Page:
    """What the template asks for, said in one language."""

    comparison: Comparison
    before: NamedBook
    after: NamedBook
    verdicts: tuple[Verdict, ...]
    locale: Locale

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function, in its order."""
        return tuple(Function)

    @cached_property
    def caveats(self) -> tuple[str, ...]:
        """How far the replay can be trusted."""
        return tuple(summary.caveats(self.comparison, self.locale)) if self.comparison.cases else ()

    @cached_property
    def listed(self) -> Sequence[Difference]:
        """The changed tickets that are listed."""
        return self.comparison.differences[:MOST_LISTED]

    @cached_property
    def rule_counts(self) -> tuple[RuleCount, ...]:
        """Rules that count differently."""
        return tuple(found for found in self.comparison.rule_counts() if found.differs)

    @cached_property
    def other_rules(self) -> tuple[RuleCount, ...]:
        """Rules that count the same."""
        return tuple(found for found in self.comparison.rule_counts() if not found.differs)

    @cached_property
    def columns(self) -> tuple[plots.Column, ...]:
        """Tickets and changed tickets over the days of the history."""
        changed: Counter[date] = Counter(found.taken_at.astimezone(UTC).date() for found in self.comparison.differences)
        return plots.columns(self.comparison.part.days, changed)

    def say(self, key: str, **slots: object) -> str:
        """Return one of the words of a backtest."""
        return said(key, self.locale, **slots)

    def function(self, function: Function) -> str:
        """Return what a function is called."""
        return words(self.locale).of("function", function.value)

    def stage(self, stage: str) -> str:
        """Return what a stage is called."""
        return words(self.locale).of("stage", stage)

    def number(self, value: float) -> str:
        """Return a number as it is written here."""
        return format_decimal(round(value, 1), locale=self._babel)

    def change(self, before: float, after: float) -> str:
        """Return the difference with its sign; a true minus, so that it reads aloud as one."""
        if before == after:
            return self.number(0)
        return f"{'+' if after > before else '−'}{self.number(abs(after - before))}"  # noqa: RUF001 - a minus sign

    def share(self, count: int, whole: int) -> str:
        """Return a part of a whole in percent."""
        return format_percent(count / whole if whole else 0, format="#,##0.##%", locale=self._babel)

    def moment(self, instant: datetime) -> str:
        """Return an instant, in UTC."""
        moment = instant.astimezone(UTC)
        return f"{self.day(moment.date())}, {format_time(moment, 'short', locale=self._babel)} UTC"

    def day(self, day: date) -> str:
        """Return a day."""
        return format_date(day, "medium", locale=self._babel)

    def measure(self, verdict: Verdict) -> str:
        """Return what a budget limits."""
        name = verdict.budget.measure
        known = {"changed": "changed", "guardrail.released": "measure.guardrail.released"}
        return self.say(known.get(name, "measure.guardrail.caught" if "." in name else f"aspect.{name}"))

    def shown(self, rule: str, count: int) -> str:
        """Return how often a rule was shown; a dash for one that recommends nothing."""
        books = (self.before.rulebook, self.after.rulebook)
        recommends = any(isinstance(book.rules[rule].then, Recommend) for book in books if rule in book.rules)
        return self.number(count) if recommends else "—"

    def singles(self, counts: Sequence[int]) -> tuple[float, ...]:
        """Return the lengths of single bars."""
        return plots.single(counts)

    def counts(self, work: Sequence[tuple[Work, Work]], name: str) -> list[tuple[str, int, int]]:
        """Return one figure of every function, before and after."""
        return [(self.function(was.function), getattr(was, name), getattr(now, name)) for was, now in work]

    def plain(self, rows: Sequence[tuple[str, int, int]]) -> list[tuple[int, int]]:
        """Return rows without their labels."""
        return [(was, now) for _, was, now in rows]

    def hours(self, hours: float | None) -> str:
        """Return a mean due time; a dash where there is nothing due."""
        return self.number(hours) if hours is not None else "—"

    def change_of_hours(self, before: float | None, after: float | None) -> str:
        """Return how much a mean due time changes; a dash where there is none to compare."""
        return self.change(round(before, 1), round(after, 1)) if before is not None and after is not None else "—"

    def certainty(self, confidence: float) -> str:
        """Return a confidence as the panel says it."""
        return self.say("certainty", share=certainty(words(self.locale), confidence))

    def held_apart(self, outcome: Outcome, other: Outcome) -> tuple[Held, ...]:
        """Return what one holds back and the other does not, or otherwise."""
        known = {(held.action, held.stage, held.by) for held in other.held}
        return tuple(held for held in outcome.held if (held.action, held.stage, held.by) not in known)

    def by(self, held: Held) -> str:
        """Return what holds a recommendation back: a rule, an action or a limit."""
        if held.by in self.after.rulebook.actions or held.by in self.before.rulebook.actions:
            return self.action(held.by)
        return self.rule(held.by)

    def unit(self, verdict: Verdict) -> str:
        """Return what a budget counts."""
        counts = MEASURES[verdict.budget.measure]
        return self.say("recommendations" if counts == RECOMMENDATIONS else "tickets").lower()

    def action(self, name: str) -> str:
        """Return what an action is called, by the new rulebook or else by the old one."""
        return self._names(name in self.after.rulebook.actions).action(name)

    def rule(self, name: str) -> str:
        """Return what a rule is called; a law is known by its id."""
        known = name in self.after.rulebook.rules or name in self.before.rulebook.rules
        return self._names(name in self.after.rulebook.rules).rule(name) if known else name

    def cause(self, cause: Cause) -> str:
        """Return why something changed, in one clause."""
        if cause.because in _TITLED:
            subject = self._names(cause.subject in self.after.rulebook.signals).signal(cause.subject)
        elif cause.because is Because.ACTION_CHANGED:
            subject = self.action(cause.subject)
        else:
            subject = self.rule(cause.subject)
        return self.say(f"because.{cause.because}", subject=subject)

    def conditions(self, cause: Cause) -> tuple[Line, ...]:
        """Return the conditions that decided, with the values they saw."""
        match cause.because:
            case Because.FIRES_NO_MORE:
                return self._lines(cause.after, made_true=False)
            case Because.RULE_REMOVED:
                return self._lines(cause.before, made_true=True)
            case _:
                return self._lines(cause.after, made_true=True)

    def _lines(self, leaves: tuple[LeafResult, ...], *, made_true: bool) -> tuple[Line, ...]:
        return Phrases(words(self.locale), self._names(True)).lines(leaves, made_true=made_true)

    def _names(self, new: bool) -> Names:  # noqa: FBT001 - which of two
        return Names((self.after if new else self.before).rulebook, self.locale)

    @property
    def _babel(self) -> str:
        return self.locale.replace("-", "_")
