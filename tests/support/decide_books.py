"""Small rulebooks written in Python, for tests of decisions that need no files."""

from datetime import UTC, datetime

from rules.conditions import Op, Test
from rules.model import Facts
from rules.rulebook import (
    Action,
    Calibration,
    Classify,
    Derive,
    Function,
    Kind,
    Origin,
    Recommend,
    Rule,
    Rulebook,
    RuleKind,
    Status,
    Suppress,
    Worth,
)
from rules.text import Text

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NOWHERE = Origin("test", 1)
ALWAYS = Test("signals", Op.KNOWN, value=True)
NEVER = Test("signals", Op.KNOWN, value=False)
CALIBRATION = Calibration(intercept=-1.0, margin=0.5, strength=0.25, fitted_on="12 rows")


def said(signal):
    return Test("signals", Op.HAS, signal)


def text(value):
    return Text(f"{value} (pt)", f"{value} (en)")


def rule(name, then, when=ALWAYS, *, status=Status.STABLE, unless_false=False):
    kind = {
        Derive: RuleKind.DERIVATION,
        Classify: RuleKind.CLASSIFICATION,
        Recommend: RuleKind.RECOMMENDATION,
        Suppress: RuleKind.GUARDRAIL,
    }[type(then)]
    return Rule(
        id=name,
        version=1,
        kind=kind,
        status=status,
        title=text(f"title of {name}"),
        rationale=text(f"because of {name}"),
        owner="tests",
        practice=(),
        references=(),
        when=when,
        then=then,
        on_unknown_suppress=unless_false,
        examples=(),
        origin=NOWHERE,
    )


def votes(name, when=ALWAYS, *, collaborate=(), status=Status.STABLE, **scores):
    then = Classify({Function(function): score for function, score in scores.items()}, tuple(collaborate))
    return rule(name, then, when, status=status)


def recommends(name, action, when=ALWAYS, *, lever=1.0, status=Status.STABLE):
    return rule(name, Recommend(action, lever), when, status=status)


def derives(name, when=ALWAYS, *, status=Status.STABLE, **values):
    return rule(name, Derive(values), when, status=status)


def suppresses(name, when=ALWAYS, *, kinds=(), actions=(), unless_false=False, status=Status.STABLE):
    then = Suppress(tuple(kinds), tuple(actions), text(f"held back by {name}"))
    return rule(name, then, when, unless_false=unless_false, status=status)


def action(name, kind=Kind.INFORM, **more):
    given = {
        "function": Function.SUPPORT,
        "title": text(f"do {name}"),
        "steps": (text("first"), text("second")),
        "reply": Text("Olá, {requester.first_name|cliente}", "Hello, {requester.first_name|there}"),
        "involve": (),
        "due_in_hours": 24.0,
        "worth": Worth(None, 1.0, 1.0),
        "benefit": text("benefit"),
        "cooldown_days": 0,
        "needs": None,
        "conflicts_with": (),
        "origin": NOWHERE,
    }
    return Action(id=name, kind=kind, **{**given, **more})


SOPS = (
    action("support.triage"),
    action("support.sop", Kind.RESOLVE),
    action("success.sop", Kind.ADOPT, function=Function.SUCCESS),
    action("accounts.sop", Kind.INFORM, function=Function.ACCOUNT_MANAGEMENT),
)


def book(*parts, sops=SOPS, calibration=CALIBRATION):
    """A rulebook of the given rules and actions, and the standard procedures."""
    rules = {part.id: part for part in parts if isinstance(part, Rule)}
    actions = {part.id: part for part in (*sops, *parts) if isinstance(part, Action)}
    return Rulebook({}, {}, actions, rules, calibration, "digest")


def facts(*signals, contacts=(), taken_at=NOW, **values):
    """Facts from signals and values, `customer_mrr=5` for customer.mrr."""
    named = {name.replace("_", ".", 1) if name.startswith(("customer_", "ticket_")) else name: value
             for name, value in values.items()}  # fmt: skip
    return Facts(named, frozenset(signals), {"contacts": tuple(contacts)}, taken_at)


def contact(name, days_ago, kind=Kind.INFORM):
    return {"action": name, "kind": kind.value, "days_ago": days_ago, "outcome": "shown"}
