"""A ticket file in batches of lines, and what is answered to them, here or in a process per core."""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import BinaryIO, Final, NamedTuple

from plugin.cli.answers import RowJudge, encode, refusal
from plugin.collecting import collect_seldom, collected_seldom
from plugin.parallel import spread, unpacked
from plugin.ticket_rows import TOO_LONG, RowInvalid
from rules.rulebook import Rulebook
from rules.text import Text, filled

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
READ_BYTES: Final = 32 * 1024
"""Most that is read at once: some hundred rows, done in a fraction of a second."""

_BOM: Final = b"\xef\xbb\xbf"


class Batch(NamedTuple):
    """Lines without their ends, in their order. `first` is the number of the first, `size` the bytes read for them."""

    first: int
    lines: tuple[bytes, ...]
    size: int


class Complaint(NamedTuple):
    """What is wrong with a row, and how to mend it."""

    line: int
    what: Text


class Answered(NamedTuple):
    """The answers to a batch, one JSON object a line, and what is told of them."""

    text: bytes
    decided: int
    complaints: tuple[Complaint, ...]
    size: int


def batches(source: BinaryIO) -> Iterator[Batch]:
    """Yield the lines of a file as they become readable. A line that is too long comes cut, still too long."""
    number = 1
    begun = bytearray()
    size = 0
    while chunk := source.read1(READ_BYTES):  # type: ignore[attr-defined]  # what is opened in binary mode has it
        size += len(chunk)
        *ends, rest = chunk.split(b"\n")
        if ends:
            lines = [bytes(begun[: MAX_LINE_BYTES + 1]) + ends[0], *ends[1:]]
            yield Batch(number, _marked_off(number, lines), size)
            number += len(lines)
            size = 0
            begun.clear()
        if len(begun) <= MAX_LINE_BYTES:  # more of it is skipped, never kept: the memory stays flat
            begun += rest
    if begun:
        yield Batch(number, _marked_off(number, [bytes(begun)]), size)


def _marked_off(number: int, lines: list[bytes]) -> tuple[bytes, ...]:
    if number == 1:
        lines[0] = lines[0].removeprefix(_BOM)
    return tuple(lines)


def answer(judge: RowJudge, batch: Batch) -> Answered:
    """Answer the rows of a batch; empty lines are passed over."""
    answers: list[bytes] = []
    complaints: list[Complaint] = []
    for number, line in enumerate(batch.lines, start=batch.first):
        if not line.strip():
            continue
        try:
            if len(line) > MAX_LINE_BYTES:
                raise RowInvalid(filled(TOO_LONG, limit=MAX_LINE_BYTES))  # noqa: TRY301 - one of the row's faults like any other
            answers.append(encode(judge.answer(line)))
        except RowInvalid as error:
            answers.append(encode(refusal(number, error)))
            complaints.append(Complaint(number, error.text))
    return Answered(b"".join(answers), len(answers) - len(complaints), tuple(complaints), batch.size)


def answers(
    rulebook: Rulebook, now: datetime, work: Iterable[Batch], *, workers: int
) -> Generator[Answered, None, None]:
    """Yield what is answered to each batch, in their order. It does not depend on the number of workers."""
    if workers == 1:
        with closing(RowJudge.of(rulebook, now)) as judge, collected_seldom():
            for batch in work:
                yield answer(judge, batch)
        return
    yield from spread(_answer, work, workers=workers, begin=_begin, held=(rulebook, now))


# --- in a worker --------------------------------------------------------------------------------

_held: list[RowJudge] = []


def _begin(packed: bytes) -> None:
    """Make the judge, once for the life of the process. Whoever started it hears the interrupt and ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rulebook, now = unpacked(packed)
    _held.append(RowJudge.of(rulebook, now))
    collect_seldom()


def _answer(batch: Batch) -> Answered:
    return answer(_held[0], batch)
