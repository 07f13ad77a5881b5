"""JSON Schemas of rule, signal and action files, for completion and checks in an editor.

Made from the loader's shapes and the vocabulary. They say what a file may hold; what only the whole rulebook shows
(references, purposes, examples that fail, limits of a whole condition) stays with `sidecue rules check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rules.conditions import Op
from rules.loader.conditions import MAX_LIST
from rules.loader.schema import (
    THEN,
    ActionOverlayShape,
    ActionShape,
    RuleOverlayShape,
    RuleShape,
    SignalOverlayShape,
    SignalShape,
)
from rules.loader.shapes import Both, ByLanguage, Decimal, Flag, Inside, ListOf, Shape, Value, Whole, Words
from rules.text import LOCALES
from rules.vocabulary import COLLECTIONS, FIELDS, MAX_NUMBER, MAX_TEXT_BYTES, OPS, TEXTS, Field, Source, Type

Json = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_CONDITION: Final[Json] = {"$ref": "#/$defs/condition"}
_LISTS: Final = frozenset({Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE})
_GROUPS: Final = ("ticket", "customer", "decision")
_DERIVED: Final = tuple(field for field in FIELDS.values() if field.source is Source.DERIVED)


def rule_schema() -> Json:
    """Return the schema of a rule file, and of a tenant's overlay of one."""
    rule = _shape(RuleShape, {"when": _CONDITION, "then": {"type": "object"}})
    rule["properties"]["examples"]["items"]["properties"]["given"] = _given()
    rule["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]},
            "then": {"properties": {"then": _shape(shape, {"derive": _derive()})}},
        }
        for kind, shape in THEN.items()
    ]
    return _file("Rule", rule, _shape(RuleOverlayShape)) | {"$defs": _conditions()}


def action_schema() -> Json:
    """Return the schema of an action file, and of a tenant's overlay of one."""
    action = _shape(ActionShape, {"needs": _CONDITION})
    return _file("Action", action, _shape(ActionOverlayShape)) | {"$defs": _conditions()}


def signal_schema() -> Json:
    """Return the schema of a signal file, and of a tenant's overlay of one."""
    return _file("Signal", _shape(SignalShape), _shape(SignalOverlayShape))


def _file(name: str, whole: Json, overlay: Json) -> Json:
    return {
        "$schema": DRAFT,
        "title": f"{name} of Sidecue",
        "$comment": "Generated from the code by `make reference`; do not edit.",
        "if": {"required": ["overlay"]},
        "then": overlay,
        "else": whole,
    }


def _object(properties: Mapping[str, Json], required: Iterable[str] = ()) -> Json:
    needed = sorted(required)
    said: Json = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return said | {"required": needed} if needed else said


def _shape(shape: type[Shape], raw: Mapping[str, Json] | None = None) -> Json:
    """Return the schema of a shape; `raw` has those of the keys that other readers read."""
    found = shape.values
    known = raw or {}
    properties = {name: known[name] if name in known else _value(field) for name, field in found.items()}
    return _object(properties, (name for name, field in found.items() if field.required))


def _value(field: Value) -> Json:
    match field:
        case Words():
            return _words(field)
        case Whole():
            return {"type": "integer", "minimum": field.low, "maximum": field.high}
        case Decimal():
            return {"type": "number", "minimum": field.low, "maximum": field.high}
        case Flag():
            return {"type": "boolean"}
        case Both():
            return _object({locale: _value(field.inner) for locale in LOCALES}, LOCALES)
        case ByLanguage():
            return _object({locale: _value(field.inner) for locale in LOCALES}, LOCALES if field.both else ())
        case ListOf():
            return {
                "type": "array",
                "items": _value(field.inner),
                "minItems": field.least,
                "uniqueItems": field.unique,
            }
        case Inside():
            return _shape(field.shape)
    return {}


def _words(field: Words) -> Json:
    if field.choices:
        return {"enum": list(field.choices)}
    said: Json = {"type": "string", "pattern": r"\S" if field.form is None else f"^(?:{field.form[0]})$"}
    return said if field.limit is None else said | {"maxLength": field.limit}


def _derive() -> Json:
    return _object({field.name: _fact(field) for field in _DERIVED}) | {"minProperties": 1}


# facts


def _given() -> Json:
    """Return the schema of an example's facts."""
    groups = {
        group: _object(
            {name.removeprefix(f"{group}."): _fact(FIELDS[name]) for name in FIELDS if name.startswith(f"{group}.")}
        )
        for group in _GROUPS
    }
    items = {
        name: {"type": "array", "items": _object({key: _fact(field) for key, field in collection.fields.items()})}
        for name, collection in COLLECTIONS.items()
    }
    alone = {name: _fact(field) for name, field in FIELDS.items() if "." not in name}
    return _object(alone | groups | items)


def _fact(field: Field) -> Json:
    """Return what a fact of this field may be."""
    one = _scalar(field)
    return {"description": _title(field), "type": "array", "items": one} if field.type is Type.SET else one


def _title(field: Field) -> str:
    return f"{field.title.en} / {field.title.pt_br}"


def _scalar(field: Field) -> Json:
    """Return what one value (of a set: one member) may be."""
    said: Json = {"description": _title(field)}
    if field.values:
        return said | {"enum": list(field.values)}
    match field.type:
        case Type.FLAG:
            return said | {"type": "boolean"}
        case Type.SET:
            return said | {"type": "string", "pattern": r"\S"}
        case Type.TEXT:
            return said | {"type": "string", "maxLength": MAX_TEXT_BYTES}
    low = -MAX_NUMBER if field.minimum is None else field.minimum
    high = MAX_NUMBER if field.maximum is None else field.maximum
    kind = "integer" if field.type is Type.INTEGER else "number"
    return said | {"type": kind, "minimum": low, "maximum": high}


# conditions


def _conditions() -> Json:
    """Return the definitions of a condition, and of what an item of each collection must be."""
    looks = {
        "anyOf": [
            _object({"in": {"const": name}, "where": {"$ref": f"#/$defs/{name}"}}, ("in", "where"))
            for name in COLLECTIONS
        ]
    }
    groups = _branches(_CONDITION) | {"exists": looks, "none": looks}
    condition = _object(groups | {name: _test(field) for name, field in FIELDS.items()})
    found: Json = {
        "condition": condition | {"minProperties": 1, "maxProperties": 1},
        "comparable": {"enum": [field.name for field in FIELDS.values() if field.type in TEXTS]},
    }
    for name, collection in COLLECTIONS.items():
        itself: Json = {"$ref": f"#/$defs/{name}"}
        tests = {key: _test(field) for key, field in collection.fields.items()}
        found[name] = _object(_branches(itself) | tests) | {"minProperties": 1}
    return found


def _branches(inner: Json) -> dict[str, Json]:
    listed = {"type": "array", "items": inner, "minItems": 1}
    return {"all": listed, "any": listed, "not": inner}


def _test(field: Field) -> Json:
    """Return what may be asked of a field: a bare value, or one operator."""
    asked = _object({op.value: _asked(field, op) for op in Op if op in OPS[field.type]})
    asked |= {"minProperties": 1, "maxProperties": 1}
    forms = [asked] if field.type is Type.SET else [_scalar(field), asked]
    return {"description": _title(field), "anyOf": forms}


def _asked(field: Field, op: Op) -> Json:
    one = _scalar(field)
    if op is Op.KNOWN:
        return {"type": "boolean"}
    if op is Op.SAME_AS:
        return {"$ref": "#/$defs/comparable"}
    if op is Op.BETWEEN:
        return {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    if op in _LISTS:
        return {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_LIST, "uniqueItems": True}
    return one
