"""Why this, and why not that one: read from the decision itself, never decided again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rules.decide.account import asked, is_turned
from rules.decide.decider import Decider
from rules.engine import deciding, truth
from rules.errors import ToldError
from rules.model import Decision, Factor, Facts, Fired, LeafResult, Stage
from rules.rulebook import Recommend, Rule, Rulebook, Status
from rules.text import Text, filled
from rules.vocabulary import nearest


class NothingToExplain(ToldError):
    """The name is no action and no rule of the rulebook, or the action is not shown."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something is shown, or where and why it fell out.

    `subject` is the action or rule that was asked about. `stage` is None for what is shown, and for a rule that fired.
    `by` is what decided: the leading or failing rule, the guardrail, the limit or the rival action.
    `leaves` are the conditions that decided, with the values they saw.
    """

    subject: str
    stage: Stage | None
    by: str
    reason: Text
    rules: tuple[str, ...] = ()
    leaves: tuple[LeafResult, ...] = ()
    factors: tuple[Factor, ...] = ()


_SHADOW: Final = Text(
    "A regra é experimental: é avaliada e registrada, mas ainda não mostra nada.",
    "The rule is experimental: it is evaluated and recorded, but shows nothing yet.",
)
_RETIRED: Final = Text("A regra foi aposentada e não é mais avaliada.", "The rule is retired and no longer evaluated.")
_NOTHING: Final = Text("nada", "nothing")
_NOT_SHOWN: Final = Text(
    "{action!r} não aparece nesta decisão, que mostra {names}; pergunte por que não aparece",
    "{action!r} is not shown in this decision, which shows {names}; ask why_not for it",
)
_UNKNOWN: Final = Text(
    "{name!r} não é ação nem regra deste conjunto de regras",
    "{name!r} is neither an action nor a rule of this rulebook",
)
_NEAR: Final = Text(
    "{name!r} não é ação nem regra deste conjunto de regras; seria {near!r}?",
    "{name!r} is neither an action nor a rule of this rulebook; did you mean {near!r}?",
)
_FIRED: Final = Text("A regra disparou.", "The rule fired.")
_NO_RULE: Final = Text("Nenhuma regra recomenda esta ação.", "No rule recommends this action.")


def why(decision: Decision, action: str) -> Explanation:
    """Return why an action is shown. Raise NothingToExplain when it is not."""
    for shown in decision.recommendations:
        if shown.action == action:
            by = _leading(shown.factors) or (shown.rules[0] if shown.rules else "fallback")
            return Explanation(
                action, None, by, shown.reason, shown.rules, _leaves(decision.trace.fired, shown.rules), shown.factors
            )
    names = ", ".join(shown.action for shown in decision.recommendations) or _NOTHING
    raise NothingToExplain(filled(_NOT_SHOWN, action=action, names=names))


def why_not(source: Decider | Rulebook, decision: Decision, name: str) -> Explanation:
    """Return where an action or a rule fell out, and the conditions that decided it, with their values.

    For what is shown, or for a rule that fired, `stage` is None.
    `source` must be the rulebook that the decision was taken with.
    Raise NothingToExplain for a name the rulebook does not know, naming the nearest.
    """
    rulebook = source.rulebook if isinstance(source, Decider) else source
    if name in rulebook.actions:
        return _why_not_action(rulebook, decision, name)
    if name in rulebook.rules:
        return _why_not_rule(rulebook, decision, rulebook.rules[name])
    near = nearest(name, [*rulebook.actions, *rulebook.rules])
    raise NothingToExplain(filled(_UNKNOWN if near is None else _NEAR, name=name, near=near))


def final_facts(decision: Decision) -> Facts:
    """Return the facts as the last strata saw them: with what was derived and decided."""
    functions = (decision.primary, *decision.collaborators)
    values = {
        **decision.facts.values,
        **decision.trace.derived,
        "decision.primary": decision.primary.value,
        "decision.functions": frozenset(function.value for function in functions),
    }
    return Facts(values, decision.facts.signals, decision.facts.collections, decision.facts.taken_at)


def _why_not_action(rulebook: Rulebook, decision: Decision, action: str) -> Explanation:
    if any(shown.action == action for shown in decision.recommendations):
        return why(decision, action)
    for entry in decision.not_shown:
        if entry.action == action:
            return Explanation(action, entry.stage, entry.by, entry.reason, entry.rules, entry.leaves)
    rules = [
        rule
        for _, rule in sorted(rulebook.rules.items())
        if isinstance(rule.then, Recommend) and rule.then.action == action
    ]
    if not rules:
        return Explanation(action, Stage.NOT_FIRED, "", _NO_RULE)
    # the one that came nearest: in shadow it held; else the fewest conditions failed
    found = [_why_not_rule(rulebook, decision, rule) for rule in rules]
    nearest_one = min(
        found, key=lambda each: (each.stage is not Stage.SHADOW, not each.leaves, len(each.leaves), each.subject)
    )
    return Explanation(
        action,
        nearest_one.stage,
        nearest_one.subject,
        nearest_one.reason,
        tuple(rule.id for rule in rules),
        nearest_one.leaves,
    )


def _why_not_rule(rulebook: Rulebook, decision: Decision, rule: Rule) -> Explanation:
    trace = decision.trace
    if rule.status is Status.DEPRECATED:
        return Explanation(rule.id, Stage.NOT_FIRED, rule.id, _retired(rule), (rule.id,))
    for fired in trace.shadow:
        if fired.rule == rule.id:
            return Explanation(rule.id, Stage.SHADOW, rule.id, _SHADOW, (rule.id,), fired.leaves)
    for fired in trace.fired:
        if fired.rule == rule.id:
            if isinstance(rule.then, Recommend):
                outcome = _why_not_action(rulebook, decision, rule.then.action)
                return Explanation(
                    rule.id, outcome.stage, outcome.by, outcome.reason, outcome.rules, outcome.leaves, outcome.factors
                )
            return Explanation(rule.id, None, rule.id, _FIRED, (rule.id,), fired.leaves)
    facts = final_facts(decision)
    if is_turned(rule):
        leaves = deciding(asked(rule), facts)  # what lifts it; what else is unknown changes nothing
    else:
        leaves = deciding(rule.when, facts) if truth(rule.when, facts) is not True else ()
    reason = Text(
        f"A regra “{rule.title.pt_br}” não disparou: uma condição não se cumpre ou não é conhecida.",
        f"The rule “{rule.title.en}” did not fire: a condition is not met or not known.",
    )
    return Explanation(rule.id, Stage.NOT_FIRED, rule.id, reason, (rule.id,), leaves)


def _retired(rule: Rule) -> Text:
    ids = ", ".join(rule.deprecation.replaced_by) if rule.deprecation is not None else ""
    if not ids:
        return _RETIRED
    return Text(f"{_RETIRED.pt_br} No lugar dela: {ids}.", f"{_RETIRED.en} In its place: {ids}.")


def _leaves(fired: Iterable[Fired], rules: tuple[str, ...]) -> tuple[LeafResult, ...]:
    found: list[LeafResult] = []
    for entry in fired:
        if entry.rule in rules:
            found.extend(leaf for leaf in entry.leaves if leaf not in found)
    return tuple(found)


def _leading(factors: Iterable[Factor]) -> str:
    for factor in factors:
        if factor.name == "lever" and factor.because != "rule=none":
            return factor.because.partition(" ")[0].removeprefix("rule=")
    return ""
