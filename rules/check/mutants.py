"""Small faults that somebody could make in a rule, one at a time: each a mutant that an example should notice.

What is changed, rule by rule, in the order it is written:
- `bound`: a number one step further or nearer; a step is one in the last place written (5000: 1, 0.95: 0.01).
- `edge`: at_least <-> above, at_most <-> below.
- `negated`: a test the other way round; `known: true` <-> `known: false`; `exists` <-> `none`; a `not` dropped.
- `value`: a closed value replaced by the next one, or one more let in.
- `member`: one of several values left out.
- `quantity`: has_any <-> has_all.
- `group`: all <-> any.
- `dropped`: one of several parts left out.
- `on_unknown`: a guardrail that stops, or begins, suppressing what nobody knows.
- `vote`, `consequence`: a vote for against; a value, function, kind, action or recommendation replaced or left out.

A mutant that plainly means what the rule means (`rules.check.normal`) is `equivalent`; of several that mean the same
one is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from rules.check.normal import normal
from rules.check.spots import Spot, spots, written
from rules.conditions import All, AnyOf, Condition, Exists, Not, Op, Scalar, Test, leaves
from rules.decide.account import asked, is_turned
from rules.loader.yaml_strict import Document, Place
from rules.rulebook import Classify, Consequence, Derive, Recommend, Rule, RuleKind, Suppress
from rules.text import Text
from rules.vocabulary import FIELDS, Field, Type

CHANGES: Final = MappingProxyType(
    {
        "bound": Text("limite deslocado", "bound shifted"),
        "edge": Text("limite com ou sem o próprio valor", "bound with or without the value itself"),
        "negated": Text("contrário", "opposite"),
        "value": Text("valor trocado", "value replaced"),
        "member": Text("valor retirado da lista", "value left out of the list"),
        "quantity": Text("um ou todos trocados", "any and all of a set exchanged"),
        "group": Text("all e any trocados", "all and any exchanged"),
        "dropped": Text("parte retirada", "part left out"),
        "on_unknown": Text("on_unknown trocado", "on_unknown the other way"),
        "vote": Text("voto com o sinal trocado", "vote with the other sign"),
        "consequence": Text("consequência trocada ou retirada", "consequence replaced or left out"),
    }
)

_EDGES: Final = {
    Op.AT_LEAST: Op.ABOVE,
    Op.ABOVE: Op.AT_LEAST,
    Op.AT_MOST: Op.BELOW,
    Op.BELOW: Op.AT_MOST,
}
_QUANTITIES: Final = {Op.HAS_ANY: Op.HAS_ALL, Op.HAS_ALL: Op.HAS_ANY}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one fault in it. `before` and `after` are what the file says and would say; `after` None: nothing."""

    rule: Rule
    change: str
    before: str
    after: str | None
    path: str
    line: int
    column: int
    equivalent: bool = False

    @property
    def in_when(self) -> bool:
        """Whether the fault changes when the rule holds, not what follows."""
        return self.change not in {"vote", "consequence"}


def mutants(rule: Rule, document: Document) -> tuple[Mutant, ...]:
    """Return the mutants of a rule, each meaning once, in the order of the file; the same every time."""
    own = _meaning(rule)
    seen = set()
    found: list[Mutant] = []
    for place, change, before, after, mutated in _of_when(rule, document):
        meaning = _meaning(mutated)
        if meaning in seen:
            continue
        seen.add(meaning)
        line, column = document.key_at(place)
        found.append(Mutant(mutated, change, before, after, document.path, line, column, meaning == own))
    for place, change, before, after, mutated in _of_then(rule):
        line, column = document.key_at(place)
        found.append(Mutant(mutated, change, before, after, document.path, line, column))
    return tuple(found)


def _meaning(rule: Rule) -> tuple[Condition, bool]:
    """Return what two rules have in common that hold for the same facts."""
    if is_turned(rule) and not _may_be_unknown(rule.when):
        return normal(rule.when), False
    return normal(asked(rule)), is_turned(rule)


def _may_be_unknown(condition: Condition) -> bool:
    """Tell whether somebody may not know: what a text says is always known, and so is what a collection holds."""
    return any(
        isinstance(leaf, Test) and leaf.field != "signals" and leaf.op is not Op.KNOWN for leaf in leaves(condition)
    )


_Change = tuple[Place, str, str, str | None, Rule]


def _of_when(rule: Rule, document: Document) -> Iterator[_Change]:
    for spot in spots(rule.when, document):
        for change, new in _instead(spot):
            if change == "member":
                yield spot.place, change, _left_out(spot.condition, new), None, replace(rule, when=spot.rebuild(new))
                continue
            yield spot.place, change, written(spot.condition), written(new), replace(rule, when=spot.rebuild(new))
        match spot.condition:
            case All(parts) | AnyOf(parts) if len(parts) > 1:
                for index, part in enumerate(parts):
                    left = type(spot.condition)((*parts[:index], *parts[index + 1 :]))
                    place = _part_place(spot, document, index)
                    yield place, "dropped", written(part), None, replace(rule, when=spot.rebuild(left))
    if rule.kind is RuleKind.GUARDRAIL:
        place = ("on_unknown",) if rule.on_unknown_suppress else ("when",)
        before, after = ("on_unknown: suppress", None) if rule.on_unknown_suppress else ("", "on_unknown: suppress")
        yield place, "on_unknown", before, after, replace(rule, on_unknown_suppress=not rule.on_unknown_suppress)


