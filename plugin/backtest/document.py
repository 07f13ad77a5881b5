"""A comparison as JSON values: everything a script may want, in an order that never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugin.backtest.books import NamedBook
from rules.backtest import Cause, Comparison, Difference, Verdict, Work
from rules.backtest.outcome import Outcome
from rules.decide.canonical import said_at
from rules.model import LeafResult
from rules.text import Locale

SCHEMA = 1


def as_document(
    comparison: Comparison, before: NamedBook, after: NamedBook, verdicts: Sequence[Verdict], locale: Locale
) -> dict[str, Any]:
    """Return the whole comparison; `locale` is that of the two rulebooks' names."""
    part = comparison.part
    return {
        "schema": SCHEMA,
        "ok": all(verdict.is_kept for verdict in verdicts),
        "from": {"name": before.name.read(locale), "digest": comparison.before.digest},
        "to": {"name": after.name.read(locale), "digest": comparison.after.digest},
        "history": {
            "tickets": comparison.cases,
            "first": said_at(part.first) if part.first is not None else None,
            "last": said_at(part.last) if part.last is not None else None,
            "decided_by_both": part.decided,
            "texts_read_again": part.read_again,
            "texts_not_at_hand": part.unread,
            "ranked_by_guess": part.guessed,
        },
        "budgets": [_verdict(verdict) for verdict in verdicts],
        "measures": dict(sorted(comparison.measures().items())),
        "functions": [_work(before, after) for before, after in comparison.workload()],
        "moved": [
            {"from": old.value, "to": new.value, "tickets": count} for (old, new), count in sorted(part.moved.items())
        ],
        "totals": {
            name: {"before": one, "after": other}
            for name, one, other in (
                ("recommendations", part.before.recommendations, part.after.recommendations),
                ("to_triage", part.before.triage, part.after.triage),
                ("fallbacks", part.before.fallbacks, part.after.fallbacks),
            )
        },
        "rules": [
            {
                "rule": found.rule,
                "version": {"before": found.version_before, "after": found.version_after},
                "fired": {"before": found.fired_before, "after": found.fired_after},
                "shadow": {"before": found.shadow_before, "after": found.shadow_after},
                "shown": {"before": found.shown_before, "after": found.shown_after},
            }
            for found in comparison.rule_counts()
        ],
        "never_fired": list(comparison.never_fired()),
        "never_shown": [
            {"rule": found.rule, "fired": found.fired, "stage": found.stage.value, "by": found.by, "times": found.times}
            for found in comparison.blocked()
        ],
        "actions": [
            {
                "action": action,
                "before": was,
                "after": now,
                "added": part.added[action],
                "removed": part.removed[action],
                "reranked": part.reranked[action],
            }
            for action, (was, now) in comparison.action_counts().items()
        ],
        "guardrails": [
            {
                "guardrail": name,
                "before": was,
                "after": now,
                "released": part.released[name],
                "caught": part.caught[name],
            }
            for name, (was, now) in comparison.guardrail_counts().items()
        ],
        "changed": [_difference(difference) for difference in comparison.differences],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "budget": verdict.budget.text,
        "used": verdict.used,
        "allowed": float(verdict.allowed),
        "of": verdict.whole,
        "kept": verdict.is_kept,
    }


def _work(before: Work, after: Work) -> dict[str, Any]:
    sides = {
        name: {
            "tickets": side.tickets,
            "along": side.along,
            "recommendations": side.recommendations,
            "due_in_a_day": side.due_in_a_day,
            "mean_due_hours": round(side.mean_due_hours, 2) if side.mean_due_hours is not None else None,
        }
        for name, side in (("before", before), ("after", after))
    }
    return {"function": before.function.value, **sides}


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "ticket": difference.ticket,
        "taken_at": said_at(difference.taken_at),
        "aspects": [aspect.value for aspect in difference.aspects],
        "before": _outcome(difference.before),
        "after": _outcome(difference.after),
        "added": list(difference.added),
        "removed": list(difference.removed),
        "reranked": list(difference.reranked),
        "because": [_cause(cause) for cause in difference.causes],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "primary": outcome.primary.value,
        "collaborators": [function.value for function in outcome.collaborators],
        "confidence": outcome.confidence,
        "needs_triage": outcome.needs_triage,
        "is_fallback": outcome.is_fallback,
        "derived": dict(outcome.derived),
        "shown": [{"action": shown.action, "due_hours": shown.due_hours} for shown in outcome.shown],
        "held": [{"action": held.action, "stage": held.stage.value, "by": held.by} for held in outcome.held],
    }


def _cause(cause: Cause) -> Mapping[str, Any]:
    return {
        "what": cause.because.value,
        "subject": cause.subject,
        "before": [_leaf(leaf) for leaf in cause.before],
        "after": [_leaf(leaf) for leaf in cause.after],
    }


def _leaf(leaf: LeafResult) -> Mapping[str, Any]:
    return {
        "field": leaf.field,
        "op": leaf.op,
        "expected": leaf.expected,
        "actual": leaf.actual,
        "truth": leaf.truth,
    }
