"""What of a message its sender wrote for this occasion: not the quoted reply, the signature or the legal notice.

Everything is decided on whole lines, by their shape; a line that could be the customer's own request stays.
A cut that would leave nothing is not made. Offsets never move: the parts that stay are ranges of the message.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rules.signals.words import WORD, fold

Range = tuple[int, int]

_I: Final = re.IGNORECASE

# --- HTML leftovers ------------------------------------------------------------------------------------------------
# Only names that HTML knows: "<quero cancelar>" is somebody's own writing.
_BLOCK_TAGS: Final = "blockquote|br|center|div|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul"
_TAGS: Final = (
    f"{_BLOCK_TAGS}|a|abbr|b|body|code|em|font|head|html|i|img|link|meta|o:p|s|small|span|strike|strong|sub|sup|title|u"
)
_MARKUP: Final = re.compile(
    r"<!--[^<]{0,2000}-->"
    r"|<(?P<hidden>style|script)\b[^<>]{0,500}>[^<]{0,4000}</(?:style|script)\s*>"
    rf"|</?(?P<name>{_TAGS})(?:\s[^<>]{{0,1000}})?/?\s*>"
    r"|&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);",
    _I,
)
_BLOCK_TAG: Final = re.compile(_BLOCK_TAGS, _I)
_FILLER: Final = "\u200b"  # belongs to no word and parts none


def _plain(text: str) -> str:
    """Return `text` with markup blanked and entities read, each character at the offset it had."""
    if "<" not in text and "&" not in text:
        return text
    return _MARKUP.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    markup = found.group()
    if markup.startswith("&"):
        character = html.unescape(markup)
        if len(character) != 1:
            return markup
        return character + (" " if character.isspace() else _FILLER) * (len(markup) - 1)
    name = found.group("name")
    starts_line = name is not None and _BLOCK_TAG.fullmatch(name)
    return ("\n" if starts_line else " ") + " " * (len(markup) - 1)


# --- lines ---------------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    """Without the blanks around it, and without the stars of Markdown's bold."""


def _lines(plain: str) -> list[_Line]:
    lines = []
    start = 0
    for raw in plain.splitlines(keepends=True):
        lines.append(_Line(start, start + len(raw), raw.replace("*", "").replace(_FILLER, "").strip()))
        start += len(raw)
    return lines


# Words of somebody who asks for something. A name block or a legal notice has none of them.
_OWN_VOICE: Final = frozenset(
    (
        "eu quero queria queremos gostaria gostariamos preciso precisamos desejo desejamos solicito solicitamos peco"
        " meu minha meus minhas nosso nossa estou estamos consigo conseguimos favor cancelar cancelem cancele ajuda ajudem"
        " urgente vou vamos ps obs voces vcs"
        " i im ive my we want wanted need needed would like please pls help cancel refund ps why when how"
    ).split()
)
_LEGAL_VOICE: Final = frozenset(
    "eu quero queria queremos gostaria gostariamos preciso precisamos desejo solicito peco meu minha estou cancelar cancelem"
    " i im ive my want wanted need help cancel refund".split()
)


def _words(text: str) -> list[str]:
    return [fold(found.group()) for found in WORD.finditer(text)]


def _speaks(text: str, voice: frozenset[str] = _OWN_VOICE) -> bool:
    return not voice.isdisjoint(_words(text))


# --- quoted replies ------------------------------------------------------------------------------------------------

_ATTRIBUTION_START: Final = re.compile(r"(?:on|em|no dia|a|le)\s", _I)
_ATTRIBUTION_END: Final = re.compile(r"(?:wrote|escreveu|escribió)\s*:$", _I)
# A mail program writes the hour or the address; a customer who tells what somebody wrote seldom does.
_MAIL_STAMP: Final = re.compile(r"\d{1,2}[:h]\d{2}|[\w.+-]@[\w-]|<mailto:", _I)
_ATTRIBUTION_LINES: Final = 3
_ATTRIBUTION_LENGTH: Final = 300

_DIVIDER: Final = re.compile(
    r"-{2,}\s*(?:original message|mensagem original|mensagem encaminhada original|reply message)\s*-{2,}$"
    r"|#{2}-.{0,80}-#{2}$"
    r"|_{20,}$",
    _I,
)
_FORWARD: Final = re.compile(
    r"(?:-{2,}\s*)?(?:begin forwarded message|forwarded message|forwarded by|mensagem encaminhada|início da mensagem encaminhada)"
    r"\b.{0,80}$",
    _I,
)
_HEADER_FROM: Final = re.compile(r"(?:de|from)\s*:\s*\S", _I)
_HEADER_STRONG: Final = re.compile(r"(?:enviado|enviada|enviado em|enviada em|sent|assunto|subject)\s*:", _I)
_HEADER: Final = re.compile(
    r"(?:de|from|para|to|cc|cco|bcc|data|date|enviado|enviada|enviado em|enviada em|sent|assunto|subject|responder para|reply-to)\s*:",
    _I,
)
_HEADER_LINES: Final = 8

