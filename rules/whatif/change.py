"""What would change it: the answer, as it is found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.conditions import Condition
from rules.model import Decision
from rules.whatif.edits import Spot, Value


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact, before (None: unknown) and after. `any_other`: `after` stands for any text that no rule names."""

    spot: Spot
    before: Value | None
    after: Value | None
    any_other: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change that does it, confirmed by deciding again: `decision` is the new one, `follows` goes along.

    Smallest: the fewest facts; of these the fewest steps in all (`rules.whatif.options.Option`); of these the facts
    that the vocabulary names first, and the nearest values.
    """

    changed: tuple[Changed, ...]
    follows: tuple[Changed, ...]
    decision: Decision


class Verdict(StrEnum):
    """How the search ended."""

    FOUND = "found"
    NOTHING = "nothing"  # whatever is changed of what can be changed, it stays
    NOT_WITHIN = "not_within"  # no change of so many facts does it; one of more may
    GAVE_UP = "gave_up"  # so many changes were tried, or the time was over; there may be one


@dataclass(frozen=True, slots=True)
class Answer:
    """What would make `action` be shown (`shows`), or not be shown any more.

    `change` only when it is found. `fields`: of how many facts at most a change was looked for. `tries`: how many
    changes were decided again. `obstacles`: of a verdict `NOTHING` the fewest facts, true now and nobody's to change,
    that would have to be otherwise; empty when a limit, a conflict or the rank decides.
    """

    action: str
    shows: bool
    verdict: Verdict
    change: Change | None = None
    fields: int = 0
    tries: int = 0
    obstacles: tuple[Condition, ...] = ()
