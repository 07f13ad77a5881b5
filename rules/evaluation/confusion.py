"""How often each function was meant and how often it was decided, and every figure that follows from those counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean

from rules.rulebook import Function

Pair = tuple[Function, Function]
"""(expected, decided)."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of tickets by (expected, decided). A figure that has nothing to count is None, never 0 or 1."""

    counts: Counter[Pair] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many tickets there are."""
        return self.counts.total()

    def count(self, expected: Function, decided: Function) -> int:
        """Return how many tickets of one function were decided as another."""
        return self.counts[expected, decided]

    def expected(self, function: Function) -> int:
        """Return how many tickets are this function's work."""
        return sum(self.counts[function, decided] for decided in Function)

    def decided(self, function: Function) -> int:
        """Return how many tickets were given to the function."""
        return sum(self.counts[expected, function] for expected in Function)

    @property
    def accuracy(self) -> float | None:
        """Share of tickets that were decided as expected."""
        return _share(sum(self.counts[function, function] for function in Function), self.total)

    def recall(self, function: Function) -> float | None:
        """Return the share of a function's tickets that it was given."""
        return _share(self.counts[function, function], self.expected(function))

    def precision(self, function: Function) -> float | None:
        """Return the share of what a function was given that is its work."""
        return _share(self.counts[function, function], self.decided(function))

    def f1(self, function: Function) -> float | None:
        """Return 2·tp / (2·tp + fp + fn), the harmonic mean of precision and recall."""
        return _share(2 * self.counts[function, function], self.expected(function) + self.decided(function))

    @property
    def macro_f1(self) -> float | None:
        """Mean F1 of the functions that were expected or decided at least once; each counts the same."""
        found = [f1 for f1 in map(self.f1, Function) if f1 is not None]
        return fmean(found) if found else None

    def precision_at(self, function: Function, prior: Mapping[Function, float]) -> float | None:
        """Return the precision of a function where its share of all tickets is another than among these.

        With r(j, k) the share of the tickets of j that were decided as k (the rows of the confusion, each divided by
        its sum) and p the prior, p(k)·r(k, k) / Σ_j p(j)·r(j, k): Bayes' rule. It supposes that tickets of a function
        are read as well there as here. A function without tickets here takes no part: its r is unknown, and the prior
        of the others is scaled up to one, which leaves the quotient as it is.
        """
        given = {meant: prior[meant] * rate for meant in Function if (rate := self._rate(meant, function)) is not None}
        return _share(given.get(function, 0.0), sum(given.values()))

    def accuracy_at(self, prior: Mapping[Function, float]) -> float | None:
        """Return Σ_j p(j)·r(j, j) / Σ_j p(j), the sums over the functions that have tickets here."""
        known = {meant: rate for meant in Function if (rate := self._rate(meant, meant)) is not None}
        return _share(sum(prior[meant] * rate for meant, rate in known.items()), sum(prior[meant] for meant in known))

    def mean_cost(self, costs: Mapping[Pair, float]) -> float | None:
        """Return what a ticket costs on average; one that is right costs nothing."""
        return _share(sum(count * costs.get(pair, 0.0) for pair, count in self.counts.items()), self.total)

    def mean_cost_at(self, costs: Mapping[Pair, float], prior: Mapping[Function, float]) -> float | None:
        """Return Σ_j p(j)·Σ_k r(j, k)·cost(j, k) / Σ_j p(j), over the functions that have tickets here."""
        known = [meant for meant in Function if self.expected(meant)]
        whole = sum(
            prior[meant] * self.count(meant, decided) / self.expected(meant) * costs.get((meant, decided), 0.0)
            for meant in known
            for decided in Function
        )
        return _share(whole, sum(prior[meant] for meant in known))

    def _rate(self, expected: Function, decided: Function) -> float | None:
        return _share(self.counts[expected, decided], self.expected(expected))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
