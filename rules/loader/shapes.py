"""The marshmallow fields that rule files are made of; every error is a `Problem`, not a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields

from rules.loader.findings import Param
from rules.loader.yaml_strict import TypedNumber
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
    """What a field has to say: a code of the catalogue, its slots, and whether the key is at fault."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    on_key: bool = False


def refuse(code: str, **params: Param) -> ValidationError:
    """Return the error that carries one problem."""
    return ValidationError([Problem(code, params)])


def one_of(value: str, allowed: tuple[str, ...]) -> ValidationError:
    """Return the error for a value outside closed ones, with the nearest valid name when there is one."""
    near = nearest(value, allowed)
    listed = ", ".join(allowed)
    if near:
        return refuse("shape.not_one_of_near", value=shown(value), allowed=listed, near=near)
    return refuse("shape.not_one_of", value=shown(value), allowed=listed)


class Words(fields.Field[str]):
    """A text: quoted, or one that YAML reads as text; maybe of closed values, or of a stated form."""

    def __init__(
        self,
        *,
        limit: int | None = None,
        choices: tuple[str, ...] = (),
        form: tuple[str, Text, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.limit = limit
        self.choices = choices
        self.form = form

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow's signature
        if isinstance(value, bool | int | float):
            if self.choices:
                raise one_of(shown(value), self.choices)
            raise refuse("shape.number_as_text", value=shown(value), got=kind_of(value))
        if not isinstance(value, str):
            raise refuse("shape.type", expected=A_TEXT, got=kind_of(value))
        if not value.strip():
            raise refuse("shape.blank")
        if self.choices and value not in self.choices:
            raise one_of(value, self.choices)
        if self.limit is not None and len(value) > self.limit:
            raise refuse("shape.too_long", length=len(value), limit=self.limit)
        if self.form is not None and not re.fullmatch(self.form[0], value):
            raise refuse("shape.bad_name", value=shown(value), form=self.form[1], sample=self.form[2])
        return value


class Whole(fields.Field[int]):
    """A whole number within limits."""

    def __init__(self, *, low: int, high: int, **more: Any) -> None:
        super().__init__(**more)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002 - marshmallow's signature
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse("shape.type", expected=A_WHOLE, got=kind_of(value))
        if not self.low <= value <= self.high:
            if self.low == self.high:
                raise refuse("shape.not_one_of", value=value, allowed=self.low)
            raise refuse("shape.out_of_range", value=value, low=self.low, high=self.high)
        return value


class Decimal(fields.Field[float]):
    """A number within limits."""

    def __init__(self, *, low: float, high: float, **more: Any) -> None:
        super().__init__(**more)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:  # noqa: ARG002 - marshmallow's signature
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refuse("shape.type", expected=A_NUMBER, got=kind_of(value))
        if not self.low <= value <= self.high:
            raise refuse("shape.out_of_range", value=value, low=f"{self.low:g}", high=f"{self.high:g}")
        return float(value)


class Flag(fields.Field[bool]):
    """`true` or `false`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:  # noqa: ARG002 - marshmallow's signature
        if not isinstance(value, bool):
            raise refuse("shape.type", expected=A_FLAG, got=kind_of(value))
        return value


class Both(fields.Field[Text]):
    """A text in both languages: a mapping with exactly the keys pt-BR and en."""

    def __init__(self, *, limit: int, **more: Any) -> None:
        super().__init__(**more)
        self.inner = Words(limit=limit)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Text:  # noqa: ARG002 - marshmallow's signature
        values = by_language(value, self.inner, missing=True)
        return Text(values["pt-BR"], values["en"])


class ByLanguage(fields.Field[dict[str, Any]]):
    """A mapping from language to something; with `both`, each language must be there."""

    def __init__(self, inner: fields.Field[Any], *, both: bool = True, **more: Any) -> None:
        super().__init__(**more)
        self.inner = inner
        self.both = both

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002 - the same
        **kwargs: Any,  # noqa: ARG002 - the same
    ) -> dict[str, Any]:
        return by_language(value, self.inner, missing=self.both)


def by_language(value: Any, inner: fields.Field[Any], *, missing: bool) -> dict[str, Any]:
    """Return the mapping with each language's value read by `inner`, or raise every problem at once."""
    if not isinstance(value, dict):
        raise refuse("shape.not_mapping", got=kind_of(value))
    errors: dict[str, Any] = {}
    read: dict[str, Any] = {}
    for language, content in value.items():
        if language not in LOCALES:
            errors[language] = [Problem("shape.language_unknown", {"language": language}, on_key=True)]
            continue
        try:
            read[language] = inner.deserialize(content)
        except ValidationError as problem:
            errors[language] = problem.messages
    for language in LOCALES if missing else ():
        if language not in value:
            errors[language] = [Problem("shape.language_missing", {"language": language}, on_key=True)]
    if errors:
        raise ValidationError(errors)
    return read


class ListOf(fields.List[Any]):
    """A list of at least `least` values; with `unique`, each at most once."""

    default_error_messages = {"invalid": "shape.not_list"}  # noqa: RUF012 - marshmallow's own way

    def __init__(self, inner: fields.Field[Any], *, least: int = 0, unique: bool = True, **more: Any) -> None:
        super().__init__(inner, **more)
        self.least = least
        self.unique = unique

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refuse("shape.not_list", got=kind_of(value))
        read = super()._deserialize(value, attr, data, **kwargs)
        if len(read) < self.least:
            raise ValidationError([Problem("shape.too_few", {"count": len(read), "limit": self.least}, on_key=True)])
        if self.unique:
            for index, item in enumerate(value):
                if item in value[:index]:
                    raise ValidationError({index: [Problem("shape.repeated", {"value": shown(item)})]})
        return read


class Shape(Schema):
    """A mapping with closed keys."""

    class Meta:
        """Nothing unknown passes."""

        unknown = RAISE

    error_messages = {"unknown": "shape.unknown", "type": "shape.not_mapping"}  # noqa: RUF012 - marshmallow's own way


def inside(schema: type[Shape], **more: Any) -> fields.Nested:
    """Return a field that holds another shape."""
    return fields.Nested(schema, **more)
