"""Messages as customers send them: several wishes at once, quoted, denied, supposed, reported, mocked, misspelt.

`mails.yml` holds them, and the signals that they are read for.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from rules.rulebook import Origin, Signal, SignalExamples
from rules.text import LOCALES, Text

_NONE = SignalExamples((), ())
_FILE = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))


class Mail(NamedTuple):
    """One message, what it says and what it does not."""

    text: str
    says: frozenset[str]
    silent: frozenset[str]


SIGNALS = tuple(
    Signal(
        name=name,
        title=Text(name, name),
        phrases={locale: tuple(phrases[locale]) for locale in LOCALES},
        not_when=dict.fromkeys(LOCALES, ()),
        negatable=True,
        clears=(),
        examples=dict.fromkeys(LOCALES, _NONE),
        origin=Origin(f"{name}.yml", 1),
    )
    for name, phrases in _FILE["signals"].items()
)
MAILS = tuple(Mail(row["text"], frozenset(row["says"]), frozenset(row.get("silent", ()))) for row in _FILE["mails"])
