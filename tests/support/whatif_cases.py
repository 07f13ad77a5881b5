"""Small rulebooks and facts for "what would change it", and an oracle that tries every change through the decider."""

import random
from itertools import combinations, product

from decide_books import NOW, SOPS, action, book, derives, recommends, suppresses, votes

from rules.conditions import All, AnyOf, Exists, Not, Op, Test
from rules.decide import Decider
from rules.engine import ReferenceEvaluator
from rules.facts import facts_from_given
from rules.rulebook import Function, Kind, Worth

CLOSED = {
    "ticket.priority": ("low", "normal", "high", "urgent"),
    "ticket.status": ("new", "open", "pending", "on_hold", "solved", "closed"),
    "customer.open_dispute": (False, True),
    "customer.opted_out": (False, True),
    "customer.health": ("poor", "average", "good"),
    "customer.cancellation": ("none", "requested", "confirmed"),
}
"""Fields with closed values that can always be changed: what lies between two values is a matter of their order."""
OPEN = {
    "customer.seats": tuple(range(13)),
    "customer.seats_used": tuple(range(13)),
    "customer.overdue_invoices": tuple(range(8)),
    "customer.onboarding_pct": (0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 6.0, 50.0, 100.0),
    "customer.plan": ("basic", "gold", "pro", "silver", "another"),
    "customer.tier": ("standard", "key", "enterprise"),
    "customer.lifecycle": ("prospect", "trial", "onboarding", "active", "churned"),
    "invoices.status": ("open", "paid", "overdue", "disputed"),
}
WORKED_OUT = {
    "customer.seat_utilisation": ({"customer.seats", "customer.seats_used"}, (0.1, 0.5, 0.7, 0.9, 1.0)),
    "customer.is_prospect": ({"customer.lifecycle"}, (False, True)),
}
"""Field -> what it is worked out of, and values that it may be given while it is unknown."""
ONLY_WHEN_UNKNOWN = {"customer.tier", "customer.lifecycle", *WORKED_OUT}
KINDS = (Kind.RESOLVE, Kind.ADOPT, Kind.UPSELL, Kind.RETAIN, Kind.COMPLY, Kind.WIN_BACK, Kind.INFORM)
SIGNALS = ("alpha", "beta")


class Case:
    """A rulebook, what is given of a ticket, and every value that each changeable fact may take."""

    def __init__(self, rulebook, given, domains):
        self.rulebook = rulebook
        self.given = given
        self.domains = domains

    @property
    def facts(self):
        return facts_from_given(self.given, NOW)

    def places(self):
        """Every fact that can be changed: (full name, item)."""
        found = []
        for name in self.domains:
            if name.startswith("invoices."):
                found += [(name, place) for place in range(len(self.given.get("invoices", ())))]
            elif name not in ONLY_WHEN_UNKNOWN or name not in self.facts.values:
                found.append((name, 0))
        if {"seats", "seats_used"} <= set(self.given["customer"]):
            # the share of no seats at all: there is nothing to find out
            return [place for place in found if place[0] != "customer.seat_utilisation"]
        return found

    def now(self, place):
        name, item = place
        group, field = name.split(".")
        return self.given["invoices"][item].get(field) if group == "invoices" else self.given[group].get(field)

    def after(self, edits):
        """The facts that somebody would have who had been given other values."""
        given = {group: dict(held) if isinstance(held, dict) else held for group, held in self.given.items()}
        given["invoices"] = [dict(item) for item in self.given.get("invoices", ())]
        for (name, item), value in edits.items():
            group, field = name.split(".")
            (given["invoices"][item] if group == "invoices" else given[group])[field] = value
        return facts_from_given(given, NOW)


def every_change(case, most, places=None):
    """Yield by how many facts, and what, could be changed: all values of up to `most` facts."""
    held = case.places() if places is None else places
    for count in range(1, most + 1):
        for chosen in combinations(held, count):
            names = {name for name, _ in chosen}
            if any(made in names and not names.isdisjoint(sources) for made, (sources, _) in WORKED_OUT.items()):
                continue  # stated and worked out, the two could contradict each other
            others = [
                [value for value in case.domains[name] if value != case.now((name, item))] for name, item in chosen
            ]
            for values in product(*others):
                yield count, dict(zip(chosen, values, strict=True))


def flips(case, most, places=None):
    """Return action -> the changes of the fewest facts that flip it, by trying every one of them."""
    found = {}
    with Decider(case.rulebook, ReferenceEvaluator) as decider:
        before = shown(decider.decide(case.facts))
        for count, edits in every_change(case, most, places):
            for name in before ^ shown(decider.decide(case.after(edits))):
                if name not in found or found[name][0] == count:
                    found.setdefault(name, (count, []))[1].append(edits)
    return found


def shown(decision):
    return {entry.action for entry in decision.recommendations}


