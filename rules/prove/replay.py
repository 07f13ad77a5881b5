"""What the live engine makes of a counter-example: nothing the solver says is believed before."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rules.decide import Decider
from rules.decide.recommend import applicable, ban_on
from rules.model import Facts
from rules.prove.property import Outcome
from rules.rulebook import Rulebook


class Replay:
    """Runs facts through the durable engine, stage by stage. Close it: the engine holds memory outside Python."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._decider: Decider | None = None

    def outcome(self, facts: Facts) -> Outcome:
        """Return what the rules make of the facts; the laws of code take no part."""
        decider = self._live()
        derived, _ = decider.derive(facts)
        classified, classification, _ = decider.classify(derived)
        candidates, _ = decider.propose(classified)
        forbidden, _ = decider.guard(classified)
        by_rules = [ban for ban in forbidden if ban.by in self._rulebook.rules]
        return Outcome(
            classified,
            classification.primary,
            frozenset((classification.primary, *classification.collaborators)),
            frozenset(kept.action.id for kept in applicable(candidates, classified).kept),
            frozenset(name for name, action in self._rulebook.actions.items() if ban_on(action, by_rules) is not None),
            frozenset(kind for ban in by_rules for kind in ban.kinds),
        )

    def kept_by(self, facts: Facts, action: str) -> str | None:
        """Return what of code (a law, a limit) keeps the agent from seeing the action all the same, if any does."""
        decision = self._live().decide(facts)
        return next(
            (held.by for held in decision.not_shown if held.action == action and held.by not in self._rulebook.rules),
            None,
        )

    def close(self) -> None:
        """Free the engine's memory."""
        if self._decider is not None:
            self._decider.close()

    def _live(self) -> Decider:
        # most proofs succeed: the engine is started for the first counter-example
        if self._decider is None:
            self._decider = Decider(self._rulebook)
        return self._decider

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
