"""A condition as plain data: what a rule file would hold under `when`."""

from __future__ import annotations

from rules.conditions import All, AnyOf, Condition, Exists, Not, Test
from rules.loader.yaml_strict import Plain


def as_data(condition: Condition) -> Plain:
    """Return the condition as the loader reads it; `rules.loader.conditions.parse_condition` is its inverse."""
    return _written(condition)


def _written(condition: Condition) -> dict[str, Plain]:
    match condition:
        case Test(field, op, value):
            return {field: {op.value: list(value) if isinstance(value, tuple) else value}}
        case All(parts):
            return {"all": [_written(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_written(part) for part in parts]}
        case Not(Exists(collection, where)):
            return {"none": {"in": collection, "where": _where(where)}}
        case Not(part):
            return {"not": _written(part)}
        case Exists(collection, where):
            return {"exists": {"in": collection, "where": _where(where)}}


def _where(where: Condition) -> dict[str, Plain]:
    """Return several keys for an `all` of different ones: they nest less deep than a list does."""
    if isinstance(where, All) and len(where.parts) > 1:
        written = [_written(part) for part in where.parts]
        merged = {key: value for part in written for key, value in part.items()}
        if len(merged) == len(written):
            return merged
    return _written(where)
