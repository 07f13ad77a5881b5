"""The part of a message that quotes an earlier one, as mail programs mark it in Portuguese and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rules.signals.lines import Line, has_words

_I: Final = re.IGNORECASE


_ATTRIBUTION_START: Final = re.compile(r"(?:on|em|no dia)\s", _I)
_ATTRIBUTION_END: Final = re.compile(r"(?:wrote|escreveu|escribió)\s*:$", _I)
# A mail program writes the hour or the address; a customer who tells what somebody wrote seldom does.
_MAIL_STAMP: Final = re.compile(r"\d{1,2}[:h]\d{2}|[\w.+-]@[\w-]|<mailto:", _I)
_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.\w")
_ATTRIBUTION_LINES: Final = 3
_ATTRIBUTION_LENGTH: Final = 300

_DIVIDER: Final = re.compile(
    r"-{2,}\s*(?:original message|mensagem original|mensagem encaminhada original|reply message)\s*-{2,}$"
    r"|#{2}-.{0,80}-#{2}$"
    r"|_{20,}$",
    _I,
)
_FORWARD: Final = re.compile(
    r"(?:-{2,}\s*)?(?:begin forwarded message|forwarded message|forwarded by|mensagem encaminhada"
    r"|início da mensagem encaminhada)\b.{0,80}$",
    _I,
)
_HEADER_FROM: Final = re.compile(r"(?:de|from)\s*:\s*\S", _I)
_HEADER_STRONG: Final = re.compile(r"(?:enviado|enviada|enviado em|enviada em|sent|assunto|subject)\s*:", _I)
_HEADER: Final = re.compile(
    r"(?:de|from|para|to|cc|cco|bcc|data|date|enviado|enviada|enviado em|enviada em|sent|assunto|subject"
    r"|responder para|reply-to)\s*:",
    _I,
)
_HEADER_LINES: Final = 8

_QUOTED: Final = re.compile(r"(?:>|\|\s)")
_NO_QUOTE: Final = re.compile(r">\s*=?\s*(?:[\d$€]|R\$)")
"""`> 30 dias sem resposta` or `> R$ 500` on its own line compares, it does not quote."""


def _attribution(lines: Sequence[Line], at: int) -> int:
    """Return how many lines from `at` say who wrote what follows, or 0."""
    if not _ATTRIBUTION_START.match(lines[at].text):  # "Suporte <a@b.com> escreveu:"
        text = lines[at].text
        return int(text.endswith(":") and bool(_ATTRIBUTION_END.search(text)) and bool(_ADDRESS.search(text)))
    joined = ""
    for count in range(1, _ATTRIBUTION_LINES + 1):
        if at + count > len(lines):
            return 0
        joined = f"{joined} {lines[at + count - 1].text}".strip()
        if len(joined) > _ATTRIBUTION_LENGTH:
            return 0
        if _ATTRIBUTION_END.search(joined):
            return count if any(letter.isdigit() or letter == "@" for letter in joined) else 0
    return 0


def _header_block(lines: Sequence[Line], at: int) -> int:
    """Return how many lines from `at` are the head of a mail ("De:", "Enviado:", "Para:", "Assunto:"), or 0."""
    if not _HEADER_FROM.match(lines[at].text):
        return 0
    headers, last, strong = 0, at, "@" in lines[at].text
    for index in range(at, min(at + _HEADER_LINES, len(lines))):
        text = lines[index].text
        if _HEADER.match(text):
            headers += 1
            last = index
            strong = strong or bool(_HEADER_STRONG.match(text))
        elif not text and headers >= 3:
            break
    return last - at + 1 if headers >= 3 and strong else 0


_QUOTE_HINTS: Final = (
    "wrote",
    "escreveu",
    "escribió",
    "forward",
    "encaminhad",
    "original",
    "message",
    "de:",
    "from:",
    "de :",
    "from :",
)


def _may_quote(lines: Sequence[Line]) -> bool:
    """Tell cheaply whether a closer look is worth it; most messages quote nobody."""
    if any(line.text[:1] in (">", "|", "-", "_", "#") for line in lines if line.text):
        return True
    text = "\n".join(line.text for line in lines).lower()
    return any(hint in text for hint in _QUOTE_HINTS)


def without_quotes(lines: list[Line]) -> list[Line]:
    """Return the lines that quote nobody. What somebody forwards, they want read: only its heads are taken out."""
    if not _may_quote(lines):
        return lines
    kept: list[Line] = []
    forwarded = False
    at = 0
    while at < len(lines):
        if _FORWARD.match(lines[at].text):
            forwarded = True
            at += 1
            continue
        skipped, is_last = _quote_head(lines, at)
        if skipped and is_last and not forwarded and has_words(kept):
            return kept
        if not skipped and not _is_quote(lines, at):
            kept.append(lines[at])
        at += skipped or 1
    return kept


def _quote_head(lines: Sequence[Line], at: int) -> tuple[int, bool]:
    """Return how many lines from `at` announce a quote, and whether all that follows belongs to it."""
    skipped = _attribution(lines, at)
    if skipped:
        following = next((lines[after].text for after in range(at + skipped, len(lines)) if lines[after].text), "")
        marked = bool(_QUOTED.match(following))  # then the answer may stand between or below the quoted lines
        stamped = _MAIL_STAMP.search(" ".join(line.text for line in lines[at : at + skipped]))
        return (skipped, not marked) if marked or stamped else (0, False)
    if _DIVIDER.match(lines[at].text):
        return 1, True
    return _header_block(lines, at), True


def _is_quote(lines: Sequence[Line], at: int) -> bool:
    if not _QUOTED.match(lines[at].text):
        return False
    if not _NO_QUOTE.match(lines[at].text):
        return True
    beside = [lines[index].text for index in (at - 1, at + 1) if 0 <= index < len(lines)]
    return any(_QUOTED.match(text) for text in beside)
