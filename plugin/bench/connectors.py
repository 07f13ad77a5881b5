"""Proof and mapping of a delivery of 20 kB, for every connector whose fixtures are here, as in a checkout they are."""

from __future__ import annotations

import email
import inspect
import json
import runpy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from connectors.base import Delivery, Installation
from connectors.registry import LoadedConnector, discover
from rules.errors import ConnectorError

BYTES: Final = 20_000
ROUNDS: Final = 200
NO_PAYLOAD: Final = ("bad_", "handshake_", "reply_", "recorded", "settings")
SECRET: Final = "a-secret-for-the-bench-alone"  # noqa: S105 - opens nothing
URL: Final = "https://sidecue.example.org/webhooks/bench"


def measure() -> dict[str, object]:
    """Return microseconds of CPU time: proof, mapping, and a plain reading of the same bytes beside.

    That is `json.loads`; for mails it is `email.message_from_bytes`.
    """
    now = datetime.now(UTC)
    figures: dict[str, object] = {}
    for name, loaded in discover().items():
        found = _delivery(loaded, now)
        if found is None:
            continue
        delivery, installation = found
        proof = _timed(lambda d=delivery, i=installation, m=loaded.module: m.verify(d, i, now))
        # a fresh copy each time: the body is read once per delivery
        mapping = _timed(lambda d=delivery, i=installation, m=loaded.module: m.parse(replace(d), i))
        figures[name] = {
            "bytes": len(delivery.body),
            "proof_us": proof,
            "mapping_us": mapping,
            "plain_us": _timed(lambda d=delivery: _plainly(d.body)),
            "under_1_ms": proof + mapping < 1_000,
        }
    return figures


def _timed(work: Any) -> float:
    """Return the median of many rounds."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time_ns()
        work()
        taken.append(time.process_time_ns() - begun)
    return round(median(taken) / 1_000, 1)


def _delivery(loaded: LoadedConnector, now: datetime) -> tuple[Delivery, Installation] | None:
    """Return the largest fixture that maps, its longest text grown to 20 kB, signed now; None where there is none."""
    installation = Installation("bench", "en", secrets=(SECRET,))
    for path in sorted((loaded.folder / "fixtures").glob("*.*"), key=lambda each: -each.stat().st_size):
        if path.name.count(".") != 1 or path.suffix not in GROWN or path.name.startswith(NO_PAYLOAD):
            continue
        told = {kind: _beside(path, kind) for kind in ("headers", "documents")}
        body = GROWN[path.suffix](path.read_bytes())
        delivery = Delivery(body, told["headers"], now, path_secret=None, url=URL, documents=told["documents"])
        signed = _signed(loaded, delivery, now)
        try:
            loaded.module.verify(signed, installation, now)
            loaded.module.parse(signed, installation)
        except ConnectorError:
            continue  # a key that has to be asked for first, or a text that stands for something else
        return signed, installation
    return None


def _signed(loaded: LoadedConnector, delivery: Delivery, now: datetime) -> Delivery:
    file = loaded.folder / "fixtures" / f"sign_{loaded.manifest.name}.py"
    if not file.exists():
        return replace(delivery, path_secret=SECRET)
    sign = runpy.run_path(str(file))["sign"]
    known = {"url": URL, "method": "POST"}
    taken = inspect.signature(sign).parameters
    more = {name: value for name, value in known.items() if name in taken}
    return replace(delivery, headers={**delivery.headers, **sign(delivery.body, SECRET, now, **more)})


def _beside(path: Path, kind: str) -> dict[str, Any]:
    file = path.with_name(f"{path.stem}.{kind}.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def _plainly(body: bytes) -> object:
    return json.loads(body) if body.startswith((b"{", b"[")) else email.message_from_bytes(body)


def _grown_mail(body: bytes) -> bytes:
    """Return a mail with words at its end until the whole is about 20 kB."""
    words = b"The mail goes on with more words for a while.\n"
    return body + words * max(0, (BYTES - len(body)) // len(words))


def _grown_json(body: bytes) -> bytes:
    return json.dumps(_grown(json.loads(body)), ensure_ascii=False).encode()


def _grown(value: Any) -> Any:
    """Return the payload with its longest text repeated until the whole is about 20 kB, as a long mail makes it."""
    longest = max(_texts(value), key=len)
    room = BYTES - len(json.dumps(value, ensure_ascii=False).encode())
    grown = longest + " " + (longest + " ") * max(0, room // (len(longest.encode()) + 1))
    return _with(value, longest, grown)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _with(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _with(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [_with(each, old, new) for each in value]
    return new if value == old else value


GROWN: Final[Mapping[str, Callable[[bytes], bytes]]] = {".json": _grown_json, ".eml": _grown_mail}
