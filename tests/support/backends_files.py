"""Cases of conditions, facts and whole rulebooks as readable JSON: what a failing run leaves, and every run replays.

about       what is hard about it
limits      how finely the live engine cuts conditions: envelope, small or tiny
conditions  name -> condition, written as in rule files
rules       instead of conditions, a rulebook: each rule with id, status, when, then, on_unknown
facts       values, signals and collections of each; a list is a set
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from decide_books import book, derives, recommends, suppresses, votes
from engine_cases import NOW, SMALL, TINY, Case

from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Test
from rules.engine.formula import ENVELOPE
from rules.model import Facts
from rules.rulebook import Classify, Derive, Function, Kind, Recommend, Rule, Rulebook, Status

FOLDER = Path(__file__).parent.parent / "regressions"
LIMITS = {"envelope": ENVELOPE, "small": SMALL, "tiny": TINY}


@dataclass(frozen=True)
class BookCase:
    """A rulebook and the facts to run it on."""

    rulebook: Rulebook
    facts: tuple[Facts, ...]


def kept(case: Case | BookCase, about: str) -> Path:
    """Write a case into the folder of regressions; the same case is the same file."""
    written = json.dumps({"about": about} | document(case), indent=1, ensure_ascii=True) + "\n"
    digest = hashlib.sha256(written.encode("ascii")).hexdigest()[:10]
    path = FOLDER / f"found_{digest}.json"
    path.write_text(written, "ascii")
    return path


def document(case: Case | BookCase) -> dict:
    facts = [_facts_document(one) for one in case.facts]
    if isinstance(case, BookCase):
        rules = [case.rulebook.rules[name] for name in sorted(case.rulebook.rules)]
        return {"rules": [_rule_document(rule) for rule in rules], "facts": facts}
    (limits,) = (name for name, limits in LIMITS.items() if limits == case.limits)
    conditions = {name: _plain(condition) for name, condition in case.conditions.items()}
    return {"limits": limits, "conditions": conditions, "facts": facts}


def read(path: Path) -> Case | BookCase:
    return parsed(json.loads(path.read_text("ascii")))


def parsed(said: dict) -> Case | BookCase:
    facts = tuple(_facts(one) for one in said["facts"])
    if "rules" in said:
        return BookCase(book(*map(_rule, said["rules"])), facts)
    conditions = {name: condition(plain) for name, plain in said["conditions"].items()}
    return Case(conditions, facts, LIMITS[said["limits"]])


def condition(plain: dict) -> Condition:
    """Return the condition that rule files would write so."""
    ((word, said),) = plain.items()
    match word:
        case "all" | "any":
            return (All if word == "all" else AnyOf)(tuple(map(condition, said)))
        case "not":
            return Not(condition(said))
        case "exists":
            return Exists(said["in"], condition(said["where"]))
    ((op, value),) = said.items()
    return Test(word, Op(op), tuple(value) if isinstance(value, list) else value)


def _plain(tree: Condition) -> dict:
    match tree:
        case All(parts):
            return {"all": [_plain(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_plain(part) for part in parts]}
        case Not(part):
            return {"not": _plain(part)}
        case Exists(collection, where):
            return {"exists": {"in": collection, "where": _plain(where)}}
        case Test(field, op, value):
            return {field: {op.value: list(value) if isinstance(value, tuple) else value}}


def _facts_document(facts: Facts) -> dict:
    return {
        "values": _listed(facts.values),
        "signals": sorted(facts.signals),
        "collections": {name: [_listed(item) for item in items] for name, items in facts.collections.items()},
    }


def _listed(values) -> dict:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}


def _facts(said: dict) -> Facts:
    collections = {name: tuple(_frozen(item) for item in items) for name, items in said["collections"].items()}
    return Facts(_frozen(said["values"]), frozenset(said["signals"]), collections, NOW)


def _frozen(values: dict) -> dict:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in values.items()}


# --- rules --------------------------------------------------------------------------------------


def _rule_document(rule: Rule) -> dict:
    said = {"id": rule.id, "status": rule.status.value, "when": _plain(rule.when)}
    match rule.then:
        case Derive(values):
            return said | {"then": {"derive": dict(values)}}
        case Classify(votes_cast, collaborate):
            return said | {"then": {"classify": dict(votes_cast), "collaborate": list(collaborate)}}
        case Recommend(action, _):
            return said | {"then": {"recommend": action}}
        case suppress:
            said["on_unknown"] = "suppress" if rule.on_unknown_suppress else "nothing"
            return said | {"then": {"suppress": [kind.value for kind in suppress.kinds]}}


def _rule(said: dict) -> Rule:
    name, when, status, then = said["id"], condition(said["when"]), Status(said["status"]), said["then"]
    match then:
        case {"derive": values}:
            return derives(name, when, status=status, **values)
        case {"classify": cast, "collaborate": collaborate}:
            return votes(name, when, status=status, collaborate=tuple(map(Function, collaborate)), **cast)
        case {"recommend": action}:
            return recommends(name, action, when, status=status)
        case {"suppress": kinds}:
            unless_false = said["on_unknown"] == "suppress"
            return suppresses(name, when, kinds=map(Kind, kinds), unless_false=unless_false, status=status)
    raise ValueError(f"{name}: {then}")
