"""Rules and tickets for the contest, from a seed: nothing here knows an engine.

A rule is `{"id", "all": [group, …]}`; a group is a list of tests of which one must hold; a test is
`[field, op, value]` with op gt, lt, ge, le, eq, ne or has. A test on a field that the ticket does not have does not
hold, `ne` included. Only the standard library: the peers' environment reads this file too.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Test = Sequence[Any]
Rule = Mapping[str, Any]
Ticket = Mapping[str, Any]

INTEGERS: Final = tuple(f"count_{number}" for number in range(12))
NUMBERS: Final = tuple(f"amount_{number}" for number in range(4))
ENUMS: Final = {
    f"state_{number}": tuple(f"s{number}_{value}" for value in range((3, 4, 5, 6, 8, 10, 12)[number % 7]))
    for number in range(14)
}
FLAGS: Final = tuple(f"flag_{number}" for number in range(6))
SETS: Final = {f"tags_{number}": tuple(f"t{number}_{value}" for value in range(12)) for number in range(4)}
FIELDS: Final = (*INTEGERS, *NUMBERS, *ENUMS, *FLAGS, *SETS)

SEED: Final = 2_611
SIZES: Final = (60, 300, 3_000)
FIRING: Final = (5.0, 10.0)
"""Between so many rules of a book fire on a ticket, on average."""
SHARE_OF_ANY: Final = 0.15
ABSENT: Final = 0.3
_PROBES: Final = 700
_COMPARES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "lt": operator.lt,
    "ge": operator.ge,
    "le": operator.le,
    "eq": operator.eq,
    "ne": operator.ne,
    "has": operator.contains,
}


def make(rules: int, tickets: int, seed: int = SEED) -> dict[str, Any]:
    """Return `{"rules", "tickets", "absent"}`: `absent` are the same tickets with 30 % of their fields left out."""
    chance = random.Random(f"{seed} {rules}")  # noqa: S311 - a repeatable workload, no secret
    probes = [_ticket(chance) for _ in range(_PROBES)]
    wanted = sum(FIRING) / 2 / rules
    book: list[Rule] = []
    while len(book) < rules:
        rule = _rule(chance, len(book))
        if wanted / 6 <= _share(rule, probes, wanted * 1.6) <= wanted * 1.6:
            book.append(rule)
    found = [_ticket(chance) for _ in range(tickets)]
    thinned = [{name: value for name, value in one.items() if chance.random() >= ABSENT} for one in found]
    return {"rules": book, "tickets": found, "absent": thinned}


def expected(rules: Sequence[Rule], ticket: Ticket) -> list[str]:
    """Return the ids of the rules that hold, by the definition and nothing else: the contest's oracle."""
    return [rule["id"] for rule in rules if holds(rule, ticket)]


def holds(rule: Rule, ticket: Ticket) -> bool:
    """Tell whether every group of the rule has a test that holds."""
    return all(any(_met(test, ticket) for test in group) for group in rule["all"])


def _share(rule: Rule, probes: Sequence[Ticket], most: float) -> float:
    """Return on which share of the probes the rule holds; once it is past `most`, what it came to so far."""
    held = 0
    for probe in probes:
        held += holds(rule, probe)
        if held > most * len(probes):
            break
    return held / len(probes)


def _met(test: Test, ticket: Ticket) -> bool:
    name, op, value = test
    return name in ticket and _COMPARES[op](ticket[name], value)


def _ticket(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {name: chance.randint(0, 1_000) for name in INTEGERS}
    # never a whole number: engines that tell 5 from 5.0 and those that do not mean the same then
    found |= {name: chance.randint(0, 9_999) / 100 + 0.005 for name in NUMBERS}
    for name, values in ENUMS.items():
        found[name] = values[min(int(chance.expovariate(2.2) * len(values)), len(values) - 1)]
    found |= {name: chance.random() < 0.4 for name in FLAGS}
    found |= {name: chance.sample(values, chance.randint(0, 5)) for name, values in SETS.items()}
    return found


def _rule(chance: random.Random, number: int) -> Rule:
    used: set[str] = set()
    groups = []
    for _ in range(chance.randint(2, 4)):
        tests = 2 if chance.random() < SHARE_OF_ANY else 1
        groups.append([_test(chance, used) for _ in range(tests)])
    return {"id": f"r{number}", "all": groups}


def _test(chance: random.Random, used: set[str]) -> Test:
    while True:
        test = _any_test(chance)
        if test[0] not in used:
            used.add(test[0])
            return test


def _any_test(chance: random.Random) -> Test:
    dice = chance.random()
    if dice < 0.3:
        return [chance.choice(INTEGERS), chance.choice(("gt", "lt", "ge", "le")), chance.randint(50, 950)]
    if dice < 0.4:
        bound = chance.randint(50, 950) / 10 + 0.01
        return [chance.choice(NUMBERS), chance.choice(("gt", "lt", "ge", "le")), round(bound, 2)]
    if dice < 0.7:
        name = chance.choice(tuple(ENUMS))
        return [name, "eq" if chance.random() < 0.8 else "ne", chance.choice(ENUMS[name])]
    if dice < 0.8:
        return [chance.choice(FLAGS), "eq", chance.random() < 0.5]
    name = chance.choice(tuple(SETS))
    return [name, "has", chance.choice(SETS[name])]
