"""One automaton over every phrase of every signal in both languages.

A phrase is a few *segments* (words that stand side by side) with gaps between them. All segments of all phrases lie in
one Aho-Corasick automaton over word numbers, so that a text is walked once, however many phrases there are. The
segments that it meets are then joined along the graphs of all phrases at once, in which they share their beginnings:
only what the text has already begun is looked at. Exact: every end of every phrase is found, with the nearest beginning
to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import ahocorasick

from rules.signals.phrases import MAX_GAP, Phrase
from rules.signals.stream import Analyse, Stream, Unit, places
from rules.signals.words import MAX_WORD, key, modern, written_out
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


Ways = dict[int, tuple[tuple[int, int], ...]]
"""From one node: segment -> (most words in between, node) of each way on."""

_States = tuple[int, ...]
"""States of phrases' graphs, numbered through all phrases."""


class _Reached(NamedTuple):
    """The phrases that end at a node, and whether any goes on behind it."""

    ends: tuple[int, ...]
    goes_on: bool


class Automaton:
    """All phrases, ready to be looked for. Threads may share it.

    What leads from segment to segment is drawn as texts reach into it: whole, it would have a place for every way to
    read every phrase, and hardly any of them is ever begun.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._numbers: dict[tuple[Locale, str], int] = {}
        self._prefixes: dict[tuple[Locale, str], int] = {}
        self._segments: dict[tuple[int, ...], int] = {}
        # Which segments ever follow another one: the others need no look at what has begun.
        self._inner: set[int] = set()
        # Per state: (segment, most words in between, state) of each way on, and the phrase that ends there.
        self._arcs: list[list[tuple[int, int, int]]] = []
        self._final: dict[int, int] = {}
        begins = tuple([self._add(number, phrase) for number, phrase in enumerate(phrases)])
        self._drawing = threading.Lock()
        # A node is where phrases are in these states, however they came to be there.
        self._nodes: dict[_States, int] = {begins: _ROOT}
        self._states: list[_States] = [begins]
        self._reached: dict[int, _Reached] = {}
        self._ways: dict[int, Ways] = {}
        self._draw(_ROOT)
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

    def _add(self, number: int, phrase: Phrase) -> int:
        """Add the phrase's graph. Return the number of the state that it begins in."""
        first = len(self._arcs)
        segment_of: dict[tuple[tuple[str, ...], bool], int] = {}
        for state, arcs in enumerate(phrase.arcs):
            ways = []
            for keys, is_prefix, gap, to in arcs:
                segment = segment_of.get((keys, is_prefix))
                if segment is None:
                    segment = segment_of[keys, is_prefix] = self._segment(phrase.language, keys, is_prefix)
                ways.append((segment, gap, first + to))
                if state:
                    self._inner.add(segment)
            self._arcs.append(ways)
        self._final.update((first + state, number) for state in phrase.ends)
        return first

    def _at(self, node: int) -> _Reached:
        """Return what there is at a node. Two threads that ask at once work out the same."""
        found = self._reached.get(node)
        if found is None:
            states = self._states[node]
            ends = tuple([self._final[state] for state in states if state in self._final])
            found = self._reached[node] = _Reached(ends, any(self._arcs[state] for state in states))
        return found

    def _ways_of(self, node: int) -> Ways:
        ways = self._ways.get(node)
        if ways is None:
            with self._drawing:
                ways = self._ways.get(node) or self._draw(node)
        return ways

    def _draw(self, node: int) -> Ways:
        """Draw the ways out of a node: phrases that go on alike go on together."""
        alike: dict[tuple[int, int], _States] = {}
        for state in self._states[node]:
            for segment, gap, to in self._arcs[state]:
                alike[segment, gap] = (*alike.get((segment, gap), ()), to)
        ways: Ways = {}
        for (segment, gap), states in alike.items():
            target = self._nodes.get(states)
            if target is None:
                target = self._nodes[states] = len(self._states)
                self._states.append(states)
            ways[segment] = (*ways.get(segment, ()), (gap, target))
        self._ways[node] = ways
        return ways

    def _segment(self, language: Locale, keys: tuple[str, ...], is_prefix: bool) -> int:  # noqa: FBT001 - a field of the row
        if is_prefix:
            numbers: tuple[int, ...] = (self._prefixes.setdefault((language, keys[0]), -len(self._prefixes) - 1),)
        else:
            known = self._numbers
            numbers = tuple([known.setdefault((language, key), len(known) + 1) for key in keys])
        return self._segments.setdefault(numbers, len(self._segments))

    def analyser(self, meant: Callable[[str, Locale], str | None] | None = None) -> Analyse:
        """Return the function that says which of the phrases' words a raw word is.

        `meant` says which word stands for one that no phrase knows, if any; without it each stands for itself.
        """

        def unit(word: str, language: Locale) -> Unit:
            found = self._unit(word, language)
            if meant is None or found.number or found.prefixes:
                return found
            other = meant(word, language)
            return found if other is None else self._unit(other, language)

        def analyse(raw: str) -> tuple[tuple[Unit, ...], ...]:
            return tuple([tuple([unit(word, language) for word in written_out(raw, language)]) for language in LOCALES])

        return analyse

    def _unit(self, word: str, language: Locale) -> Unit:
        number = self._numbers.get((language, key(word, language)), 0)
        prefixes = []
        begun = modern(word) if language == "pt-BR" else word
        for length in self._prefix_lengths[language]:
            if length > min(len(begun), MAX_WORD):
                break
            prefix = self._prefixes.get((language, begun[:length]))
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
            begun = self._ways[_ROOT].get(segment)
            if begun:
                chain = _Chain(first, at[last], (first, last), None)
                for _, target in begun:
                    reached[target] = chain
            if segment in self._inner:
                steps += self._go_on(at, live, (segment, first, last), reached)
            for target, chain in reached.items():
                ends, goes_on = self._at(target)
                if goes_on:
                    _keep(live.setdefault(target, []), chain, self._window)
                for phrase in ends:
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
            for gap, target in self._ways_of(node).get(segment, ()):
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
    """Keep what was begun, and nothing that no later word can go on from. Of two with one end the nearer counts."""
    if chains and chains[-1].end_place == chain.end_place:
        if chain.begin > chains[-1].begin:
            chains[-1] = chain
        return
    chains.append(chain)
    if len(chains) > window:  # ends differ, so the oldest is out of reach
        del chains[0]
