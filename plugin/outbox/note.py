"""The internal notes: who accepted what and why, and, where there is no sidebar, what was decided."""

from __future__ import annotations

from plugin.i18n import Words, words
from plugin.i18n.moments import certainty, in_full, zone_named
from plugin.store.decisions import StoredDecision, StoredRecommendation
from rules.model import Recommendation
from rules.text import Locale


def note_text(stored: StoredDecision, row: StoredRecommendation, agent: str, locale: Locale, ref: str) -> str:
    """Return the note about an accepted recommendation in the tenant's language, ending with its reference."""
    t = words(locale)
    one = row.recommendation
    lines = [
        t("note.accepted", agent=" ".join(agent.split()), title=one.title.read(locale)),
        _whose(t, stored),
        *_told(t, one),
    ]
    if one.rules:
        lines.append(t("note.rules", rules=", ".join(one.rules)))
    return "\n".join([*lines, ref])


def decided_text(stored: StoredDecision, locale: Locale, ref: str) -> str:
    """Return the note about a whole decision in the tenant's language, ending with its reference."""
    t = words(locale)
    lines = [t("note.decided"), _whose(t, stored)]
    for row in stored.recommendations:
        one = row.recommendation
        lines += ["", t("note.suggested", rank=row.rank, title=one.title.read(locale)), *_told(t, one)]
    return "\n".join([*lines, ref])


def _told(t: Words, one: Recommendation) -> list[str]:
    locale = t.locale
    lines = [
        t("note.why", reason=one.reason.read(locale)),
        t("note.benefit", benefit=one.benefit.read(locale)),
        t("note.due", due=in_full(t, one.due_at, zone_named(None, locale))),
    ]
    if one.steps:
        lines += [t("note.steps"), *(f"{number}. {step.read(locale)}" for number, step in enumerate(one.steps, 1))]
    return lines


def _whose(t: Words, stored: StoredDecision) -> str:
    """Return whose work it is and how sure that is: an agent's answer has no percentage, nor has a mere guess."""
    primary = stored.correction["primary"] if stored.correction else stored.decision.primary
    whose = t.of("function", primary)
    others = [t.of("function", function) for function in stored.decision.collaborators if function != primary]
    if others:
        whose = t("note.with", function=whose, others=", ".join(others))
    if stored.correction:
        return t("note.whose_corrected", function=whose, agent=" ".join(stored.correction["by"].split()))
    if stored.decision.needs_triage:
        return t("note.whose_unsure", function=whose)
    return t("note.whose", function=whose, share=certainty(t, stored.decision.confidence))
