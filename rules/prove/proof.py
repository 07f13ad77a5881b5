"""Prove the properties of a rulebook, or show the smallest facts that break them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import z3

from rules.decide.classify import SHARE, THRESHOLD
from rules.errors import SidecueError
from rules.facts import facts_from_given
from rules.model import Facts
from rules.prove.properties import PROPERTIES
from rules.prove.property import Hole, Outcome, Property
from rules.prove.replay import Replay
from rules.rulebook import Rulebook
from rules.solver.book import SymbolicBook
from rules.solver.smallest import Undecided, holds, smallest_of

SCHEMA: Final = 1
TIMEOUT_MS: Final = 30_000
TAKEN_AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""The clock of every counter-example: rules see days, never dates, so that any instant would do."""


@dataclass(frozen=True)
class Proved:
    """It holds for all facts."""

    property: Property
    verdict: str = "proved"


@dataclass(frozen=True)
class Broken:
    """It does not hold. `facts` are the smallest that show it, `given` the same in the words of an example.

    `outcome` is what the live engine made of them; `kept_by` names what of code still keeps the agent from seeing it.
    """

    property: Property
    subject: str
    facts: Facts
    given: Mapping[str, object]
    outcome: Outcome
    kept_by: str | None
    verdict: str = "broken"


@dataclass(frozen=True)
class Unproved:
    """Nobody knows: the solver gave no answer. That is a failure, never a pass."""

    property: Property
    reason: str
    verdict: str = "unknown"


Verdict = Proved | Broken | Unproved


@dataclass(frozen=True)
class Proof:
    """The verdicts on one rulebook, in the order of the properties."""

    rulebook: str
    verdicts: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        """Whether every property is proved."""
        return all(isinstance(verdict, Proved) for verdict in self.verdicts)

    def certificate(self) -> dict[str, Any]:
        """Return what was proved of which rulebook by which solver. The same proof gives the same certificate."""
        return {
            "schema": SCHEMA,
            "rulebook": self.rulebook,
            "properties": {
                found.property.id: {"statement": found.property.digest, "verdict": found.verdict}
                for found in self.verdicts
            },
            "solver": {"name": "z3", "version": z3.get_version_string()},
        }


def certificate_fits(certificate: Mapping[str, Any], rulebook: Rulebook) -> bool:
    """Tell whether a certificate says that every property of today is proved of this very rulebook."""
    expected = {found.id: {"statement": found.digest, "verdict": "proved"} for found in PROPERTIES}
    return (
        certificate.get("schema") == SCHEMA
        and certificate.get("rulebook") == rulebook.digest
        and certificate.get("properties") == expected
    )


def prove(rulebook: Rulebook, *, properties: Sequence[Property] = PROPERTIES, timeout_ms: int = TIMEOUT_MS) -> Proof:
    """Return the verdict on every property. `timeout_ms` is for each question to the solver.

    Raise SidecueError for a rulebook that cannot be laid out, or when solver and engine disagree on a counter-example.
    """
    return Proof(rulebook.digest, tuple(verdicts(rulebook, properties, timeout_ms)))


def verdicts(
    rulebook: Rulebook,
    properties: Sequence[Property] = PROPERTIES,
    timeout_ms: int = TIMEOUT_MS,
    book: SymbolicBook | None = None,
) -> Iterator[Verdict]:
    """Yield the verdicts one by one, as they are found. `book`: one built of the rulebook and `asked(properties)`."""
    symbols = book if book is not None else symbolic(rulebook, properties)
    solver = solver_of(symbols, timeout_ms)
    with Replay(rulebook) as replay:
        for found in properties:
            try:
                yield _verdict(found, tuple(open_holes(found, symbols, solver)), symbols, replay, timeout_ms)
            except Undecided as reason:
                yield Unproved(found, str(reason))


def solver_of(book: SymbolicBook, timeout_ms: int = TIMEOUT_MS) -> z3.Solver:
    """Return a solver that knows what facts are, for the holes of many properties of one book."""
    solver = book.symbols.logic.solver(timeout_ms, compares_sums=True)
    solver.add(book.well_formed())
    return solver


def open_holes(found: Property, book: SymbolicBook, solver: z3.Solver) -> Iterator[Hole]:
    """Yield the ways in which some facts break the property; none when it holds. Raise Undecided without an answer."""
    closed: set[str] = set()
    for hole in found.holes(book):
        if hole.within in closed:
            continue
        if holds(solver, book.symbols.logic.expression(hole.formula)):
            yield hole
        else:
            closed.add(hole.subject)


def symbolic(rulebook: Rulebook, properties: Iterable[Property] = PROPERTIES) -> SymbolicBook:
    """Return the rulebook as formulas, with what the properties ask."""
    also = [condition for found in properties for condition in found.conditions()]
    return SymbolicBook(rulebook, threshold=THRESHOLD, share=SHARE, also=also)


def _verdict(found: Property, there: Iterable[Hole], book: SymbolicBook, replay: Replay, timeout_ms: int) -> Verdict:
    holes = _nearest(there)
    if not holes:
        return Proved(found)
    least = smallest_of(book.symbols, [hole.formula for hole in holes], timeout_ms)
    if least is None:
        raise SidecueError(f"{found.id}: the solver contradicts itself: that is a defect of Sidecue, please report it")
    place, model = least
    subject = holes[place].subject
    facts = book.facts(model, TAKEN_AT)
    given = book.given(model, TAKEN_AT)
    outcome = replay.outcome(facts)
    if facts_from_given(given, TAKEN_AT) != facts or not found.breaks(outcome, subject, book.rulebook):
        raise SidecueError(
            f"{found.id}: the solver found facts that break it, but the engine does not ({subject}; {given}): "
            "that is a defect of Sidecue, please report it with the rule files"
        )
    return Broken(found, subject, facts, given, outcome, replay.kept_by(facts, subject))


def _nearest(there: Iterable[Hole]) -> tuple[Hole, ...]:
    """Return the holes without the wide ones that a narrow one shows: what there is tells more than what may be."""
    found = tuple(there)
    shown = {hole.within for hole in found}
    return tuple(hole for hole in found if hole.subject not in shown)
