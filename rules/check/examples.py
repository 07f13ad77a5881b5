"""The examples of rules: both sides there, and each comes out as it expects, by both evaluators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rules.check.trial import CHECKED_AT, Trial
from rules.engine import deciding
from rules.errors import EngineFailed, FactsInvalid
from rules.facts import facts_from_given
from rules.loader.build import Draft
from rules.loader.findings import Finding
from rules.model import LeafResult
from rules.rulebook import Example, Rule
from rules.text import Text, number_text


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example and how it came out. `actual` is the live engine's answer, `reference` the plain definition's.

    `leaves` are the conditions that decided, with their values, of an example that failed; `problem` says why there is
    no answer.
    """

    rule: str
    example: str
    path: str
    line: int
    expected: bool
    actual: bool | None
    reference: bool | None
    leaves: tuple[LeafResult, ...] = ()
    problem: str | None = None

    @property
    def passed(self) -> bool:
        """Whether both evaluators say what the example expects."""
        return self.problem is None and self.actual == self.reference == self.expected


def run(rule: Rule, trial: Trial, taken_at: datetime = CHECKED_AT) -> Iterator[ExampleResult]:
    """Yield the result of every example of the rule."""
    for example in rule.examples:
        yield _run(rule, example, trial, taken_at)


def _run(rule: Rule, example: Example, trial: Trial, taken_at: datetime) -> ExampleResult:
    path = rule.origin.path
    try:
        facts = facts_from_given(example.given, taken_at)
        engine, reference = trial.matches(rule, facts)
    except (FactsInvalid, EngineFailed) as problem:
        return ExampleResult(
            rule.id, example.name, path, example.line, example.matches, None, None, problem=str(problem)
        )
    failed = not engine == reference == example.matches
    leaves = deciding(rule.when, facts) if failed else ()
    return ExampleResult(rule.id, example.name, path, example.line, example.matches, engine, reference, leaves)


def refusal(draft: Draft, rule: Rule) -> Finding | None:
    """Return the finding for a condition that the engine does not take, if it does not."""
    try:
        Trial.of([rule]).close()
    except EngineFailed as problem:
        return draft.finding("engine.refused", ("when",), on_key=True, problem=str(problem))
    return None


def check(draft: Draft, rule: Rule, trial: Trial) -> Iterator[Finding]:
    """Yield the findings about a rule's examples."""
    yield from _sides(draft, rule)
    for index, result in enumerate(run(rule, trial)):
        place = ("examples", index)
        if result.problem is not None:
            yield draft.finding("example.facts", (*place, "given"), on_key=True, problem=result.problem)
        elif result.actual != result.reference:
            yield draft.finding(
                "example.disagreement",
                place,
                name=result.example,
                engine=said(result.actual),
                reference=said(result.reference),
            )
        elif result.actual != result.expected:
            yield draft.finding(
                "example.failed",
                place,
                name=result.example,
                expected=said(result.expected),
                actual=said(result.actual),
                leaves=in_words(result.leaves),
            )


def _sides(draft: Draft, rule: Rule) -> Iterator[Finding]:
    for side in (True, False):
        if not any(example.matches is side for example in rule.examples):
            yield draft.finding("example.side_missing", ("examples",), on_key=True, side=said(side))
    seen: set[str] = set()
    for index, example in enumerate(rule.examples):
        if example.name in seen:
            yield draft.finding("example.same_name", ("examples", index, "name"), name=example.name)
        seen.add(example.name)


def said(matches: bool | None) -> str:  # noqa: FBT001 - an outcome
    """Return an outcome as the files write it."""
    return "match" if matches else "no_match"


def in_words(leaves: Iterable[LeafResult]) -> Text:
    """Return the leaves as one text: the question, and the value it saw."""
    found = tuple(leaves)
    return Text(
        "; ".join(leaf_in_words(leaf, "desconhecido") for leaf in found) or "nada",
        "; ".join(leaf_in_words(leaf, "unknown") for leaf in found) or "nothing",
    )


def leaf_in_words(leaf: LeafResult, unknown: str) -> str:
    """Return one leaf as `field op expected (saw value)`, ASCII arrows kept out for plain terminals."""
    expected = "" if leaf.expected is None else f" {_value(leaf.expected)}"
    actual = unknown if leaf.actual is None else _value(leaf.actual)
    return f"{leaf.field} {leaf.op}{expected} [{actual}]"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "(" + ", ".join(_value(item) for item in value) + ")"
    return number_text(value) if isinstance(value, float) else str(value)
