"""Which signals a conversation says: phrases met, less what is denied, blocked by a hard negative or cleared later."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import Final, NamedTuple

from rules.model import SignalHit
from rules.rulebook import Signal
from rules.signals.automaton import Automaton, Match
from rules.signals.clauses import HEARD, begins_clause
from rules.signals.clean import Kept, keep
from rules.signals.language import CLEAR, DEFAULT, lean, spoken
from rules.signals.misspelt import Misspelt
from rules.signals.negation import Denial
from rules.signals.phrases import Phrase, compile_phrase
from rules.signals.stream import Stream, progressive, streams
from rules.signals.words import WORD, written_out
from rules.text import LOCALES, Locale, locale_for

MAX_CHARS: Final = 20_000
"""Most characters that are read of one ticket, quoted replies and signatures not counted."""
MAX_MESSAGES: Final = 100
"""Most messages that are read of one ticket: the first, and the newest ones."""

_MAX_LOOKED_AT: Final = 5 * MAX_CHARS
"""Most characters of one ticket in which quotes and signatures are looked for."""

_WORDS_REMEMBERED: Final = 16_384


Meant = Callable[[str, Locale], str | None]
"""Which word of some phrases a folded one must stand for; None when it means itself, or nobody can tell."""


class SpokenText(NamedTuple):
    """What one message says. Offsets of hits count characters of `text`."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a conversation says. `hits` are its evidence, one for each message and phrase, oldest message first."""

    language: Locale
    signals: frozenset[str]
    hits: tuple[SignalHit, ...]
    truncated: bool
    """Whether something was left unread for its length."""


class _Pattern(NamedTuple):
    """One phrase of one signal; `blocks` when it stands under `not_when`."""

    signal: Signal
    blocks: bool
    phrase: Phrase


def words(signals: Iterable[Signal], language: Locale) -> set[str]:
    """Return the folded words of all phrases in one language."""
    phrases = (by_language.get(language, ()) for one in signals for by_language in (one.phrases, one.not_when))
    raw = set(WORD.findall(" ".join(source for sources in phrases for source in sources)))
    return {word for one in raw for word in written_out(one, language)}


def meaning(signals: Sequence[Signal]) -> Meant:
    """Return what says which word of all these signals a misspelt one stands for.

    It is for readers of a few of them each: a word that another signal knows is no slip there either.
    """
    return lru_cache(maxsize=_WORDS_REMEMBERED)(Misspelt(partial(words, signals), HEARD).meant)


class _Found(NamedTuple):
    """A hit in one message, with what orders and weighs it."""

    message: int
    hit: SignalHit


