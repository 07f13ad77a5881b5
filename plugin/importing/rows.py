"""Rows of a CSV or JSONL file of past tickets, one ticket or one message each, as the events that they tell."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

from connectors.html import looks_like_html, to_text
from plugin.importing import columns
from plugin.importing.columns import Header, plain
from plugin.importing.faults import fault
from plugin.store.imported import MARK
from plugin.ticket_rows import RowInvalid, decoded, repeated
from rules.model import Author, EventKind, Message, Requester, Text, TicketChanges, TicketEvent
from rules.text import shortened

MAX_LINE: Final = 4 * 1024 * 1024
"""Most characters of a line or a field: one that is longer is a file whose quotes or line ends are broken."""
FORMATS: Final = (".csv", ".tsv", ".jsonl", ".ndjson")
_BATCH: Final = 2_000
_MAX_ID: Final = 200
_CSAT: Final = (1, 5)
_SHOWN: Final = 60
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before it a time is a placeholder of the tool that wrote the file."""

_without_tags: Final = attrgetter(*(name for name in TicketChanges.__slots__ if name != "tags"))
_all_of: Final = attrgetter(*Requester.__slots__)

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be read: the line it begins on, what is wrong and how to mend it."""

    line: int
    what: Text


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: the events of those that can be read, and what is wrong with the others. `read` is in bytes.

    `unread`: names of columns that are nothing of ours, each in one batch only.
    """

    events: tuple[TicketEvent, ...]
    faults: tuple[Fault, ...]
    read: int
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant of the import, and the zone of times that name none (None: each has to)."""

    now: datetime
    zone: tzinfo | None = None


def batches(path: Path, clock: Clock) -> Iterator[Batch]:
    """Yield the rows of a file in their order, two thousand at a time; its ending says whether it is CSV or JSONL.

    Raise HeaderInvalid for a CSV file without the columns of a history, OSError when it cannot be read.
    """
    with path.open("rb") as source:
        is_csv = path.suffix.lower() in {".csv", ".tsv"}
        rows = _csv_rows(source) if is_csv else _json_rows(source)
        told: set[str] = set()
        events: list[TicketEvent] = []
        faults: list[Fault] = []
        new: list[str] = []
        begun = 0
        for row in rows:
            try:
                values = row.values()
                events.append(event_of(values, clock))
            except RowInvalid as error:
                faults.append(Fault(row.line, error.text))
            for name in row.unread:
                if name not in told:
                    told.add(name)
                    new.append(name)
            if len(events) + len(faults) == _BATCH:
                yield Batch(tuple(events), tuple(faults), source.tell() - begun, tuple(new))
                begun = source.tell()
                events, faults, new = [], [], []
        yield Batch(tuple(events), tuple(faults), source.tell() - begun, tuple(new))


def event_of(row: Mapping[str, Any], clock: Clock) -> TicketEvent:
    """Return the event that a row tells; keys are names of `columns.COLUMNS`. Raise RowInvalid.

    The same row gives the same event, whose id begins with `MARK`. What a row says holds from its `sent_at` on.
    """
    ticket = _identity(row, "ticket")
    if ticket is None:
        raise fault("no_ticket", "ticket")
    sent_at = _instant(row, "sent_at", clock)
    if sent_at is None:
        raise fault("no_time", "sent_at")
    text, subject = _text(row, "text"), _text(row, "subject")
    if text is None and subject is None:
        raise fault("no_text", "text")
    body = text or ""
    if looks_like_html(body):
        body = to_text(body)
    author = _meant(row, "author", columns.AUTHORS) or Author.CUSTOMER
    public = _meant(row, "public", columns.ANSWERS) is not False
    message = Message(
        id=_identity(row, "message") or MARK + _digest(author.value, sent_at.isoformat(), body),
        author=author,
        body=body,
        sent_at=sent_at,
        public=public,
    )
    changes = TicketChanges(
        subject=subject,
        priority=_meant(row, "priority", columns.PRIORITIES),
        channel=_meant(row, "channel", columns.CHANNELS),
        language=_text(row, "language"),
        product=_text(row, "product"),
        tags=_tags(row),
        group=_identity(row, "group"),
        csat=_csat(row),
        # the earliest row of a ticket opened it, in whatever order they come
        opened_at=_instant(row, "opened_at", clock) or sent_at,
    )
    who = Requester(
        external_id=_identity(row, "requester"),
        name=_text(row, "name"),
        email=_text(row, "email"),
        phone=_identity(row, "phone"),
    )
    requester = who if who.external_id is not None or who.email is not None else None
    said = ticket, message.id, author.value, body, public, sent_at.isoformat()
    changed = changes.tags and sorted(changes.tags), *_without_tags(changes)
    asked_by = _all_of(requester) if requester is not None else ()
    return TicketEvent(
        id=MARK + _digest(*said, *changed, *asked_by),
        ticket_id=ticket,
        kind=_kind(author, public=public),
        occurred_at=sent_at,
        changes=changes,
        requester=requester,
        messages=(message,) if body.strip() else (),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it stands in the file. `values` raises RowInvalid when it cannot be read."""

    line: int
    values: Callable[[], Mapping[str, Any]]
    unread: tuple[str, ...] = ()


# --- CSV ----------------------------------------------------------------------------------------


