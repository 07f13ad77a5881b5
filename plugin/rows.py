"""One JSON line about a ticket -> one JSON-ready row with its decision: what `sidecue classify` is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NoReturn

from rules.decide import Decider, fill
from rules.decide.canonical import not_shown_document, recommendation_document, said_at, trace_document
from rules.errors import SidecueError
from rules.facts import days_of, facts_from_given
from rules.model import Decision, NotShown, Recommendation
from rules.rulebook import Rulebook
from rules.signals import SignalReader, SpokenText
from rules.text import Locale
from rules.vocabulary import COLLECTIONS, CUSTOMER_DATES, nearest

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
KEYS: Final = ("id", "text", "subject", "lang", "ticket", "customer", *COLLECTIONS)

RowId = str | int


class RowInvalid(SidecueError):
    """A row that cannot be decided; `row_id` is its id as far as it could be read."""

    def __init__(self, message: str, *, row_id: RowId | None = None) -> None:
        self.row_id = row_id
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class RowJudge:
    """Decides rows with one rulebook and one clock, so that a row's answer does not depend on when it was read."""

    reader: SignalReader
    decider: Decider
    now: datetime

    @classmethod
    def of(cls, rulebook: Rulebook, now: datetime) -> RowJudge:
        """Make the judge of a rulebook; `now` is timezone-aware."""
        return cls(SignalReader(rulebook.signals.values()), Decider(rulebook), now)

    def judge(self, line: bytes) -> dict[str, Any]:
        """Return the decision of one line as JSON values. Raise RowInvalid saying what is wrong with it and how."""
        row = _read(line)
        row_id = _id(row)
        try:
            return self._judge(row_id, row)
        except RowInvalid as error:
            raise RowInvalid(str(error), row_id=row_id) from error
        except SidecueError as error:  # a fact the vocabulary refuses, or an engine without a result
            raise RowInvalid(f"{error}", row_id=row_id) from error

    def close(self) -> None:
        """Free the engine's memory."""
        self.decider.close()

    def _judge(self, row_id: RowId, row: Mapping[str, Any]) -> dict[str, Any]:
        for name in row:
            near = nearest(name, KEYS) if name not in KEYS else None
            if near is not None:  # other columns of a data set are none of ours; a slip of the pen is
                raise RowInvalid(f"there is no key {name!r}; did you mean {near!r}?")
        text, subject = _text(row, "text"), _text(row, "subject", required=False)
        said = "\n\n".join(part for part in (subject, text) if part.strip())
        reading = self.reader.read([SpokenText("text", said)], _text(row, "lang", required=False) or None)
        ticket, customer = _group(row, "ticket"), _group(row, "customer")
        given = {
            "signals": reading.signals,
            "ticket": {"language": reading.language, **ticket},
            "customer": self._with_days(customer),
            **{name: _items(row[name]) for name in COLLECTIONS if row.get(name) is not None},
        }
        facts = facts_from_given(given, self.now)
        decision = self.decider.decide(facts, reading.hits, reading.language, reading.truncated)
        return _answer(row_id, decision, reading.language)

    def _with_days(self, customer: Mapping[str, Any]) -> dict[str, Any]:
        """Return the customer with dates (`renewal_on` and the like) turned into days; stated days win."""
        dates: dict[str, date] = {}
        for name in CUSTOMER_DATES:
            if name in customer:
                try:
                    dates[name] = date.fromisoformat(customer[name])
                except (TypeError, ValueError) as error:
                    raise RowInvalid(
                        f"customer.{name}: {customer[name]!r} does not fit: it needs a date like 2026-12-31"
                    ) from error
        days = {name.removeprefix("customer."): value for name, value in days_of(dates, self.now).items()}
        return {**days, **{name: value for name, value in customer.items() if name not in dates}}


def error_row(line_number: int, error: RowInvalid) -> dict[str, Any]:
    """Return what stands in the output for a row that cannot be decided."""
    return {"id": error.row_id, "line": line_number, "error": str(error)}


def encode(row: Mapping[str, Any]) -> bytes:
    """Return a row as one line of UTF-8 JSON; characters UTF-8 cannot hold are escaped."""
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


# --- reading a row ------------------------------------------------------------------------------


def _read(line: bytes) -> Mapping[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise RowInvalid(f"the line is longer than {MAX_LINE_BYTES} bytes; shorten its text")
    try:
        row = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise RowInvalid(f"byte {error.start + 1} of the line is not UTF-8; save the file as UTF-8") from error
    except RecursionError as error:
        raise RowInvalid("the line is nested too deeply to be read") from error
    except json.JSONDecodeError as error:
        raise RowInvalid(f"not JSON at column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise RowInvalid(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise RowInvalid('a row is an object like {"id": "1", "text": "…"}')
    return row


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number; leave out what is not known")


def _id(row: Mapping[str, Any]) -> RowId:
    row_id = row.get("id")
    if isinstance(row_id, bool) or not isinstance(row_id, str | int):
        raise RowInvalid("id: missing, or neither a text nor a whole number; give every row an id of its own")
    return row_id


def _text(row: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    value = row.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise RowInvalid(f"{name}: {_shown(value)} does not fit: it needs a text")
    return value


def _group(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the values of `ticket` or `customer`; null means unknown, as in every export."""
    value = row.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RowInvalid(f'{name}: {_shown(value)} does not fit: it needs names and values, like {{"tier": "key"}}')
    return {key: held for key, held in value.items() if held is not None}


def _items(value: Any) -> Any:
    if not isinstance(value, list):
        return value  # the vocabulary says what is wrong with it
    return [
        {key: held for key, held in item.items() if held is not None} if isinstance(item, dict) else item
        for item in value
    ]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


# --- writing its answer -------------------------------------------------------------------------


def _answer(row_id: RowId, decision: Decision, locale: Locale) -> dict[str, Any]:
    return {
        "id": row_id,
        "primary": decision.primary.value,
        "collaborators": [function.value for function in decision.collaborators],
        "scores": {function.value: score for function, score in decision.scores.items()},
        "confidence": decision.confidence,
        "needs_triage": decision.needs_triage,
        "is_fallback": decision.is_fallback,
        "journey_stage": decision.journey_stage,
        "customer_job": decision.customer_job,
        "recommendations": [_recommendation(entry, decision, row_id, locale) for entry in decision.recommendations],
        "not_shown": [_not_shown(entry, locale) for entry in decision.not_shown],
        "signals": sorted(decision.facts.signals),
        "trace": {
            **trace_document(decision.trace),
            "rulebook": decision.rulebook,
            "taken_at": said_at(decision.taken_at),
        },
    }


def _recommendation(entry: Recommendation, decision: Decision, row_id: RowId, locale: Locale) -> dict[str, Any]:
    """Return a recommendation in the language of the row, with its reply ready to send."""
    names = {"ticket.id": str(row_id)}
    return {
        **recommendation_document(entry),
        "title": entry.title.read(locale),
        "steps": [step.read(locale) for step in entry.steps],
        "reply": fill(entry.reply, locale, decision.facts, names) if entry.reply is not None else None,
        "benefit": entry.benefit.read(locale),
        "reason": entry.reason.read(locale),
    }


def _not_shown(entry: NotShown, locale: Locale) -> dict[str, Any]:
    return {**not_shown_document(entry), "reason": entry.reason.read(locale)}