class SignalReader:
    """Reads the signals of a rulebook in texts. Built once; never changes, threads may share it.

    Raise PhraseInvalid for a phrase that its author has to mend. Phrases of both languages are always tried, whatever
    the language of the ticket: people mix them, and a phrase costs nothing where its words are not.

    `meant` says which word a misspelt one stands for; without it, one of these signals' own phrases.
    """

    def __init__(self, signals: Iterable[Signal], meant: Meant | None = None) -> None:
        self._signals = tuple(sorted(signals, key=lambda signal: signal.name))
        self._patterns = tuple(
            _Pattern(signal, blocks, compile_phrase(source, language))
            for signal in self._signals
            for blocks, phrases in ((False, signal.phrases), (True, signal.not_when))
            for language in LOCALES
            for source in phrases.get(language, ())
        )
        self._clears = {signal.name: frozenset(signal.clears) - {signal.name} for signal in self._signals}
        known = {signal.name for signal in self._signals}
        self._says = {
            signal.name: (signal.name, *(other for other in signal.implies if other in known - {signal.name}))
            for signal in self._signals
        }
        self._automaton = Automaton([pattern.phrase for pattern in self._patterns])
        # Words come back: most of a text has been seen before. Bounded, and a pure function of the word.
        analyse = self._automaton.analyser(meant or Misspelt(partial(words, self._signals), HEARD).meant)
        self._analyse = lru_cache(maxsize=_WORDS_REMEMBERED)(analyse)

    def read(
        self, messages: Sequence[tuple[str, str]], language: str | None = None, *, default: Locale = DEFAULT
    ) -> Reading:
        """Return what `messages` (SpokenText, oldest first) say.

        `language` is the ticket's own tag when the helpdesk gives one; any other than Portuguese or English, or none,
        has it detected, and `default` is the answer for a text that shows no language.
        """
        kept, truncated = _within_limits(messages)
        leanings = [lean(part.own_text()) for part in kept]
        found: list[_Found] = []
        for number, ((message_id, _), part) in enumerate(zip(_read_messages(messages), kept, strict=True)):
            native = spoken(leanings[number], default)
            sure = abs(leanings[number]) >= CLEAR
            found.extend(_Found(number, hit) for hit in self._hits(message_id, part, native, sure=sure))
        hits = self._after_clearing(found)
        return Reading(
            language=_language(language, leanings, default),
            signals=frozenset(hit.signal for hit in hits),
            hits=hits,
            truncated=truncated,
        )

    def _hits(self, message_id: str, part: Kept, spoken_in: Locale, *, sure: bool) -> list[SignalHit]:
        """Return every hit of one message that is neither denied nor blocked.

        `sure` tells whether the message shows its language, so that a word of it alone is none of the other language.
        """
        both = streams(part.plain, part.ranges, self._analyse)
        # Portugal's way of saying it is looked at as well, not instead: a phrase may be written in it.
        more = [other for stream in both if stream.language == "pt-BR" and (other := progressive(stream)) is not None]
        met = [(stream, self._automaton.scan(stream).matches) for stream in (*both, *more)]
        if not any(matches for _, matches in met):
            return []
        native = next(stream for stream in both if stream.language == spoken_in)
        native_denial = Denial(native)
        blocked = self._blocked(met)
        hits: list[SignalHit] = []
        for stream, matches in met:
            denial = native_denial if stream is native else Denial(stream)
            for match in matches:
                signal, blocks, phrase = self._patterns[match.phrase]
                if blocks or (sure and stream.language != spoken_in and _is_chance(part.plain, stream, match, phrase)):
                    continue
                start, end = span(stream, match)
                if signal.name in blocked and blocked[signal.name][stream.language].touches(start, end):
                    continue
                if signal.negatable and (
                    denial.of(match.pieces)
                    or (
                        native_denial.may_deny
                        and stream is not native
                        and native_denial.of(_pieces_in(native, stream, match))
                    )
                ):
                    continue
                hits += [
                    SignalHit(name, phrase.source, phrase.language, message_id, start, end)
                    for name in self._says[signal.name]
                ]
        return hits

    def _blocked(self, met: Sequence[tuple[Stream, Sequence[Match]]]) -> Mapping[str, Mapping[Locale, Stretches]]:
        """Return where hard negatives allow no hit: signal -> language of the hit -> stretches of the message.

        A hit in the same language falls anywhere in the clauses that the negative touches, one in the other language
        only where it overlaps it: the two cut their clauses at different words.
        """
        touched: dict[str, dict[Locale, list[tuple[int, int]]]] = {}
        patterns = self._patterns
        said = {
            pattern.signal.name
            for _, matches in met
            for match in matches
            if not (pattern := patterns[match.phrase]).blocks
        }
        for stream, matches in met:
            clauses: list[tuple[int, int]] | None = None
            for match in matches:
                pattern = patterns[match.phrase]
                if not pattern.blocks or pattern.signal.name not in said:
                    continue
                clauses = clauses or clause_spans(stream)
                by_language = touched.setdefault(pattern.signal.name, {language: [] for language in LOCALES})
                for language, stretches in by_language.items():
                    if language == stream.language:
                        stretches.append((clauses[match.first][0], clauses[match.last][1]))
                    else:
                        stretches.append(span(stream, match))
        return {
            name: {language: Stretches(stretches) for language, stretches in by_language.items()}
            for name, by_language in touched.items()
        }

    def _after_clearing(self, found: list[_Found]) -> tuple[SignalHit, ...]:
        """Take back what later words clear, then keep the first hit of each phrase in each message."""
        if any(self._clears[hit.signal] for _, hit in found):
            found = self._cleared(found)
        first: dict[tuple[int, str, str, str], SignalHit] = {}
        for message, hit in sorted(found, key=_place):
            first.setdefault((message, hit.signal, hit.phrase, hit.language), hit)
        return tuple(first.values())

    def _cleared(self, found: list[_Found]) -> list[_Found]:
        """Return what no later words clear. Said = finished saying: what a clearing phrase contains, it clears."""
        standing: dict[str, list[_Found]] = {}
        said = sorted(
            found, key=lambda one: (one.message, one.hit.end, bool(self._clears[one.hit.signal]), one.hit.start)
        )
        for one in said:
            for cleared in self._clears[one.hit.signal]:
                standing.pop(cleared, None)
            standing.setdefault(one.hit.signal, []).append(one)
        return [one for ones in standing.values() for one in ones]


def _place(one: _Found) -> tuple[int, int, int, str, str, str]:
    message, hit = one
    return message, hit.start, hit.end, hit.signal, hit.phrase, hit.language


