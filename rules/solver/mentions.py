"""What some conditions ask of each field: nothing else can tell two facts apart, so nothing else needs a symbol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test

Key = tuple[str, str]
"""(collection, field of its items), or ("", wide field)."""


@dataclass
class Mentions:
    """Constants by field, the `exists` by collection, and which fields are compared with each other."""

    constants: dict[Key, dict[Scalar, None]] = field(default_factory=dict)
    exists: dict[str, dict[Exists, None]] = field(default_factory=dict)
    _alike: dict[Key, Key] = field(default_factory=dict)

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> Mentions:
        """Return the mentions of all the conditions; dicts keep the order in which they were first met."""
        found = cls()
        for condition in conditions:
            found._take(condition, "")
        return found

    def compared(self, key: Key) -> tuple[Key, ...]:
        """Return the field and all that it is compared with, directly or through others."""
        root = self._root(key)
        return tuple(found for found in self.constants if self._root(found) == root)

    def of_collection(self, collection: str) -> Iterator[str]:
        """Yield the fields of the collection's items that are asked for."""
        for found, name in self.constants:
            if found == collection:
                yield name

    def _take(self, condition: Condition, inside: str) -> None:
        match condition:
            case All(parts) | AnyOf(parts):
                for part in parts:
                    self._take(part, inside)
            case Not(part):
                self._take(part, inside)
            case Exists(collection, where):
                self.exists.setdefault(collection, {})[condition] = None
                self._take(where, collection)
            case Test():
                self._take_test(condition, (inside, condition.field))

    def _take_test(self, test: Test, key: Key) -> None:
        asked = self.constants.setdefault(key, {})
        if test.op is Op.SAME_AS:
            other = ("", str(test.value))
            self.constants.setdefault(other, {})
            one, two = self._root(key), self._root(other)
            if one != two:
                self._alike[one] = two
        elif test.op is not Op.KNOWN:
            for value in test.value if isinstance(test.value, tuple) else (test.value,):
                asked[value] = None

    def _root(self, key: Key) -> Key:
        while key in self._alike:
            key = self._alike[key]
        return key
