"""What the keys of rule files may hold: shapes of mappings and of values; what is wrong is a `Fault`, no sentence."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Final, NamedTuple

from rules.loader.findings import Param
from rules.loader.yaml_strict import Place, TypedNumber
from rules.text import LOCALES, Text, number_text
from rules.vocabulary import nearest

_TYPES: Final[Mapping[type, Text]] = {
    bool: Text("true ou false", "true or false"),
    int: Text("um número inteiro", "a whole number"),
    float: Text("um número", "a number"),
    TypedNumber: Text("um número", "a number"),
    str: Text("um texto", "a text"),
    list: Text("uma lista", "a list"),
    dict: Text("um grupo de chaves", "a group of keys"),
}
A_TEXT: Final = _TYPES[str]
A_NUMBER: Final = _TYPES[float]
A_WHOLE: Final = _TYPES[int]
A_FLAG: Final = _TYPES[bool]


def kind_of(value: object) -> Text:
    """Return what a plain value is, in words."""
    return _TYPES.get(type(value), Text("outra coisa", "something else"))


def shown(value: object) -> str:
    """Return a plain value as a file would write it, cut to a readable length."""
    text = _written(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case TypedNumber():
            return value.typed
        case float():
            return number_text(value)
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}: {_written(inner)}" for key, inner in value.items()) + "}"
        case str() if _READ_OTHERWISE.fullmatch(value):
            return f'"{value}"'
    return str(value)


_READ_OTHERWISE: Final = re.compile(r"true|false|-?[0-9]+(\.[0-9]+)?")
"""Texts that a file holds between quotes only."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value: a code of the catalogue, its slots, and whether the key is at fault."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    on_key: bool = False


class Fault(NamedTuple):
    """A problem and where it is."""

    place: Place
    problem: Problem


Faults = list[Fault]


class Value(ABC):
    """What one key may hold."""

    def __init__(self, *, required: bool = False) -> None:
        self.required = required

    @abstractmethod
    def read(self, raw: Any, place: Place, faults: Faults) -> Any:
        """Return what is right of `raw`, None for nothing; what is wrong with it is put to `faults`."""


class Anything(Value):
    """What somebody else reads."""

    def read(self, raw: Any, place: Place, faults: Faults) -> Any:  # noqa: ARG002 - what every Value takes
        """Return the value as it is."""
        return raw


class _Scalar(Value):
    """A value without parts: it is right, or there is one problem with it."""

    def read(self, raw: Any, place: Place, faults: Faults) -> Any:
        """Return the value as a rule holds it."""
        problem = self._problem(raw)
        if problem is None:
            return self._held(raw)
        faults.append(Fault(place, problem))
        return None

    @abstractmethod
    def _problem(self, raw: Any) -> Problem | None: ...

    def _held(self, raw: Any) -> Any:
        return raw


class Words(_Scalar):
    """A text: quoted, or one that YAML reads as text; maybe of closed values, or of a stated form."""

    def __init__(
        self,
        *,
        limit: int | None = None,
        choices: tuple[str, ...] = (),
        form: tuple[str, Text, str] | None = None,
        required: bool = False,
    ) -> None:
        super().__init__(required=required)
        self.limit = limit
        self.choices = choices
        self.form = form

    def _problem(self, raw: Any) -> Problem | None:
        if not isinstance(raw, str):
            return self._no_text(raw)
        if not raw or raw.isspace():
            return Problem("shape.blank")
        if self.choices and raw not in self.choices:
            return _not_one_of(raw, self.choices)
        if self.limit is not None and len(raw) > self.limit:
            return Problem("shape.too_long", {"length": len(raw), "limit": self.limit})
        if self.form is not None and not re.fullmatch(self.form[0], raw):
            return Problem("shape.bad_name", {"value": shown(raw), "form": self.form[1], "sample": self.form[2]})
        return None

    def _no_text(self, raw: Any) -> Problem:
        if not isinstance(raw, bool | int | float):
            return Problem("shape.type", {"expected": A_TEXT, "got": kind_of(raw)})
        if self.choices:
            return _not_one_of(shown(raw), self.choices)
        return Problem("shape.number_as_text", {"value": shown(raw), "got": kind_of(raw)})


def _not_one_of(value: str, allowed: tuple[str, ...]) -> Problem:
    """Return the problem of a value outside closed ones, with the nearest valid name when there is one."""
    near = nearest(value, allowed)
    params: dict[str, Param] = {"value": shown(value), "allowed": ", ".join(allowed)}
    if near:
        return Problem("shape.not_one_of_near", {**params, "near": near})
    return Problem("shape.not_one_of", params)


class Whole(_Scalar):
    """A whole number within limits."""

    def __init__(self, *, low: int, high: int, required: bool = False) -> None:
        super().__init__(required=required)
        self.low, self.high = low, high

    def _problem(self, raw: Any) -> Problem | None:
        if isinstance(raw, bool) or not isinstance(raw, int):
            return Problem("shape.type", {"expected": A_WHOLE, "got": kind_of(raw)})
        if self.low <= raw <= self.high:
            return None
        if self.low == self.high:
            return Problem("shape.not_one_of", {"value": raw, "allowed": self.low})
        return Problem("shape.out_of_range", {"value": raw, "low": self.low, "high": self.high})


