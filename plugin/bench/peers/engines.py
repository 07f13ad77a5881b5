"""The peers. Run as a script in their own environment: `python engines.py NAME`.

Each engine is a function from rules to a function from a ticket (a dict) to the ids that fire, in the engine's own
fastest documented way that we know of. Turning the ticket into what the engine reads belongs to its time.
"""
# ruff: noqa: C901, PLC0415 - one function per peer, which imports its library only when it is called
# mypy: ignore-errors
# The peers are no requirement of Sidecue: there are no types to check them by.

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from contestant import serve
from workload import ENUMS, FIELDS, FLAGS, INTEGERS, NUMBERS, SETS

ENGINES: dict[str, Callable] = {}
SYMBOLS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!="}
PAGE = 60


def engine(build: Callable) -> Callable:
    """Enter a peer into the contest under its function's name."""
    ENGINES[build.__name__] = build
    return build


def infix(rule: Mapping, say: Callable, both: str, either: str) -> str:
    """Return the rule as one expression of a language with infix operators."""
    groups = [[say(test) for test in group] for group in rule["all"]]
    return both.join(group[0] if len(group) == 1 else "(" + either.join(group) + ")" for group in groups)


def flattened(ticket: Mapping) -> dict:
    """Return the ticket with each tag as a property of its own."""
    flat = {name: value for name, value in ticket.items() if name not in SETS}
    for name in SETS:
        for tag in ticket.get(name, ()):
            flat[tag] = True
    return flat


# --- durable-rules ------------------------------------------------------------------------------

_DURABLE = {"gt": "$gt", "lt": "$lt", "ge": "$gte", "le": "$lte", "ne": "$neq"}


def _durable_test(test: Sequence) -> dict:
    name, op, value = test
    if op == "has":
        return {value: True}
    return {name: value} if op == "eq" else {_DURABLE[op]: {name: value}}


def _durable_rule(rule: Mapping) -> dict:
    tests = [
        _durable_test(group[0]) if len(group) == 1 else {"$or": [_durable_test(test) for test in group]}
        for group in rule["all"]
    ]
    return {"$and": tests}


@engine
def durable_lean(rules: Sequence[Mapping]) -> Callable:
    """Return the baseline: durable-rules' C module without anything around it, 60 rules to a ruleset."""
    import durable_rules_engine as durable
    import orjson

    handles = [
        durable.create_ruleset(
            f"page{first}",
            json.dumps({rule["id"]: {"all": [{"m": _durable_rule(rule)}]} for rule in rules[first : first + PAGE]}),
        )
        for first in range(0, len(rules), PAGE)
    ]
    turn = 0

    def fires(ticket: Mapping) -> list[str]:
        nonlocal turn
        turn += 1
        text = orjson.dumps(flattened(ticket) | {"sid": "s", "id": str(turn)}).decode()
        fired = []
        for handle in handles:
            code, state = durable.assert_fact(handle, text)
            if code == 0:
                found = durable.start_action_for_state(handle, state)
                activation = found[1] if found else None
                while activation:
                    fired.append(activation[2 : activation.index('"', 2)])
                    activation = durable.complete_and_start_action(handle, state)
            durable.retract_fact(handle, text)
        return fired

    return fires


@engine
def durable_host(rules: Sequence[Mapping]) -> Callable:
    """Return durable-rules as its manual shows it: a Host with callbacks."""
    from durable.engine import Host, MessageNotHandledException

    fired: list[str] = []

    def noting(name: str) -> Callable:
        return lambda _: fired.append(name)

    host = Host()
    names = []
    for first in range(0, len(rules), PAGE):
        page = {
            rule["id"]: {"all": [{"m": _durable_rule(rule)}], "run": noting(rule["id"])}
            for rule in rules[first : first + PAGE]
        }
        host.set_rulesets({f"page{first}": page})
        names.append(f"page{first}")
    turn = 0

    def fires(ticket: Mapping) -> list[str]:
        nonlocal turn
        turn += 1
        message = flattened(ticket) | {"sid": "s", "id": str(turn)}
        fired.clear()
        for name in names:
            try:
                host.assert_fact(name, message)
            except MessageNotHandledException:
                continue
            host.retract_fact(name, message)
        return list(fired)

    return fires


# --- engines with a language of expressions ------------------------------------------------------


def _zen_test(test: Sequence) -> str:
    name, op, value = test
    return f'contains({name}, "{value}")' if op == "has" else f"{name} {SYMBOLS[op]} {json.dumps(value)}"


