"""What a pack was when its versions were last locked, and which new version its changes since call for.

A rule's own version goes up whenever its `when` or `then` changes, for feedback is counted per version. A pack's
version says to those who build on it what an update does to them:

- major: a rule, action or signal is gone (or has another id); a guardrail asks for something else, holds back
  something else, or is no longer in force;
- minor: a rule, action or signal is new; a condition, consequence, status, phrase or number of another is changed;
- patch: only texts, inline examples, owners and references are changed.

`versions.lock` in the pack's folder remembers it, one line for each, as digests of what counts for each level. The
order of the parts of `all` and `any` and of listed values means nothing, nor does how a file is laid out. The
`reason` of a guardrail is a text like its title. What an overlay changes belongs to no version: it is the tenant's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NamedTuple

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.errors import SidecueError
from rules.loader.digest import canonical_json
from rules.rulebook import (
    Action,
    Classify,
    Consequence,
    Derive,
    Recommend,
    Rule,
    RuleKind,
    Signal,
    Status,
    Suppress,
)
from rules.text import Text

FILE_NAME: Final = "versions.lock"

_HEAD: Final = "# Written by `sidecue rules check --lock`, never by hand. Keep it under version control.\n"
_DIGITS: Final = 16
"""Hex digits of a digest in the file: against mistakes, not against forgers."""
_ID: Final = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?"
_HEX: Final = rf"[0-9a-f]{{{_DIGITS}}}"
_PACK_LINE: Final = re.compile(rf"pack ({_ID}) ([0-9]+\.[0-9]+\.[0-9]+)")
_RULE_LINE: Final = re.compile(
    rf"rule ({_ID}) v([0-9]+) ([a-z]+)(\+on_unknown)? ([a-z]+) when:({_HEX}) then:({_HEX}) texts:({_HEX})"
)
_PART_LINE: Final = re.compile(rf"(action|signal) ({_ID}) logic:({_HEX}) texts:({_HEX})")


class RuleLock(NamedTuple):
    """What counts feedback for a rule: its version, and the SHA-256 of its kind, `when`, `then` and `on_unknown`."""

    version: int
    digest: str


def locked(rule: Rule) -> RuleLock:
    """Return the lock of a rule as it is."""
    meant = {
        "kind": rule.kind.value,
        "on_unknown_suppress": rule.on_unknown_suppress,
        "when": _condition(rule.when),
        "then": _then(rule.then),
    }
    return RuleLock(rule.version, hashlib.sha256(canonical_json(meant)).hexdigest())


@dataclass(frozen=True, slots=True)
class LockedRule:
    """One rule's line. `when`, `then` and `texts` are digests."""

    version: int
    kind: str
    on_unknown: bool
    status: str
    when: str
    then: str
    texts: str

    def changed(self, after: LockedRule) -> tuple[str, ...]:
        """Return the keys of the rule's file that make it another version of the rule, in the file's order."""
        pairs = (
            ("kind", self.kind, after.kind),
            ("when", self.when, after.when),
            ("then", self.then, after.then),
            ("on_unknown", self.on_unknown, after.on_unknown),
        )
        return tuple(key for key, was, now in pairs if was != now)

    @property
    def guards(self) -> bool:
        """Whether it is a guardrail in force."""
        return self.kind == RuleKind.GUARDRAIL and self.status in _IN_FORCE


_IN_FORCE: Final = frozenset({Status.TEST.value, Status.STABLE.value})


class LockedPart(NamedTuple):
    """One action's or signal's line: the digest of what changes decisions, and that of its texts."""

    logic: str
    texts: str


Locked = Rule | Action | Signal


@dataclass(frozen=True, slots=True)
class PackLock:
    """One pack's file, by id. `version` is None of a tenant's folder that only adds to a pack."""

    pack: str
    version: str | None
    rules: Mapping[str, LockedRule]
    parts: Mapping[tuple[str, str], LockedPart]
    """(action or signal, id) -> line."""


class LockBroken(SidecueError):
    """A line, from 1, that no lock has."""

    def __init__(self, line: int, content: str) -> None:
        self.line = line
        self.content = content
        super().__init__(f"line {line}: {content!r}")


