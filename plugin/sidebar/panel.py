"""What the sidebar shows, worked out from a stored decision: plain values, ready for the template.

Nothing here reads a clock, a request or the database, so every state can be built by hand in a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from unicodedata import normalize

from plugin.i18n import Words
from plugin.i18n.moments import Moment, certainty, moment
from plugin.sidebar import strip, terms
from plugin.sidebar.names import Names
from plugin.sidebar.phrases import Line, Phrases
from plugin.sidebar.terms import Terms
from plugin.store.decisions import StoredDecision, StoredRecommendation
from rules.decide import fill
from rules.model import Decision, Function, NotShown, RuleKind, Stage
from rules.obligations import Attendance
from rules.text import Locale, locale_for

HIGH: Final = 0.75
"""From here on certainty is called high; nobody needs to be asked."""
LOW: Final = 0.5
"""Below it, or without any vote, the panel asks whose work it is instead of saying so."""

REASONS: Final = ("already_done", "not_this_customer", "wrong_facts", "bad_timing", "customer_declined", "other")
"""Why a recommendation does not apply, as the agent may say with one click."""

UNSETTLED: Final = frozenset({"open", "accepted"})
"""States of a recommendation with something left to do about it; the first such one is unfolded."""

_NAME_JOINS: Final = re.compile(r"[-'\u2019]")
_HIDDEN_STAGES: Final = frozenset({Stage.NOT_FIRED, Stage.SHADOW})


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who looks, when, from where, what the people on the ticket are called, and the clocks of a regulated tenant."""

    now: datetime
    zone: tzinfo
    ticket: str
    agent: str
    requester: str | None = None
    customer: str | None = None
    attendance: Attendance | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A function as the panel names it: its slug carries colour and icon, its name the word."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Vote:
    """What the rules gave one function; `width` is its share of the highest, in per cent."""

    part: Part
    score: int
    width: int


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that fired, and what it saw."""

    title: str
    rationale: str | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Whose:
    """The head of the panel: whose work, with whom, and how sure.

    `share` is None when nobody could tell whose work it is: a percentage would answer what the panel asks.
    """

    primary: Part
    collaborators: tuple[Part, ...]
    level: str
    share: str | None
    asks: bool
    corrected_by: str | None
    was: Part | None
    votes: tuple[Vote, ...]
    rules: tuple[RuleLine, ...]
    truncated: bool
    choices: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure, with its tick."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One recommendation."""

    id: str
    rank: int
    title: str
    kind: str
    part: Part
    involve: str
    due: Moment
    overdue: bool
    steps: tuple[Step, ...]
    reply: str | None
    reply_lang: Locale
    benefit: str
    reason: str
    rules: tuple[RuleLine, ...]
    state: str
    unfolded: bool
    hand_over_to: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A recommendation that is not shown: where it fell out, and why."""

    title: str
    stage: str
    reason: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the template needs for a decided ticket."""

    decision_id: str
    whose: Whose
    customer: str
    facts: tuple[str, ...]
    terms: Terms | None
    """Of the SAC decree, where it holds."""
    cards: tuple[Card, ...]
    nothing_specific: bool
    held_back: tuple[str, ...]
    others: tuple[Other, ...]
    decided: Moment
    rulebook: str
    """Digest of the rules that decided."""
    rulebook_version: int | None


def asks(decision: Decision) -> bool:
    """Tell whether the panel asks whose work it is: a decision this unsure must not pass for one."""
    return decision.needs_triage or decision.confidence < LOW


def _level(decision: Decision) -> str:
    """Return the word for how sure the decision is; nothing to go by is never more than low."""
    if decision.needs_triage or decision.confidence < LOW:
        return "low"
    return "high" if decision.confidence >= HIGH else "medium"