@engine
def zen_compiled_list(rules: Sequence[Mapping]) -> Callable:
    """Return ZEN with every rule in one compiled list."""
    import zen

    said = ", ".join(f'({infix(rule, _zen_test, " and ", " or ")}) ? "{rule["id"]}" : null' for rule in rules)
    compiled = zen.compile_expression(f"[{said}]")
    return lambda ticket: [name for name in compiled.evaluate(ticket) if name]


@engine
def zen_decision_table(rules: Sequence[Mapping]) -> Callable:
    """Return ZEN with a decision table: a column per field, one more for what an `any` says."""
    import zen

    inputs = [{"id": name, "name": name, "field": name} for name in FIELDS] + [{"id": "any", "name": "any"}]
    rows = []
    for rule in rules:
        row = {"_id": rule["id"], "out": json.dumps(rule["id"])}
        either = []
        for group in rule["all"]:
            if len(group) > 1:
                either.append("(" + " or ".join(map(_zen_test, group)) + ")")
                continue
            name, op, value = group[0]
            said = json.dumps(value)
            row[name] = f"contains($, {said})" if op == "has" else said if op == "eq" else f"$ {SYMBOLS[op]} {said}"
        if either:
            row["any"] = " and ".join(either)
        rows.append(row)
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "out", "name": "id", "field": "id"}],
        "rules": rows,
    }
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
            {"id": "end", "name": "end", "type": "outputNode"},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "b", "type": "edge", "sourceId": "table", "targetId": "end"},
        ],
    }
    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    return lambda ticket: [found["id"] for found in decision.evaluate(dict(ticket))["result"]]


@engine
def rule_engine(rules: Sequence[Mapping]) -> Callable:
    """Return rule-engine: one compiled expression per rule."""
    from rule_engine import Rule

    def say(test: Sequence) -> str:
        name, op, value = test
        if op == "has":
            return f'"{value}" in {name}'
        return f"{name} {SYMBOLS[op]} {json.dumps(value)}"

    compiled = [(rule["id"], Rule(infix(rule, say, " and ", " or "))) for rule in rules]
    return lambda ticket: [name for name, rule in compiled if rule.matches(ticket)]


@engine
def cel_cpp(rules: Sequence[Mapping]) -> Callable:
    """Return Google's CEL (C++): lists of 60 rules each."""
    from cel_expr_python import cel

    types = dict.fromkeys(INTEGERS, cel.Type.INT) | dict.fromkeys(NUMBERS, cel.Type.DOUBLE)
    types |= dict.fromkeys(ENUMS, cel.Type.STRING) | dict.fromkeys(FLAGS, cel.Type.BOOL)
    types |= dict.fromkeys(SETS, cel.Type.List(cel.Type.STRING))
    env = cel.NewEnv(variables=types)

    def say(test: Sequence) -> str:
        name, op, value = test
        return f'"{value}" in {name}' if op == "has" else f"{name} {SYMBOLS[op]} {json.dumps(value)}"

    pages = []
    for first in range(0, len(rules), PAGE):
        page = rules[first : first + PAGE]
        said = ", ".join(f'({infix(rule, say, " && ", " || ")}) ? "{rule["id"]}" : ""' for rule in page)
        pages.append(env.compile(f"[{said}]"))

    def fires(ticket: Mapping) -> list[str]:
        told = env.Activation(ticket)
        return [name for page in pages for name in page.eval(told).plain_value() if name]

    return fires


def _logic(rule: Mapping) -> dict:
    def say(test: Sequence) -> dict:
        name, op, value = test
        if op == "has":
            return {"in": [value, {"var": name}]}
        return {{"eq": "===", "ne": "!=="}.get(op, SYMBOLS[op]): [{"var": name}, value]}

    return {"and": [say(group[0]) if len(group) == 1 else {"or": list(map(say, group))} for group in rule["all"]]}


@engine
def datalogic(rules: Sequence[Mapping]) -> Callable:
    """Return datalogic-py (JsonLogic in Rust): every rule in one compiled expression."""
    import datalogic_py
    import orjson

    made = datalogic_py.Engine()
    compiled = made.compile({"merge": [{"if": [_logic(rule), rule["id"], []]} for rule in rules]})
    session = made.session()
    return lambda ticket: orjson.loads(session.evaluate_str(compiled, orjson.dumps(ticket).decode()))