_QUOTED: Final = re.compile(r"(?:>|\|\s)")
_NO_QUOTE: Final = re.compile(r">\s*=?\s*[\d$€R]")
"""`> 30 dias sem resposta` on its own line compares, it does not quote."""


def _attribution(lines: Sequence[_Line], at: int) -> int:
    """Return how many lines from `at` say who wrote what follows, or 0."""
    if not _ATTRIBUTION_START.match(lines[at].text):
        end = lines[at].text
        return int(bool(_ATTRIBUTION_END.search(end) and re.search(r"<?[\w.+-]{1,64}@[\w.-]{1,190}>?\s", end + " ")))
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


def _header_block(lines: Sequence[_Line], at: int) -> int:
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


def _without_quotes(lines: list[_Line]) -> list[_Line]:
    """Return the lines that quote nobody."""
    kept: list[_Line] = []
    forwarded = False
    at = 0
    while at < len(lines):
        line = lines[at]
        skipped = _attribution(lines, at)
        if skipped:
            following = next(
                (lines[further] for further in range(at + skipped, len(lines)) if lines[further].text), None
            )
            marked = following is not None and _QUOTED.match(following.text)
            stamped = _MAIL_STAMP.search(" ".join(further.text for further in lines[at : at + skipped]))
            if not marked and stamped and not forwarded and _has_words(kept):
                return kept
            if marked or stamped:
                at += skipped
                continue
        if _FORWARD.match(line.text):
            forwarded = True  # what somebody forwards, they want read
            at += 1
            continue
        if _DIVIDER.match(line.text):
            if _has_words(kept) and not forwarded:
                return kept
            at += 1
            continue
        skipped = _header_block(lines, at)
        if skipped:
            if _has_words(kept) and not forwarded:
                return kept
            at += skipped
            continue
        if _is_quote(lines, at):
            at += 1
            continue
        kept.append(line)
        at += 1
    return kept


def _is_quote(lines: Sequence[_Line], at: int) -> bool:
    if not _QUOTED.match(lines[at].text):
        return False
    if not _NO_QUOTE.match(lines[at].text):
        return True
    beside = [lines[index].text for index in (at - 1, at + 1) if 0 <= index < len(lines)]
    return any(_QUOTED.match(text) for text in beside)


def _has_words(lines: Sequence[_Line]) -> bool:
    return any(WORD.search(line.text) for line in lines)


# --- signatures ----------------------------------------------------------------------------------------------------

_CLOSING: Final = re.compile(
    r"(?:muito |desde já |mui )?(?:atenciosamente|atte|att|atc|cordialmente|respeitosamente|grato|grata|gratos|agradecido|agradecida"
    r"|obrigado|obrigada|abraços|abraço|abs|abç|um abraço|saudações|sds|atenciosas saudações"
    r"|(?:best|kind|warm|kindest|warmest|many) (?:regards|wishes|thanks)|regards|best|cheers|thanks|thank you|thanks and regards"
    r"|sincerely|yours|yours (?:sincerely|truly|faithfully)|respectfully|cordially)"
    r"(?:,? desde já|,? pela atenção|,? in advance|,? again)?\s*[,.;!-]*$",
    _I,
)
_DASHES: Final = re.compile(r"(?:--|—|–)$")
_NAME_WORD: Final = re.compile(r"[^\W\d_a-z][\w.'’-]*$")  # begins with a capital
_SMALL: Final = frozenset("de da do dos das e of and the & | - – — / , com para em at in for".split())  # noqa: SIM905 -- reads as the list it is
_CONTACT: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.\w|https?://|\bwww\.|(?:\+?\d[\d\s().-]{6,}\d)|\b(?:cnpj|cpf|tel|cel|fone|ramal|phone|mobile|fax)\b",
    _I,
)
_BLOCK_LINES: Final = 8
_BLOCK_WIDTH: Final = 80
_DASH_LINES: Final = 12

_DEVICE_START: Final = frozenset("enviado enviada sent get obter baixe obtenha".split())  # noqa: SIM905 -- the same
_DEVICE_WORDS: Final = _DEVICE_START | frozenset(
    (
        "do da de meu minha pelo pela para via a partir com o from my for on using the outlook iphone ipad ios android samsung"
        " galaxy smartphone celular dispositivo device phone mobile xiaomi redmi motorola moto huawei windows mail mac"
        " gmail yahoo email aplicativo app tablet blackberry telefone proton protonmail"
    ).split()
)
_DEVICES: Final = frozenset(
    "outlook iphone ipad ios android samsung galaxy smartphone celular dispositivo device phone mobile xiaomi motorola huawei"
    " windows mail mac gmail yahoo aplicativo app tablet blackberry telefone protonmail".split()
)
_PAPER: Final = (frozenset({"imprimir", "printing", "print"}), frozenset({"ambiente", "environment"}))


