"""Every backend of the condition tree asked the same, and what happens when they do not answer the same."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import z3
from backends_files import BookCase, kept
from backends_shrinking import AnyCase, smallest
from engine_cases import Case
from hypothesis import HealthCheck, Phase, given, seed, settings

from rules.bulk.columns import Columns
from rules.bulk.evaluate import BulkEvaluator
from rules.bulk.strata import BulkStrata, Voting
from rules.decide import Decider
from rules.decide.classify import SHARE, THRESHOLD
from rules.decide.strata import lay_out
from rules.engine import DurableEvaluator, ReferenceEvaluator
from rules.model import Facts
from rules.rulebook import Function
from rules.solver.book import SymbolicBook
from rules.solver.symbols import Symbols

ONLY = "only"
VOTING = Voting(tuple(Function), THRESHOLD, SHARE)
SEED = int(os.environ.get("EQUALITY_SEED") or secrets.randbelow(2**32))
"""Where this run looks: another place every time, and the same again where the environment says EQUALITY_SEED."""

# Generating ten trees and their facts takes longer than Hypothesis likes: too large and too slow are meant.
PROFILE = settings(
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=True,
    # no shrinking by Hypothesis, which draws minutes long: `smallest` knows what a case is made of
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

Answers = list[frozenset[str]]


@dataclass
class Count:
    """How many (condition, facts) pairs each backend has answered."""

    pairs: dict[str, int] = field(default_factory=dict)

    def add(self, backend: str, case: Case) -> None:
        self.pairs[backend] = self.pairs.get(backend, 0) + len(case.conditions) * len(case.facts)

    @property
    def evaluations(self) -> int:
        return sum(self.pairs.values())

    def __str__(self) -> str:
        each = ", ".join(f"{backend} {pairs:,}" for backend, pairs in self.pairs.items())
        return f"{self.evaluations:,} evaluations ({each})"


def durable(case: Case) -> Answers:
    with closing(DurableEvaluator({ONLY: case.conditions}, limits=case.limits)) as evaluator:
        return [evaluator.fired(ONLY, facts) for facts in case.facts]


def reference(case: Case) -> Answers:
    evaluator = ReferenceEvaluator({ONLY: case.conditions})
    return [evaluator.fired(ONLY, facts) for facts in case.facts]


def bulk(case: Case) -> Answers:
    fired = BulkEvaluator({ONLY: case.conditions}).fired(ONLY, Columns.of(case.facts))
    return [frozenset(name for name, truth in row.items() if truth) for row in fired.iter_rows(named=True)]


def solver(case: Case) -> Answers:
    """Ask the solver what holds of each facts, pinned; and whether anything else could hold of them: nothing may."""
    symbols = Symbols(case.conditions.values())
    surely = {name: symbols.surely(condition) for name, condition in case.conditions.items()}
    return [_only_answer(symbols, symbols.pinned(facts), surely) for facts in case.facts]


def _only_answer(symbols: Symbols, pinned: z3.BoolRef, asked: Mapping[str, z3.BoolRef]) -> frozenset[str]:
    solver = symbols.logic.solver()
    solver.add(pinned)

    assert solver.check() == z3.sat, "the solver finds no such facts"
    model = solver.model()
    found = {name: z3.is_true(model.eval(formula, model_completion=True)) for name, formula in asked.items()}
    solver.add(z3.Or([z3.Not(formula) if found[name] else formula for name, formula in asked.items()]))
    assert solver.check() == z3.unsat, "the solver finds two answers for one facts"
    return frozenset(name for name, truth in found.items() if truth)


BACKENDS: dict[str, Callable[[Case], Answers]] = {"durable-rules": durable, "bulk": bulk}
"""What is held equal to the reference."""


def hold_solver_equal(case: Case, count: Count) -> None:
    """Hold the solver, and every other backend, equal to the reference on a case."""
    hold_equal(case, count, BACKENDS | {"solver": solver})


def hold_equal(case: Case, count: Count, backends: Mapping[str, Callable[[Case], Answers]] = BACKENDS) -> None:
    """Hold backends equal to the reference on a case."""
    expected = reference(case)
    count.add("reference", case)
    for name, backend in backends.items():
        actual = backend(case)

        for index, (right, found) in enumerate(zip(expected, actual, strict=True)):
            assert right == found, f"{name} on facts {index}: too few {right - found}, too many {found - right}"
        count.add(name, case)


# --- whole rulebooks ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """How one ticket went through the strata."""

    fired: frozenset[str]
    primary: Function
    functions: frozenset[str]
    scores: dict[Function, int]
    needs_triage: bool
    derived: Facts


def courses(decider: Decider, facts: Facts) -> Course:
    """Send one ticket through the stages of a decider."""
    derived, record = decider.derive(facts)
    classified, classification, more = decider.classify(derived)
    record = record.then(more)
    record = record.then(decider.propose(classified)[1])
    record = record.then(decider.guard(classified)[1])
    return Course(
        fired=frozenset(fired.rule for fired in (*record.fired, *record.shadow)),
        primary=classification.primary,
        functions=frozenset((classification.primary, *classification.collaborators)),
        scores=dict(classification.scores),
        needs_triage=classification.needs_triage,
        derived=classified,
    )


def bulk_courses(case: BookCase) -> list[Course]:
    """Send all tickets through the strata at once."""
    outcome = BulkStrata(lay_out(case.rulebook), VOTING).fired_rules(Columns.of(case.facts))
    return [
        Course(
            fired=frozenset(name for name, truth in fired.items() if truth),
            primary=Function(primary),
            functions=frozenset(derived.values["decision.functions"]),
            scores={Function(name): score for name, score in scores.items()},
            needs_triage=needs_triage,
            derived=derived,
        )
        for fired, primary, scores, needs_triage, derived in zip(
            outcome.fired.iter_rows(named=True),
            outcome.primary,
            outcome.scores.iter_rows(named=True),
            outcome.needs_triage,
            outcome.columns,
            strict=True,
        )
    ]


def hold_book_solver_equal(case: BookCase, count: Count) -> None:
    """Hold what the solver makes of a rulebook equal to the reference: what fires, and whose work it is."""
    book = SymbolicBook(case.rulebook, threshold=THRESHOLD, share=SHARE)
    live = lay_out(case.rulebook).rules
    asked = {f"fires {name}": book.fired[name] for name in live}
    asked |= {f"primary {function}": book.primary[function] for function in Function}
    asked |= {f"works {function}": book.works[function] for function in Function}
    with Decider(case.rulebook, ReferenceEvaluator) as decider:
        for index, facts in enumerate(case.facts):
            right = courses(decider, facts)
            expected = {f"fires {name}" for name in right.fired} | {f"primary {right.primary}"}
            expected |= {f"works {name}" for name in right.functions}

            assert expected == _only_answer(book.symbols, book.pinned(facts), asked), f"solver on facts {index}"
    count.pairs["solver"] = count.pairs.get("solver", 0) + len(live) * len(case.facts)


def hold_book_equal(case: BookCase, count: Count) -> None:
    """Hold the strata of a rulebook equal: on durable-rules, on the reference, and in bulk."""
    found: dict[str, list[Course]] = {}
    for name, evaluator in (("reference", ReferenceEvaluator), ("durable-rules", DurableEvaluator)):
        with Decider(case.rulebook, evaluator) as decider:
            found[name] = [courses(decider, facts) for facts in case.facts]
    found["bulk"] = bulk_courses(case)
    rules = lay_out(case.rulebook).rules
    for name, actual in found.items():
        for index, (right, course) in enumerate(zip(found["reference"], actual, strict=True)):
            assert right == course, f"{name} on facts {index}"
        count.pairs[name] = count.pairs.get(name, 0) + len(rules) * len(case.facts)


# --- searching ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """A case as Hypothesis may show it: what is worth reading is the small one that is kept."""

    case: AnyCase

    def __repr__(self) -> str:
        return f"<a case of {len(self.case.facts)} facts>"


def search(strategy, hold: Callable[..., None], count: Count, examples: int) -> None:
    """Hold `examples` drawn cases equal. One that is not is made small and kept among the regressions."""
    failing: list[AnyCase] = []

    @seed(SEED)
    @settings(PROFILE, max_examples=examples)
    @given(strategy.map(Drawn))
    def look(drawn):
        try:
            hold(drawn.case, count)
        except Exception:
            failing[:] = [drawn.case]
            raise

    try:
        look()
    except BaseException as error:
        if not failing:
            raise
        path = kept(smallest(failing[0], fails_as(hold, failing[0])), f"found with EQUALITY_SEED={SEED}: say here why")
        raise AssertionError(f"backends differ (EQUALITY_SEED={SEED}); the smallest case is kept in {path}") from error


def fails_as(hold: Callable[..., None], case: AnyCase) -> Callable[[AnyCase], bool]:
    """Return whether another case fails with the same kind of error as this one."""

    def error_of(other: AnyCase) -> type[Exception] | None:
        try:
            hold(other, Count())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return type(error)
        return None

    expected = error_of(case)
    return lambda other: expected is not None and error_of(other) is expected
