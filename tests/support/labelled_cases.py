"""Labelled tickets of our own for evaluations and fittings, and decisions made of nothing but votes."""

import json
from datetime import UTC, datetime

from rules.evaluation import Judged
from rules.model import Decision, Facts, Fired, Trace
from rules.rulebook import Function, RuleKind

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SUPPORT, SUCCESS, ACCOUNTS = Function

ROWS = [
    {"id": "a", "text": "The app crashes when I open it", "primary": "support", "source": "mail", "lang": "en"},
    {"id": "b", "text": "Please cancel my subscription", "primary": "success", "source": "mail", "lang": "en"},
    {"id": "c", "text": "Quero cancelar meu plano hoje", "primary": "success", "source": "chat", "lang": "pt-BR"},
    {"id": "d", "text": "Quanto custa o plano empresarial?", "primary": "account_management", "source": "chat"},
    {"id": "e", "text": "The app crashes when I open it", "primary": "success", "source": "chat", "lang": "en"},
]


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def judged(expected, decided, *, fired=(), shadow=(), line=1, **known):
    """One labelled decision: `fired` are ids of classification rules."""
    confidence = known.pop("confidence", 0.7)
    facts = Facts({}, frozenset(known.pop("signals", ())), {}, NOW)
    entries = [tuple(Fired(name, 1, RuleKind.CLASSIFICATION, ()) for name in names) for names in (fired, shadow)]
    decision = Decision(
        primary=decided,
        collaborators=known.pop("helping", ()),
        scores=dict.fromkeys(Function, 0) | {decided: 3},
        confidence=confidence,
        needs_triage=known.pop("triage", False),
        is_fallback=False,
        journey_stage=None,
        customer_job=None,
        recommendations=known.pop("shows", ()),
        not_shown=(),
        trace=Trace("en", (), entries[0], entries[1], {}, text_truncated=False),
        facts=facts,
        rulebook="digest",
        taken_at=NOW,
    )
    return Judged(line, f"t{line}", "words", expected, decision, **known)
