r"""Texts as columns hold them: UTF-8 has no lone surrogates, a text may have them.

A backslash is written `\\` and a lone surrogate `\udXXX`; every other text is written as it is.
"""

from __future__ import annotations

import re
from typing import Final

_ODD: Final = re.compile("[\\\\\ud800-\udfff]")
_WRITTEN: Final = re.compile(r"\\(\\|u[0-9a-f]{4})")


def written(text: str) -> str:
    """Return `text` as it stands in a column; different texts are written differently."""
    return _ODD.sub(_write, text)


def read(written_text: str) -> str:
    """Return the text that `written` wrote."""
    return _WRITTEN.sub(_read, written_text) if "\\" in written_text else written_text


def _write(found: re.Match[str]) -> str:
    odd = found[0]
    return "\\\\" if odd == "\\" else f"\\u{ord(odd):04x}"


def _read(found: re.Match[str]) -> str:
    escaped = found[1]
    return "\\" if escaped == "\\" else chr(int(escaped[1:], 16))
