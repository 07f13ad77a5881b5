"""Mapping files: read, checked at once, compiled once."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import jmespath
import yaml
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

from rules.errors import MappingInvalid, PayloadInvalid
from rules.model import Author, Channel, EventKind, Priority, TicketStatus
from rules.text import Text, filled

SHIPPED: Final = Path(__file__).parent / "mapping.yml"
MAX_EXPRESSION: Final = 500
MAX_NESTING: Final = 40
MAX_COPIES: Final = 64
"""How many times an expression may put what it reads into its result: `[@, @] | [@, @]` is four times already."""
MAX_STEPS: Final = 300_000
"""Steps of all expressions on one delivery, about half a second; a usual payload takes some hundreds."""
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
_TOO_DEEP: Final = Text("níveis demais, um dentro do outro", "nested too deep")
_NO_JMESPATH: Final = Text(
    "{place}: {expression!r} não é JMESPath: {why}", "{place}: {expression!r} is not JMESPath: {why}"
)
FUNCTIONS: Final = frozenset(Functions.FUNCTION_TABLE)


@functools.cache
def shipped() -> Mapping[str, Any]:
    """Return the mapping of the documented shape."""
    return read_mapping(SHIPPED.read_text("utf-8"), SHIPPED.name)


def read_mapping(text: str, name: str = "mapping.yml") -> Mapping[str, Any]:
    """Return the checked mapping that a YAML text holds, or raise MappingInvalid. Every scalar stays text."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.BaseLoader)):
            raise MappingInvalid(
                Text(
                    f"{name}: aliases (*name) não são lidos; escreva por extenso o que representam",
                    f"{name}: aliases (*name) are not read; write out what they stand for",
                )
            )
        if node is not None:
            _check_keys(node, name)
        mapping = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader builds only texts, lists and mappings
    except yaml.YAMLError as error:
        raise MappingInvalid(
            Text(
                f"{name} não é YAML: {str(error).splitlines()[0]}{_line(error)}",
                f"{name} is not YAML: {str(error).splitlines()[0]}{_line(error)}",
            )
        ) from None
    except RecursionError:
        raise MappingInvalid(
            Text(f"{name} tem níveis demais, um dentro do outro", f"{name} is nested too deep")
        ) from None
    check_mapping(mapping, name)
    checked: Mapping[str, Any] = mapping
    return checked


def check_mapping(mapping: Any, name: str = "mapping.yml") -> None:
    """Raise MappingInvalid unless every key is known and every expression compiles; naming key and expression."""
    if not isinstance(mapping, Mapping):
        raise MappingInvalid(
            Text(
                f"{name} precisa ter as chaves schema, fields e values",
                f"{name} has to hold the keys schema, fields and values",
            )
        )
    _known(mapping, {"schema", "fields", "values"}, name)
    if str(mapping.get("schema")) != "1":
        raise MappingInvalid(Text(f"{name}: schema precisa ser 1", f"{name}: schema has to be 1"))
    fields = mapping.get("fields")
    if not isinstance(fields, Mapping):
        raise MappingInvalid(
            Text(
                f"{name}: fields precisa dar uma expressão para cada campo",
                f"{name}: fields has to name an expression for each field",
            )
        )
    _known(fields, TICKET_FIELDS | MESSAGE_FIELDS, f"{name}: fields")
    for key in sorted(REQUIRED - fields.keys()):
        raise MappingInvalid(
            Text(
                f"{name}: falta fields.{key}, e sem ele nada pode ser lido",
                f"{name}: fields.{key} is missing, and nothing can be read without it",
            )
        )
    if "messages" in fields and "message_body" not in fields:
        raise MappingInvalid(
            Text(
                f"{name}: fields.messages precisa de fields.message_body ao lado",
                f"{name}: fields.messages needs fields.message_body beside it",
            )
        )
    for key, expression in fields.items():
        _check_expression(expression, f"{name}: fields.{key}")
    values = mapping.get("values") or {}
    if not isinstance(values, Mapping):
        raise MappingInvalid(
            Text(
                f"{name}: values precisa dizer, para um campo, o que cada palavra da ferramenta significa",
                f"{name}: values has to name, for a field, what each of the tool's words stands for",
            )
        )
    _known(values, MEANINGS.keys(), f"{name}: values")
    for field, words in values.items():
        _check_words(words, MEANINGS[field], f"{name}: values.{field}")


@functools.lru_cache(maxsize=2_048)
def compiled(expression: str) -> Any:
    """Return a compiled expression; it has been checked before."""
    return jmespath.compile(expression)


class Steps:
    """What evaluating may still cost on one delivery; JMESPath itself knows no bound.

    A step is a node visited, and an item or 64 characters that a function takes in or a flattening gives out.
    """

    def __init__(self, allowed: int = MAX_STEPS) -> None:
        self._left = allowed
        self._interpreter = _Counting(self)

    def search(self, expression: str, value: Any) -> Any:
        """Return what an expression finds in a JSON value. Raise what JMESPath raises, and PayloadInvalid as `take`."""
        return self._interpreter.visit(compiled(expression).parsed, value)

    def take(self, steps: int = 1) -> None:
        """Count; raise PayloadInvalid when it is too much."""
        self._left -= steps
        if self._left < 0:
            raise PayloadInvalid(
                Text(
                    "as expressões do mapeamento demoram demais nesta entrega; deixe-as mais simples",
                    "the expressions of the mapping take too long on this payload; make them simpler",
                )
            )


class _CountingFunctions(Functions):
    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def call_function(self, function_name: str, resolved_args: Iterable[Any]) -> Any:
        given = list(resolved_args)
        weights = [_weight(each) for each in given]
        self._steps.take(sum(weights) + (math.prod(weights) if function_name == "join" else 0))
        return super().call_function(function_name, given)


