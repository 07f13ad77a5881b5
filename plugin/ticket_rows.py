"""One row of a ticket file, as `classify`, `rules explain` and `rules backtest` read it, and the facts it states."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NoReturn

import orjson

from rules.errors import SidecueError, ToldError
from rules.facts import days_of, facts_from_given
from rules.model import Facts
from rules.signals import Reading, SignalReader, SpokenText
from rules.text import Text, filled, shortened
from rules.vocabulary import COLLECTIONS, CUSTOMER_DATES

TEXTS: Final = ("text", "subject", "lang")
FACTS: Final = ("customer", "ticket", *COLLECTIONS)
KEYS: Final = ("id", *TEXTS, *FACTS)
LABELS: Final = ("primary", "collaborators", "recommendations", "source", "tier")
"""Columns of labelled data: what was expected, and what rows are told apart by. Only an evaluation reads them."""

_QUOTE: Final = ord('"')
_NUMBERED_QUOTE: Final = rb"\u0022"
_LONGEST_SHOWN: Final = 80
_LONGEST_SLIP: Final = 60
"""Most characters of a column's name that somebody may have meant for another one."""
TOO_LONG: Final = Text(
    "a linha tem mais de {limit} bytes; encurte o texto dela", "the line is longer than {limit} bytes; shorten its text"
)
_NO_OBJECT: Final = Text(
    'uma linha é um objeto; escreva {"id": "1", "text": "…"}', 'a row is an object; write {"id": "1", "text": "…"}'
)
_NO_UTF8: Final = Text(
    "o byte {at} da linha não está em UTF-8; salve o arquivo em UTF-8",
    "byte {at} of the line is not UTF-8; save the file as UTF-8",
)
_TOO_DEEP: Final = Text(
    "há níveis demais, um dentro do outro, para a leitura; uma linha tem dois",
    "this is nested too deeply to be read; a row has two levels",
)
_NO_JSON: Final = Text(
    "isto não é JSON ({why}); escreva um objeto por linha, como {example}",
    "this is not JSON ({why}); write one object like {example}",
)
_NO_ID: Final = Text(
    "falta 'id'; dê a cada linha um texto ou um número inteiro só dela",
    "'id' is missing; give every row a text or a whole number of its own",
)
_ODD_ID: Final = Text(
    "'id' é {shown}; dê a cada linha um texto ou um número inteiro só dela",
    "'id' is {shown}; give every row a text or a whole number of its own",
)
_TWICE: Final = Text(
    "{key!r} aparece mais de uma vez na linha; deixe só uma", "{key!r} stands more than once in the row; leave one"
)
_SLIP: Final = Text(
    "{key!r} não é uma chave de linha; seria {near!r}?", "{key!r} is no key of a row; did you mean {near!r}?"
)
_NO_TEXT: Final = Text(
    "falta 'text'; toda linha tem um id e um texto", "'text' is missing; every row has an id and a text"
)
_ODD_TEXT: Final = Text(
    "{key!r} é {shown}; precisa ser um texto entre aspas", "{key!r} is {shown}; it needs a text between quotes"
)
_NO_DATE: Final = Text(
    "customer.{name}: {shown} não serve: precisa ser uma data como 2026-12-31",
    "customer.{name}: {shown} does not fit: it needs a date like 2026-12-31",
)
_NO_RESULT: Final = Text("o motor de regras não deu resultado: {why}", "the rule engine gave no result: {why}")
_ALIKE: Final = 0.7
"""A column as like a key as this is a slip of the pen: `custmer` is, and `tier` is no `ticket`."""


class RowInvalid(ToldError):
    """A row that cannot be read; the text says what is wrong and how to mend it. `named` is its id, if known."""

    def __init__(self, text: Text, *, named: str | int | None = None) -> None:
        self.named = named
        super().__init__(text)


def why_undecided(error: SidecueError) -> Text:
    """Return why a row cannot be decided: which of its facts does not fit, or that the engine gave no result."""
    return error.text if isinstance(error, ToldError) else filled(_NO_RESULT, why=error)


@dataclass(frozen=True, slots=True)
class Row:
    """`text` and `subject` are what the customer wrote; `given` is what is known besides, in vocabulary words.

    `id` is for people, `named` is the same as the file has it: a text or a whole number.
    """

    id: str
    named: str | int
    text: str
    subject: str
    language: str | None
    given: Mapping[str, Any]


def parse(line: str | bytes) -> Row:
    """Return the row of one JSON object. Raise RowInvalid.

    null means "not known", as in every export. A column that is nothing of ours is left alone, so that labelled data
    can be used as it is; one that looks like a slip of the pen is refused.
    """
    return row_of(decoded_once(line, KEYS))


def row_of(raw: Mapping[str, Any]) -> Row:
    """Return the row of an object that has been read. Raise RowInvalid."""
    named = raw.get("id")
    if isinstance(named, bool) or not isinstance(named, str | int):
        raise RowInvalid(_NO_ID if named is None else filled(_ODD_ID, shown=_shown(named)))
    slip = _slip(tuple([key for key in raw if len(key) <= _LONGEST_SLIP]))
    if slip is not None:
        raise RowInvalid(filled(_SLIP, key=slip[0], near=slip[1]), named=named)
    if raw.get("text") is None:
        raise RowInvalid(_NO_TEXT, named=named)
    for key in TEXTS:
        if raw.get(key) is not None and not isinstance(raw[key], str):
            raise RowInvalid(filled(_ODD_TEXT, key=key, shown=_shown(raw[key])), named=named)
    given = {key: _known(raw[key]) for key in FACTS if raw.get(key) is not None}
    return Row(str(named), named, raw["text"], raw.get("subject") or "", raw.get("lang") or None, given)


