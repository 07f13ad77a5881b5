"""What of a message its sender wrote for this occasion: not the quoted reply, the signature or the legal notice.

Everything is decided on whole lines, by their shape; a line that could be the customer's own request stays.
A cut that would leave nothing is not made. Offsets never move: the parts that stay are ranges of the message.
"""

from __future__ import annotations

from typing import NamedTuple

from rules.signals.endings import without_device, without_notices, without_signature
from rules.signals.lines import FILLER, blank_markup, has_words, lines_of
from rules.signals.quotes import without_quotes

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
        return Kept(plain, ((0, len(plain)),))
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
    return Kept(plain, tuple(ranges))


def clean(text: str) -> str:
    """Return `text` without quoted replies, signature, legal notice and markup.

    A cut that would leave nothing is not made.
    """
    plain, ranges = keep(text)
    return "\n".join(plain[start:end].strip("\n") for start, end in ranges).replace(FILLER, "").strip()
