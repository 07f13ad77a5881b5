"""Names that durable-rules can tell apart.

The engine compares property names, and the ids of facts, by their 32-bit FNV-1a hash alone: two names with one hash
would be one property, silently. So every name is given out here, and never one whose hash is taken.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container
from typing import Final

SESSION: Final = "s"
WIDE_ID: Final = "t"
"""The id of the fact about the ticket and its customer."""
WARM_ID: Final = "w"
WARM: Final = "__warm"
KIND: Final = "kind"
ONE: Final = "_1"
"""A property that is 1 on every fact that takes part in a join."""
ITEM_MARK: Final = '"id":"i'
"""How an item's id begins in the engine's answers; facts hold numbers only, so nothing else looks like it."""
ITEM_BATCH: Final = 256
"""Items in one engine session; a longer collection is evaluated in several."""
ITEM_IDS: Final = tuple(f"i{index}" for index in range(ITEM_BATCH))

_LONGEST: Final = 48
_PLACES: Final = 32
_RESERVED: Final = ("id", "sid", KIND, ONE, WARM, "$s", "$forward", "$m", "$i")


def fnv1a(text: str) -> int:
    """Return the 32-bit FNV-1a hash of `text` in UTF-8, as the engine works it out."""
    found = 0x811C9DC5
    for byte in text.encode():
        found = ((found ^ byte) * 0x01000193) & 0xFFFFFFFF
    return found


class Names:
    """Gives out property names of [a-z0-9_], no two with the same hash."""

    def __init__(self, hashed: Callable[[str], int] = fnv1a) -> None:
        self._hashed = hashed
        self._taken = {hashed(name) for name in _RESERVED}

    def give(self, wish: str) -> str:
        """Return a free name as near to `wish` as the engine allows."""
        stem = "p_" + re.sub(r"[^a-z0-9_]", "_", wish[:_LONGEST].lower())
        name = stem
        count = 1
        while self._hashed(name) in self._taken:
            count += 1
            name = f"{stem}__{count}"
        self._taken.add(self._hashed(name))
        return name


class PageNames:
    """The names under which the rules of a page read what is on a fact: the same on every page, and short.

    The engine has 32 places for the tests that may come next, takes a property's by the last five bits of its hash,
    and looks on from there to the next empty place. So the names that lie side by side (the first test of each rule of
    a group) get every other place, and all other names get those between: a look ends where it began.
    """

    GROUP: Final = 15
    """Rules that share a gate: one for each of the even places but that of `id`."""

    def __init__(self) -> None:
        self._taken = {fnv1a(name) for name in _RESERVED}
        self._given: dict[tuple[str, int, int], str] = {}
        self._numbers = itertools.count()

    def gate(self, group: int) -> str:
        """Return the property that lets a fact through to a group of rules."""
        return self._give("gate", group, 0, range(1, 8, 2))

    def test(self, rule: int, place: int) -> str:
        """Return the property of a rule's test: `place` is its number among the rule's properties, from 0."""
        if place == 0:
            return self._give("test", rule, 0, (2 * (rule % self.GROUP) + 2,))
        return self._give("test", rule, place, range(9, _PLACES, 2))

    def other(self, rule: int, role: str, place: int = 0) -> str:
        """Return another property of a rule."""
        return self._give(role, rule, place, range(9, _PLACES, 2))

    def _give(self, role: str, rule: int, place: int, places: Container[int]) -> str:
        key = (role, rule, place)
        while key not in self._given:
            name = f"p{next(self._numbers):x}"
            found = fnv1a(name)
            if found % _PLACES in places and found not in self._taken:
                self._taken.add(found)
                self._given[key] = name
        return self._given[key]


def _distinct_ids() -> None:
    ids = (*ITEM_IDS, WIDE_ID, WARM_ID, f"sid-{SESSION}")
    if len({fnv1a(name) for name in ids}) != len(ids):
        raise AssertionError("two fact ids share an FNV-1a hash: the engine would drop one of the facts")


_distinct_ids()
