"""Seeded faults: the shipped rulebook with one thing wrong in it, for whoever claims to notice.

Every fault is a change that a person could make in a file: a part dropped, an operator turned, a bound moved, a kind or
a status or `on_unknown` changed, a whole rule gone, a rule added that sells.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from decide_books import action as new_action
from decide_books import recommends, said

from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.rulebook import Derive, Kind, Recommend, Rule, Rulebook, RuleKind, Status, Suppress
from rules.vocabulary import FIELDS

TURNED = {
    Op.AT_LEAST: (Op.ABOVE, Op.BELOW),
    Op.ABOVE: (Op.AT_LEAST, Op.AT_MOST),
    Op.AT_MOST: (Op.BELOW, Op.ABOVE),
    Op.BELOW: (Op.AT_MOST, Op.AT_LEAST),
    Op.IN: (Op.NOT_IN,),
    Op.NOT_IN: (Op.IN,),
    Op.HAS_ANY: (Op.HAS_ALL, Op.HAS_NONE),
    Op.HAS_ALL: (Op.HAS_ANY, Op.HAS_NONE),
    Op.HAS_NONE: (Op.HAS_ANY,),
}
REGISTERING = ("retention.register_cancellation", "regulated_sac.cancel_at_once")
SELLING = (Kind.UPSELL, Kind.CROSS_SELL, Kind.EXPAND)


@dataclass(frozen=True)
class Fault:
    """One fault: where (`rule`: the id of the rule or action that is changed), what, and the book that has it."""

    rule: str
    what: str
    book: Rulebook

    def __str__(self):
        return f"{self.rule}: {self.what}"


def with_rule(book: Rulebook, rule: Rule) -> Rulebook:
    return replace(book, rules={**book.rules, rule.id: rule}, digest=f"{book.digest} with another {rule.id}")


def guardrail_faults(book: Rulebook) -> Iterator[Fault]:
    """Yield the faults in guardrails, in a fixed order."""
    for rule in book.rules_of(RuleKind.GUARDRAIL):
        if set(rule.then.kinds) & {*SELLING, Kind.WIN_BACK} or "retention.offer_alternative" in rule.then.actions:
            yield from of_condition(book, rule)
            yield from of_life(book, rule)
        yield from of_guardrail(book, rule)


def other_faults(book: Rulebook) -> Iterator[Fault]:
    """Yield the faults in what guardrails lean on, in needs, and by what is added, in a fixed order."""
    for rule in book.rules_of(RuleKind.DERIVATION):
        if isinstance(rule.then, Derive) and rule.then.values.get("severity") == "severe":
            yield from of_condition(book, rule)
            yield from of_life(book, rule)
            for value in FIELDS["severity"].values[:-1]:
                yield Fault(
                    rule.id, f"derives {value}", with_rule(book, replace(rule, then=Derive({"severity": value})))
                )
    for rule in book.rules_of(RuleKind.RECOMMENDATION):
        if isinstance(rule.then, Recommend) and rule.then.action in REGISTERING:
            yield from of_condition(book, rule)
            yield from of_life(book, rule)
    for name in sorted(book.actions):
        if book.actions[name].kind in SELLING:
            yield from of_needs(book, name)
    yield from additions(book)


def of_condition(book: Rulebook, rule: Rule) -> Iterator[Fault]:
    for what, when in changed(rule.when):
        yield Fault(rule.id, what, with_rule(book, replace(rule, when=when)))


def of_guardrail(book: Rulebook, rule: Rule) -> Iterator[Fault]:
    then = rule.then
    assert isinstance(then, Suppress)
    for kind in then.kinds:
        left = tuple(found for found in then.kinds if found is not kind)
        yield Fault(rule.id, f"no {kind}", with_rule(book, replace(rule, then=replace(then, kinds=left))))
    for name in then.actions:
        left = tuple(found for found in then.actions if found != name)
        yield Fault(rule.id, f"no {name}", with_rule(book, replace(rule, then=replace(then, actions=left))))
    for kind in (Kind.COMPLY, Kind.INFORM):
        more = replace(then, kinds=(*then.kinds, kind))
        yield Fault(rule.id, f"{kind} too", with_rule(book, replace(rule, then=more)))
    turned = replace(rule, on_unknown_suppress=not rule.on_unknown_suppress)
    yield Fault(rule.id, "on_unknown the other way", with_rule(book, turned))


def of_life(book: Rulebook, rule: Rule) -> Iterator[Fault]:
    for status in (Status.EXPERIMENTAL, Status.DEPRECATED):
        yield Fault(rule.id, f"status {status}", with_rule(book, replace(rule, status=status)))


def of_needs(book: Rulebook, name: str) -> Iterator[Fault]:
    action = book.actions[name]
    variants = [("no needs", None)]
    if action.needs is not None:
        variants += list(changed(action.needs))
    variants.append(("needs a field it may not read", Test("customer.regulated_sector", Op.KNOWN, value=False)))
    for what, needs in variants:
        actions = {**book.actions, name: replace(action, needs=needs)}
        yield Fault(name, what, replace(book, actions=actions, digest=f"{book.digest} with another {name}"))


def additions(book: Rulebook) -> Iterator[Fault]:
    """Yield the book with one rule more: selling by a kind of every sort, by facts that may not be read, by force."""
    asked = Test("customer.regulated_sector", Op.IS, value=True)
    for kind in (*SELLING, Kind.WIN_BACK, Kind.RETAIN):
        name = f"accounts.new_{kind.value}"
        actions = {**book.actions, name: new_action(name, kind)}
        for what, when in (
            ("on a question", said("how_to_question")),
            ("whenever", Test("signals", Op.KNOWN, value=True)),
            ("reading what it may not", All((said("praise"), asked))),
        ):
            rule = recommends(f"accounts.advise_new_{kind.value}", name, when)
            grown = replace(book, actions=actions, digest=f"{book.digest} with {name} {what}")
            yield Fault(rule.id, f"new {what}", with_rule(grown, rule))


def changed(condition) -> Iterator[tuple[str, object]]:
    """Yield (what, the condition with one fault) for every place in it."""
    match condition:
        case All(parts) | AnyOf(parts):
            other = AnyOf if isinstance(condition, All) else All
            yield f"{_word(condition)} -> {_word(other(()))}", other(parts)
            for index, part in enumerate(parts):
                rest = parts[:index] + parts[index + 1 :]
                if rest:
                    yield f"without {_short(part)}", type(condition)(rest)
                for what, new in changed(part):
                    yield what, type(condition)((*parts[:index], new, *parts[index + 1 :]))
        case Not(part):
            yield f"no not around {_short(part)}", part
            for what, new in changed(part):
                yield what, Not(new)
        case Exists(collection, where):
            yield f"not {_short(condition)}", Not(condition)
            for what, new in changed(where):
                yield f"in {collection}: {what}", Exists(collection, new)
        case Test():
            yield f"not {_short(condition)}", Not(condition)
            yield from changed_test(condition)


def changed_test(test: Test) -> Iterator[tuple[str, Test]]:  # noqa: C901 - one case per type of value
    for op in TURNED.get(test.op, ()):
        yield f"{_short(test)} -> {op.value}", replace(test, op=op)
    match test.op, test.value:
        case Op.KNOWN, bool(value):
            yield f"{_short(test)} -> {not value}", replace(test, value=not value)
        case _, tuple(values) if test.op is not Op.BETWEEN and len(values) > 1:
            for value in values:
                left = tuple(found for found in values if found != value)
                yield f"{_short(test)} without {value}", replace(test, value=left)
        case _, bool(value):
            yield f"{_short(test)} -> {not value}", replace(test, value=not value)
        case _, int(value) | float(value):
            for new in (value - 1, value + 1, value + 30):
                yield f"{_short(test)} -> {new}", replace(test, value=new)
        case Op.IS, str(value):
            for new in _others(test.field, value):
                yield f"{_short(test)} -> {new}", replace(test, value=new)
        case Op.HAS, str():
            yield f"{_short(test)} -> invoice_copy", replace(test, value="invoice_copy")


def _others(field: str, value: str) -> tuple[str, ...]:
    values = FIELDS[field].values if field in FIELDS else ()
    return tuple(found for found in values if found != value)[:3]


def _word(condition) -> str:
    return "all" if isinstance(condition, All) else "any"


def _short(condition) -> str:
    if isinstance(condition, Test):
        return f"{condition.field} {condition.op.value} {condition.value}"
    if isinstance(condition, Exists):
        return f"exists {condition.collection} {_short(condition.where)}"
    return type(condition).__name__
