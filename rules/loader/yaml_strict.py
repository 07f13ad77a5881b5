"""YAML without surprises: what the author typed, and where each piece of it stands.

Only `true`/`false`, whole numbers and decimal numbers are not text; `no`, `on`, `1.10.2` and `2024-01-01` stay
as typed. What would be read differently than it looks (duplicate keys, anchors, merge keys, tags, tabs,
several documents) is refused with its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import yaml

from rules.errors import RuleFilesInvalid
from rules.loader.findings import Finding, Param, finding

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"]
Place = tuple[str | int, ...]
"""The way to a value: keys and list indexes from the top of the file."""

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 40
MAX_DIGITS: Final = 15
"""Up to here every whole number is exact as a float too."""

# A number that begins with a zero is a code, or octal to other readers: it stays as it is typed.
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_ORDINARY: Final = re.compile("[\t\n\r\x20-\x7e\u00a0-\u2027]*")
"""What most quoted texts are made of, with nothing in it that is forbidden."""
_FLAGS: Final = {"true": True, "false": False}
_BEGIN_NUMBERS: Final = frozenset("-0123456789")
_ENDS: Final = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TypedNumber(float):
    """A decimal number that remembers how it was typed, for whoever meant the text: `1.10` is no 1.1."""

    __slots__ = ("typed",)

    def __new__(cls, typed: str) -> Self:
        """Return the number that is typed so."""
        made = super().__new__(cls, typed)
        made.typed = typed
        return made

    typed: str


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain Python, with the (line, column), from 1, of every key and value."""

    path: str
    data: Plain
    values: Mapping[Place, tuple[int, int]]
    keys: Mapping[Place, tuple[int, int]]

    def value_at(self, place: Place) -> tuple[int, int]:
        """Return where the value stands; of a place that is not there, the nearest key above it."""
        if place in self.values:
            return self.values[place]
        return self.key_at(place[:-1]) if place else (1, 1)

    def key_at(self, place: Place) -> tuple[int, int]:
        """Return where the key stands; of a list item or an absent key, the nearest key or item above it."""
        while place:
            if place in self.keys:
                return self.keys[place]
            if place in self.values:
                return self.values[place]
            place = place[:-1]
        return self.values.get((), (1, 1))

    def finding(self, code: str, place: Place, *, on_key: bool = False, **params: Param) -> Finding:
        """Return a finding at the value (or the key) of `place`."""
        line, column = self.key_at(place) if on_key else self.value_at(place)
        return finding(code, self.path, line, column, **params)


def read(path: str, text: bytes | str) -> Document:
    """Return the file's content with its positions. `path` is only named in findings.

    Raise RuleFilesInvalid with every finding when the content is not strict YAML.
    """
    decoded = _decode(path, text)
    builder = _Builder(path)
    try:
        builder.take_all(decoded)
    except yaml.YAMLError as problem:
        builder.findings.append(_syntax(path, problem))
    if not builder.findings and not builder.documents:
        builder.findings.append(finding("file.empty", path, 1, 1))
    if builder.findings:
        raise RuleFilesInvalid(builder.findings)
    return Document(path, builder.root, builder.values, builder.keys)


