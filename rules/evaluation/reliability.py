"""How honest confidence is: among decisions said to be 80 % sure, 80 % should be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

BINS: Final = 10
"""Of equal width over [0, 1]; each holds its lower edge, the last one also 1."""


class Bin(NamedTuple):
    """Decisions of one stretch of confidence, from `low` to `high`: how many, mean confidence, share right."""

    low: float
    high: float
    decisions: float
    confidence: float
    accuracy: float


@dataclass(slots=True)
class Reliability:
    """Decisions by confidence, as sums per bin: how many, their confidence, and how many were right.

    A decision may count as more or less than one, where its kind is over- or underrepresented.
    """

    counts: list[float] = field(default_factory=lambda: [0.0] * BINS)
    confidences: list[float] = field(default_factory=lambda: [0.0] * BINS)
    rights: list[float] = field(default_factory=lambda: [0.0] * BINS)

    @classmethod
    def of(cls, decisions: Iterable[tuple[float, bool, float]]) -> Self:
        """Return the sums of (confidence, right, weight)."""
        made = cls()
        for confidence, is_right, weight in decisions:
            made.take(confidence, is_right=is_right, weight=weight)
        return made

    def take(self, confidence: float, *, is_right: bool, weight: float = 1.0) -> None:
        """Count one decision; `confidence` is from 0 to 1."""
        index = min(int(confidence * BINS), BINS - 1)
        self.counts[index] += weight
        self.confidences[index] += weight * confidence
        self.rights[index] += weight * is_right

    def add(self, other: Reliability) -> None:
        """Count what another counted."""
        for mine, theirs in (
            (self.counts, other.counts),
            (self.confidences, other.confidences),
            (self.rights, other.rights),
        ):
            mine[:] = [one + more for one, more in zip(mine, theirs, strict=True)]

    @property
    def total(self) -> float:
        """How many decisions there are."""
        return sum(self.counts)

    @property
    def bins(self) -> tuple[Bin, ...]:
        """The stretches in which there is a decision, from unsure to sure."""
        return tuple(
            Bin(index / BINS, (index + 1) / BINS, count, self.confidences[index] / count, self.rights[index] / count)
            for index, count in enumerate(self.counts)
            if count
        )

    @property
    def expected_error(self) -> float | None:
        """The expected calibration error: Σ_b n_b / n · |accuracy_b − mean confidence_b|, over the bins of equal width.

        After Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.
        None without a decision.
        """  # noqa: RUF002 - a minus sign in a formula
        total = self.total
        if not total:
            return None
        return sum(found.decisions / total * abs(found.accuracy - found.confidence) for found in self.bins)
