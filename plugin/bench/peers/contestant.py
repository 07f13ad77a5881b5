"""The process that one engine runs in: it answers line by line what the contest asks.

Asked `{"load": workload}`, it answers the CPU seconds that loading took; `{"check": [tickets]}`, what fired on each
(or the error it raised); `{"measure": [from, to], "of": "tickets" or "absent"}`, the CPU seconds of that pass.
CPU seconds are the process's own, threads included. Only the standard library, as in `workload`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Fires = Callable[[Mapping[str, Any]], Iterable[str]]
Engine = Callable[[Sequence[Mapping[str, Any]]], Fires]


def serve(engine: Engine) -> None:
    """Answer the contest's questions from standard input until it closes."""
    answers, sys.stdout = sys.stdout, sys.stderr  # an engine that prints must not answer
    fires: Fires | None = None
    workload: dict[str, Any] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "load" in asked:
            with open(asked["load"], encoding="utf-8") as file:  # noqa: PTH123 - runs without Sidecue's ways
                workload = json.load(file)
            begun = time.process_time()
            fires = engine(workload["rules"])
            answer: Any = time.process_time() - begun
        elif fires is None:
            raise SystemExit("asked before a workload was loaded")
        elif "check" in asked:
            answer = [_answered(fires, workload[asked["of"]][number]) for number in asked["check"]]
        else:
            first, last = asked["measure"]
            answer = _timed(fires, workload[asked["of"]][first:last])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answered(fires: Fires, ticket: Mapping[str, Any]) -> Any:
    try:
        return sorted(set(fires(ticket)))
    except Exception as error:  # noqa: BLE001 - what an engine raises is its answer
        return f"{type(error).__name__}: {error}"[:200]


def _timed(fires: Fires, tickets: Sequence[Mapping[str, Any]]) -> float:
    begun = time.process_time()
    for ticket in tickets:
        try:
            fires(ticket)
        except Exception:  # noqa: BLE001, S112 - counted by `check`; here it only takes its time
            continue
    return time.process_time() - begun
