"""The name of a rulebook: the same for every way of writing the same rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Test
from rules.rulebook import (
    Action,
    Calibration,
    Classify,
    Consequence,
    Derive,
    Recommend,
    Rule,
    Signal,
    Status,
    Suppress,
)
from rules.text import Text


def digest(
    rules: Iterable[Rule], signals: Iterable[Signal], actions: Iterable[Action], calibration: Calibration
) -> str:
    """Return the SHA-256, in hex, of everything that can change a decision.

    Comments, paths, the order of keys, files and phrases, examples, owners and references change nothing; nor does a
    deprecated rule, which is never evaluated. Texts count: a decision holds them.
    """
    content = {
        "rules": {rule.id: _rule(rule) for rule in rules if rule.status is not Status.DEPRECATED},
        "signals": {signal.name: _signal(signal) for signal in signals},
        "actions": {action.id: _action(action) for action in actions},
        "calibration": [calibration.intercept, calibration.margin, calibration.strength],
    }
    return hashlib.sha256(canonical_json(content)).hexdigest()


def canonical_json(content: Any) -> bytes:
    """Return the one way in which `content` is written as JSON: keys sorted, no blanks, ASCII."""
    return _CANONICAL.encode(content).encode()


_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "version": rule.version,
        "kind": rule.kind.value,
        "status": rule.status.value,
        "title": _text(rule.title),
        "rationale": _text(rule.rationale),
        "when": condition(rule.when),
        "then": _then(rule.then),
        "on_unknown_suppress": rule.on_unknown_suppress,
    }


def _then(then: Consequence) -> dict[str, Any]:
    match then:
        case Derive(values):
            return {"derive": dict(values)}
        case Classify(votes, collaborate):
            counted = {function.value: count for function, count in votes.items()}
            return {"classify": counted, "collaborate": sorted(function.value for function in collaborate)}
        case Recommend(action, lever):
            return {"recommend": {"action": action, "lever": lever}}
        case Suppress(kinds, actions, reason):
            held = {"kinds": sorted(kind.value for kind in kinds), "actions": sorted(actions)}
            return {"suppress": held | {"reason": _text(reason)}}


def condition(found: Condition) -> Any:
    """Return a condition as plain data; the order of its parts is kept, for the trace shows them in it."""
    match found:
        case Test(field, op, value):
            return [field, op.value, list(value) if isinstance(value, tuple) else value]
        case All(parts):
            return {"all": [condition(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [condition(part) for part in parts]}
        case Not(part):
            return {"not": condition(part)}
        case Exists(collection, where):
            return {"exists": [collection, condition(where)]}


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "title": _text(signal.title),
        "phrases": _lists(signal.phrases),
        "not_when": _lists(signal.not_when),
        "negatable": signal.negatable,
        "clears": sorted(signal.clears),
        "implies": sorted(signal.implies),
    }


def _lists(found: Mapping[Any, tuple[str, ...]]) -> dict[str, list[str]]:
    return {str(locale): sorted(items) for locale, items in found.items()}


def _action(action: Action) -> dict[str, Any]:
    return {
        "kind": action.kind.value,
        "function": action.function.value,
        "title": _text(action.title),
        "steps": [_text(step) for step in action.steps],
        "reply": _text(action.reply) if action.reply is not None else None,
        "involve": [function.value for function in action.involve],
        "due_in_hours": action.due_in_hours,
        "worth": [action.worth.field, action.worth.multiplier, action.worth.otherwise],
        "benefit": _text(action.benefit),
        "cooldown_days": action.cooldown_days,
        "needs": condition(action.needs) if action.needs is not None else None,
        "conflicts_with": sorted(action.conflicts_with),
    }


def _text(text: Text) -> list[str]:
    return [text.pt_br, text.en]
