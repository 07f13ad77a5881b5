"""Many rules over many tickets stored as columns: what a backtest costs, per ticket and on one core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any, Final

from plugin.bench.peers import own, workload
from rules.engine import DurableEvaluator
from rules.model import Facts

RULES: Final = 300
TICKETS: Final = 100_000
SUBSET: Final = 4_000
"""Tickets that the others are timed on; the bulk form must give what they give."""
ROUNDS: Final = 5
BOOK: Final = "book"


def measure() -> dict[str, object]:
    """Return CPU seconds for all tickets, and ratios per ticket to a compiled function and to the live engine.

    In a process of its own, for Polars takes the number of its threads from the environment, once.
    """
    done = subprocess.run(
        [sys.executable, "-m", "plugin.bench.bulk"],
        env=os.environ | {"POLARS_MAX_THREADS": "1"},
        capture_output=True,
        check=True,
    )
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def _measure() -> dict[str, object]:
    made = workload.make(RULES, TICKETS)
    complete = _contest(made["rules"], made["tickets"])
    absent = _contest(made["rules"], made["absent"])
    return {"rules": RULES, "tickets": TICKETS, **complete, "with_fields_absent": absent}


def _contest(rules: Sequence[workload.Rule], tickets: Sequence[workload.Ticket]) -> dict[str, object]:
    from rules.bulk.columns import Columns  # noqa: PLC0415 - the command line must start without Polars
    from rules.bulk.evaluate import BulkEvaluator  # noqa: PLC0415 - as above

    fields = own.vocabulary()
    conditions = {BOOK: {rule["id"]: own.condition(rule) for rule in rules}}
    facts = [own.facts_of(ticket) for ticket in tickets]
    converting, columns = _timed(lambda: Columns.of(facts, fields, {}), rounds=2)
    with tempfile.TemporaryDirectory(prefix="sidecue-bench-") as folder:
        writing, _ = _timed(lambda: columns.write_parquet(Path(folder)), rounds=2)
        reading, columns = _timed(lambda: Columns.read_parquet(Path(folder), fields, {}))
        stored = sum(path.stat().st_size for path in Path(folder).iterdir())
    evaluator = BulkEvaluator(conditions, fields=fields, collections={})
    evaluating, fired = _timed(lambda: evaluator.fired(BOOK, columns))
    compiled = own.python_compiled(rules)
    function, expected = _timed(lambda: [compiled(ticket) for ticket in tickets[:SUBSET]])
    if expected != [[name for name, truth in row.items() if truth] for row in fired.head(SUBSET).iter_rows(named=True)]:
        raise AssertionError("the bulk form and the compiled function fire different rules")
    live = _live(conditions, facts[:SUBSET], [frozenset(names) for names in expected])
    per_ticket = evaluating / len(tickets)
    return {
        "evaluating_cpu_s": round(evaluating, 3),
        "ratio_to_compiled_python": round(per_ticket / (function / SUBSET), 4),
        "ratio_to_durable_rules": round(per_ticket / (live / SUBSET), 5),
        "facts_to_columns_cpu_s": round(converting, 2),
        "parquet_write_cpu_s": round(writing, 2),
        "parquet_read_cpu_s": round(reading, 2),
        "parquet_mib": round(stored / 2**20, 1),
        "fired_per_ticket": round(sum(map(len, expected)) / SUBSET, 1),
    }


def _live(conditions: dict[str, Any], facts: Sequence[Facts], expected: Sequence[frozenset[str]]) -> float:
    with closing(DurableEvaluator(conditions, fields=own.vocabulary())) as durable:
        seconds, found = _timed(lambda: [durable.fired(BOOK, one) for one in facts], rounds=2)
    if list(expected) != found:
        raise AssertionError("durable-rules and the compiled function fire different rules")
    return seconds


def _timed(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Return the median CPU seconds of some rounds, and what the last one returned."""
    taken = []
    result = None
    for _ in range(rounds):
        begun = time.process_time()
        result = work()
        taken.append(time.process_time() - begun)
    return median(taken), result


if __name__ == "__main__":
    print(json.dumps(_measure()))  # noqa: T201 - what the calling process reads
