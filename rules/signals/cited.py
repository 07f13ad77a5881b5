"""Words between quotation marks that are not their writer's own: `your bot told me "your parcel has arrived"`.

They are what we said, what a mail was called, or a word that is mocked (thanks for the "upgrade"), and no wish of
whoever writes. What others said stays ("my boss said 'cancel it'" is a wish passed on), and so does what a screen says
("it shows 'cannot connect'").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_MARKS: Final = '"\u201c\u201e\u00ab'
_LONGEST: Final = 300
_QUOTATION: Final = re.compile(
    rf'"(?P<plain>[^"\n]{{2,{_LONGEST}}})"'
    rf"|[\u201c\u201e](?P<curly>[^\u201c\u201d\u201e\n]{{2,{_LONGEST}}})[\u201d\u201c]"
    rf"|\u00ab(?P<angled>[^\u00ab\u00bb\n]{{2,{_LONGEST}}})\u00bb"
)
_LOOKED_AT: Final = 90
_SENTENCE_END: Final = re.compile(r"[.!?\n](?=\s|$)")
_I: Final = re.IGNORECASE

_ONE_OF_US: Final = re.compile(
    r"\b(?:you|your|chatbot|bot|agent|advisor|adviser|assistant|help\s?desk|support|voc[êe]s?|rob[ôo]|atendentes?"
    r"|suporte|assistente|central|seu|sua|seus|suas)\b",
    _I,
)
_SAYS: Final = re.compile(
    r"\b(?:said|says?|saying|told|tells?|telling|wrote|writes?|written|repl(?:y|ied|ies)|answer(?:s|ed)?|promised?|quote"
    r"|disse(?:ram)?|diz(?:em)?|dizendo|escrev(?:eu|eram|e|em)|respond(?:eu|eram|e|em)|prometeu|prometeram|falou|falaram"
    r"|informou|informaram|mandou|mandaram)\b",
    _I,
)
_I_SAY: Final = re.compile(
    r"\b(?:i|we)(?:'ve|\s+have|\s+had|\s+only|\s+just|\s+already)*\s+(?:said|told|wrote|asked|replied|answered|say)\b"
    r"|\beu\s+(?:disse|falei|escrevi)\b|\b(?:escrevi|falei|pedi|respondi|dissemos|escrevemos|pedimos)\b",
    _I,
)
_NAMED_BEFORE: Final = re.compile(
    r"\b(?:subject(?:\s+line)?|titled|entitled|assunto|t[íi]tulo|intitulad[oa])\s*(?:is|was|said|era|[ée])?\s*:?\s*$",
    _I,
)
_MEDIUM: Final = re.compile(
    r"\b(?:newsletter|advert|advertisement|ad|leaflet|flyer|banner|poster|mailing|campaign|slogan|brochure"
    r"|propaganda|an[úu]ncio|panfleto|folheto|boletim|cartaz|campanha|folder)\b[^.!?]{0,20}$",
    _I,
)
"""What says it just before the marks: your newsletter ("Cancel anytime")."""
_MOCKED: Final = re.compile(
    r"\b(?:thanks?|thank\s+you|congrat\w+|great|wow|nice|well\s+done|lovely|so-called|parab[ée]ns|obrigad[oa]|valeu"
    r"|[óo]tim[oa]|lind[oa]|o\s+tal|a\s+tal)\b[^.!?]{0,30}$",
    _I,
)
_LONGEST_MOCKED: Final = 3
"""Words. Who thanks for an "upgrade" in quotation marks got none."""
_NAMED_AFTER: Final = re.compile(
    r"\s*(?:in|as|on)\s+the\s+(?:subject|title)\b|\s*(?:no|como|de)\s+(?:assunto|t[íi]tulo)\b", _I
)


def cited(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of `text` between quotation marks that are words of ours, in order, marks left out."""
    if not any(mark in text for mark in _MARKS):
        return
    for quotation in _QUOTATION.finditer(text):
        before = text[max(0, quotation.start() - _LOOKED_AT) : quotation.start()]
        sentence = _SENTENCE_END.split(before)[-1]
        after = text[quotation.end() : quotation.end() + _LOOKED_AT]
        ours = _ONE_OF_US.search(sentence) and _SAYS.search(sentence) and not _I_SAY.search(sentence)
        mocked = len(quotation.group().split()) <= _LONGEST_MOCKED and _MOCKED.search(sentence)
        printed = _ONE_OF_US.search(sentence) and _MEDIUM.search(sentence)
        if ours or printed or mocked or _NAMED_BEFORE.search(sentence) or _NAMED_AFTER.match(after):
            group = quotation.lastgroup
            if group is not None:
                yield quotation.span(group)
