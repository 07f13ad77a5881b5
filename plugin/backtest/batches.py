"""Some decisions of the past as they travel to a worker: small to send, and turned into cases where they are worked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from plugin.clock import InstantInvalid, stated_instant
from plugin.ticket_rows import RowInvalid, facts_of, parse, why_undecided
from rules.backtest import Case, Conversation, case_of
from rules.decide import from_canonical
from rules.errors import SidecueError, ToldError
from rules.signals import SignalReader, SpokenText
from rules.text import Text, filled, placed

if TYPE_CHECKING:
    from rules.bulk.columns import Columns

_NO_JSON: Final = Text(
    "{place}: isto não é JSON ({why}); uma linha é uma decisão, ou uma linha como as de classify",
    "{place}: this is not JSON ({why}); a line is one decision, or one row as for classify",
)
_NO_DECISION: Final = Text(
    "{place}: isto não é uma decisão como o Sidecue a grava ({kind}: {why}); exporte-a de novo, ou escreva linhas como "
    "as de classify",
    "{place}: this is no decision as Sidecue writes it ({kind}: {why}); export it again, or write rows as for classify",
)
_TAKEN_AT: Final = Text("'taken_at' {stated!r} {why}", "'taken_at' {stated!r} {why}")


class HistoryInvalid(ToldError):
    """A history that cannot be replayed; the text says where, what is wrong, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Worked:
    """The cases of one batch, and their facts as columns where they are kept so."""

    cases: Sequence[Case]
    columns: Columns | None = None


class Batch(Protocol):
    """Some decisions of the past; can be pickled."""

    def __len__(self) -> int:
        """Return how many they are."""

    def work(self, reader: SignalReader) -> Worked:
        """Return their cases. `reader` reads texts that nobody has read yet. Raise HistoryInvalid."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One decision of the store: canonical bytes, and what the customer had written by then where that is needed."""

    ticket: str
    document: str
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True)
class StoreBatch:
    """Decisions as the store keeps them."""

    rows: tuple[Stored, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def work(self, reader: SignalReader) -> Worked:  # noqa: ARG002 - the decision holds what was read
        """Return their cases."""
        return Worked([case_of(row.ticket, from_canonical(row.document), row.conversation) for row in self.rows])


@dataclass(frozen=True, slots=True)
class FileBatch:
    """Lines of a JSONL file with their numbers; `now` is the clock of rows that name none."""

    path: Path
    lines: tuple[tuple[int, bytes], ...]
    now: datetime

    def __len__(self) -> int:
        return len(self.lines)

    def work(self, reader: SignalReader) -> Worked:
        """Return their cases."""
        return Worked([self._case(number, line, reader) for number, line in self.lines])

    def _case(self, number: int, line: bytes, reader: SignalReader) -> Case:
        place = f"{self.path}:{number}"
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise HistoryInvalid(filled(_NO_JSON, place=place, why=error)) from None
        if isinstance(raw, dict) and ("decision" in raw or "facts" in raw):
            return _decided(raw, place, number)
        return _row(raw, line, place, reader, self.now)


def _decided(raw: Mapping[str, Any], place: str, number: int) -> Case:
    """Return the case of a canonical decision: bare, or as {"id": ticket, "decision": …}."""
    document = raw.get("decision", raw)
    named = raw.get("id", number) if "decision" in raw else number
    try:
        case = case_of(str(named), from_canonical(json.dumps(document)))
        _instant(case.facts.taken_at.isoformat())
    except RowInvalid as error:
        raise HistoryInvalid(placed(place, error.text)) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HistoryInvalid(filled(_NO_DECISION, place=place, kind=type(error).__name__, why=error)) from None
    return case


def _row(raw: Any, line: bytes, place: str, reader: SignalReader, now: datetime) -> Case:
    """Return the case of a row: its facts as it states them, its text read by the rulebook of before."""
    try:
        row = parse(line)
        taken_at = _instant(raw["taken_at"]) if raw.get("taken_at") is not None else now
        facts, reading = facts_of(row, reader, taken_at)
    except SidecueError as error:
        raise HistoryInvalid(placed(place, why_undecided(error))) from None
    spoken = "\n\n".join(part for part in (row.subject, row.text) if part.strip())
    return Case(
        ticket=row.id,
        facts=facts,
        hits=reading.hits,
        language=reading.language,
        text_truncated=reading.truncated,
        conversation=Conversation((SpokenText("text", spoken),), row.language),
        is_counted=False,
    )


def _instant(stated: Any) -> datetime:
    """Return the instant of a case. Raise RowInvalid for what is none to decide by."""
    try:
        return stated_instant(stated if isinstance(stated, str) else "")
    except InstantInvalid as error:
        raise RowInvalid(filled(_TAKEN_AT, stated=stated, why=error.text)) from None