def _is_chance(text: str, stream: Stream, match: Match, phrase: Phrase) -> bool:
    """Tell whether a match is one word of another language that looks alike: "sum" is no form of "sumiu"."""
    if match.first != match.last:
        return False
    start, end = stream.spans[match.first]
    return _spelt(phrase.source, phrase.language).isdisjoint(written_out(text[start:end], phrase.language))


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _spelt(source: str, language: Locale) -> frozenset[str]:
    """Return the folded words that a phrase spells out."""
    return frozenset(word for raw in WORD.findall(source) for word in written_out(raw, language))


def span(stream: Stream, match: Match) -> tuple[int, int]:
    """Return the characters from the first word of a match to its last."""
    return stream.spans[match.first][0], stream.spans[match.last][1]


def clause_spans(stream: Stream) -> list[tuple[int, int]]:
    """Return for each item of the stream the characters of the clause that it stands in."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(stream.units):
        last = at
        while last + 1 < len(stream.units) and not begins_clause(stream, last + 1):
            last += 1
        found.extend([(stream.spans[at][0], stream.spans[last][1])] * (last + 1 - at))
        at = last + 1
    return found


class Stretches:
    """Stretches of a text, united where they touch, so that a question costs a search and no walk."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._united: list[tuple[int, int]] = []
        for start, end in sorted(stretches):
            if self._united and start <= self._united[-1][1]:
                self._united[-1] = (self._united[-1][0], max(end, self._united[-1][1]))
            else:
                self._united.append((start, end))

    def touches(self, start: int, end: int) -> bool:
        """Tell whether any character from `start` to before `end` lies in a stretch."""
        at = bisect_left(self._united, end, key=itemgetter(0)) - 1
        return at >= 0 and self._united[at][1] > start


def _pieces_in(native: Stream, stream: Stream, match: Match) -> tuple[tuple[int, int], ...]:
    """Return where a match in another language's stream stands in the message's own.

    What is denied in either is denied: "no intention of cancelling" by "no". Languages share words (plano and plan have
    one stem), but not all their negators: "no" means "in the" in Portuguese.
    """
    return tuple(
        (_index_at(native, stream.spans[first][0]), _index_at(native, stream.spans[last][0]))
        for first, last in match.pieces
    )


def _index_at(stream: Stream, offset: int) -> int:
    """Return the index of the last word that begins at `offset` or before it."""
    return bisect_right(stream.spans, offset, key=itemgetter(0)) - 1


def _language(tag: str | None, leanings: Iterable[int], default: Locale) -> Locale:
    primary = (tag or "").replace("_", "-").split("-", 1)[0].strip().lower()
    if primary in ("pt", "en"):
        return locale_for(primary)
    return spoken(sum(leanings), default)


def _read_messages(messages: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Return the messages that are read: the first says what it is about, the newest how it stands."""
    if len(messages) <= MAX_MESSAGES:
        return messages
    return (messages[0], *messages[-(MAX_MESSAGES - 1) :])


def _within_limits(messages: Sequence[tuple[str, str]]) -> tuple[list[Kept], bool]:
    """Clean the messages and cut them to MAX_CHARS in all; the second value tells whether anything was lost.

    The head of every message is kept: short ones whole, and the long ones share alike what those leave.
    """
    truncated = len(messages) > MAX_MESSAGES
    texts = [text for _, text in _read_messages(messages)]
    most = _share([len(text) for text in texts], _MAX_LOOKED_AT)
    parts = []
    for text in texts:
        part = keep(text[:most])
        # Where the own text ends well before the cut, only a quoted history was cut with it.
        truncated = truncated or (len(text) > most and part.ranges[-1][1] >= most - 1)
        parts.append(part)
    sizes = [sum(end - start for start, end in part.ranges) for part in parts]
    if sum(sizes) <= MAX_CHARS:
        return parts, truncated
    share = _share(sizes, MAX_CHARS)
    return [_head(part, share) for part in parts], True


def _share(sizes: Sequence[int], total: int) -> int:
    """Return the length to cut each size to so that all together are at most `total`, the shortest ones whole."""
    share = rest = total
    for done, size in enumerate(sorted(sizes)):
        share = rest // (len(sizes) - done)
        rest -= min(size, share)
    return share


def _head(part: Kept, most: int) -> Kept:
    ranges = []
    for start, end in part.ranges:
        if most <= 0:
            break
        ranges.append((start, min(end, start + most)))
        most -= end - start
    return Kept(part.plain, tuple(ranges))
