"""Reading what somebody else wrote: bytes to JSON, JSON to typed values, every failure named with its place.

`read_value` is the only way a delivery's body becomes Python values. What it lets through is safe for everything
downstream: no NaN or Infinity, no lone surrogate, no NUL, no nesting that could exhaust the stack.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, TypeVar

from rules.errors import PayloadInvalid
from rules.text import Text, filled

MAX_DEPTH: Final = 64
"""Deepest nesting of arrays and objects; helpdesks' own payloads stay below ten."""
MAX_SUBJECT: Final = 1_000
MAX_BODY: Final = 100_000
MAX_NAME: Final = 300
MAX_ID: Final = 150
"""Characters of an id; the store keeps 200, for the id and what a connector writes before it."""
MAX_ITEMS: Final = 10_000
LATEST_UNIX: Final = 10**11
"""Unix seconds beyond the year 5000: whoever sends more sends milliseconds."""
CUT: Final = " […]"
"""Stands at the end of a text that was longer than its limit. The raw delivery still holds the whole of it."""

T = TypeVar("T")

_ESCAPED_TROUBLE: Final = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_UNSTORABLE: Final = re.compile("[\ud800-\udfff\x00]")
_SHOWN: Final = 40
AN_OBJECT: Final = Text("um objeto", "an object")
TRUE_OR_FALSE: Final = Text("true ou false", "true or false")
_A_LIST: Final = Text("uma lista", "a list")
_A_TEXT: Final = Text("um texto", "a text")
_NEEDS: Final = Text("precisa de {needed}, mas veio {kind}", "needs {needed}, got {kind}")
_NO_OBJECT: Final = Text(
    "o corpo precisa ser um objeto JSON, mas é {kind}", "the body has to be a JSON object, not {kind}"
)
_NO_ARRAY: Final = Text(
    "o corpo precisa ser uma lista JSON, mas é {kind}", "the body has to be a JSON array, not {kind}"
)


def read_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object that `body` holds, or raise PayloadInvalid as `read_value` does, or when it is none."""
    value = read_value(body)
    if not isinstance(value, dict):
        raise PayloadInvalid(filled(_NO_OBJECT, kind=_kind(value)))
    return value


def read_array(body: bytes) -> list[Any]:
    """Return the JSON array that `body` holds, or raise PayloadInvalid as `read_value` does, or when it is none."""
    value = read_value(body)
    if not isinstance(value, list):
        raise PayloadInvalid(filled(_NO_ARRAY, kind=_kind(value)))
    return value


def read_value(body: bytes) -> Any:
    """Return the JSON that `body` holds, or raise PayloadInvalid saying why it is none.

    Refused: bytes that are not UTF-8, text that is not JSON, NaN and Infinity in every spelling (1e999 too),
    numbers of more than 4,300 digits, nesting deeper than MAX_DEPTH, and an object with a key twice: two readers would
    take different ones, and a template that does not escape lets a customer write one.
    A lone surrogate or a NUL in a text (half an emoji, cut by the helpdesk) becomes U+FFFD instead:
    the customer's ticket is worth more than that character.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PayloadInvalid(
            Text(
                f"o corpo não está em UTF-8: o byte {error.start} não pode ser decodificado",
                f"the body is not UTF-8: byte {error.start} cannot be decoded",
            )
        ) from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_once)
    except RecursionError:
        raise PayloadInvalid(
            Text(f"aninhado além de {MAX_DEPTH} níveis", f"nested deeper than {MAX_DEPTH} levels")
        ) from None
    except json.JSONDecodeError as error:
        raise PayloadInvalid(
            Text(
                f"o corpo não é JSON: o erro está no caractere {error.pos}",
                f"the body is not JSON: {error.msg} at character {error.pos}",
            )
        ) from None
    except ValueError as error:
        if isinstance(error, PayloadInvalid):
            raise
        raise PayloadInvalid(Text("um número tem algarismos demais", "a number has too many digits")) from None
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check_depth(value)
    if _ESCAPED_TROUBLE.search(body) or "\x00" in text:
        return _storable(value)
    return value