def _left_out(before: Condition, after: Condition) -> str:
    if not (isinstance(before, Test) and isinstance(after, Test)):
        raise TypeError(before)
    kept = after.value if isinstance(after.value, tuple) else ()
    members = before.value if isinstance(before.value, tuple) else ()
    return f"{before.field}: {', '.join(str(member) for member in members if member not in kept)}"


def _part_place(spot: Spot, document: Document, index: int) -> Place:
    if (*spot.place, index) in document.values:
        return (*spot.place, index)
    keys = [place for place in document.keys if place[:-1] == spot.place]  # the keys of one item
    return keys[index] if index < len(keys) else spot.place


def _instead(spot: Spot) -> Iterator[tuple[str, Condition]]:
    """Yield what may stand in the place of a node."""
    match spot.condition:
        case All(parts) if len(parts) > 1:
            yield "group", AnyOf(parts)
        case AnyOf(parts) if len(parts) > 1:
            yield "group", All(parts)
        case Not(part):
            yield "negated", part
        case Exists() as found:
            yield "negated", Not(found)
        case Test() as test:
            yield from _tests(test, spot.field(test.field))


def _tests(test: Test, field: Field) -> Iterator[tuple[str, Condition]]:
    if test.op is Op.KNOWN:
        yield "negated", Test(test.field, Op.KNOWN, not test.value)
        return
    yield "negated", Not(test)
    if test.op in _EDGES:
        yield "edge", replace(test, op=_EDGES[test.op])
    if field.type in {Type.INTEGER, Type.NUMBER}:
        yield from (("bound", replace(test, value=value)) for value in _bounds(test.value))
    elif isinstance(test.value, tuple):
        yield from _lists(test, test.value, field)
    elif test.op is Op.IS and field.values:
        yield "value", replace(test, value=_next(field.values, str(test.value)))


def _lists(test: Test, members: tuple[Scalar, ...], field: Field) -> Iterator[tuple[str, Condition]]:
    if test.op in _QUANTITIES and len(members) > 1:
        yield "quantity", replace(test, op=_QUANTITIES[test.op])
    more = next((value for value in field.values if value not in members), None)
    if test.op is Op.IN and more is not None:
        yield "value", replace(test, value=(*members, more))
    if len(members) > 1:
        for member in members:
            yield "member", replace(test, value=tuple(value for value in members if value != member))


def _bounds(value: Scalar | tuple[Scalar, ...]) -> Iterator[Scalar | tuple[Scalar, ...]]:
    if not isinstance(value, tuple):
        yield from _shifted(value)
        return
    low, high = value
    yield from ((other, high) for other in _shifted(low) if float(other) <= float(high))
    yield from ((low, other) for other in _shifted(high) if float(low) <= float(other))


def _shifted(number: Scalar) -> tuple[float, float]:
    exact = Decimal(repr(number))
    step = Decimal(1).scaleb(min(0, int(exact.normalize().as_tuple().exponent)))
    kind = int if isinstance(number, int) else float
    return kind(exact + step), kind(exact - step)


def _next(values: tuple[str, ...], value: str) -> str:
    return values[(values.index(value) + 1) % len(values)]


def _of_then(rule: Rule) -> Iterator[_Change]:
    changes: Iterator[tuple[Place, str, str, str | None, Consequence]]
    match rule.then:
        case Classify():
            changes = _of_classify(rule.then)
        case Derive():
            changes = _of_derive(rule.then)
        case Recommend(action):
            nothing = Classify(MappingProxyType({}), ())
            changes = iter([(("then", "recommend", "action"), "consequence", f"action: {action}", None, nothing)])
        case Suppress():
            changes = _of_suppress(rule.then)
    for place, change, before, after, then in changes:
        yield place, change, before, after, replace(rule, then=then)


def _of_classify(then: Classify) -> Iterator[tuple[Place, str, str, str | None, Consequence]]:
    for function, count in then.votes.items():
        if count:
            turned = MappingProxyType({**then.votes, function: -count})
            place = ("then", "classify", function.value)
            changed = Classify(turned, then.collaborate)
            yield place, "vote", f"{function.value}: {count}", f"{function.value}: {-count}", changed
    for index, function in enumerate(then.collaborate):
        left = (*then.collaborate[:index], *then.collaborate[index + 1 :])
        yield ("then", "collaborate", index), "consequence", function.value, None, Classify(then.votes, left)


def _of_derive(then: Derive) -> Iterator[tuple[Place, str, str, str | None, Consequence]]:
    for name, value in then.values.items():
        known = FIELDS[name].values
        other = _next(known, value) if known else f"{value}_"
        changed = Derive(MappingProxyType({**then.values, name: other}))
        yield ("then", "derive", name), "consequence", f"{name}: {value}", f"{name}: {other}", changed


def _of_suppress(then: Suppress) -> Iterator[tuple[Place, str, str, str | None, Consequence]]:
    for index, kind in enumerate(then.kinds):
        less = Suppress((*then.kinds[:index], *then.kinds[index + 1 :]), then.actions, then.reason)
        yield ("then", "suppress", "kinds", index), "consequence", kind.value, None, less
    for index, action in enumerate(then.actions):
        less = Suppress(then.kinds, (*then.actions[:index], *then.actions[index + 1 :]), then.reason)
        yield ("then", "suppress", "actions", index), "consequence", action, None, less
