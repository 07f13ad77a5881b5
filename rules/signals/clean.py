"""What of a message its sender wrote for this occasion: not the quoted reply, the signature or the legal notice.

Whole lines are decided by their shape; a line that could be the customer's own request stays. Within what is left,
words of ours that are cited between quotation marks are taken out.
A cut that would leave nothing is not made. Offsets never move: the parts that stay are ranges of the message.
"""

from __future__ import annotations

from typing import NamedTuple

from rules.signals.cited import cited
from rules.signals.endings import without_device, without_notices, without_signature
from rules.signals.lines import FILLER, blank_markup, has_words, lines_of
from rules.signals.quotes import without_quotes
from rules.signals.words import WORD

Range = tuple[int, int]


class Kept(NamedTuple):
    """The part of a message that is read: `ranges` of `plain`, which has the message's own offsets."""

    plain: str
    ranges: tuple[Range, ...]

    def own_text(self) -> str:
        """Return the ranges as one text."""
        return "\n".join(self.plain[start:end] for start, end in self.ranges)


def keep(text: str) -> Kept:
    """Return what of `text` its sender wrote, in order. A cut that would leave nothing is not made."""
    plain = blank_markup(text)
    lines = lines_of(plain)
    if len(lines) <= 1:
        return _without_cited(plain, [(0, len(plain))])
    for without in (without_quotes, without_notices, without_device, without_signature):
        left = without(lines)
        if has_words(left):
            lines = left
    ranges: list[Range] = []
    for line in lines:
        if ranges and ranges[-1][1] == line.start:
            ranges[-1] = (ranges[-1][0], line.end)
        else:
            ranges.append((line.start, line.end))
    return _without_cited(plain, ranges)


def _without_cited(plain: str, ranges: list[Range]) -> Kept:
    """Take what is cited out of the ranges, where anything else is left."""
    whole = Kept(plain, tuple(ranges))
    stretches = list(cited(plain))
    if not stretches:
        return whole
    left: list[Range] = []
    beyond = 0  # both lists are in order, and no citation goes over the end of a line
    for begin, finish in ranges:
        at = begin
        while beyond < len(stretches) and stretches[beyond][0] < finish:
            start, end = stretches[beyond]
            beyond += 1
            if start >= begin and end <= finish:
                left.append((at, start))
                at = end
        left.append((at, finish))
    kept = Kept(plain, tuple((start, end) for start, end in left if start < end))
    return kept if WORD.search(kept.own_text()) else whole


def clean(text: str) -> str:
    """Return `text` without quoted replies, signature, legal notice and markup.

    A cut that would leave nothing is not made.
    """
    plain, ranges = keep(text)
    return "\n".join(plain[start:end].strip("\n") for start, end in ranges).replace(FILLER, "").strip()
