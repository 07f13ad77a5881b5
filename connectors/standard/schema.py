"""The JSON Schema of the documented delivery, made from the shipped mapping, for tools that check what they send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.payload import MAX_ID
from connectors.standard.expressions import shipped

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": ["string", "null"]}
_ID: Final = {"type": ["string", "integer", "null"], "maxLength": MAX_ID}
_FLAG: Final = {"type": ["boolean", "null"]}
_TIME: Final = {
    "description": "ISO 8601 with an offset, or unix seconds or milliseconds",
    "type": ["string", "number", "null"],
    "minimum": 0,
    "pattern": r"^\s*\d{1,15}\s*$|T.*(?:[Zz]|[+-]\d{2}:?\d{2})\s*$",
}
_SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "event_id": _ID,
    "occurred_at": _TIME,
    "ticket_id": {"type": ["string", "integer"], "minLength": 1, "maxLength": MAX_ID},
    "tags": {"type": ["array", "null"], "items": {"type": "string"}},
    "assignee": _ID,
    "group": _ID,
    "vip": _FLAG,
    "csat": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
    "opened_at": _TIME,
    "requester_id": _ID,
    "message_id": _ID,
    "message_sent_at": _TIME,
    "message_public": _FLAG,
}
"""Field -> what its value may be, where that is not a text or one of the mapping's words."""
_REQUIRED: Final = ("event_type", "ticket_id")
_OF_A_MESSAGE: Final = "message_"


def delivery_schema() -> dict[str, Any]:
    """Return the schema. A word is read in any case; the schema has it as the mapping writes it."""
    mapping = shipped()
    fields: Mapping[str, str] = mapping["fields"]
    message: dict[str, Any] = {"type": "object", "properties": {}}
    whole: dict[str, Any] = {
        "$schema": DIALECT,
        "title": "A delivery to Sidecue, in the shape that connectors/standard/doc.md documents",
        "type": "object",
        "properties": {},
        "required": [],
    }
    for field, expression in fields.items():
        if field == "messages":
            _put(whole, expression, {"anyOf": [message, {"type": "array", "items": message}, {"type": "null"}]})
        elif field.startswith(_OF_A_MESSAGE):
            _put(message, expression, _shape(field, mapping))
        else:
            _put(whole, expression, _shape(field, mapping), required=field in _REQUIRED)
    return whole


def _shape(field: str, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    words = mapping["values"].get(field.removeprefix(_OF_A_MESSAGE))
    if words is not None:
        return {"enum": [*words, *([] if field in _REQUIRED else [None])]}
    return _SHAPES.get(field, _TEXT)


def _put(holder: dict[str, Any], expression: str, shape: Mapping[str, Any], *, required: bool = False) -> None:
    """Put a shape where an expression of plain names leads to."""
    *way, last = expression.split(".")
    for name in way:
        _require(holder, name, wanted=required)
        holder = holder["properties"].setdefault(name, {"type": ["object", "null"], "properties": {}})
        if required:
            holder["type"] = "object"
    _require(holder, last, wanted=required)
    holder["properties"][last] = dict(shape)


def _require(holder: dict[str, Any], name: str, *, wanted: bool) -> None:
    names = holder.setdefault("required", [])
    if wanted and name not in names:
        names.append(name)
    if not names:
        del holder["required"]
