"""An evaluation as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from plugin.evaluation import figures, summary
from plugin.evaluation.figures import Evaluation, Held
from plugin.evaluation.words import said
from plugin.i18n import words
from plugin.reports import rendered
from plugin.reports.reliability import Point, points
from plugin.sidebar.names import Names
from plugin.sidebar.phrases import Line, Phrases
from rules.evaluation import Error, RuleCount, stands_for
from rules.evaluation.reliability import BINS
from rules.model import Fired
from rules.rulebook import Classify, Function
from rules.text import Locale

_FOLDER: Final = Path(__file__).parent


def written(evaluation: Evaluation, locale: Locale, *, texts: bool) -> str:
    """Return the report. It names tickets by line and id; `texts`: also by what the customer wrote."""
    return rendered(_FOLDER / "templates", "evaluation.html", page=Page(evaluation, locale, texts))


@dataclass(frozen=True)
class Page:
    """What the template asks for, said in one language."""

    evaluation: Evaluation
    locale: Locale
    texts: bool
    bins: int = BINS

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function, in its order."""
        return tuple(Function)

    @cached_property
    def function_names(self) -> list[str]:
        """What every function is called, in their order."""
        return [self.function(function) for function in Function]

    @cached_property
    def file(self) -> str:
        """The name of the labelled file; where it lies is nobody's business."""
        return Path(self.evaluation.file).name

    @cached_property
    def floors(self) -> tuple[Held, ...]:
        """What was to be reached, and what was."""
        return self.evaluation.held()

    @cached_property
    def plots(self) -> tuple[tuple[str, Sequence[Point], float | None], ...]:
        """The one plot of how honest confidence is: its label, its points, its error."""
        found = self.evaluation.tally.reliability
        return ((self.say("these_rules"), points(found), found.expected_error),)

    @cached_property
    def supposed(self) -> tuple[str, str]:
        """The prior and the costs that were supposed."""
        names = {function: self.function(function) for function in Function}
        prior = figures.shares(self.evaluation.prior, names, self.locale)
        return self.say("prior", shares=prior), summary.costs_line(self.evaluation, self.locale)

    def say(self, key: str, **slots: object) -> str:
        """Return one of the words of an evaluation."""
        return said(key, self.locale, **slots)

    def function(self, function: Function) -> str:
        """Return what a function is called."""
        return words(self.locale).of("function", function.value)

    def share(self, value: float | None) -> str:
        """Return a share in per cent."""
        return figures.share(value, self.locale)

    def percent(self, value: float) -> str:
        """Return a share in whole per cent."""
        return figures.percent(value, self.locale)

    def score(self, value: float | None) -> str:
        """Return a figure from 0 to 1."""
        return figures.score(value, self.locale)

    def number(self, value: float | None) -> str:
        """Return a number."""
        return figures.number(value, self.locale)

    def floor(self, held: Held) -> str:
        """Return a floor, what was found, and whether it is reached."""
        return summary.floor_line(held, self.locale)

    def rule(self, name: str) -> str:
        """Return what a rule is called."""
        return Names(self.evaluation.rulebook, self.locale).rule(name)

    def signals(self, error: Error) -> str:
        """Return the titles of the signals that were read."""
        names = Names(self.evaluation.rulebook, self.locale)
        return ", ".join(names.signal(name) for name in error.signals) or self.say("none")

    def stands_for(self, name: str) -> str:
        """Return the functions a rule stands for."""
        meant = stands_for(self.evaluation.rulebook.rules[name])
        return ", ".join(self.function(function) for function in Function if function in meant) or self.say("no_rules")

    def votes(self, fired: Fired) -> str:
        """Return the votes of a rule that fired."""
        then = self.evaluation.rulebook.rules[fired.rule].then
        votes = then.votes if isinstance(then, Classify) else {}
        return ", ".join(f"{self.function(function)} {votes[function]:+}" for function in Function if function in votes)

    def conditions(self, fired: Fired) -> tuple[Line, ...]:
        """Return the conditions that made a rule true, with the values they saw."""
        phrases = Phrases(words(self.locale), Names(self.evaluation.rulebook, self.locale))
        return phrases.lines(fired.leaves, made_true=True)

    def slice(self, name: str, value: str) -> str:
        """Return what a group is called."""
        return summary.slice_name(name, value, self.locale)

    def error(self, error: Error) -> str:
        """Return what went wrong, in one line."""
        return summary.error_line(error, self.locale)

    def rules(self) -> list[tuple[str, RuleCount, bool]]:
        """Return every rule that fired, those that misled most first."""
        return self.evaluation.rules()
