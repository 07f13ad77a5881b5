"""Findings as SARIF 2.1.0, as code-scanning services and editors read it.

A result's `primaryLocationLineHash` is made of the finding's code and what its line holds, and not of where the line
is: a finding that moves down a file is still the same one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from rules.loader.catalogue import CATALOGUE
from rules.loader.findings import Finding
from rules.text import LOCALES, Locale, Text

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_HEADINGS: Final = (Text("Por quê", "Why"), Text("Como corrigir", "How to mend"))
_NAMES: Final = {"pt-BR": "Português", "en": "English"}


def as_sarif(findings: Iterable[Finding], locale: Locale, root: Path, version: str) -> dict[str, Any]:
    """Return the log of one run. `root` is the folder that paths are relative to; `version` is Sidecue's."""
    found = list(findings)
    codes = sorted({finding.code for finding in found})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(codes, locale, version)},
                "language": locale,
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"description": {"text": _WHERE.read(locale)}}},
                "invocations": [{"executionSuccessful": True}],
                "results": list(_results(found, codes, locale, root)),
            }
        ],
    }


_WHERE: Final = Text("A pasta em que o Sidecue foi chamado.", "The folder in which Sidecue was called.")


def _driver(codes: list[str], locale: Locale, version: str) -> dict[str, Any]:
    return {
        "name": "Sidecue",
        "version": version,
        "rules": [_descriptor(code, locale) for code in codes],
    }


def _descriptor(code: str, locale: Locale) -> dict[str, Any]:
    """Return what is said of a code whatever the file. The help has both languages, the reader's first."""
    entry = CATALOGUE[code]
    level = _level(is_warning=entry.warning)
    both = sorted(LOCALES, key=lambda one: one != locale)
    return {
        "id": code,
        "shortDescription": {"text": _plain(entry.what, locale)},
        "fullDescription": {"text": f"{_plain(entry.what, locale)} {_plain(entry.why, locale)}"},
        "help": {
            "text": "\n\n".join(_help(code, one) for one in both),
            "markdown": "\n\n".join(_help_markdown(code, one) for one in both),
        },
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["rules", code.partition(".")[0]], "problem.severity": level},
    }


def _help(code: str, locale: Locale) -> str:
    entry = CATALOGUE[code]
    why, mend = (heading.read(locale) for heading in _HEADINGS)
    return f"{_plain(entry.what, locale)}\n{why}: {_plain(entry.why, locale)}\n{mend}: {_plain(entry.mend, locale)}"


def _help_markdown(code: str, locale: Locale) -> str:
    entry = CATALOGUE[code]
    why, mend = (heading.read(locale) for heading in _HEADINGS)
    return (
        f"### {_NAMES[locale]}\n\n{_plain(entry.what, locale)}\n\n"
        f"**{why}:** {_plain(entry.why, locale)}\n\n**{mend}:** {_plain(entry.mend, locale)}"
    )


class _Slots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _plain(text: Text, locale: Locale) -> str:
    """Return a sentence of the catalogue with an ellipsis for what is special about each finding."""
    return text.read(locale).format_map(_Slots())


def _results(found: list[Finding], codes: list[str], locale: Locale, root: Path) -> Iterable[dict[str, Any]]:
    index = {code: number for number, code in enumerate(codes)}
    seen: Counter[tuple[str, str]] = Counter()
    lines = cache(_lines)
    for finding in found:
        content = lines(finding.path)
        line = content[finding.line - 1].strip() if finding.line <= len(content) else ""
        hashed = hashlib.sha256(f"{finding.code}\0{line}".encode()).hexdigest()[:16]
        seen[finding.path, hashed] += 1
        said = f"{finding.what(locale)} {finding.why(locale)} {finding.mend(locale)}"
        region = {"startLine": finding.line, "startColumn": finding.column}
        place = {"artifactLocation": _artifact(finding.path, root), "region": region}
        yield {
            "ruleId": finding.code,
            "ruleIndex": index[finding.code],
            "level": _level(is_warning=not finding.is_error),
            "message": {"text": said},
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {"primaryLocationLineHash": f"{hashed}:{seen[finding.path, hashed]}"},
        }


def _level(*, is_warning: bool) -> str:
    return "warning" if is_warning else "error"


def _lines(path: str) -> tuple[str, ...]:
    try:
        return tuple(Path(path).read_text("utf-8", errors="replace").splitlines())
    except OSError:  # a folder, or a file that is not there: its finding says so
        return ()


def _artifact(path: str, root: Path) -> dict[str, Any]:
    """Return where a file is: relative to the root when it lies inside, else by its whole address."""
    whole = Path(path).absolute()
    if whole.is_relative_to(root) and ".." not in whole.parts:
        return {"uri": quote(whole.relative_to(root).as_posix()), "uriBaseId": _ROOT}
    return {"uri": whole.resolve().as_uri()}
