"""Of all facts that meet some formulas, those that say the least.

Least is: the fewest things known (fields, members of sets, items and what is known of them), then the fewest of what a
person would rather not read about (items before fields), then the plainest values. Every step is a question with one
answer, so the same formulas always give the same facts, whatever the solver tried first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import z3

from rules.errors import SidecueError, ToldError
from rules.solver.logic import Formula
from rules.solver.symbols import Symbols
from rules.text import Text, filled

_NO_ANSWER: Final = Text(
    "o solver não deu resposta ({why}); dê mais tempo a ele com --timeout",
    "the solver gave no answer ({why}); give it more time with --timeout",
)


class Undecided(ToldError):
    """The solver gave up (most likely its time was over); `str()` says why."""


def smallest(symbols: Symbols, formulas: Iterable[Formula], timeout_ms: int | None = None) -> z3.ModelRef | None:
    """Return the model of the smallest facts that meet all formulas, or None when no facts do.

    `timeout_ms` is for each question to the solver. Raise Undecided when it gives no answer.
    """
    found = smallest_of(symbols, [symbols.logic.all_of(formulas)], timeout_ms)
    return None if found is None else found[1]


def smallest_of(
    symbols: Symbols, ways: Sequence[Formula], timeout_ms: int | None = None
) -> tuple[int, z3.ModelRef] | None:
    """Return the first of the ways that takes as little as any of them, by its place, with the model of its facts.

    None when no facts meet any of them. `timeout_ms` and Undecided as for `smallest`.
    """
    logic = symbols.logic
    solver = logic.solver(timeout_ms)
    solver.add(*(logic.expression(part) for part in (*symbols.axioms, logic.any_of(ways))))
    if not holds(solver):
        return None
    things = symbols.things()
    weights = [(thing.there, 1) for thing in things]
    count = 0
    while not holds(solver, few := logic.expression(logic.at_most(weights, count))):
        count += 1
    solver.add(few)
    first = next(place for place, way in enumerate(ways) if holds(solver, logic.expression(way)))
    solver.add(logic.expression(ways[first]))
    search = _Search(solver, symbols, _model(solver))
    for thing in things:
        search.settle([logic.opposite(thing.there), thing.there])
    for thing in things:
        if thing.cell is not None and search.says(thing.there):
            search.settle(thing.cell.choices())
    return first, search.model


def holds(solver: z3.Solver, *assumed: z3.BoolRef) -> bool:
    """Tell whether what the solver holds can be met under the assumptions. Raise Undecided when it does not know."""
    answer = solver.check(*assumed)
    if answer == z3.unknown:
        raise Undecided(filled(_NO_ANSWER, why=solver.reason_unknown()))
    return bool(answer == z3.sat)


@dataclass
class _Search:
    """What is settled so far is in the solver; `model` always meets it."""

    solver: z3.Solver
    symbols: Symbols
    model: z3.ModelRef

    def says(self, part: Formula) -> bool:
        """Tell whether the model meets the formula."""
        return bool(z3.is_true(self.model.eval(self.symbols.logic.expression(part), model_completion=True)))

    def settle(self, choices: Iterable[Formula]) -> None:
        """Keep the first choice that is still possible; one that the model meets needs no asking."""
        for choice in choices:
            said = self.symbols.logic.expression(choice)
            if not self.says(choice):
                if not holds(self.solver, said):
                    continue
                self.model = self.solver.model()
            self.solver.add(said)
            return


def _model(solver: z3.Solver) -> z3.ModelRef:
    if not holds(solver):
        raise SidecueError("what the solver settled on is impossible: that is a defect of Sidecue, please report it")
    return solver.model()
