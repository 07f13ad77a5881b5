"""What kinds of properties there are, and how each is asked of a rulebook and of an outcome of the live engine."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from rules.conditions import Condition, fields_read
from rules.engine import truth
from rules.model import Facts
from rules.rulebook import Derive, Function, Kind, Recommend, Rulebook, RuleKind, Status
from rules.solver.book import SymbolicBook
from rules.solver.logic import Formula
from rules.text import Text
from rules.vocabulary import COLLECTIONS, FIELDS, Purpose

SELLING: Final = (Kind.UPSELL, Kind.CROSS_SELL, Kind.EXPAND)


@dataclass(frozen=True)
class Outcome:
    """What the live engine makes of some facts, before the laws of code, the contact limits and the rank.

    `facts` are those that guardrails read: derived and classified. `suppressed` are the actions, `banned` the kinds
    that guardrail rules hold back, whether anybody proposes them or not.
    """

    facts: Facts
    primary: Function
    works: frozenset[Function]
    applicable: frozenset[str]
    suppressed: frozenset[str]
    banned: frozenset[Kind]

    @property
    def suitable(self) -> frozenset[str]:
        """The actions that nothing but the laws, the limits and the rank keeps from being shown."""
        return self.applicable - self.suppressed


@dataclass(frozen=True)
class Hole:
    """One way in which a property may fail: facts that meet `formula` break it.

    `subject` is an action, a rule or a kind. `within`: the subject of a wider hole, before this one; where that one is
    closed this one is too.
    """

    subject: str
    formula: Formula
    within: str | None = None


@dataclass(frozen=True)
class Property(ABC):
    """Something that holds of a rulebook for all facts. `leans_on`: what the proof takes from code, not from rules.

    `revision` goes up with every change of what `holes` asks: a certificate of before does not fit any more.
    """

    revision: ClassVar[int] = 1
    id: str
    statement: Text
    leans_on: Text

    def conditions(self) -> tuple[Condition, ...]:
        """Return what the property itself asks of the facts."""
        return ()

    @abstractmethod
    def holes(self, book: SymbolicBook) -> Iterator[Hole]:
        """Yield every way in which the property may fail in this rulebook."""

    @abstractmethod
    def breaks(self, outcome: Outcome, subject: str, rulebook: Rulebook) -> bool:
        """Tell whether an outcome of the live engine shows the property broken: asked before a hole is believed."""

    @property
    def digest(self) -> str:
        """SHA-256 of everything that the property says, and of how it is asked."""
        return hashlib.sha256(f"{self.revision} {self!r}".encode()).hexdigest()


@dataclass(frozen=True)
class Forbids(Property):
    """Under `premise` no action of `kinds` (but those in `exempt`) is suitable. `guardrail` is the rule for it.

    Where the pack of that guardrail is, the kinds themselves must be held back, whoever writes the next rule or action.
    `only_there`: of a rulebook without that pack nothing is said.
    """

    revision: ClassVar[int] = 2
    premise: Condition
    kinds: tuple[Kind, ...]
    guardrail: str
    exempt: tuple[str, ...] = ()
    only_there: bool = False

    def conditions(self) -> tuple[Condition, ...]:
        """Return the premise."""
        return (self.premise,)

    def holes(self, book: SymbolicBook) -> Iterator[Hole]:
        """Yield one hole per kind, then one per action of the kinds."""
        if self.only_there and not self._has_pack(book.rulebook):
            return
        premise = book.surely(self.premise)
        if self._holds_for_kinds(book.rulebook):
            for kind in self.kinds:
                banning = [book.fired[rule.id] for rule in book.banning(kind)]
                yield Hole(kind.value, book.both(premise, book.none_of(banning)))
        for name, action in sorted(book.rulebook.actions.items()):
            if action.kind in self.kinds and name not in self.exempt:
                yield Hole(name, book.both(premise, book.suitable[name]), action.kind.value)

    def breaks(self, outcome: Outcome, subject: str, rulebook: Rulebook) -> bool:
        """Tell whether the action is suitable, or the kind not held back, although the premise is true."""
        if truth(self.premise, outcome.facts) is not True:
            return False
        action = rulebook.actions.get(subject)
        if action is None:
            return self._holds_for_kinds(rulebook) and Kind(subject) in set(self.kinds) - outcome.banned
        return action.kind in self.kinds and subject not in self.exempt and subject in outcome.suitable

    def _holds_for_kinds(self, rulebook: Rulebook) -> bool:
        return not self.exempt and self._has_pack(rulebook)

    def _has_pack(self, rulebook: Rulebook) -> bool:
        return self.guardrail.partition(".")[0] in rulebook.packs


@dataclass(frozen=True)
class Demands(Property):
    """Under `premise` one of `actions` is suitable. It says nothing of rulebooks without the signal it starts from.

    `pack`: nor of rulebooks without that pack.
    """

    revision: ClassVar[int] = 2

    premise: Condition
    signal: str
    actions: tuple[str, ...]
    pack: str | None = None

    def conditions(self) -> tuple[Condition, ...]:
        """Return the premise."""
        return (self.premise,)

    def holes(self, book: SymbolicBook) -> Iterator[Hole]:
        """Yield the one hole: the premise is true and none is suitable."""
        if self.signal in book.rulebook.signals and (self.pack is None or self.pack in book.rulebook.packs):
            known = [name for name in self.actions if name in book.rulebook.actions]
            none = book.none_of([book.suitable[name] for name in known])
            yield Hole(known[0] if known else self.actions[0], book.both(book.surely(self.premise), none))

    def breaks(self, outcome: Outcome, subject: str, rulebook: Rulebook) -> bool:  # noqa: ARG002 - any of the actions
        """Tell whether none of the actions is suitable although the premise is true."""
        return truth(self.premise, outcome.facts) is True and not outcome.suitable & set(self.actions)


@dataclass(frozen=True)
class NeverBlocked(Property):
    """No guardrail holds back a due duty, or what support does to serve."""

    duties: tuple[Kind, ...]
    serving: tuple[Kind, ...]
    function: Function

    def holes(self, book: SymbolicBook) -> Iterator[Hole]:
        """Yield one hole per action that must not be held back."""
        for name in sorted(book.rulebook.actions):
            if self._free(name, book.rulebook):
                yield Hole(name, book.both(book.applicable[name], book.suppressed[name]))

    def breaks(self, outcome: Outcome, subject: str, rulebook: Rulebook) -> bool:
        """Tell whether the action is due and held back."""
        return self._free(subject, rulebook) and subject in outcome.applicable & outcome.suppressed

    def _free(self, name: str, rulebook: Rulebook) -> bool:
        action = rulebook.actions[name]
        return action.kind in self.duties or (action.function is self.function and action.kind in self.serving)


@dataclass(frozen=True)
class OnePrimary(Property):
    """Exactly one function is primary, and it is among those that work on the ticket."""

    def holes(self, book: SymbolicBook) -> Iterator[Hole]:
        """Yield the one hole: none, or two, or one that does not work on it."""
        functions = tuple(Function)
        one = book.exactly_one([book.primary[function] for function in functions])
        idle = [book.both(book.primary[function], book.none_of([book.works[function]])) for function in functions]
        holds = book.both(one, book.none_of(idle))
        yield Hole("decision.primary", book.both(book.scores_are_numbers(), book.none_of([holds])))

    def breaks(self, outcome: Outcome, subject: str, rulebook: Rulebook) -> bool:  # noqa: ARG002 - of the decision itself
        """Tell whether the primary function does not work on the ticket. That there is one, its type says."""
        return outcome.primary not in outcome.works


@dataclass(frozen=True)
class PurposeKept(Property):
    """No selling rule or action reads, itself or through what is derived, a field that was not collected to sell."""

    purpose: Purpose

    def holes(self, book: SymbolicBook) -> Iterator[Hole]:
        """Yield one hole per rule or action that reads such a field: facts in which the reading makes it suitable."""
        for subject in dict.fromkeys(reader for reader, _ in self.violations(book.rulebook)):
            action = subject
            fires: Formula = True
            rule = book.rulebook.rules.get(subject)
            if rule is not None and isinstance(rule.then, Recommend):
                action, fires = rule.then.action, book.fired[subject]
            yield Hole(subject, book.both(fires, book.applicable[action]))

    def breaks(self, outcome: Outcome, subject: str, rulebook: Rulebook) -> bool:
        """Tell whether the action that the forbidden reading leads to applies."""
        rule = rulebook.rules.get(subject)
        action = rule.then.action if rule is not None and isinstance(rule.then, Recommend) else subject
        guilty = any(found == subject for found, _ in self.violations(rulebook))
        return guilty and action in outcome.applicable

    def violations(self, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
        """Yield (rule or action, field) for every reading that the field's purpose forbids."""
        selling = {name for name, action in rulebook.actions.items() if action.kind in SELLING}
        through = _read_by_derivations(rulebook)
        readers: dict[str, Condition] = {
            name: needs for name in sorted(selling) if (needs := rulebook.actions[name].needs) is not None
        }
        for rule in rulebook.rules_of(RuleKind.RECOMMENDATION):
            shows = isinstance(rule.then, Recommend) and rule.then.action in selling
            if shows and rule.status is not Status.EXPERIMENTAL:
                readers[rule.id] = rule.when
        for reader, condition in readers.items():
            for field in sorted(_closure(fields_read(condition), through)):
                if self.purpose not in _purposes(field):
                    yield reader, field


def _purposes(name: str) -> frozenset[Purpose]:
    collection, _, item = name.partition(".")
    if collection in COLLECTIONS:
        fields = COLLECTIONS[collection].fields
        return fields[item].purposes if item in fields else frozenset(Purpose)
    return FIELDS[name].purposes if name in FIELDS else frozenset(Purpose)


def _read_by_derivations(rulebook: Rulebook) -> Mapping[str, frozenset[str]]:
    """Return for each derived field what the rules that derive it read."""
    reads: dict[str, frozenset[str]] = {}
    for rule in rulebook.rules_of(RuleKind.DERIVATION):
        if isinstance(rule.then, Derive) and rule.status is not Status.EXPERIMENTAL:
            for name in rule.then.values:
                reads[name] = reads.get(name, frozenset()) | fields_read(rule.when)
    return reads


def _closure(names: Iterable[str], reads: Mapping[str, frozenset[str]]) -> set[str]:
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += reads.get(name, frozenset())
    return found


# --- the premises -------------------------------------------------------------------------------
