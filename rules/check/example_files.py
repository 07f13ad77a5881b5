"""Example files run: what the whole rulebook makes of a situation, held against what was expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rules.check.trial import CHECKED_AT
from rules.decide import Decider, canonical, why_not
from rules.decide.classify import without_decision
from rules.decide.derive import derive
from rules.decide.strata import CLASSIFICATION, GUARDRAIL, RECOMMENDATION
from rules.engine import ReferenceEvaluator
from rules.errors import EngineFailed, FactsInvalid
from rules.facts import facts_from_given
from rules.loader import Reading
from rules.loader.example_files import BookExample
from rules.loader.sources import Layer
from rules.model import Decision, Facts, LeafResult
from rules.rulebook import Rulebook
from rules.signals import SignalReader, SpokenText


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that came out otherwise. `word` is the key under `expect`, `name` the action or rule it is about.

    `actual` are function names for primary and collaborators; else the stage, guardrail or limit it fell at, or the
    rule that fired. `leaves` are the conditions that decided.
    """

    word: str
    expected: tuple[str, ...]
    actual: tuple[str, ...]
    leaves: tuple[LeafResult, ...] = ()


@dataclass(frozen=True, slots=True)
class FileResult:
    """One example file and how it came out. `problem` says why there is no answer."""

    id: str
    name: str
    path: str
    line: int
    mismatches: tuple[Mismatch, ...] = ()
    problem: str | None = None

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected, by both evaluators."""
        return self.problem is None and not self.mismatches


def asked_for(reading: Reading) -> tuple[BookExample, ...]:
    """Return the example files that were asked for, by path."""
    found = [
        draft.item
        for draft in reading.drafts.values()
        if isinstance(draft.item, BookExample) and draft.layer is not Layer.CONTEXT
    ]
    return tuple(sorted(found, key=lambda example: example.origin.path))


class Situations:
    """Turns example files into facts, and keeps them; the texts are read only when there are some."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._facts: dict[str, Facts] = {}

    @cached_property
    def _reader(self) -> SignalReader:
        return SignalReader(self._rulebook.signals.values())

    def facts(self, example: BookExample) -> Facts:
        """Return the facts of an example. Raise FactsInvalid for a value that does not fit."""
        if example.id not in self._facts:
            self._facts[example.id] = facts_from_given(self._given(example), CHECKED_AT)
        return self._facts[example.id]

    def _given(self, example: BookExample) -> Mapping[str, object]:
        if example.text is None:
            return example.given
        read = self._reader.read([SpokenText("text", example.text)], example.language)
        ticket = example.given.get("ticket", {})
        stated = ticket if isinstance(ticket, Mapping) else {}
        return {**example.given, "signals": read.signals, "ticket": {"language": read.language, **stated}}


def run(rulebook: Rulebook, examples: Iterable[BookExample]) -> tuple[FileResult, ...]:
    """Return the result of every example file, by the live engine held equal to the reference."""
    wanted = tuple(examples)
    if not wanted:
        return ()
    situations = Situations(rulebook)
    with Decider(rulebook) as live, Decider(rulebook, ReferenceEvaluator) as plain:
        return tuple(_run(example, situations, live, plain) for example in wanted)


def _run(example: BookExample, situations: Situations, live: Decider, plain: Decider) -> FileResult:
    named = (example.id, example.name, example.origin.path, example.origin.line)
    try:
        facts = situations.facts(example)
        decision = live.decide(facts)
        expected = plain.decide(facts)
    except (FactsInvalid, EngineFailed) as problem:
        return FileResult(*named, problem=str(problem))
    found = tuple(mismatches(example, decision, live.rulebook))
    if canonical(decision) != canonical(expected):
        found = (*found, Mismatch("engine", _summary(expected), _summary(decision)))
    return FileResult(*named, found)


def _summary(decision: Decision) -> tuple[str, ...]:
    return (decision.primary.value, *(shown.action for shown in decision.recommendations), *sorted(_fired(decision)))


def _fired(decision: Decision) -> dict[str, tuple[LeafResult, ...]]:
    return {fired.rule: fired.leaves for fired in (*decision.trace.fired, *decision.trace.shadow)}


def comes_out(example: BookExample, decision: Decision) -> bool:
    """Tell whether the decision is as the example expects."""
    expect = example.expect
    shown = {entry.action for entry in decision.recommendations}
    fired = _fired(decision)
    return (
        expect.primary in {None, decision.primary}
        and (expect.collaborators is None or set(expect.collaborators) == set(decision.collaborators))
        and shown.issuperset(expect.shows)
        and shown.isdisjoint(expect.hides)
        and fired.keys() >= set(expect.fires)
        and fired.keys().isdisjoint(expect.silent)
    )


def mismatches(example: BookExample, decision: Decision, rulebook: Rulebook) -> Iterator[Mismatch]:
    """Yield everything that came out otherwise than the example expects; nothing when `comes_out`."""
    expect = example.expect
    if expect.primary not in {None, decision.primary}:
        yield Mismatch("primary", (str(expect.primary),), (decision.primary.value,))
    if expect.collaborators is not None and set(expect.collaborators) != set(decision.collaborators):
        yield Mismatch("collaborators", tuple(map(str, expect.collaborators)), tuple(map(str, decision.collaborators)))
    yield from _shown_mismatches(example, decision, rulebook)
    fired = _fired(decision)
    for rule in expect.fires:
        if rule not in fired:
            yield Mismatch("fires", (rule,), (), why_not(rulebook, decision, rule).leaves)
    for rule in expect.silent:
        if rule in fired:
            yield Mismatch("silent", (rule,), (), fired[rule])


def _shown_mismatches(example: BookExample, decision: Decision, rulebook: Rulebook) -> Iterator[Mismatch]:
    shown = {entry.action: entry for entry in decision.recommendations}
    for action in example.expect.shows:
        if action not in shown:
            fell = why_not(rulebook, decision, action)
            stage = (fell.stage.value,) if fell.stage is not None else ()
            by = (fell.by,) if fell.by and fell.by != action else ()
            yield Mismatch("shows", (action,), (*stage, *by), fell.leaves)
    for action in example.expect.hides:
        if action in shown:
            yield Mismatch("hides", (action,), shown[action].rules)


def seen_by(decider: Decider, facts: Facts) -> Mapping[str, Facts]:
    """Return rule id -> the facts as its stratum sees them, for every rule that is evaluated."""
    seen: dict[str, Facts] = {}
    facts = without_decision(facts)
    for layer in decider.strata.layers:
        seen |= dict.fromkeys(decider.strata.conditions[layer], facts)
        facts = derive(facts, decider.strata.fire(decider.evaluator, layer, facts).live)
    seen |= dict.fromkeys(decider.strata.conditions.get(CLASSIFICATION, ()), facts)
    classified, _, _ = decider.classify(facts)
    for stratum in (RECOMMENDATION, GUARDRAIL):
        seen |= dict.fromkeys(decider.strata.conditions.get(stratum, ()), classified)
    return seen
