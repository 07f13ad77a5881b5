"""Boolean algebra in one solver context; what is already decided never reaches the solver.

A formula is a Python bool when its truth is known while it is built, else a Z3 expression. Everything the symbols need
is boolean: closed values are one symbol each, and a number is where it lies between the constants that it is compared
with. So the solver decides in its finite fragment, and no rounding of a rational is ever in question.
"""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import c_int
from typing import Any, Final

import z3

Formula = Any
"""A bool, or a z3.BoolRef of the context. (Z3 has no types to check against.)"""

FRAGMENT: Final = "QF_FD"
SEED: Final = 0


class Logic:
    """Builds formulas in a context of its own: no two proofs share state, so the same question has the same answer."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self._ref = self.context.ref()
        self._bool = z3.BoolSort(self.context)
        self._symbols = 0

    def symbol(self, name: str) -> Formula:
        """Return a new free boolean symbol. The name is for whoever debugs: it may hold any text, even twice."""
        self._symbols += 1
        said = z3.Z3_mk_string_symbol(self._ref, f"{self._symbols} {name!a}")
        return z3.BoolRef(z3.Z3_mk_const(self._ref, said, self._bool.ast), self.context)

    def all_of(self, parts: Iterable[Formula]) -> Formula:
        """Return the conjunction; true of none."""
        kept = []
        for part in parts:
            if part is False:
                return False
            if part is not True:
                kept.append(part)
        return self._joined(z3.Z3_mk_and, kept) if kept else True

    def any_of(self, parts: Iterable[Formula]) -> Formula:
        """Return the disjunction; false of none."""
        kept = []
        for part in parts:
            if part is True:
                return True
            if part is not False:
                kept.append(part)
        return self._joined(z3.Z3_mk_or, kept) if kept else False

    def opposite(self, part: Formula) -> Formula:
        """Return the negation."""
        if isinstance(part, bool):
            return not part
        return z3.BoolRef(z3.Z3_mk_not(self._ref, part.as_ast()), self.context)

    def implies(self, reason: Formula, result: Formula) -> Formula:
        """Return that `result` holds whenever `reason` does."""
        return self.any_of((self.opposite(reason), result))

    def same(self, one: Formula, other: Formula) -> Formula:
        """Return that both are true or both are false."""
        if isinstance(one, bool):
            return other if one else self.opposite(other)
        if isinstance(other, bool):
            return one if other else self.opposite(one)
        return z3.BoolRef(z3.Z3_mk_iff(self._ref, one.as_ast(), other.as_ast()), self.context)

    def at_least(self, weights: Iterable[tuple[Formula, int]], bound: int) -> Formula:
        """Return that the weights of what is true add up to at least `bound`."""
        kept = []
        for part, weight in weights:
            if part is True:
                bound -= weight
            elif part is not False and weight:
                kept.append((part, weight))
        if not kept:
            return bound <= 0
        parts = (z3.Ast * len(kept))(*[part.as_ast() for part, _ in kept])
        factors = (c_int * len(kept))(*[weight for _, weight in kept])
        return z3.BoolRef(z3.Z3_mk_pbge(self._ref, len(kept), parts, factors, bound), self.context)

    def at_most(self, weights: Iterable[tuple[Formula, int]], bound: int) -> Formula:
        """Return that the weights of what is true add up to at most `bound`."""
        return self.at_least([(part, -weight) for part, weight in weights], -bound)

    def expression(self, part: Formula) -> z3.BoolRef:
        """Return the formula as the solver takes it, decided or not."""
        return z3.BoolVal(part, self.context) if isinstance(part, bool) else part

    def total(self, weights: Iterable[tuple[Formula, int]]) -> z3.ArithRef:
        """Return the sum of the weights of what is true, as an integer expression."""
        zero = z3.IntVal(0, self.context)
        terms = [z3.If(self.expression(part), z3.IntVal(weight, self.context), zero) for part, weight in weights]
        return z3.Sum([zero, *terms])

    def solver(self, timeout_ms: int | None = None, *, compares_sums: bool = False) -> z3.Solver:
        """Return an empty solver of the finite fragment with its chance fixed. No time-out unless one is given.

        `compares_sums`: for questions about sums themselves, which are refuted only by counting them out in clauses;
        questions about what else holds are answered many times faster without.
        """
        solver = z3.SolverFor(FRAGMENT, self.context)
        solver.set("random_seed", SEED)
        solver.set("pb.solver", "totalizer" if compares_sums else "solver")
        if timeout_ms is not None:
            solver.set("timeout", timeout_ms)
        return solver

    def _joined(self, make: Any, parts: list[Formula]) -> Formula:
        if len(parts) == 1:
            return parts[0]
        array = (z3.Ast * len(parts))(*[part.as_ast() for part in parts])
        return z3.BoolRef(make(self._ref, len(parts), array), self.context)
