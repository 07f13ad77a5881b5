"""One file's document -> the pack, rule, signal, action or calibration that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from rules.conditions import Condition
from rules.loader import example_files, schema
from rules.loader.conditions import ConditionReader
from rules.loader.consequences import read_then
from rules.loader.findings import Finding
from rules.loader.given import GivenReader
from rules.loader.shapes import shown
from rules.loader.sources import FileKind, Layer, SourceFile
from rules.loader.yaml_strict import Document, Place
from rules.rulebook import (
    Action,
    Calibration,
    Consequence,
    Deprecation,
    Example,
    Function,
    Kind,
    Origin,
    Pack,
    Rule,
    RuleKind,
    Signal,
    SignalExamples,
    Status,
    Worth,
)
from rules.text import LOCALES
from rules.vocabulary import FIELDS, Type, nearest

Item = Pack | Rule | Signal | Action | Calibration | example_files.BookExample


@dataclass(frozen=True, slots=True)
class Overlay:
    """A tenant's change to something that exists. `values` are the loaded keys besides `overlay`."""

    target: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """One file's content before it is known whether the others fit to it.

    `signals` and `reads` are what its conditions name, with their places; `needs` the raw needs of a pack.
    """

    kind: FileKind
    id: str
    item: Item | Overlay
    document: Document
    source: SourceFile
    signals: tuple[tuple[str, Place], ...] = ()
    reads: tuple[tuple[str, Place], ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[FileKind, str]:
        """What must be unique in a rulebook."""
        return self.kind, self.id

    @property
    def layer(self) -> Layer:
        """Whose file it is."""
        return self.source.layer

    def finding(self, code: str, place: Place, *, on_key: bool = False, **params: Any) -> Finding:
        """Return a finding at a place of this file."""
        return self.document.finding(code, place, on_key=on_key, **params)


def build(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    """Return what the file holds, or None with every finding that says why not."""
    kind = source.kind or _told_by_content(document)
    if isinstance(document.data, dict) and "overlay" in document.data:
        return _overlay(document, source, kind)
    match kind:
        case FileKind.PACK:
            return _pack(document, source)
        case FileKind.SIGNAL:
            return _signal(document, source)
        case FileKind.ACTION:
            return _action(document, source)
        case FileKind.CALIBRATION:
            return _calibration(document, source)
        case FileKind.EXAMPLE:
            return _example(document, source)
        case _:
            return _rule(document, source)


def _told_by_content(document: Document) -> FileKind:
    """Tell the kind of a file that lies in no pack."""
    keys = document.data.keys() if isinstance(document.data, dict) else set()
    if "expect" in keys and not {"when", "phrases"} & keys:
        return FileKind.EXAMPLE
    if "phrases" in keys or ("name" in keys and "when" not in keys):
        return FileKind.SIGNAL
    if {"steps", "due_in_hours", "cooldown_days"} & keys and "when" not in keys:
        return FileKind.ACTION
    if {"intercept", "fitted_on"} & keys:
        return FileKind.CALIBRATION
    return FileKind.PACK if "does_not_cover" in keys else FileKind.RULE


def _origin(document: Document) -> Origin:
    return Origin(document.path, document.value_at(())[0])


def _id_finding(document: Document, source: SourceFile, key: str, found: object) -> list[Finding]:
    """Return the finding for an id that is not the path."""
    if not isinstance(found, str):
        return []
    stem = source.path.stem
    pack = source.pack if source.pack is not None else found.rpartition(".")[0]
    expected = stem if key == "name" else f"{pack}.{stem}"
    if found == expected:
        return []
    return [document.finding("id.mismatch", (key,), id=shown(found), expected=expected)]


def _pack(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    raw, findings = schema.load(schema.PackShape, document)
    if "id" in raw and raw["id"] != source.pack and source.pack is not None:
        findings.append(document.finding("id.mismatch", ("id",), id=raw["id"], expected=source.pack))
    if findings:
        return None, findings
    item = Pack(raw["id"], raw["title"], raw["owner"], raw["version"], _origin(document))
    return Draft(FileKind.PACK, item.id, item, document, source, needs=tuple(raw["needs"])), []


def _calibration(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    raw, findings = schema.load(schema.CalibrationShape, document)
    if findings:
        return None, findings
    item = Calibration(raw["intercept"], raw["margin"], raw["strength"], raw["fitted_on"])
    return Draft(FileKind.CALIBRATION, "calibration", item, document, source), []


def _example(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    stem = source.path.stem
    item, signals, findings = example_files.read(document, f"{source.pack}/{stem}" if source.pack else stem)
    if item is None:
        return None, findings
    return Draft(FileKind.EXAMPLE, item.id, item, document, source, signals=signals), []


def _signal(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    raw, findings = schema.load(schema.SignalShape, document)
    findings += _id_finding(document, source, "name", raw.get("name"))
    if findings:
        return None, findings
    name = raw["name"]
    item = Signal(
        name=name,
        title=raw["title"],
        phrases=_per_language(raw["phrases"]),
        not_when=_per_language(raw.get("not_when", {})),
        negatable=raw["negatable"],
        clears=tuple(raw.get("clears", ())),
        examples=signal_examples(raw.get("examples", {})),
        origin=_origin(document),
        implies=tuple(raw.get("implies", ())),
    )
    named = tuple(
        (other, (word, index))
        for word, others in (("clears", item.clears), ("implies", item.implies))
        for index, other in enumerate(others)
    )
    return Draft(FileKind.SIGNAL, name, item, document, source, signals=named), []


def _per_language(raw: Mapping[str, list[str]]) -> Mapping[Any, tuple[str, ...]]:
    return MappingProxyType({locale: tuple(raw.get(locale, ())) for locale in LOCALES})


def signal_examples(raw: Mapping[str, Mapping[str, list[str]]]) -> Mapping[Any, SignalExamples]:
    """Return the example texts of a signal for both languages; sides that are not there are empty."""
    sides = {locale: raw.get(locale, {}) for locale in LOCALES}
    return MappingProxyType(
        {
            locale: SignalExamples(tuple(side.get("match", ())), tuple(side.get("no_match", ())))
            for locale, side in sides.items()
        }
    )


def _action(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    raw, findings = schema.load(schema.ActionShape, document)
    findings += _id_finding(document, source, "id", raw.get("id"))
    reader = ConditionReader(document, RuleKind.RECOMMENDATION, findings)
    needs = reader.read(raw["needs"], ("needs",)) if "needs" in raw else None
    worth = raw.get("value", {})
    if "field" in worth:
        findings += _worth_finding(document, worth["field"])
    if findings:
        return None, findings
    item = Action(
        id=raw["id"],
        kind=Kind(raw["kind"]),
        function=Function(raw["function"]),
        title=raw["title"],
        steps=tuple(raw["steps"]),
        reply=raw.get("reply"),
        involve=tuple(Function(name) for name in raw["involve"]),
        due_in_hours=raw["due_in_hours"],
        worth=Worth(worth.get("field"), worth["multiplier"], worth["otherwise"]),
        benefit=raw["benefit"],
        cooldown_days=raw["cooldown_days"],
        needs=needs,
        conflicts_with=tuple(raw.get("conflicts_with", ())),
        origin=_origin(document),
    )
    reads = [*reader.reads]
    if item.worth.field is not None:
        reads.append((item.worth.field, ("value", "field")))
    return Draft(
        FileKind.ACTION, item.id, item, document, source, signals=tuple(reader.signals), reads=tuple(reads)
    ), []


def _worth_finding(document: Document, name: str) -> list[Finding]:
    found = FIELDS.get(name)
    place: Place = ("value", "field")
    if found is not None and found.type in {Type.INTEGER, Type.NUMBER}:
        return []
    if found is not None:
        return [document.finding("worth.not_a_number", place, field=name, sample="customer.mrr")]
    numbers = tuple(field.name for field in FIELDS.values() if field.type in {Type.INTEGER, Type.NUMBER})
    near = nearest(name, numbers)
    if near:
        return [document.finding("condition.unknown_field_near", place, field=name, near=near)]
    return [document.finding("condition.unknown_field", place, field=name, names=", ".join(numbers))]


def _rule(document: Document, source: SourceFile) -> tuple[Draft | None, list[Finding]]:
    raw, findings = schema.load(schema.RuleShape, document)
    findings += _id_finding(document, source, "id", raw.get("id"))
    # a wrong kind is one finding; the condition is then read as one that may look at everything
    kind = RuleKind(raw["kind"]) if "kind" in raw else RuleKind.GUARDRAIL
    reader = ConditionReader(document, kind, findings)
    when = reader.read(raw["when"], ("when",)) if "when" in raw else None
    then = read_then(document, kind, findings) if {"then", "kind"} <= raw.keys() else None
    given = GivenReader(document, findings)
    examples = _examples(document, raw, given)
    findings += _lifecycle(document, raw, kind)
    if findings or when is None or then is None:
        return None, findings
    item = _as_rule(document, raw, when, then, examples)
    return Draft(
        FileKind.RULE,
        item.id,
        item,
        document,
        source,
        signals=(*reader.signals, *given.signals),
        reads=tuple(reader.reads),
    ), []


def _as_rule(
    document: Document, raw: Mapping[str, Any], when: Condition, then: Consequence, examples: tuple[Example, ...]
) -> Rule:
    return Rule(
        id=raw["id"],
        version=raw["version"],
        kind=RuleKind(raw["kind"]),
        status=Status(raw["status"]),
        title=raw["title"],
        rationale=raw["rationale"],
        owner=raw["owner"],
        practice=tuple(raw["practice"]),
        references=tuple(raw.get("references", ())),
        when=when,
        then=then,
        on_unknown_suppress="on_unknown" in raw,
        examples=examples,
        origin=_origin(document),
        deprecation=_deprecation(raw.get("deprecated")),
    )


def _deprecation(raw: Mapping[str, Any] | None) -> Deprecation | None:
    return Deprecation(raw["since"], raw["reason"], tuple(raw["replaced_by"])) if raw is not None else None


def _examples(document: Document, raw: Mapping[str, Any], given: GivenReader) -> tuple[Example, ...]:
    examples = []
    for index, example in enumerate(raw.get("examples", ())):
        if not isinstance(example, dict) or not {"name", "given", "expect"} <= example.keys():
            continue  # its shape already has a finding
        place: Place = ("examples", index)
        facts = given.read(example["given"], (*place, "given"))
        line = document.value_at(place)[0]
        examples.append(Example(example["name"], MappingProxyType(dict(facts)), example["expect"] == "match", line))
    return tuple(examples)


def _lifecycle(document: Document, raw: Mapping[str, Any], kind: RuleKind) -> list[Finding]:
    findings = []
    status = raw.get("status")
    has_reason = isinstance(document.data, dict) and "deprecated" in document.data
    if status == Status.DEPRECATED.value and not has_reason:
        findings.append(document.finding("shape.deprecated_missing", ("status",)))
    if has_reason and status is not None and status != Status.DEPRECATED.value:
        findings.append(document.finding("shape.deprecated_extra", ("deprecated",), on_key=True, status=status))
    if "on_unknown" in raw and "kind" in raw and kind is not RuleKind.GUARDRAIL:
        findings.append(document.finding("shape.guardrail_only", ("on_unknown",), on_key=True, field="on_unknown"))
    return findings


_OVERLAY_SHAPES: Final = {
    FileKind.RULE: (schema.RuleOverlayShape, schema.RuleShape),
    FileKind.ACTION: (schema.ActionOverlayShape, schema.ActionShape),
    FileKind.SIGNAL: (schema.SignalOverlayShape, schema.SignalShape),
}
"""What an overlay may hold, and what the whole file holds."""


def _overlay(document: Document, source: SourceFile, kind: FileKind) -> tuple[Draft | None, list[Finding]]:
    if kind not in _OVERLAY_SHAPES:
        return None, [document.finding("overlay.place", ("overlay",), on_key=True)]
    shape, whole = _OVERLAY_SHAPES[kind]
    keys = document.data if isinstance(document.data, dict) else {}
    changeable = tuple(name for name in shape.values if name not in {"schema", "overlay"})
    fixed = [name for name in keys if name in whole.values and name not in {"schema", *changeable}]
    if fixed:
        names = ", ".join(changeable)
        return None, [document.finding("overlay.key", (name,), on_key=True, key=name, names=names) for name in fixed]
    raw, findings = schema.load(shape, document)
    if findings:
        return None, findings
    values = {name: value for name, value in raw.items() if name not in {"schema", "overlay"}}
    return Draft(kind, raw["overlay"], Overlay(raw["overlay"], MappingProxyType(values)), document, source), []
