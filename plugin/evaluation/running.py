"""A labelled file decided row by row, by one process or several: how many there are makes no difference."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from plugin.evaluation.labelled import LANGUAGE, LabelInvalid, Labelled, Line, Reading, batches, labelled
from plugin.parallel import spread, unpacked
from plugin.ticket_rows import RowInvalid, facts_of, why_undecided
from rules.decide import Decider
from rules.errors import SidecueError
from rules.evaluation import Judged
from rules.model import Decision
from rules.rulebook import Rulebook
from rules.signals import SignalReader
from rules.text import Text

ALONE: Final = 512 * 1024
"""A file up to so many bytes is decided before other processes would be ready to help."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be used: its line from 1, its id when that is known, what is wrong and how to mend it."""

    line: int
    id: str | int | None
    problem: Text


class Count(Protocol):
    """What labelled decisions add up to."""

    def take(self, judged: Judged, rulebook: Rulebook) -> None:
        """Count one decision."""

    def add(self, other: Self) -> None:
        """Count what another counted."""

    def fresh(self) -> Self:
        """Return one that has counted nothing; it can be pickled."""


Counted = TypeVar("Counted", bound=Count)


@dataclass(slots=True)
class Outcome(Generic[Counted]):
    """What came of some lines: what they add up to, the rows that could not be used, and the bytes that were read."""

    count: Counted
    refused: list[Refused] = field(default_factory=list)
    size: int = 0


@dataclass(frozen=True, slots=True)
class Question(Generic[Counted]):
    """How a labelled file is read, by which clock it is decided, and an empty one of what is counted."""

    reading: Reading
    now: datetime
    count: Counted


def run(
    path: Path, rulebook: Rulebook, question: Question[Counted], *, workers: int, advance: Callable[[int], None]
) -> Outcome[Counted]:
    """Return what the file adds up to; `advance` is told of the bytes that are done. Raise OSError."""
    whole = Outcome(question.count.fresh())
    with closing(_outcomes(batches(path), rulebook, question, workers)) as outcomes:
        for outcome in outcomes:
            whole.count.add(outcome.count)
            whole.refused += outcome.refused
            whole.size += outcome.size
            advance(outcome.size)
    return whole


def _outcomes(
    some: Iterable[tuple[Line, ...]], rulebook: Rulebook, question: Question[Counted], workers: int
) -> Generator[Outcome[Counted], None, None]:
    if workers > 1:
        done: Callable[[tuple[Line, ...]], Outcome[Counted]] = _done
        yield from spread(done, some, workers=workers, begin=_begin, held=(rulebook, question))
        return
    with closing(Judge(rulebook, question)) as judge:
        for lines in some:
            yield judge.outcome(lines)


class Judge(Generic[Counted]):
    """Decides labelled rows with one rulebook and one clock."""

    def __init__(self, rulebook: Rulebook, question: Question[Counted]) -> None:
        self._rulebook = rulebook
        self._question = question
        self._reader = SignalReader(rulebook.signals.values())
        self._decider = Decider(rulebook)

    def outcome(self, lines: Sequence[Line]) -> Outcome[Counted]:
        """Return what some lines add up to."""
        found = Outcome(self._question.count.fresh())
        for line in lines:
            found.size += line.size
            try:
                judged = self.judge(line)
            except LabelInvalid as error:
                found.refused.append(Refused(line.number, None, error.text))
            except RowInvalid as error:
                found.refused.append(Refused(line.number, error.named, error.text))
            else:
                found.count.take(judged, self._rulebook)
        return found

    def judge(self, line: Line) -> Judged:
        """Return one row with its decision. Raise RowInvalid or LabelInvalid."""
        said = labelled(line, self._question.reading)
        decision, language = self._decide(said)
        slices = ((LANGUAGE, language), *said.slices) if LANGUAGE in self._question.reading.by else said.slices
        text = "\n\n".join(part for part in (said.row.subject, said.row.text) if part.strip())
        return Judged(
            line=line.number,
            id=said.row.id,
            text=text,
            expected=said.expected,
            decision=decision,
            slices=slices,
            collaborators=said.collaborators,
            recommendations=said.recommendations,
            source=said.source,
        )

    def close(self) -> None:
        """Free the engine's memory."""
        self._decider.close()

    def _decide(self, said: Labelled) -> tuple[Decision, str]:
        try:
            facts, reading = facts_of(said.row, self._reader, self._question.now)
            return self._decider.decide(facts, reading.hits, reading.language, reading.truncated), reading.language
        except RowInvalid:
            raise
        except SidecueError as error:  # a fact the vocabulary refuses, or an engine without a result
            raise RowInvalid(why_undecided(error), named=said.row.named) from error


# --- in a worker --------------------------------------------------------------------------------

_held: list[Judge[Any]] = []


def _begin(packed: bytes) -> None:
    """Build the engine, once for the life of the process."""
    _held.append(Judge(*unpacked(packed)))


def _done(lines: tuple[Line, ...]) -> Outcome[Any]:
    return _held[0].outcome(lines)
