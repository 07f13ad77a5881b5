"""Example files: what the whole rulebook makes of one situation, `<pack>/examples/<name>.yml`.

    schema: 1
    name: outage at a key account goes to support, and nothing is sold
    given: {signals: [outage], customer: {tier: key}}     # in the words of a rule's example
    text: "O sistema caiu"                                # instead of given.signals, with its language
    language: pt-BR
    expect:                                               # at least one of:
      primary: support                                    # whose work it is
      collaborators: [account_management]                 # exactly these
      shows: [accounts.executive_call]                    # each of these is recommended
      hides: [expansion.upgrade_offer]                     # none of these is
      fires: [support.outage]                             # each of these rules holds (in shadow, too)
      silent: [expansion.advise_upgrade]                   # none of these does

Whoever finds a situation that comes out wrongly writes one with `as_yaml`; it fails until the rules are mended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from rules.loader.findings import Finding
from rules.loader.given import GivenReader
from rules.loader.schema import EXAMPLE_LIMIT, FUNCTIONS, load
from rules.loader.shapes import Anything, Inside, ListOf, Shape, Whole, Words
from rules.loader.yaml_strict import Document, Place, Plain
from rules.rulebook import Function, Origin
from rules.text import LOCALES, Locale, number_text

LISTS: Final = ("shows", "hides", "fires", "silent")
OPPOSITES: Final = (("shows", "hides"), ("fires", "silent"))

_BARE: Final = re.compile(r"(?!true$|false$)[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out; None and an empty tuple expect nothing. `collaborators` may be empty on purpose."""

    primary: Function | None = None
    collaborators: tuple[Function, ...] | None = None
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookExample:
    """One situation and what the whole rulebook makes of it. With a `text`, its signals are read, not given."""

    id: str
    name: str
    given: Mapping[str, Plain]
    text: str | None
    language: Locale | None
    expect: Expected
    origin: Origin


class ExpectShape(Shape):
    """`expect` of an example file."""

    primary = Words(choices=FUNCTIONS)
    collaborators = ListOf(Words(choices=FUNCTIONS))
    shows = ListOf(Words(), least=1)
    hides = ListOf(Words(), least=1)
    fires = ListOf(Words(), least=1)
    silent = ListOf(Words(), least=1)


class ExampleFileShape(Shape):
    """An example file; `given` is read by rules.loader.given."""

    schema = Whole(low=1, high=1, required=True)
    name = Words(limit=160, required=True)
    given = Anything()
    text = Words(limit=EXAMPLE_LIMIT)
    language = Words(choices=LOCALES)
    expect = Inside(ExpectShape, required=True)


def read(document: Document, id_: str) -> tuple[BookExample | None, tuple[tuple[str, Place], ...], list[Finding]]:
    """Return the example of a file (None when it is wrong), the signals it names with their places, the findings."""
    raw, findings = load(ExampleFileShape, document)
    given = GivenReader(document, findings)
    facts = given.read(raw["given"], ("given",)) if "given" in raw else {}
    if "given" not in raw and "text" not in raw:
        findings.append(document.finding("shape.missing", (), on_key=True, field="given"))
    if "text" in raw and "signals" in facts:
        findings.append(document.finding("example.signals_twice", ("given", "signals"), on_key=True))
    if "language" in raw and "text" not in raw:
        findings.append(document.finding("example.language_alone", ("language",), on_key=True))
    expect = raw.get("expect", {})
    findings += _expect_findings(document, expect)
    if findings:
        return None, (), findings
    item = BookExample(
        id=id_,
        name=raw["name"],
        given=MappingProxyType(dict(facts)),
        text=raw.get("text"),
        language=raw.get("language"),
        expect=_expected(expect),
        origin=Origin(document.path, document.value_at(())[0]),
    )
    return item, tuple(given.signals), []


def _expect_findings(document: Document, expect: Mapping[str, Any]) -> Iterable[Finding]:
    if not expect and isinstance(document.data, dict) and document.data.get("expect") == {}:
        yield document.finding("example.expects_nothing", ("expect",), on_key=True)
    for wanted, unwanted in OPPOSITES:
        for index, name in enumerate(expect.get(unwanted, ())):
            if name in expect.get(wanted, ()):
                yield document.finding("example.both", ("expect", unwanted, index), id=name, wanted=wanted)
    if "primary" in expect and expect["primary"] in expect.get("collaborators", ()):
        index = expect["collaborators"].index(expect["primary"])
        place: Place = ("expect", "collaborators", index)
        yield document.finding("example.both", place, id=expect["primary"], wanted="primary")


def _expected(raw: Mapping[str, Any]) -> Expected:
    together = raw.get("collaborators")
    return Expected(
        primary=Function(raw["primary"]) if "primary" in raw else None,
        collaborators=tuple(map(Function, together)) if together is not None else None,
        **{word: tuple(raw.get(word, ())) for word in LISTS},
    )


def as_yaml(name: str, given: Mapping[str, object], expect: Expected, why: Iterable[str] = ()) -> str:
    """Return the text of an example file, the same for the same arguments. `why`: comment lines above it."""
    expected: dict[str, object] = {}
    if expect.primary is not None:
        expected["primary"] = expect.primary.value
    if expect.collaborators is not None:
        expected["collaborators"] = [function.value for function in expect.collaborators]
    expected |= {word: list(getattr(expect, word)) for word in LISTS if getattr(expect, word)}
    lines = [f"# {' '.join(line.split())}" for line in why]
    lines += ["schema: 1", f"name: {_flow(name)}"]
    lines += _block("given", given)
    lines += _block("expect", expected)
    return "\n".join(lines) + "\n"


def _block(key: str, content: Mapping[str, object]) -> list[str]:
    if not content:
        return [f"{key}: {{}}"]
    return [f"{key}:", *(f"  {name}: {_flow(value)}" for name, value in content.items())]


def _flow(value: object) -> str:
    """Return a value in YAML's flow style; text that could be read as something else is quoted, as in JSON."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(held)}" for name, held in value.items()) + "}"
    if isinstance(value, frozenset | set):
        return _flow(sorted(value))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, str) and not _BARE.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
