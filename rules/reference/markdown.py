"""The reference of the rule language as Markdown, made from the vocabulary and the loader's own limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rules.conditions import Op, Scalar, Test
from rules.loader import conditions as reading
from rules.loader import schema, yaml_strict
from rules.loader.conditions import TYPE_NAMES
from rules.reference.words import (
    CHANGEABLE,
    COLUMNS,
    CONSEQUENCES,
    GROUPS,
    HEADINGS,
    LIMITS,
    MEANINGS,
    PURPOSES,
    SOURCES,
    UNITS,
    WHEN_UNKNOWN,
)
from rules.rulebook import Kind, RuleKind, Status
from rules.sentences.rule_words import KIND_MEANINGS, KIND_NAMES, STATUS_MEANINGS, STATUS_NAMES
from rules.sentences.saying import say
from rules.text import Locale, number_text
from rules.vocabulary import COLLECTIONS, FIELDS, MAX_TEXT_BYTES, OPS, Field, Type
from rules.vocabulary.words import FUNCTION_WORDS, KIND_WORDS, VALUE_WORDS

_LIMIT_VALUES: Final[Mapping[str, int]] = {
    "depth": reading.MAX_DEPTH,
    "questions": reading.MAX_QUESTIONS,
    "list": reading.MAX_LIST,
    "digits": yaml_strict.MAX_DIGITS,
    "text": MAX_TEXT_BYTES,
    "file": yaml_strict.MAX_BYTES,
    "title": schema.TITLE_LIMIT,
    "prose": schema.PROSE_LIMIT,
    "step": schema.STEP_LIMIT,
    "reply": schema.REPLY_LIMIT,
}
_SAMPLES: Final[Mapping[Type, tuple[str, tuple[Scalar, Scalar]]]] = {
    Type.INTEGER: ("customer.days_to_renewal", (0, 90)),
    Type.NUMBER: ("customer.mrr", (1234.5, 5000.0)),
    Type.ENUM: ("severity", ("high", "severe")),
    Type.TEXT: ("customer.plan", ("pro", "basic")),
    Type.FLAG: ("customer.opted_out", (True, False)),
    Type.SET: ("ticket.tags", ("vip", "beta")),
}
"""A field of each type, and two of its values."""
_SEVERAL: Final = frozenset({Op.BETWEEN, Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE})
_GROUP_SAMPLES: Final[Mapping[str, str]] = {
    "all": "all: [<condition>, …]",
    "any": "any: [<condition>, …]",
    "not": "not: {<field>: <test>}",
    "exists": "exists: {in: invoices, where: {status: overdue}}",
    "none": "none: {in: invoices, where: {status: overdue}}",
}


def reference(locale: Locale) -> str:
    """Return the whole reference in one language."""
    return "\n".join(_Pages(locale).lines()) + "\n"


class _Pages:
    def __init__(self, locale: Locale) -> None:
        self._locale: Locale = locale

    def lines(self) -> Iterator[str]:
        """Yield the document line by line."""
        yield f"# {HEADINGS['title'].read(self._locale)}"
        yield ""
        yield f"{HEADINGS['generated'].read(self._locale)} {HEADINGS['other'].read(self._locale)}"
        yield from self._section("kinds", self._kinds())
        yield from self._section("statuses", self._statuses())
        yield from self._section("conditions", self._groups())
        yield ""
        yield HEADINGS["unknown"].read(self._locale)
        yield from self._section("operators", self._operators())
        yield from self._section("fields", self._table(_FIELD_COLUMNS, self._fields(FIELDS.values(), "")))
        yield ""
        yield HEADINGS["changeable"].read(self._locale)
        yield from self._section("collections", [HEADINGS["item"].read(self._locale)])
        for collection in COLLECTIONS.values():
            yield ""
            yield f"### `{collection.name}`: {collection.title.read(self._locale)}"
            yield ""
            yield from self._table(_FIELD_COLUMNS, self._fields(collection.fields.values(), f"{collection.name}."))
        yield from self._section("action_kinds", self._action_kinds())
        yield from self._section("functions", self._functions())
        yield from self._section("limits", self._limits())

    def _section(self, key: str, content: Iterable[str]) -> Iterator[str]:
        yield ""
        yield f"## {HEADINGS[key].read(self._locale)}"
        yield ""
        yield from content

    def _table(self, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
        yield _row(COLUMNS[column].read(self._locale) for column in columns)
        yield _row("---" for _ in columns)
        yield from map(_row, rows)

    def _kinds(self) -> Iterator[str]:
        rows = (
            (
                f"`{kind.value}` ({KIND_NAMES[kind].read(self._locale)})",
                KIND_MEANINGS[kind].read(self._locale),
                f"`{CONSEQUENCES[kind]}`",
            )
            for kind in RuleKind
        )
        return self._table(("kind", "meaning", "then"), rows)

    def _statuses(self) -> Iterator[str]:
        rows = (
            (
                f"`{status.value}` ({STATUS_NAMES[status].read(self._locale)})",
                STATUS_MEANINGS[status].read(self._locale),
            )
            for status in Status
        )
        return self._table(("status", "meaning"), rows)

    def _groups(self) -> Iterator[str]:
        rows = ((f"`{_GROUP_SAMPLES[word]}`", meaning.read(self._locale)) for word, meaning in GROUPS.items())
        return self._table(("written", "meaning"), rows)

    def _operators(self) -> Iterator[str]:
        for kind in Type:
            yield f"### {TYPE_NAMES[kind].read(self._locale)} (`{kind.value}`)"
            yield ""
            yield from self._table(("operator", "meaning", "unknown", "example", "aloud"), self._asked(kind))
            yield ""

    def _asked(self, kind: Type) -> Iterator[tuple[str, ...]]:
        for op in Op:
            if op in OPS[kind]:
                test = _sample(kind, op)
                yield (
                    f"`{op.value}`",
                    MEANINGS[op].read(self._locale),
                    WHEN_UNKNOWN[op].read(self._locale),
                    f"`{test.field}: {{{op.value}: {_written(test.value)}}}`",
                    say(test, self._locale),
                )

    def _fields(self, fields: Iterable[Field], before: str) -> Iterator[tuple[str, ...]]:
        for field in fields:
            yield (
                f"`{field.name}`",
                field.title.read(self._locale),
                TYPE_NAMES[field.type].read(self._locale),
                self._holds(field, f"{before}{field.name}"),
                SOURCES[field.source].read(self._locale),
                CHANGEABLE[field.changeable].read(self._locale),
                ", ".join(PURPOSES[purpose].read(self._locale) for purpose in PURPOSES if purpose in field.purposes),
                str(field.retention_days),
            )

    def _holds(self, field: Field, full: str) -> str:
        parts = [f"`{value}` ({VALUE_WORDS[full][value].read(self._locale)})" for value in field.values]
        if field.unit is not None:
            parts.append(UNITS[field.unit].read(self._locale))
        if field.minimum is not None:
            parts.append(COLUMNS["from"].read(self._locale).format(low=field.minimum))
        if field.maximum is not None:
            parts.append(COLUMNS["to"].read(self._locale).format(high=field.maximum))
        return ", ".join(parts)

    def _action_kinds(self) -> Iterator[str]:
        yes, no = COLUMNS["yes"].read(self._locale), COLUMNS["no"].read(self._locale)
        rows = ((f"`{kind.value}`", KIND_WORDS[kind].read(self._locale), yes if kind.sells else no) for kind in Kind)
        return self._table(("kind", "name", "sells"), rows)

    def _functions(self) -> Iterator[str]:
        rows = ((f"`{function}`", words.read(self._locale)) for function, words in FUNCTION_WORDS.items())
        return self._table(("written", "name"), rows)

    def _limits(self) -> Iterator[str]:
        rows = ((LIMITS[key].read(self._locale), str(value)) for key, value in _LIMIT_VALUES.items())
        return self._table(("meaning", "limit"), rows)


_FIELD_COLUMNS: Final = ("field", "title", "type", "holds", "source", "changeable", "purpose", "kept")


def _sample(kind: Type, op: Op) -> Test:
    name, values = _SAMPLES[kind]
    if op is Op.KNOWN:
        return Test(name, op, False)
    if op is Op.SAME_AS:
        return Test(name, op, "ticket.plan_mentioned")
    return Test(name, op, values if op in _SEVERAL else values[0])


def _written(value: Scalar | tuple[Scalar, ...]) -> str:
    """Return a value as a rule file writes it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else number_text(value)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
