"""The answer to one row of a ticket file: its decision as JSON values, in the language of the row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from plugin.ticket_rows import Row, RowInvalid, facts_of, parse, why_undecided
from rules.decide import Decider, fill
from rules.decide.canonical import not_shown_document, recommendation_document, said_at, trace_document
from rules.errors import SidecueError
from rules.model import Decision, Locale, NotShown, Recommendation
from rules.rulebook import Rulebook
from rules.signals import SignalReader


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Answers rows with one rulebook and one clock, so that an answer does not depend on when its row was read."""

    reader: SignalReader
    decider: Decider
    now: datetime

    @classmethod
    def of(cls, rulebook: Rulebook, now: datetime) -> RowJudge:
        """Make the judge of a rulebook; `now` is timezone-aware."""
        return cls(SignalReader(rulebook.signals.values()), Decider(rulebook), now)

    def answer(self, line: bytes) -> dict[str, Any]:
        """Return the answer to one line. Raise RowInvalid saying what is wrong with it and how to mend it."""
        row = parse(line)
        try:
            facts, reading = facts_of(row, self.reader, self.now)
            decision = self.decider.decide(facts, reading.hits, reading.language, reading.truncated)
        except RowInvalid:
            raise
        except SidecueError as error:  # a fact the vocabulary refuses, or an engine without a result
            raise RowInvalid(why_undecided(error), named=row.named) from error
        return _answer(row, decision, reading.language)

    def close(self) -> None:
        """Free the engine's memory."""
        self.decider.close()


def refusal(line_number: int, error: RowInvalid) -> dict[str, Any]:
    """Return what stands in the output for a row that cannot be decided; its error is for machines, in English."""
    return {"id": error.named, "line": line_number, "error": str(error)}


def encode(answer: Mapping[str, Any]) -> bytes:
    """Return an answer as one line of UTF-8 JSON; characters that UTF-8 cannot hold are escaped."""
    try:
        return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # half a character, or a number of more than 64 bits
        return json.dumps(answer, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def _answer(row: Row, decision: Decision, locale: Locale) -> dict[str, Any]:
    return {
        "id": row.named,
        "primary": decision.primary.value,
        "collaborators": [function.value for function in decision.collaborators],
        "scores": {function.value: score for function, score in decision.scores.items()},
        "confidence": decision.confidence,
        "needs_triage": decision.needs_triage,
        "is_fallback": decision.is_fallback,
        "journey_stage": decision.journey_stage,
        "customer_job": decision.customer_job,
        "recommendations": [_recommendation(entry, decision, row, locale) for entry in decision.recommendations],
        "not_shown": [_not_shown(entry, locale) for entry in decision.not_shown],
        "signals": sorted(decision.facts.signals),
        "trace": {
            **trace_document(decision.trace),
            "rulebook": decision.rulebook,
            "taken_at": said_at(decision.taken_at),
        },
    }


def _recommendation(entry: Recommendation, decision: Decision, row: Row, locale: Locale) -> dict[str, Any]:
    """Return a recommendation with its reply ready to send."""
    return {
        **recommendation_document(entry),
        "title": entry.title.read(locale),
        "steps": [step.read(locale) for step in entry.steps],
        "reply": fill(entry.reply, locale, decision.facts, {"ticket.id": row.id}) if entry.reply is not None else None,
        "benefit": entry.benefit.read(locale),
        "reason": entry.reason.read(locale),
    }


def _not_shown(entry: NotShown, locale: Locale) -> dict[str, Any]:
    return {**not_shown_document(entry), "reason": entry.reason.read(locale)}
