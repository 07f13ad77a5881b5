"""How messages end without saying anything: signatures, names of telephones, legal notices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rules.signals.lines import OWN_VOICE, Line, speaks, words_of
from rules.signals.words import listed

_I: Final = re.IGNORECASE


_CLOSING: Final = re.compile(
    r"(?:muito |desde já |mui )?(?:atenciosamente|atte|att|atc|cordialmente|respeitosamente|grat[oa]s?|agradecid[oa]"
    r"|obrigado|obrigada|abraços|abraço|abs|abç|um abraço|saudações|sds|atenciosas saudações"
    r"|(?:best|kind|warm|kindest|warmest|many) (?:regards|wishes|thanks)|regards|best|cheers"
    r"|thanks|thank you|thanks and regards"
    r"|sincerely|yours|yours (?:sincerely|truly|faithfully)|respectfully|cordially)"
    r"(?:,? desde já|,? pela atenção|,? in advance|,? again)?\s*[,.;!-]*$",
    _I,
)
_DASHES: Final = re.compile(r"(?:--|\u2014|\u2013)$")
_SMALL: Final = listed("de da do dos das e of and the & | - \u2013 \u2014 / com para em at in for")
_CONTACT: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}\.\w|https?://|\bwww\.|\+?\d[\d\s().-]{6,30}\d"
    r"|\b(?:cnpj|cpf|tel|cel|fone|ramal|phone|mobile|fax)\b",
    _I,
)
_BLOCK_LINES: Final = 8
_BLOCK_WIDTH: Final = 80
_LAST_LINES: Final = 10

_DEVICE_START: Final = listed("enviado enviada sent get obter baixe obtenha")
_DEVICE_WORDS: Final = _DEVICE_START | listed(
    "do da de meu minha pelo pela para via a partir com o from my for on using the outlook iphone"
    " ipad ios android samsung galaxy smartphone celular dispositivo device phone mobile xiaomi redmi"
    " motorola moto huawei windows mail mac gmail yahoo email aplicativo app tablet blackberry"
    " telefone proton protonmail"
)
_DEVICES: Final = listed(
    "outlook iphone ipad ios android samsung galaxy smartphone celular dispositivo device phone"
    " mobile xiaomi motorola huawei windows mail mac gmail yahoo aplicativo app tablet blackberry"
    " telefone protonmail"
)
_DEVICE_LINE: Final = re.compile(r"(?:enviad[oa]|sent|get|obter|baixe|obtenha)\s", _I)
_PAPER: Final = (frozenset({"imprimir", "printing", "print"}), frozenset({"ambiente", "environment"}))


def _is_device_line(text: str) -> bool:
    """Tell whether the line is made only of the words in which mail programs praise themselves."""
    if not _DEVICE_LINE.match(text) or len(text) > 80:
        return False
    words = words_of(text)
    return len(words) >= 2 and _DEVICE_WORDS.issuperset(words) and not _DEVICES.isdisjoint(words)


def _is_name(text: str) -> bool:
    """Tell whether the line reads as a name, a post or a company: capitals, and small words in between."""
    words = text.replace(",", " ").split()
    return (
        0 < len(words) <= 8
        and all(word in _SMALL or word[0].isupper() for word in words)
        and not speaks(text, OWN_VOICE)
    )


def _is_shouted(text: str) -> bool:
    return text.isupper() and len(text.split()) > 1


def _is_name_block(lines: Sequence[Line]) -> bool:
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
        (_is_name(text) or (_CONTACT.search(text) and not speaks(text, OWN_VOICE)) or _is_device_line(text))
        for text in texts
    )


def without_device(lines: list[Line]) -> list[Line]:
    """Return the lines without "Enviado do meu iPhone" and its like."""
    return [line for line in lines if not _is_device_line(line.text)]


def without_signature(lines: list[Line]) -> list[Line]:
    """Return the lines before the closing formula that only a name block follows; all of them when there is none."""
    # A signature is short: only the last lines can begin one.
    begin, written = len(lines), 0
    while begin and written <= _LAST_LINES:
        begin -= 1
        written += bool(lines[begin].text)
    for at in range(begin, len(lines)):
        text = lines[at].text
        if text and (_DASHES.match(text) or _CLOSING.match(text)) and _is_name_block(lines[at + 1 :]):
            return lines[:at]
    return lines


_LEGAL_VOICE: Final = listed(
    "eu quero queria queremos gostaria gostariamos preciso precisamos desejo solicito peco meu minha"
    " estou cancelar cancelem i im ive my want wanted need help cancel refund"
)

# Two of these in one paragraph, and nobody who speaks for themselves, make a notice.
_LEGAL: Final = tuple(
    re.compile(pattern, _I)
    for pattern in (
        (
            r"\b(?:esta|essa) mensagem\b|\beste e-?mail\b|\bthis (?:e-?mail|message|communication)\b"
            r"|\baviso legal\b|confidentiality notice"
        ),
        r"\bconfidencia|\bsigilo|\bprivileged\b|\bconfidential|\bprivilegiad",
        r"\bdestinat[áa]rio|\bintended (?:recipient|only|solely)|\baddressee\b|\bindividual or entity\b",
        r"\bproibid|\bprohibited\b|\bunauthori[sz]ed\b|\bn[ãa]o autorizad|\bvedad[ao]\b",
        r"\bpor engano\b|\bin error\b|\bby mistake\b|\bapague|\bdelete (?:it|this|the)|\belimine",
    )
)
_LEGAL_HINTS: Final = (
    "confiden",
    "sigilo",
    "privil",
    "destinat",
    "recipient",
    "addressee",
    "autoriza",
    "authori",
    "proibid",
    "prohibit",
)
_SHORTEST_NOTICE: Final = 100


def _is_notice(text: str) -> bool:
    lowered = text.lower()
    if len(text) <= 200 and any(word in lowered for word in ("imprimir", "print")):
        words = set(words_of(text))
        return all(not words.isdisjoint(side) for side in _PAPER) and words.isdisjoint(_LEGAL_VOICE)
    if len(text) < _SHORTEST_NOTICE or not any(hint in lowered for hint in _LEGAL_HINTS):
        return False
    return sum(1 for mark in _LEGAL if mark.search(text)) >= 2 and not speaks(text, _LEGAL_VOICE)


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    paragraph: list[Line] = []
    for line in lines:
        if line.text:
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def without_notices(lines: list[Line]) -> list[Line]:
    """Return the lines without the paragraphs that lawyers add."""
    notices = {
        line.start
        for paragraph in _paragraphs(lines)
        if _is_notice(" ".join(line.text for line in paragraph))
        for line in paragraph
    }
    return [line for line in lines if line.start not in notices]
