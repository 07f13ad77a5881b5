"""What nobody uses, and what must be there."""

from __future__ import annotations

from collections.abc import Iterator

from rules.decide.fallback import PROCEDURES, TRIAGE
from rules.loader import Reading
from rules.loader.build import Draft
from rules.loader.findings import Finding
from rules.loader.sources import FileKind, Layer
from rules.rulebook import Action, Recommend, Rule, Rulebook, Signal, Status
from rules.vocabulary import WELL_KNOWN_SIGNALS


def live_rules(reading: Reading) -> Iterator[tuple[Draft, Rule]]:
    """Yield the rules that were asked for and are evaluated."""
    for draft in reading.drafts.values():
        rule = draft.item
        if isinstance(rule, Rule) and draft.layer is not Layer.CONTEXT and rule.status is not Status.DEPRECATED:
            yield draft, rule


def check(reading: Reading, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield the findings about unused actions and signals, and about signals that must be defined."""
    yield from _unused_actions(reading, rulebook)
    yield from _unread_signals(reading)
    yield from _well_known(reading, rulebook)


def _unused_actions(reading: Reading, rulebook: Rulebook) -> Iterator[Finding]:
    used = {rule.then.action for rule in rulebook.rules.values() if isinstance(rule.then, Recommend)}
    used |= {TRIAGE, *PROCEDURES.values()}  # shown when no rule recommends anything
    for draft in reading.drafts.values():
        if isinstance(draft.item, Action) and draft.layer is not Layer.CONTEXT and draft.id not in used:
            yield draft.finding("action.unused", ("id",), action=draft.id)


def _unread_signals(reading: Reading) -> Iterator[Finding]:
    # clearing or implying a signal is a use of both; examples only prove, they use nothing
    read = {
        name
        for draft in reading.drafts.values()
        for name, place in draft.signals
        if draft.kind not in {FileKind.RULE, FileKind.EXAMPLE} or place[0] == "when"
    }
    read |= set(WELL_KNOWN_SIGNALS.values())
    for draft in reading.drafts.values():
        signal = draft.item
        asked = (
            isinstance(signal, Signal) and draft.layer is not Layer.CONTEXT and not (signal.clears or signal.implies)
        )
        if asked and draft.id not in read:
            yield draft.finding("signal.unread", ("name",), signal=draft.id)


def _well_known(reading: Reading, rulebook: Rulebook) -> Iterator[Finding]:
    for field, signal in WELL_KNOWN_SIGNALS.items():
        if signal in rulebook.signals:
            continue
        for draft in reading.drafts.values():
            for name, place in draft.reads:
                if name == field:
                    yield draft.finding("signal.not_defined", place, on_key=True, signal=signal, field=field)
