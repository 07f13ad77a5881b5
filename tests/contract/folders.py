"""A connector folder's fixtures, as the contract tests read them.

fixtures/<event>[__variant].json     a body, as the helpdesk sends it: one for every declared event type
         <event>[__variant].eml      the same where bodies are mails
         ….expected.json             the events that it becomes
         ….headers.json              headers that say what the body does not (an event's name)
         ….documents.json            what `hydrate` asks for, by the resource's name
         bad_<what>.json (or .eml)   what is refused, with ….error.txt: the error's name, a colon, its English
         handshake_<what>.json       {method, headers, body, reply: {status, media_type, body} or null}
         reply_<what>.json                   {orders: [{kind, content}], reply: …}: an answer that carries orders
    story/<n>_<what>.json       the deliveries by which the helpdesk tells the one story of test_story.py
         render/<state>.<locale>.*   what `render` makes of the views in test_hosts.py
         recorded.json               what becomes of each recorded payload, by the file's stem
         settings.json               what the tenant told, where the mapping depends on it
"""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from contract_signing import CONNECTORS

from connectors.base import Delivery, Installation
from rules.model import TicketEvent

RECEIVED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
INSTALLATION = Installation("acme", "pt-BR")
BODIES = frozenset({".json", ".eml"})
NO_PAYLOAD = ("handshake_", "recorded", "reply_", "settings")


@cache
def payloads(name: str, kind: str, suffix: str = "") -> list[Path]:
    """Return a folder's bodies: `good` or `bad`; `suffix` chooses those whose names end in it."""
    bodies = [path for path in bodies_in(CONNECTORS[name].folder / "fixtures") if not path.name.startswith(NO_PAYLOAD)]
    return [path for path in bodies if path.name.startswith("bad_") == (kind == "bad") and path.name.endswith(suffix)]


def bodies_in(folder: Path) -> list[Path]:
    """Return the files of a folder that are bodies, by their names; what stands beside one has two dots."""
    return sorted(path for path in folder.glob("*.*") if path.suffix in BODIES and path.name.count(".") == 1)


def every_body(kind: str, suffix: str = "") -> Callable[..., Any]:
    """Make a test of `holds(name, path)` for each folder: it is held for all of its `good` or `bad` bodies.

    `suffix`: only for bodies of that form, and folders that have some.
    """
    names = [name for name in CONNECTORS if payloads(name, kind, suffix)]

    def tests_of(holds: Callable[[str, Path], None]) -> Callable[..., None]:
        def test(name: str, subtests: pytest.Subtests) -> None:
            for path in payloads(name, kind, suffix):
                with subtests.test(path.stem):
                    holds(name, path)

        test.__name__, test.__doc__ = holds.__name__, holds.__doc__
        return pytest.mark.parametrize("name", names)(test)

    return tests_of


def installation_of(name: str) -> Installation:
    """Return the tenant whose helpdesk the fixtures are of."""
    file = CONNECTORS[name].folder / "fixtures" / "settings.json"
    return dataclasses.replace(INSTALLATION, settings=json.loads(file.read_text("utf-8")) if file.exists() else {})


def beside(path: Path, what: str) -> dict[str, Any]:
    """Return what stands in <stem>.<what>.json beside a body; nothing when there is no such file."""
    file = path.with_name(f"{path.stem}.{what}.json")
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def delivery_of(path: Path) -> Delivery:
    """Return the delivery that a fixture holds, with every document it comes with."""
    return Delivery(path.read_bytes(), beside(path, "headers"), RECEIVED_AT, documents=beside(path, "documents"))


def parse(name: str, delivery: Delivery) -> list[TicketEvent]:
    return list(CONNECTORS[name].module.parse(delivery, installation_of(name)))


def events_of(name: str) -> list[TicketEvent]:
    """Return what all of a folder's good fixtures become."""
    return [event for path in payloads(name, "good") for event in parse(name, delivery_of(path))]


def stem_of(event_type: str) -> str:
    """Return what a fixture of this event type is called: `jira:issue_created` -> `jira_issue_created`."""
    return re.sub(r"[^a-z0-9]+", "_", event_type.lower())


def plain(value: Any) -> Any:
    """Return events as JSON has them, what is not said left out."""
    if dataclasses.is_dataclass(value):
        pairs = {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {name: each for name, each in pairs.items() if each not in (None, [], {})}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, frozenset):
        return sorted(value)
    return [plain(each) for each in value] if isinstance(value, tuple | list) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from places(child, (*path, key))
