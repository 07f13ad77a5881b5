"""The order of the strata, and nothing else.

Every stage is a method of its own, so that it can be timed, tested and explained one by one; `decide` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Final, NamedTuple, Self

from rules.conditions import Condition
from rules.decide import classify, derive, fallback, rank, recommend, strata
from rules.decide.classify import Classification
from rules.decide.laws import Ban
from rules.decide.rank import Candidate, Ranked
from rules.engine import DurableEvaluator, Evaluator
from rules.errors import SidecueError
from rules.facts import clock_of
from rules.model import Decision, Facts, Fired, NotShown, SignalHit, Trace
from rules.rulebook import Function, Recommend, Rulebook
from rules.text import Text

OFFER_CAP: Final = 3
NOBODY_ASKED: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({})


class Record(NamedTuple):
    """What a stage leaves in the trace."""

    fired: tuple[Fired, ...] = ()
    shadow: tuple[Fired, ...] = ()

    def then(self, other: Record) -> Record:
        """Return what this stage leaves, and the next one."""
        if not other.fired and not other.shadow:
            return self
        return Record(self.fired + other.fired, self.shadow + other.shadow)


class Choice(NamedTuple):
    """What is shown, best first, and what is not. `reason` stands in for a rule's when it is a fallback."""

    shown: tuple[Ranked, ...]
    not_shown: tuple[NotShown, ...]
    fallback_reason: Text | None
    is_fallback: bool


class Decider:
    """Decides over one immutable rulebook. An edit of the rules builds a new Decider.

    It holds no state of any ticket. It may be used by several threads when its evaluator may.
    `precedence` orders the functions for ties; `offer_cap` is the number of offers a customer is shown in 30 days.
    Raise SidecueError for a rulebook that cannot be laid out.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        evaluator_type: Callable[[Mapping[str, Mapping[str, Condition]]], Evaluator] = DurableEvaluator,
        *,
        precedence: Sequence[Function] = tuple(Function),
        offer_cap: int = OFFER_CAP,
    ) -> None:
        if sorted(precedence) != sorted(Function):
            raise SidecueError(
                f"precedence names {', '.join(precedence) or 'no function'}: "
                f"it must name each of {', '.join(Function)} once"
            )
        for rule in rulebook.rules.values():
            if isinstance(rule.then, Recommend) and rule.then.action not in rulebook.actions:
                raise SidecueError(f"{rule.id} recommends {rule.then.action}, which is no action of this rulebook")
        self.rulebook = rulebook
        self.precedence = tuple(precedence)
        self.offer_cap = offer_cap
        self.strata = strata.lay_out(rulebook)
        self.evaluator = evaluator_type(self.strata.conditions)

    def decide(
        self,
        facts: Facts,
        hits: Sequence[SignalHit] = (),
        language: str = "pt-BR",
        text_truncated: bool = False,  # noqa: FBT001, FBT002 - a result of the reading, passed on
        acceptance: Mapping[str, tuple[int, int]] = NOBODY_ASKED,
    ) -> Decision:
        """Return the decision for these facts; the same arguments always give the same one.

        `acceptance`: action -> (accepted, shown). Raise EngineFailed when the engine gives no result,
        FactsInvalid when the clock of the facts has no time zone.
        """
        # in UTC, so that a due time is so many hours later whatever a local clock does in between
        facts = Facts(facts.values, facts.signals, facts.collections, clock_of(facts))
        derived, record = self.derive(facts)
        classified, classification, more = self.classify(derived)
        record = record.then(more)
        candidates, more = self.propose(classified)
        record = record.then(more)
        forbidden, more = self.guard(classified)
        record = record.then(more)
        choice = self.choose(candidates, forbidden, classification, classified, acceptance)
        known = derive.derived_of(derived)
        return Decision(
            primary=classification.primary,
            collaborators=classification.collaborators,
            scores=classification.scores,
            confidence=classification.confidence,
            needs_triage=classification.needs_triage,
            is_fallback=choice.is_fallback,
            journey_stage=known.get("journey_stage"),
            customer_job=known.get("customer_job"),
            recommendations=tuple(
                recommend.recommendation(ranked, facts.taken_at, choice.fallback_reason) for ranked in choice.shown
            ),
            not_shown=choice.not_shown,
            trace=Trace(language, tuple(hits), record.fired, record.shadow, known, text_truncated, dict(acceptance)),
            facts=facts,
            rulebook=self.rulebook.digest,
            taken_at=facts.taken_at,
        )

    def derive(self, facts: Facts) -> tuple[Facts, Record]:
        """Return the facts with their derived fields, layer by layer."""
        facts = classify.without_decision(facts)
        record = Record()
        for layer in self.strata.layers:
            fired, more = self._fire(layer, facts)
            record = record.then(more)
            facts = derive.derive(facts, fired.live)
        return facts, record

    def classify(self, facts: Facts) -> tuple[Facts, Classification, Record]:
        """Return whose work it is, and the facts with `decision.*` for the strata that follow."""
        fired, record = self._fire(strata.CLASSIFICATION, facts)
        classification = classify.classify(fired.live, self.precedence, self.rulebook.calibration)
        return classify.with_decision(facts, classification), classification, record

    def propose(self, facts: Facts) -> tuple[tuple[Candidate, ...], Record]:
        """Return the eligible actions."""
        fired, record = self._fire(strata.RECOMMENDATION, facts)
        return recommend.eligible(fired.live, self.rulebook.actions), record

    def guard(self, facts: Facts) -> tuple[tuple[Ban, ...], Record]:
        """Return everything that laws and guardrails forbid."""
        fired, record = self._fire(strata.GUARDRAIL, facts)
        return recommend.bans(fired.live, record.fired, facts), record

    def choose(
        self,
        candidates: Sequence[Candidate],
        forbidden: tuple[Ban, ...],
        classification: Classification,
        facts: Facts,
        acceptance: Mapping[str, tuple[int, int]] = NOBODY_ASKED,
    ) -> Choice:
        """Return what is shown: applicable, suitable, rested, ranked, without conflict; else the fallback."""
        applicable = recommend.applicable(candidates, facts)
        forbidden = recommend.comply_first(applicable.kept, forbidden)
        suitable = recommend.suitable(applicable.kept, forbidden)
        rested = recommend.rested(suitable.kept, facts)
        ranked = rank.order(rested.kept, facts, acceptance)
        shown, below = recommend.choose(ranked, facts, self.offer_cap)
        held_back = (*applicable.held_back, *suitable.held_back, *rested.held_back, *below)
        not_shown = tuple(sorted(held_back, key=lambda entry: entry.action))
        if shown:
            return Choice(shown, not_shown, None, False)
        standard = fallback.fall_back(
            classification, self.rulebook.actions, forbidden, facts, {entry.action for entry in not_shown}
        )
        if standard is None:
            return Choice((), not_shown, None, True)
        candidate, reason = standard
        return Choice((rank.weigh(candidate, facts, acceptance),), not_shown, reason, True)

    def close(self) -> None:
        """Give back what the evaluator holds; call it once nobody decides with it any more."""
        self.evaluator.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _fire(self, stratum: str, facts: Facts) -> tuple[strata.Round, Record]:
        fired = self.strata.fire(self.evaluator, stratum, facts)
        return fired, Record(self.strata.record(fired.live, facts), self.strata.record(fired.shadow, facts))
