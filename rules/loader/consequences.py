"""The `then` of a rule file -> what the rule does, by the kind of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from rules.loader import schema
from rules.loader.conditions import misfit
from rules.loader.findings import Finding
from rules.loader.shapes import kind_of
from rules.loader.yaml_strict import Document, Place
from rules.rulebook import (
    Classify,
    Consequence,
    Derive,
    Function,
    Kind,
    Recommend,
    RuleKind,
    Suppress,
)
from rules.vocabulary import FIELDS, Source, nearest


def read_then(document: Document, kind: RuleKind, findings: list[Finding]) -> Consequence | None:
    """Return what the rule does, or None when `findings` says why not."""
    place: Place = ("then",)
    data: Any = document.data
    shape = schema.THEN[kind]
    if isinstance(data["then"], dict):
        allowed = tuple(shape.values)
        foreign = [name for name in data["then"] if name not in allowed and name in _ALL_THEN]
        for name in foreign:
            listed = ", ".join(allowed)
            found = document.finding(
                "shape.then_unfit", (*place, name), on_key=True, kind=kind.value, field=name, allowed=listed
            )
            findings.append(found)
        if foreign:
            return None
    raw, problems = schema.load(shape, document, place)
    findings += problems
    if problems:
        return None
    match kind:
        case RuleKind.DERIVATION:
            return _derive(document, raw["derive"], findings)
        case RuleKind.CLASSIFICATION:
            return _classify(document, raw, findings)
        case RuleKind.RECOMMENDATION:
            return Recommend(raw["recommend"]["action"], raw["recommend"].get("lever", 1.0))
        case RuleKind.GUARDRAIL:
            return _suppress(document, raw["suppress"], findings)


_ALL_THEN: Final = frozenset(name for shape in schema.THEN.values() for name in shape.values)


def _derive(document: Document, raw: Any, findings: list[Finding]) -> Derive | None:
    place: Place = ("then", "derive")
    if not isinstance(raw, dict):
        findings.append(document.finding("shape.not_mapping", place, got=kind_of(raw)))
        return None
    if not raw:
        findings.append(document.finding("shape.then_nothing", place, on_key=True, allowed="derive: {field: value}"))
        return None
    derived = tuple(found.name for found in FIELDS.values() if found.source is Source.DERIVED)
    before = len(findings)
    for name, value in raw.items():
        here = (*place, name)
        if name not in derived:
            near = nearest(name, derived) if name not in FIELDS else None
            code = "derive.not_derived_near" if near else "derive.not_derived"
            listed = ", ".join(derived)
            findings.append(document.finding(code, here, on_key=True, field=name, names=listed, near=near or ""))
            continue
        wrong = misfit(document, FIELDS[name], value, here)
        if wrong is not None:
            findings.append(wrong)
    return Derive(MappingProxyType(dict(raw))) if len(findings) == before else None


def _classify(document: Document, raw: Mapping[str, Any], findings: list[Finding]) -> Classify | None:
    votes = {Function(name): count for name, count in raw.get("classify", {}).items()}
    collaborate = tuple(Function(name) for name in raw.get("collaborate", ()))
    if not votes and not collaborate:
        allowed = "classify: {support: 2}"
        findings.append(document.finding("shape.then_nothing", ("then",), on_key=True, allowed=allowed))
        return None
    return Classify(MappingProxyType(votes), collaborate)


def _suppress(document: Document, raw: Mapping[str, Any], findings: list[Finding]) -> Suppress | None:
    kinds = tuple(Kind(name) for name in raw.get("kinds", ()))
    actions = tuple(raw.get("actions", ()))
    if not kinds and not actions:
        allowed = "kinds: [upsell]"
        findings.append(document.finding("shape.then_nothing", ("then", "suppress"), on_key=True, allowed=allowed))
        return None
    return Suppress(kinds, actions, raw["reason"])