def lock_of(pack: str, version: str | None, items: Iterable[Locked]) -> PackLock:
    """Return the lock of a pack's items as they are."""
    rules: dict[str, LockedRule] = {}
    parts: dict[tuple[str, str], LockedPart] = {}
    for item in items:
        match item:
            case Rule():
                rules[item.id] = _rule(item)
            case Action():
                parts["action", item.id] = LockedPart(_digest(_action(item)), _digest(_action_texts(item)))
            case Signal():
                parts["signal", item.name] = LockedPart(_digest(_signal(item)), _digest(_signal_texts(item)))
    return PackLock(pack, version, rules, parts)


def written(lock: PackLock) -> str:
    """Return the file's content: a line for the pack, then one for each of its items, sorted."""
    lines = [f"pack {lock.pack} {lock.version}"] if lock.version is not None else []
    lines += [f"{kind} {id_} logic:{part.logic} texts:{part.texts}" for (kind, id_), part in sorted(lock.parts.items())]
    for id_, rule in sorted(lock.rules.items()):
        kind = f"{rule.kind}+on_unknown" if rule.on_unknown else rule.kind
        digests = f"when:{rule.when} then:{rule.then} texts:{rule.texts}"
        lines.append(f"rule {id_} v{rule.version} {kind} {rule.status} {digests}")
    return _HEAD + "".join(f"{line}\n" for line in lines)


def parse(pack: str, content: str) -> PackLock:
    """Return the lock of a file's content. Raise LockBroken for the first line that is none of a lock's."""
    version: str | None = None
    rules: dict[str, LockedRule] = {}
    parts: dict[tuple[str, str], LockedPart] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if (found := _RULE_LINE.fullmatch(line)) and found[1] not in rules:
            id_, at, kind, on_unknown, status, when, then, texts = found.groups()
            rules[id_] = LockedRule(int(at), kind, on_unknown is not None, status, when, then, texts)
        elif (found := _PART_LINE.fullmatch(line)) and (found[1], found[2]) not in parts:
            parts[found[1], found[2]] = LockedPart(found[3], found[4])
        elif (found := _PACK_LINE.fullmatch(line)) and version is None and found[1] == pack:
            version = found[2]
        else:
            raise LockBroken(number, line)
    return PackLock(pack, version, rules, parts)