def _csv_rows(source: BinaryIO) -> Iterator[_Row]:
    csv.field_size_limit(MAX_LINE)
    text = io.TextIOWrapper(source, "utf-8-sig", errors="surrogateescape", newline="")
    first = text.readline(MAX_LINE)
    delimiter = max(";,\t", key=first.count)  # the first of them where they are as many
    lines = _Lines(first, text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = columns.header(_header_fields(reader))
        yield from _records(reader, lines, header)
    finally:
        text.detach()


def _header_fields(reader: Any) -> list[str]:
    try:
        return _readable(next(reader, []))
    except csv.Error:
        raise fault("header_quotes") from None


class _Lines:
    """The lines of a file, never more than a line may have at once, and how many there were."""

    def __init__(self, first: str, rest: io.TextIOWrapper) -> None:
        self.count = 0
        self._first: str | None = first
        self._rest = rest

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, self._first = (self._first, None) if self._first is not None else (self._rest.readline(MAX_LINE), None)
        if not line:
            raise StopIteration
        self.count += 1
        return line


def _records(reader: Any, lines: _Lines, header: Header) -> Iterator[_Row]:
    unread = tuple(header.unread)
    while True:
        begins = lines.count + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Row(begins, _refusing(_csv_fault(str(error))))
            continue
        if any(field.strip() for field in record):
            yield _Row(begins, lambda record=record: _valued(record, header), unread)  # type: ignore[misc]  # bound now
            unread = ()


def _csv_fault(said: str) -> RowInvalid:
    if "unexpected end" in said:
        return fault("open_quote")
    if "field larger" in said:
        return fault("long_field", limit=MAX_LINE)
    return fault("quotes", said=said)


def _valued(record: list[str], header: Header) -> Mapping[str, str]:
    if len(record) != len(header.names):
        raise fault("fields", fields=len(record), columns=len(header.names))
    return {
        column: field
        for column, field in zip(header.columns, _readable(record), strict=True)
        if column is not None and field
    }


def _readable(record: list[str]) -> list[str]:
    for number, field in enumerate(record, start=1):
        try:
            field.encode()  # bytes that are none came as surrogates, which cannot be encoded
        except UnicodeEncodeError:
            raise fault("no_utf8", number=number) from None
    return record


def _refusing(error: RowInvalid) -> Callable[[], Mapping[str, Any]]:
    def refuse() -> Mapping[str, Any]:
        raise error

    return refuse


# --- JSONL --------------------------------------------------------------------------------------


def _json_rows(source: BinaryIO) -> Iterator[_Row]:
    number = 0
    while line := source.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):  # skipped, never kept: the memory stays flat
                line = source.readline(MAX_LINE)
            yield _Row(number, _refusing(fault("long_line", limit=MAX_LINE)))
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _object(number, line)


def _object(number: int, line: bytes) -> _Row:
    try:
        raw = decoded(line)
        twice = repeated(line, raw)
    except RowInvalid as error:
        return _Row(number, _refusing(error))
    values: dict[str, Any] = {}
    unread: list[str] = []
    for name in twice:
        column = columns.column_of(name)
        if column is not None:
            return _Row(number, _refusing(fault("twice", column, name=repr(name))))
    for name, value in raw.items():
        column = columns.column_of(name)
        if column is None:
            unread.append(name)
        elif column in values:
            return _Row(number, _refusing(fault("twice", column, name=repr(name))))
        elif value is not None:
            values[column] = value
    return _Row(number, lambda: values, tuple(unread))


# --- single values ------------------------------------------------------------------------------


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise fault("no_string", name, shown=_shown(value))
    # the same words are the same message, whichever tool wrote their line ends
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None


def _identity(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise fault("no_id", name, shown=_shown(value))
    known = str(value).strip()
    if not known:
        return None
    if len(known) > _MAX_ID:
        raise fault("long_id", name, length=len(known), limit=_MAX_ID)
    return known


def _instant(row: Mapping[str, Any], name: str, clock: Clock) -> datetime | None:
    value = _text(row, name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            if clock.zone is None:
                raise fault("no_zone", name, shown=_shown(value))
            at = at.replace(tzinfo=clock.zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise fault("no_instant", name, shown=_shown(value)) from None
    if at > clock.now:
        raise fault("ahead", name, shown=_shown(value))
    if at < _EARLIEST:
        raise fault("too_old", name, shown=_shown(value))
    return at


def _meant(row: Mapping[str, Any], name: str, words: Mapping[str, Meaning]) -> Meaning | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    known = words.get(plain(str(value))) if isinstance(value, str | int) else None
    if known is None:
        raise fault("no_word", name, shown=_shown(value), words=", ".join(words))
    return known


def _tags(row: Mapping[str, Any]) -> frozenset[str] | None:
    value = row.get("tags")
    if value is None:
        return None
    tags = value.split(",") if isinstance(value, str) else value
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise fault("no_tags", "tags", shown=_shown(value))
    return frozenset(tag.strip() for tag in tags if tag.strip())


def _csat(row: Mapping[str, Any]) -> int | None:
    value = row.get("csat")
    if value is None or value == "":
        return None
    low, high = _CSAT
    try:
        csat = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else low - 1
    except ValueError:
        csat = low - 1
    if not low <= csat <= high:
        raise fault("no_csat", "csat", shown=_shown(value), low=low, high=high)
    return csat


def _kind(author: Author, *, public: bool) -> EventKind:
    if not public:
        return EventKind.NOTED
    return {Author.CUSTOMER: EventKind.REPLIED, Author.AGENT: EventKind.ANSWERED}.get(author, EventKind.CHANGED)


def _digest(*parts: object) -> str:
    """Return 32 digits that stand for some values, kept apart."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _shown(value: object) -> str:
    return shortened(repr(value), _SHOWN)