def cut(text: str, limit: int) -> str:
    r"""Return `text` with line ends as \\n, at most `limit` characters long, marked with CUT when it was longer."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def with_attachments(body: str, names: Iterable[str]) -> str:
    """Return a message's text with a line for each file that came with it: the name, never the content.

    So a message that is nothing but a photo is still a message.
    """
    told = [f"[📎 {' '.join(name.split())[:MAX_NAME]}]" for name in names if name.strip()]
    return "\n".join([body, *told] if body.strip() else told)


def instant(value: str) -> datetime | None:
    """Return an ISO 8601 instant as UTC, or None when it is none or states no offset.

    Nanoseconds are cut to microseconds.
    """
    try:
        parsed = datetime.fromisoformat(value.strip())
        return None if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Reader:
    """A value of a payload together with its path, typed at the point of use.

    A key that is missing and one that holds null are the same; so is an absent object's every key.
    What a message says of a wrong value is its type, never its text: a payload is personal data.
    """

    value: Any
    path: str = ""

    @property
    def absent(self) -> bool:
        """Whether the payload says nothing here."""
        return self.value is None

    def at(self, key: str) -> Reader:
        """Return what an object holds under `key`."""
        path = f"{self.path}.{key}" if self.path else key
        if self.value is None:
            return Reader(None, path)
        if not isinstance(self.value, Mapping):
            self.refuse(AN_OBJECT)
        return Reader(self.value.get(key), path)

    def items(self) -> list[Reader]:
        """Return the items of a list; none when it is absent."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.refuse(_A_LIST)
        if len(self.value) > MAX_ITEMS:
            raise PayloadInvalid(
                Text(f"tem mais de {MAX_ITEMS} itens", f"holds more than {MAX_ITEMS} items"), path=self.path
            )
        return [Reader(item, f"{self.path}[{index}]") for index, item in enumerate(self.value)]

    def text(self, limit: int = MAX_NAME) -> str:
        """Return a text, cut at `limit`; raise when it is absent."""
        if not isinstance(self.value, str):
            self.refuse(_A_TEXT)
        return cut(self.value, limit)

    def maybe_text(self, limit: int = MAX_NAME) -> str | None:
        """Return a text, cut at `limit`; None when it is absent or blank."""
        if self.value is None:
            return None
        text = self.text(limit)
        return text if text.strip() else None

    def identifier(self) -> str:
        """Return an id, given as text or whole number, as text."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 10**MAX_ID:
            return str(self.value)
        if not isinstance(self.value, str):
            self.refuse(Text("um id (um texto ou um número inteiro)", "an id (a text or a whole number)"))
        found = self.value.strip()
        if not found or len(found) > MAX_ID:
            raise PayloadInvalid(
                Text(
                    f"precisa de um id de 1 a {MAX_ID} caracteres, mas veio um de {len(found)}",
                    f"needs an id of 1 to {MAX_ID} characters, got {len(found)}",
                ),
                path=self.path,
            )
        return found

    def maybe_identifier(self) -> str | None:
        """Return an id as text; None when it is absent or blank."""
        if self.value is None or (isinstance(self.value, str) and not self.value.strip()):
            return None
        return self.identifier()

    def integer(self) -> int:
        """Return a whole number."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.refuse(Text("um número inteiro", "a whole number"))
        return self.value

    def flag(self, *, default: bool) -> bool:
        """Return true or false; `default` when it is absent."""
        if self.value is None:
            return default
        if not isinstance(self.value, bool):
            self.refuse(TRUE_OR_FALSE)
        return self.value

    def instant(self) -> datetime:
        """Return an ISO 8601 instant with its offset, as UTC."""
        found = instant(self.value) if isinstance(self.value, str) else None
        if found is None:
            self.refuse(
                Text(
                    "um instante ISO 8601 com o deslocamento do fuso, como 2026-01-31T09:30:00Z",
                    "an ISO 8601 time with its offset, such as 2026-01-31T09:30:00Z",
                )
            )
        return found

    def maybe_instant(self) -> datetime | None:
        """Return an instant; None when it is absent or blank."""
        blank = self.value is None or (isinstance(self.value, str) and not self.value.strip())
        return None if blank else self.instant()

    def unix(self) -> datetime:
        """Return an instant given as unix seconds, whole or with a fraction, as UTC."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST_UNIX:
            self.refuse(Text("um tempo unix em segundos", "a unix time in seconds"))
        return datetime.fromtimestamp(value, UTC)

    def maybe_unix(self) -> datetime | None:
        """Return an instant given as unix seconds; None when it is absent."""
        return None if self.value is None else self.unix()

    def texts(self, limit: int = MAX_NAME) -> frozenset[str] | None:
        """Return a list of texts as a set; None when it is absent."""
        return None if self.value is None else frozenset(item.text(limit) for item in self.items())

    def word(self, words: Mapping[str, T]) -> T | None:
        """Return what a word of a closed list stands for, in any case; None when it is absent or blank."""
        found = self.maybe_text()
        if found is None:
            return None
        key = found.strip().lower()
        if key not in words:
            known = ", ".join(sorted(words))
            raise PayloadInvalid(
                Text(
                    f"{found[:_SHOWN]!r} não é uma das palavras conhecidas: {known}",
                    f"{found[:_SHOWN]!r} is none of the known words: {known}",
                ),
                path=self.path,
            )
        return words[key]

    def known_word(self, words: Mapping[str, T]) -> T | None:
        """Return what a word of an open list stands for, in any case; None for one that is not known."""
        found = self.maybe_text()
        return None if found is None else words.get(found.strip().lower())

    def refuse(self, needed: Text) -> NoReturn:
        """Raise PayloadInvalid: something else was needed here."""
        raise PayloadInvalid(filled(_NEEDS, needed=needed, kind=_kind(self.value)), path=self.path)


def _kind(value: object) -> Text:
    match value:
        case None:
            return Text("nada", "nothing")
        case bool():
            return TRUE_OR_FALSE
        case int() | float():
            return Text("um número", "a number")
        case str():
            return _A_TEXT if value else Text("um texto vazio", "an empty text")
        case list():
            return _A_LIST
        case _:
            return AN_OBJECT


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise PayloadInvalid(
            Text(
                f"a chave {twice[:_SHOWN]!r} aparece duas vezes em um objeto",
                f"the key {twice[:_SHOWN]!r} is given twice in one object",
            )
        )
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise PayloadInvalid(Text(f"{name} não é um número em JSON", f"{name} is not a JSON number"))


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise PayloadInvalid(Text("um número é grande demais", "a number is too large"))
    return number


def _check_depth(value: object) -> None:
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        deeper: list[object] = []
        for item in level:
            if isinstance(item, dict):
                deeper.extend(child for child in item.values() if isinstance(child, (dict, list)))
            elif isinstance(item, list):
                deeper.extend(child for child in item if isinstance(child, (dict, list)))
        if not deeper:
            return
        level = deeper
    raise PayloadInvalid(Text(f"aninhado além de {MAX_DEPTH} níveis", f"nested deeper than {MAX_DEPTH} levels"))


def _storable(value: object) -> object:
    """Copy a value of at most MAX_DEPTH levels without lone surrogates and NULs."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("\ufffd", key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
