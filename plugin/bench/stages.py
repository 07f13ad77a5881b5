"""Facts to decision with the shipped packs: each stage's share, and durable-rules against the reference evaluator.

All times are CPU times of this process. The explanation (why each rule holds, for the trace) is part of every stage up
to `guard`, and told once more by itself.
"""

from __future__ import annotations

import time
from collections import defaultdict
from itertools import pairwise
from statistics import median

from plugin.bench import tickets
from rules.decide import Decider, canonical
from rules.engine import ReferenceEvaluator
from rules.loader import load
from rules.model import Facts
from rules.rulebook import RuleKind
from rules.signals import SignalReader, SpokenText

ROUNDS = 25
STAGES = ("derive", "classify", "propose", "guard", "choose", "canonical")


def measure() -> dict[str, object]:
    """Return medians in microseconds per ticket, shares of the stages, and the ratio to the reference evaluator."""
    rulebook = load()
    reader = SignalReader(rulebook.signals.values())
    found = tickets.facts(reader)
    with Decider(rulebook) as durable, Decider(rulebook, ReferenceEvaluator) as reference:
        for facts in found:  # warm up, and make sure that both answer the same
            if canonical(durable.decide(facts)) != canonical(reference.decide(facts)):
                raise AssertionError("durable-rules and the reference evaluator decide differently")
        whole: dict[str, list[float]] = defaultdict(list)
        stages: dict[str, list[float]] = defaultdict(list)
        explaining: list[float] = []
        for _ in range(ROUNDS):
            for facts in found:
                whole["durable"].append(_timed(durable, facts))
                whole["reference"].append(_timed(reference, facts))
                for name, seconds in _stages(durable, facts).items():
                    stages[name].append(seconds)
                explaining.append(_explaining(durable, facts))
    reading = [_read(reader) for _ in range(ROUNDS)]
    medians = {name: median(stages[name]) for name in STAGES}
    total = sum(medians.values())
    return {
        "rules": len(rulebook.rules),
        "evaluations": len(whole["durable"]),
        "facts_to_decision_us": round(median(whole["durable"]) * 1e6, 1),
        "facts_to_decision_p99_us": round(sorted(whole["durable"])[int(len(whole["durable"]) * 0.99)] * 1e6, 1),
        "share_of_each_stage": {name: round(value / total, 3) for name, value in medians.items()},
        "of_it_to_explain_us": round(median(explaining) * 1e6, 1),
        "text_to_signals_us": round(median(reading) / len(tickets.STORIES) * 1e6, 1),
        "ratio_to_reference_evaluator": round(median(whole["durable"]) / median(whole["reference"]), 2),
    }


def _timed(decider: Decider, facts: Facts) -> float:
    begun = time.process_time()
    decider.decide(facts)
    return time.process_time() - begun


def _stages(decider: Decider, facts: Facts) -> dict[str, float]:
    marks = [time.process_time()]
    derived, _ = decider.derive(facts)
    marks.append(time.process_time())
    classified, classification, _ = decider.classify(derived)
    marks.append(time.process_time())
    candidates, _ = decider.propose(classified)
    marks.append(time.process_time())
    forbidden, _ = decider.guard(classified)
    marks.append(time.process_time())
    decider.choose(candidates, forbidden, classification, classified)
    marks.append(time.process_time())
    decision = decider.decide(facts)
    encoded_from = time.process_time()
    canonical(decision)
    encoded = time.process_time() - encoded_from
    taken = [after - before for before, after in pairwise(marks)]
    return dict(zip(STAGES, [*taken, encoded], strict=True))


def _explaining(decider: Decider, facts: Facts) -> float:
    """Return how long it takes to say why each fired rule holds, and nothing else."""
    derived, _ = decider.derive(facts)
    classified, _, _ = decider.classify(derived)
    seconds = 0.0
    for stratum in decider.strata.conditions:
        seen = derived if stratum in {*decider.strata.layers, RuleKind.CLASSIFICATION.value} else classified
        held = decider.strata.fire(decider.evaluator, stratum, seen)
        begun = time.process_time()
        decider.strata.record((*held.live, *held.shadow), seen)
        seconds += time.process_time() - begun
    return seconds


def _read(reader: SignalReader) -> float:
    begun = time.process_time()
    for language, story in tickets.STORIES:
        reader.read([SpokenText("ticket", story)], language)
    return time.process_time() - begun
