"""One automaton over every phrase of every signal in both languages.

A phrase is a few *segments* (words that stand side by side) with gaps between them. Those of several words are found by
their first two, those of one word are known with the word, so that a text is walked once, however many phrases there
are. The segments that it meets are then joined along the graphs of all phrases at once, in which they share their
beginnings: only what the text has already begun and may still go on is looked at. Exact: every end of every phrase is
found, with the nearest beginning to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from rules.signals.phrases import MAX_GAP, Phrase
from rules.signals.stream import Analyse, Stream, Unit
from rules.signals.words import MAX_WORD, drawn_out, fold, key, modern, written_out
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


_NOTHING: Final = Scan((), 0)


_Chain = tuple[int, int, tuple[int, int], "_Chain | None"]
"""The beginning of a phrase, met in the text: where it begins and ends, its last piece, and the chain before that.

A bare tuple, for thousands are made: begin, end's place, piece, before.
"""


def _pieces(chain: _Chain) -> tuple[tuple[int, int], ...]:
    """Return the pieces of a chain from the first to the last."""
    _, _, piece, before = chain
    if before is None:
        return (piece,)
    pieces = [piece]
    while before is not None:
        _, _, piece, before = before
        pieces.append(piece)
    return tuple(reversed(pieces))


Ways = dict[int, tuple[tuple[int, int], ...]]
"""From one node: segment -> (most words in between, node) of each way on."""

_States = tuple[int, ...]
"""States of phrases' graphs, numbered through all phrases."""


class _Reached(NamedTuple):
    """The phrases that end at a node, and the segments with which others go on behind it."""

    ends: tuple[int, ...]
    onward: frozenset[int]


