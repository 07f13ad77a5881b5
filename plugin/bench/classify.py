"""Rows to answers, as `sidecue classify` works: against reading and writing the same JSON and nothing else."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from statistics import median

from plugin.bench import tickets
from plugin.cli.answers import RowJudge, encode
from plugin.ticket_rows import facts_of, parse
from rules.loader import load

ROUNDS = 15


def measure() -> dict[str, object]:
    """Return the ratio to `json.loads` of the rows and `json.dumps` of their answers, and rows a second on one core."""
    lines = [
        json.dumps({"id": number, "text": story, "lang": language, "customer": customer}).encode()
        for number, ((language, story), customer) in enumerate(itertools.product(tickets.STORIES, tickets.CUSTOMERS))
    ]
    judge = RowJudge.of(load(), tickets.NOW)
    try:
        answers = [judge.answer(line) for line in lines]  # warms up, too
        rows = [parse(line) for line in lines]

        def bare() -> None:
            for line, answer in zip(lines, answers, strict=True):
                json.loads(line)
                json.dumps(answer, ensure_ascii=False).encode()

        def whole() -> None:
            for line in lines:
                encode(judge.answer(line))

        parts: dict[str, Callable[[], object]] = {
            "row": lambda: [parse(line) for line in lines],
            "signals_and_facts": lambda: [facts_of(row, judge.reader, tickets.NOW) for row in rows],
            "json_out": lambda: [encode(answer) for answer in answers],
        }
        taken = {name: _seconds(work) for name, work in {"bare": bare, "whole": whole, **parts}.items()}
    finally:
        judge.close()
    shares = {name: round(taken[name] / taken["whole"], 3) for name in parts}
    return {
        "rows": len(lines),
        "ratio_to_json_loads_and_dumps": round(taken["whole"] / taken["bare"], 2),
        "share_of_each_part": {**shares, "decision": round(1 - sum(shares.values()), 3)},
        "rows_a_second_on_one_core": round(len(lines) / taken["whole"]),
    }


def _seconds(work: Callable[[], object]) -> float:
    """Return the median of this process's own time for the work, so that its neighbours do not count."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return median(taken)
