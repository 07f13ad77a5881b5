"""One automaton over every phrase of every signal in both languages.

A phrase is a few *segments* (words that stand side by side) with gaps between them. All segments of all phrases lie in
one Aho-Corasick automaton over word numbers, so that a text is walked once, however many phrases there are. The
segments that it meets are then joined along a tree of segments in which phrases share their beginnings: only what the
text has already begun is looked at. Exact: every end of every phrase is found, with the nearest beginning to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

import ahocorasick

from rules.signals.phrases import MAX_GAP, Phrase, Step
from rules.signals.stream import Analyse, Stream, Unit, places
from rules.signals.words import MAX_WORD, key, written_out
from rules.text import LOCALES, Locale

_ROOT: Final = 0


class Match(NamedTuple):
    """A phrase met in a stream. `pieces` are its segments in order, as first and last index into the stream."""

    phrase: int
    pieces: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """Index of the first word."""
        return self.pieces[0][0]

    @property
    def last(self) -> int:
        """Index of the last word."""
        return self.pieces[-1][1]


class Scan(NamedTuple):
    """What a stream holds, in the order in which the matches end, and how many steps it took to find it."""

    matches: tuple[Match, ...]
    steps: int


class _Chain(NamedTuple):
    """The beginning of a phrase, met in the text: where it begins and ends, and the pieces before the last one."""

    begin: int
    end_place: int
    piece: tuple[int, int]
    before: _Chain | None

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Yield the pieces from the last to the first."""
        at: _Chain | None = self
        while at is not None:
            yield at.piece
            at = at.before


