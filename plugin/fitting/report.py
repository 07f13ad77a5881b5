"""A fitted calibration as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from plugin.evaluation import figures
from plugin.fitting import told_confidence
from plugin.fitting.told_confidence import Told
from plugin.fitting.words import said
from plugin.reports import rendered
from plugin.reports.reliability import Point, points
from rules.evaluation.reliability import BINS
from rules.text import Locale

_FOLDER: Final = Path(__file__).parent


def page(told: Told, locale: Locale) -> str:
    """Return the report. It names no ticket."""
    return rendered(_FOLDER / "templates", "calibration.html", page=Page(told, locale))


@dataclass(frozen=True)
class Page:
    """What the template asks for, said in one language."""

    told: Told
    locale: Locale
    bins: int = BINS

    @cached_property
    def plots(self) -> tuple[tuple[str, Sequence[Point], float | None], ...]:
        """The plots of how honest confidence is, before and after: label, points, error."""
        return tuple(
            (self.say(key), points(found.reliability), found.reliability.expected_error)
            for key, found in (("before", self.told.found.before), ("after", self.told.found.after))
        )

    @cached_property
    def lead(self) -> str:
        """What was looked at."""
        return told_confidence.lead(self.told, self.locale)

    @cached_property
    def left_out(self) -> str:
        """How far the figures can be trusted."""
        return told_confidence.left_out(self.told, self.locale)

    @cached_property
    def figures(self) -> list[list[str]]:
        """Name, before and after of each figure."""
        return told_confidence.figures(self.told, self.locale)

    @cached_property
    def numbers(self) -> list[list[str]]:
        """Name, before and after of each number of the calibration."""
        return told_confidence.numbers(self.told, self.locale)

    def say(self, key: str, **slots: object) -> str:
        """Return one of the words of a fit."""
        return said(key, self.locale, **slots)

    def share(self, value: float | None) -> str:
        """Return a share in per cent."""
        return figures.share(value, self.locale)

    def percent(self, value: float) -> str:
        """Return a share in whole per cent."""
        return figures.percent(value, self.locale)

    def score(self, value: float | None) -> str:
        """Return a figure with three decimals."""
        return figures.score(value, self.locale)

    def number(self, value: float | None) -> str:
        """Return a number."""
        return figures.number(value, self.locale)
