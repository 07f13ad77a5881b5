"""What is wrong with a rule file, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from rules.loader.catalogue import CATALOGUE
from rules.text import Locale, Text

if TYPE_CHECKING:
    from rules.loader.catalogue.entry import Entry

Param = str | int | float | Text


class Severity(StrEnum):
    """Whether the rulebook may be used all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `line` and `column` count from 1; the texts come from the catalogue by `code`.

    `params` fill the slots of the texts; a `Text` among them is read in the language that is asked for.
    """

    code: str
    path: str
    line: int
    column: int
    severity: Severity
    params: Mapping[str, Param] = field(default_factory=dict)

    def what(self, locale: Locale) -> str:
        """Say what is wrong."""
        return self._fill(self._entry.what, locale)

    def why(self, locale: Locale) -> str:
        """Say why it matters."""
        return self._fill(self._entry.why, locale)

    def mend(self, locale: Locale) -> str:
        """Say what to do about it."""
        return self._fill(self._entry.mend, locale)

    @property
    def place(self) -> str:
        """`path:line:column`, as editors and terminals link it."""
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def is_error(self) -> bool:
        """Whether the rulebook must not be used."""
        return self.severity is Severity.ERROR

    @property
    def _entry(self) -> Entry:
        return CATALOGUE[self.code]

    def _fill(self, text: Text, locale: Locale) -> str:
        values = {name: value.read(locale) if isinstance(value, Text) else value for name, value in self.params.items()}
        return text.read(locale).format(**values)

    def told(self, locale: Locale) -> str:
        """Say all of it in one line."""
        return f"{self.place}: {self.severity} {self.code}: {self.what(locale)} {self.why(locale)} {self.mend(locale)}"

    def __str__(self) -> str:
        return self.told("en")


def finding(code: str, path: str, line: int, column: int, **params: Param) -> Finding:
    """Return a finding with the severity that the catalogue gives its code."""
    severity = Severity.WARNING if CATALOGUE[code].warning else Severity.ERROR
    return Finding(code, path, line, column, severity, params)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by file, line, column and code, each once."""
    unique = {(f.path, f.line, f.column, f.code, f.what("en")): f for f in findings}
    return tuple(found for _, found in sorted(unique.items()))


def as_json(findings: Iterable[Finding], locale: Locale = "en") -> list[dict[str, str | int]]:
    """Return the findings as plain data: code, severity, path, line, column, what, why, mend."""
    return [
        {
            "code": found.code,
            "severity": found.severity.value,
            "path": found.path,
            "line": found.line,
            "column": found.column,
            "what": found.what(locale),
            "why": found.why(locale),
            "mend": found.mend(locale),
        }
        for found in findings
    ]
