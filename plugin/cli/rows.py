"""One row of a ticket file, as `classify` and `rules explain` read it, and the facts it states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rules.errors import SidecueError
from rules.facts import facts_from_given
from rules.model import Facts
from rules.signals import Reading, SignalReader, SpokenText
from rules.text import locale_for
from rules.vocabulary import COLLECTIONS, nearest

TEXTS: Final = ("text", "subject", "lang")
FACTS: Final = ("customer", "ticket", *COLLECTIONS)
KEYS: Final = ("id", *TEXTS, *FACTS)


class RowInvalid(SidecueError):
    """A row that cannot be read; the text says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """`text` and `subject` are what the customer wrote; `given` is what is known besides, in vocabulary words."""

    id: str
    text: str
    subject: str
    language: str | None
    given: Mapping[str, Any]


def parse(line: str | bytes) -> Row:
    """Return the row of one JSON object. Raise RowInvalid."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RowInvalid(f'this is not JSON ({error}); write one object like {{"id": "1", "text": "…"}}') from None
    if not isinstance(raw, dict):
        raise RowInvalid('a row is an object; write {"id": "1", "text": "…"}')
    for key in raw:
        if key not in KEYS:
            near = nearest(key, KEYS)
            hint = f"did you mean {near!r}?" if near else f"the keys are {', '.join(KEYS)}"
            raise RowInvalid(f"{key!r} is no key of a row; {hint}")
    for key in ("id", "text"):
        if raw.get(key) is None:
            raise RowInvalid(f"{key!r} is missing; every row has an id and a text")
    for key in TEXTS:
        if raw.get(key) is not None and not isinstance(raw[key], str):
            raise RowInvalid(f"{key!r} is {raw[key]!r}; it needs a text between quotes")
    if isinstance(raw["id"], bool) or not isinstance(raw["id"], str | int):
        raise RowInvalid(f"'id' is {raw['id']!r}; it needs a text or a whole number")
    given = {key: raw[key] for key in FACTS if raw.get(key) is not None}
    return Row(str(raw["id"]), raw["text"], raw.get("subject") or "", raw.get("lang"), given)


def facts_of(row: Row, reader: SignalReader, taken_at: datetime) -> tuple[Facts, Reading]:
    """Return the facts of a row at the instant `taken_at`, and what was read in its text.

    Raise FactsInvalid when the row states what the vocabulary does not know.
    """
    spoken = "\n".join(part for part in (row.subject, row.text) if part.strip())
    language = locale_for(row.language) if row.language else None
    reading = reader.read([SpokenText(row.id, spoken)], language)
    ticket = row.given.get("ticket", {})
    if isinstance(ticket, Mapping):
        ticket = {"language": reading.language, **ticket}
    given = {**row.given, "ticket": ticket, "signals": sorted(reading.signals)}
    return facts_from_given(given, taken_at), reading