@dataclass(slots=True)
class _Node:
    """A row of segments with which phrases begin."""

    edges: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Segment -> (most words in between, node)."""
    phrases: list[int] = field(default_factory=list)
    """Phrases that end here."""


class Automaton:
    """All phrases, ready to be looked for. Never changes; threads may share it."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._numbers: dict[tuple[Locale, str], int] = {}
        self._prefixes: dict[tuple[Locale, str], int] = {}
        self._segments: dict[tuple[int, ...], int] = {}
        self._nodes = [_Node()]
        # Which segments ever follow another one: the others need no look at what has begun.
        self._inner: set[int] = set()
        for number, phrase in enumerate(phrases):
            for sequence in phrase.sequences:
                self._plant(number, phrase.language, sequence)
        self._window = MAX_GAP + 1 + max(map(len, self._segments), default=1)
        self._prefix_lengths = {
            language: sorted({len(prefix) for tongue, prefix in self._prefixes if tongue == language})
            for language in LOCALES
        }
        self._words = ahocorasick.Automaton(ahocorasick.STORE_ANY, ahocorasick.KEY_SEQUENCE)
        for keys, segment in self._segments.items():
            if keys[0] > 0:  # prefixes have negative numbers, and are found word by word
                self._words.add_word(keys, (segment, len(keys)))
        if len(self._words):
            self._words.make_automaton()

    def _plant(self, number: int, language: Locale, sequence: tuple[Step, ...]) -> None:
        node = _ROOT
        for gap, segment in self._cut(language, sequence):
            if node != _ROOT:
                self._inner.add(segment)
            targets = self._nodes[node].edges.setdefault(segment, [])
            for known_gap, target in targets:
                if known_gap == gap:
                    node = target
                    break
            else:
                self._nodes.append(_Node())
                node = len(self._nodes) - 1
                targets.append((gap, node))
        ending = self._nodes[node].phrases
        if number not in ending:
            ending.append(number)

    def _cut(self, language: Locale, sequence: tuple[Step, ...]) -> Iterator[tuple[int, int]]:
        """Yield (gap before it, segment): words side by side are one segment, a prefix is always one of its own."""
        inside = range(1, len(sequence))
        starts = (at for at in inside if sequence[at].gap or sequence[at].is_prefix or sequence[at - 1].is_prefix)
        for start, end in pairwise((0, *starts, len(sequence))):
            numbers = tuple(self._number(language, step) for step in sequence[start:end])
            yield sequence[start].gap, self._segments.setdefault(numbers, len(self._segments))

    def _number(self, language: Locale, step: Step) -> int:
        if step.is_prefix:
            return self._prefixes.setdefault((language, step.key), -len(self._prefixes) - 1)
        return self._numbers.setdefault((language, step.key), len(self._numbers) + 1)

    def analyser(self) -> Analyse:
        """Return the function that says which of the phrases' words a raw word is."""

        def analyse(raw: str) -> tuple[tuple[Unit, ...], ...]:
            return tuple(
                tuple(self._unit(word, language) for word in written_out(raw, language)) for language in LOCALES
            )

        return analyse

    def _unit(self, word: str, language: Locale) -> Unit:
        number = self._numbers.get((language, key(word, language)), 0)
        prefixes = []
        for length in self._prefix_lengths[language]:
            if length > min(len(word), MAX_WORD):
                break
            prefix = self._prefixes.get((language, word[:length]))
            if prefix is not None:
                prefixes.append(self._segments[(prefix,)])
        return Unit(word, number, tuple(prefixes))

    def scan(self, stream: Stream) -> Scan:
        """Return every phrase of the stream's language that it holds.

        For each phrase and each of its ends there is one match: the one that begins nearest to that end.
        Steps grow with the stream, at most MAX_GAP + 1 for each beginning that a segment could go on from.
        """
        found: dict[tuple[int, int], _Chain] = {}
        live: dict[int, list[_Chain]] = {}
        steps = 0
        at = places(stream)
        for last, segment, length in self._met(stream):
            first = last - length + 1
            steps += 1
            reached: dict[int, _Chain] = {}
            begun = self._nodes[_ROOT].edges.get(segment)
            if begun:
                chain = _Chain(first, at[last], (first, last), None)
                for _, target in begun:
                    reached[target] = chain
            if segment in self._inner:
                steps += self._go_on(at, live, (segment, first, last), reached)
            for target, chain in reached.items():
                node = self._nodes[target]
                if node.edges:
                    _keep(live.setdefault(target, []), chain, self._window)
                for phrase in node.phrases:
                    best = found.get((phrase, last))
                    if best is None or chain.begin > best.begin:
                        found[phrase, last] = chain
        matches = (Match(phrase, tuple(chain.pieces())[::-1]) for (phrase, _), chain in found.items())
        return Scan(tuple(sorted(matches, key=lambda match: (match.last, match.first, match.phrase))), steps)

    def _go_on(
        self,
        at: list[int],
        live: dict[int, list[_Chain]],
        met: tuple[int, int, int],
        reached: dict[int, _Chain],
    ) -> int:
        """Lengthen what has begun by the segment that was met. Return the steps taken."""
        segment, first, last = met
        place = at[first]
        # A segment that ends later may begin earlier, but never further back than the longest one reaches.
        horizon = at[last] - self._window
        steps = 0
        for node, chains in list(live.items()):
            steps += 1
            if chains[-1].end_place < horizon:
                del live[node]
                continue
            for gap, target in self._nodes[node].edges.get(segment, ()):
                for chain in reversed(chains):
                    steps += 1
                    between = place - chain.end_place - 1
                    if between > gap:
                        break
                    known = reached.get(target)
                    if between >= 0 and (known is None or chain.begin > known.begin):
                        reached[target] = _Chain(chain.begin, at[last], (first, last), chain)
        return steps

    def _met(self, stream: Stream) -> Iterator[tuple[int, int, int]]:
        """Yield (last index, segment, words in it), ordered by the last index."""
        met: list[tuple[int, int, int]] = []
        if len(self._words):
            numbers = tuple(unit.number for unit in stream.units)
            met.extend((last, segment, length) for last, (segment, length) in self._words.iter(numbers))
        if self._prefixes:
            whole = len(met)
            met.extend((at, segment, 1) for at, unit in enumerate(stream.units) for segment in unit.prefixes)
            if len(met) > whole:
                met.sort()
        yield from met


def _keep(chains: list[_Chain], chain: _Chain, window: int) -> None:
    """Keep what was begun, and nothing that no later word can go on from. A node is reached once for each end."""
    chains.append(chain)
    if len(chains) > window:  # ends differ, so the oldest is out of reach
        del chains[0]