@engine
def json_logic(rules: Sequence[Mapping]) -> Callable:
    """Return json-logic-qubit (JsonLogic in Python)."""
    from json_logic import jsonLogic

    said = [(rule["id"], _logic(rule)) for rule in rules]
    return lambda ticket: [name for name, logic in said if jsonLogic(logic, ticket) is True]


# --- engines with rules --------------------------------------------------------------------------


@engine
def business_rules(rules: Sequence[Mapping]) -> Callable:
    """Return business-rules."""
    from business_rules import run_all, variables
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_TEXT

    def asking(name: str, kind: Callable, look: Callable) -> Callable:
        def ask(self: object) -> object:
            return look(self.ticket)

        ask.__name__ = name
        return kind(ask)

    members = {"__init__": lambda self, ticket: setattr(self, "ticket", ticket)}
    for name in (*INTEGERS, *NUMBERS):
        members[name] = asking(name, variables.numeric_rule_variable, lambda ticket, name=name: ticket[name])
    for name, values in ENUMS.items():
        kind = variables.select_rule_variable(options=list(values))
        members[name] = asking(name, kind, lambda ticket, name=name: [ticket[name]])
    for name in FLAGS:
        members[name] = asking(name, variables.boolean_rule_variable, lambda ticket, name=name: ticket[name])
    for name, values in SETS.items():
        kind = variables.select_multiple_rule_variable(options=list(values))
        members[name] = asking(name, kind, lambda ticket, name=name: ticket[name])
    asked = type("Asked", (variables.BaseVariables,), members)
    fired: list[str] = []

    class Noting(BaseActions):
        @rule_action(params={"rule": FIELD_TEXT})
        def fire(self, rule: str) -> None:
            fired.append(rule)

    orders = {
        "gt": "greater_than",
        "lt": "less_than",
        "ge": "greater_than_or_equal_to",
        "le": "less_than_or_equal_to",
    }

    def say(test: Sequence) -> dict:
        name, op, value = test
        if name in FLAGS:
            return {"name": name, "operator": "is_true" if value else "is_false", "value": ""}
        if op == "has":
            return {"name": name, "operator": "contains_all", "value": [value]}
        if name in ENUMS:
            return {"name": name, "operator": "contains" if op == "eq" else "does_not_contain", "value": value}
        return {"name": name, "operator": orders[op], "value": value}

    book = [
        {
            "conditions": {
                "all": [{"any": list(map(say, group))} if len(group) > 1 else say(group[0]) for group in rule["all"]]
            },
            "actions": [{"name": "fire", "params": {"rule": rule["id"]}}],
        }
        for rule in rules
    ]
    noting = Noting()

    def fires(ticket: Mapping) -> list[str]:
        fired.clear()
        run_all(rule_list=book, defined_variables=asked(ticket), defined_actions=noting, stop_on_first_trigger=False)
        return list(fired)

    return fires


@engine
def experta(rules: Sequence[Mapping]) -> Callable:
    """Return experta (CLIPS in Python)."""
    import collections
    import collections.abc
    import itertools
    import operator

    for name in ("Mapping", "MutableMapping", "Sequence", "Iterable", "Callable", "Set", "Hashable"):
        setattr(collections, name, getattr(collections.abc, name))  # its pinned frozendict needs Python before 3.10
    import experta as lib

    class Ticket(lib.Fact):
        pass

    orders = {"gt": operator.gt, "lt": operator.lt, "ge": operator.ge, "le": operator.le}

    def say(test: Sequence) -> object:
        _, op, value = test
        match op:
            case "eq":
                return lib.L(value)
            case "ne":
                return ~lib.L(value)
            case "has":
                return lib.P(lambda seen, value=value: value in seen)
            case _:
                return lib.P(lambda seen, order=orders[op], value=value: order(seen, value))

    fired: set[str] = set()

    def noting(name: str) -> Callable:
        def note(_: object) -> None:
            fired.add(name)

        note.__name__ = name
        return note

    members = {}
    for rule in rules:
        ways = [Ticket(**{test[0]: say(test) for test in way}) for way in itertools.product(*rule["all"])]
        members[rule["id"]] = lib.Rule(ways[0] if len(ways) == 1 else lib.OR(*ways))(noting(rule["id"]))
    known = type("Known", (lib.KnowledgeEngine,), members)()

    def fires(ticket: Mapping) -> list[str]:
        fired.clear()
        known.reset()
        known.declare(
            Ticket(**{name: tuple(value) if isinstance(value, list) else value for name, value in ticket.items()})
        )
        known.run()
        return list(fired)

    return fires


