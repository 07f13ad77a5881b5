"""Rows of a labelled file: a row as `classify` takes it, and what a person says is right about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from plugin.ticket_rows import KEYS, LABELS, TOO_LONG, Row, RowInvalid, decoded_once, row_of
from rules.errors import ToldError
from rules.rulebook import Function
from rules.text import Text, filled
from rules.vocabulary import nearest

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
BATCH: Final = 200
"""Rows that travel to a worker together."""
LANGUAGE: Final = "language"
"""No column: the language a row was read in, which is the given one when it names one."""
SLICES: Final = (LANGUAGE, "source", "tier")
"""What results are told apart by when nothing else is asked for."""

_BOM: Final = b"\xef\xbb\xbf"


class LabelInvalid(ToldError):
    """A row without a label that can be used; the text says what is wrong and how to mend it."""


class Line(NamedTuple):
    """One line of the file; `size` are its bytes with its end."""

    number: int
    content: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Which columns of the file mean what: the label's, and those that rows are told apart by."""

    label: str = "primary"
    by: tuple[str, ...] = SLICES


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row, and what is right about it; None is what the row does not say."""

    row: Row
    expected: Function
    source: str | None
    slices: tuple[tuple[str, str], ...]
    collaborators: frozenset[Function] | None
    recommendations: tuple[str, ...] | None


def batches(path: Path, size: int = BATCH) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of a file that hold something, some at a time. A line that is too long comes cut."""
    with path.open("rb") as source:
        lines = _lines(source)
        while some := tuple(islice(lines, size)):
            yield some


def _lines(source: Any) -> Iterator[Line]:
    for number, line in enumerate(iter(lambda: source.readline(MAX_LINE_BYTES + 1), b""), start=1):
        content, size = line, len(line)
        while size > MAX_LINE_BYTES and not line.endswith(b"\n"):  # the rest is read and let go
            line = source.readline(MAX_LINE_BYTES)  # noqa: PLW2901 - the same line goes on
            if not line:
                break
            size += len(line)
        if content.strip():
            yield Line(number, content.removeprefix(_BOM) if number == 1 else content, size)


def labelled(line: Line, reading: Reading) -> Labelled:
    """Return what a line says. Raise RowInvalid or LabelInvalid."""
    if line.size > MAX_LINE_BYTES:
        raise RowInvalid(filled(TOO_LONG, limit=MAX_LINE_BYTES))
    asked = {reading.label, *reading.by}
    raw = decoded_once(line.content, {*KEYS, *LABELS, *asked})
    row = row_of({key: value for key, value in raw.items() if key not in asked or key in _OURS})
    return Labelled(
        row,
        _function(raw.get(reading.label), reading.label),
        _word(raw.get("source")),
        tuple((name, value) for name in reading.by if name != LANGUAGE and (value := _slice(name, raw)) is not None),
        _collaborators(raw.get("collaborators")),
        _recommendations(raw.get("recommendations")),
    )


_OURS: Final = frozenset({"id", "text", "subject", "lang", "customer", "ticket"})
"""Columns that mean what they mean to `classify`, whatever else they are asked for."""


def _function(value: Any, label: str) -> Function:
    names = [function.value for function in Function]
    if value is None:
        raise LabelInvalid(
            Text(
                f"falta {label!r}, a área certa; dê uma de {', '.join(names)}, ou diga com --label onde ela está",
                f"{label!r}, the right function, is missing; give one of {', '.join(names)}, or say with --label where "
                "it is",
            )
        )
    if value not in names:
        near = nearest(value, names) if isinstance(value, str) else None
        raise LabelInvalid(
            Text(
                f"{label!r} é {value!r}, que não é uma área; " + (f"você quis dizer {near!r}?" if near else _HAS[0]),
                f"{label!r} is {value!r}, which is no function; " + (f"did you mean {near!r}?" if near else _HAS[1]),
            )
        )
    return Function(value)


_HAS: Final = (f"dê uma de {', '.join(Function)}", f"give one of {', '.join(Function)}")


def _slice(name: str, raw: Mapping[str, Any]) -> str | None:
    """Return what a row is counted under; the tier is the customer's where the row has no column of this name."""
    customer = raw.get("customer")
    if name == "tier" and raw.get("tier") is None and isinstance(customer, Mapping):
        return _word(customer.get("tier"))
    return _word(raw.get(name))


def _word(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _collaborators(value: Any) -> frozenset[Function] | None:
    if value is None:
        return None
    names = _names(value, "collaborators", '["success"]')
    for name in names:
        _function(name, "collaborators")
    return frozenset(map(Function, names))


def _recommendations(value: Any) -> tuple[str, ...] | None:
    return None if value is None else _names(value, "recommendations", '["support.fix_fault"]')


def _names(value: Any, column: str, example: str) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise LabelInvalid(
            Text(
                f"{column!r} precisa ser uma lista de nomes, como {example}",
                f"{column!r} must be a list of names, like {example}",
            )
        )
    return tuple(value)