class _Counting(TreeInterpreter):
    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps
        self._functions = _CountingFunctions(steps)

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._steps.take()
        return super().visit(node, *args, **kwargs)

    def visit_flatten(self, node: Any, value: Any) -> Any:
        found = super().visit_flatten(node, value)
        self._steps.take(_weight(found))
        return found


def _weight(value: Any) -> int:
    match value:
        case str():
            return 1 + len(value) // 64
        case list() | dict():
            return 1 + len(value)
        case _:
            return 1


def _known(given: Mapping[Any, Any], known: Any, place: str) -> None:
    for key in given:
        if key not in known:
            raise MappingInvalid(
                Text(
                    f"{place}: {key!r} não é uma chave conhecida; as conhecidas são {', '.join(sorted(known))}",
                    f"{place}: {key!r} is not a known key; known are {', '.join(sorted(known))}",
                )
            )


def _check_expression(expression: Any, place: str) -> None:
    if not isinstance(expression, str) or not expression.strip():
        raise MappingInvalid(
            Text(
                f"{place}: precisa de uma expressão JMESPath; se não houver, tire a chave",
                f"{place}: needs a JMESPath expression; leave the key out where there is none",
            )
        )
    if len(expression) > MAX_EXPRESSION:
        raise MappingInvalid(
            Text(
                f"{place}: a expressão tem mais de {MAX_EXPRESSION} caracteres",
                f"{place}: the expression is longer than {MAX_EXPRESSION} characters",
            )
        )
    try:
        parsed = compiled(expression).parsed
        copies = _copies(parsed)
        json.dumps(parsed, ensure_ascii=False, default=str).encode("utf-8")
        unknown = [word for word in _functions(parsed) if word not in FUNCTIONS]
    except UnicodeEncodeError:
        raise MappingInvalid(
            Text(
                f"{place}: a expressão traz meio caractere (um surrogate sozinho)",
                f"{place}: the expression holds half a character (a lone surrogate)",
            )
        ) from None
    except (JMESPathError, RecursionError) as error:
        why = _TOO_DEEP if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise MappingInvalid(filled(_NO_JMESPATH, place=place, expression=expression, why=why)) from None
    if copies > MAX_COPIES:
        raise MappingInvalid(
            Text(
                f"{place}: {expression!r} poderia multiplicar uma entrega por {copies}; o máximo é {MAX_COPIES}",
                f"{place}: {expression!r} could multiply a payload {copies} times; {MAX_COPIES} is the most",
            )
        )
    if unknown:
        raise MappingInvalid(
            Text(
                f"{place}: {expression!r} chama {unknown[0]}(), que o JMESPath não tem",
                f"{place}: {expression!r} calls {unknown[0]}(), which JMESPath does not have",
            )
        )


def _copies(node: Any, depth: int = 0) -> int:
    """Return how many times a node can hold what it is given: lists and hashes add up, steps on the way multiply.

    Raise RecursionError for one nested so deep that evaluating it could exhaust the stack.
    """
    if depth > MAX_NESTING:
        raise RecursionError
    inside = [_copies(child, depth + 1) for child in node.get("children", []) if isinstance(child, dict)]
    match node.get("type"):
        case "multi_select_list" | "multi_select_dict":
            return max(1, sum(inside))
        case "function_expression" | "comparator" | "or_expression" | "and_expression":
            return max(1, sum(inside)) if node["type"] == "function_expression" else max([1, *inside])
        case _:
            return math.prod(inside)


def _functions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "function_expression":
            yield str(node.get("value"))
        for child in node.get("children", []):
            yield from _functions(child)


def _check_words(words: Any, meaning: type[StrEnum], place: str) -> None:
    if not isinstance(words, Mapping):
        raise MappingInvalid(
            Text(
                f"{place}: precisa dizer o que cada palavra significa", f"{place}: has to say what each word stands for"
            )
        )
    known = [member.value for member in meaning]
    seen: set[str] = set()
    for word, stands_for in words.items():
        if isinstance(word, str) and word.strip().lower() in seen:
            raise MappingInvalid(
                Text(
                    f"{place}: {word!r} aparece duas vezes; maiúsculas não fazem diferença",
                    f"{place}: {word!r} is given twice; capitals make no difference",
                )
            )
        seen.add(str(word).strip().lower())
        if not isinstance(word, str) or stands_for not in known:
            raise MappingInvalid(
                Text(
                    f"{place}: {word!r} significa {stands_for!r}, que não é um destes valores: {', '.join(known)}",
                    f"{place}: {word!r} stands for {stands_for!r}, which is none of {', '.join(known)}",
                )
            )


def _check_keys(node: yaml.Node, name: str) -> None:
    for child in node.value if isinstance(node, yaml.SequenceNode) else []:
        _check_keys(child, name)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise MappingInvalid(
                Text(
                    f"{name}:{key.start_mark.line + 1}: uma chave precisa ser um texto; "
                    "uma expressão entre chaves vai entre aspas, depois dos dois-pontos",
                    f"{name}:{key.start_mark.line + 1}: a key has to be a text; "
                    "an expression in braces goes between quotes, behind the colon",
                )
            )
        if key.value in seen:
            raise MappingInvalid(
                Text(
                    f"{name}:{key.start_mark.line + 1}: a chave {key.value!r} aparece duas vezes",
                    f"{name}:{key.start_mark.line + 1}: the key {key.value!r} is given twice",
                )
            )
        seen.add(key.value)
        _check_keys(value, name)


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f" at line {mark.line + 1}"
