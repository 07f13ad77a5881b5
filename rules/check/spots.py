"""Every place of a condition: what stands there, where in the file, and the whole with something else in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test
from rules.loader.yaml_strict import Document, Place
from rules.text import number_text
from rules.vocabulary import COLLECTIONS, FIELDS, Field

Rebuild = Callable[[Condition], Condition]


@dataclass(frozen=True, slots=True)
class Spot:
    """One node of a condition.

    `rebuild` gives the whole condition with another node here. `within` is the `exists` that it lies in, if it does:
    the spot of that `exists` itself, and `inner` the same as `rebuild` for its `where` alone.
    """

    condition: Condition
    place: Place
    rebuild: Rebuild
    within: Spot | None = None
    inner: Rebuild | None = None

    @property
    def collection(self) -> str | None:
        """The collection whose items are asked here; None for the ticket and customer."""
        return self.within.condition.collection if self.within and isinstance(self.within.condition, Exists) else None

    def field(self, name: str) -> Field:
        """Return the field that a test at this place asks by `name`."""
        return FIELDS[name] if self.collection is None else COLLECTIONS[self.collection].fields[name]


def spots(condition: Condition, document: Document, place: Place = ("when",)) -> Iterator[Spot]:
    """Yield every node of the condition that stands at `place` of the file, parents first, in the order written."""
    raw: Any = document.data
    for step in place:
        raw = raw[step]
    yield from _spots(Spot(condition, place, _itself), raw)


def leaf_spots(condition: Condition, document: Document, place: Place = ("when",)) -> Iterator[Spot]:
    """Yield the tests of the condition, those that ask the items of a collection among them."""
    return (spot for spot in spots(condition, document, place) if isinstance(spot.condition, Test))


def _itself(condition: Condition) -> Condition:
    return condition


def _spots(spot: Spot, raw: Mapping[str, Any], *, named: bool = False) -> Iterator[Spot]:
    """Yield the spot and those below it.

    `raw` is the mapping of the file that it was read from; `named`: its place ends with the key of it already.
    """
    condition, place = spot.condition, spot.place
    if isinstance(condition, All) and len(raw) > 1:  # the keys of one item, all of which count
        yield spot
        for index, (name, value) in enumerate(raw.items()):
            yield from _spots(_part(spot, condition.parts, index, (*place, name)), {name: value}, named=True)
        return
    ((name, value),) = raw.items()
    here = place if named else (*place, name)
    match condition:
        case All(parts) | AnyOf(parts):
            yield Spot(condition, here, spot.rebuild, spot.within, spot.inner)
            for index, part in enumerate(value):
                yield from _spots(_part(spot, parts, index, (*here, index)), part)
        case Not(part):
            yield Spot(condition, here, spot.rebuild, spot.within, spot.inner)
            below = _below(spot, part, here, Not)
            if name == "none":
                yield from _spots(below, raw, named=True)
            else:
                yield from _spots(below, value)
        case Exists(collection, where):
            own = Spot(condition, here, spot.rebuild, spot.within, spot.inner)
            yield own

            def rebuilt(new: Condition) -> Condition:
                return spot.rebuild(Exists(collection, new))

            below = Spot(where, (*here, "where"), rebuilt, own, _itself)
            yield from _spots(below, value["where"])
        case Test():
            yield Spot(condition, here, spot.rebuild, spot.within, spot.inner)


def _part(spot: Spot, parts: tuple[Condition, ...], index: int, place: Place) -> Spot:
    group = type(spot.condition)

    def wrapped(new: Condition) -> Condition:
        return group((*parts[:index], new, *parts[index + 1 :]))  # type: ignore[call-arg,arg-type]  # all or any

    return _below(spot, parts[index], place, wrapped)


def _below(spot: Spot, part: Condition, place: Place, wrapped: Callable[[Condition], Condition]) -> Spot:
    """Return the spot of a part; `wrapped` makes the parent anew around another part."""
    inner = spot.inner

    def rebuilt(new: Condition) -> Condition:
        return spot.rebuild(wrapped(new))

    def rebuilt_inner(new: Condition) -> Condition:
        return wrapped(new) if inner is None else inner(wrapped(new))

    return Spot(part, place, rebuilt, spot.within, rebuilt_inner if inner is not None else None)


def written(condition: Condition) -> str:
    """Return a condition on one line, as a file could hold it."""
    match condition:
        case Test(field, Op.IS | Op.EQUALS, value):
            return f"{field}: {_value(value)}"
        case Test(field, op, value):
            return f"{field}: {{{op.value}: {_value(value)}}}"
        case All(parts):
            return f"all: [{', '.join(map(written, parts))}]"
        case AnyOf(parts):
            return f"any: [{', '.join(map(written, parts))}]"
        case Not(Exists(collection, where)):
            return f"none: {{in: {collection}, where: {{{written(where)}}}}}"
        case Not(part):
            return f"not: {{{written(part)}}}"
        case Exists(collection, where):
            return f"exists: {{in: {collection}, where: {{{written(where)}}}}}"


def _value(value: Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return number_text(value) if isinstance(value, float) else str(value)
