"""Tenant overlays: the allowed changes to what ships with the product, and the ones that are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test
from rules.loader.build import Draft, Overlay, signal_examples
from rules.loader.findings import Finding
from rules.loader.references import instead
from rules.loader.sources import FileKind, Layer
from rules.rulebook import (
    Action,
    Classify,
    Derive,
    Function,
    Recommend,
    Rule,
    RuleKind,
    Signal,
    SignalExamples,
    Status,
    Suppress,
)
from rules.text import LOCALES
from rules.vocabulary import FIELDS, Source, nearest

Drafts = Mapping[tuple[FileKind, str], Draft]

_UNEVALUATED: Final = frozenset({Status.EXPERIMENTAL, Status.DEPRECATED})


def overlaid(drafts: Drafts, changes: list[Draft]) -> tuple[dict[Any, Draft], list[Finding]]:
    """Return the drafts with every allowed change made, and a finding for each change that is not."""
    result = dict(drafts)
    findings: list[Finding] = []
    seen: dict[tuple[FileKind, str], Draft] = {}
    reach = Reach.of(result)
    findings += _clearing(drafts.values(), reach)
    for change in changes:
        target = result.get(change.key)
        if target is None:
            findings.append(_unknown(change, result))
            continue
        if change.key in seen:
            other = seen[change.key].document.path
            findings.append(change.finding("overlay.twice", ("overlay",), id=change.id, other=other))
            continue
        seen[change.key] = change
        refused = _refusals(change, target, reach)
        findings += [*refused, *_outdated(change, target)]
        if not refused:
            result[change.key] = replace(target, item=_changed(target, change))
    return result, findings


def _unknown(change: Draft, drafts: Drafts) -> Finding:
    near = nearest(change.id, (name for kind, name in drafts if kind is change.kind))
    if near:
        return change.finding("overlay.unknown_near", ("overlay",), id=change.id, near=near)
    return change.finding("overlay.unknown", ("overlay",), id=change.id)


def _changes(change: Draft) -> Mapping[str, Any]:
    return change.item.values if isinstance(change.item, Overlay) else {}


def _refusals(change: Draft, target: Draft, reach: Reach) -> list[Finding]:
    values = _changes(change)
    match target.item:
        case Rule(kind=RuleKind.GUARDRAIL):
            return [change.finding("overlay.guardrail", ("overlay",), id=change.id)]
        case Rule() as rule:
            findings = []
            if "then" in values and not isinstance(rule.then, Recommend):
                findings.append(change.finding("overlay.unfit", ("then",), on_key=True, id=change.id))
            guardrail = reach.rules.get(rule.id)
            if guardrail is not None and "status" in values and Status(values["status"]) in _UNEVALUATED:
                found = change.finding("overlay.weakens", ("status",), id=change.id, guardrail=guardrail)
                findings.append(found)
            return findings
        case Signal() as signal:
            return [
                change.finding("overlay.weakens", (key,), on_key=True, id=read, guardrail=guardrail)
                for key, (read, guardrail) in reach.weakened_by(signal).items()
                if any(values.get(key, {}).values())
            ]
    return []


def _outdated(change: Draft, target: Draft) -> Iterator[Finding]:
    """Yield a warning for a change to a rule that its own pack has replaced."""
    rule = target.item
    if isinstance(rule, Rule) and rule.deprecation is not None:
        since = rule.deprecation.since
        yield change.finding("overlay.deprecated", ("overlay",), id=rule.id, since=since, instead=instead(rule))


def _clearing(drafts: Iterable[Draft], reach: Reach) -> Iterator[Finding]:
    """Yield a finding for each tenant signal that clears what a guardrail waits for, or implies what may lift one."""
    for draft in drafts:
        if draft.layer is Layer.TENANT and draft.kind is FileKind.SIGNAL:
            for named, place in draft.signals:
                side = reach.wanted if place[0] == "clears" else reach.unwanted
                if named in side:
                    yield draft.finding("overlay.weakens", place, id=named, guardrail=side[named])


def _changed(target: Draft, change: Draft) -> Any:
    values = _changes(change)
    item = target.item
    if not isinstance(item, Rule | Action | Signal):
        return item
    origin = replace(item.origin, overlay=change.document.path)
    texts = {key: values[key] for key in ("title", "rationale", "reply") if key in values}
    match item:
        case Rule():
            then = item.then
            if isinstance(then, Recommend) and "then" in values:
                then = replace(then, lever=values["then"]["recommend"]["lever"])
            status = Status(values["status"]) if "status" in values else item.status
            return replace(item, **texts, status=status, then=then, origin=origin)
        case Action():
            steps = tuple(values["steps"]) if "steps" in values else item.steps
            return replace(item, **texts, steps=steps, origin=origin)
        case Signal():
            return replace(
                item,
                **texts,
                phrases=_joined(item.phrases, values.get("phrases", {})),
                not_when=_joined(item.not_when, values.get("not_when", {})),
                examples=_with_examples(item.examples, values.get("examples", {})),
                origin=origin,
            )


def _joined(held: Mapping[Any, tuple[str, ...]], added: Mapping[str, list[str]]) -> Mapping[Any, tuple[str, ...]]:
    """Return the lists with what is new at their ends; what was there keeps its place."""
    return MappingProxyType(
        {locale: tuple(dict.fromkeys((*held.get(locale, ()), *added.get(locale, ())))) for locale in LOCALES}
    )


def _with_examples(held: Mapping[Any, SignalExamples], added: Mapping[str, Any]) -> Mapping[Any, SignalExamples]:
    more = signal_examples(added)
    return MappingProxyType(
        {
            locale: SignalExamples(
                (*held[locale].match, *more[locale].match), (*held[locale].no_match, *more[locale].no_match)
            )
            for locale in LOCALES
        }
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """What the guardrails stand on, each with one guardrail that does. A tenant's own ones are the tenant's to change.

    `wanted`: signals whose absence could let through what is held back. `unwanted`: signals whose presence could.
    `rules`: derivation and classification rules without which they could. `followed`: such rules already looked into,
    as helpful or harmful to a guardrail.
    """

    wanted: dict[str, str]
    unwanted: dict[str, str]
    rules: dict[str, str]
    followed: set[tuple[str, bool]] = field(default_factory=set)

    @classmethod
    def of(cls, drafts: Drafts) -> Reach:
        """Return the reach of every guardrail among the drafts that is not the tenant's own."""
        rules = [(draft, draft.item) for draft in drafts.values() if isinstance(draft.item, Rule)]
        makers: dict[str, list[Rule]] = {}
        for _, rule in rules:
            for name in _made(rule):
                makers.setdefault(name, []).append(rule)
        found = cls({}, {}, {})
        for draft, rule in rules:
            if isinstance(rule.then, Suppress) and draft.layer is not Layer.TENANT:
                asked = _asked(rule.when, positive=True)
                found.follow(asked, rule.id, makers, unknown=rule.on_unknown_suppress)
        return found

    def weakened_by(self, signal: Signal) -> dict[str, tuple[str, str]]:
        """Return the lists of `signal` that must not grow, each with (signal that a guardrail reads, guardrail)."""
        weakened: dict[str, tuple[str, str]] = {}
        for name, found_less, found_more in (
            (signal.name, "not_when", "phrases"),
            *((implied, "not_when", "phrases") for implied in signal.implies),
            *((cleared, "phrases", "not_when") for cleared in signal.clears),  # found more, it leaves less of these
        ):
            if name in self.wanted:
                weakened.setdefault(found_less, (name, self.wanted[name]))
            if name in self.unwanted:
                weakened.setdefault(found_more, (name, self.unwanted[name]))
        return weakened

    def follow(
        self, asked: Iterable[tuple[Test, bool]], guardrail: str, makers: Mapping[str, list[Rule]], *, unknown: bool
    ) -> None:
        """Add what the leaves in `asked` stand on, through the rules that fill the fields they read.

        `unknown`: whether a leaf that nobody knows counts for the guardrail.
        """
        for test, wanted in asked:
            if test.field == "signals" and test.op is not Op.KNOWN:
                side = self.wanted if wanted is (test.op is not Op.HAS_NONE) else self.unwanted
                for signal in _values(test):
                    side.setdefault(str(signal), guardrail)
            for maker in makers.get(test.field, ()):
                for helps in _effects(test, maker, wanted=wanted, unknown=unknown):
                    if (maker.id, helps) in self.followed:
                        continue
                    self.followed.add((maker.id, helps))
                    if helps:
                        self.rules.setdefault(maker.id, guardrail)
                    # a rule fires when it is surely true: unknown keeps it from firing
                    self.follow(_asked(maker.when, positive=helps), guardrail, makers, unknown=not helps)


