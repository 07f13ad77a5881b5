"""The shape of one entry of the catalogue of findings."""

from __future__ import annotations

from dataclasses import dataclass

from rules.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """The three sentences of a finding, with `{slots}` for what is special about this one."""

    what: Text
    why: Text
    mend: Text
    warning: bool = False


def error(what: tuple[str, str], why: tuple[str, str], mend: tuple[str, str]) -> Entry:
    """Return an entry that forbids the rulebook; each sentence is (pt-BR, en)."""
    return Entry(Text(*what), Text(*why), Text(*mend))


def warning(what: tuple[str, str], why: tuple[str, str], mend: tuple[str, str]) -> Entry:
    """Return an entry that the rulebook may be used with; each sentence is (pt-BR, en)."""
    return Entry(Text(*what), Text(*why), Text(*mend), warning=True)
