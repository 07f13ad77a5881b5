"""What only a solver can tell of a rulebook: conditions that nobody can meet, rules in vain, holes in the guardrails.

Z3 takes a while to be imported: whoever does without it does not import this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from rules.check import house
from rules.check.branches import never_met
from rules.check.trial import CHECKED_AT
from rules.conditions import Condition
from rules.loader import Reading
from rules.loader.build import Draft
from rules.loader.findings import Finding
from rules.loader.sources import FileKind, Layer
from rules.loader.yaml_strict import Place
from rules.prove import PROPERTIES, Broken, Property, Unproved
from rules.prove.proof import symbolic, verdicts
from rules.prove.property import Forbids
from rules.prove.reach import Reach, impossible
from rules.rulebook import Recommend, Rule, Rulebook
from rules.solver.smallest import Undecided
from rules.text import Text

TIMEOUT_MS = 20_000
GUARDRAILS = "guardrails"


def check(reading: Reading, rulebook: Rulebook, found_before: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what the solver finds about the rules that were asked for.

    `found_before`: what the other checks found; where an example reaches every branch the solver need not look.
    Holes are looked for when the pack of guardrails is in sight: a pack checked all by itself has none.
    """
    asked = list(house.live_rules(reading))
    if not asked:
        return
    properties = PROPERTIES if GUARDRAILS in rulebook.packs else ()
    book = symbolic(rulebook, properties)
    drafts = {rule.id: draft for draft, rule in asked}
    doubtful = {found.path for found in found_before if found.code == "example.branch_unmet"}
    try:
        reach = Reach(rulebook, book, TIMEOUT_MS)
        contradictory = set(reach.contradictory())
        yield from (drafts[name].finding("proof.contradictory", ("when",), on_key=True, rule=name)
                    for name in sorted(contradictory & drafts.keys()))  # fmt: skip
        suspects = [entry for entry in asked if entry[0].document.path in doubtful and entry[1].id not in contradictory]
        yield from _branches(suspects)
        yield from _dead(reach, drafts, contradictory, rulebook)
        for shadow in reach.shadowed():
            if shadow.rule in drafts:
                yield drafts[shadow.rule].finding(
                    "proof.shadowed", ("when",), on_key=True, rule=shadow.rule, by=shadow.by
                )
    except Undecided as reason:
        yield asked[0][0].finding("proof.undecided", ("when",), on_key=True, reason=str(reason))
    for found in verdicts(rulebook, properties, TIMEOUT_MS, book):
        if isinstance(found, Broken):
            draft, place = _blamed(found, reading, rulebook)
            yield draft.finding(
                "proof.hole",
                place,
                on_key=True,
                statement=_without_full_stop(found.property.statement),
                subject=found.subject,
                given=json.dumps(found.given, ensure_ascii=False),
            )
        elif isinstance(found, Unproved):
            yield asked[0][0].finding("proof.undecided", ("when",), on_key=True, reason=found.reason)


def _branches(suspects: Iterable[tuple[Draft, Rule]]) -> Iterator[Finding]:
    """Yield the branches that nobody can reach."""
    places: dict[str, tuple[Draft, Place]] = {}
    only: dict[str, Condition] = {}
    for draft, rule in suspects:
        for place, condition in never_met(rule, CHECKED_AT):
            name = f"{rule.id} {place}"
            places[name], only[name] = (draft, place), condition
    for name in impossible(only, TIMEOUT_MS):
        draft, place = places[name]
        yield draft.finding("proof.unreachable_branch", place)


def _dead(reach: Reach, drafts: Mapping[str, Draft], contradictory: set[str], rulebook: Rulebook) -> Iterator[Finding]:
    for found in reach.dead():
        if found.rule in drafts and found.rule not in contradictory:
            then = rulebook.rules[found.rule].then
            action = then.action if isinstance(then, Recommend) else ""
            yield drafts[found.rule].finding(
                f"proof.{found.why.value}", ("when",), on_key=True, rule=found.rule, action=action
            )


def _blamed(found: Broken, reading: Reading, rulebook: Rulebook) -> tuple[Draft, Place]:
    """Return the file to look at first: the guardrail's, else the action's, else the rule's; those asked for first."""
    names: list[tuple[FileKind, str, Place]] = []
    guardrail = _guardrail(found.property)
    if guardrail is not None:
        names.append((FileKind.RULE, guardrail, ("when",)))
    names.append((FileKind.RULE, found.subject, ("when",)))
    names.append((FileKind.ACTION, found.subject, ("kind",)))
    names += [
        (FileKind.RULE, rule.id, ("when",))
        for rule in rulebook.rules.values()
        if isinstance(rule.then, Recommend) and rule.then.action == found.subject
    ]
    there = [(reading.drafts[kind, name], place) for kind, name, place in names if (kind, name) in reading.drafts]
    asked = [(draft, place) for draft, place in there if draft.layer is not Layer.CONTEXT]
    if asked or there:
        return (asked or there)[0]
    draft, _ = next(house.live_rules(reading))
    return draft, ("when",)


def _without_full_stop(statement: Text) -> Text:
    return Text(statement.pt_br.rstrip("."), statement.en.rstrip("."))


def _guardrail(found: Property) -> str | None:
    return found.guardrail if isinstance(found, Forbids) else None