def facts_of(row: Row, reader: SignalReader, taken_at: datetime) -> tuple[Facts, Reading]:
    """Return the facts of a row at the instant `taken_at`, and what was read in its text.

    The customer's dates (`renewal_on` and the like) become days from `taken_at`; days that are stated win.
    Raise FactsInvalid when the row states what the vocabulary does not know, RowInvalid for a date that is none.
    """
    spoken = "\n\n".join(part for part in (row.subject, row.text) if part.strip())
    reading = reader.read([SpokenText("text", spoken)], row.language)
    given = {"ticket": {}, "customer": {}, **row.given, "signals": reading.signals}
    if isinstance(given["ticket"], Mapping):
        given["ticket"] = {"language": reading.language, **given["ticket"]}
    if isinstance(given["customer"], Mapping):
        given["customer"] = _with_days(row, given["customer"], taken_at)
    return facts_from_given(given, taken_at), reading


@lru_cache(maxsize=64)  # the rows of a file have the same columns
def _slip(columns: tuple[str, ...]) -> tuple[str, str] | None:
    """Return a column and the key it is taken for: one that is much like it, and that the row does not have."""
    absent = [known for known in KEYS if known not in columns]
    for column in columns:
        if column in KEYS or column in LABELS:
            continue
        begun = (known for known in absent if len(known) > 2 and column.startswith(known))
        alike = difflib.get_close_matches(column, absent, n=1, cutoff=_ALIKE)
        near = next(begun, alike[0] if alike else None)
        if near is not None:
            return column, near
    return None


def decoded(line: str | bytes) -> Mapping[str, Any]:
    """Return the JSON object of a line. Raise RowInvalid."""
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _slowly_decoded(line)  # which takes more, as half characters, and says what is wrong
    if not isinstance(raw, dict):
        raise RowInvalid(_NO_OBJECT)
    # Whole numbers of more than 64 bits come as fractions; an identity must be what it was.
    return _slowly_decoded(line) if isinstance(raw.get("id"), float) else raw


def decoded_once(line: str | bytes, keys: Collection[str]) -> Mapping[str, Any]:
    """Return the JSON object of a line. Raise RowInvalid, also for one of `keys` that stands in it twice."""
    raw = decoded(line)
    twice = [key for key in repeated(line, raw) if key in keys]
    if twice:
        raise RowInvalid(filled(_TWICE, key=twice[0]))
    return raw


def repeated(line: str | bytes, row: Mapping[str, Any]) -> Sequence[str]:
    """Return the keys that stand more than once in a line, of which `row`, its object, keeps the last value alone.

    Raise RowInvalid for one that is nested too deep to be read again.
    """
    # A string has two quotes, and those within it are escaped, in one of two ways. Written anew, a row has as many
    # quotes as the line, unless some were lost with a key: this proves it of nearly all rows at a fraction of the cost.
    try:
        quotes = orjson.dumps(row).count(_QUOTE)
    except orjson.JSONEncodeError:  # half characters, or nested deep
        quotes = -1
    written = line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass")
    if quotes == written.count(_QUOTE) + written.count(_NUMBERED_QUOTE):
        return ()
    counted = Counter(key for key, _ in _parsed(line, object_pairs_hook=list))
    return [key for key, times in counted.items() if times > 1]


def _slowly_decoded(line: str | bytes) -> Mapping[str, Any]:
    raw = _parsed(line)
    if not isinstance(raw, dict):
        raise RowInvalid(_NO_OBJECT)
    return raw


def _parsed(line: str | bytes, **more: Any) -> Any:
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        return json.loads(text, parse_constant=_refuse_constant, **more)
    except UnicodeDecodeError as error:
        raise RowInvalid(filled(_NO_UTF8, at=error.start + 1)) from None
    except RecursionError:
        raise RowInvalid(_TOO_DEEP) from None
    except ValueError as error:
        raise RowInvalid(filled(_NO_JSON, why=error, example='{"id": "1", "text": "…"}')) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _known(value: Any) -> Any:
    """Return the value without what is null in it, two levels down: a group, or a list of items."""
    if isinstance(value, dict):
        return {key: held for key, held in value.items() if held is not None}
    return [_known(item) for item in value if item is not None] if isinstance(value, list) else value


def _with_days(row: Row, customer: Mapping[str, Any], taken_at: datetime) -> dict[str, Any]:
    dates: dict[str, date] = {}
    for name in CUSTOMER_DATES:
        if name in customer:
            try:
                dates[name] = date.fromisoformat(customer[name])
            except (TypeError, ValueError):
                raise RowInvalid(filled(_NO_DATE, name=name, shown=_shown(customer[name])), named=row.named) from None
    days = {name.removeprefix("customer."): value for name, value in days_of(dates, taken_at).items()}
    return {**days, **{name: value for name, value in customer.items() if name not in dates}}


def _shown(value: Any) -> str:
    return shortened(repr(value), _LONGEST_SHOWN)