def _is_device_line(text: str) -> bool:
    """Tell whether the line is made only of the words in which mail programs praise themselves."""
    if len(text) > 80:
        return False
    words = _words(text)
    return (
        len(words) >= 2
        and words[0] in _DEVICE_START
        and _DEVICE_WORDS.issuperset(words)
        and not _DEVICES.isdisjoint(words)
    )


def _is_name(text: str) -> bool:
    """Tell whether the line reads as a name, a post or a company: capitals, and small words in between."""
    words = text.replace(",", " ").split()
    return 0 < len(words) <= 8 and all(word in _SMALL or _NAME_WORD.match(word) for word in words) and not _speaks(text)


def _is_shouted(text: str) -> bool:
    return text.isupper() and len(text.split()) > 1


def _is_name_block(lines: Sequence[_Line]) -> bool:
    """Tell whether the lines are somebody's name and how to reach them, and nothing else."""
    texts = [line.text for line in lines if line.text]
    if not texts:
        return True
    if len(texts) > _BLOCK_LINES or any(len(text) > _BLOCK_WIDTH for text in texts):
        return False
    contact = any(_CONTACT.search(text) for text in texts)
    if any(_is_shouted(text) for text in texts) and not contact:
        return False  # "CANCELEM AGORA" has the capitals of a name
    return all(
        (_is_name(text) or (_CONTACT.search(text) and not _speaks(text)) or _is_device_line(text)) for text in texts
    )


def _without_device(lines: list[_Line]) -> list[_Line]:
    return [line for line in lines if not _is_device_line(line.text)]


def _without_signature(lines: list[_Line]) -> list[_Line]:
    # A signature is short: only the last lines can begin one.
    begin, written = len(lines), 0
    while begin and written <= _DASH_LINES:
        begin -= 1
        written += bool(lines[begin].text)
    for at in range(begin, len(lines)):
        line, rest = lines[at], lines[at + 1 :]
        if _DASHES.match(line.text):
            texts = [further.text for further in rest if further.text]
            if len(texts) <= _DASH_LINES and not any(_speaks(text) for text in texts):
                return lines[:at]
        elif _CLOSING.match(line.text) and _is_name_block(rest):
            return lines[:at]
    return lines


# --- legal notices -------------------------------------------------------------------------------------------------

_LEGAL: Final = tuple(
    re.compile(pattern, _I)
    for pattern in (
        r"\b(?:esta|essa) mensagem\b|\beste e-?mail\b|\bthis (?:e-?mail|message|communication)\b|\baviso legal\b|confidentiality notice",
        r"\bconfidencia|\bsigilo|\bprivileged\b|\bconfidential|\bprivilegiad",
        r"\bdestinat[áa]rio|\bintended (?:recipient|only|solely)|\baddressee\b|\bindividual or entity\b",
        r"\bproibid|\bprohibited\b|\bunauthori[sz]ed\b|\bn[ãa]o autorizad|\bvedad[ao]\b",
        r"\bpor engano\b|\bin error\b|\bby mistake\b|\bapague|\bdelete (?:it|this|the)|\belimine",
    )
)
_SHORTEST_NOTICE: Final = 100


def _is_notice(text: str) -> bool:
    words = set(_words(text))
    if len(text) <= 200 and all(not words.isdisjoint(side) for side in _PAPER):
        return words.isdisjoint(_LEGAL_VOICE)
    if len(text) < _SHORTEST_NOTICE or sum(1 for mark in _LEGAL if mark.search(text)) < 2:
        return False
    return words.isdisjoint(_LEGAL_VOICE)


def _paragraphs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    paragraph: list[_Line] = []
    for line in lines:
        if line.text:
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _without_notices(lines: list[_Line]) -> list[_Line]:
    notices = {
        line.start
        for paragraph in _paragraphs(lines)
        if _is_notice(" ".join(line.text for line in paragraph))
        for line in paragraph
    }
    return [line for line in lines if line.start not in notices]


# --- all together --------------------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """The part of a message that is read: `ranges` of `plain`, which has the message's own offsets."""

    plain: str
    ranges: tuple[Range, ...]


def keep(text: str) -> Kept:
    """Return what of `text` its sender wrote, in order. A cut that would leave nothing is not made."""
    plain = _plain(text)
    lines = _lines(plain)
    if len(lines) <= 1:
        return Kept(plain, ((0, len(plain)),))
    for without in (_without_quotes, _without_notices, _without_device, _without_signature):
        left = without(lines)
        if _has_words(left):
            lines = left
    ranges: list[Range] = []
    for line in lines:
        if ranges and ranges[-1][1] == line.start:
            ranges[-1] = (ranges[-1][0], line.end)
        else:
            ranges.append((line.start, line.end))
    return Kept(plain, tuple(ranges))


def clean(text: str) -> str:
    """Return `text` without quoted replies, signature, legal notice and markup; a cut that would leave nothing is not made."""
    plain, ranges = keep(text)
    return "\n".join(plain[start:end].strip("\n") for start, end in ranges).replace(_FILLER, "").strip()
