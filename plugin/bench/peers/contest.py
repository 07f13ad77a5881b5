"""All engines through the same rounds: paired, checked by the oracle, in CPU time per ticket.

In every round each engine gets its turn on the same machine within seconds, on tickets it has not seen; its figure is
the median over the rounds of its time divided by the baseline's time of the same round. The baseline is the lean loop
round durable-rules' C module; without the peers' environment it is the function written out in plain Python.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from plugin.bench.peers import workload

HERE: Final = Path(__file__).parent
PEERS: Final = (
    "durable_lean",
    "durable_host",
    "datalogic",
    "zen_compiled_list",
    "zen_decision_table",
    "cel_cpp",
    "clips",
    "json_logic",
    "business_rules",
    "rule_engine",
    "experta",
    "drools",
)
OWN: Final = ("sidecue", "sidecue_asking", "python_compiled", "python_definition")
BASELINE: Final = "durable_lean"
BASELINE_WITHOUT_PEERS: Final = "python_compiled"
WARM_UP: Final = 300
"""Tickets that an engine sees before it is timed, and never again; a slow one sees as many as it has time for."""
COLD: Final = 100
"""The first tickets after loading, timed by themselves: what an engine does late it does then."""
MOST_IN_A_TURN: Final = 150
CHECKED: Final = 40
ROUNDS: Final = 7
PATIENCE_SECONDS: Final = 45.0
TURN_SECONDS: Final = 0.15
"""About so long is an engine's turn in a round; a slow one sees fewer tickets, never less than five."""


@dataclass
class Contestant:
    """One engine's process, and what it did so far."""

    name: str
    process: subprocess.Popen[str]
    load_seconds: float = 0.0
    cold_seconds: float = 0.0
    turn: int = 5
    verdicts: dict[str, str] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=lambda: {"tickets": [], "absent": []})

    def ask(self, question: Mapping[str, Any]) -> Any:
        """Return the process's answer; raise RuntimeError when it has gone, or thinks too long and is stopped."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError(f"{self.name} has no pipes")
        patience = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        patience.daemon = True
        patience.start()
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            patience.cancel()
            raise RuntimeError(f"{self.name} has stopped") from error
        line = self.process.stdout.readline()
        patience.cancel()
        if not line:
            raise RuntimeError(f"{self.name} has stopped")
        return json.loads(line)


def measure(
    peers: Path | None, sizes: Sequence[int] = workload.SIZES, rounds: int = ROUNDS, tell: Callable[[str], None] = print
) -> dict[str, object]:
    """Return, for each number of rules, every engine's ratio to the baseline, or how it was not right.

    `peers` is the Python of the environment that the peers are installed in; None leaves them out.
    """
    return {f"{size} rules": _contest(size, peers, rounds, tell) for size in sizes}


def _contest(size: int, peers: Path | None, rounds: int, tell: Callable[[str], None]) -> dict[str, object]:
    made = workload.make(size, WARM_UP + rounds * MOST_IN_A_TURN)
    right = {
        of: [sorted(workload.expected(made["rules"], ticket)) for ticket in made[of][:CHECKED]]
        for of in ("tickets", "absent")
    }
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        path = Path(folder) / "workload.json"
        path.write_text(json.dumps(made), "utf-8")
        contestants = list(_entered(path, peers, running, tell))
        for of, expected in right.items():
            able = [one for one in contestants if _is_right(one, of, expected)]
            for one in able:
                one.ask({"measure": [0, min(WARM_UP, one.turn * 2)], "of": of})
            for turn in range(rounds):
                first = WARM_UP + turn * MOST_IN_A_TURN  # tickets that no engine has seen
                for one in able:
                    one.times[of].append(one.ask({"measure": [first, first + one.turn], "of": of}) / one.turn)
    return _result(contestants, peers, sum(map(len, right["tickets"])) / CHECKED)


def _entered(
    path: Path, peers: Path | None, running: contextlib.ExitStack, tell: Callable[[str], None]
) -> Iterator[Contestant]:
    commands = {name: [sys.executable, "-m", "plugin.bench.peers.own", name] for name in OWN}
    if peers is not None:
        commands |= {name: [str(peers), str(HERE / "engines.py"), name] for name in PEERS}
    for name, command in commands.items():
        process = running.enter_context(_started(command))
        one = Contestant(name, process)
        try:
            one.load_seconds = one.ask({"load": str(path)})
            one.cold_seconds = one.ask({"measure": [0, COLD], "of": "tickets"}) / COLD
            spent = one.ask({"measure": [0, 5], "of": "tickets"}) / 5
        except RuntimeError as error:
            tell(f"{error}: left out")
            continue
        one.turn = max(5, min(MOST_IN_A_TURN, int(TURN_SECONDS / max(spent, 1e-7))))
        yield one


@contextlib.contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own scripts
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _is_right(one: Contestant, of: str, expected: Sequence[list[str]]) -> bool:
    """Hold the engine's answers to the oracle's: how fast an engine is wrong is no figure."""
    try:
        answers = one.ask({"check": list(range(len(expected))), "of": of})
    except RuntimeError:
        one.verdicts[of] = f"no answer within {PATIENCE_SECONDS:.0f} s"
        return False
    raised = sum(isinstance(answer, str) for answer in answers)
    wrong = sum(answer != want for answer, want in zip(answers, expected, strict=True)) - raised
    one.verdicts[of] = f"wrong on {wrong}, raises on {raised} of {len(expected)}"
    return not raised and not wrong


def _result(contestants: Sequence[Contestant], peers: Path | None, firing: float) -> dict[str, object]:
    name = BASELINE if peers is not None else BASELINE_WITHOUT_PEERS
    baseline = next(one for one in contestants if one.name == name)
    table: dict[str, object] = {
        "rules firing on a ticket": round(firing, 1),
        f"baseline {name}, us of CPU per ticket": round(median(baseline.times["tickets"]) * 1e6, 1),
    }
    ratios = {one.name: {of: _ratio(one, baseline, of) for of in one.times} for one in contestants}
    for one in sorted(contestants, key=lambda one: ratios[one.name]["tickets"] or float("inf")):
        table[one.name] = {
            "all fields": ratios[one.name]["tickets"] or one.verdicts["tickets"],
            "30 % absent": ratios[one.name]["absent"] or one.verdicts["absent"],
            "first hundred": round(one.cold_seconds / baseline.cold_seconds, 3),
            "load s": round(one.load_seconds, 2),
        }
    return table


def _ratio(one: Contestant, baseline: Contestant, of: str) -> float | None:
    """Return the median over the rounds of the engine's time by the baseline's; None for one that was not right."""
    if not one.times[of]:
        return None
    pairs = zip(one.times[of], baseline.times[of], strict=True)
    return round(median(mine / base for mine, base in pairs), 3)
