"""A whole backtest of 100,000 tickets on the shipped packs, against deciding every one of them twice.

The change is a small one, as most are: one rule more careful, one guardrail gone. Everything runs in one process, so
that processor time is what is compared; the history is kept as columns beforehand, as --save-history keeps it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from plugin.backtest import saved
from plugin.bench import past
from rules.backtest import Case, Comparator, Part, chunked
from rules.backtest.screen import Screen
from rules.conditions import All, Op, Test
from rules.decide import Decider
from rules.loader import load
from rules.rulebook import Rulebook
from rules.signals import SignalReader

TICKETS: Final = 100_000
SAMPLE: Final = 4_000
"""Tickets that are decided twice to know what all of them would cost."""

Result = TypeVar("Result")


def measure() -> dict[str, object]:
    """Return seconds of processor time, the share of each step, and the ratio to deciding everything."""
    before = load()
    after = changed(before)
    sample: list[Case] = []
    with tempfile.TemporaryDirectory() as folder:
        history = _saved(before, Path(folder) / "history", sample)
        with (
            Comparator(before, after) as comparator,
            Comparator(before, after, screened=False) as everything,
            Decider(before) as old,
            Decider(after) as new,
        ):
            screen, reader = Screen(old, new), SignalReader(before.signals.values())
            whole = Part()
            seconds = dict.fromkeys(("reading", "screening", "whole"), 0.0)
            for batch in history.batches():
                taken, worked = _timed(partial(batch.work, reader))
                assert worked.columns is not None  # noqa: S101 - a saved history has them
                seconds["reading"] += taken
                seconds["screening"] += _timed(partial(screen.screen, worked.columns))[0]
                rest, part = _timed(partial(comparator.compare, worked.cases, worked.columns))
                seconds["whole"] += taken + rest
                whole.add(part)
            full, decided = _timed(partial(everything.compare, sample))
            fast, screened = _timed(partial(comparator.compare, sample))
    if replace(screened, decided=decided.decided) != decided:
        raise AssertionError("screening and deciding everything come out differently")
    extrapolated = full / SAMPLE * TICKETS
    rest = seconds["whole"] - seconds["reading"] - seconds["screening"]
    return {
        "rules": len(before.rules),
        "tickets": whole.cases,
        "tickets_that_change": whole.changed,
        "tickets_decided_twice": whole.decided,
        "whole_backtest_s": round(seconds["whole"], 2),
        "share_of_each_step": {
            "reading_columns": round(seconds["reading"] / seconds["whole"], 3),
            "screening": round(seconds["screening"] / seconds["whole"], 3),
            "settling_and_deciding": round(rest / seconds["whole"], 3),
        },
        "screening_100_000_tickets_s": round(seconds["screening"], 2),
        f"deciding_everything_s_extrapolated_from_{SAMPLE}": round(extrapolated, 1),
        "ratio_to_deciding_everything": round(seconds["whole"] / extrapolated, 3),
        "ratio_from_decisions_in_memory": round(fast / full, 3),
    }


def changed(before: Rulebook) -> Rulebook:
    """Return the rulebook with one rule more careful and one guardrail gone."""
    upgrade = before.rules["expansion.advise_upgrade"]
    careful = replace(upgrade, when=All((upgrade.when, Test("customer.mrr", Op.AT_LEAST, 5000))))
    rules = {name: rule for name, rule in before.rules.items() if name != "guardrails.no_selling_detractor"}
    return replace(before, digest="changed", rules={**rules, upgrade.id: careful})


def _saved(before: Rulebook, folder: Path, sample: list[Case]) -> saved.SavedHistory:
    """Keep a made-up history as columns; its first cases go into `sample`."""
    unfinished = saved.begun(folder)
    for number, chunk in enumerate(chunked(past.cases(TICKETS, before.signals))):
        sample.extend(chunk[: SAMPLE - len(sample)])
        saved.write_part(unfinished / f"{number:06}", chunk)
    saved.finish(unfinished, folder)
    return saved.opened(folder)


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result
