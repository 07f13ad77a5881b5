"""The examples of signals: both sides in both languages, each read as a customer's message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from rules.loader import Reading
from rules.loader.build import Draft
from rules.loader.digest import canonical_json
from rules.loader.faultless import Faultless, unless_known
from rules.loader.findings import Finding
from rules.loader.sources import Layer
from rules.loader.yaml_strict import Place
from rules.rulebook import Signal
from rules.text import LOCALES, Locale

if TYPE_CHECKING:
    from rules.signals import Meant, SignalReader

_WORDS: Final = re.compile(r"[^\s()|~*]+")
"""What stands between the signs of the phrase language: a word never reaches across one."""


def check(reading: Reading, faultless: Faultless | None = None) -> Iterator[Finding]:
    """Yield the findings about every signal that was asked for, overlaid ones included; `faultless` are not read."""
    overlaid = {change.key for change in reading.overlays}
    asked = [
        (draft, draft.item)
        for draft in reading.drafts.values()
        if isinstance(draft.item, Signal) and (draft.layer is not Layer.CONTEXT or draft.key in overlaid)
    ]
    if not asked or any(problem.code == "signal.phrase" for problem in reading.findings):
        return
    changes = {change.key: change for change in reading.overlays}
    clearing: dict[str, list[Signal]] = {}
    for found in reading.drafts.values():
        if isinstance(found.item, Signal):
            for cleared in found.item.clears:
                clearing.setdefault(cleared, []).append(found.item)
    spelling = _Spelling([found.item for found in reading.drafts.values() if isinstance(found.item, Signal)])
    for draft, signal in asked:
        # Whether a signal is said depends on its own phrases and on what clears it: the others need no look.
        others = [other for other in clearing.get(signal.name, ()) if other.name != signal.name]
        look = partial(_signal, draft, changes.get(draft.key), signal, others, spelling)
        yield from unless_known(faultless, "signal", _content(signal, others, spelling), look)


class _Spelling:
    """The words of all signals: a misspelt one may mean any of them, whichever signal's examples are read."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._signals = signals

    @cached_property
    def digest(self) -> str:
        """Another one when the words are others. They are told apart as finely as the phrases can tell them."""
        phrases = (phrases for one in self._signals for side in (one.phrases, one.not_when) for phrases in side.items())
        written = {f"{language} {word}" for language, sources in phrases for word in _WORDS.findall(" ".join(sources))}
        return sha256("\n".join(sorted(written)).encode()).hexdigest()

    @cached_property
    def meant(self) -> Meant:
        """Return what says which word a misspelt one stands for."""
        from rules.signals import meaning  # noqa: PLC0415 - often no signal is new

        return meaning(self._signals)


def _content(signal: Signal, others: list[Signal], spelling: _Spelling) -> bytes:
    """Return everything that decides how the signal's examples come out."""
    clearing = sorted((_plain(other) for other in others), key=itemgetter("name"))
    return canonical_json([spelling.digest, _plain(signal), *clearing])


def _plain(signal: Signal) -> dict[str, Any]:
    return {
        "name": signal.name,
        "phrases": dict(signal.phrases),
        "not_when": dict(signal.not_when),
        "negatable": signal.negatable,
        "clears": signal.clears,
        "implies": signal.implies,
        "examples": {language: [sides.match, sides.no_match] for language, sides in signal.examples.items()},
    }


def _signal(
    draft: Draft, change: Draft | None, signal: Signal, others: list[Signal], spelling: _Spelling
) -> Iterator[Finding]:
    from rules.signals import SignalReader  # noqa: PLC0415 - often no signal is new

    reader = SignalReader([signal, *others], spelling.meant)
    for locale in LOCALES:
        yield from _language(draft, change, signal, locale, reader)


def _language(
    draft: Draft, change: Draft | None, signal: Signal, locale: Locale, reader: SignalReader
) -> Iterator[Finding]:
    examples = signal.examples[locale]
    for side, texts in (("match", examples.match), ("no_match", examples.no_match)):
        if not texts:
            yield draft.finding("signal.side_missing", ("examples", locale), on_key=True, side=side, language=locale)
        for index, text in enumerate(texts):
            read = reader.read([("example", text)], locale)
            if (signal.name in read.signals) is (side == "match"):
                continue
            where, place = _place(draft, change, ("examples", locale, side), index)
            if side == "match":
                yield where.finding("signal.not_found", place, signal=signal.name, language=locale)
            else:
                phrase = next((hit.phrase for hit in read.hits if hit.signal == signal.name), "?")
                yield where.finding("signal.found", place, signal=signal.name, language=locale, phrase=phrase)


def _place(draft: Draft, change: Draft | None, side: Place, index: int) -> tuple[Draft, Place]:
    """Return the file and place of an example text: those of an overlay follow the signal's own."""
    if (*side, index) in draft.document.values or change is None:
        return draft, (*side, index)
    own = sum(place[:-1] == side for place in draft.document.values if len(place) == len(side) + 1)
    return change, (*side, index - own)
