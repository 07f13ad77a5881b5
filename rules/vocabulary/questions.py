"""What may be asked in the words of a vocabulary: every evaluator refuses the same conditions, with the same words."""

from __future__ import annotations

from collections.abc import Mapping

from rules.conditions import MAX_DEPTH, Condition, Exists, Op, Scalar, Test, is_deeper, leaves
from rules.errors import EngineFailed
from rules.vocabulary.field import NUMBERS, OPS, TEXTS, Collection, Field, Type, nearest


def check_condition(
    name: str, condition: Condition, fields: Mapping[str, Field], collections: Mapping[str, Collection]
) -> None:
    """Raise EngineFailed, naming the condition, when it cannot be evaluated."""
    try:
        if is_deeper(condition, MAX_DEPTH):
            raise EngineFailed(f"it is nested more than {MAX_DEPTH} deep: make it flatter")  # noqa: TRY301 - named below
        for leaf in leaves(condition):
            if isinstance(leaf, Test):
                _check_test(leaf, fields, fields)
            else:
                _check_exists(leaf, fields, collections)
    except EngineFailed as error:
        raise EngineFailed(f"condition {name!r}: {error}") from error


def constants_of(test: Test) -> tuple[Scalar, ...]:
    """Return what `test` compares its field with, one or several."""
    return test.value if isinstance(test.value, tuple) else (test.value,)


def _check_exists(node: Exists, fields: Mapping[str, Field], collections: Mapping[str, Collection]) -> None:
    collection = collections.get(node.collection)
    if collection is None:
        raise EngineFailed(f"there is no collection {node.collection!r}; there are {', '.join(collections)}")
    for leaf in leaves(node.where):
        if isinstance(leaf, Exists):
            raise EngineFailed(f"exists in {node.collection}: a `where` holds tests on the item, no further exists")
        _check_test(leaf, collection.fields, fields)


def _check_test(test: Test, fields: Mapping[str, Field], others: Mapping[str, Field]) -> None:
    """Raise EngineFailed unless `test` can be asked of `fields`; `same_as` looks at one of `others`."""
    field = _named(test.field, fields)
    allowed = OPS[field.type] | ({Op.SAME_AS} if field.type in NUMBERS else set())
    if test.op not in allowed:
        raise EngineFailed(f"{test.field}: there is no test {test.op.value!r} on a field of type {field.type.value}")
    if not _fits(field.type, test):
        raise EngineFailed(
            f"{test.field} {test.op.value}: {test.value!r} does not fit a field of type {field.type.value}"
        )
    if test.op is Op.SAME_AS:
        other = _named(str(test.value), others)
        if not any(field.type in types and other.type in types for types in (TEXTS, NUMBERS)):
            raise EngineFailed(
                f"{field.name} ({field.type.value}) cannot be the same as {other.name} ({other.type.value})"
            )


def _named(name: str, fields: Mapping[str, Field]) -> Field:
    field = fields.get(name)
    if field is None:
        near = nearest(name, fields)
        raise EngineFailed(f"there is no field {name!r}" + (f"; did you mean {near!r}?" if near else ""))
    return field


def _fits(kind: Type, test: Test) -> bool:
    match test.op:
        case Op.KNOWN:
            return isinstance(test.value, bool)
        case Op.SAME_AS:
            return isinstance(test.value, str)
        case Op.BETWEEN:
            fits = isinstance(test.value, tuple) and len(test.value) == 2
        case Op.IN | Op.NOT_IN | Op.HAS_ANY | Op.HAS_ALL | Op.HAS_NONE:
            fits = isinstance(test.value, tuple)
        case _:
            fits = not isinstance(test.value, tuple)
    return fits and all(_is_of(kind, value) for value in constants_of(test))


def _is_of(kind: Type, value: Scalar) -> bool:
    match kind:
        case Type.FLAG:
            return isinstance(value, bool)
        case Type.INTEGER | Type.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - NaN differs from itself
        case _:
            return isinstance(value, str)
