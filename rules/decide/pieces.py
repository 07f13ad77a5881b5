"""The parts of a decision's document that many decisions share, as plain values and as the bytes that they become.

The texts of an action and what a rule says of the same values come again and again: their bytes are written once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeVar

import orjson

from rules.model import Fired, LeafResult, Text

Thing = TypeVar("Thing")

_REMEMBERED: Final = 4_096
_LEAST, _MOST = 1e-4, 1e16
"""Floats between them are written alike by `json` and by orjson: without an exponent."""


class Pieces(NamedTuple):
    """How the parts are written. `value` takes a value of a field, `said` a text of nobody's language."""

    texts: Callable[[Text], Any]
    fired: Callable[[Fired], Any]
    leaves: Callable[[tuple[LeafResult, ...]], Any]
    value: Callable[[Any], Any]
    said: Callable[[str], Any]


def in_full(document: object) -> bytes:
    """Return plain JSON values as canonical bytes. Raise ValueError for a number that JSON has not."""
    return json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=True).encode(
        "ascii"
    )


# --- plain values -------------------------------------------------------------------------------


def _texts(text: Text) -> dict[str, str]:
    return {"pt-BR": text.pt_br, "en": text.en}


def _fired(fired: Fired) -> dict[str, Any]:
    return {
        "rule": fired.rule,
        "version": fired.version,
        "kind": fired.kind.value,
        "leaves": _leaves(fired.leaves),
    }


def _leaves(leaves: tuple[LeafResult, ...]) -> list[dict[str, Any]]:
    return [
        {
            "field": leaf.field,
            "op": leaf.op,
            "expected": _listed(leaf.expected),
            "actual": _listed(leaf.actual),
            "truth": leaf.truth,
        }
        for leaf in leaves
    ]


def _listed(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(value: object) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


PLAIN: Final = Pieces(_texts, _fired, _leaves, _value, str)
"""Everything as JSON values."""


# --- bytes --------------------------------------------------------------------------------------


class _Remembered(Generic[Thing]):
    """Writes things, and remembers what was written of one. It goes by which one it is, for equal is not the same.

    (1 equals 1.0, and is written differently.) What is remembered is held, so that no other can take its place.
    """

    def __init__(self, plain: Callable[[Thing], Any]) -> None:
        self._plain = plain
        self._known: dict[int, tuple[Thing, orjson.Fragment]] = {}

    def __call__(self, thing: Thing) -> orjson.Fragment:
        known = self._known.get(id(thing))
        if known is not None:
            return known[1]
        written = orjson.Fragment(in_full(self._plain(thing)))
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[id(thing)] = thing, written
        return written


@lru_cache(maxsize=_REMEMBERED)
def _written_said(text: str) -> orjson.Fragment:
    return orjson.Fragment(in_full(text))


def _written_value(value: Any) -> Any:
    """Return the value where orjson writes it as `json` does, else what `json` writes."""
    if value.__class__ is str:
        return value if value.isascii() else orjson.Fragment(in_full(value))
    if value.__class__ is float:
        alike = _LEAST <= value < _MOST or _LEAST <= -value < _MOST or value == 0.0
        return value if alike else orjson.Fragment(in_full(value))
    return orjson.Fragment(in_full(sorted(value))) if isinstance(value, frozenset) else value


WRITTEN: Final = Pieces(_Remembered(_texts), _Remembered(_fired), _Remembered(_leaves), _written_value, _written_said)
"""What comes again and again as its bytes."""
