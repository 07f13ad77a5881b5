"""A counter-example as a file: it fails under `rules test` while the hole is there, and passes once it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rules.decide import Decider
from rules.engine import deciding, truth
from rules.loader.example_files import Expected, as_yaml
from rules.model import Decision, Facts
from rules.prove.proof import Broken
from rules.prove.property import Demands, Forbids, NeverBlocked
from rules.rulebook import Recommend, Rulebook, RuleKind, Suppress
from rules.text import LOCALES


def file_of(broken: Broken, rulebook: Rulebook) -> tuple[Path, str] | None:
    """Return where under a folder of packs the example goes, and its text.

    None when no decision can show the hole, since a law of code hides it, or since it is no matter of a decision.
    """
    with Decider(rulebook) as decider:
        decision = decider.decide(broken.facts)
    expected = next((found for found in _expectations(broken, rulebook, decision) if not _met(found, decision)), None)
    if expected is None:
        return None
    responsible = broken.property.guardrail if isinstance(broken.property, Forbids) else broken.subject
    pack = responsible.partition(".")[0]
    name = f"{broken.property.id}: {broken.subject}"
    why = [broken.property.statement.read(locale) for locale in LOCALES]
    return Path(pack, "examples", f"{broken.property.id}.yml"), as_yaml(name, broken.given, expected, why)


def _expectations(broken: Broken, rulebook: Rulebook, decision: Decision) -> Iterator[Expected]:
    """Yield what should come out instead, what a reader understands best first."""
    match broken.property:
        case Forbids(guardrail=guardrail):
            yield Expected(hides=(broken.subject,))
            if guardrail in rulebook.rules:
                yield Expected(fires=(guardrail,))
        case Demands(actions=actions):
            known = [name for name in actions if name in rulebook.actions]
            known.sort(key=lambda name: _misses(name, rulebook, broken.outcome.facts))
            yield from (Expected(shows=(name,)) for name in known)
        case NeverBlocked():
            yield Expected(shows=(broken.subject,))
            action = rulebook.actions[broken.subject]
            for entry in decision.trace.fired:
                then = rulebook.rules[entry.rule].then
                if isinstance(then, Suppress) and (action.kind in then.kinds or action.id in then.actions):
                    yield Expected(silent=(entry.rule,))


def _met(expected: Expected, decision: Decision) -> bool:
    shown = {entry.action for entry in decision.recommendations}
    fired = {entry.rule for entry in decision.trace.fired}
    return (
        shown.isdisjoint(expected.hides)
        and shown >= set(expected.shows)
        and fired >= set(expected.fires)
        and fired.isdisjoint(expected.silent)
    )


def _misses(action: str, rulebook: Rulebook, facts: Facts) -> tuple[bool, int]:
    """Return how far the facts are from the rule nearest to recommending the action.

    First whether they exclude it (rather than leave it open), then how many conditions stand between.
    """
    missing = [
        (truth(rule.when, facts) is False, 0 if truth(rule.when, facts) is True else len(deciding(rule.when, facts)))
        for rule in rulebook.rules_of(RuleKind.RECOMMENDATION)
        if isinstance(rule.then, Recommend) and rule.then.action == action
    ]
    return min(missing, default=(True, len(rulebook.rules)))