class PanelBuilder:
    """Builds panels in one language from one rulebook's names."""

    def __init__(self, words: Words, names: Names) -> None:
        self._words = words
        self._names = names

    def build(self, stored: StoredDecision, occasion: Occasion) -> Panel:
        """Return the panel of a ticket's current decision."""
        decision, correction = stored.decision, stored.correction
        currency = decision.facts.values.get("customer.currency")
        phrases = Phrases(self._words, self._names, currency if isinstance(currency, str) else None)
        plan = decision.facts.values.get("customer.plan")
        named = dict.fromkeys((occasion.requester, occasion.customer, plan if isinstance(plan, str) else None))
        return Panel(
            decision_id=stored.id,
            whose=self._whose(decision, correction, phrases),
            customer=" · ".join(filter(None, named)),
            facts=strip.of(decision, self._words, phrases),
            terms=self._terms(occasion),
            cards=self._cards(stored, occasion, phrases),
            nothing_specific=decision.is_fallback or not stored.recommendations,
            held_back=self._held_back(decision.not_shown),
            others=tuple(self._other(one, phrases) for one in decision.not_shown if one.stage not in _HIDDEN_STAGES),
            decided=moment(self._words, decision.taken_at, occasion.now, occasion.zone),
            rulebook=decision.rulebook,
            rulebook_version=stored.rulebook_version,
        )

    def _terms(self, occasion: Occasion) -> Terms | None:
        held = occasion.attendance
        return terms.of(held, self._words, occasion.now, occasion.zone) if held is not None else None

    def _part(self, function: str) -> Part:
        return Part(function, self._words.of("function", function))

    def _whose(self, decision: Decision, correction: Mapping[str, str] | None, phrases: Phrases) -> Whose:
        primary = self._part(correction["primary"] if correction else decision.primary)
        decided = self._part(decision.primary)
        highest = max((score for score in decision.scores.values()), default=0)
        return Whose(
            primary=primary,
            collaborators=tuple(self._part(one) for one in decision.collaborators if one != primary.slug),
            level=_level(decision),
            share=None if decision.needs_triage else certainty(self._words, decision.confidence),
            asks=correction is None and asks(decision),
            corrected_by=correction["by"] if correction else None,
            was=decided if correction and decided != primary else None,
            votes=tuple(
                Vote(self._part(function), score, round(100 * max(score, 0) / highest) if highest > 0 else 0)
                for function, score in sorted(decision.scores.items(), key=lambda item: (-item[1], item[0]))
            ),
            rules=self._rules(
                decision,
                {fired.rule for fired in decision.trace.fired if fired.kind is RuleKind.CLASSIFICATION},
                phrases,
            ),
            truncated=decision.trace.text_truncated,
            choices=tuple(self._part(function) for function in Function),
        )

    def _rules(self, decision: Decision, wanted: Iterable[str], phrases: Phrases) -> tuple[RuleLine, ...]:
        chosen = set(wanted)
        return tuple(
            RuleLine(
                self._names.rule(fired.rule),
                self._names.rationale(fired.rule),
                phrases.lines(fired.leaves, made_true=True),
            )
            for fired in decision.trace.fired
            if fired.rule in chosen
        )

    def _cards(self, stored: StoredDecision, occasion: Occasion, phrases: Phrases) -> tuple[Card, ...]:
        unfolded = next((row.id for row in stored.recommendations if row.state in UNSETTLED), None)
        return tuple(
            self._card(row, stored, occasion, phrases, unfolded=row.id == unfolded) for row in stored.recommendations
        )

    def _card(
        self, row: StoredRecommendation, stored: StoredDecision, occasion: Occasion, phrases: Phrases, *, unfolded: bool
    ) -> Card:
        one, decision = row.recommendation, stored.decision
        primary = stored.correction["primary"] if stored.correction else decision.primary
        read = self._words.locale
        customers = locale_for(decision.trace.language, read)
        return Card(
            id=row.id,
            rank=row.rank,
            title=one.title.read(read),
            kind=self._words.of("kind", one.kind),
            part=self._part(one.function),
            involve=" · ".join(self._part(function).name for function in one.involve if function != one.function),
            due=moment(self._words, one.due_at, occasion.now, occasion.zone),
            overdue=one.due_at < occasion.now,
            steps=tuple(Step(step.read(read), index in row.steps_done) for index, step in enumerate(one.steps)),
            reply=fill(one.reply, customers, decision.facts, _people(occasion)) if one.reply else None,
            reply_lang=customers,
            benefit=one.benefit.read(read),
            reason=one.reason.read(read),
            rules=self._rules(decision, one.rules, phrases),
            state=row.state,
            unfolded=unfolded,
            hand_over_to=tuple(self._part(function) for function in Function if function != primary),
        )

    def _held_back(self, not_shown: Sequence[NotShown]) -> tuple[str, ...]:
        """Return one line per guardrail that held something back: what, and why."""
        told: dict[str, None] = {}
        for one in not_shown:
            if one.stage is Stage.SUPPRESSED:
                what = self._words("held.sale") if one.kind.sells else self._words.of("held", one.kind)
                told[f"{what}: {_as_clause(one.reason.read(self._words.locale))}"] = None
        return tuple(told)

    def _other(self, one: NotShown, phrases: Phrases) -> Other:
        return Other(
            title=self._names.action(one.action),
            stage=self._words.of("stage", one.stage),
            reason=one.reason.read(self._words.locale),
            lines=phrases.lines(one.leaves, made_true=one.stage is Stage.SUPPRESSED),
        )


def _people(occasion: Occasion) -> dict[str, str]:
    """Return the names that a ready reply may use; one that is not known is left out, and the slot's fallback holds.

    Helpdesks put an address or a number where no name is known, and nobody is greeted by one.
    """
    names = {"ticket.id": occasion.ticket}
    if "@" not in occasion.agent:
        names["agent.name"] = occasion.agent
    first = normalize("NFC", occasion.requester or "").split(maxsplit=1)[:1]
    if first and all(part.isalpha() for part in _NAME_JOINS.split(first[0])):
        names["requester.first_name"] = first[0]
    return names


def _as_clause(sentence: str) -> str:
    """Return a sentence as it reads after a colon: small first letter unless the word is an acronym, no full stop."""
    clause = sentence.strip().rstrip(".")
    starts_plain = len(clause) > 1 and clause[0].isupper() and not clause[1].isupper()
    return clause[0].lower() + clause[1:] if starts_plain else clause
