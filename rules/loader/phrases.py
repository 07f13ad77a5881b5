"""The phrases of a signal's file: each compiled once, each fault at its line and column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules.loader.findings import Finding, finding
from rules.loader.yaml_strict import Document, Place
from rules.text import LOCALES, Text

if TYPE_CHECKING:
    from rules.signals import PhraseInvalid


def check(document: Document) -> Iterator[Finding]:
    """Yield a finding for every phrase, under `phrases` and `not_when`, that cannot be compiled."""
    from rules.signals import PhraseInvalid, compile_phrase  # noqa: PLC0415 - often no phrase is new

    data = document.data if isinstance(document.data, dict) else {}
    for key in ("phrases", "not_when"):
        by_language = data.get(key)
        for locale in LOCALES:
            phrases = by_language.get(locale) if isinstance(by_language, dict) else None
            for index, phrase in enumerate(phrases if isinstance(phrases, list) else ()):
                try:
                    compile_phrase(str(phrase), locale)
                except PhraseInvalid as problem:
                    yield _finding(document, (key, locale, index), problem)


def _finding(document: Document, place: Place, problem: PhraseInvalid) -> Finding:
    line, column = document.value_at(place)
    return finding(
        "signal.phrase",
        document.path,
        line,
        column + problem.position,
        problem=Text(problem.what("pt-BR"), problem.what("en")),
        remedy=Text(problem.mend("pt-BR"), problem.mend("en")),
    )