class Automaton:
    """All phrases, ready to be looked for. Threads may share it.

    What leads from segment to segment is drawn as texts reach into it: whole, it would have a place for every way to
    read every phrase, and hardly any of them is ever begun.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._numbers: dict[tuple[Locale, str], int] = {}
        self._prefixes: dict[tuple[Locale, str], int] = {}
        self._segments: dict[tuple[int, ...], int] = {}
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
        # No gap stands before a phrase, so a segment that begins any leads to one node.
        self._begins = {segment: node for segment, ((_, node),) in self._draw(_ROOT).items()}
        self._window = MAX_GAP + 1 + max(map(len, self._segments), default=1)
        self._prefix_lengths = {
            language: sorted({len(prefix) for tongue, prefix in self._prefixes if tongue == language})
            for language in LOCALES
        }
        # First two words -> how many words there are in all -> the segments of so many words.
        # Segments of one word are found word by word; prefixes are, and have negative numbers.
        self._rows: dict[tuple[int, ...], dict[int, dict[tuple[int, ...], int]]] = {}
        for keys, segment in self._segments.items():
            if len(keys) > 1:
                self._rows.setdefault(keys[:2], {}).setdefault(len(keys), {})[keys] = segment

    def _add(self, number: int, phrase: Phrase) -> int:
        """Add the phrase's graph. Return the number of the state that it begins in."""
        first = len(self._arcs)
        segment_of: dict[tuple[tuple[str, ...], bool], int] = {}
        for arcs in phrase.arcs:
            ways = []
            for keys, is_prefix, gap, to in arcs:
                segment = segment_of.get((keys, is_prefix))
                if segment is None:
                    segment = segment_of[keys, is_prefix] = self._segment(phrase.language, keys, is_prefix)
                ways.append((segment, gap, first + to))
            self._arcs.append(ways)
        self._final.update((first + state, number) for state in phrase.ends)
        return first

    def _at(self, node: int) -> _Reached:
        """Return what there is at a node. Two threads that ask at once work out the same."""
        found = self._reached.get(node)
        if found is None:
            states = self._states[node]
            ends = tuple([self._final[state] for state in states if state in self._final])
            onward = frozenset(segment for state in states for segment, _, _ in self._arcs[state])
            found = self._reached[node] = _Reached(ends, onward)
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

        def unit(word: str, raw: str, language: Locale) -> Unit:
            found = self._unit(word, language)
            if meant is None or found.number or found.alone:
                return found
            # "encerrr" lacks a letter, where "sooo" has some too many.
            other = meant(word, language) or (meant(fold(raw), language) if drawn_out(raw) else None)
            return found if other is None else self._unit(other, language)

        def analyse(raw: str) -> tuple[tuple[Unit, ...], ...]:
            return tuple(
                [tuple([unit(word, raw, language) for word in written_out(raw, language)]) for language in LOCALES]
            )

        return analyse

    def _unit(self, word: str, language: Locale) -> Unit:
        number = self._numbers.get((language, key(word, language)), 0)
        whole = self._segments.get((number,))
        alone = [] if whole is None else [whole]
        begun = modern(word) if language == "pt-BR" else word
        for length in self._prefix_lengths[language]:
            if length > min(len(begun), MAX_WORD):
                break
            prefix = self._prefixes.get((language, begun[:length]))
            if prefix is not None:
                alone.append(self._segments[(prefix,)])
        return Unit(word, number, tuple(alone))

    def scan(self, stream: Stream) -> Scan:  # noqa: C901 - one loop over every text; a call per step would cost more than the step
        """Return every phrase of the stream's language that it holds.

        For each phrase and each of its ends there is one match: the one that begins nearest to that end.
        Steps grow with the stream, at most MAX_GAP + 1 for each beginning that a segment could go on from.
        """
        met = self._met(stream)
        if not met:
            return _NOTHING
        begins, known = self._begins, self._reached
        final = {segment: number for number, (_, segment, _) in enumerate(met)}
        ahead = set(final)
        begun = _Begun(self._window)
        waiting_for = begun.waiting.get
        found: dict[tuple[int, int], _Chain] = {}
        at = stream.places
        steps = len(met)
        for number, (last, segment, length) in enumerate(met):
            if final[segment] == number:
                ahead.discard(segment)
            waiting = waiting_for(segment)
            node = begins.get(segment)
            if not waiting and node is None:
                continue
            first = last - length + 1
            piece = first, last
            reached: dict[int, _Chain] = {}
            if waiting:
                steps += self._go_on(waiting, (segment, at[first], at[last], piece), reached)
            if node is not None:
                reached[node] = (first, at[last], piece, None)
            for node, chain in reached.items():
                ends, onward = known.get(node) or self._at(node)
                awaited = ahead & onward
                if awaited:
                    begun.keep(node, chain, awaited)
                for phrase in ends:
                    best = found.get((phrase, last))
                    if best is None or chain[0] > best[0]:
                        found[phrase, last] = chain
        ordered = sorted([(last, chain[0], phrase) for (phrase, last), chain in found.items()])
        return Scan(tuple([Match(phrase, _pieces(found[phrase, last])) for last, _, phrase in ordered]), steps)

    def _go_on(
        self, waiting: dict[int, list[_Chain]], met: tuple[int, int, int, tuple[int, int]], reached: dict[int, _Chain]
    ) -> int:
        """Lengthen what waits for the segment that was met. Return the steps taken.

        A segment that ends later may begin earlier, but never further back than the longest one reaches: what ended
        before that is spent.
        """
        segment, place, end_place, piece = met
        steps = len(waiting)
        reach = end_place - self._window
        spent = []
        known = self._ways
        for node, chains in waiting.items():
            if chains[-1][1] < reach:
                spent.append(node)
                continue
            for gap, target in (known.get(node) or self._ways_of(node))[segment]:
                for chain in reversed(chains):
                    steps += 1
                    between = place - chain[1] - 1
                    if between > gap:
                        break
                    nearest = reached.get(target)
                    if between >= 0 and (nearest is None or chain[0] > nearest[0]):
                        reached[target] = (chain[0], end_place, piece, chain)
        for node in spent:
            del waiting[node]
        return steps

    def _met(self, stream: Stream) -> list[tuple[int, int, int]]:
        """Return (last index, segment, words in it), ordered by the last index."""
        met = [(at, segment, 1) for at, (_, _, alone) in enumerate(stream.units) for segment in alone]
        numbers = tuple([number for _, number, _ in stream.units])
        begun = self._rows
        rows = [
            (first + length - 1, segment, length)
            for first, pair in enumerate(pairwise(numbers))
            if pair in begun
            for length, segments in begun[pair].items()
            if (segment := segments.get(numbers[first : first + length])) is not None
        ]
        return sorted(met + rows) if rows else met


class _Begun:
    """What a text has begun of phrases: for each segment the nodes that it leads on from, and the chains to them."""

    def __init__(self, window: int) -> None:
        self.waiting: dict[int, dict[int, list[_Chain]]] = {}
        self._chains: dict[int, list[_Chain]] = {}
        self._window = window

    def keep(self, node: int, chain: _Chain, awaited: set[int]) -> None:
        """Keep a chain to a node that segments ahead lead on from. Of two with one end the nearer counts."""
        chains = self._chains.get(node)
        if chains is None:
            chains = self._chains[node] = [chain]
        elif chains[-1][1] == chain[1]:
            if chain[0] > chains[-1][0]:
                chains[-1] = chain
        else:
            chains.append(chain)
            if len(chains) > self._window:  # ends differ, so the oldest is out of reach
                del chains[0]
        waiting = self.waiting
        for segment in awaited:
            known = waiting.get(segment)
            if known is None:
                waiting[segment] = {node: chains}
            else:
                known[node] = chains