class Level(IntEnum):
    """What a change asks of the pack's version."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2

    def least_after(self, version: str) -> str:
        """Return the lowest version after `version` that tells of a change of this level."""
        major, minor, patch = map(int, version.split("."))
        match self:
            case Level.MAJOR:
                return f"{major + 1}.0.0"
            case Level.MINOR:
                return f"{major}.{minor + 1}.0"
            case Level.PATCH:
                return f"{major}.{minor}.{patch + 1}"


def is_below(version: str, other: str) -> bool:
    """Tell whether a version comes before another."""
    return [int(part) for part in version.split(".")] < [int(part) for part in other.split(".")]


class Change(NamedTuple):
    """What became of one item since it was locked."""

    level: Level
    id: str
    what: Text


def changes(before: PackLock, after: PackLock) -> tuple[Change, ...]:
    """Return every change between two locks of a pack, the gravest first, then by id."""
    found = [*_rule_changes(before, after), *_part_changes(before, after)]
    return tuple(sorted(found, key=lambda change: (-change.level, change.id, change.what.en)))


def _rule_changes(before: PackLock, after: PackLock) -> Iterator[Change]:
    for id_ in before.rules.keys() | after.rules.keys():
        was, now = before.rules.get(id_), after.rules.get(id_)
        if was is None:
            yield Change(Level.MINOR, id_, _NEW)
        elif now is None:
            yield Change(Level.MAJOR, id_, _GONE)
        elif was.guards and not now.guards:
            yield Change(Level.MAJOR, id_, _LIFTED)
        elif was.changed(now):
            guards = was.guards or now.guards
            yield Change(Level.MAJOR if guards else Level.MINOR, id_, in_words(was.changed(now)))
        elif was.status != now.status:
            yield Change(Level.MINOR, id_, in_words(("status",)))
        elif was.texts != now.texts:
            yield Change(Level.PATCH, id_, _TEXTS)


def _part_changes(before: PackLock, after: PackLock) -> Iterator[Change]:
    for kind, id_ in before.parts.keys() | after.parts.keys():
        was, now = before.parts.get((kind, id_)), after.parts.get((kind, id_))
        if was is None:
            yield Change(Level.MINOR, id_, _NEW)
        elif now is None:
            yield Change(Level.MAJOR, id_, _GONE)
        elif was.logic != now.logic:
            yield Change(Level.MINOR, id_, _PHRASES if kind == "signal" else _NUMBERS)
        elif was.texts != now.texts:
            yield Change(Level.PATCH, id_, _TEXTS)


_NEW: Final = Text("é novo", "is new")
_GONE: Final = Text("sumiu", "is gone")
_LIFTED: Final = Text("deixou de guardar", "no longer guards")
_TEXTS: Final = Text("mudou só textos ou exemplos", "changed only texts or examples")
_PHRASES: Final = Text("mudou o que procura", "changed what it looks for")
_NUMBERS: Final = Text("mudou o que decide quando e como é mostrada", "changed what decides when and how it is shown")


def in_words(keys: tuple[str, ...]) -> Text:
    """Return which keys of a file changed, as the end of a sentence about it."""
    quoted = [f"`{key}`" for key in keys]
    head, last = ", ".join(quoted[:-1]), quoted[-1]
    pt_br, en = (f"{head} e {last}", f"{head} and {last}") if head else (last, last)
    return Text(f"mudou {pt_br}", f"changed {en}")


def _rule(rule: Rule) -> LockedRule:
    return LockedRule(
        rule.version,
        rule.kind.value,
        rule.on_unknown_suppress,
        rule.status.value,
        _digest(_condition(rule.when)),
        _digest(_then(rule.then)),
        _digest(_rule_texts(rule)),
    )


def _digest(content: Any) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()[:_DIGITS]


def _condition(condition: Condition) -> Any:
    """Return a condition as plain data in which the order of what stands side by side is always the same."""
    match condition:
        case Test(field, op, value):
            listed = list(value) if isinstance(value, tuple) else value
            return [field, op.value, _sorted(listed) if isinstance(listed, list) and op is not Op.BETWEEN else listed]
        case All(parts):
            return {"all": _sorted(map(_condition, parts))}
        case AnyOf(parts):
            return {"any": _sorted(map(_condition, parts))}
        case Not(part):
            return {"not": _condition(part)}
        case Exists(collection, where):
            return {"exists": [collection, _condition(where)]}


def _sorted(items: Iterable[Any]) -> list[Any]:
    found = list(items)
    return sorted(found, key=canonical_json) if len(found) > 1 else found


def _then(then: Consequence) -> Any:
    match then:
        case Derive(values):
            return {"derive": dict(values)}
        case Classify(votes, collaborate):
            return {"classify": dict(votes), "collaborate": sorted(collaborate)}
        case Recommend(action, lever):
            return {"recommend": [action, lever]}
        case Suppress(kinds, actions):
            return {"suppress": [sorted(kinds), sorted(actions)]}


def _rule_texts(rule: Rule) -> Any:
    return {
        "title": _text(rule.title),
        "rationale": _text(rule.rationale),
        "reason": _text(rule.then.reason) if isinstance(rule.then, Suppress) else None,
        "owner": rule.owner,
        "practice": sorted(rule.practice),
        "references": list(rule.references),
        "examples": [[example.name, dict(example.given), example.matches] for example in rule.examples],
        "deprecation": [rule.deprecation.since, _text(rule.deprecation.reason), list(rule.deprecation.replaced_by)]
        if rule.deprecation is not None
        else None,
    }


def _action(action: Action) -> Any:
    return {
        "kind": action.kind.value,
        "function": action.function.value,
        "involve": sorted(action.involve),
        "due_in_hours": action.due_in_hours,
        "worth": [action.worth.field, action.worth.multiplier, action.worth.otherwise],
        "cooldown_days": action.cooldown_days,
        "needs": _condition(action.needs) if action.needs is not None else None,
        "conflicts_with": sorted(action.conflicts_with),
    }


def _action_texts(action: Action) -> Any:
    return {
        "title": _text(action.title),
        "steps": [_text(step) for step in action.steps],
        "reply": _text(action.reply) if action.reply is not None else None,
        "benefit": _text(action.benefit),
    }


def _signal(signal: Signal) -> Any:
    return {
        "phrases": {locale: sorted(phrases) for locale, phrases in signal.phrases.items()},
        "not_when": {locale: sorted(phrases) for locale, phrases in signal.not_when.items()},
        "negatable": signal.negatable,
        "clears": sorted(signal.clears),
        **({"implies": sorted(signal.implies)} if signal.implies else {}),
    }


def _signal_texts(signal: Signal) -> Any:
    return {
        "title": _text(signal.title),
        "examples": {
            locale: [list(sides.match), list(sides.no_match)] for locale, sides in sorted(signal.examples.items())
        },
    }


def _text(text: Text) -> list[str]:
    return [text.pt_br, text.en]
