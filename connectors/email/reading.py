"""From the bytes of a mail to its headers and parts, by the standard library's `email` package, kept within bounds.

That package reads any bytes as some mail. Where it would raise, or take seconds, on what anybody may send to a public
address, this module ends it: a header is read up to a length, a structure up to a size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import EmailPolicy, default
from email.utils import getaddresses
from typing import Final, NamedTuple

from connectors.payload import MAX_ID, MAX_NAME
from rules.errors import PayloadInvalid
from rules.text import Text

MAX_HEADER: Final = 8_000
"""Characters of a header that are read; the library's time grows with the square of it."""
MAX_BOUNDARIES: Final = 100
MAX_PARTS: Final = 1_000
MAX_ADDRESSES: Final = 200
MAX_REFERENCES: Final = 1_000
MAX_ADDRESS: Final = 320
LEAST_KNOWN: Final = frozenset({"from", "sender", "to", "subject", "date", "message-id", "received", "return-path"})
"""Headers of which any mail has one; where none is, something else was handed over."""

_BOUNDARY: Final = re.compile(rb"""boundary(\*[\d*]*)?\s*=\s*"?([^\s";]{1,200})""", re.IGNORECASE)
_UNSTORABLE: Final = re.compile("[\ud800-\udfff\x00]")
_MESSAGE_ID: Final = re.compile(r"<\s*([^<>\s]{1,998})\s*>")
_BARE_ID: Final = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")
_ADDRESS: Final = re.compile(r"""[^\s@<>()\[\],;:"]+@[^\s@<>()\[\],;:"]+""")
_PARSE_ERRORS: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError)
"""What `email` raises on headers that it cannot read: an unclosed quote is an IndexError, open brackets recurse."""


class Address(NamedTuple):
    """Who, as a header names them; `email` in small letters."""

    name: str | None
    email: str


class _AsWritten(EmailPolicy):
    """Headers as they were written, cut, with their raw bytes read as text.

    The default policy makes an object of a header at each look, which takes longer than all the rest, and raises on
    some; what a header means is worked out here where it is asked for.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, _text_of(value)[:MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the library's signature
        return value


_PARSER: Final = BytesParser(policy=_AsWritten())


def read_mail(body: bytes) -> EmailMessage:
    """Return the mail that `body` holds. Raise PayloadInvalid for what is none, or is built to be hard to read."""
    if not body.strip():
        raise PayloadInvalid(
            Text(
                "o corpo está vazio: entregue a mensagem original, com os cabeçalhos",
                "the body is empty: hand the raw mail over, with its headers",
            )
        )
    _require_bounds(body)
    try:
        mail = _PARSER.parsebytes(without_envelope(body))
    except RecursionError:
        raise PayloadInvalid(
            Text(
                "as partes da mensagem estão aninhadas além do que se pode ler",
                "the parts of the mail are nested deeper than can be read",
            )
        ) from None
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what this policy makes
    if LEAST_KNOWN.isdisjoint(name.lower() for name in mail.keys()):  # noqa: SIM118 - iterating a mail gives no keys
        raise PayloadInvalid(
            Text(
                "não há nenhum cabeçalho de e-mail (From, To, Subject, Date …): entregue a mensagem original",
                "no header of a mail (From, To, Subject, Date …) is there: hand the raw mail over",
            )
        )
    return mail


def without_envelope(body: bytes) -> bytes:
    """Return a mail without the line that separates mails in an mbox: Postfix puts it before what it pipes."""
    return body.partition(b"\n")[2] if body.startswith((b"From ", b">From ")) else body


def header(mail: Message, name: str) -> str:
    """Return what a header says as one line of text, encoded words decoded; of several the first; empty for none."""
    return decoded(raw_header(mail, name))


def decoded(text: str) -> str:
    """Return a text with its encoded words (RFC 2047) read, as one line. What cannot be read stays as it is."""
    line = " ".join(text.split())
    if "=?" in line:
        with suppress(*_PARSE_ERRORS):
            line = str(default.header_factory("subject", line))
    return " ".join(storable(line).split())


def raw_header(mail: Message, name: str) -> str:
    """Return a header as it was written; of several the first; empty for none."""
    return str(mail.get(name, ""))


def all_raw(mail: Message, name: str) -> list[str]:
    """Return every header of this name as it was written, in their order."""
    return [str(value) for value in mail.get_all(name, ())]


def addresses(mail: Message, *names: str) -> list[Address]:
    """Return whom some headers name, in their order, without what is no address."""
    found: dict[str, Address] = {}
    for name in names:
        for raw in all_raw(mail, name):
            for address in _addresses(raw):
                found.setdefault(address.email, address)
                if len(found) >= MAX_ADDRESSES:
                    return list(found.values())
    return list(found.values())


def message_ids(text: str) -> list[str]:
    """Return the message ids that a header lists, without their brackets, in their order, each once."""
    found = _MESSAGE_ID.findall(text[:MAX_HEADER]) or _BARE_ID.findall(text[:MAX_HEADER])
    return list(dict.fromkeys(found))[:MAX_REFERENCES]


def short(identifier: str) -> bool:
    """Tell whether an id fits into what the store keeps of one."""
    return 0 < len(identifier) <= MAX_ID


def storable(text: str) -> str:
    """Return the text with U+FFFD for what no database takes: NUL and halves of characters."""
    return _UNSTORABLE.sub("\ufffd", text)


def _addresses(raw: str) -> Iterator[Address]:
    """Yield what a header names. The newer reader of the library puts a space between two encoded words of one name."""
    try:
        told = getaddresses([raw])
    except _PARSE_ERRORS:
        told = []
    if not any(_ADDRESS.fullmatch(email) for _, email in told):  # a quote, say, that nobody closed
        told = [("", email) for email in _ADDRESS.findall(raw)]
    for display, email in told:
        if _ADDRESS.fullmatch(email) and len(email) <= MAX_ADDRESS:
            yield Address(decoded(display)[:MAX_NAME] or None, storable(email).lower())


def _require_bounds(body: bytes) -> None:
    """Refuse what would take the library seconds: its time grows with the parts times the lines."""
    found = {(spliced, name) for spliced, name in _BOUNDARY.findall(body)}
    if len(found) > MAX_BOUNDARIES or any(spliced for spliced, _ in found):
        raise PayloadInvalid(
            Text(
                f"a mensagem nomeia mais de {MAX_BOUNDARIES} separadores de partes, ou um em pedaços: nenhum "
                "programa de e-mail faz isso",
                f"the mail names more than {MAX_BOUNDARIES} boundaries, or one in pieces: no mailer does",
            )
        )
    if sum(body.count(b"--" + name) for _, name in found) > MAX_PARTS:
        raise PayloadInvalid(
            Text(f"a mensagem tem mais de {MAX_PARTS} partes", f"the mail has more than {MAX_PARTS} parts")
        )


def _text_of(raw: str) -> str:
    """Return a header whose bytes beyond ASCII the parser smuggled through as text: UTF-8 (RFC 6532), or Windows'."""
    if raw.isascii():
        return raw
    smuggled = raw.encode("utf-8", "surrogateescape")
    try:
        return smuggled.decode("utf-8")
    except UnicodeDecodeError:
        return smuggled.decode("cp1252", "replace")