@engine
def clips(rules: Sequence[Mapping]) -> Callable:
    """Return CLIPS: one fact per ticket, the agenda read, the fact retracted."""
    import clips as lib

    env = lib.Environment()
    slots = " ".join(f"({'multislot' if name in SETS else 'slot'} {name})" for name in FIELDS)
    env.build(f"(deftemplate ticket {slots})")

    def value_of(value: object) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return f'"{value}"' if isinstance(value, str) else str(value)

    def slot(test: Sequence) -> str:
        name, op, value = test
        match op:
            case "eq":
                return f"({name} {value_of(value)})"
            case "ne":
                return f"({name} ~{value_of(value)})"
            case "has":
                return f"({name} $? {value_of(value)} $?)"
            case _:
                return f"({name} ?{name}&:({SYMBOLS[op]} ?{name} {value_of(value)}))"

    def asked(test: Sequence) -> str:
        name, op, value = test
        words = {"has": f"member$ {value_of(value)} ?{name}", "eq": f"eq ?{name} {value_of(value)}"}
        words |= {"ne": f"neq ?{name} {value_of(value)}"}
        return "(" + words.get(op, f"{SYMBOLS.get(op)} ?{name} {value_of(value)}") + ")"

    for rule in rules:
        pattern, tests = [], []
        for group in rule["all"]:
            if len(group) == 1:
                pattern.append(slot(group[0]))
                continue
            pattern += [f"({name} {'$?' if name in SETS else '?'}{name})" for name, _, _ in group]
            tests.append("(test (or " + " ".join(map(asked, group)) + "))")
        env.build(f"(defrule {rule['id']} (ticket {' '.join(pattern)}) {' '.join(tests)} =>)")
    template = env.find_template("ticket")

    def fires(ticket: Mapping) -> list[str]:
        try:
            fact = template.assert_fact(**ticket)
            fired = [activation.name for activation in env.activations()]
            fact.retract()
        except lib.CLIPSError:
            env.reset()  # the fact that it raised on would stay
            raise
        return fired

    return fires


@engine
def drools(rules: Sequence[Mapping]) -> Callable:
    """Return Drools through drools_jpy. Needs a Java runtime, JAVA_HOME set or found beside `java`."""
    import shutil
    from pathlib import Path

    java = Path(shutil.which("java") or "java").resolve()
    os.environ.setdefault("JAVA_HOME", str(java.parent.parent))
    os.environ.setdefault("DROOLS_JPY_JVM_LOG", "logFile=System.err,defaultLogLevel=error")
    from drools.rule import Rule
    from drools.ruleset import Ruleset

    words = {
        "gt": "GreaterThanExpression",
        "lt": "LessThanExpression",
        "ge": "GreaterThanOrEqualToExpression",
        "le": "LessThanOrEqualToExpression",
        "eq": "EqualsExpression",
        "ne": "NotEqualsExpression",
        "has": "ListContainsItemExpression",
    }
    kinds = {bool: "Boolean", int: "Integer", float: "Float", str: "String"}

    def say(test: Sequence) -> dict:
        name, op, value = test
        return {words[op]: {"lhs": {"Event": name}, "rhs": {kinds[type(value)]: value}}}

    def joined(parts: list[dict], word: str) -> dict:
        found = parts[0]
        for part in parts[1:]:
            found = {word: {"lhs": found, "rhs": part}}
        return found

    fired: list[str] = []
    told = [
        {
            "Rule": {
                "name": rule["id"],
                "condition": {
                    "AllCondition": [
                        joined(
                            [joined(list(map(say, group)), "OrExpression") for group in rule["all"]], "AndExpression"
                        )
                    ]
                },
                "actions": [{"Action": {"action": "debug", "action_args": {}}}],
                "enabled": True,
            }
        }
        for rule in rules
    ]
    book = {"name": "book", "hosts": ["all"], "sources": [], "match_multiple_rules": True, "rules": told}
    ruleset = Ruleset(name="book", serialized_ruleset=json.dumps(book))

    def noting(name: str) -> Callable:
        return lambda _: fired.append(name)

    for rule in rules:
        ruleset.add_rule(Rule(rule["id"], noting(rule["id"])))

    def fires(ticket: Mapping) -> list[str]:
        fired.clear()
        ruleset.assert_event(json.dumps(ticket))
        return list(fired)

    return fires


if __name__ == "__main__":
    serve(ENGINES[sys.argv[1]])