def _decode(path: str, text: bytes | str) -> str:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise RuleFilesInvalid([finding("file.too_large", path, 1, 1, size=len(raw), limit=MAX_BYTES)])
    try:
        decoded = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = raw[: problem.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise RuleFilesInvalid([finding("file.not_utf8", path, line, column, offset=problem.start)]) from None
    decoded = decoded.removeprefix("\ufeff")
    found = _FORBIDDEN.search(decoded)
    if found:
        line, column = _position(decoded, found.start())
        named = f"U+{ord(found.group()):04X}"
        raise RuleFilesInvalid([finding("file.control_character", path, line, column, character=named)])
    if "\t" in decoded:
        line, column = _position(decoded, decoded.index("\t"))
        raise RuleFilesInvalid([finding("yaml.tab", path, line, column)])
    return decoded


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


def _syntax(path: str, problem: yaml.YAMLError) -> Finding:
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "unreadable"
    return finding("yaml.syntax", path, line, column, problem=str(said))


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open. `key` waits for its value."""

    container: Any
    """A dict (with `is_mapping`) or a list of Plain."""
    place: Place
    is_mapping: bool
    key: str | None = None
    seen: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Builder:
    """Builds the plain tree from parser events, without recursion: depth costs no stack."""

    path: str
    root: Plain = ""
    values: dict[Place, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Place, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    documents: int = 0
    given_up: bool = False

    def take_all(self, text: str) -> None:
        """Add every event that the parser makes of the text. Raise YAMLError where it is no YAML."""
        parser = _LOADER(text)
        take, scalar, ends = self._take, self._scalar, _ENDS
        frames, next_event = self.frames, parser.get_event
        try:
            while not self.given_up and (event := next_event()) is not None:
                kind = type(event)  # a rulebook makes tens of thousands of events, most of them these
                if kind is yaml.ScalarEvent:
                    scalar(event)
                elif kind in ends:
                    frames.pop()
                else:
                    take(event)
        finally:
            parser.dispose()

    def _take(self, event: Any) -> None:
        match event:
            case yaml.MappingStartEvent():
                self._open({}, event)
            case yaml.SequenceStartEvent():
                self._open([], event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._refuse("yaml.several_documents", event)
                    self.given_up = True
            case yaml.AliasEvent():
                self._refuse("yaml.alias", event, name=str(event.anchor))
                self._add("", event, "*")

    def _refuse(self, code: str, event: Any, **params: Param) -> None:
        mark = event.start_mark
        self.findings.append(finding(code, self.path, mark.line + 1, mark.column + 1, **params))

    def _marks(self, event: Any) -> None:
        if event.anchor:
            self._refuse("yaml.anchor", event, name=event.anchor)
        if event.tag:
            self._refuse("yaml.tag", event, tag=event.tag)

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            self._marks(event)
        value: str = event.value
        style = event.style
        if style:
            if not _ORDINARY.fullmatch(value):
                self._quoted(value, event)
            self._add(value, event, style)
        elif value in _FLAGS:
            self._add(_FLAGS[value], event, style)
        elif value[:1] in _BEGIN_NUMBERS:
            self._add(self._number(value, event), event, style)
        else:
            self._add(value, event, style)

    def _number(self, value: str, event: Any) -> str | int | float:
        """Return the number that a text without quotes is, or the text."""
        whole = _INTEGER.fullmatch(value)
        if not whole and not _DECIMAL.fullmatch(value):
            return value
        digits = sum(character.isdigit() for character in value)
        if digits > MAX_DIGITS:
            self._refuse("yaml.number_too_long", event, digits=digits)
            return 0
        return int(value) if whole else TypedNumber(value)

    def _quoted(self, value: str, event: Any) -> None:
        # an escape may write what the file itself must not hold
        found = _FORBIDDEN.search(value) or _SURROGATES.search(value)
        if found:
            self._refuse("file.control_character", event, character=f"U+{ord(found.group()):04X}")

    def _add(self, value: str | float | bool, event: Any, style: str | None) -> None:  # noqa: FBT001 - a scalar of the file, not a flag
        """Add a scalar in its place; `style` is that of its quotes, if any."""
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.is_mapping and frame.key is None:
            self._key(frame, value, event)
            return
        if value == "" and not style:
            self._refuse("yaml.no_value", event, key=(frame.key if frame and frame.key else "-"))
        self._put(frame, value, event)

    def _key(self, frame: _Frame, value: str | float | bool, event: Any) -> None:  # noqa: FBT001 - the same
        name = str(event.value) if isinstance(event, yaml.ScalarEvent) else "*"
        mark = event.start_mark
        line = mark.line + 1
        if name == "<<" and not event.style:
            self._refuse("yaml.merge", event)
        elif not isinstance(value, str) or not name:
            self._refuse("yaml.key_not_text", event, key=name or "?")
        elif name in frame.seen:
            self._refuse("yaml.duplicate_key", event, key=name, first=frame.seen[name])
        frame.key = name
        frame.seen.setdefault(name, line)
        self.keys.setdefault((*frame.place, name), (line, mark.column + 1))

    def _open(self, container: dict[str, Plain] | list[Plain], event: Any) -> None:
        frame = self.frames[-1] if self.frames else None
        if event.anchor or event.tag:
            self._marks(event)
        if frame is not None and frame.is_mapping and frame.key is None:
            self._refuse("yaml.key_not_text", event, key="…")
            self.given_up = True
            return
        place = self._put(frame, container, event)
        self.frames.append(_Frame(container, place, isinstance(container, dict)))
        if len(self.frames) > MAX_DEPTH:
            self._refuse("yaml.too_deep", event, limit=MAX_DEPTH)
            self.given_up = True

    def _put(self, frame: _Frame | None, value: Plain, event: Any) -> Place:
        mark = event.start_mark
        place: Place
        if frame is None:
            self.root = value
            place = ()
        elif frame.is_mapping:
            name = frame.key or ""
            place = (*frame.place, name)
            frame.container[name] = value
            frame.key = None
        else:
            place = (*frame.place, len(frame.container))
            frame.container.append(value)
        self.values[place] = (mark.line + 1, mark.column + 1)
        return place