class Decimal(_Scalar):
    """A number within limits."""

    def __init__(self, *, low: float, high: float, required: bool = False) -> None:
        super().__init__(required=required)
        self.low, self.high = low, high

    def _problem(self, raw: Any) -> Problem | None:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return Problem("shape.type", {"expected": A_NUMBER, "got": kind_of(raw)})
        if self.low <= raw <= self.high:
            return None
        return Problem("shape.out_of_range", {"value": raw, "low": f"{self.low:g}", "high": f"{self.high:g}"})

    def _held(self, raw: Any) -> float:
        return float(raw)


class Flag(_Scalar):
    """`true` or `false`."""

    def _problem(self, raw: Any) -> Problem | None:
        if isinstance(raw, bool):
            return None
        return Problem("shape.type", {"expected": A_FLAG, "got": kind_of(raw)})


class Both(Value):
    """A text in both languages: a mapping with exactly the keys pt-BR and en."""

    def __init__(self, *, limit: int, required: bool = False) -> None:
        super().__init__(required=required)
        self.inner = Words(limit=limit)

    def read(self, raw: Any, place: Place, faults: Faults) -> Any:
        """Return the Text; nothing of it counts unless both languages are right."""
        found = _by_language(raw, self.inner, place, faults, missing=True)
        return Text(found["pt-BR"], found["en"]) if found is not None else None


class ByLanguage(Value):
    """A mapping from language to something; with `both`, each language must be there."""

    def __init__(self, inner: Value, *, both: bool = True, required: bool = False) -> None:
        super().__init__(required=required)
        self.inner = inner
        self.both = both

    def read(self, raw: Any, place: Place, faults: Faults) -> Any:
        """Return the mapping; nothing of it counts unless every language is right."""
        return _by_language(raw, self.inner, place, faults, missing=self.both)


def _by_language(raw: Any, inner: Value, place: Place, faults: Faults, *, missing: bool) -> Any:
    if not isinstance(raw, dict):
        faults.append(_no_mapping(raw, place))
        return None
    before = len(faults)
    read = {}
    for language, content in raw.items():
        here = (*place, language)
        if language in LOCALES:
            read[language] = inner.read(content, here, faults)
        else:
            faults.append(Fault(here, Problem("shape.language_unknown", {"language": language}, on_key=True)))
    for language in LOCALES if missing else ():
        if language not in raw:
            problem = Problem("shape.language_missing", {"language": language}, on_key=True)
            faults.append(Fault((*place, language), problem))
    return read if len(faults) == before else None


class ListOf(Value):
    """A list of at least `least` values; with `unique`, each at most once."""

    def __init__(self, inner: Value, *, least: int = 0, unique: bool = True, required: bool = False) -> None:
        super().__init__(required=required)
        self.inner = inner
        self.least = least
        self.unique = unique

    def read(self, raw: Any, place: Place, faults: Faults) -> Any:
        """Return the list; of one with faulty values, the right ones."""
        if not isinstance(raw, list):
            faults.append(Fault(place, Problem("shape.not_list", {"got": kind_of(raw)})))
            return None
        before = len(faults)
        each = [self.inner.read(item, (*place, index), faults) for index, item in enumerate(raw)]
        if len(faults) > before:
            return [item for item in each if item is not None]
        if len(each) < self.least:
            params = {"count": len(each), "limit": self.least}
            faults.append(Fault(place, Problem("shape.too_few", params, on_key=True)))
        elif self.unique:
            again = _repeated(raw)
            if again is not None:
                faults.append(Fault((*place, again), Problem("shape.repeated", {"value": shown(raw[again])})))
        return each if len(faults) == before else None


def _repeated(raw: list[Any]) -> int | None:
    """Return the index of the first value that was there before."""
    try:
        if len(set(raw)) == len(raw):
            return None
    except TypeError:  # mappings among them
        pass
    return next((index for index, item in enumerate(raw) if item in raw[:index]), None)


class Shape:
    """A mapping with closed keys: each is a class attribute, under its name in the file."""

    values: ClassVar[Mapping[str, Value]] = {}

    def __init_subclass__(cls) -> None:
        """Gather the keys."""
        cls.values = MappingProxyType({name: found for name, found in vars(cls).items() if isinstance(found, Value)})

    @classmethod
    def read(cls, raw: Any, place: Place, faults: Faults) -> dict[str, Any]:
        """Return what is right of the mapping; what is wrong with it is put to `faults`."""
        if not isinstance(raw, dict):
            faults.append(_no_mapping(raw, place))
            return {}
        read: dict[str, Any] = {}
        for name, value in cls.values.items():
            here = (*place, name)
            if name in raw:
                before = len(faults)
                found = value.read(raw[name], here, faults)
                if found or len(faults) == before:
                    read[name] = found
            elif value.required:
                faults.append(Fault(here, Problem("shape.missing", {"field": name}, on_key=True)))
        if not raw.keys() <= cls.values.keys():
            faults += [Fault((*place, name), cls._unknown(name)) for name in raw if name not in cls.values]
        return read

    @classmethod
    def _unknown(cls, name: str) -> Problem:
        near = nearest(shown(name), cls.values)
        if near:
            return Problem("shape.unknown_near", {"field": shown(name), "near": near}, on_key=True)
        return Problem("shape.unknown", {"field": shown(name), "names": ", ".join(cls.values)}, on_key=True)


class Inside(Value):
    """Another shape."""

    def __init__(self, shape: type[Shape], *, required: bool = False) -> None:
        super().__init__(required=required)
        self.shape = shape

    def read(self, raw: Any, place: Place, faults: Faults) -> Any:
        """Return what is right of the mapping."""
        return self.shape.read(raw, place, faults)


def _no_mapping(raw: Any, place: Place) -> Fault:
    return Fault(place, Problem("shape.not_mapping", {"got": kind_of(raw)}))
