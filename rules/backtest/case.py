"""One decision of the past: everything it was taken from, as it was known then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rules.facts import WINDOW
from rules.model import Decision, Facts, Locale, SignalHit
from rules.signals import SignalReader, SpokenText
from rules.vocabulary import COLLECTIONS, FIELDS, WELL_KNOWN_SIGNALS

_WINDOW_HOURS: Final = WINDOW.total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the customer had written by then, oldest first, and the language that the helpdesk named, if any."""

    messages: tuple[SpokenText, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket as a decision saw it. `facts` hold the clock and the signals as they were read then.

    `acceptance`: action -> (accepted, shown) as counted then. `conversation` is None where the texts are not at hand.
    `is_counted`: whether the facts' own counters, worked out from the history, count this ticket; what a file states is
    not worked out. `is_whole` is False when the acceptance of what was not shown is no longer known.
    """

    ticket: str
    facts: Facts
    hits: tuple[SignalHit, ...] = ()
    language: Locale = "pt-BR"
    text_truncated: bool = False
    acceptance: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    conversation: Conversation | None = None
    is_counted: bool = True
    is_whole: bool = True


def case_of(ticket: str, decision: Decision, conversation: Conversation | None = None) -> Case:
    """Return what a stored decision was taken from."""
    trace = decision.trace
    acceptance, is_whole = _acceptance(decision)
    return Case(
        ticket=ticket,
        facts=_readable(decision.facts),
        hits=trace.signals,
        language="en" if trace.language == "en" else "pt-BR",
        text_truncated=trace.text_truncated,
        acceptance=acceptance,
        conversation=conversation,
        is_whole=is_whole,
    )


def read_again(case: Case, reader: SignalReader) -> Case:
    """Return the case with its texts read by another reader. Raise ValueError for a case without its texts.

    Everything else stays as it was known then: only the signals change, and the counters of tickets that say them.
    """
    if case.conversation is None:
        raise ValueError(f"the texts of ticket {case.ticket} are not at hand")
    reading = reader.read(case.conversation.messages, case.conversation.language)
    values = dict(case.facts.values)
    if case.is_counted and _counts_now(case.facts):
        for name, signal in WELL_KNOWN_SIGNALS.items():
            held = values.get(name)
            if isinstance(held, int):
                values[name] = held + (signal in reading.signals) - (signal in case.facts.signals)
    facts = Facts(values, reading.signals, case.facts.collections, case.facts.taken_at)
    return replace(case, facts=facts, hits=reading.hits, language=reading.language, text_truncated=reading.truncated)


def _readable(facts: Facts) -> Facts:
    """Return the facts without what the vocabulary had then and has no more: no rule can read it."""
    if facts.values.keys() <= FIELDS.keys() and facts.collections.keys() <= COLLECTIONS.keys():
        return facts
    return Facts(
        {name: value for name, value in facts.values.items() if name in FIELDS},
        facts.signals,
        {name: items for name, items in facts.collections.items() if name in COLLECTIONS},
        facts.taken_at,
    )


def _counts_now(facts: Facts) -> bool:
    """Tell whether a ticket is young enough to stand in its own customer's counters."""
    age = facts.values.get("ticket.age_hours")
    return not isinstance(age, int | float) or age < _WINDOW_HOURS


def _acceptance(decision: Decision) -> tuple[Mapping[str, tuple[int, int]], bool]:
    """Return the counts that the decision was ranked with, and whether these are all of them.

    Decisions of the first version kept them only for what they showed: there the rest counts as never shown.
    """
    if decision.trace.acceptance:
        return decision.trace.acceptance, True
    counted: dict[str, tuple[int, int]] = {}
    for shown in decision.recommendations:
        for factor in shown.factors:
            if factor.name == "propensity":
                parts = dict(part.partition("=")[::2] for part in factor.because.split(" "))
                counted[shown.action] = (int(parts["accepted"]), int(parts["shown"]))
    seen = {action: pair for action, pair in counted.items() if pair != (0, 0)}
    return seen, not seen
