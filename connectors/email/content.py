"""What a mail says to whoever opens it: one plain text, and the names of the files that came with it.

The text is whole. What of it quotes an earlier mail, or is a signature, `rules.signals` tells apart when it reads: for
every helpdesk in one place, and nothing that somebody wrote is thrown away before.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from email.message import EmailMessage, Message
from typing import Final

from connectors.email.reading import decoded, header, storable
from connectors.html import to_text
from connectors.payload import MAX_BODY, cut, with_attachments

MAX_FILES: Final = 100
NO_FILE: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/rfc822-headers"}
)
"""Parts that are there for programs; nobody would call them files that came with a mail."""
TEXTS: Final = frozenset({"text/plain", "text/html", "text/markdown"})
NO_CHARSET: Final = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
"""Codecs of Python that no mail is written in; two of them take seconds for what fits into a mail."""
_READ: Final = MAX_BODY * 4
"""Bytes and characters of a part that are read; markup may be most of them."""
_DEFECTS: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the library raises on a transfer encoding, a file name or a charset that it cannot make sense of."""


def text_of(mail: EmailMessage) -> str:
    """Return the mail's text, HTML as text, and a line for each file: its name, never its content."""
    texts, files = _read(mail)
    return cut(with_attachments("\n\n".join(text.strip("\r\n") for text in texts), files[:MAX_FILES]), MAX_BODY)


def _read(part: Message) -> tuple[list[str], list[str]]:
    """Return the texts and the file names of a part and those within, in their order."""
    kind = part.get_content_type()
    if kind.startswith("multipart/") and not part.is_multipart():
        kind = "text/plain"  # the boundary is missing, or nothing of the mail was bounded by it: what is there is text
    if kind.startswith("multipart/"):
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        read = [_read(child) for child in children]
        if kind == "multipart/alternative":
            return _best(children, read)
        return [text for texts, _ in read for text in texts], [file for _, files in read for file in files]
    if kind in TEXTS and not _is_file(part):
        text = _decoded(part)
        return ([to_text(text) if kind == "text/html" else text] if text.strip() else []), []
    return [], [] if kind in NO_FILE else [_file_name(part)]


def _best(children: Sequence[Message], read: Sequence[tuple[list[str], list[str]]]) -> tuple[list[str], list[str]]:
    """Return the one of several versions that is meant to be read as text: the plain one, unless it says nothing.

    The files of all versions count: a picture that only the HTML shows came with the mail all the same.
    """
    said = [(child.get_content_type() != "text/plain", texts) for child, (texts, _) in zip(children, read, strict=True)]
    spoken = sorted((pair for pair in said if pair[1]), key=lambda pair: pair[0])
    return (spoken[0][1] if spoken else []), [file for _, files in read for file in files]


def _is_file(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or part.get_filename() is not None
    except _DEFECTS:
        return False


def _file_name(part: Message) -> str:
    """Return what a file is called; a mail within a mail by its subject; what has no name by its type."""
    try:
        name = part.get_filename()
    except _DEFECTS:
        name = None
    if not name and part.get_content_type() == "message/rfc822" and part.is_multipart():
        within = part.get_payload(0)
        name = f"{header(within, 'subject')}.eml" if isinstance(within, Message) else None
    return decoded(name or part.get_content_type())


def _decoded(part: Message) -> str:
    """Return a part's text: in the charset it states where that fits, else UTF-8, else Windows' Latin."""
    try:
        content = part.get_payload(decode=True)
    except _DEFECTS:
        content = None
    if not isinstance(content, bytes):
        return ""
    content = content[:_READ]
    for charset in (_charset(part), "utf-8"):
        try:
            return storable(codecs.decode(content, charset))
        except UnicodeDecodeError as error:
            if error.end >= len(content) - 3 and len(content) == _READ:  # a character cut in two by our own limit
                return storable(content[: error.start].decode(charset, "replace"))
        except _DEFECTS:
            continue
    return storable(content.decode("cp1252", "replace"))


def _charset(part: Message) -> str:
    """Return the codec of the charset that a part states; UTF-8, which ASCII is part of, when it states no real one."""
    try:
        codec = codecs.lookup(part.get_content_charset("utf-8"))
    except _DEFECTS:
        return "utf-8"
    name = codec.name.replace("-", "_")
    is_text: bool = getattr(codec, "_is_text_encoding", True)
    return codec.name if is_text and name not in NO_CHARSET and name != "ascii" else "utf-8"
