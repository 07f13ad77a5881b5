"""The internal note that an accepted recommendation leaves on the ticket: who accepted what, and why."""

from __future__ import annotations

from plugin.i18n import Words, words
from plugin.i18n.moments import certainty, in_full, zone_named
from plugin.store.decisions import StoredDecision, StoredRecommendation
from rules.text import Locale


def note_text(stored: StoredDecision, row: StoredRecommendation, agent: str, locale: Locale, ref: str) -> str:
    """Return the note in the tenant's language, ending with its reference."""
    t = words(locale)
    decision, one = stored.decision, row.recommendation
    primary = stored.correction["primary"] if stored.correction else decision.primary
    whose = t.of("function", primary)
    others = [t.of("function", function) for function in decision.collaborators if function != primary]
    if others:
        whose = t("note.with", function=whose, others=", ".join(others))
    lines = [
        t("note.accepted", agent=" ".join(agent.split()), title=one.title.read(locale)),
        _whose(t, stored, whose),
        t("note.why", reason=one.reason.read(locale)),
        t("note.benefit", benefit=one.benefit.read(locale)),
        t("note.due", due=in_full(t, one.due_at, zone_named(None, locale))),
    ]
    if one.steps:
        lines += [t("note.steps"), *(f"{number}. {step.read(locale)}" for number, step in enumerate(one.steps, 1))]
    if one.rules:
        lines.append(t("note.rules", rules=", ".join(one.rules)))
    return "\n".join([*lines, ref])


def _whose(t: Words, stored: StoredDecision, whose: str) -> str:
    """Return whose work it is and how sure that is: an agent's answer has no percentage, nor has a mere guess."""
    if stored.correction:
        return t("note.whose_corrected", function=whose, agent=" ".join(stored.correction["by"].split()))
    if stored.decision.needs_triage:
        return t("note.whose_unsure", function=whose)
    return t("note.whose", function=whose, share=certainty(t, stored.decision.confidence))
