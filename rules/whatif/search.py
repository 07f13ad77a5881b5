"""Changes in the order of their cost: fewest facts, fewest steps, first in the vocabulary. Found by the solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3

from rules.solver.logic import Formula, Logic
from rules.solver.smallest import holds
from rules.whatif.edits import Spot, Value
from rules.whatif.options import Option
from rules.whatif.room import Movable

Picked = tuple[tuple[Movable, tuple[Option, ...]], ...]
"""Each changed fact with its option; of a set, with every member that changes sides."""


class Search:
    """Goes through the changes that meet a goal, the cheapest first. Raise Undecided when the solver has no answer."""

    def __init__(self, solver: z3.Solver, logic: Logic, movables: Sequence[Movable], goal: Formula) -> None:
        self._solver = solver
        self._logic = logic
        self._movables = movables
        self._goal = logic.expression(goal)
        self._model: z3.ModelRef  # of the last question that was answered with yes
        self._counts = [(movable.changed, 1) for movable in movables]
        self._steps = [
            (literal, option.steps)
            for movable in movables
            for literal, option in zip(movable.literals, movable.options, strict=True)
        ]

    def any(self) -> bool:
        """Tell whether any change at all meets the goal."""
        return holds(self._solver, self._goal)

    def within(self, most: int) -> Iterator[Picked]:
        """Yield the changes of up to `most` facts. Each is given out once."""
        self._solver.push()
        self._solver.add(self._goal)
        try:
            for count in range(1, most + 1):
                few = self._logic.at_most(self._counts, count)
                while self._holds(few):
                    picked = self._cheapest(few)
                    yield picked
                    self._solver.add(self._logic.expression(self._logic.opposite(self._exactly(picked))))
        finally:
            self._solver.pop()

    def _cheapest(self, few: Formula) -> Picked:
        steps = self._least_steps(few)
        self._solver.push()
        self._solver.add(self._logic.expression(few), self._logic.expression(self._logic.at_most(self._steps, steps)))
        try:
            return tuple(self._settled())
        finally:
            self._solver.pop()

    def _least_steps(self, few: Formula) -> int:
        """Return the fewest steps: between none and what the model at hand takes, halving."""
        low, high = 1, self._steps_of_model()
        while low < high:
            middle = (low + high) // 2
            if self._holds(self._logic.all_of((few, self._logic.at_most(self._steps, middle)))):
                high = min(middle, self._steps_of_model())
            else:
                low = middle + 1
        return low

    def _steps_of_model(self) -> int:
        return sum(steps for literal, steps in self._steps if self._says(literal))

    def _settled(self) -> Iterator[tuple[Movable, tuple[Option, ...]]]:
        """Settle fact by fact that it changes, and option by option to which, as long as that is possible."""
        for movable in self._movables:
            if self._settle(movable.changed):
                options = zip(movable.literals, movable.options, strict=True)
                yield movable, tuple(option for literal, option in options if self._settle(literal))

    def _settle(self, literal: Formula) -> bool:
        """Let it hold if it can, and else let it not; return which."""
        can = self._says(literal) or self._holds(literal)
        self._solver.add(literal if can else self._logic.opposite(literal))
        return can

    def _holds(self, assumed: Formula) -> bool:
        """Tell whether it can hold; `_model` is then one in which it does, and stays one of what was settled since."""
        if not holds(self._solver, self._logic.expression(assumed)):
            return False
        self._model = self._solver.model()
        return True

    def _says(self, literal: Formula) -> bool:
        return bool(z3.is_true(self._model.eval(literal, model_completion=True)))

    def _exactly(self, picked: Picked) -> Formula:
        """Return that these options are taken, and no others."""
        taken = {
            id(movable.literals[movable.options.index(option)]) for movable, options in picked for option in options
        }
        return self._logic.all_of(
            literal if id(literal) in taken else self._logic.opposite(literal)
            for movable in self._movables
            for literal in movable.literals
        )


def edits_of(picked: Picked) -> dict[Spot, Value]:
    """Return the facts' new values."""
    edits: dict[Spot, Value] = {}
    for movable, options in picked:
        if movable.is_set:
            now = movable.now if isinstance(movable.now, frozenset) else frozenset()
            edits[movable.spot] = now ^ {option.value for option in options if isinstance(option.value, str)}
        else:
            edits[movable.spot] = options[0].value
    return edits