def drawn_case(seed, domains, most_fields=5):
    """Draw a rulebook over a few of the fields, and facts of which some are unknown."""
    rng = random.Random(seed)  # noqa: S311 - drawn for tests, not for secrets
    names = rng.sample(sorted(domains), most_fields)
    names.append("customer.cancellation")  # a law looks at it, whatever the rules do
    if not {"customer.seats", "customer.seats_used"}.isdisjoint(names):
        names += ["customer.seats", "customer.seats_used"]
    held = {name: domains[name] for name in sorted(domains) if name in names}
    rules = _Rules(rng, held)
    given = {"signals": [name for name in SIGNALS if rng.random() < 0.5], "ticket": {}, "customer": {}, "invoices": []}
    if rng.random() < 0.5:
        given["customer"]["nps"] = rng.choice((3, 8, 10))
    if rng.random() < 0.4:
        given["ticket"]["plan_mentioned"] = rng.choice(("gold", "silver"))
    for name, values in held.items():
        group, field = name.split(".")
        if group == "invoices":
            given["invoices"] = [{"status": rng.choice(values), "amount": 5.0} for _ in range(rng.choice((0, 1, 2)))]
        elif rng.random() < 0.75:
            given[group][field] = rng.choice(values)
    if rng.random() < 0.4:
        given["contacts"] = [
            {"action": f"test.a{rng.randrange(3)}", "kind": rng.choice(KINDS).value, "days_ago": 3.0}
            for _ in range(rng.choice((1, 2)))
        ]
    held |= {made: values for made, (sources, values) in WORKED_OUT.items() if not sources.isdisjoint(held)}
    return Case(rules.book(), given, held)


class _Rules:
    def __init__(self, rng, domains):
        self._rng = rng
        self._domains = domains

    def book(self):
        rng = self._rng
        actions = [self._action(number) for number in range(rng.choice((3, 5, 6)))]
        sops = [found for found in SOPS if rng.random() < 0.6]
        rules = [derives("d.0", self._tree(), severity="high"), derives("d.1", self._tree(), severity="severe")]
        for number in range(3):
            function = rng.choice([function.value for function in Function])
            rules.append(votes(f"c.{number}", self._tree(), **{function: rng.choice((1, 2, 3))}))
        for number in range(rng.choice((4, 7, 9))):
            name = f"test.a{rng.randrange(len(actions))}"
            if any(found.id == name for found in actions):
                lever = rng.choice((0.5, 1.0, 1.0, 2.0))
                rules.append(recommends(f"r.{number}", name, self._tree(decided=True), lever=lever))
        for number in range(2):
            kinds = [rng.choice(KINDS)]
            unless_false = rng.random() < 0.5
            rules.append(suppresses(f"g.{number}", self._tree(decided=True), kinds=kinds, unless_false=unless_false))
        return book(*rules, *actions, sops=sops)

    def _action(self, number):
        rng = self._rng
        worth = rng.choice((1.0, 2.0, 3.0))
        more = {"due_in_hours": rng.choice((1.0, 24.0, 72.0)), "worth": Worth(None, 1.0, worth)}
        if rng.random() < 0.3:
            more["conflicts_with"] = (f"test.a{rng.randrange(3)}",)
        if rng.random() < 0.4 and "customer.seats" in self._domains:
            more["worth"] = Worth("customer.seats", 0.5, worth)
        if rng.random() < 0.3:
            more["needs"] = self._leaf()
        if rng.random() < 0.2:
            more["cooldown_days"] = 30
        return action(f"test.a{number}", rng.choice(KINDS), **more)

    def _tree(self, *, decided=False):
        rng = self._rng
        leaves = [self._leaf(decided=decided) for _ in range(rng.choice((1, 2, 2)))]
        if len(leaves) == 1:
            return leaves[0]
        return (All if rng.random() < 0.6 else AnyOf)(tuple(leaves))

    def _leaf(self, *, decided=False):
        rng = self._rng
        chance = rng.random()
        if chance < 0.08:
            return Test("signals", Op.HAS, rng.choice(SIGNALS))
        if chance < 0.14:
            return Test("customer.nps_class", Op.IS, rng.choice(("detractor", "promoter")))
        if decided and chance < 0.24:
            return rng.choice((Test("severity", Op.IN, ("high", "severe")), Test("decision.primary", Op.IS, "success")))
        if chance < 0.3 and "customer.seats_used" in self._domains:
            return Test("customer.seat_utilisation", rng.choice((Op.AT_LEAST, Op.BELOW)), rng.choice((0.5, 0.9)))
        if chance < 0.36 and "customer.lifecycle" in self._domains:
            return Test("customer.is_prospect", Op.IS, rng.random() < 0.5)
        return self._of(rng.choice(sorted(self._domains)))

    def _of(self, name):
        rng, values = self._rng, self._domains[name]
        if name == "invoices.status":
            look = Exists("invoices", Test("status", Op.IN, tuple(rng.sample(values, rng.choice((1, 2))))))
            return look if rng.random() < 0.6 else Not(look)
        if name == "customer.plan":
            if rng.random() < 0.4:
                return Test(name, Op.SAME_AS, "ticket.plan_mentioned")
            return Test(name, rng.choice((Op.IN, Op.NOT_IN)), tuple(rng.sample(("basic", "gold", "pro"), 2)))
        if rng.random() < 0.1:
            return Test(name, Op.KNOWN, value=rng.random() < 0.5)
        if isinstance(values[0], bool):
            return Test(name, Op.IS, rng.random() < 0.5)
        if isinstance(values[0], str):
            asked = Test(name, Op.IN, tuple(rng.sample(values, rng.choice((1, 2)))))
            return asked if rng.random() < 0.7 else Not(asked)
        bound = rng.choice((1, 2, 3, 5))
        op = rng.choice((Op.AT_LEAST, Op.ABOVE, Op.BELOW, Op.AT_MOST, Op.EQUALS))
        return Test(name, op, bound)
