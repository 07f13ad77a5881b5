"""Signals, rules and actions as they are once their files have been read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.conditions import Condition
from rules.text import Locale, Text


class Function(StrEnum):
    """Whose work a ticket is. The order is the tenant's precedence when none is set."""

    SUPPORT = "support"
    SUCCESS = "success"
    ACCOUNT_MANAGEMENT = "account_management"


class Kind(StrEnum):
    """What a recommendation is for."""

    RESOLVE = "resolve"
    INFORM = "inform"
    ADOPT = "adopt"
    RETAIN = "retain"
    WIN_BACK = "win_back"
    RENEW = "renew"
    UPSELL = "upsell"
    CROSS_SELL = "cross_sell"
    EXPAND = "expand"
    ADVOCATE = "advocate"
    RECOVER = "recover"
    COMPLY = "comply"

    @property
    def sells(self) -> bool:
        """Whether the selling guardrails hold it back."""
        return self in (Kind.UPSELL, Kind.CROSS_SELL, Kind.EXPAND)


class RuleKind(StrEnum):
    """The stratum a rule belongs to; they are evaluated in this order."""

    DERIVATION = "derivation"
    CLASSIFICATION = "classification"
    RECOMMENDATION = "recommendation"
    GUARDRAIL = "guardrail"


class Status(StrEnum):
    """How far a rule is trusted."""

    EXPERIMENTAL = "experimental"  # evaluated in shadow, recorded, never shown
    TEST = "test"  # in force and shown like a stable one; its owner still watches how agents take it
    STABLE = "stable"
    DEPRECATED = "deprecated"  # kept readable, never evaluated


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was written: `path` as the user gave it, `line` from 1. `overlay` names a tenant's file."""

    path: str
    line: int
    overlay: str | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A named thing that a text says. `phrases` and `not_when` are in the phrase language of `rules.signals`."""

    name: str
    title: Text
    phrases: Mapping[Locale, tuple[str, ...]]
    not_when: Mapping[Locale, tuple[str, ...]]
    negatable: bool
    clears: tuple[str, ...]
    """Signals of an earlier message that this one takes back."""
    examples: Mapping[Locale, SignalExamples]
    origin: Origin
    implies: tuple[str, ...] = ()
    """Wider signals that a text says with this one: whoever lost data has a severe failure. Not followed further."""


@dataclass(frozen=True, slots=True)
class SignalExamples:
    """Texts that say it, and look-alikes that do not."""

    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derive:
    """Derived field -> value. Of several values the strongest holds (the vocabulary orders them)."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Classify:
    """Integer votes from -5 to 5, and functions that work along whatever the votes say."""

    votes: Mapping[Function, int]
    collaborate: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Recommend:
    """An action and the rule's lever on its rank (1.0 changes nothing)."""

    action: str
    lever: float


@dataclass(frozen=True, slots=True)
class Suppress:
    """Kinds and actions that must not be shown, and what the agent is told about it."""

    kinds: tuple[Kind, ...]
    actions: tuple[str, ...]
    reason: Text


Consequence = Derive | Classify | Recommend | Suppress


@dataclass(frozen=True, slots=True)
class Example:
    """Facts in the vocabulary's words (as in the file), and whether the rule matches them."""

    name: str
    given: Mapping[str, object]
    matches: bool
    line: int


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Why a rule is no longer evaluated, since when (year-month-day), and the ids of the rules in its place."""

    since: str
    reason: Text
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. `version` goes up whenever `when` or `then` changes: feedback is counted per version."""

    id: str
    version: int
    kind: RuleKind
    status: Status
    title: Text
    rationale: Text
    owner: str
    practice: tuple[str, ...]
    references: tuple[str, ...]
    when: Condition
    then: Consequence
    on_unknown_suppress: bool
    """Guardrails only: suppress unless `when` is surely false."""
    examples: tuple[Example, ...]
    origin: Origin
    deprecation: Deprecation | None = None
    """Of deprecated rules only."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Value of an action in the ranking: the field's number times `multiplier`, or `otherwise` when it is unknown."""

    field: str | None
    multiplier: float
    otherwise: float


@dataclass(frozen=True, slots=True)
class Action:
    """What the agent is told to do. `reply` may hold `{field|fallback}` slots; no slot is without a fallback."""

    id: str
    kind: Kind
    function: Function
    title: Text
    steps: tuple[Text, ...]
    reply: Text | None
    involve: tuple[Function, ...]
    due_in_hours: float
    worth: Worth
    benefit: Text
    cooldown_days: int
    needs: Condition | None
    conflicts_with: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Pack:
    """One folder of rules with an owner."""

    id: str
    title: Text
    owner: str
    version: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence = 1 / (1 + exp(-(intercept + margin * (top - second) + top * strength))), fitted offline.

    top and second are the two highest scores; `fitted_on` says on what and how many rows.
    """

    intercept: float
    margin: float
    strength: float
    fitted_on: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A whole, checked set of packs. Immutable; `digest` is the SHA-256 of everything that can change a decision."""

    packs: Mapping[str, Pack]
    signals: Mapping[str, Signal]
    actions: Mapping[str, Action]
    rules: Mapping[str, Rule]
    calibration: Calibration
    digest: str

    def rules_of(self, kind: RuleKind) -> tuple[Rule, ...]:
        """Return the live rules of one stratum in id order (deprecated ones are not live)."""
        return tuple(
            rule for _, rule in sorted(self.rules.items()) if rule.kind is kind and rule.status is not Status.DEPRECATED
        )
