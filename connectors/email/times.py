"""When a mail was written, however its clocks were set. No mail is refused for its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.email.reading import all_raw, raw_header
from connectors.payload import instant

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""What is dated before was dated by a clock that nobody had set."""


def sent_at(mail: EmailMessage, received_at: datetime) -> datetime:
    """Return when the mail was written, at the latest when it came.

    That is its Date, where it states a zone and lies in the past. Else it is when the last server on its way took it
    (Received), the only one of them that is the desk's own. Else it is when it came.
    """
    for said in _said(mail):
        if EARLIEST <= said <= received_at:
            return said
    return received_at


def _said(mail: EmailMessage) -> Iterator[datetime]:
    for text in (raw_header(mail, "date"), *(raw.rpartition(";")[2] for raw in all_raw(mail, "received")[:1])):
        read = _read(text)
        if read is not None:
            yield read


def _read(text: str) -> datetime | None:
    """Return an instant by RFC 5322 or ISO 8601; None where it names no zone that is known.

    `-0000` is UTC. A zone by letters that RFC 5322 does not list (BRT, CET) could be any hours off.
    """
    try:
        read = parsedate_to_datetime(text.strip())
        if read.tzinfo is None:
            return read.replace(tzinfo=UTC) if text.partition("(")[0].strip().endswith("-0000") else None
        return read.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return instant(text)
