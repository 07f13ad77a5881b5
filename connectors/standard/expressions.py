"""Mapping files: read, checked at once, compiled once."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import jmespath
import yaml
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from rules.errors import MappingInvalid
from rules.model import Author, Channel, EventKind, Priority, TicketStatus

SHIPPED: Final = Path(__file__).parent / "mapping.yml"
MAX_EXPRESSION: Final = 500
REQUIRED: Final = frozenset({"event_type", "ticket_id"})
TICKET_FIELDS: Final = frozenset(
    [
        "event_id",
        "event_type",
        "occurred_at",
        "ticket_id",
        "subject",
        "description",
        "status",
        "priority",
        "channel",
        "language",
        "product",
        "plan",
        "tags",
        "assignee",
        "group",
        "vip",
        "csat",
        "opened_at",
        "requester_id",
        "requester_name",
        "requester_email",
        "requester_phone",
        "requester_locale",
        "messages",
    ]
)
MESSAGE_FIELDS: Final = frozenset(["message_id", "message_author", "message_body", "message_sent_at", "message_public"])
MEANINGS: Final[Mapping[str, type[StrEnum]]] = {
    "event_type": EventKind,
    "status": TicketStatus,
    "priority": Priority,
    "channel": Channel,
    "author": Author,
}
FUNCTIONS: Final = frozenset(Functions.FUNCTION_TABLE)


@functools.cache
def shipped() -> Mapping[str, Any]:
    """Return the mapping of the documented shape."""
    return read_mapping(SHIPPED.read_text("utf-8"), SHIPPED.name)


def read_mapping(text: str, name: str = "mapping.yml") -> Mapping[str, Any]:
    """Return the checked mapping that a YAML text holds, or raise MappingInvalid. Every scalar stays text."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        if node is not None:
            _refuse_twice(node, name)
        mapping = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader builds only texts, lists and mappings
    except yaml.YAMLError as error:
        raise MappingInvalid(f"{name} is not YAML: {str(error).splitlines()[0]}{_line(error)}") from None
    except RecursionError:
        raise MappingInvalid(f"{name} is nested too deep") from None
    check_mapping(mapping, name)
    checked: Mapping[str, Any] = mapping
    return checked


def check_mapping(mapping: Any, name: str = "mapping.yml") -> None:
    """Raise MappingInvalid unless every key is known and every expression compiles; naming key and expression."""
    if not isinstance(mapping, Mapping):
        raise MappingInvalid(f"{name} has to hold the keys schema, fields and values")
    _known(mapping, {"schema", "fields", "values"}, name)
    if str(mapping.get("schema")) != "1":
        raise MappingInvalid(f"{name}: schema has to be 1")
    fields = mapping.get("fields")
    if not isinstance(fields, Mapping):
        raise MappingInvalid(f"{name}: fields has to name an expression for each field")
    _known(fields, TICKET_FIELDS | MESSAGE_FIELDS, f"{name}: fields")
    for key in sorted(REQUIRED - fields.keys()):
        raise MappingInvalid(f"{name}: fields.{key} is missing, and nothing can be read without it")
    if "messages" in fields and "message_body" not in fields:
        raise MappingInvalid(f"{name}: fields.messages needs fields.message_body beside it")
    for key, expression in fields.items():
        _check_expression(expression, f"{name}: fields.{key}")
    values = mapping.get("values") or {}
    if not isinstance(values, Mapping):
        raise MappingInvalid(f"{name}: values has to name, for a field, what each of the tool's words stands for")
    _known(values, MEANINGS.keys(), f"{name}: values")
    for field, words in values.items():
        _check_words(words, MEANINGS[field], f"{name}: values.{field}")


@functools.lru_cache(maxsize=2_048)
def compiled(expression: str) -> Any:
    """Return a compiled expression; it has been checked before."""
    return jmespath.compile(expression)


def _known(given: Mapping[Any, Any], known: Any, place: str) -> None:
    for key in given:
        if key not in known:
            raise MappingInvalid(f"{place}: {key!r} is not a known key; known are {', '.join(sorted(known))}")


def _check_expression(expression: Any, place: str) -> None:
    if not isinstance(expression, str) or not expression.strip():
        raise MappingInvalid(f"{place}: needs a JMESPath expression; leave the key out where there is none")
    if len(expression) > MAX_EXPRESSION:
        raise MappingInvalid(f"{place}: the expression is longer than {MAX_EXPRESSION} characters")
    try:
        parsed = compiled(expression).parsed
        unknown = [word for word in _functions(parsed) if word not in FUNCTIONS]
    except (JMESPathError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise MappingInvalid(f"{place}: {expression!r} is not JMESPath: {reason}") from None
    if unknown:
        raise MappingInvalid(f"{place}: {expression!r} calls {unknown[0]}(), which JMESPath does not have")


def _functions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "function_expression":
            yield str(node.get("value"))
        for child in node.get("children", []):
            yield from _functions(child)


def _check_words(words: Any, meaning: type[StrEnum], place: str) -> None:
    if not isinstance(words, Mapping):
        raise MappingInvalid(f"{place}: has to say what each word stands for")
    known = [member.value for member in meaning]
    for word, stands_for in words.items():
        if not isinstance(word, str) or stands_for not in known:
            raise MappingInvalid(f"{place}: {word!r} stands for {stands_for!r}, which is none of {', '.join(known)}")


def _refuse_twice(node: yaml.Node, name: str) -> None:
    for child in node.value if isinstance(node, yaml.SequenceNode) else []:
        _refuse_twice(child, name)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise MappingInvalid(f"{name}:{key.start_mark.line + 1}: the key {key.value!r} is given twice")
        seen.add(key.value)
        _refuse_twice(value, name)


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f" at line {mark.line + 1}"
