"""A decision as bytes, and back, without loss: what is stored, compared and replayed.

ASCII JSON with sorted keys and no spaces, so that equal decisions are equal bytes on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from rules.decide.pieces import PLAIN, WRITTEN, Pieces, in_full
from rules.model import (
    Decision,
    Factor,
    Facts,
    Fired,
    Function,
    Kind,
    LeafResult,
    NotShown,
    Recommendation,
    RuleKind,
    SignalHit,
    Stage,
    Text,
    Trace,
)

SCHEMA: Final = 1
_DELETE: Final = b"\x7f"
"""The one ASCII character that `json` escapes and orjson does not."""


def canonical(decision: Decision) -> bytes:
    """Return the one byte string of this decision."""
    try:
        written = orjson.dumps(_document(decision, WRITTEN), option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a character, or a whole number of more than 64 bits
        return in_full(as_document(decision))
    if written.isascii() and _DELETE not in written:
        return written
    return in_full(as_document(decision))  # what orjson writes as it is


def from_canonical(data: bytes | str) -> Decision:
    """Return the decision that `canonical` wrote. Raise ValueError for bytes it did not write."""
    document = json.loads(data)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"not a decision document of schema {SCHEMA}")
    return Decision(
        primary=Function(document["primary"]),
        collaborators=_functions(document["collaborators"]),
        scores={Function(name): score for name, score in document["scores"].items()},
        confidence=document["confidence"],
        needs_triage=document["needs_triage"],
        is_fallback=document["is_fallback"],
        journey_stage=document["journey_stage"],
        customer_job=document["customer_job"],
        recommendations=tuple(_recommendation(entry) for entry in document["recommendations"]),
        not_shown=tuple(_not_shown(entry) for entry in document["not_shown"]),
        trace=_trace(document["trace"]),
        facts=_facts(document["facts"]),
        rulebook=document["rulebook"],
        taken_at=_instant(document["taken_at"]),
    )


def as_document(decision: Decision) -> dict[str, Any]:
    """Return the decision as plain JSON values."""
    return _document(decision, PLAIN)


def recommendation_document(entry: Recommendation) -> dict[str, Any]:
    """Return a recommendation as plain JSON values, with its texts in both languages."""
    return _recommended(entry, PLAIN)


def not_shown_document(entry: NotShown) -> dict[str, Any]:
    """Return what was held back as plain JSON values."""
    return _held_back(entry, PLAIN)


def trace_document(trace: Trace) -> dict[str, Any]:
    """Return the trace as plain JSON values. `acceptance` stands in it when there was any."""
    return _traced(trace, PLAIN)


def facts_document(facts: Facts) -> dict[str, Any]:
    """Return the facts as plain JSON values; a set becomes a sorted list."""
    return _known(facts, PLAIN)


def said_at(instant: datetime) -> str:
    """Return an instant in UTC, ISO 8601."""
    return (instant if instant.tzinfo is UTC else instant.astimezone(UTC)).isoformat()


# --- writing ------------------------------------------------------------------------------------


def _document(decision: Decision, pieces: Pieces) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "primary": decision.primary.value,
        "collaborators": [function.value for function in decision.collaborators],
        "scores": {function.value: score for function, score in decision.scores.items()},
        "confidence": pieces.value(decision.confidence),
        "needs_triage": decision.needs_triage,
        "is_fallback": decision.is_fallback,
        "journey_stage": decision.journey_stage,
        "customer_job": decision.customer_job,
        "recommendations": [_recommended(entry, pieces) for entry in decision.recommendations],
        "not_shown": [_held_back(entry, pieces) for entry in decision.not_shown],
        "trace": _traced(decision.trace, pieces),
        "facts": _known(decision.facts, pieces),
        "rulebook": decision.rulebook,
        "taken_at": said_at(decision.taken_at),
    }


def _recommended(entry: Recommendation, pieces: Pieces) -> dict[str, Any]:
    texts, value = pieces.texts, pieces.value
    return {
        "action": entry.action,
        "kind": entry.kind.value,
        "function": entry.function.value,
        "rules": list(entry.rules),
        "title": texts(entry.title),
        "steps": [texts(step) for step in entry.steps],
        "reply": texts(entry.reply) if entry.reply is not None else None,
        "involve": [function.value for function in entry.involve],
        "due_at": said_at(entry.due_at),
        "benefit": texts(entry.benefit),
        "reason": texts(entry.reason),
        "priority": value(entry.priority),
        "factors": [{"name": each.name, "value": value(each.value), "because": each.because} for each in entry.factors],
    }


def _held_back(entry: NotShown, pieces: Pieces) -> dict[str, Any]:
    return {
        "action": entry.action,
        "kind": entry.kind.value,
        "rules": list(entry.rules),
        "stage": entry.stage.value,
        "by": entry.by,
        "reason": pieces.texts(entry.reason),
        "leaves": pieces.leaves(entry.leaves),
    }


def _traced(trace: Trace, pieces: Pieces) -> dict[str, Any]:
    counted = {"acceptance": {action: list(seen) for action, seen in trace.acceptance.items()}}
    said, fired = pieces.said, pieces.fired
    return {
        **(counted if trace.acceptance else {}),
        "language": trace.language,
        "signals": [
            {
                "signal": hit.signal,
                "phrase": said(hit.phrase),
                "language": hit.language,
                "message_id": hit.message_id,
                "start": hit.start,
                "end": hit.end,
            }
            for hit in trace.signals
        ],
        "fired": [fired(one) for one in trace.fired],
        "shadow": [fired(one) for one in trace.shadow],
        "derived": dict(trace.derived),
        "text_truncated": trace.text_truncated,
    }


def _known(facts: Facts, pieces: Pieces) -> dict[str, Any]:
    value = pieces.value
    return {
        "values": {name: value(known) for name, known in facts.values.items()},
        "signals": sorted(facts.signals),
        "collections": {
            name: [{key: value(known) for key, known in item.items()} for item in items]
            for name, items in facts.collections.items()
        },
        "taken_at": said_at(facts.taken_at),
    }


# --- reading ------------------------------------------------------------------------------------


def _functions(names: list[str]) -> tuple[Function, ...]:
    return tuple(Function(name) for name in names)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(texts: Mapping[str, str]) -> Text:
    return Text(texts["pt-BR"], texts["en"])


def _recommendation(entry: Mapping[str, Any]) -> Recommendation:
    return Recommendation(
        action=entry["action"],
        kind=Kind(entry["kind"]),
        function=Function(entry["function"]),
        rules=tuple(entry["rules"]),
        title=_text(entry["title"]),
        steps=tuple(_text(step) for step in entry["steps"]),
        reply=_text(entry["reply"]) if entry["reply"] is not None else None,
        involve=_functions(entry["involve"]),
        due_at=_instant(entry["due_at"]),
        benefit=_text(entry["benefit"]),
        reason=_text(entry["reason"]),
        priority=entry["priority"],
        factors=tuple(Factor(each["name"], each["value"], each["because"]) for each in entry["factors"]),
    )


def _not_shown(entry: Mapping[str, Any]) -> NotShown:
    return NotShown(
        action=entry["action"],
        kind=Kind(entry["kind"]),
        rules=tuple(entry["rules"]),
        stage=Stage(entry["stage"]),
        by=entry["by"],
        reason=_text(entry["reason"]),
        leaves=tuple(_leaf(leaf) for leaf in entry["leaves"]),
    )


def _leaf(leaf: Mapping[str, Any]) -> LeafResult:
    return LeafResult(leaf["field"], leaf["op"], _tupled(leaf["expected"]), _tupled(leaf["actual"]), leaf["truth"])


def _fired(entry: Mapping[str, Any]) -> Fired:
    leaves = tuple(_leaf(leaf) for leaf in entry["leaves"])
    return Fired(entry["rule"], entry["version"], RuleKind(entry["kind"]), leaves)


def _trace(entry: Mapping[str, Any]) -> Trace:
    return Trace(
        language=entry["language"],
        signals=tuple(SignalHit(**hit) for hit in entry["signals"]),
        fired=tuple(_fired(fired) for fired in entry["fired"]),
        shadow=tuple(_fired(fired) for fired in entry["shadow"]),
        derived=dict(entry["derived"]),
        text_truncated=entry["text_truncated"],
        acceptance={action: (accepted, shown) for action, (accepted, shown) in entry.get("acceptance", {}).items()},
    )


def _facts(entry: Mapping[str, Any]) -> Facts:
    return Facts(
        values={name: _frozen(value) for name, value in entry["values"].items()},
        signals=frozenset(entry["signals"]),
        collections={
            name: tuple({key: _frozen(value) for key, value in item.items()} for item in items)
            for name, items in entry["collections"].items()
        },
        taken_at=_instant(entry["taken_at"]),
    )


def _frozen(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list) else value


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