def _made(rule: Rule) -> tuple[str, ...]:
    """Return the fields that a rule's firing can fill or change."""
    match rule.then:
        case Derive(values):
            return tuple(values)
        case Classify():
            return _DECIDED
    return ()


_DECIDED: Final = tuple(found.name for found in FIELDS.values() if found.source is Source.DECISION)


def _pulls(test: Test, votes: Classify, *, wanted: bool) -> tuple[bool, ...]:
    """Return whether votes can help (True) or harm (False) what wants `test`, about whose work it is, to be so.

    A vote for one function counts against every other: they are measured against the highest.
    """
    if test.op is Op.KNOWN:
        return ()  # it is always known
    named = {function for function in Function if function.value in map(str, _values(test))}
    absent = (test.op in {Op.NOT_IN, Op.HAS_NONE}) is wanted
    meant = set(Function) - named if absent else named
    gained = {function for function, count in votes.votes.items() if count > 0}
    lost = {function for function, count in votes.votes.items() if count < 0}
    along = named & set(votes.collaborate) if test.field == "decision.functions" else set()
    helps = bool(gained & meant or lost - meant or (along and not absent))
    harms = bool(gained - meant or lost & meant or (along and absent))
    return (True,) * helps + (False,) * harms


def _effects(test: Test, maker: Rule, *, wanted: bool, unknown: bool) -> tuple[bool, ...]:
    """Return whether the maker's firing can help (True) or harm (False) what wants `test` to be so.

    A derivation leaves the field as it is, or with its own value in the place of a weaker one or of nothing.
    """
    if isinstance(maker.then, Classify):
        return _pulls(test, maker.then, wanted=wanted)
    values = maker.then.values if isinstance(maker.then, Derive) else {}
    made = values[test.field]
    order = FIELDS[test.field].values or (made,)
    match test.op:
        case Op.KNOWN:
            met = set(order) if test.value else set()
            unknown = (test.value is False) is wanted
        case Op.IS | Op.IN:
            met = set(map(str, _values(test)))
        case Op.NOT_IN:
            met = set(order) - set(map(str, _values(test)))
        case _:
            return True, False
    if (made in met) is wanted:
        return (True,)
    displaces = any((weaker in met) is wanted for weaker in order[: order.index(made)])
    return (False,) if unknown or displaces else ()


def _values(test: Test) -> tuple[Scalar, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,)


def _asked(condition: Condition, *, positive: bool) -> Iterator[tuple[Test, bool]]:
    """Yield every leaf and whether the condition (or its opposite) wants it to be true.

    What other tickets say was read by the same signals and derived by the same rules.
    """
    match condition:
        case Not(part):
            yield from _asked(part, positive=not positive)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _asked(part, positive=positive)
        case Exists(collection, where):
            if collection == "open_tickets":
                yield from _asked(where, positive=positive)
        case Test():
            yield condition, positive
